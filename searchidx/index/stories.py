"""Which articles tell the same story: one text, carried by several outlets with small changes.

Candidates are articles whose sketches share hashes (searchidx.analysis.shingles); each pair of
them is compared word by word (searchidx.index.resemblance). Pairs that resemble each other make
stories; whoever is in one also resembles the story's lead, its first article, somewhat: a running
story, of which every report repeats half of the last, is not one story.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from searchidx.analysis.shingles import NO_SHINGLE
from searchidx.index.resemblance import Comparison, Words
from searchidx.segment import radix_order

__all__ = ["LEAD_THRESHOLD", "THRESHOLD", "candidates", "shared", "stories"]

Array = npt.NDArray[Any]

THRESHOLD = 0.6
"""From which resemblance on two articles are the same story."""

LEAD_THRESHOLD = 0.6
"""How much an article of a story resembles the story's lead at least."""

_SHARED = 2  # hashes that sketches share: one is chance, and costs ten times the comparisons
_SHARED_COMMON = 3  # where all of them are turns of phrase
_FEW = 8  # rows with a hash that are all paired; what more have is a turn of phrase
_BLOCK = 1 << 14  # pairs whose sketches are compared together
_ROW_BITS = np.uint64(32)


def candidates(sketches: Array, new_from: int = 0) -> tuple[Array, Array]:
    """The pairs of rows to be compared, as two arrays (int64), ``left < right``.

    ``sketches`` has one row an article (uint32). The rows of a pair share two hashes or more,
    and one of them is from ``new_from`` on. A row is paired with all rows before it that share a
    hash, if they are few; where they are many, only with the first and the last of those before
    it that share the same two hashes, if they share a third one. So the pairs do not grow faster
    than the rows, and rows added later change none of the pairs there were.
    """
    hashes, rows = _entries(sketches, new_from)
    # Rows ascend, so that those of a hash stay in their order.
    order = radix_order(hashes, 1 << 32)
    hashes, rows = _repeated(hashes[order], rows[order])
    _, places, sizes = _groups(hashes)
    pairs = [np.zeros(0, dtype=np.uint64)]
    for back in range(1, _FEW):
        at = np.flatnonzero((places >= back) & (places < _FEW) & (rows >= new_from))
        pairs.append(_packed(rows[at - back], rows[at]))
    many = sizes > _FEW
    twice = _by_two(hashes[many], rows[many], places[many] >= _FEW, new_from)
    few = _sharing(sketches, np.concatenate(pairs), _SHARED)
    common = _sharing(sketches, np.concatenate([pairs[0], *twice]), _SHARED_COMMON)
    return _unpacked(_distinct(np.concatenate([few, common])))


def _sharing(sketches: Array, pairs: Array, least: int) -> Array:
    """The pairs of different rows that share at least so many hashes, each once."""
    pairs = _distinct(pairs)
    left, right = _unpacked(pairs)
    kept: Array = pairs[(left != right) & (shared(sketches, left, right) >= least)]
    return kept


def _distinct(keys: Array) -> Array:
    """The keys, sorted, each once."""
    keys = np.sort(keys)
    return keys[_firsts(keys)]


def _groups(keys: Array) -> tuple[Array, Array, Array]:
    """Of sorted keys: where the run of each begins, its place in the run, the run's length."""
    starts = np.flatnonzero(_firsts(keys))
    sizes = np.diff(starts, append=len(keys))
    firsts = np.repeat(starts, sizes)
    return firsts, np.arange(len(keys)) - firsts, np.repeat(sizes, sizes)


def _by_two(hashes: Array, rows: Array, late: Array, new_from: int) -> list[Array]:
    """Pairs of rows that share two hashes, of which each is ``late`` in the later row."""
    order = np.argsort(rows, kind="stable")
    hashes, rows, late = hashes[order], rows[order], late[order]
    _, places, sizes = _groups(rows)
    keys, owners, both_late = [], [], []
    for back in range(1, int(sizes.max(initial=0))):
        at = np.flatnonzero(places >= back)
        # Entries of a row are in the order of their hashes.
        keys.append((hashes[at - back] << _ROW_BITS) | hashes[at])
        owners.append(rows[at])
        both_late.append(late[at - back] & late[at])
    if not keys:
        return []
    key, owner, last = np.concatenate(keys), np.concatenate(owners), np.concatenate(both_late)
    order = np.lexsort((owner, key))
    key, owner, last = key[order], owner[order], last[order]
    firsts, places, _ = _groups(key)
    at = np.flatnonzero((places > 0) & last & (owner >= new_from))
    return [_packed(owner[before], owner[at]) for before in (at - 1, firsts[at])]


def _entries(sketches: Array, new_from: int) -> tuple[Array, Array]:
    """The hashes of the sketches, and their rows: at least of those that new rows have."""
    columns = sketches.shape[1]
    kind = np.int32 if sketches.size < 1 << 31 else np.int64
    at = np.arange(new_from * columns, sketches.size, dtype=kind)
    if new_from:
        # A look in a small table tells of nearly all old hashes that no new row has them.
        wanted = np.zeros(1 << 16, dtype=bool)
        wanted[sketches[new_from:].astype(np.uint16)] = True
        old = np.flatnonzero(wanted[sketches[:new_from].astype(np.uint16)])
        at = np.concatenate([old.astype(kind), at])
    hashes = sketches.ravel()[at]
    real = hashes != NO_SHINGLE
    return hashes[real], at[real] // columns


