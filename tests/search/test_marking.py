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
from searchidx.search.marking import Fields, Marker
from searchidx.search.spans import Occurrence, occurrences
from searchidx.search.topk import first

PIECES = st.sampled_from(
    [
        "court", "Court", "courts", "COURT'S", "courts'", "'court'", "“court”", "court’s", "court–",
        "crime", "crimes", "crimé", "O'Brien", "obrien", "don't", "dont", "don", "t", "x-court",
        "courtroom", "judgment", "judgmént", "法院court", "court法院", "court,", "(court)", "court.crime",
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


def both_ways(index: Index, query: str) -> list[tuple[list[Occurrence] | None, list[Occurrence]]]:
    searcher = index._searcher
    plan = understand(parse(query).tree, searcher._vocabulary, correct=True).plan
    collection = searcher._collection
    evaluation = Evaluation(plan, collection, searcher._matcher, searcher._scoring)
    docs = [doc for _, doc in first(evaluation.found(), collection, 50, "relevance")]
    marker = Marker(plan, evaluation, searcher._vocabulary, docs)
    outcomes = []
    for doc in docs:
        fields = Fields(*collection.place(doc))
        outcomes.append((marker._quickly(doc, fields), occurrences(plan, fields.article)))
    return outcomes


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=5), QUERY)
def test_bytes_and_tokens_agree(texts: list[tuple[str, str]], query: str) -> None:
    with TemporaryDirectory() as directory:
        index = Index.create(directory)
        index.add(Article(title, body, id=str(n)) for n, (title, body) in enumerate(texts))
        for quickly, surely in both_ways(index, query):
            if quickly is not None:
                assert sorted(map(_places, quickly)) == sorted(map(_places, surely))


def _places(occurrence: Occurrence) -> tuple[str, str, int, int, int]:
    leaf, field, start, end, edits = occurrence
    return leaf.typed, field, start, end, edits


@pytest.mark.parametrize("query", ["court crimes", '"ann court"', "cuort~1 crime"])
def test_plain_articles_are_not_tokenized(tmp_path: Path, query: str) -> None:
    index = Index.create(tmp_path)
    body = "The court's “crimes” — so Ann’s court. Crime, courts; court crimes."
    index.add([Article("Court crimes", body, id="a")])
    ((quickly, surely),) = both_ways(index, query)
    assert quickly is not None
    assert sorted(map(_places, quickly)) == sorted(map(_places, surely))
