"""Which articles tell the same story: one text, carried by several outlets with small changes.

Candidates are articles whose sketches share a hash; each pair of them is compared by all its
shingles (searchidx.analysis.shingles) and by its figures. Pairs that resemble each other make
stories; whoever is in one also resembles the story's lead, its first article, if less so: that
keeps a running story, of which every report repeats half of the last, from becoming one.
(A. Broder, "On the resemblance and containment of documents", SEQUENCES 1997.)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from searchidx.analysis.numbering import WordNumbers
from searchidx.analysis.shingles import NO_SHINGLE, WordHashes, figures, shingles

__all__ = ["LEAD_THRESHOLD", "THRESHOLD", "candidates", "resemblance", "stories"]

Array = npt.NDArray[Any]
Texts = Callable[[Array], Sequence[tuple[bytes, bytes]]]

THRESHOLD = 0.32
"""From which resemblance on two articles are the same story."""

LEAD_THRESHOLD = 0.1
"""How much an article of a story resembles the story's lead at least."""

_COMMONPLACE = 16  # a hash of more sketches than this is a turn of phrase; one alone says little
_CHANCE = 1.5  # standard errors of a share, of which one is 0.5 / sqrt(n) at most, times two
_LEAST_PART = 0.2  # of all shingles of both, the resemblance proper (Jaccard)
_SAME_FIGURES = 0.75
_FIGURE_CHANCE = 0.45
_BLOCK = 20_000  # pairs compared together
_BATCH = 256
_ROW_BITS = np.uint64(32)


def candidates(sketches: Array, new_from: int = 0) -> tuple[Array, Array]:
    """The pairs of rows to be compared, as two arrays (int64), ``left < right``.

    ``sketches`` has one row an article (uint32). Pairs have a row from ``new_from`` on. Of the
    rows that share a hash each is paired with the one before it and with the first, so that the
    pairs stay fewer than twice the hashes and yet join all the rows. What is paired with a row
    depends on the rows before it only: rows added later change none of the pairs there were.
    """
    hashes, rows = _shared_entries(sketches, new_from)
    packed = np.sort((hashes.astype(np.uint64) << _ROW_BITS) | rows.astype(np.uint64))
    hashes = (packed >> _ROW_BITS).astype(np.uint32)
    rows = packed.astype(np.uint32).astype(np.int64)
    begins = np.ones(len(rows), dtype=bool)
    begins[1:] = hashes[1:] != hashes[:-1]
    firsts = np.maximum.accumulate(np.where(begins, np.arange(len(rows)), 0))
    places = np.arange(len(rows)) - firsts
    lefts, rights, common = [], [], []
    for at, before in (
        (np.flatnonzero(places >= 1), firsts),
        (np.flatnonzero(places >= 2), np.arange(-1, len(rows) - 1)),
    ):
        at = at[rows[at] >= new_from]
        lefts.append(rows[before[at]])
        rights.append(rows[at])
        common.append(places[at] >= _COMMONPLACE)
    left, right = np.concatenate(lefts), np.concatenate(rights)
    common = np.concatenate(common)
    pairs = _packed(left, right)
    # A pair with one uncommon hash is found by that one too.
    sure = np.unique(pairs[~common & (left < right)])
    perhaps = np.setdiff1d(pairs[common & (left < right)], sure)
    perhaps = perhaps[_shared(sketches, *_unpacked(perhaps)) > 1]
    return _unpacked(np.sort(np.concatenate([sure, perhaps])))


def _shared_entries(sketches: Array, new_from: int) -> tuple[Array, Array]:
    """The hashes of the sketches that new rows have, and their rows; the others' may be among."""
    if new_from:
        # A look-up in a small table says of nearly all old hashes that no new row has them.
        fresh = sketches[new_from:]
        wanted = np.zeros(1 << 16, dtype=bool)
        wanted[(fresh & 0xFFFF).ravel()] = True
        low = np.ascontiguousarray(sketches[:new_from]).astype(np.uint16)
        old = np.flatnonzero(wanted[low].ravel())
        at = np.concatenate([old, np.arange(fresh.size) + new_from * sketches.shape[1]])
    else:
        at = np.arange(sketches.size)
    hashes = sketches.ravel()[at]
    real = hashes != NO_SHINGLE
    return hashes[real], at[real] // sketches.shape[1]


