"""Search as the formulas say it, one article after the other: the judge of the real one."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from fnmatch import fnmatchcase

from searchidx import Article
from searchidx.analysis import is_cjk, stem, tokenize, words
from searchidx.analysis.boundaries import paragraph_spans, sentence_spans
from searchidx.analysis.function_words import FUNCTION_WORDS
from searchidx.query import (
    And,
    AtLeast,
    Boost,
    Caps,
    DateRange,
    Every,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    SameParagraph,
    SameSentence,
    Term,
    Wildcard,
    Within,
)
from searchidx.search.scoring import FIELD_WEIGHTS, FUNCTION_WORD_WEIGHT, K1, B

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
        case Boost(child):
            return matches(child, article)
        case AtLeast(times, child):
            return sum(frequencies(child, article)) >= times
        case _:
            return sum(frequencies(tree, article)) > 0


def frequencies(leaf: Node, article: Article) -> tuple[int, int]:
    """How often a leaf stands in the title (other fields: 0) and in the body (in the field)."""
    if isinstance(leaf, AtLeast):
        return frequencies(leaf.child, article) if matches(leaf, article) else (0, 0)
    field = field_of(leaf)
    if field is None:
        return len(smallest(leaf, article.title, "title")), len(
            smallest(leaf, article.body, "body")
        )
    value = getattr(article, field)
    texts = (value,) if isinstance(value, str) else value
    return 0, sum(len(smallest(leaf, text, field)) for text in texts)


def field_of(node: Node) -> str | None:
    """None for title and body."""
    match node:
        case Within() | SameSentence() | SameParagraph():
            return field_of(node.left)
        case Or(children):
            return field_of(children[0])
        case _:
            return None if node.field in (None, "title", "body") else node.field


Extent = tuple[int, int]
Assignment = frozenset[Extent]


def smallest(node: Node, text: str, name: str) -> list[Extent]:
    """The extents of a text, in words, that satisfy the node and hold no other such one."""
    found = {extent for extent, _ in assignments(node, text, name)}
    return [
        (start, end)
        for start, end in found
        if not any(start <= s and e <= end and (s, e) != (start, end) for s, e in found)
    ]


def assignments(node: Node, text: str, name: str) -> set[tuple[Extent, Assignment]]:
    """Every way to satisfy a node: the extent, and those of the words that make it."""
    match node:
        case Or(children):
            return {one for child in children for one in assignments(child, text, name)}
        case Within() | SameSentence() | SameParagraph():
            return {
                ((min(one[0], other[0]), max(one[1], other[1])), held | more)
                for one, held in assignments(node.left, text, name)
                for other, more in assignments(node.right, text, name)
                if _joined(node, one, other, text, name)
            }
        case _:
            if node.field not in (None, name):
                return set()
            return {(extent, frozenset([extent])) for extent in _places(node, text)}


def _joined(
    node: Within | SameSentence | SameParagraph, one: Extent, other: Extent, text: str, name: str
) -> bool:
    if other[0] < one[1] and (node.ordered or one[0] < other[1]):
        return False
    if isinstance(node, Within):
        return max(one[0], other[0]) - min(one[1], other[1]) < node.distance
    if name != "body":
        return True
    spans = sentence_spans(text) if isinstance(node, SameSentence) else paragraph_spans(text)
    numbers = [
        next(n for n, (start, end) in enumerate(spans) if start <= token.start < end)
        for token in tokenize(text)
    ]
    return len({*numbers[slice(*one)], *numbers[slice(*other)]}) == 1


def _places(leaf: Node, text: str) -> list[Extent]:
    tokens = list(tokenize(text))
    if isinstance(leaf, Near):
        return shortest_stretches(leaf, [token.word for token in tokens])
    row = _row(leaf)
    if not row:
        return []
    size = row[-1][0] + 1
    pair = is_cjk(leaf.text[-1]) and len([t.word for t in tokenize(leaf.text)]) > len(row)
    return [
        (at, at + size + pair)
        for at in range(len(tokens) - size + 1)
        if all(accepts(tokens[at + offset].word) for offset, accepts in row)
        and (
            not isinstance(leaf, Caps)
            or all(_has_capitals(leaf, text[t.start : t.end]) for t in tokens[at : at + size])
        )
    ]


def _has_capitals(leaf: Caps, surface: str) -> bool:
    letters = [c for c in surface.removesuffix("'s") if c.isalpha()]
    capitals = [c for c in letters if c.upper() == c and c.lower() != c]
    return bool(capitals) and (not leaf.every or len(capitals) == len(letters))


def _count(leaf: Phrase, text: list[str]) -> int:
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


def _row(leaf: Node) -> list[tuple[int, Accepts]]:
    stemmed = isinstance(leaf, Term) and leaf.field in (None, "title", "body")
    if isinstance(leaf, Wildcard):
        return [(0, lambda other: fnmatchcase(other, leaf.text))]
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
        self._beside = any(
            matches(leaf, article)
            for leaf in _scored(tree)
            if not _light(leaf)
            for article in articles
        )

    def score(self, tree: Node, article: Article) -> float:
        match tree:
            case And(children) | Or(children):
                return sum(self.score(c, article) for c in children if matches(c, article))
            case Boost(child, factor):
                return factor * self.score(child, article)
            case Every() | DateRange() | Not():
                return 0.0
            case _:
                return self._leaf(tree, article)

    def _idf(self, leaf: Node) -> float:
        df = sum(matches(leaf, other) for other in self._articles)
        return math.log(1 + (len(self._articles) - df + 0.5) / (df + 0.5))

    def _leaf(self, leaf: Node, article: Article) -> float:
        idf = self._idf(leaf)
        title, body = frequencies(leaf, article)
        if field_of(leaf.child if isinstance(leaf, AtLeast) else leaf) is None:
            x = 0.0
            for name, freq in (("title", title), ("body", body)):
                share = len(words(getattr(article, name))) / self._means[name]
                x += FIELD_WEIGHTS[name] * freq / (1 - B[name] + B[name] * share)
        else:
            x = body
        weight = FUNCTION_WORD_WEIGHT if _light(leaf) and self._beside else 1.0
        return weight * idf * (x * (K1 + 1) / (K1 + x) + self._presence)


def _light(leaf: Node) -> bool:
    return (
        isinstance(leaf, Term)
        and field_of(leaf) is None
        and len(words(leaf.text)) == 1
        and words(leaf.text)[0] in FUNCTION_WORDS
    )


def _scored(tree: Node) -> list[Node]:
    match tree:
        case And(children) | Or(children):
            return [leaf for child in children for leaf in _scored(child)]
        case Boost(child):
            return _scored(child)
        case Every() | DateRange() | Not():
            return []
        case _:
            return [tree]
