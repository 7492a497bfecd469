"""Whoosh's own matchers, over the same directory, find the same articles: an independent judge."""

from __future__ import annotations

import warnings
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from searchidx import Article, Index
from searchidx.analysis import stem, words
from searchidx.query import And, DateRange, Every, Node, Not, Or, Phrase, Prefix, Term, to_text
from tests.search.random_indexes import DAY, Step, applied, articles, steps, trees

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import whoosh.index
    from whoosh import query as asked

WORDS = ["court", "courts", "crime", "crimes", "governed", "governance", "it's", "AT&T", "2024"]
ARTICLE = articles(WORDS)
NAMES = st.sampled_from(["editor", "authors"])
LEAF = st.one_of(
    st.builds(Term, st.sampled_from([*WORDS, "unseen"]), st.sampled_from([None, "title", "body"])),
    st.builds(Phrase, st.sampled_from(["ying", "ying ying", "ann court", "court ying"]), NAMES),
    st.builds(Prefix, st.sampled_from(["y", "yi", "co", "she"]), NAMES),
    st.builds(lambda a, b: DateRange(min(a, b), max(a, b)), DAY, DAY),
    st.just(Every()),
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
    st.lists(steps(ARTICLE), max_size=4),
    st.lists(trees(LEAF, 6), min_size=1, max_size=5),
)
def test_the_same_articles(
    first: list[Article],
    changes: list[Step],
    plain: list[Node],
) -> None:
    with TemporaryDirectory() as directory:
        index = Index.create(directory)
        held: dict[str, Article] = {}
        for step in [("add", first), *changes]:
            index = applied(index, held, step)
        with whoosh.index.open_dir(directory).searcher() as searcher:
            assert searcher.doc_count() == len(held)
            for tree in plain:
                judged = {
                    searcher.stored_fields(doc)["id"]
                    for doc in searcher.docs_for_query(in_whoosh(tree))
                }
                found = {
                    hit.id
                    for hit in index.search(to_text(tree), limit=100, collapse=False, fuzzy="off")
                }
                assert found == judged
