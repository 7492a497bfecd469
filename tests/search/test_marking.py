"""Marks found as bytes are the marks that tokenizing finds."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchidx import Article, Index
from searchidx.query import parse
from searchidx.search.evaluation import Evaluation
from searchidx.search.expand import understand
from searchidx.search.marking import Marked, Marker
from searchidx.search.spans import occurrences
from searchidx.search.topk import first

PIECES = st.sampled_from(
    [
        "court", "Court", "courts", "COURT'S", "courts'", "'court'", "“court”", "court’s", "court–",
        "crime", "crimes", "crimé", "O'Brien", "obrien", "don't", "dont", "don", "t", "x-court",
        "courtroom", "judgment", "judgmént", "法院court", "court法院", "court,", "(court)", "court.crime",
        "court''s", "'court", "court's'", "court’’s", "‘court’", "court…crime", "“crime", "crime”’s",
        "’court", "法’court", "court’法", "court's法", "Court’S", "\0", "court\0crime",
        "\n\n", "–", "’", "'", "É", "e\u0301", "court\u00ad", "co\u00adurt", "anti-court", "anti", "",
    ]
)  # fmt: skip
TEXT = st.lists(PIECES, max_size=14).map(" ".join)
QUERY = st.sampled_from(
    [
        "court", "court crime", "court AND crime", '"court crime"', '"anti court"', "anti-court",
        "obrien", "don't", "dont", "don", "cuort~1", "cuort", "judgmnet", '"court"', "title:court",
        "body:crime court", "court NOT crime", "(court AND crime) OR don", '"don t"', "crime~2",
        '"crimes court crime"', "court法院", "t",
    ]
)  # fmt: skip


Places = list[tuple[str, str, int, int, int]]


def both_ways(index: Index, query: str) -> list[tuple[Places | None, Places]]:
    """What bytes and what tokens mark in every article found: leaf, field, characters, edits."""
    searcher = index._searcher
    plan = understand(parse(query).tree, searcher._vocabulary, correct=True).plan
    collection = searcher._collection
    evaluation = Evaluation(plan, collection, searcher._matcher, searcher._scoring)
    docs = [doc for _, doc in first(evaluation.found(), collection, 50, "relevance")]
    if not docs:
        return []
    places = [collection.place(doc) for doc in docs]
    texts = [segment.texts(doc) for segment, doc in places]
    marker = Marker(plan, evaluation, searcher._vocabulary)
    outcomes: list[tuple[Places | None, Places]] = []
    for (segment, doc), text, quickly in zip(
        places, texts, marker.quickly(docs, texts), strict=True
    ):
        surely = sorted(
            (leaf.typed, field, start, end, edits)
            for leaf, field, start, end, edits in occurrences(plan, segment.article(doc))
        )
        found = None if quickly is None else in_characters(marker, *text, quickly)
        outcomes.append((found, surely))
    return outcomes


def in_characters(marker: Marker, title: bytes, body: bytes, found: Marked) -> Places:
    return sorted(
        (marker.leaf(bit).typed, field, len(raw[:start].decode()), len(raw[:end].decode()), edits)
        for field, raw, marks in (("title", title, found.title), ("body", body, found.body))
        for start, end, bit, edits in marks
    )


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=5), QUERY)
def test_bytes_and_tokens_agree(texts: list[tuple[str, str]], query: str) -> None:
    with TemporaryDirectory() as directory:
        index = Index.create(directory)
        index.add(Article(title, body, id=str(n)) for n, (title, body) in enumerate(texts))
        for quickly, surely in both_ways(index, query):
            if quickly is not None:
                assert quickly == surely


@pytest.mark.parametrize("query", ["court crimes", '"ann court"', "cuort~1 crime"])
def test_plain_articles_are_not_tokenized(tmp_path: Path, query: str) -> None:
    index = Index.create(tmp_path)
    body = "The court's “crimes” — so Ann’s court. Crime, courts; court crimes."
    index.add([Article("Court crimes", body, id="a")])
    ((quickly, surely),) = both_ways(index, query)
    assert quickly is not None
    assert quickly == surely
