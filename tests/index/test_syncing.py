"""An index kept equal to folders: what is read again, what goes, what comes back."""

from __future__ import annotations

import json
import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchidx import Index, RebuildRefused
from searchidx.index.syncing import SyncReport
from searchidx.ingest import LeftOut, read_files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "articles"
    path.mkdir()
    for at in range(6):
        write(path / f"{at}.txt", f"Ruling {at}", f"The court ruled on matter {at}.")
    return path


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return Index.create(tmp_path / "index")


_written = 0


def write(path: Path, title: str, body: str, url: str = "") -> None:
    """A file that was changed at a time of its own, as a clock of coarse steps may not show."""
    global _written
    _written += 1
    path.write_text(f"{title}\n2024-06-28\n{body}\n" + (f"URL: {url}\n" if url else ""), "utf-8")
    os.utime(path, ns=(10**18, 10**18 + _written))


def titles(index: Index) -> set[str]:
    return {article.title for article in index.articles()}


def counts(report: SyncReport) -> dict[str, int]:
    return {name: count for name, count in report.to_dict()["files"].items() if count}


def test_what_did_not_change_is_not_opened(folder: Path, index: Index) -> None:
    assert counts(index.sync([folder])) == {"added": 6}
    for path in folder.iterdir():
        path.chmod(0)  # who is root may still open it, so the count is what tells
    report = index.sync([folder])
    assert counts(report) == {"unchanged": 6}
    assert report.unchanged == 6 and report.articles.total == 0
    generation = index.generation
    index.sync([folder])
    assert index.generation == generation


def test_added_changed_moved_removed(folder: Path, index: Index) -> None:
    index.sync([folder])
    write(folder / "0.txt", "Ruling 0", "The court reversed itself.")
    (folder / "1.txt").rename(folder / "sub.txt")
    (folder / "2.txt").unlink()
    write(folder / "new.txt", "A new ruling", "Quite new.")
    planned = index.sync([folder], dry_run=True)
    assert titles(index) == {f"Ruling {at}" for at in range(6)}
    report = index.sync([folder])
    for one in (planned, report):
        expected = {"added": 1, "changed": 1, "moved": 1, "removed": 1, "unchanged": 3}
        assert counts(one) == expected
    assert titles(index) == {"A new ruling", *(f"Ruling {at}" for at in (0, 1, 3, 4, 5))}
    assert report.removed == 1 and report.articles.replaced == 1
    moved = index.search("1", snippets=0)[0]
    assert index.origin(moved.id) == str(folder / "sub.txt")
    assert counts(index.sync([folder])) == {"unchanged": 6}


def test_a_changed_file_keeps_the_id_of_its_article(folder: Path, index: Index) -> None:
    index.sync([folder])
    (before,) = (one.id for one in index.articles() if one.title == "Ruling 0")
    write(folder / "0.txt", "Ruling nought", "The court reversed itself.")
    index.sync([folder])
    assert index.article(before).title == "Ruling nought"
    assert [one.article.title for one in index.history(before)] == ["Ruling 0", "Ruling nought"]
    Index.rebuild_from(index.directory, [folder])
    index.refresh()
    assert [one.article.title for one in index.history(before)] == ["Ruling 0", "Ruling nought"]


def test_indexing_takes_nothing_away(folder: Path, index: Index) -> None:
    index.sync([folder])
    (folder / "2.txt").unlink()
    index.sync([folder], remove=False)
    assert "Ruling 2" in titles(index)
    index.sync([folder])
    assert "Ruling 2" not in titles(index)


def test_a_folder_that_is_not_there_removes_nothing(folder: Path, index: Index) -> None:
    index.sync([folder])
    told: list[LeftOut] = []
    folder.rename(folder.with_name("elsewhere"))
    report = index.sync([folder], left_out=told.append)
    assert len(index) == 6 and report.removed == 0
    assert [one.reason for one in told] == ["no such file or folder"]


