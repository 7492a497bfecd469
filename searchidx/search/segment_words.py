"""What one segment has of a word of title and body."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from searchidx.search.leaves import Slot
from searchidx.search.terms import begun
from searchidx.segment import Array, Segment, TextPostings

__all__ = ["NOTHING", "Matches", "beginning_in", "placed_in", "stem_in", "word_in"]

_APART = 8  # terms that lie so near are decoded together, with those between


class Matches(NamedTuple):
    """The live articles that match a leaf.

    ``docs`` (int64) ascend; ``body_freqs`` (for other fields: the frequency) and
    ``title_freqs`` (None: none in any title) run beside them, fuzzy occurrences discounted.
    ``exact`` (bool) tells which articles match without any correction; None means all.
    """

    docs: Array
    body_freqs: Array
    title_freqs: Array | None = None
    exact: Array | None = None

    @property
    def nbytes(self) -> int:
        return 24 * len(self.docs)


NOTHING = Matches(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32))


def stem_in(segment: Segment, stem: str) -> Matches:
    term = segment.text.lexicon.find(stem)
    if term is None:
        return NOTHING
    listed = segment.text[term]
    titles = listed.title_freqs
    bodies = (listed.freqs - titles).astype(np.float32)
    return Matches(listed.doc_ids, bodies, titles.astype(np.float32) if titles.any() else None)


def word_in(segment: Segment, word: str) -> Matches:
    """One surface word of a stem: some of the occurrences of the stem's list."""
    text: TextPostings = segment.text
    surface = text.surfaces.find(word)
    if surface is None:
        return NOTHING
    listed = text[int(text.surface_terms[surface])]
    these = listed.variants == text.variant_of(surface)
    if these.all():
        docs, titles, freqs = listed.doc_ids, listed.title_freqs, listed.freqs
    else:
        owners = np.repeat(np.arange(listed.doc_frequency), listed.freqs)
        freqs = np.bincount(owners[these], minlength=listed.doc_frequency)
        titles = np.bincount(owners[these & listed.in_title], minlength=listed.doc_frequency)
        present = np.flatnonzero(freqs)
        docs, titles, freqs = listed.doc_ids[present], titles[present], freqs[present]
    return Matches(
        docs,
        (freqs - titles).astype(np.float32),
        titles.astype(np.float32) if titles.any() else None,
    )


def placed_in(segment: Segment, base: int, stem: str | None, word: str) -> Array:
    """Where a stem or a word stands in live articles: packed places, in numbers from ``base``."""
    text = segment.text
    term = surface = None
    if stem is not None:
        term = text.lexicon.find(stem)
    else:
        surface = text.surfaces.find(word)
        if surface is not None:
            term = int(text.surface_terms[surface])
    if term is None:
        return np.zeros(0, dtype=np.int64)
    listed = text[term]
    docs = listed.occurrence_docs()
    places: Array = (docs + base) << 32
    places |= listed.positions
    kept = None if segment.live is None else segment.live[docs]
    if surface is not None and len(text.surfaces_of(term)) > 1:
        these = listed.variants == text.variant_of(surface)
        kept = these if kept is None else kept & these
    return places if kept is None else places[kept]


def beginning_in(slot: Slot, text: TextPostings) -> Array:
    """Where the words of a beginning or a wildcard stand: packed places, ascending."""
    numbers = begun(slot, text.surfaces)
    words = np.asarray(numbers, dtype=np.int64)
    terms = np.unique(text.surface_terms[words].astype(np.int64))
    found = [np.zeros(0, dtype=np.int64)]
    # Words with one beginning have stems that lie side by side, but for a few.
    for row in np.split(terms, np.flatnonzero(np.diff(terms) > _APART) + 1):
        if not len(row):
            continue
        first, last = int(row[0]), int(row[-1]) + 1
        listed = text.occurrences(first, last)
        surfaces = text.surfaces_from(first, listed)
        if isinstance(numbers, range):
            kept = (surfaces >= numbers.start) & (surfaces < numbers.stop)
        else:
            kept = np.isin(surfaces, words)
        found.append((listed.docs[kept] << 32) | listed.positions[kept])
    return np.sort(np.concatenate(found))
