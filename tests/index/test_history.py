"""Versions of articles, what there was on a day, and what was taken down for good."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchidx import Article, ArticleNotFound, Index
from searchidx.index.comparing import Difference, differences

DAY = dt.date(2024, 6, 28)


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return Index.create(tmp_path / "index")


def article(text: str, updated: str | None = None, **fields: object) -> Article:
    values = {"title": "Ruling", "body": text, "date": DAY, "id": "a", **fields}
    return Article(**values, updated=dt.date.fromisoformat(updated) if updated else None)  # type: ignore[arg-type]


def test_versions_follow_each_other(index: Index) -> None:
    index.add([article("the lease is valid")])
    index.add([article("the lease is void", "2024-07-02")])
    index.add([article("the lease is void", "2024-07-02")])
    index.add([article("the lease is partly void", "2024-08-01", standing="corrected")])
    first, second, third = index.history("a")
    assert [one.number for one in (first, second, third)] == [1, 2, 3]
    assert (first.since, first.until) == (DAY, dt.date(2024, 7, 2))
    assert (second.since, second.until) == (dt.date(2024, 7, 2), dt.date(2024, 8, 1))
    assert (third.since, third.until) == (dt.date(2024, 8, 1), None)
    assert index.version("a") == third and index.version("a", 2) == second
    assert len(index) == 1 and index.search("valid").total == 0
    with pytest.raises(ArticleNotFound, match="no version 4"):
        index.version("a", 4)
    with pytest.raises(ArticleNotFound):
        index.history("b")


def test_a_day_sees_what_there_was_to_see(index: Index) -> None:
    index.add([article("the lease is valid"), article("undated", id="u", date=None)])
    index.add([article("the lease is void", "2024-07-02")])

    def found(text: str, day: str) -> list[str]:
        hits = index.search(text, as_of=dt.date.fromisoformat(day))
        assert hits.total == len(hits)
        assert [hit.article.body for hit in index.scan(text, as_of=dt.date.fromisoformat(day))] == [
            hit.article.body for hit in hits
        ]
        return [hit.article.body for hit in hits]

    assert found("lease", "2024-06-27") == []
    assert found("lease", "2024-06-28") == found("lease", "2024-07-01") == ["the lease is valid"]
    assert found("lease", "2024-07-02") == ["the lease is void"]
    assert found("void", "2024-07-01") == []
    assert found("undated", "1999-01-01") == ["undated"]
    assert index.search("valid").total == 0


def test_all_texts_that_come_at_once_are_versions(index: Index) -> None:
    result = index.add([article("one"), article("two"), article("two"), article("three")])
    assert (result.added, result.replaced, result.skipped) == (1, 2, 1)
    assert [one.article.body for one in index.history("a")] == ["one", "two", "three"]
    assert [hit.article.body for hit in index.search("one OR two OR three")] == ["three"]


def test_history_outlives_compacting_and_rebuilding(index: Index) -> None:
    for text in ("one", "two", "three"):
        index.add([article(text)])
    index.compact()
    assert [one.article.body for one in index.history("a")] == ["one", "two", "three"]
    index.rebuild()
    assert [one.article.body for one in index.history("a")] == ["one", "two", "three"]
    Index.replace(index.directory, [article("two"), article("three")])
    index.refresh()
    assert [one.article.body for one in index.history("a")] == ["one", "two", "three"]
    assert [one.number for one in index.history("a")] == [1, 2, 3]
    Index.replace(index.directory, [article("four")])
    index.refresh()
    assert [one.number for one in index.history("a")] == [1, 2, 3, 4]
    assert index.check() == []


def test_deleting_takes_the_versions_along(index: Index) -> None:
    index.add([article("one")])
    index.add([article("two")])
    assert index.delete(["a"]) == ["a"]
    with pytest.raises(ArticleNotFound):
        index.history("a")
    assert index.search("one", as_of=DAY).total == 0
    index.add([article("one")])
    assert [one.number for one in index.history("a")] == [1]


SECRET = "zyxwvutsecret"


def test_a_takedown_leaves_nothing_and_lasts(index: Index) -> None:
    others = [article(f"public matter {at}", id=f"o{at}") for at in range(20)]
    index.add([*others, article(f"about {SECRET}")])
    index.add([article(f"more about {SECRET}", source=SECRET)])
    assert index.delete(["a", "never-there"], tombstone=True) == ["a"]
    assert index.search(SECRET, fuzzy="off").total == 0
    assert index.suggest(SECRET[:4]) == []
    assert index.search("about OR public", facets=["source"]).facets["source"] == ((("", 20)),)
    with pytest.raises(ArticleNotFound):
        index.history("a")
    for path in index.directory.iterdir():
        assert SECRET.encode() not in path.read_bytes(), path
    for segment in index._searcher.segments:
        assert all(SECRET.encode() not in record for record in segment.stored.records())
    again = [article(f"about {SECRET}"), article("changed"), article("x", id="never-there")]
    assert index.add(again).withheld == 3
    index.rebuild()
    Index.replace(index.directory, [*others, *again])
    index.refresh()
    assert len(index) == 20 and index.stats().withheld == 2
    assert index.lift(["a", "o1"]) == ["a"]
    assert index.add(again).added == 1


def test_a_takedown_of_what_only_a_file_names(tmp_path: Path, index: Index) -> None:
    path = tmp_path / "ruling.txt"
    path.write_text(f"A ruling\n2024-06-28\nIt is about {SECRET}.\n", "utf-8")
    index.sync([path])
    (gone,) = (one.id for one in index.articles())
    index.delete([gone], tombstone=True)
    index.sync([path])
    assert len(index) == 0
    path.write_text(f"A ruling\n2024-06-28\nIt is all about {SECRET}.\n", "utf-8")
    index.sync([path])
    assert len(index) == 0
    assert index.lift([gone]) == [gone]
    index.sync([path])
    assert len(index) == 1


def test_a_takedown_outlives_an_index_of_another_format(index: Index) -> None:
    index.add([article("x", id="b")])
    index.delete(["a"], tombstone=True)
    path = index.directory / "MANIFEST"
    path.write_text(path.read_text().replace('"format": ', '"format": 9'))
    Index.replace(index.directory, [article("back"), article("y", id="b")], allow_loss=True)
    assert [one.id for one in Index.open(index.directory).articles()] == ["b"]


def test_differences_are_fields_and_sentences() -> None:
    before = article("One stays. Two goes. Three stays.\n\nFour stays.")
    after = article("One stays. Three stays.\n\nFour stays. Five comes.", title="Other")
    assert differences(before, after) == [
        Difference("title", "Ruling", "Other"),
        Difference("body", "Two goes.", ""),
        Difference("body", "", "Five comes."),
    ]
    assert differences(before, before) == []


TEXT = st.sampled_from(["lease", "fine", "appeal"])
OFFSET = st.none() | st.integers(-2, 8)
STEP = st.tuples(st.sampled_from("ab"), TEXT, OFFSET)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(STEP, max_size=4), max_size=4), st.integers(-1, 9))
def test_against_a_list_of_versions(
    batches: list[list[tuple[str, str, int | None]]], at: int
) -> None:
    """History and ``as_of`` against lists of (text, since) kept beside."""
    today = dt.datetime.now(dt.UTC).date()
    kept: dict[str, list[tuple[Article, dt.date]]] = {}
    with TemporaryDirectory() as scratch:
        index = Index.create(scratch)
        for batch in batches:
            given = []
            for id_, text, offset in batch:
                updated = None if offset is None else DAY + dt.timedelta(offset)
                one = Article("t", text, DAY, id=id_, updated=updated)
                given.append(one)
                versions = kept.setdefault(id_, [])
                if not versions:
                    versions.append((one, DAY))
                elif versions[-1][0] != one:
                    later = updated is not None and updated > versions[-1][1]
                    versions.append((one, updated if later and updated else today))
            index.add(given)
        day = DAY + dt.timedelta(at)
        expected = set()
        for id_, versions in kept.items():
            assert [one.article for one in index.history(id_)] == [one for one, _ in versions]
            # Of versions that were there only for a moment none is seen.
            ends = [since for _, since in versions[1:]] + [dt.date.max]
            for (one, since), until in zip(versions, ends, strict=True):
                if since <= day < until:
                    expected.add((id_, one.body))
        hits = index.search("lease OR fine OR appeal", limit=99, as_of=day, fuzzy="off")
        assert {(hit.id, hit.article.body) for hit in hits} == expected
