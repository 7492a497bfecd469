"""What an index has of a word of title and body."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from searchidx.search.collection import Collection
from searchidx.search.leaves import Slot
from searchidx.search.terms import begun
from searchidx.segment import Array, PostingList, TermPlace, TextPostings

__all__ = [
    "NOTHING",
    "Matches",
    "WordPostings",
    "beginning_in",
    "matches_of",
    "of_stem",
    "of_word",
    "places_of",
]

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


class WordPostings(NamedTuple):
    """The posting list of a word of title and body in all segments. ``these`` (bool, one entry an
    occurrence) tells which of it are the word's, None: all; deleted articles are in it."""

    listed: PostingList
    these: Array | None = None


def of_stem(collection: Collection, stem: str) -> WordPostings | None:
    """A stem in any form; None where no segment has it."""
    places = []
    for segment, base in zip(collection.segments, collection.bases, strict=True):
        term = segment.text.lexicon.find(stem)
        if term is not None:
            places.append(TermPlace(segment.text, term, base))
    return WordPostings(PostingList(places)) if places else None


def of_word(collection: Collection, word: str) -> WordPostings | None:
    """One surface word of a stem: some of the occurrences of the stem's list."""
    places, variants = [], []
    alone = True
    for segment, base in zip(collection.segments, collection.bases, strict=True):
        text = segment.text
        surface = text.surfaces.find(word)
        if surface is not None:
            term = int(text.surface_terms[surface])
            places.append(TermPlace(text, term, base))
            variants.append(text.variant_of(surface))
            alone = alone and len(text.surfaces_of(term)) == 1
    if not places:
        return None
    listed = PostingList(places)
    return WordPostings(listed, None if alone else listed.of_variants(variants))


def matches_of(found: WordPostings, live: Array | None) -> Matches:
    """The live articles that have the word. ``live`` is the collection's."""
    listed, these = found
    docs, freqs = listed.doc_ids, listed.freqs
    titles = listed.title_freqs if listed.in_title.any() else None
    kept = None if live is None else live[docs]
    if these is not None:
        freqs = listed.counted(these.nonzero()[0])
        if titles is not None:
            titles = listed.counted((these & listed.in_title).nonzero()[0])
        kept = freqs > 0 if kept is None else kept & (freqs > 0)
    if kept is not None and not kept.all():
        docs, freqs = docs[kept], freqs[kept]
        titles = None if titles is None else titles[kept]
    if titles is None or not titles.any():
        return Matches(docs, freqs.astype(np.float32))
    return Matches(docs, (freqs - titles).astype(np.float32), titles.astype(np.float32))


def places_of(found: WordPostings, live: Array | None) -> Array:
    """Where the word stands in live articles: packed places, ascending."""
    listed, these = found
    places = listed.places()
    if these is not None:
        places = places[these]
    return places if live is None else places[live[places >> 32]]


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
