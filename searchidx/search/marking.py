"""Marks in articles without tokenizing them: the forms that the index knows, looked for as bytes.

The index knows how often each leaf matches an article: where other numbers of places are found,
the words that an apostrophe or a character beyond ASCII touches are looked at too. For articles,
plans and words that this cannot look for (``O'Brien`` is the word ``obrien``), ``spans`` does it
all, token by token.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from searchidx.article import Article
from searchidx.search.evaluation import Evaluation
from searchidx.search.leaves import (
    AllOf,
    AnyOf,
    Between,
    Boosted,
    Everything,
    Leaf,
    Plan,
    Slot,
    Without,
)
from searchidx.search.page_texts import Form, PageTexts, Place
from searchidx.search.scoring import FUZZY_DISCOUNT
from searchidx.search.spans import Occurrence, occurrences
from searchidx.search.vocabulary import Vocabulary

__all__ = ["Mark", "Marked", "Marker"]

Mark = tuple[int, int, Leaf, int]
"""Where a leaf matched: from and to which byte of a text, and how many edits away."""


class Marked(NamedTuple):
    """What matched in one article: in its title, its body, and elsewhere (in characters)."""

    title: list[Mark]
    body: list[Mark]
    elsewhere: list[Occurrence]


_MOST_FORMS = 64


class Marker:
    """Finds where a plan matched in articles that it matched."""

    def __init__(self, plan: Plan, evaluation: Evaluation, vocabulary: Vocabulary) -> None:
        self._plan = plan
        self._evaluation = evaluation
        self._leaves: list[tuple[Leaf, list[list[Form]]]] | None = None
        leaves = _plain_leaves(plan)
        if leaves is not None:
            forms = [(leaf, _forms(leaf, vocabulary)) for leaf in dict.fromkeys(leaves)]
            self._leaves = [(leaf, one) for leaf, one in forms if one is not None]
            if len(self._leaves) < len(forms):
                self._leaves = None

    def mark(
        self,
        docs: Sequence[int],
        texts: Sequence[tuple[bytes, bytes]],
        article: Callable[[int], Article],
    ) -> list[Marked]:
        """Every occurrence that had a part in each article's matching the plan.

        ``texts`` are the title and the body of each article; ``article`` gives the whole of one.
        """
        found = self.quickly(docs, texts)
        return [
            self._slowly(article(doc), *text) if one is None else one
            for doc, text, one in zip(docs, texts, found, strict=True)
        ]

    def quickly(
        self, docs: Sequence[int], texts: Sequence[tuple[bytes, bytes]]
    ) -> list[Marked | None]:
        """The same, None for articles of which bytes do not tell."""
        if self._leaves is None:
            return [None] * len(docs)
        page = PageTexts([text for both in texts for text in both])
        asked = np.array(docs, dtype=np.int64)
        marks: list[list[Mark]] = [[] for _ in range(2 * len(docs))]
        missed: set[int] = set()
        for leaf, slots in self._leaves:
            wanted = self._evaluation.frequencies(leaf, asked).reshape(-1).tolist()
            found, wrong = _by_text(leaf, page.places(slots), wanted, page.starts)
            if wrong:
                found, wrong = _by_text(leaf, page.places_looked_at(slots), wanted, page.starts)
            missed |= wrong
            for at, mark in found:
                marks[at].append(mark)
        return [
            None if at in missed else Marked(marks[2 * at], marks[2 * at + 1], [])
            for at in range(len(docs))
        ]

    def _slowly(self, article: Article, title: bytes, body: bytes) -> Marked:
        found = occurrences(self._plan, article)
        return Marked(
            _in_bytes(title, [one for one in found if one.field == "title"]),
            _in_bytes(body, [one for one in found if one.field == "body"]),
            [one for one in found if one.field not in ("title", "body")],
        )


def _by_text(
    leaf: Leaf, places: list[Place], wanted: Sequence[float], starts: Sequence[int]
) -> tuple[list[tuple[int, Mark]], set[int]]:
    """The marks with the texts they stand in, and the articles that have other numbers of them
    than are wanted. A text that the leaf does not match is passed over."""
    left = list(wanted)
    found: list[tuple[int, Mark]] = []
    for start, end, edits in places:
        at = bisect_right(starts, start) - 1
        if wanted[at]:
            left[at] -= FUZZY_DISCOUNT**edits if edits else 1.0
            origin = starts[at]
            found.append((at, (start - origin, end - origin, leaf, leaf.edits + edits)))
    if max(left) < 1e-3 and min(left) > -1e-3:
        return found, set()
    return found, {at // 2 for at, more in enumerate(left) if abs(more) >= 1e-3}


def _in_bytes(raw: bytes, found: list[Occurrence]) -> list[Mark]:
    """The occurrences in a text, in order, with places in bytes instead of characters."""
    found.sort(key=lambda one: (one.start, one.end))
    if raw.isascii():
        return [(one.start, one.end, one.leaf, one.edits) for one in found]
    text = raw.decode("utf-8", "surrogatepass")
    marks: list[Mark] = []
    characters = size = 0
    for one in found:
        size += len(text[characters : one.start].encode("utf-8", "surrogatepass"))
        characters = one.start
        end = size + len(text[one.start : one.end].encode("utf-8", "surrogatepass"))
        marks.append((size, end, one.leaf, one.edits))
    return marks


def _plain_leaves(plan: Plan) -> list[Leaf] | None:
    """The leaves of a plan, each of which is marked wherever it matches; None for others."""
    match plan:
        case Leaf():
            return [plan] if plan.in_text and plan.plain else None
        case Boosted(child):
            return _plain_leaves(child)
        case AnyOf(children):
            plain = [one for one in children if isinstance(one, Leaf) and one.in_text and one.plain]
            return plain if len(plain) == len(children) else None
        case AllOf(children):
            leaves: list[Leaf] = []
            for child in children:
                inner = _plain_leaves(child)
                if inner is None:
                    return None
                leaves += inner
            return leaves
        case Between() | Everything() | Without():
            return []


def _forms(leaf: Leaf, vocabulary: Vocabulary) -> list[list[Form]] | None:
    """The forms that each slot accepts, between blanks; None where there are other kinds."""
    found = []
    for at, slot in enumerate(leaf.slots):
        words = _words_of(slot, vocabulary)
        if slot.offset != at or not words or len(words) > _MOST_FORMS:
            return None
        if not all(word.isascii() and word.isalnum() for word in words):
            return None
        found.append([(f" {word} ".encode(), edits) for word, edits in words.items()])
    return found


def _words_of(slot: Slot, vocabulary: Vocabulary) -> dict[str, int]:
    if slot.prefix is not None or slot.wildcard is not None:
        return {}
    words = dict.fromkeys(vocabulary.forms(slot.stem), 0) if slot.stem is not None else {}
    for word, edits in slot.words.items():
        words.setdefault(word, edits)
    return words
