"""The sentences of an article that show best why it was found."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter

from searchidx.search.leaves import Leaf
from searchidx.search.marking import Mark
from searchidx.search.results import Snippet, Span

__all__ = ["LONGEST", "Weights", "sentences_of", "whole_field"]

LONGEST = 700
"""Characters of a sentence that is shown whole; of a longer one, the part around its marks."""

_PLACE = itemgetter(0, 1)
_REPEATED = 0.1  # what a sentence earns for a word that a chosen sentence has shown already


def whole_field(name: str, text: str, places: Iterable[tuple[int, int]]) -> Snippet:
    """A title, or another short field, with its marks (in characters)."""
    return Snippet(name, text, 0, _merged(sorted(places), 0, len(text)))


class Weights(dict[int, float]):
    """The weight of sets of leaves, each a number with one bit a leaf."""

    def __init__(self, weight: Callable[[Leaf], float]) -> None:
        super().__init__({0: 0.0})
        self.bits: dict[Leaf, int] = {}
        self._weight = weight

    def bit(self, leaf: Leaf) -> int:
        """The bit of a leaf."""
        bit = self.bits[leaf] = 1 << len(self.bits)
        self[bit] = self._weight(leaf)
        return bit

    def __missing__(self, leaves: int) -> float:
        last = leaves & -leaves
        total = self[leaves] = self[last] + self[leaves ^ last]
        return total


class _Stretch:
    """A sentence that holds matches (several, where a phrase runs over the end of one)."""

    __slots__ = ("end", "leaves", "marks", "start")

    def __init__(self, start: int, end: int, mark: Mark, leaf: int) -> None:
        self.start = start
        self.end = end
        self.marks = [mark]
        self.leaves = leaf  # one bit a leaf


def sentences_of(
    body: bytes,
    ends: Sequence[int],
    marks: list[Mark],
    weights: Weights,
    most: int,
) -> list[Snippet]:
    """Up to ``most`` sentences of a body, whose sentences end at these bytes.

    They are chosen one after the other, each for the weight of the words that it adds, and
    given in the order of the text. Where nothing is marked the first sentence stands for all.
    """
    if not marks:
        return _first_sentence(body, ends)
    marks.sort(key=_PLACE)
    bits = weights.bits
    held: list[_Stretch] = []
    reached = 0
    for mark in marks:
        start, end, leaf, _ = mark
        bit = bits.get(leaf) or weights.bit(leaf)
        if start >= reached:
            at = bisect_right(ends, start)
            held.append(_Stretch(ends[at - 1] if at else 0, ends[at], mark, bit))
        else:
            stretch = held[-1]
            stretch.marks.append(mark)
            stretch.leaves |= bit
        reached = held[-1].end
        if end > reached:
            reached = held[-1].end = ends[bisect_left(ends, end)]
    chosen = held if len(held) <= most else _chosen(held, weights, most)
    plain = body.isascii()
    return [_cut(body, plain, one) for one in chosen]


def _first_sentence(body: bytes, ends: Sequence[int]) -> list[Snippet]:
    start = 0
    for end in ends:
        text = body[start:end].decode("utf-8", "surrogatepass")
        shown = text.strip()
        if shown:
            before = len(body[:start].decode("utf-8", "surrogatepass"))
            return [_shown(shown, before + text.index(shown), [])]
        start = end
    return []


def _chosen(held: list[_Stretch], weights: Weights, most: int) -> list[_Stretch]:
    """Each for what it adds to those before, the earlier of equals; in the order of the text."""
    leaves = [one.leaves for one in held]
    counts = [0.01 * len(one.marks) for one in held]
    seen = 0
    chosen = []
    for _ in range(most):
        worths = {
            these: weights[these & ~seen] + _REPEATED * weights[these & seen]
            for these in set(leaves)
        }
        values = [worths[these] + count for these, count in zip(leaves, counts, strict=True)]
        best = values.index(max(values))
        seen |= leaves[best]
        counts[best] = -math.inf
        chosen.append(best)
    chosen.sort()
    return [held[at] for at in chosen]


def _cut(body: bytes, plain: bool, stretch: _Stretch) -> Snippet:
    """The sentence without the white space around it, its marks in characters."""
    start = stretch.start
    piece = body[start : stretch.end]
    text = piece.decode("utf-8", "surrogatepass")
    if len(text) == len(piece):
        places = [(mark[0] - start, mark[1] - start) for mark in stretch.marks]
    else:
        places = []
        size = characters = 0
        for first, last, *_ in stretch.marks:
            characters += len(piece[size : first - start].decode("utf-8", "surrogatepass"))
            size = first - start
            length = len(piece[size : last - start].decode("utf-8", "surrogatepass"))
            places.append((characters, characters + length))
    if not plain:
        start = len(body[:start].decode("utf-8", "surrogatepass"))
    shown = text.rstrip()
    if shown[0].isspace():
        blank = len(shown) - len(shown.lstrip())
        shown = shown[blank:]
        start += blank
        places = [(first - blank, last - blank) for first, last in places]
    return _shown(shown, start, places)


def _shown(text: str, start: int, places: list[tuple[int, int]]) -> Snippet:
    """The sentence, or of a very long one the stretch that holds most marks."""
    if len(text) <= LONGEST:
        return Snippet("body", text, start, _merged(places, 0, len(text)))
    anchors = [first for first, _ in places] or [0]
    held = [sum(a <= other < a + LONGEST * 2 // 3 for other in anchors) for a in anchors]
    anchor = anchors[held.index(max(held))]
    first = max(0, min(anchor - LONGEST // 6, len(text) - LONGEST))
    last = min(len(text), first + LONGEST)
    first = _word_edge(text, first, 0, anchor)
    last = _word_edge(text, last, anchor, len(text))
    spans = _merged(places, first, last)
    return Snippet("body", text[first:last], start + first, spans, first > 0, last < len(text))


def _word_edge(text: str, at: int, low: int, high: int) -> int:
    """The nearest place at or after ``at`` that cuts no word, within the bounds."""
    if at <= low or at >= high:
        return at
    for place in range(at, min(high, at + 30)):
        if text[place - 1].isspace() and not text[place].isspace():
            return place
    return at


def _merged(places: Iterable[tuple[int, int]], first: int, last: int) -> tuple[Span, ...]:
    """Places in order, as spans of the stretch they lie in; overlapping ones made one."""
    spans: list[Span] = []
    done = first - 1
    for start, end in places:
        if start < first or end > last:
            continue
        if start < done:
            done = max(end, done)
            spans[-1] = Span(spans[-1].start, done - first)
        else:
            spans.append(Span(start - first, end - first))
            done = end
    return tuple(spans)
