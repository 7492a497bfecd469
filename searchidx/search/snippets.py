"""The sentences of an article that show best why it was found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from searchidx.analysis import sentence_spans
from searchidx.article import Article
from searchidx.search.leaves import Leaf
from searchidx.search.results import Snippet, Span
from searchidx.search.spans import Occurrence

__all__ = ["LONGEST", "snippets_of"]

LONGEST = 700
"""Characters of a sentence that is shown whole; of a longer one, the part around its marks."""

_REPEATED = 0.1  # what a sentence earns for a word that a chosen sentence has shown already


def snippets_of(
    article: Article,
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
    shown = [_whole_field(article, name, places) for name, places in by_field.items()]
    shown.sort(key=lambda snippet: (snippet.field != "title", snippet.field))
    return (*shown, *_sentences(article.body, body, weight, most))


def _whole_field(article: Article, name: str, places: Iterable[Occurrence]) -> Snippet:
    value = getattr(article, name)
    text = value if isinstance(value, str) else "; ".join(value)
    return Snippet(name, text, 0, _merged(places, 0, len(text)))


def _sentences(
    body: str, places: list[Occurrence], weight: Callable[[Leaf], float], most: int
) -> list[Snippet]:
    sentences = sentence_spans(body)
    if not places:
        return [_cut(body, *sentences[0], [])] if sentences else []
    places = sorted(places, key=lambda place: (place.start, place.end))
    held: dict[tuple[int, int], list[Occurrence]] = {}
    at = 0
    for place in places:
        while at < len(sentences) - 1 and sentences[at][1] <= place.start:
            at += 1
        start, end = sentences[at]
        # A phrase may run over the end of a sentence: then both are shown.
        last = at
        while last < len(sentences) - 1 and sentences[last][1] < place.end:
            last += 1
        held.setdefault((start, max(end, sentences[last][1])), []).append(place)
    chosen: list[tuple[int, int]] = []
    seen: set[Leaf] = set()
    while len(chosen) < min(most, len(held)):
        open_ones = [extent for extent in held if extent not in chosen]
        best = max(open_ones, key=lambda extent: (_worth(held[extent], seen, weight), -extent[0]))
        chosen.append(best)
        seen.update(place.leaf for place in held[best])
    return [_cut(body, start, end, held[start, end]) for start, end in sorted(chosen)]


def _worth(places: list[Occurrence], seen: set[Leaf], weight: Callable[[Leaf], float]) -> float:
    leaves = {place.leaf for place in places}
    fresh = sum(weight(leaf) for leaf in leaves - seen)
    again = sum(weight(leaf) for leaf in leaves & seen)
    return fresh + _REPEATED * again + 0.01 * len(places)


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
    """The marks inside a stretch, from its beginning, in order, overlapping ones made one."""
    spans: list[Span] = []
    for start, end in sorted((place.start - first, place.end - first) for place in places):
        if start < 0 or end > last - first:
            continue
        if spans and start < spans[-1].end:
            spans[-1] = Span(spans[-1].start, max(end, spans[-1].end))
        else:
            spans.append(Span(start, end))
    return tuple(spans)
