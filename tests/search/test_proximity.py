"""What connectors mark is what satisfies them, and no larger than it must be."""

from __future__ import annotations

from bisect import bisect_left
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from searchidx import Article, Index
from searchidx.analysis import tokenize
from searchidx.query import (
    Caps,
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
)
from searchidx.search.expand import understand
from searchidx.search.spans import occurrences
from tests.search import brute_force

WORDS = ["a", "b", "c", "A", "B.", "c.", "b!", "\n\na", "\nc", "ab", "ba", "x", "法院", "法院。"]
TEXT = st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join)
FIELD = st.sampled_from([None, None, None, "title", "body"])
WORD = st.one_of(
    st.builds(Term, st.sampled_from(["a", "b", "c", "法院", "a-b"]), FIELD),
    st.builds(Phrase, st.sampled_from(["a", "a b", "b a", "c c"]), FIELD),
    st.builds(Near, st.sampled_from(["a b", "a a"]), st.integers(0, 3), FIELD),
    st.builds(Prefix, st.sampled_from(["a", "法"]), FIELD),
    st.builds(Wildcard, st.sampled_from(["?b", "*a"]), FIELD),
    st.builds(Caps, st.sampled_from(["a", "b"]), st.booleans(), FIELD),
)


def joined(side: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.one_of(
        st.builds(Within, side, side, st.integers(1, 6), st.booleans()),
        st.builds(SameSentence, side, side, st.booleans()),
        st.builds(SameParagraph, side, side, st.booleans()),
    )


SIDE = st.recursive(
    WORD, lambda side: joined(side) | st.builds(lambda a, b: Or((a, b)), WORD, WORD), max_leaves=3
)


@settings(max_examples=250, deadline=None)
@given(
    st.lists(st.tuples(TEXT, TEXT), min_size=5, max_size=5),
    st.lists(joined(SIDE), min_size=8, max_size=8),
)
def test_marks_against_every_assignment(texts: list[tuple[str, str]], trees: list[Node]) -> None:
    """Ten thousand texts and trees: 250 times five articles and eight trees."""
    articles = [Article(title, body, id=str(n)) for n, (title, body) in enumerate(texts)]
    with TemporaryDirectory() as directory:
        index = Index.create(directory)
        index.add(articles)
        vocabulary = index._searcher._vocabulary
        for tree in trees:
            plan = understand(tree, vocabulary, correct=False).plan
            for article in articles:
                found = occurrences(plan, article)
                for name in ("title", "body"):
                    check(tree, getattr(article, name), name, found)


def check(tree: Node, text: str, name: str, found: list[object]) -> None:
    tokens = list(tokenize(text))
    starts = [token.start for token in tokens]
    marked = {
        bisect_left(starts, one.start)  # type: ignore[attr-defined]
        for one in found
        if one.field == name  # type: ignore[attr-defined]
    }
    wanted = brute_force.smallest(tree, text, name)
    fitting = [
        (extent, held)
        for extent, held in brute_force.assignments(tree, text, name)
        if extent in wanted
    ]
    # Each smallest extent has one set of words marked, and nothing else is.
    for extent in wanted:
        assert any(
            {start for start, _ in held} <= marked for other, held in fitting if other == extent
        )
    inside = {at for _, held in fitting for start, end in held for at in range(start, end)}
    assert marked <= inside
