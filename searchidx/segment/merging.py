"""Several segments into one, by arrays: no text is tokenized again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from searchidx.segment.builder import SegmentParts
from searchidx.segment.codes import radix_order
from searchidx.segment.parts import Array
from searchidx.segment.postings import Occurrences, PostingsWriter
from searchidx.segment.rows import WORD_FIELDS
from searchidx.segment.segment import Segment
from searchidx.segment.surfaces import encoded, stemmed

__all__ = ["merge"]

_OCCURRENCES_AT_ONCE = 4_000_000  # bounds the memory of a merge


def merge(segments: Sequence[Segment], path: Path) -> int:
    """Write the articles of the segments that are not deleted, in their order, to a new file.

    Gives how many they are; without any, nothing is written.
    """
    rest = SegmentParts()
    for segment in segments:
        rest.copy(segment)
    if not len(rest):
        return 0
    titles = np.concatenate([s.title_lengths[s.live_docs()].astype(np.int64) for s in segments])
    bodies = np.concatenate([s.body_lengths[s.live_docs()].astype(np.int64) for s in segments])
    new_docs = _new_docs(segments)
    parts = _text_parts(segments, new_docs)
    for name in WORD_FIELDS:
        parts |= _field_parts(name, segments, new_docs)
    rest.write(path, parts, titles, bodies)
    return len(rest)


def _new_docs(segments: Sequence[Segment]) -> list[Array]:
    """What each article's number becomes, -1 for deleted ones: int64, one array a segment."""
    found, base = [], 0
    for segment in segments:
        numbers = np.full(segment.article_count, -1, dtype=np.int64)
        live = segment.live_docs()
        numbers[live] = base + np.arange(len(live))
        base += len(live)
        found.append(numbers)
    return found


def _field_parts(
    name: str, segments: Sequence[Segment], new_docs: Sequence[Array]
) -> dict[str, Array]:
    """The postings of one of the short fields, whose terms are its words."""
    lexicons = [segment.field(name).lexicon.all_encoded() for segment in segments]
    every = sorted({term for lexicon in lexicons for term in lexicon})
    numbers = {term: number for number, term in enumerate(every)}
    terms, docs, positions = [], [], []
    for segment, lexicon, moved in zip(segments, lexicons, new_docs, strict=True):
        found = segment.field(name).occurrences(0, len(lexicon))
        own = np.fromiter(map(numbers.__getitem__, lexicon), np.int64, len(lexicon))
        kept = moved[found.docs] >= 0
        terms.append(np.repeat(own, found.counts)[kept])
        docs.append(moved[found.docs][kept])
        positions.append(found.positions[kept])
    together = np.concatenate(terms)
    counts = np.bincount(together, minlength=len(every))
    order = radix_order(together, len(every))
    used = counts > 0
    writer = PostingsWriter(name)
    writer.add(
        Occurrences(counts[used], np.concatenate(docs)[order], np.concatenate(positions)[order])
    )
    return writer.parts([term for term, here in zip(every, used.tolist(), strict=True) if here])


class _Source:
    """One of the segments, and what its numbers become in the merged one."""

    def __init__(self, segment: Segment, new_docs: Array, surfaces: dict[str, int]) -> None:
        self.text = segment.text
        self.new_docs = new_docs
        own = list(self.text.surfaces)
        self.surfaces = np.fromiter(map(surfaces.__getitem__, own), np.int64, len(own))


def _text_parts(segments: Sequence[Segment], new_docs: Sequence[Array]) -> dict[str, Array]:
    every = sorted({word for segment in segments for word in segment.text.surfaces})
    numbers = {word: number for number, word in enumerate(every)}
    sources = [
        _Source(segment, moved, numbers) for segment, moved in zip(segments, new_docs, strict=True)
    ]
    kept = _still_used(sources, len(every))
    words = [every[number] for number in np.flatnonzero(kept).tolist()]
    surfaces = stemmed(words)
    terms = surfaces.terms
    # Of every surface word of the sources, the term and variant in the merged segment.
    term_of = np.full(len(every), -1, dtype=np.int64)
    variant_of = np.zeros(len(every), dtype=np.int64)
    term_of[kept] = surfaces.term_of
    variant_of[kept] = surfaces.variants
    writer = PostingsWriter("text")
    cuts = [_Cut(source, term_of) for source in sources]
    first = 0
    while first < len(terms):
        last = _reach(cuts, first, len(terms))
        writer.add(_occurrences(cuts, first, last, variant_of), surfaces.variant_counts[first:last])
        first = last
    return surfaces.parts() | writer.parts(encoded(terms)) | writer.holders(surfaces.by_term)


