"""Which articles match a leaf, and how often."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from searchidx.search.collection import Collection
from searchidx.search.decoded import Kept
from searchidx.search.leaves import Leaf, Slot
from searchidx.search.placing import Placing, is_beginning
from searchidx.search.rows import places_of_row
from searchidx.search.scoring import FUZZY_DISCOUNT
from searchidx.search.scratch import Scratch
from searchidx.search.terms import accepted_terms
from searchidx.search.word_postings import (
    NOTHING,
    Matches,
    WordPostings,
    beginning_in,
    matches_of,
    of_stem,
    of_word,
)
from searchidx.segment import Array, Postings, Segment, TextPostings

__all__ = ["WINDOW", "Matcher", "Matches"]

WINDOW = 256
"""Rows of scores are padded to a multiple of it: see ``topk``."""

_KEPT_BYTES = 512 << 20
_LONG_BYTES = 4 << 20


class Matcher:
    """Finds leaves in a collection, and keeps the decoded postings of single words."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self.kept = Kept(_KEPT_BYTES)
        self._placing = Placing(collection, self.kept)
        self.scratch = Scratch(collection.size + -collection.size % WINDOW)

    def match(self, leaf: Leaf, in_time: Callable[[], None] = lambda: None) -> Matches:
        """The articles that match. ``in_time`` is called now and then, and may raise."""
        if leaf.field == "id":
            return self._id(leaf)
        if not leaf.plain:
            return self._by_extents(leaf, in_time)
        slot = leaf.slots[0]
        if len(leaf.slots) > 1:
            found = self._words_in_a_row(leaf) or self._gathered(leaf, self._row)
        elif leaf.in_text and slot.prefix is None and slot.wildcard is None:
            found = self._forms(slot)
        else:
            found = self._gathered(leaf, self._occurrences)
        found = _in_zone(found, leaf.field)
        if leaf.edits:
            found = Matches(
                found.docs, found.body_freqs, found.title_freqs, np.zeros(len(found.docs), bool)
            )
        return found

    def _id(self, leaf: Leaf) -> Matches:
        docs = [
            base + doc
            for segment, base in zip(self._collection.segments, self._collection.bases, strict=True)
            if (doc := segment.doc_of(leaf.typed)) is not None
        ]
        return Matches(np.array(docs, dtype=np.int64), np.ones(len(docs), dtype=np.float32))

    # ---- one word of title and body, in the forms that a slot accepts

    def _forms(self, slot: Slot) -> Matches:
        parts: list[tuple[Matches, int]] = []
        if slot.stem is not None:
            parts.append((self._stem(slot.stem), 0))
        parts += [(self._word(word), edits) for word, edits in slot.words.items()]
        parts = [(found, edits) for found, edits in parts if len(found.docs)]
        if len(parts) == 1 and not parts[0][1]:
            return parts[0][0]
        return self._together(parts)

    def _together(self, parts: list[tuple[Matches, int]]) -> Matches:
        """Forms of one word as if they were the same, each worth less the more edits away."""
        if not parts:
            return NOTHING
        if len(parts) == 1:
            found, edits = parts[0]
            worth = np.float32(FUZZY_DISCOUNT**edits)
            titles = None if found.title_freqs is None else found.title_freqs * worth
            exact = None if not edits else np.zeros(len(found.docs), dtype=bool)
            return Matches(found.docs, found.body_freqs * worth, titles, exact)
        docs = np.concatenate([found.docs for found, _ in parts])
        order = np.argsort(docs, kind="stable")
        docs = docs[order]
        begins = np.ones(len(docs), dtype=bool)
        np.not_equal(docs[1:], docs[:-1], out=begins[1:])
        firsts, again = np.flatnonzero(begins), np.flatnonzero(~begins)
        owners = (np.cumsum(begins) - 1)[again]

        def summed(columns: list[Array]) -> Array:
            every = np.concatenate(columns)[order]
            total: Array = every[firsts]
            np.add.at(total, owners, every[again])
            return total

        worths = [np.float32(FUZZY_DISCOUNT**edits) for _, edits in parts]
        bodies = [found.body_freqs * w for (found, _), w in zip(parts, worths, strict=True)]
        title_freqs = None
        if any(found.title_freqs is not None for found, _ in parts):
            title_freqs = summed(
                [
                    np.zeros(len(found.docs), np.float32)
                    if found.title_freqs is None
                    else found.title_freqs * w
                    for (found, _), w in zip(parts, worths, strict=True)
                ]
            )
        typed = np.concatenate([np.full(len(found.docs), not edits) for found, edits in parts])
        exact = None
        if not typed.all():
            typed = typed[order]
            exact = typed[firsts]
            exact[owners[typed[again]]] = True
        return Matches(docs[firsts], summed(bodies), title_freqs, exact)

    def _stem(self, stem: str) -> Matches:
        def make() -> tuple[Matches, int]:
            found = self._matches(of_stem(self._collection, stem))
            # Of very common words the scores are kept, which take a sixth of the memory.
            return found, found.nbytes if found.nbytes < _LONG_BYTES else _KEPT_BYTES

        return self.kept.get(("stem", stem), make)

    def _word(self, word: str) -> Matches:
        def make() -> tuple[Matches, int]:
            found = self._matches(of_word(self._collection, word))
            return found, found.nbytes

        return self.kept.get(("word", word), make)

    def _matches(self, found: WordPostings | None) -> Matches:
        if found is None:
            return NOTHING
        matches = matches_of(found, self._collection.live)
        # It is kept decoded.
        self._collection.release()
        return matches

    # ---- places first, then articles

    def _words_in_a_row(self, leaf: Leaf) -> Matches | None:
        """A phrase of single words, or stems, of title and body; None for other rows."""
        keys = None
        if leaf.in_text and self._segments:
            keys = self._placing.row_of_words(leaf.slots)
        return None if keys is None else _counted(keys, None, self._collection.title_lengths)

    # ---- extents: what stands near something, in one sentence, in capitals, several times

    def _by_extents(self, leaf: Leaf, in_time: Callable[[], None]) -> Matches:
        titles = self._collection.title_lengths if leaf.in_text else None
        matches = _counted(self._placing.starts(leaf, in_time), None, titles)
        if leaf.times > 1:
            freqs = matches.body_freqs
            if matches.title_freqs is not None:
                freqs = freqs + matches.title_freqs
            matches = _kept(matches, freqs >= leaf.times)
        if leaf.edits:
            matches = matches._replace(exact=np.zeros(len(matches.docs), dtype=bool))
        return matches

    def _gathered(self, leaf: Leaf, places: object) -> Matches:
        assert callable(places)
        found = []
        for segment in self._segments:
            postings: Postings = segment.text if leaf.in_text else segment.field(leaf.field or "")
            keys, edits = places(leaf, postings)
            titles = segment.title_lengths if leaf.in_text else None
            found.append(_counted(keys, edits, titles))
        return self._joined(found)

    def _row(self, leaf: Leaf, postings: Postings) -> tuple[Array, Array | None]:
        return places_of_row(leaf.slots, postings, self._placing.posting_list)

    def _occurrences(self, leaf: Leaf, postings: Postings) -> tuple[Array, Array | None]:
        """Where any of the many words of a beginning stands, or the words of a short field."""
        slot = leaf.slots[0]
        if isinstance(postings, TextPostings) and is_beginning(leaf.slots):
            return beginning_in(slot, postings), None
        keys = []
        edits = []
        for term, accepted in accepted_terms(leaf.slots[0], postings).items():
            listed = postings[term]
            packed = (listed.occurrence_docs() << 32) | listed.positions
            if isinstance(accepted, int):
                keys.append(packed)
                edits.append(np.full(len(packed), accepted))
                continue
            distances = _distances(accepted)[listed.variants]
            keys.append(packed[distances >= 0])
            edits.append(distances[distances >= 0])
        if not keys:
            return NOTHING.docs, None
        together = np.concatenate(keys)
        order = np.argsort(together, kind="stable")
        return together[order], np.concatenate(edits)[order]

    @property
    def _segments(self) -> list[Segment]:
        return self._collection.segments

    def _joined(self, found: list[Matches]) -> Matches:
        """What segments gave, in the numbers of the collection, without deleted articles."""
        collection = self._collection
        alive = []
        for matches, segment, base in zip(
            found, collection.segments, collection.bases, strict=True
        ):
            here = matches
            if segment.live is not None and len(here.docs):
                kept = segment.live[here.docs]
                here = _kept(here, kept)
            if base and len(here.docs):
                here = Matches(here.docs + base, here.body_freqs, here.title_freqs, here.exact)
            if len(here.docs):
                alive.append(here)
        if len(alive) < 2:
            return alive[0] if alive else NOTHING
        return Matches(
            np.concatenate([m.docs for m in alive]),
            np.concatenate([m.body_freqs for m in alive]),
            _optional([m.title_freqs for m in alive], alive, np.zeros),
            _optional([m.exact for m in alive], alive, np.ones),
        )