def _packed(left: Array, right: Array) -> Array:
    pairs: Array = (left.astype(np.uint64) << _ROW_BITS) | right.astype(np.uint64)
    return pairs


def _unpacked(pairs: Array) -> tuple[Array, Array]:
    return (pairs >> _ROW_BITS).astype(np.int64), pairs.astype(np.uint32).astype(np.int64)


def _shared(sketches: Array, left: Array, right: Array) -> Array:
    """How many hashes the sketches of each pair share."""
    ours, theirs = sketches[left], sketches[right]
    count = np.zeros(len(left), dtype=np.int64)
    for column in ours.T:
        count += ((theirs == column[:, None]) & (column != NO_SHINGLE)[:, None]).any(axis=1)
    return count


def resemblance(left: Array, right: Array, texts: Texts) -> Array:
    """How much the articles of each pair resemble each other, from 0 to 1 (float64).

    The part of the shingles of the one with fewer that the other has too, so that what another
    outlet adds does not count (containment, Broder's section 2), less what the share may owe to
    chance where the shingles are few. It is 0 where the figures are not the same for the most
    part: reports of earnings, fixings and bonds differ in nothing else but names; and where one
    article is but a small part of the other.
    """
    found = np.zeros(len(left))
    for start in range(0, len(left), _BLOCK):
        block = slice(start, start + _BLOCK)
        rows, places = np.unique(np.concatenate([left[block], right[block]]), return_inverse=True)
        one, other = np.split(places, 2)
        words, numbers = _sets_of(rows, texts)
        found[block] = _weighed(words.compared(one, other), numbers.compared(one, other))
    return found


def _weighed(words: tuple[Array, Array, Array], numbers: tuple[Array, Array, Array]) -> Array:
    both, ours, theirs = words
    fewer = np.maximum(np.minimum(ours, theirs), 1)
    found = both / fewer - _CHANCE / np.sqrt(fewer)
    found[both < _LEAST_PART * (ours + theirs - both)] = 0
    both, ours, theirs = numbers
    fewer = np.minimum(ours, theirs)
    # So many of n figures: of one all, of two one, of ten six.
    found[both < _SAME_FIGURES * fewer - _FIGURE_CHANCE * np.sqrt(fewer)] = 0
    return np.maximum(found, 0)


class _Sets:
    """Sets of hashes end to end, sorted, each with an own size."""

    def __init__(self) -> None:
        self._parts: list[Array] = []
        self._sizes: list[Array] = []

    def add(self, values: Array, counts: Array) -> None:
        """Take the next sets, of values as they come, with repetitions."""
        owners = np.repeat(np.arange(len(counts), dtype=np.uint64), counts)
        keys = np.sort((owners << _ROW_BITS) | (values & np.uint64(0xFFFF_FFFF)))
        keys = keys[np.diff(keys, prepend=~keys[:1]) != 0]
        self._parts.append(keys.astype(np.uint32))
        owners = (keys >> _ROW_BITS).astype(np.int64)
        self._sizes.append(np.bincount(owners, minlength=len(counts)))

    def close(self) -> None:
        self._values = np.concatenate([np.zeros(0, np.uint32), *self._parts])
        self._counts = np.concatenate([np.zeros(0, np.int64), *self._sizes])
        self._starts = np.cumsum(self._counts) - self._counts

    def compared(self, one: Array, other: Array) -> tuple[Array, Array, Array]:
        """The sizes of the sets' intersections, and their own."""
        keys = np.sort(np.concatenate([self._keyed(one), self._keyed(other)]))
        twice = keys[1:][keys[1:] == keys[:-1]]
        pairs = (twice >> _ROW_BITS).astype(np.int64)
        return np.bincount(pairs, minlength=len(one)), self._counts[one], self._counts[other]

    def _keyed(self, which: Array) -> Array:
        """The values of sets, each behind the number of its pair."""
        counts = self._counts[which]
        offsets = np.repeat(self._starts[which] - np.cumsum(counts) + counts, counts)
        pairs = np.repeat(np.arange(len(which), dtype=np.uint64), counts)
        return (pairs << _ROW_BITS) | self._values[offsets + np.arange(len(offsets))]