def test_less_than_half_is_refused(folder: Path, index: Index) -> None:
    index.sync([folder])
    for at in range(4):
        (folder / f"{at}.txt").unlink()
    with pytest.raises(RebuildRefused, match="--allow-loss"):
        index.sync([folder])
    assert len(index) == 6
    index.sync([folder], allow_loss=True)
    assert len(index) == 2


def test_include_and_exclude(folder: Path, index: Index) -> None:
    inner = folder / "drafts"
    inner.mkdir()
    write(inner / "9.txt", "A draft", "Not to be read.")
    index.sync([folder], exclude=["drafts"])
    assert len(index) == 6
    index.sync([folder], include=["[0-3].txt"])
    assert len(index) == 4
    index.sync([folder], include=["drafts/*.txt"], allow_loss=True)
    assert titles(index) == {"A draft"}


def test_left_out_files_are_counted_again_but_read_only_if_that_may_help(
    folder: Path, index: Index
) -> None:
    (folder / "empty.txt").write_text("")
    (folder / "data.bin").write_bytes(b"\x00\x01\x02")
    told: list[LeftOut] = []
    first = index.sync([folder], left_out=told.append)
    assert len(told) == 2
    second = index.sync([folder], left_out=told.append)
    assert len(told) == 2
    assert second.left_out == first.left_out
    assert counts(second) == {"unchanged": 8}


def test_an_article_of_two_files_stays_while_one_of_them_does(folder: Path, index: Index) -> None:
    write(folder / "a.txt", "Told twice", "One text.", "https://example.org/2024/told-twice")
    write(folder / "b.txt", "Told twice", "One text.", "https://example.org/2024/told-twice")
    write(folder / "c.txt", "Told again", "Another text.", "https://example.org/2024/told-twice")
    report = index.sync([folder])
    assert [one[0] for one in report.collisions] == ["https://example.org/2024/told-twice"]
    assert index.article("https://example.org/2024/told-twice").title == "Told again"
    (folder / "c.txt").unlink()
    index.sync([folder])
    assert index.article("https://example.org/2024/told-twice").title == "Told twice"
    (folder / "a.txt").unlink()
    index.sync([folder])
    assert index.article("https://example.org/2024/told-twice").title == "Told twice"
    (folder / "b.txt").unlink()
    index.sync([folder])
    assert "https://example.org/2024/told-twice" not in index


def test_a_file_of_many_articles_gives_and_takes(tmp_path: Path, index: Index) -> None:
    dump = tmp_path / "dump.jsonl"

    def save(*names: str) -> None:
        lines = [{"id": name, "title": f"On {name}", "body": "Text."} for name in names]
        dump.write_text("\n".join(map(json.dumps, lines)), "utf-8")

    save("a", "b", "c")
    index.sync([dump])
    save("b", "c", "d")
    report = index.sync([dump])
    assert (report.articles.added, report.articles.skipped, report.removed) == (1, 2, 1)
    assert {one.id for one in index.articles()} == {"b", "c", "d"}
    assert index.history("a")[-1].until is not None


def test_a_deleted_article_comes_back_with_its_file(folder: Path, index: Index) -> None:
    index.sync([folder])
    gone = next(iter(index.articles())).id
    index.delete([gone])
    assert counts(index.sync([folder]))["changed"] == 1
    assert gone in index


def test_an_article_that_was_away_goes_on_counting_its_versions(folder: Path, index: Index) -> None:
    url = "https://example.org/2024/away"
    write(folder / "a.txt", "Here", "First.", url)
    index.sync([folder])
    (folder / "a.txt").rename(folder.parent / "kept")
    index.sync([folder])
    assert url not in index
    write(folder / "a.txt", "Here again", "Second.", url)
    index.sync([folder])
    assert [one.number for one in index.history(url)] == [1, 2]


