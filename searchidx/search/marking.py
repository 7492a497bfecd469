"""Marks in articles without tokenizing them: the forms that the index knows, looked for as bytes.

The index knows how often each leaf matches an article. Where other numbers of places are found,
and for plans and words that this cannot look for (``O'Brien`` is the word ``obrien``), ``spans``
does it all, token by token.
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
from searchidx.search.page_texts import Forms, PageTexts, Place
from searchidx.search.scoring import FUZZY_DISCOUNT
from searchidx.search.spans import Occurrence, occurrences
from searchidx.search.vocabulary import Vocabulary

__all__ = ["Mark", "Marked", "Marker"]

Mark = tuple[int, int, int, int]
"""From and to which byte of a text a leaf matched, the leaf's bit, and how many edits away."""


class Marked(NamedTuple):
    """What matched in one article: in its title, its body (in order), and elsewhere (in
    characters)."""

    title: list[Mark]
    body: list[Mark]
    elsewhere: list[Occurrence]


_MOST_FORMS = 64


class Marker:
    """Finds where a plan matched in articles that it matched.

    Each leaf has a bit, so that a set of them is a number; ``bits`` has those known so far.
    """

    def __init__(self, plan: Plan, evaluation: Evaluation, vocabulary: Vocabulary) -> None:
        self._plan = plan
        self._evaluation = evaluation
        self.bits: dict[Leaf, int] = {}
        self._leaves: list[Leaf] = []
        self._forms: list[tuple[Leaf, list[Forms]]] | None = None
        leaves = _plain_leaves(plan)
        if leaves is not None:
            forms = [(leaf, _forms(leaf, vocabulary)) for leaf in dict.fromkeys(leaves)]
            self._forms = [(leaf, one) for leaf, one in forms if one is not None]
            if len(self._forms) < len(forms):
                self._forms = None

    def bit(self, leaf: Leaf) -> int:
        """The bit of a leaf."""
        bit = self.bits.get(leaf)
        if bit is None:
            bit = self.bits[leaf] = 1 << len(self._leaves)
            self._leaves.append(leaf)
        return bit

    def leaf(self, bit: int) -> Leaf:
        """The leaf that has the bit."""
        return self._leaves[bit.bit_length() - 1]

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
        if self._forms is None:
            return [None] * len(docs)
        page = PageTexts([text for both in texts for text in both])
        asked = np.array(docs, dtype=np.int64)
        marks: list[list[Mark]] = [[] for _ in range(2 * len(docs))]
        missed: set[int] = set()
        for leaf, slots in self._forms:
            wanted = self._evaluation.frequencies(leaf, asked).ravel().tolist()
            missed |= _by_text(leaf, self.bit(leaf), page, page.places(slots), wanted, marks)
        for body in marks[1::2]:
            body.sort()
        return [
            None if at in missed else Marked(marks[2 * at], marks[2 * at + 1], [])
            for at in range(len(docs))
        ]

    def _slowly(self, article: Article, title: bytes, body: bytes) -> Marked:
        found = occurrences(self._plan, article)
        return Marked(
            self._in_bytes(title, [one for one in found if one.field == "title"]),
            self._in_bytes(body, [one for one in found if one.field == "body"]),
            [one for one in found if one.field not in ("title", "body")],
        )

    def _in_bytes(self, raw: bytes, found: list[Occurrence]) -> list[Mark]:
        """The occurrences in a text, in order, with places in bytes instead of characters."""
        found.sort(key=lambda one: (one.start, one.end))
        if raw.isascii():
            return [(one.start, one.end, self.bit(one.leaf), one.edits) for one in found]
        text = raw.decode("utf-8", "surrogatepass")
        marks: list[Mark] = []
        characters = size = 0
        for one in found:
            size += len(text[characters : one.start].encode("utf-8", "surrogatepass"))
            characters = one.start
            end = size + len(text[one.start : one.end].encode("utf-8", "surrogatepass"))
            marks.append((size, end, self.bit(one.leaf), one.edits))
        return marks


def _by_text(
    leaf: Leaf,
    bit: int,
    page: PageTexts,
    places: list[Place],
    wanted: Sequence[float],
    marks: list[list[Mark]],
) -> set[int]:
    """Adds the places to the marks of the texts they stand in, and gives the articles that have
    other numbers of them than are wanted. A text that the leaf does not match is passed over."""
    starts = page.starts
    left = list(wanted)
    own = leaf.edits
    for start, end, edits in places:
        at = bisect_right(starts, start) - 1
        if wanted[at]:
            left[at] -= FUZZY_DISCOUNT**edits if edits else 1.0
            origin = starts[at]
            marks[at].append((start - origin, end - origin, bit, own + edits))
    if not any(left):
        return set()
    return {at // 2 for at, more in enumerate(left) if abs(more) >= 1e-3}


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


def _forms(leaf: Leaf, vocabulary: Vocabulary) -> list[Forms] | None:
    """The forms that each slot accepts, between blanks; None where there are other kinds."""
    found = []
    for at, slot in enumerate(leaf.slots):
        words = _words_of(slot, vocabulary)
        if slot.offset != at or not words or len(words) > _MOST_FORMS:
            return None
        together = "".join(words)
        if not (together.isascii() and together.isalnum()):
            return None
        between = f" {' | '.join(words)} ".encode().split(b"|")
        found.append(dict(zip(between, words.values(), strict=True)))
    return found


def _words_of(slot: Slot, vocabulary: Vocabulary) -> dict[str, int]:
    if slot.prefix is not None or slot.wildcard is not None:
        return {}
    words = dict.fromkeys(vocabulary.forms(slot.stem), 0) if slot.stem is not None else {}
    for word, edits in slot.words.items():
        words.setdefault(word, edits)
    return words