def _sets_of(rows: Array, texts: Texts) -> tuple[_Sets, _Sets]:
    """The shingles and the figures of articles."""
    numbering = WordNumbers()
    hashes = WordHashes(numbering)
    both = _Sets(), _Sets()
    for start in range(0, len(rows), _BATCH):
        batch = texts(rows[start : start + _BATCH])
        found = numbering.number([text for pair in batch for text in pair])
        counts = found.counts.reshape(-1, 2).sum(axis=1)
        known = hashes.all()
        for sets, of in zip(both, (shingles, figures), strict=True):
            sets.add(*of(found.numbers, counts, known))
    for sets in both:
        sets.close()
    return both


def stories(labels: Array, sketches: Array, new_from: int, texts: Texts) -> Array:
    """The story of every row (int64): 0 for an article that is alone in telling it.

    ``labels`` are the stories of the rows before ``new_from``; what they have for the others is
    not looked at. Stories keep their numbers, of two that turn out to be one the smaller; new
    ones count on from the largest. ``texts`` gives title and body of rows, as UTF-8.
    """
    labels = labels.astype(np.int64)
    labels[new_from:] = 0
    left, right = candidates(sketches, new_from)
    alike = resemblance(left, right, texts) >= THRESHOLD
    # A story is looked at as its lead: the first of its rows.
    leads = np.arange(len(labels))
    _, firsts, places = np.unique(labels, return_index=True, return_inverse=True)
    leads[labels > 0] = firsts[places[labels > 0]]
    story = _joined(leads, left[alike], right[alike], texts)
    return _numbered(labels, story[leads])


def _joined(leads: Array, left: Array, right: Array, texts: Texts) -> Array:
    """For each lead the lead of the story that it is found to belong to."""
    story = np.arange(len(leads))
    compared = np.sort(_packed(left, right))
    ones, others = leads[left], leads[right]
    while len(ones):
        nodes, components = _components(ones, others)
        _, firsts, places = np.unique(components, return_index=True, return_inverse=True)
        lead = nodes[firsts[places]]  # nodes are in order: the first is the earliest
        # What was found like the lead need not be compared with it once more.
        open_ = np.flatnonzero((lead != nodes) & ~_among(_packed(lead, nodes), compared))
        unlike = resemblance(lead[open_], nodes[open_], texts) < LEAD_THRESHOLD
        left_over = nodes[open_[unlike]]
        story[nodes] = lead
        story[left_over] = left_over
        # Those that are unlike the lead may be like each other.
        again = _among(ones, left_over) & _among(others, left_over)
        ones, others = ones[again], others[again]
    return story


def _components(ones: Array, others: Array) -> tuple[Array, Array]:
    """The nodes that edges join, in order, and a number for the component of each."""
    nodes, places = np.unique(np.concatenate([ones, others]), return_inverse=True)
    parents = list(range(len(nodes)))

    def root(node: int) -> int:
        while parents[node] != node:
            parents[node] = node = parents[parents[node]]
        return node

    for one, other in zip(*(half.tolist() for half in np.split(places, 2)), strict=True):
        one, other = root(one), root(other)
        parents[max(one, other)] = min(one, other)
    return nodes, np.array([root(node) for node in range(len(nodes))])


def _among(values: Array, of: Array) -> Array:
    """Which of the values are among others, which are sorted."""
    places = np.searchsorted(of, values)
    found = np.zeros(len(values), dtype=bool)
    inside = places < len(of)
    found[inside] = of[places[inside]] == values[inside]
    return found


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