def _repeated(hashes: Array, rows: Array) -> tuple[Array, Array]:
    """Of sorted hashes, and their rows, those that come more than once: nearly all come once."""
    again = np.zeros(len(hashes), dtype=bool)
    np.equal(hashes[1:], hashes[:-1], out=again[1:])
    again[:-1] |= again[1:]
    return hashes[again].astype(np.uint64), rows[again].astype(np.int64)


def _packed(left: Array, right: Array) -> Array:
    pairs: Array = (left.astype(np.uint64) << _ROW_BITS) | right.astype(np.uint64)
    return pairs


def _unpacked(pairs: Array) -> tuple[Array, Array]:
    return (pairs >> _ROW_BITS).astype(np.int64), pairs.astype(np.uint32).astype(np.int64)


def shared(sketches: Array, left: Array, right: Array) -> Array:
    """How many hashes the sketches of each pair share: uint8."""
    count = np.zeros(len(left), dtype=np.uint8)
    for start in range(0, len(left), _BLOCK):
        block = slice(start, start + _BLOCK)
        # Column by column, so that whole arrays are compared: ten times as fast as row by row.
        ours = np.ascontiguousarray(sketches[left[block]].T)
        theirs = np.ascontiguousarray(sketches[right[block]].T)
        for column in ours:
            same = column == theirs[0]
            for other in theirs[1:]:
                same |= column == other
            count[block] += same & (column != NO_SHINGLE)
    return count


def _firsts(keys: Array) -> Array:
    """Which of sorted keys differ from the one before."""
    first = np.ones(len(keys), dtype=bool)
    first[1:] = keys[1:] != keys[:-1]
    return first


def stories(labels: Array, sketches: Array, new_from: int, words: Words) -> Array:
    """The story of every row (int64): 0 for an article that is alone in telling it.

    ``labels`` are the stories of the rows before ``new_from``; what they have for the others is
    not looked at. Stories keep their numbers, of two that turn out to be one the smaller; new
    ones count on from the largest. ``words`` gives the words of rows.
    """
    labels = labels.astype(np.int64)
    labels[new_from:] = 0
    left, right = candidates(sketches, new_from)
    if not len(left):
        return labels
    comparison = Comparison(len(labels), words)
    found = comparison.of(left, right, THRESHOLD)
    alike = np.flatnonzero(found >= THRESHOLD)
    closest = alike[np.argsort(-found[alike], kind="stable")]
    # A story is looked at as its lead: the first of its rows.
    leads = np.arange(len(labels))
    _, firsts, places = np.unique(labels, return_index=True, return_inverse=True)
    leads[labels > 0] = firsts[places[labels > 0]]
    story = _joined(leads, left[closest], right[closest], comparison)
    return _numbered(labels, story)


def _joined(leads: Array, left: Array, right: Array, comparison: Comparison) -> Array:
    """The lead of each row's story, joined by pairs, closest first, whose leads are not unlike.

    This is single-link clustering (Kruskal's algorithm) with a condition. What it needs to know
    of leads is found for many pairs at once: those that wait for it keep their turn.
    """
    parents = leads.tolist()

    def lead(row: int) -> int:
        while parents[row] != row:
            parents[row] = row = parents[parents[row]]
        return row

    pairs = list(zip(left.tolist(), right.tolist(), strict=True))
    known = dict.fromkeys(pairs, True)
    while pairs:
        unknown: dict[tuple[int, int], None] = {}
        waiting: set[int] = set()
        later = []
        for pair in pairs:
            one, other = sorted((lead(pair[0]), lead(pair[1])))
            if one == other:
                continue
            passed = known.get((one, other))
            if passed is None:
                unknown[one, other] = None
            if passed is None or (passed and (one in waiting or other in waiting)):
                waiting |= {one, other}
                later.append(pair)
            elif passed:
                parents[other] = one
        pairs = later
        if unknown:
            ones, others = np.array(list(unknown)).T
            like = comparison.of(ones, others, LEAD_THRESHOLD) >= LEAD_THRESHOLD
            known.update(zip(unknown, like.tolist(), strict=True))
    return np.array([lead(row) for row in range(len(parents))])


def _numbered(labels: Array, story: Array) -> Array:
    """New labels, where ``story`` has a row of the story of each row."""
    _, places, sizes = np.unique(story, return_inverse=True, return_counts=True)
    # The smallest number that any of a story's rows had; new ones in the order of their leads.
    numbers = np.full(len(sizes), np.iinfo(np.int64).max)
    np.minimum.at(numbers, places[labels > 0], labels[labels > 0])
    fresh = (numbers == np.iinfo(np.int64).max) & (sizes > 1)
    numbers[fresh] = labels.max(initial=0) + 1 + np.arange(np.count_nonzero(fresh))
    numbers[(sizes == 1) & (numbers == np.iinfo(np.int64).max)] = 0
    found: Array = numbers[places]
    return found
