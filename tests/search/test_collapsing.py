"""One hit a story: what is shown and counted, against keeping the first of each by hand."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchidx import Article, ArticleNotFound, Index
from searchidx.search import Searcher
from searchidx.segment import Stories

WORD = st.sampled_from(["lease", "fine", "appeal", "court"])
ARTICLE = st.tuples(st.lists(WORD, min_size=1, max_size=5), st.integers(0, 3), st.integers(1, 9))


@settings(max_examples=80, deadline=None)
@given(
    st.lists(ARTICLE, max_size=24),
    st.sampled_from(["lease", "lease OR fine", "court AND fine", "NOT lease", "unheard"]),
    st.sampled_from(["relevance", "newest", "oldest"]),
    st.integers(0, 6),
    st.integers(0, 6),
)
def test_against_keeping_the_first_of_each(
    texts: list[tuple[list[str], int, int]], query: str, sort: str, limit: int, offset: int
) -> None:
    with TemporaryDirectory() as scratch:
        index = Index.create(Path(scratch) / "index")
        index.add(
            Article("t", " ".join(words), dt.date(2024, 1, day), id=f"{at:02}")
            for at, (words, _, day) in enumerate(texts)
        )
        labels = np.array([label for _, label, _ in texts], dtype=np.int64)
        Stories.write(Path(scratch) / "stories", labels)
        searcher = Searcher(index._searcher.segments, Stories(Path(scratch) / "stories"))
        every = searcher.search(query, limit=99, sort=sort, fuzzy="off", collapse=False)
        assert [hit.copies for hit in every] == [0] * len(every)
        story = {hit.id: int(labels[int(hit.id)]) or -1 - int(hit.id) for hit in every}
        kept: dict[int, str] = {}
        for hit in every:
            kept.setdefault(story[hit.id], hit.id)
        found = searcher.search(query, limit=limit, offset=offset, sort=sort, fuzzy="off")
        assert found.total == every.total == len(every)
        assert found.stories == len(kept)
        assert [hit.id for hit in found] == list(kept.values())[offset : offset + limit]
        for hit in found:
            assert hit.copies == list(story.values()).count(story[hit.id]) - 1


RULING = (
    "The Linhe Intermediate Court upheld a fine of 1,250,000 yuan against Starbridge Travel, "
    "ruling that the booking company had sent the records of hotel guests abroad without the "
    "security assessment that the law requires. The judges said that necessity covers only the "
    "data of a guest who is going abroad. Starbridge had gone on for seven months after a written "
    "warning by the cyberspace office of the province."
)


@pytest.fixture
def index(tmp_path: Path) -> Index:
    index = Index.create(tmp_path / "index")
    other = "A tribunal voided the lease of a grain terminal at the port for want of a tender."
    index.add(
        [
            Article("Fine upheld", RULING, dt.date(2024, 6, 28), source="Docket Wire", id="lead"),
            Article("Lease void", other, dt.date(2024, 6, 29), id="other"),
        ]
    )
    copy = RULING.replace("said", "added") + " Copyright of the Lakeside Legal News."
    index.add([Article("Court upholds fine", copy, dt.date(2024, 6, 30), id="copy")])
    return index


def test_a_copy_that_comes_later_is_one_with_what_there_was(index: Index) -> None:
    results = index.search("fine starbridge")
    assert (results.total, results.stories, len(results)) == (2, 1, 1)
    assert results[0].copies == 1
    assert {hit.id for hit in index.search("fine", collapse=False)} == {"lead", "copy"}
    assert {hit.id for hit in index.scan("fine")} == {"lead", "copy"}
    assert [one.id for one in index.copies("copy")] == ["lead", "copy"]
    assert [one.id for one in index.copies("other")] == ["other"]
    with pytest.raises(ArticleNotFound):
        index.copies("none")


def test_stories_outlive_merging_and_rebuilding(index: Index) -> None:
    index.compact()
    assert [one.id for one in index.copies("copy")] == ["lead", "copy"]
    index.rebuild()
    assert [one.id for one in index.copies("copy")] == ["lead", "copy"]
    assert index.check() == []


def test_a_story_that_one_is_left_to_tell_is_none(index: Index) -> None:
    index.delete(["lead"])
    results = index.search("fine starbridge")
    assert (results.total, results.stories, results[0].copies) == (1, 1, 0)
    assert [one.id for one in index.copies("copy")] == ["copy"]
    assert not list(index.directory.glob("*.stories"))


def test_a_changed_article_leaves_its_story(index: Index) -> None:
    index.add([Article("Quite another matter", "Nothing of it is left here.", id="copy")])
    assert [one.id for one in index.copies("lead")] == ["lead"]


def test_copies_are_not_collapsed_where_the_past_is_asked(index: Index) -> None:
    results = index.search("fine", as_of=dt.date(2024, 6, 30))
    assert {hit.id for hit in results} == {"lead", "copy"}
