"""The sentences of an article that show best why it was found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from searchidx.analysis import sentence_end, sentence_start
from searchidx.search.leaves import Leaf
from searchidx.search.results import Snippet, Span
from searchidx.search.spans import Occurrence

__all__ = ["LONGEST", "snippets_of"]

LONGEST = 700
"""Characters of a sentence that is shown whole; of a longer one, the part around its marks."""

_START_AND_END = attrgetter("start", "end")
_REPEATED = 0.1  # what a sentence earns for a word that a chosen sentence has shown already


def snippets_of(
    fields: Mapping[str, str],
    found: Sequence[Occurrence],
    weight: Callable[[Leaf], float],
    most: int,
) -> tuple[Snippet, ...]:
    """The marked title and other short fields, then up to ``most`` sentences of the body.

    Sentences are chosen one after the other, each for the weight of the words that it adds, and
    shown in the order of the text. Where the body matched nowhere, its first sentence stands
    for it, unmarked.
    """
    if most <= 0:
        return ()
    by_field: dict[str, list[Occurrence]] = {}
    for occurrence in found:
        by_field.setdefault(occurrence.field, []).append(occurrence)
    body = by_field.pop("body", [])
    shown = [_whole_field(fields[name], name, places) for name, places in by_field.items()]
    shown.sort(key=lambda snippet: (snippet.field != "title", snippet.field))
    return (*shown, *_sentences(fields["body"], body, weight, most))


def _whole_field(text: str, name: str, places: Iterable[Occurrence]) -> Snippet:
    return Snippet(name, text, 0, _merged(sorted(places, key=_START_AND_END), 0, len(text)))


@dataclass(slots=True)
class _Sentence:
    """A sentence that holds matches (several, where a phrase runs over the end of one)."""

    end: int
    places: list[Occurrence]
    leaves: int  # one bit a leaf


def _sentences(
    body: str, places: list[Occurrence], weight: Callable[[Leaf], float], most: int
) -> list[Snippet]:
    if not places:
        start = len(body) - len(body.lstrip())
        return [_cut(body, start, sentence_end(body, start), [])] if start < len(body) else []
    places.sort(key=_START_AND_END)
    bits: dict[Leaf, int] = {}
    held: list[_Sentence] = []
    for place in places:
        bit = bits.setdefault(place.leaf, 1 << len(bits))
        if not held or place.start >= held[-1].end:
            held.append(_Sentence(sentence_end(body, place.end), [place], bit))
            continue
        sentence = held[-1]
        sentence.places.append(place)
        sentence.leaves |= bit
        if place.end > sentence.end:
            sentence.end = sentence_end(body, place.end)
    chosen = held if len(held) <= most else _chosen(held, _Weights(bits, weight), most)
    return [
        _cut(body, sentence_start(body, one.places[0].start), one.end, one.places) for one in chosen
    ]


def _chosen(held: list[_Sentence], weights: _Weights, most: int) -> list[_Sentence]:
    """Each for what it adds to those before, the earlier of equals; in the order of the text."""
    seen = 0
    left = dict(enumerate(held))
    for _ in range(most):
        best, worth = -1, -1.0
        for at, one in left.items():
            fresh = weights[one.leaves & ~seen]
            again = weights[one.leaves & seen]
            here = fresh + _REPEATED * again + 0.01 * len(one.places)
            if here > worth:
                best, worth = at, here
        seen |= left.pop(best).leaves
    return [one for at, one in enumerate(held) if at not in left]


class _Weights(dict[int, float]):
    """The weight of sets of leaves, each a number with one bit a leaf."""

    def __init__(self, bits: Mapping[Leaf, int], weight: Callable[[Leaf], float]) -> None:
        super().__init__()
        self._single = {bit: weight(leaf) for leaf, bit in bits.items()}

    def __missing__(self, leaves: int) -> float:
        total = sum(one for bit, one in self._single.items() if bit & leaves)
        self[leaves] = total
        return total


def _cut(body: str, start: int, end: int, places: list[Occurrence]) -> Snippet:
    """The sentence, or of a very long one the stretch that holds most marks."""
    first, last = start, end
    if end - start > LONGEST:
        anchors = [place.start for place in places] or [start]
        held = [sum(a <= other < a + LONGEST * 2 // 3 for other in anchors) for a in anchors]
        anchor = anchors[held.index(max(held))]
        first = max(start, min(anchor - LONGEST // 6, end - LONGEST))
        last = min(end, first + LONGEST)
        first = _word_edge(body, first, start, anchor)
        last = _word_edge(body, last, anchor, end)
    spans = _merged(places, first, last)
    return Snippet("body", body[first:last], first, spans, first > start, last < end)


def _word_edge(body: str, at: int, low: int, high: int) -> int:
    """The nearest place at or after ``at`` that cuts no word, within the bounds."""
    if at <= low or at >= high:
        return at
    for place in range(at, min(high, at + 30)):
        if body[place - 1].isspace() and not body[place].isspace():
            return place
    return at


def _merged(places: Iterable[Occurrence], first: int, last: int) -> tuple[Span, ...]:
    """The marks of places in order, inside a stretch, from its beginning; overlapping ones made
    one."""
    spans: list[Span] = []
    done = first - 1
    for _, _, start, end, _ in places:
        if start < first or end > last:
            continue
        if start < done:
            spans[-1] = Span(spans[-1].start, max(end, done) - first)
            done = max(end, done)
        else:
            spans.append(Span(start - first, end - first))
            done = end
    return tuple(spans)
