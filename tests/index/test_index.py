"""The index through its Python face: what is added is found, what goes wrong changes nothing."""

from __future__ import annotations

import datetime as dt
import os
import pickle
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from searchidx import (
    Added,
    Article,
    ArticleInvalid,
    ArticleNotFound,
    Index,
    IndexCorrupt,
    IndexDirectoryError,
    IndexLocked,
    IndexNotFound,
    QueryError,
    RebuildRefused,
)
from searchidx.index.lock import writer_lock

RULING = Article("Court rules on port lease", "The court ruled.", dt.date(2024, 6, 28), id="ruling")
APPEAL = Article("Appeal filed", "An appeal against the ruling.", dt.date(2024, 7, 1), id="appeal")


@pytest.fixture
def index(tmp_path: Path) -> Index:
    index = Index.create(tmp_path / "index")
    index.add([RULING, APPEAL])
    return index


def ids(index: Index, query: str) -> list[str]:
    return [hit.id for hit in index.search(query)]


def test_added_replaced_skipped(index: Index) -> None:
    changed = RULING.with_fields(body="The tribunal ruled otherwise.")
    new = Article("A new case", id="new")
    assert index.add([RULING, changed, new]) == Added(added=1, replaced=1, skipped=1)
    assert ids(index, "tribunal") == ["ruling"]
    assert index.search("title:court body:court").total == 1
    assert len(index) == 3


def test_adding_nothing_new_makes_no_generation(index: Index) -> None:
    before = index.generation
    assert index.add([RULING]).skipped == 1
    assert index.generation == before


def test_the_last_of_one_id_in_a_batch_stays(tmp_path: Path) -> None:
    index = Index.create(tmp_path)
    index.add([RULING, RULING.with_fields(body="second"), RULING.with_fields(body="third")])
    assert len(index) == 1
    assert index.article("ruling").body == "third"
    assert index.search("second").total == 0


def test_the_id_is_the_url_or_the_content(tmp_path: Path) -> None:
    index = Index.create(tmp_path)
    index.add([Article("One", url="https://a.example/1.html"), Article("Two"), Article("Two")])
    assert len(index) == 2
    assert index.article("https://a.example/1.html").title == "One"


def test_deleted_articles_are_gone_everywhere(index: Index) -> None:
    assert index.delete(["ruling", "absent"]) == ["ruling"]
    assert ids(index, "court") == []
    assert "ruling" not in index
    with pytest.raises(ArticleNotFound, match="ruling"):
        index.article("ruling")
    assert Index.open(index.directory).search("*").total == 1
    index.compact()
    assert index.stats().deleted == 0
    assert ids(index, "*") == ["appeal"]


def test_many_small_commits_stay_few_segments(tmp_path: Path) -> None:
    index = Index.create(tmp_path)
    for number in range(40):
        index.add([Article(f"Case {number}", "short body", id=str(number))])
    assert len(index) == 40
    assert index.stats().segments <= 12
    assert index.check() == []


def test_create_and_open_say_what_is_wrong(tmp_path: Path, index: Index) -> None:
    with pytest.raises(IndexNotFound, match="searchidx index"):
        Index.open(tmp_path / "nothing")
    with pytest.raises(IndexDirectoryError, match="already"):
        Index.create(index.directory)
    (tmp_path / "file").write_text("x")
    with pytest.raises(IndexDirectoryError):
        Index.create(tmp_path / "file")
    with pytest.raises(IndexNotFound):
        Index.open(tmp_path / "file")


def test_articles_of_the_wrong_kind_are_refused() -> None:
    with pytest.raises(ArticleInvalid, match="body"):
        Article("t", body=7)  # type: ignore[arg-type]
    with pytest.raises(ArticleInvalid, match="date"):
        Article("t", date="yesterday")  # type: ignore[arg-type]


def test_a_failing_source_leaves_the_index_as_it_was(index: Index) -> None:
    def failing() -> Iterator[Article]:
        yield Article("Half of a batch", id="half")
        raise RuntimeError("the feed broke")

    files = sorted(path.name for path in index.directory.iterdir())
    with pytest.raises(RuntimeError, match="feed broke"):
        index.add(failing())
    assert sorted(path.name for path in index.directory.iterdir()) == files
    assert ids(Index.open(index.directory), "*") == ids(index, "*") == ["appeal", "ruling"]


def test_rebuild_swaps_or_keeps(index: Index) -> None:
    with pytest.raises(RebuildRefused, match="allow-loss"):
        Index.replace(index.directory, [])
    assert Index.open(index.directory).search("*").total == 2
    Index.replace(index.directory, [RULING], allow_loss=True)
    assert index.refresh()
    assert ids(index, "*") == ["ruling"]
    assert index.rebuild() == Added(added=1)


def test_another_writer_is_waited_for_and_named(index: Index) -> None:
    with writer_lock(index.directory):
        with pytest.raises(IndexLocked, match="another process"):
            with writer_lock(index.directory, seconds=0.1):
                pass
        assert ids(Index.open(index.directory), "court") == ["ruling"]
    index.add([Article("After the lock", id="after")])