def _optional(columns: list[Array | None], beside: list[Matches], default: object) -> Array | None:
    assert callable(default)
    if all(column is None for column in columns):
        return None
    kind = next(column.dtype for column in columns if column is not None)
    return np.concatenate(
        [
            default(len(matches.docs), kind) if column is None else column
            for column, matches in zip(columns, beside, strict=True)
        ]
    )


def _kept(found: Matches, which: Array) -> Matches:
    return Matches(
        found.docs[which],
        found.body_freqs[which],
        None if found.title_freqs is None else found.title_freqs[which],
        None if found.exact is None else found.exact[which],
    )


def _distances(accepted: dict[int, int]) -> Array:
    """Edits by variant; -1 for a variant that is not accepted, and behind the last."""
    distances = np.full(1 << 16, -1)
    for variant, distance in accepted.items():
        distances[variant] = distance
    return distances


def _counted(keys: Array, edits: Array | None, title_lengths: Array | None) -> Matches:
    """Occurrences to articles and frequencies; with ``title_lengths``, titles told from bodies."""
    if not len(keys):
        return NOTHING
    docs = keys >> 32
    begins = np.empty(len(docs), dtype=bool)
    begins[0] = True
    np.not_equal(docs[1:], docs[:-1], out=begins[1:])
    firsts = begins.nonzero()[0]
    if edits is None:
        worth = None
        every = np.empty(len(firsts), dtype=np.float32)
        np.subtract(firsts[1:], firsts[:-1], out=every[:-1], casting="unsafe")
        every[-1] = len(docs) - firsts[-1]
    else:
        worth = np.float32(FUZZY_DISCOUNT) ** edits.astype(np.float32)
        every = np.add.reduceat(worth, firsts)
    titles = None
    if title_lengths is not None:
        in_title = (keys & 0xFFFFFFFF) < title_lengths[docs]
        if in_title.any():
            counted = in_title.astype(np.float32) if worth is None else worth * in_title
            titles = np.add.reduceat(counted, firsts)
            every -= titles
    exact = None if edits is None else edits == 0
    if exact is not None:
        exact = None if exact.all() else np.logical_or.reduceat(exact, firsts)
    return Matches(docs[firsts], every, titles, exact)


def _in_zone(found: Matches, field: str | None) -> Matches:
    """Only what stands in the title, or only what stands in the body."""
    if field not in ("title", "body"):
        return found
    none = np.zeros(len(found.docs), dtype=np.float32)
    if field == "title":
        titles = none if found.title_freqs is None else found.title_freqs
        return _kept(Matches(found.docs, none, titles, found.exact), titles > 0)
    return _kept(Matches(found.docs, found.body_freqs, None, found.exact), found.body_freqs > 0)
