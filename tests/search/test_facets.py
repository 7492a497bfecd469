"""Counts by facet: those of a Counter over the articles themselves."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchidx import Article, Index
from searchidx.errors import QueryError
from searchidx.search.collection import Collection
from searchidx.search.facets import FACETS, FacetCount, Facets
from searchidx.segment import Segment
from tests.search.random_indexes import Step, applied, steps

NAME = st.sampled_from(["", "Ying Yong", "Ann Court", "应勇", "\ud800"])
ARTICLE = st.builds(
    Article,
    title=st.just("t"),
    date=st.none() | st.dates(dt.date(2023, 11, 1), dt.date(2024, 3, 1)) | st.dates(),
    source=NAME,
    agency=NAME,
    authors=st.lists(NAME, max_size=3).map(tuple),
    editor=NAME,
    responsible_editor=NAME,
    notice=NAME,
    language=st.sampled_from(["", "en", "zh"]),
    tags=st.lists(NAME, max_size=2).map(tuple),
    updated=st.none() | st.dates(dt.date(2023, 11, 1), dt.date(2023, 11, 3)),
    id=st.sampled_from("abcdefgh"),
)


def segments_of(index: Index) -> list[Segment]:
    return index._searcher.segments


def values_of(article: Article, name: str) -> set[str]:
    if name in ("authors", "tags"):
        return set(getattr(article, name)) or {""}
    if name == "updated":
        return {article.updated.isoformat() if article.updated else ""}
    if name in ("year", "month"):
        return {article.date.isoformat()[: 4 if name == "year" else 7] if article.date else ""}
    return {getattr(article, name)}


def counted(articles: list[Article], name: str, most: int | None) -> tuple[FacetCount, ...]:
    """The same from the articles."""
    counter = Counter(value for article in articles for value in values_of(article, name))
    in_time = name in ("year", "month")

    def place(value: str) -> tuple[bool, str]:
        return in_time and not value, value

    ranked = sorted(counter, key=lambda value: (-counter[value], place(value)))[:most]
    shown = sorted(ranked, key=place) if in_time else ranked
    return tuple(FacetCount(value, counter[value]) for value in shown)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(ARTICLE, max_size=8),
    st.lists(steps(ARTICLE), max_size=4),
    st.sets(st.integers(0, 20)),
    st.none() | st.integers(0, 4),
)
def test_against_a_counter(
    first: list[Article], changes: list[Step], left: set[int], most: int | None
) -> None:
    with TemporaryDirectory() as directory:
        index = Index.create(directory)
        held: dict[str, Article] = {}
        for step in [("add", first), *changes]:
            index = applied(index, held, step)
        collection = Collection(segments_of(index))
        facets = Facets(collection)
        every = np.arange(collection.size)
        docs = every if collection.live is None else every[collection.live]
        for some in (docs, docs[[at not in left for at in range(len(docs))]]):
            articles = [
                segment.article(doc) for segment, doc in map(collection.place, some.tolist())
            ]
            found = facets.count(some, FACETS, most)
            assert found == {name: counted(articles, name, most) for name in FACETS}
            assert list(found) == list(FACETS)


def test_periods_stand_in_order_of_time(seeds: Index) -> None:
    collection = Collection(segments_of(seeds))
    years = Facets(collection).count(np.arange(collection.size), ["year"])["year"]
    values = [one.value for one in years]
    assert values[-1] == ""
    assert values[:-1] == sorted(values[:-1])
    assert sum(one.count for one in years) == len(seeds)


def test_only_what_is_asked_for(seeds: Index) -> None:
    collection = Collection(segments_of(seeds))
    found = Facets(collection).count(np.arange(collection.size), ["source", "language"], most=2)
    assert list(found) == ["source", "language"]
    assert [len(counts) for counts in found.values()] == [2, 2]
    assert Facets(collection).count(np.zeros(0, dtype=np.int64), ["authors"]) == {"authors": ()}


def test_an_unknown_facet_is_refused(seeds: Index) -> None:
    facets = Facets(Collection(segments_of(seeds)))
    with pytest.raises(QueryError, match="there is no facet 'outlet': the facets are source, "):
        facets.count(np.zeros(0, dtype=np.int64), ["outlet"])
