"""Where leaves stand: words in a row, near each other, in one sentence, in capitals.

Places are packed: the article in the high 32 bits, the position in the low, ascending, int64.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from searchidx.search.capitals import with_capitals
from searchidx.search.collection import Collection
from searchidx.search.decoded import Kept
from searchidx.search.extents import Extents, Places, candidates, extents_of, smallest
from searchidx.search.leaves import Either, Leaf, Near, Pair, Slot, extent, width, words_of
from searchidx.search.rows import places_of_row, places_side_by_side, stretches
from searchidx.search.word_postings import beginning_in, of_stem, of_word, places_of
from searchidx.segment import Array, PostingList, Postings, TextPostings

__all__ = ["Placing", "is_beginning"]

_OCCURRENCES_AT_ONCE = 1 << 19
_NONE = np.zeros(0, dtype=np.int64)


class Placing:
    """Finds the places of leaves in live articles, and keeps those of single words."""

    def __init__(self, collection: Collection, kept: Kept) -> None:
        self._collection = collection
        self._kept = kept

    def starts(self, leaf: Leaf, in_time: Callable[[], None]) -> Array:
        """Where what satisfies a leaf begins. ``in_time`` is called now and then, and may
        raise."""
        if leaf.pattern is None:
            return self._places(leaf, in_time).starts
        words: dict[Leaf, Places] = {}
        for word in words_of(leaf):
            words[word] = self._places(word, in_time)
            in_time()
        return smallest(self._pattern(leaf.pattern, words, in_time)).starts

    def row_of_words(self, slots: Sequence[Slot]) -> Array | None:
        """Where single words of title and body stand in a row; None for other slots."""
        placed = []
        for slot in slots:
            if slot.prefix is not None or slot.wildcard is not None:
                return None
            if len(slot.words) + (slot.stem is not None) != 1:
                return None
            if any(slot.words.values()):
                return None
            placed.append(self._placed(slot.stem, next(iter(slot.words), "")))
        return places_side_by_side(placed, [slot.offset for slot in slots])

    def _pattern(
        self, pattern: Pair | Either, words: dict[Leaf, Places], in_time: Callable[[], None]
    ) -> Extents:
        """Some articles after the other, so that pairs of pairs do not fill the memory."""
        docs = candidates(pattern, words)
        here = {word: places.of_articles(docs) for word, places in words.items()}
        sizes = [found.starts.searchsorted(docs << 32) for found in here.values()]
        parts = np.sum(sizes, axis=0) // _OCCURRENCES_AT_ONCE
        found = [Extents(_NONE, _NONE)]
        for begin, end in zip(*_runs(parts), strict=True):
            in_time()
            these = here
            if end - begin < len(docs):
                these = {word: one.of_articles(docs[begin:end]) for word, one in here.items()}
            found.append(extents_of(pattern, these, self._collection.boundaries, every=False))
        return Extents(
            np.concatenate([one.starts for one in found]),
            np.concatenate([one.ends for one in found]),
        )

    def _places(self, leaf: Leaf, in_time: Callable[[], None]) -> Places:
        """Where a leaf that is no pattern stands."""
        if leaf.near is not None:
            found = Places(*self._near(leaf, leaf.near))
        elif leaf.slots and self._collection.segments:
            starts = self._keys(leaf.slots, leaf)
            if leaf.capitals:
                starts = with_capitals(
                    starts,
                    [next(iter(slot.words)) for slot in leaf.slots],
                    leaf.capitals,
                    lambda number: self._texts(number, in_time),
                    self._collection.title_lengths,
                )
            found = Places(starts, extent(leaf.slots))
        else:
            found = Places(_NONE, 0)
        if leaf.field in ("title", "body"):
            starts, ends = found
            titled = (starts & 0xFFFFFFFF) < self._collection.title_lengths[starts >> 32]
            kept = titled if leaf.field == "title" else ~titled
            found = Places(starts[kept], ends if isinstance(ends, int) else ends[kept])
        return found

    def _texts(self, number: int, in_time: Callable[[], None]) -> tuple[bytes, bytes]:
        in_time()
        segment, doc = self._collection.place(number)
        return segment.texts(doc)

    def _near(self, leaf: Leaf, near: Near) -> tuple[Array, Array]:
        if not near.rows or not self._collection.segments:
            return _NONE, _NONE
        rows = [(self._keys(slots, leaf), width(slots), count) for slots, count in near.rows]
        return stretches(rows, near.reach)

    def _keys(self, slots: Sequence[Slot], leaf: Leaf) -> Array:
        """Where slots stand in a row, in live articles."""
        keys = self.row_of_words(slots) if leaf.in_text else None
        return self._row_of(slots, leaf) if keys is None else keys

    def _row_of(self, slots: Sequence[Slot], leaf: Leaf) -> Array:
        """Where any slots stand in a row, in live articles."""
        found = []
        for segment, base in zip(self._collection.segments, self._collection.bases, strict=True):
            postings = segment.text if leaf.in_text else segment.field(leaf.field or "")
            if isinstance(postings, TextPostings) and is_beginning(slots):
                keys = beginning_in(slots[0], postings)
            else:
                keys, _ = places_of_row(slots, postings, self.posting_list)
            if segment.live is not None:
                keys = keys[segment.live[keys >> 32]]
            found.append(keys + (base << 32))
        return np.concatenate(found)

    def _placed(self, stem: str | None, word: str) -> Array:
        collection = self._collection

        def make() -> tuple[Array, int]:
            found = of_word(collection, word) if stem is None else of_stem(collection, stem)
            places = _NONE if found is None else places_of(found, collection.live)
            return places, places.nbytes

        return self._kept.get(("placed", stem, word), make)

    def posting_list(self, postings: Postings, term: int) -> PostingList:
        def make() -> tuple[PostingList, int]:
            listed = postings[term]
            return listed, 32 * listed.doc_frequency + 16 * listed.occurrence_count

        return self._kept.get((id(postings), term), make)


def is_beginning(slots: Sequence[Slot]) -> bool:
    """Whether it is one beginning or wildcard and nothing else."""
    slot = slots[0]
    begun = slot.prefix is not None or slot.wildcard is not None
    return len(slots) == 1 and begun and not slot.words and slot.stem is None


def _runs(numbers: Array) -> tuple[list[int], list[int]]:
    """Where each run of equal numbers begins and ends."""
    begins = np.flatnonzero(numbers[1:] != numbers[:-1]) + 1
    inner = begins.tolist()
    return ([0, *inner], [*inner, len(numbers)]) if len(numbers) else ([], [])
