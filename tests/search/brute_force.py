"""Search as the formulas say it, one article after the other: the judge of the real one."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable

from searchidx import Article
from searchidx.analysis import is_cjk, stem, tokenize, words
from searchidx.query import And, DateRange, Every, Near, Node, Not, Or, Phrase, Prefix, Term
from searchidx.search.scoring import FIELD_WEIGHTS, K1, B

Accepts = Callable[[str], bool]


def search(articles: list[Article], tree: Node) -> dict[str, float]:
    """The id of every article that matches, with its score."""
    scorer = _Scorer(articles, tree)
    return {
        article.id: scorer.score(tree, article) for article in articles if matches(tree, article)
    }


def matches(tree: Node, article: Article) -> bool:
    match tree:
        case Every():
            return True
        case DateRange(since, until):
            day = article.date
            return day is not None and (since or day) <= day <= (until or day)
        case Not(child):
            return not matches(child, article)
        case And(children):
            return all(matches(child, article) for child in children)
        case Or(children):
            return any(matches(child, article) for child in children)
        case _:
            return sum(frequencies(tree, article)) > 0


def frequencies(leaf: Node, article: Article) -> tuple[int, int]:
    """How often a leaf stands in the title (other fields: 0) and in the body (in the field)."""
    assert isinstance(leaf, Term | Phrase | Near | Prefix)
    if leaf.field in (None, "title", "body"):
        title = _count(leaf, words(article.title)) if leaf.field != "body" else 0
        body = _count(leaf, words(article.body)) if leaf.field != "title" else 0
        return title, body
    value = getattr(article, leaf.field or "")
    texts = (value,) if isinstance(value, str) else value
    return 0, sum(_count(leaf, words(text)) for text in texts)


def _count(leaf: Term | Phrase | Near | Prefix, text: list[str]) -> int:
    if isinstance(leaf, Near):
        return len(shortest_stretches(leaf, text))
    row = _row(leaf)
    if not row:
        return 0
    length = row[-1][0] + 1
    return sum(
        all(accepts(text[at + offset]) for offset, accepts in row)
        for at in range(len(text) - length + 1)
    )


def shortest_stretches(near: Near, text: list[str]) -> list[tuple[int, int]]:
    """The stretches of a text that hold all words of a ``Near`` and no smaller such stretch."""
    rows = [row for word in near.text.split() if (row := _row(Phrase(word)))]
    wanted = Counter(repr(words(word)) for word in near.text.split() if words(word))
    reach = near.others + sum(row[-1][0] + 1 for row in rows)
    found: list[tuple[int, int]] = []
    for size in range(1, min(reach, len(text)) + 1):
        for start in range(len(text) - size + 1):
            part = text[start : start + size]
            inside = any(start <= s and e <= start + size for s, e in found)
            if (
                rows
                and not inside
                and all(
                    _count(Phrase(word), part) >= wanted[repr(words(word))]
                    for word in near.text.split()
                    if words(word)
                )
            ):
                found.append((start, start + size))
    return found


def _row(leaf: Term | Phrase | Prefix) -> list[tuple[int, Accepts]]:
    stemmed = isinstance(leaf, Term) and leaf.field in (None, "title", "body")
    tokens = list(tokenize(leaf.text))
    row: list[tuple[int, Accepts]] = []
    for at, token in enumerate(tokens):
        word = token.word
        last = at == len(tokens) - 1
        if is_cjk(word):
            inside_run = at > 0 and tokens[at - 1].end > token.start
            if len(word) == 2:
                row.append((at, lambda other, word=word: other == word))
            elif not inside_run:
                row.append((at, lambda other, word=word: other.startswith(word)))
        elif isinstance(leaf, Prefix) and last:
            row.append((at, lambda other, word=word: other.startswith(word)))
        elif stemmed:
            row.append((at, lambda other, word=word: stem(other) == stem(word)))
        else:
            row.append((at, lambda other, word=word: other == word))
    return row


class _Scorer:
    def __init__(self, articles: list[Article], tree: Node) -> None:
        self._articles = articles
        count = len(articles) or 1
        self._means = {
            name: max(sum(len(words(getattr(a, name))) for a in articles) / count, 1.0)
            for name in ("title", "body")
        }
        self._presence = 2 * (K1 + 1) / max(len(set(_scored(tree))), 1)

    def score(self, tree: Node, article: Article) -> float:
        match tree:
            case And(children) | Or(children):
                return sum(self.score(c, article) for c in children if matches(c, article))
            case Term() | Phrase() | Near() | Prefix():
                return self._leaf(tree, article)
            case _:
                return 0.0

    def _idf(self, leaf: Node) -> float:
        df = sum(matches(leaf, other) for other in self._articles)
        return math.log(1 + (len(self._articles) - df + 0.5) / (df + 0.5))

    def _leaf(self, leaf: Term | Phrase | Near | Prefix, article: Article) -> float:
        idf = self._idf(leaf)
        title, body = frequencies(leaf, article)
        if leaf.field in (None, "title", "body"):
            x = 0.0
            for name, freq in (("title", title), ("body", body)):
                share = len(words(getattr(article, name))) / self._means[name]
                x += FIELD_WEIGHTS[name] * freq / (1 - B[name] + B[name] * share)
        else:
            x = body
        return idf * (x * (K1 + 1) / (K1 + x) + self._presence)


def _scored(tree: Node) -> list[Node]:
    match tree:
        case And(children) | Or(children):
            return [leaf for child in children for leaf in _scored(child)]
        case Term() | Phrase() | Near() | Prefix():
            return [tree]
        case _:
            return []