def _still_used(sources: Sequence[_Source], count: int) -> Array:
    """Which of the surface words live articles hold: bool, shape ``(count,)``."""
    kept = np.zeros(count, dtype=bool)
    for source in sources:
        if (source.new_docs >= 0).all():
            kept[source.surfaces] = True
            continue
        text = source.text
        for first, last in _pieces(text.position_starts):
            found = text.occurrences(first, last)
            alive = source.new_docs[found.docs] >= 0
            kept[source.surfaces[text.surfaces_from(first, found)[alive]]] = True
    return kept


class _Cut:
    """A source's terms in the order of the merged ones: some of its terms may have gone."""

    def __init__(self, source: _Source, term_of: Array) -> None:
        self.source = source
        text = source.text
        count = len(text.lexicon)
        self.merged = np.full(count, -1, dtype=np.int64)
        surface_terms = text.surface_terms.astype(np.int64)
        new = term_of[source.surfaces]
        self.merged[surface_terms[new >= 0]] = new[new >= 0]
        # A term that is gone is passed over with the one behind it.
        filled = np.where(self.merged < 0, np.iinfo(np.int64).max, self.merged)
        self.reached = np.minimum.accumulate(filled[::-1])[::-1]
        self.places = text.position_starts.astype(np.int64)

    def range(self, first: int, last: int) -> tuple[int, int]:
        """The source's terms that become terms ``first`` to ``last``."""
        begin, end = np.searchsorted(self.reached, [first, last])
        return int(begin), int(end)


def _reach(cuts: Sequence[_Cut], first: int, count: int) -> int:
    """How far from a term on one may go at once: at least to the next."""
    low, high = first + 1, count
    while low < high:
        middle = (low + high + 1) // 2
        total = 0
        for cut in cuts:
            begin, end = cut.range(first, middle)
            total += int(cut.places[end] - cut.places[begin])
        if total <= _OCCURRENCES_AT_ONCE:
            low = middle
        else:
            high = middle - 1
    return low


def _occurrences(cuts: Sequence[_Cut], first: int, last: int, variant_of: Array) -> Occurrences:
    terms, docs, positions, titles, variants = [], [], [], [], []
    for cut in cuts:
        begin, end = cut.range(first, last)
        if begin == end:
            continue
        found = cut.source.text.occurrences(begin, end)
        assert found.in_title is not None
        new_docs = cut.source.new_docs[found.docs]
        surfaces = cut.source.surfaces[cut.source.text.surfaces_from(begin, found)]
        own_terms = np.repeat(cut.merged[begin:end] - first, found.counts)
        kept = new_docs >= 0
        alive: Array | slice = slice(None) if kept.all() else kept
        terms.append(own_terms[alive])
        docs.append(new_docs[alive])
        positions.append(found.positions[alive])
        titles.append(found.in_title[alive])
        variants.append(variant_of[surfaces[alive]])
    together = np.concatenate(terms)
    order = radix_order(together, last - first)
    return Occurrences(
        counts=np.bincount(together, minlength=last - first),
        docs=np.concatenate(docs)[order],
        positions=np.concatenate(positions)[order],
        in_title=np.concatenate(titles)[order],
        variants=np.concatenate(variants)[order],
    )


def _pieces(starts: Array) -> list[tuple[int, int]]:
    """Ranges of terms with a bounded number of occurrences each, but at least one term."""
    pieces = []
    first, count = 0, len(starts) - 1
    while first < count:
        limit = int(starts[first]) + _OCCURRENCES_AT_ONCE
        last = max(first + 1, int(np.searchsorted(starts, limit, side="right")) - 1)
        last = min(last, count)
        pieces.append((first, last))
        first = last
    return pieces
