"""Scores add up: for random articles, changes and queries the parts are the score."""

from __future__ import annotations

from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchidx import Article, Index
from searchidx.query import Node, to_text
from tests.search.test_against_brute_force import ARTICLE, TREE


@settings(max_examples=100, deadline=None)
@given(st.lists(ARTICLE, min_size=1, max_size=6, unique_by=lambda a: a.id), TREE)
def test_parts_add_up(articles: list[Article], tree: Node) -> None:
    with TemporaryDirectory() as directory:
        index = Index.create(directory)
        index.add(articles)
        for hit in index.search(to_text(tree), limit=100, collapse=False, snippets=0):
            explanation = hit.explanation
            parts = sum(part.score for part in explanation.parts)
            assert parts == pytest.approx(hit.score, rel=1e-6, abs=1e-6)
            assert parts + explanation.rounding == pytest.approx(hit.score, abs=1e-9)


def test_what_corrections_found_is_scaled(seeds: Index) -> None:
    results = seeds.search("governence court crimse", limit=100, collapse=False)
    for hit in results:
        explanation = hit.explanation
        assert sum(part.score for part in explanation.parts) == pytest.approx(hit.score, rel=1e-6)
        for part in explanation.parts:
            product = part.boost * part.weight * part.idf * (part.saturated + part.presence)
            assert part.score == pytest.approx(product * part.scale)
    record = results[0].to_dict(explain=True)
    assert {"score", "parts", "rounding"} == set(record["explanation"])