def test_readers_keep_their_generation_until_they_refresh(index: Index) -> None:
    reader = Index.open(index.directory)
    index.add([Article("Newer ruling", "court court", id="newer")])
    index.compact()
    assert ids(reader, "court") == ["ruling"]
    assert reader.refresh()
    assert set(ids(reader, "court")) == {"ruling", "newer"}
    assert not reader.refresh()


def test_opening_runs_no_code_from_the_directory(index: Index) -> None:
    class Evil:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.mkdir, (str(index.directory / "pwned"),)

    for toc in index.directory.glob("_MAIN_*.toc"):
        toc.write_bytes(pickle.dumps(Evil()))
    opened = Index.open(index.directory)
    assert ids(opened, "court") == ["ruling"]
    opened.add([Article("One more", id="more")])
    assert not (index.directory / "pwned").exists()


@pytest.mark.parametrize("name", ["MANIFEST", "*.sidx"])
@pytest.mark.parametrize("damage", ["cut", "flip", "remove"])
def test_damage_is_named_and_a_rebuild_mends_it(index: Index, name: str, damage: str) -> None:
    (path,) = index.directory.glob(name)
    data = bytearray(path.read_bytes())
    if damage == "remove":
        path.unlink()
    else:
        data[-9] ^= 1
        path.write_bytes(data if damage == "flip" else data[:20])
    if name == "MANIFEST" and damage == "remove":
        with pytest.raises(IndexNotFound):
            index.check()
    else:
        assert any(path.name in problem for problem in index.check())
        if not (name == "*.sidx" and damage == "flip"):
            with pytest.raises(IndexCorrupt, match="searchidx rebuild"):
                Index.open(index.directory)
    Index.replace(index.directory, [RULING, APPEAL])
    assert index.check() == []
    assert ids(Index.open(index.directory), "appeal") == ["appeal"]


def test_an_index_of_another_format_says_rebuild(index: Index) -> None:
    import json

    from searchidx.index import manifest

    path = index.directory / "MANIFEST"
    record = json.loads(path.read_text())
    del record["crc32"]
    record["format"] = 999
    record["crc32"] = manifest._checksum(record)
    path.write_text(json.dumps(record))
    with pytest.raises(IndexCorrupt, match=r"format 999.*searchidx rebuild"):
        Index.open(index.directory)


KILLED = """
    import sys, itertools
    from searchidx import Article, Index
    index = Index.open(sys.argv[1])
    for round in itertools.count():
        batch = [Article(f"Case {n} round {round}", "word " * 30, id=str(n)) for n in range(200)]
        if round % 3 == 2:
            Index.replace(sys.argv[1], batch)
        else:
            index.add(batch)
        print(round, flush=True)
"""


@pytest.mark.parametrize("delay", [0.0, 0.01, 0.03, 0.07, 0.12])
def test_killed_anywhere_the_index_is_whole(tmp_path: Path, delay: float) -> None:
    directory = tmp_path / "index"
    Index.create(directory).add([Article("Case 0", id=str(n)) for n in range(200)])
    command = [sys.executable, "-c", textwrap.dedent(KILLED), str(directory)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(delay)
        writer.send_signal(signal.SIGKILL)
    index = Index.open(directory)
    assert len(index) == 200
    rounds = {article.title.rpartition(" ")[2] for article in index.articles()}
    assert len(rounds) == 1
    assert [p for p in index.check() if "belongs to no generation" not in p] == []
    assert index.add([Article("Afterwards", id="after")]).added == 1
    assert index.check() == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"limit": -1}, "limit"),
        ({"sort": "best"}, "sort"),
        ({"fuzzy": "always"}, "fuzzy"),
        ({"since": dt.date(2024, 2, 1), "until": dt.date(2024, 1, 1)}, "nothing lies between"),
        ({"filters": {"colour": "red"}}, "cannot filter by 'colour'"),
        ({"filters": {"source": "…"}}, "no letters"),
    ],
)
def test_options_that_cannot_be(index: Index, options: dict[str, object], message: str) -> None:
    with pytest.raises(QueryError, match=message):
        index.search("court", **options)  # type: ignore[arg-type]


def test_filters_dates_and_order(index: Index) -> None:
    index.add([Article("Court news", "ruling", dt.date(2023, 1, 1), source="The Docket", id="old")])
    assert [h.id for h in index.search("ruling", sort="newest")] == ["appeal", "ruling", "old"]
    assert [h.id for h in index.search("ruling", sort="oldest")] == ["old", "ruling", "appeal"]
    results = index.search("ruling", since=dt.date(2024, 1, 1), until=dt.date(2024, 6, 30))
    assert [hit.id for hit in results] == ["ruling"]
    assert results.interpreted == "ruling AND date:[2024-01-01 TO 2024-06-30]"
    filtered = index.search("ruling", filters={"source": ["docket", "gazette"]})
    assert [hit.id for hit in filtered] == ["old"]
    assert index.search(filtered.interpreted).total == 1
    assert index.search("ruling").total == 3
    assert index.search("ruling", filters={"source": []}).total == 3


def test_many_small_commits_leave_few_segments(tmp_path: Path) -> None:
    index = Index.create(tmp_path)
    for number in range(70):
        index.add([Article(f"Ruling {number}", "The court ruled.", id=str(number))])
    assert index.stats().segments < 16
    assert index.search("court", limit=100, snippets=0).total == 70
    assert index.check() == []
