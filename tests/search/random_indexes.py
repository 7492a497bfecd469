"""Random articles, changes of an index, and query trees, for the judges of search."""

from __future__ import annotations

import datetime as dt

from hypothesis import strategies as st

from searchidx import Article, Index
from searchidx.query import And, Node, Not, Or

__all__ = ["DAY", "Step", "applied", "articles", "steps", "trees"]

DAY = st.dates(dt.date(2024, 1, 1), dt.date(2024, 1, 5))
_IDS = "abcdefgh"


def articles(words: list[str]) -> st.SearchStrategy[Article]:
    """Short articles of these words, with few enough ids for them to come again."""
    text = st.lists(st.sampled_from(words), max_size=9).map(" ".join)
    return st.builds(
        Article,
        title=text,
        body=text,
        editor=st.sampled_from(["", "Ying Ying", "Shen Chen"]),
        authors=st.lists(st.sampled_from(["Ying Yong", "Ann Court"]), max_size=2).map(tuple),
        date=st.none() | DAY,
        id=st.sampled_from(_IDS),
    )


def trees(leaf: st.SearchStrategy[Node], most: int = 5) -> st.SearchStrategy[Node]:
    """Leaves joined by AND, OR and NOT."""
    return st.recursive(
        leaf,
        lambda child: st.one_of(
            st.builds(_several, st.just(And), st.lists(child, min_size=2, max_size=3)),
            st.builds(_several, st.just(Or), st.lists(child, min_size=2, max_size=3)),
            st.builds(Not, child),
        ),
        max_leaves=most,
    )


def _several(kind: type[And] | type[Or], children: list[Node]) -> Node:
    return kind(tuple(children))


Step = tuple[str, list]  # type: ignore[type-arg]


def steps(article: st.SearchStrategy[Article]) -> st.SearchStrategy[Step]:
    """One change of an index, or a new look at it."""
    return st.one_of(
        st.tuples(st.just("add"), st.lists(article, max_size=5)),
        st.tuples(st.just("delete"), st.lists(st.sampled_from(_IDS), max_size=3)),
        st.tuples(st.sampled_from(["compact", "reopen", "rebuild"]), st.just([])),
    )


def applied(index: Index, held: dict[str, Article], step: Step) -> Index:
    """Make the change, in the index and in what it should hold."""
    name, items = step
    if name == "add":
        index.add(items)
        held.update({article.id: article for article in items})
    elif name == "delete":
        assert set(index.delete(items)) == set(items) & set(held)
        for one in items:
            held.pop(one, None)
    elif name == "compact":
        index.compact()
    elif name == "rebuild":
        index.rebuild()
    else:
        index = Index.open(index.directory)
    return index
