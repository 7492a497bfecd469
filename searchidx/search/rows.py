"""Slots in a row: where words stand side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from searchidx.search.leaves import Slot
from searchidx.search.terms import accepted_terms
from searchidx.segment import Array, PostingList, Postings

__all__ = ["places_of_row", "places_side_by_side", "stretches"]

Listed = Callable[[Postings, int], PostingList]


def places_side_by_side(words: Sequence[Array], offsets: Sequence[int]) -> Array:
    """Where single words stand in a row, each given by all its packed places: the first's."""
    order = sorted(range(len(words)), key=lambda at: len(words[at]))
    first = offsets[order[0]]
    keys = words[order[0]]
    for at in order[1:]:
        keys = _shared(keys, words[at], offsets[at] - first)
    return keys - first if first else keys


def _shared(few: Array, many: Array, behind: int = 0) -> Array:
    """The numbers of one ascending array that the other has too, so much behind them.

    Neither has repetitions, and the first is the shorter.
    """
    if len(few) * 16 < len(many):
        wanted = few + behind
        found = many.searchsorted(wanted)
        found[found == len(many)] = 0
        shared: Array = few[many[found] == wanted]
        return shared
    # Two sorted runs are merged in one pass, which beats a binary search for every number.
    together = np.empty(len(few) + len(many), dtype=np.int64)
    together[: len(few)] = few
    np.subtract(many, behind, out=together[len(few) :])
    together.sort(kind="stable")
    both: Array = together[1:][together[1:] == together[:-1]]
    return both


def stretches(rows: Sequence[tuple[Array, int, int]], reach: int) -> tuple[Array, Array]:
    """Where the shortest stretches begin and end that hold all rows and take at most ``reach``
    tokens.

    Of every row its packed places (distinct, ascending), how many tokens it takes, and how
    often it must stand there. A stretch that holds a shorter one is left out (C. Clarke,
    G. Cormack, F. Burkowski, "An algebra for structured text search", Computer Journal 38(1),
    1995, section 3).
    """
    order = sorted(rows, key=lambda row: len(row[0]))
    rarest = order[0][0]
    for places, _, _ in order[1:]:
        rarest = rarest[_has_near(rarest, places, reach)]
    if not len(rarest):
        return rarest, rarest
    near = [
        rarest if at == 0 else _around(rarest, places, reach)
        for at, (places, _, _) in enumerate(order)
    ]
    starts = np.unique(np.concatenate(near))
    ends = np.zeros(len(starts), dtype=np.int64)
    held = np.ones(len(starts), dtype=bool)
    for places, (_, size, count) in zip(near, order, strict=True):
        last = places.searchsorted(starts) + count - 1
        held &= last < len(places)
        last[~held] = 0
        if len(places):
            np.maximum(ends, places[last] + size, out=ends)
    held &= ends - starts <= reach
    starts, ends = starts[held], ends[held]
    shortest = np.ones(len(starts), dtype=bool)
    np.not_equal(ends[1:], ends[:-1], out=shortest[:-1])
    return starts[shortest], ends[shortest]


def _around(few: Array, many: Array, reach: int) -> Array:
    """The numbers of ``many`` that lie within reach of any of the few: both ascending."""
    begins = many.searchsorted(few - reach)
    # Where two of the few share some, these are taken for the first.
    begins[1:] = np.maximum(begins[1:], many.searchsorted(few[:-1] + reach, side="right"))
    counts = many.searchsorted(few + reach, side="right") - begins
    ends = np.cumsum(counts)
    spread = np.repeat(begins - (ends - counts), counts)
    found: Array = many[spread + np.arange(len(spread))]
    return found


def _has_near(places: Array, others: Array, reach: int) -> Array:
    """Which of the places have one of the others before or behind them within reach: bool."""
    if not len(others):
        return np.zeros(len(places), dtype=bool)
    after = others.searchsorted(places)
    before = np.maximum(after - 1, 0)
    after[after == len(others)] = 0
    found: Array = np.abs(others[after] - places) <= reach
    found |= np.abs(others[before] - places) <= reach
    return found


class _Column(NamedTuple):
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
        common = _shared(common, docs[at])
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
