"""Slots in a row: where words stand side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from searchidx.search.leaves import Slot
from searchidx.search.terms import accepted_terms
from searchidx.segment import Array, PostingList, Postings

__all__ = ["Placed", "places_of_row", "places_side_by_side"]

Listed = Callable[[Postings, int], PostingList]


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a word stands: ``docs`` ascend, and ``positions[ends[i - 1]:ends[i]]`` are those in
    article ``docs[i]``, ascending."""

    docs: Array
    ends: Array
    positions: Array

    def keys_in(self, common: Array) -> Array:
        """Its places in articles that all hold it, packed as ``places_of_row`` packs them."""
        if len(common) * 8 > len(self.docs):
            marks = np.zeros(int(self.docs[-1]) + 1, dtype=bool)
            marks[common] = True
            at = np.flatnonzero(marks[self.docs])
        else:
            at = np.searchsorted(self.docs, common)
        ends = self.ends[at]
        begins = np.where(at > 0, self.ends[at - 1], 0)
        freqs = ends - begins
        done = freqs.cumsum()
        spread = (begins - done + freqs).repeat(freqs)
        spread += np.arange(len(spread))
        keys: Array = (common << 32).repeat(freqs)
        keys |= self.positions[spread]
        return keys


def places_side_by_side(words: Sequence[Placed], offsets: Sequence[int]) -> Array:
    """Where single words stand in a row: packed places of the first, ascending."""
    order = sorted(range(len(words)), key=lambda at: len(words[at].docs))
    common = words[order[0]].docs
    for at in order[1:]:
        if not len(common):
            return common
        common = _both(common, words[at].docs)
    if not len(common):
        return common
    rows = [word.keys_in(common) - offset for word, offset in zip(words, offsets, strict=True)]
    rows.sort(key=len)
    keys = rows[0]
    for others in rows[1:]:
        found = others.searchsorted(keys)
        found[found == len(others)] = 0
        keys = keys[others[found] == keys]
    return keys


@dataclass(slots=True)
class _Column:
    """The posting lists that one slot accepts, each whole (None) or by variant."""

    slot: Slot
    lists: list[tuple[PostingList, dict[int, int] | int]]

    @property
    def docs(self) -> Array:
        if len(self.lists) == 1:
            return self.lists[0][0].doc_ids
        if not self.lists:
            return np.zeros(0, dtype=np.int64)
        return np.unique(np.concatenate([listed.doc_ids for listed, _ in self.lists]))


def places_of_row(
    slots: Sequence[Slot], postings: Postings, listed: Listed
) -> tuple[Array, Array | None]:
    """Where the first slot stands with the others behind it as they should.

    Gives packed places (article in the high 32 bits, position in the low, ascending) and the
    edits of each (None: none at all). Articles are intersected first, from the rarest slot on,
    and positions looked at only in those that are left.
    """
    columns = []
    for slot in slots:
        lists = [
            (listed(postings, term), accepted)
            for term, accepted in accepted_terms(slot, postings).items()
        ]
        columns.append(_Column(slot, lists))
    docs = [column.docs for column in columns]
    order = sorted(range(len(columns)), key=lambda at: len(docs[at]))
    common = docs[order[0]]
    for at in order[1:]:
        if not len(common):
            break
        common = _both(common, docs[at])
    if not len(common):
        return np.zeros(0, dtype=np.int64), None
    places = [_places(column, common) for column in columns]
    order.sort(key=lambda at: len(places[at][0]))
    keys, edits = places[order[0]]
    for at in order[1:]:
        others, other_edits = places[at]
        if not len(keys) or not len(others):
            return np.zeros(0, dtype=np.int64), None
        found = np.searchsorted(others, keys)
        found[found == len(others)] = 0
        kept = np.flatnonzero(others[found] == keys)
        keys = keys[kept]
        edits = _added(
            None if edits is None else edits[kept],
            None if other_edits is None else other_edits[found[kept]],
        )
    return keys + columns[0].slot.offset, edits


def _both(few: Array, many: Array) -> Array:
    """The numbers in both of two ascending arrays, the first being the shorter."""
    if len(few) * 32 < len(many):
        found = np.searchsorted(many, few)
        found[found == len(many)] = 0
        both: Array = few[many[found] == few]
        return both
    # One pass over each beats a binary search for every number.
    marks = np.zeros(int(max(few[-1], many[-1])) + 1, dtype=bool)
    marks[many] = True
    shared: Array = few[marks[few]]
    return shared


def _places(column: _Column, common: Array) -> tuple[Array, Array | None]:
    """A slot's occurrences in these articles, moved to where its row begins."""
    keys, edits = [], []
    for listed, accepted in column.lists:
        at = np.searchsorted(listed.doc_ids, common)
        at[at == listed.doc_frequency] = 0
        at = at[listed.doc_ids[at] == common]
        freqs = listed.freqs[at]
        ends = np.cumsum(freqs)
        if not len(ends):
            continue
        spread = np.repeat(listed.firsts[at] - (ends - freqs), freqs)
        spread += np.arange(int(ends[-1]))
        found = np.repeat(listed.doc_ids[at] << 32, freqs)
        found |= listed.positions[spread]
        if isinstance(accepted, int):
            keys.append(found)
            edits.append(np.full(len(found), accepted) if accepted else None)
            continue
        variants = listed.variants[spread]
        if len(accepted) == 1:
            ((variant, distance),) = accepted.items()
            found = found[variants == variant]
            keys.append(found)
            edits.append(np.full(len(found), distance) if distance else None)
            continue
        distances = np.full(int(variants.max()) + 1, -1)
        for variant, distance in accepted.items():
            if variant < len(distances):
                distances[variant] = distance
        keys.append(found[distances[variants] >= 0])
        edits.append(distances[variants][distances[variants] >= 0])
    if not keys:
        return np.zeros(0, dtype=np.int64), None
    if len(keys) == 1:
        return keys[0] - column.slot.offset, edits[0]
    together = np.concatenate(keys)
    order = np.argsort(together, kind="stable")
    together = together[order] - column.slot.offset
    if all(one is None for one in edits):
        return together, None
    every = [
        np.zeros(len(found), dtype=np.int64) if one is None else one
        for one, found in zip(edits, keys, strict=True)
    ]
    return together, np.concatenate(every)[order]


def _added(one: Array | None, other: Array | None) -> Array | None:
    if one is None or other is None:
        return other if one is None else one
    return one + other
