"""Words that the best hits have in common, added to the query: pseudo-relevance feedback.

(J. Rocchio, "Relevance feedback in information retrieval", in The SMART Retrieval System, 1971;
of the hits themselves: W. B. Croft and D. J. Harper, "Using probabilistic models of document
retrieval without relevance information", J. Doc. 35, 1979.)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from searchidx.analysis import stem, words
from searchidx.analysis.function_words import FUNCTION_WORDS
from searchidx.article import Article
from searchidx.errors import QueryError
from searchidx.query import (
    And,
    AtLeast,
    Boost,
    DateRange,
    Every,
    Node,
    Not,
    Or,
    SameParagraph,
    SameSentence,
    Term,
    Within,
)
from searchidx.search.similar import telling_words

__all__ = ["HITS", "with_feedback"]

HITS = 5
"""How many of the best hits are looked at."""

_WORDS = 20
_SHARE = 0.4  # what the words added weigh together, beside those of the query


def with_feedback(
    tree: Node,
    best: Sequence[tuple[Article, float]],
    doc_frequency: Callable[[str], int],
    article_count: int,
) -> Node:
    """The query or the words that tell its best hits apart, each for what it weighs.

    ``best`` are hits with their scores. Together the words added weigh 0.4 of those of the query.
    Raises QueryError for a query of more than words and OR: what it demands or excludes would no
    longer be.
    """
    known = {stem(one) for text in _typed(tree) for one in words(text)}
    asked = sum(_idf(doc_frequency(one), article_count) for one in known)
    total = sum(score for _, score in best)
    found: dict[str, float] = {}
    forms: dict[str, str] = {}
    for article, score in best:
        for one in telling_words(article, doc_frequency, article_count):
            word = words(one.word)[0]
            own = stem(word)
            if own not in known and word not in FUNCTION_WORDS:
                found[own] = found.get(own, 0.0) + one.weight * score / total
                forms.setdefault(own, one.word)
    added = sorted(found, key=lambda own: (-found[own], own))[:_WORDS]
    mass = sum(found[own] for own in added)
    more: list[Node] = []
    for own in added:
        boost = _SHARE * asked * found[own] / mass / _idf(doc_frequency(own), article_count)
        if boost >= 0.005:
            more.append(Boost(Term(forms[own]), round(boost, 2)))
    if not more:
        return tree
    children = tree.children if isinstance(tree, Or) else (tree,)
    return Or((*children, *more))


def _typed(node: Node) -> list[str]:
    """The words of a query that demands none of them."""
    match node:
        case Or(children):
            return [text for child in children for text in _typed(child)]
        case Boost(child):
            return _typed(child)
        case And() | Not() | Within() | SameSentence() | SameParagraph() | AtLeast():
            raise QueryError("feedback goes with words and OR: this query demands or excludes")
        case DateRange() | Every():
            return []
        case _:
            return [node.text]


def _idf(doc_frequency: int, article_count: int) -> float:
    return math.log(1 + (article_count - doc_frequency + 0.5) / (doc_frequency + 0.5))