NAME = st.sampled_from(["a.txt", "b.txt", "sub/c.txt", "sub/d.txt"])
TEXT = st.sampled_from(["lease", "licence", "fine", "appeal"])
URL = st.sampled_from(["", "https://example.org/2024/one", "https://example.org/2024/two"])
WRITE = st.tuples(st.just("write"), NAME, TEXT, URL)
MOVE = st.tuples(st.just("move"), NAME, NAME)
REMOVE = st.tuples(st.just("remove"), NAME)
SYNC = st.tuples(st.just("sync"))
DELETE = st.tuples(st.just("delete"), TEXT)


@settings(max_examples=60, deadline=None)
@given(st.lists(WRITE | MOVE | REMOVE | SYNC | DELETE, max_size=14))
def test_the_index_is_what_the_folder_is(steps: list[tuple[str, ...]]) -> None:
    """After any changes a sync leaves the articles that reading the folder gives."""
    with TemporaryDirectory() as scratch:
        folder = Path(scratch) / "articles"
        (folder / "sub").mkdir(parents=True)
        index = Index.create(Path(scratch) / "index")
        for kind, *names in [*steps, ("sync",)]:
            if kind == "sync":
                index.sync([folder], allow_loss=True)
                compare(index, folder)
            elif kind == "delete":
                index.delete([one.id for one in index.articles() if one.title == names[0]])
            elif kind == "write":
                write(folder / names[0], names[1], f"A text about a {names[1]}.", names[2])
            elif (folder / names[0]).exists():
                if kind == "move":
                    (folder / names[0]).replace(folder / names[1])
                else:
                    (folder / names[0]).unlink()
        assert index.check() == []


def compare(index: Index, folder: Path) -> None:
    claimed: dict[str, set[str]] = {}
    for reading in read_files([folder], print):
        article = reading.article
        # What has no address is known by its file, or else by its first text.
        key = article.url or f"{article.title}"
        claimed.setdefault(key, set()).add(article.title)
    found = {article.url or article.title: article.title for article in index.articles()}
    assert found.keys() == claimed.keys()
    for key, title in found.items():
        assert title in claimed[key]


def test_interrupted_work_goes_on_from_the_last_commit(
    folder: Path, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("searchidx.index.syncing.COMMIT_EVERY", 0.0)

    def interrupt(files: int, of: int, articles: int) -> None:
        if files == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        index.sync([folder], progress=interrupt)
    index.refresh()
    assert len(index) == 3 and index.check() == []
    report = index.sync([folder])
    assert counts(report) == {"added": 3, "unchanged": 3}
    assert titles(index) == {f"Ruling {at}" for at in range(6)}


def test_what_a_reader_did_not_believe_is_told(folder: Path, index: Index) -> None:
    (folder / "later.txt").write_text("A ruling to come\n2098-01-01\nIt is not yet there.\n")
    told: list[str] = []
    index.sync([folder], warned=told.append)
    assert len(told) == 1 and "later.txt" in told[0] and "2098-01-01" in told[0]
    (article,) = (one for one in index.articles() if one.title == "A ruling to come")
    assert article.date is None


@pytest.mark.parametrize("spelled", ["{}/", "{}//", "{}/.", "{}/../articles"])
def test_a_folder_is_the_same_however_it_is_written(
    folder: Path, index: Index, spelled: str
) -> None:
    """A slash at the end once gave every file another path."""
    index.sync([spelled.format(folder)])
    assert {index.origin(one.id) for one in index.articles()} == {
        str(folder / f"{at}.txt") for at in range(6)
    }
    assert counts(index.sync([folder])) == {"unchanged": 6}
    Index.rebuild_from(index.directory, [spelled.format(folder)])
    index.refresh()
    assert counts(index.sync([folder])) == {"unchanged": 6}


def test_a_folder_named_by_a_dot(
    folder: Path, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    index.sync(["."], exclude=["sub/*"], include=["*.txt"])
    assert counts(index.sync([folder])) == {"unchanged": 6}
