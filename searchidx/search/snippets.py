"""The sentences of an article that show best why it was found."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import pairwise

from searchidx.search.marking import Mark
from searchidx.search.results import Snippet, Span

__all__ = ["LONGEST", "Weights", "sentences_of", "whole_field"]

LONGEST = 700
"""Characters of a sentence that is shown whole; of a longer one, the part around its marks."""

# A record's own constructor takes twice as long, and a page has a hundred of them.
_Snippet = partial(tuple.__new__, Snippet)
_Span = partial(tuple.__new__, Span)

_REPEATED = 0.1  # what a sentence earns for a word that a chosen sentence has shown already


def whole_field(name: str, text: str, places: Iterable[tuple[int, ...]]) -> Snippet:
    """A title, or another short field, with its marks (in characters)."""
    return Snippet(name, text, 0, _merged(sorted(places), 0))


class Weights(dict[int, float]):
    """The weight of sets of leaves, each a number with one bit a leaf."""

    def __init__(self, weight: Callable[[int], float]) -> None:
        """``weight`` gives that of one leaf, by its bit."""
        super().__init__({0: 0.0})
        self._weight = weight

    def __missing__(self, leaves: int) -> float:
        last = leaves & -leaves
        if last == leaves:
            total = self[leaves] = self._weight(leaves)
        else:
            total = self[leaves] = self[last] + self[leaves ^ last]
        return total


def sentences_of(
    body: bytes,
    ends: Sequence[int],
    marks: list[Mark],
    weights: Weights,
    most: int,
) -> list[Snippet]:
    """Up to ``most`` sentences of a body, whose sentences end at these bytes; marks in order.

    They are chosen one after the other, each for the weight of the words that it adds, and
    given in the order of the text. Where nothing is marked the first sentence stands for all.
    """
    if not marks:
        return _first_sentence(body, ends)
    # Stretches of text that hold marks: a sentence, or several where a phrase runs over the end
    # of one. Beside the sentence's number and the stretch's end, its leaves and its first mark.
    sentences: list[int] = []
    lasts: list[int] = []
    held: list[int] = []
    firsts: list[int] = []
    reached = 0
    for number, (start, end, leaf, _) in enumerate(marks):
        if start >= reached:
            at = bisect_right(ends, start)
            reached = ends[at]
            sentences.append(at)
            lasts.append(reached)
            held.append(leaf)
            firsts.append(number)
        else:
            held[-1] |= leaf
        if end > reached:
            reached = lasts[-1] = ends[bisect_left(ends, end)]
    firsts.append(len(marks))
    chosen: Iterable[int] = range(len(held))
    if len(held) > most:
        counts = [0.01 * (last - first) for first, last in pairwise(firsts)]
        chosen = _chosen(held, counts, weights, most)
    text = body.decode("utf-8", "surrogatepass")
    plain = len(text) == len(body)
    shown = []
    for one in chosen:
        at = sentences[one]
        start, end = ends[at - 1] if at else 0, lasts[one]
        these = marks[firsts[one] : firsts[one + 1]]
        if plain:
            shown.append(_trimmed(text[start:end], start, these, start))
        else:
            places = _in_characters(body, start, these)
            before = len(body[:start].decode("utf-8", "surrogatepass"))
            piece = body[start:end].decode("utf-8", "surrogatepass")
            shown.append(_trimmed(piece, before, places, 0))
    return shown


def _first_sentence(body: bytes, ends: Sequence[int]) -> list[Snippet]:
    start = 0
    for end in ends:
        text = body[start:end].decode("utf-8", "surrogatepass")
        if text.strip():
            before = len(body[:start].decode("utf-8", "surrogatepass"))
            return [_trimmed(text, before, (), 0)]
        start = end
    return []


def _chosen(held: list[int], counts: list[float], weights: Weights, most: int) -> list[int]:
    """Stretches by number, ascending, each chosen for what it adds to those before, the earlier
    of equals. ``held`` are the leaves of each, ``counts`` what it is worth for its marks."""
    chosen: list[int] = []
    seen = 0
    for _ in range(most):
        best, most_worth = 0, -1.0
        for at, leaves in enumerate(held):
            worth = weights[leaves & ~seen] + _REPEATED * weights[leaves & seen] + counts[at]
            if worth > most_worth and at not in chosen:
                best, most_worth = at, worth
        seen |= held[best]
        chosen.append(best)
    chosen.sort()
    return chosen


def _in_characters(body: bytes, start: int, marks: list[Mark]) -> list[tuple[int, int]]:
    """The places of marks in a stretch of a body, in characters from its beginning."""
    places = []
    done = start
    characters = 0
    for first, last, *_ in marks:
        characters += len(body[done:first].decode("utf-8", "surrogatepass"))
        done = first
        length = len(body[first:last].decode("utf-8", "surrogatepass"))
        places.append((characters, characters + length))
    return places


def _trimmed(text: str, start: int, places: Sequence[tuple[int, ...]], origin: int) -> Snippet:
    """The stretch that begins at ``start``, without the white space around it; its places are
    counted from ``origin``."""
    shown = text.rstrip()
    if shown[0].isspace():
        blank = len(shown) - len(shown.lstrip())
        shown = shown[blank:]
        start += blank
        origin += blank
    if len(shown) > LONGEST:
        return _shortened(shown, start, [(one[0] - origin, one[1] - origin) for one in places])
    return _Snippet(("body", shown, start, _merged(places, origin), False, False))


def _shortened(text: str, start: int, places: list[tuple[int, int]]) -> Snippet:
    """Of a very long sentence the stretch that holds most marks."""
    anchors = [first for first, _ in places] or [0]
    held = [sum(a <= other < a + LONGEST * 2 // 3 for other in anchors) for a in anchors]
    anchor = anchors[held.index(max(held))]
    first = max(0, min(anchor - LONGEST // 6, len(text) - LONGEST))
    last = min(len(text), first + LONGEST)
    first = _word_edge(text, first, 0, anchor)
    last = _word_edge(text, last, anchor, len(text))
    spans = _merged([one for one in places if one[0] >= first and one[1] <= last], first)
    return Snippet("body", text[first:last], start + first, spans, first > 0, last < len(text))


def _word_edge(text: str, at: int, low: int, high: int) -> int:
    """The nearest place at or after ``at`` that cuts no word, within the bounds."""
    if at <= low or at >= high:
        return at
    for place in range(at, min(high, at + 30)):
        if text[place - 1].isspace() and not text[place].isspace():
            return place
    return at


def _merged(places: Sequence[tuple[int, ...]], origin: int) -> tuple[Span, ...]:
    """Places in order, as spans counted from ``origin``; overlapping ones made one."""
    if len(places) == 1:
        return (_Span((places[0][0] - origin, places[0][1] - origin)),)
    spans: list[Span] = []
    done = -1
    for place in places:
        start, end = place[0], place[1]
        if start < done:
            done = max(end, done)
            spans[-1] = Span(spans[-1].start, done - origin)
        else:
            spans.append(_Span((start - origin, end - origin)))
            done = end
    return tuple(spans)
