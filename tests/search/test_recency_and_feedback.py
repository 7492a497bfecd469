"""Scores that fade with age, and words added from the best hits."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchidx import Article, Index, QueryError

DAY = dt.date(2024, 6, 28)
WORDS = st.lists(st.sampled_from(["lease", "fine", "court", "the"]), min_size=1, max_size=9)
DATED = st.tuples(WORDS, st.none() | st.integers(0, 900))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(DATED, min_size=1, max_size=30),
    st.sampled_from(["lease", "lease OR fine", "court AND fine", "NOT lease"]),
    st.floats(1, 500),
    st.integers(1, 8),
)
def test_scores_fade_as_the_formula_says(
    texts: list[tuple[list[str], int | None]], query: str, half_life: float, limit: int
) -> None:
    with TemporaryDirectory() as scratch:
        index = Index.create(scratch)
        index.add(
            Article(
                "", " ".join(words), None if age is None else DAY - dt.timedelta(age), id=f"{at:02}"
            )
            for at, (words, age) in enumerate(texts)
        )
        newest = max((one.date for one in index.articles() if one.date), default=DAY)
        plain = index.search(query, limit=99, fuzzy="off", collapse=False)
        expected = {}
        for hit in plain:
            day = hit.article.date
            fresh = 2 ** (-(newest - day).days / half_life) if day else 0.0
            expected[hit.id] = hit.score * (1 + fresh) / 2
        found = index.search(query, limit=limit, fuzzy="off", collapse=False, recency=half_life)
        assert found.total == plain.total
        assert {hit.id: hit.score for hit in found} == pytest.approx(
            {hit.id: expected[hit.id] for hit in found}, rel=1e-5
        )
        least = min((hit.score for hit in found), default=0)
        shown = {hit.id for hit in found}
        assert all(score <= least * 1.00001 for id_, score in expected.items() if id_ not in shown)
        for hit in found:
            parts = hit.explanation
            total = sum(part.score for part in parts.parts) + parts.rounding
            assert total == pytest.approx(hit.score, rel=1e-6)
        # The same index answers as before.
        again = index.search(query, limit=99, fuzzy="off", collapse=False)
        assert [(hit.id, hit.score) for hit in again] == [(hit.id, hit.score) for hit in plain]


@pytest.fixture
def index(tmp_path: Path) -> Index:
    index = Index.create(tmp_path / "index")
    texts = [
        "The ferry lines fixed fares, said the cartel office.",
        "The cartel office fined the ferry lines of the bay.",
        "A cartel of cement makers was fined by the office.",
        "The judge read a novel on the beach.",
    ]
    index.add(Article(f"t{at}", text, DAY, id=str(at)) for at, text in enumerate(texts))
    return index


def test_feedback_adds_what_the_best_hits_share(index: Index) -> None:
    plain = index.search("ferry")
    assert {hit.id for hit in plain} == {"0", "1"}
    found = index.search("ferry", feedback=True)
    assert found.interpreted.startswith("ferry OR ") and "cartel^" in found.interpreted
    assert [hit.id for hit in found][-1] == "2" and found.total == 3
    assert index.search(found.interpreted).total == found.total
    assert "beach" not in found.interpreted


def test_feedback_keeps_to_queries_that_demand_nothing(index: Index) -> None:
    for query in ("ferry AND fares", "ferry NOT novel", "ferry /s fares", "atleast2(ferry)"):
        with pytest.raises(QueryError, match="feedback goes with words and OR"):
            index.search(query, feedback=True)
    assert index.search("nothingatall", fuzzy="off", feedback=True).total == 0
    with pytest.raises(QueryError, match="above 0"):
        index.search("ferry", recency=0)
