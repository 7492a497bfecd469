"""Random articles, random changes of the index, random queries: the answers of the formulas."""

from __future__ import annotations

from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchidx import Article, Index, SearchResults
from searchidx.query import (
    AtLeast,
    Boost,
    Caps,
    DateRange,
    Every,
    Near,
    Node,
    Or,
    Phrase,
    Prefix,
    SameParagraph,
    SameSentence,
    Term,
    Wildcard,
    Within,
    parse,
    to_text,
)
from tests.search import brute_force
from tests.search.random_indexes import DAY, Step, applied, articles, steps, trees

WORDS = [
    "court",
    "courts",
    "crime",
    "crimes",
    "governed",
    "governance",
    "minor",
    "检察院",
    "检察官",
    "法院",
    "法",
    "it's",
    "the",
    "AT&T",
    "2024",
]
# The same with capitals, and where sentences and paragraphs end.
TEXT_WORDS = [*WORDS, "Court.", "Crime.", "minor.", "COURT", "\n\nMinor", "法院。", "CRIMES's"]
ARTICLE = articles(TEXT_WORDS)
FIELD = st.sampled_from([None, None, None, "title", "body", "editor", "authors"])
WORD = st.sampled_from([*WORDS, "gov", "ying", "察院", "unseen"])
WORDLIKE = st.one_of(
    st.builds(Term, WORD, FIELD),
    st.builds(Phrase, st.lists(WORD, min_size=1, max_size=3).map(" ".join), FIELD),
    st.builds(
        Near,
        st.lists(WORD, min_size=2, max_size=3).map(" ".join),
        st.integers(0, 6),
        FIELD,
    ),
    st.builds(Prefix, st.sampled_from(["c", "gov", "crime", "检", "检察", "yi"]), FIELD),
    st.builds(Wildcard, st.sampled_from(["c*t", "c?urt", "*s", "*o*r*", "m?n*", "y*g"]), FIELD),
    st.builds(
        Caps, st.sampled_from(["court", "minor", "crime", "crimes court"]), st.booleans(), st.none()
    ),
)
SHORT_FIELD = st.builds(Term, st.sampled_from(["ying", "shen", "court"]), st.just("authors"))


def _near(side: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.one_of(
        st.builds(Within, side, side, st.integers(1, 255) | st.integers(1, 4), st.booleans()),
        st.builds(SameSentence, side, side, st.booleans()),
        st.builds(SameParagraph, side, side, st.booleans()),
    )


INSIDE = WORDLIKE.filter(lambda leaf: leaf.field in (None, "title", "body"))
PROXIMITY = st.one_of(
    _near(
        st.recursive(
            INSIDE,
            lambda side: st.one_of(_near(side), st.builds(lambda a, b: Or((a, b)), INSIDE, INSIDE)),
            max_leaves=3,
        )
    ),
    _near(SHORT_FIELD),
)
COUNTED = st.builds(AtLeast, st.integers(1, 3), WORDLIKE | PROXIMITY)
LEAF = st.one_of(
    WORDLIKE,
    PROXIMITY,
    COUNTED,
    st.builds(Boost, WORDLIKE | PROXIMITY | COUNTED, st.sampled_from([0.5, 2.0, 3.25])),
    st.builds(lambda a, b: DateRange(min(a, b), max(a, b)), DAY, DAY),
    st.just(Every()),
)


TREE = trees(LEAF)
STEP = steps(ARTICLE)


def _check_order(results: SearchResults, held: dict[str, Article]) -> None:
    def key(score: float, one: str) -> tuple[float, int, str]:
        day = held[one].date
        return -score, -day.toordinal() if day else 0, one

    keys = [key(hit.score, hit.id) for hit in results]
    assert keys == sorted(keys)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(ARTICLE, min_size=3, max_size=6),
    st.lists(STEP, max_size=5),
    st.lists(TREE, min_size=1, max_size=4),
    st.lists(WORD, min_size=2, max_size=4).map(" ".join),
)
def test_articles_and_scores(
    first: list[Article],
    changes: list[Step],
    asked: list[Node],
    row: str,
) -> None:
    with TemporaryDirectory() as directory:
        index = Index.create(directory)
        held: dict[str, Article] = {}
        for step in [("add", first), *changes]:
            index = applied(index, held, step)
        assert len(index) == len(held)
        assert index.check() == []
        assert {article.id: article for article in index.articles()} == held
        for tree in [parse(row).tree, *asked]:
            tree = parse(to_text(tree)).tree
            expected = brute_force.search(list(held.values()), tree)
            results = index.search(to_text(tree), limit=100, collapse=False, fuzzy="off")
            assert results.total == len(expected)
            found = {hit.id: hit.score for hit in results}
            assert found == pytest.approx(expected, rel=1e-5)
            _check_order(results, held)


@settings(max_examples=60, deadline=None)
@given(st.lists(ARTICLE, max_size=8, unique_by=lambda a: a.id), TREE, st.integers(0, 7))
def test_pages_are_slices_of_the_whole(articles: list[Article], tree: Node, cut: int) -> None:
    with TemporaryDirectory() as directory:
        index = Index.create(directory)
        index.add(articles[:cut])
        index.add(articles[cut:])
        text = to_text(tree)
        for sort in ("relevance", "newest", "oldest"):
            whole = [hit.id for hit in index.search(text, limit=100, collapse=False, sort=sort)]
            paged = [
                hit.id
                for offset in range(0, len(whole) + 2, 2)
                for hit in index.search(text, limit=2, offset=offset, sort=sort, collapse=False)
            ]
            assert paged == whole


@settings(max_examples=100, deadline=None)
@given(st.lists(ARTICLE, min_size=1, max_size=5, unique_by=lambda a: a.id), TREE)
def test_marks_are_what_matched(articles: list[Article], tree: Node) -> None:
    """A hit has marks exactly if a word of the query, not excluded, is in it; marks lie right."""
    with TemporaryDirectory() as directory:
        index = Index.create(directory)
        index.add(articles)
        for hit in index.search(to_text(tree), limit=100, collapse=False, fuzzy="off", snippets=10):
            for snippet in hit.snippets:
                value = getattr(hit.article, snippet.field)
                text = value if isinstance(value, str) else "; ".join(value)
                assert text[snippet.start : snippet.start + len(snippet.text)] == snippet.text
                ends = [0, *(place for span in snippet.spans for place in span)]
                assert ends == sorted(ends)
                assert ends[-1] <= len(snippet.text)
            marked = any(snippet.spans for snippet in hit.snippets)
            assert marked == bool(hit.matched)
            assert marked == (hit.score > 0)
