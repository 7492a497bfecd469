"""Whoosh's own matchers, over the same directory, find the same articles: an independent judge."""

from __future__ import annotations

import datetime as dt
import warnings
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from searchidx import Article, Index
from searchidx.analysis import stem, words
from searchidx.query import And, DateRange, Every, Node, Not, Or, Phrase, Prefix, Term, to_text
from tests.search.test_against_brute_force import STEP, _applied, _several

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import whoosh.index
    from whoosh import query as asked

WORDS = ["court", "courts", "crime", "crimes", "governed", "governance", "it's", "AT&T", "2024"]
TEXT = st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join)
DAY = st.dates(dt.date(2024, 1, 1), dt.date(2024, 1, 5))
ARTICLE = st.builds(
    Article,
    title=TEXT,
    body=TEXT,
    editor=st.sampled_from(["", "Ying Ying", "Shen Chen"]),
    authors=st.lists(st.sampled_from(["Ying Yong", "Ann Court"]), max_size=2).map(tuple),
    date=st.none() | DAY,
    id=st.sampled_from("abcdefgh"),
)
NAMES = st.sampled_from(["editor", "authors"])
LEAF = st.one_of(
    st.builds(Term, st.sampled_from([*WORDS, "unseen"]), st.sampled_from([None, "title", "body"])),
    st.builds(Phrase, st.sampled_from(["ying", "ying ying", "ann court", "court ying"]), NAMES),
    st.builds(Prefix, st.sampled_from(["y", "yi", "co", "she"]), NAMES),
    st.builds(lambda a, b: DateRange(min(a, b), max(a, b)), DAY, DAY),
    st.just(Every()),
)
TREE = st.recursive(
    LEAF,
    lambda child: st.one_of(
        st.builds(_several, st.just(And), st.lists(child, min_size=2, max_size=3)),
        st.builds(_several, st.just(Or), st.lists(child, min_size=2, max_size=3)),
        st.builds(Not, child),
    ),
    max_leaves=6,
)


def in_whoosh(tree: Node) -> asked.Query:
    match tree:
        case Every():
            return asked.Every()
        case Not(child):
            return asked.And([asked.Every(), asked.Not(in_whoosh(child))])
        case And(children):
            return asked.And([in_whoosh(child) for child in children])
        case Or(children):
            return asked.Or([in_whoosh(child) for child in children])
        case DateRange(since, until):
            return asked.TermRange("date", since.isoformat(), until.isoformat())
        case Prefix(text, field):
            return asked.Prefix(field, text)
        case Phrase(text, field):
            return row(field, words(text))
        case Term(text, field):
            fields = ("title", "body") if field is None else (field,)
            return asked.Or([row(name, [stem(word) for word in words(text)]) for name in fields])
    raise AssertionError(tree)


def row(field: str, terms: list[str]) -> asked.Query:
    return asked.Phrase(field, terms) if len(terms) > 1 else asked.Term(field, terms[0])


@settings(max_examples=100, deadline=None)
@given(
    st.lists(ARTICLE, min_size=2, max_size=8),
    st.lists(STEP, max_size=4),
    st.lists(TREE, min_size=1, max_size=5),
)
def test_the_same_articles(
    first: list[Article],
    steps: list[tuple[str, list]],  # type: ignore[type-arg]
    trees: list[Node],
) -> None:
    with TemporaryDirectory() as directory:
        index = Index.create(directory)
        held: dict[str, Article] = {}
        for step in [("add", first), *steps]:
            index = _applied(index, held, step)
        with whoosh.index.open_dir(directory).searcher() as searcher:
            assert searcher.doc_count() == len(held)
            for tree in trees:
                judged = {
                    searcher.stored_fields(doc)["id"]
                    for doc in searcher.docs_for_query(in_whoosh(tree))
                }
                found = {hit.id for hit in index.search(to_text(tree), limit=100, fuzzy="off")}
                assert found == judged
