"""One term's postings in one segment or several, as numpy arrays decoded when first asked for.

A new word costs a search a dozen calls of numpy. With each segment decoded for itself that would
be a dozen for every segment, which for most words takes longer than the numbers themselves do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from searchidx.segment.codes import running_total, unary_totals, unpack_bits
from searchidx.segment.parts import Array

if TYPE_CHECKING:
    from searchidx.segment.postings import Postings

__all__ = ["PostingList", "TermPlace", "positions"]


class TermPlace(NamedTuple):
    """A term of a segment, whose articles are numbered from ``base`` on."""

    postings: Postings
    term: int
    base: int = 0


class PostingList:
    """The postings of a term in segments in the order of their bases, as one list.

    Arrays have one entry a posting or an occurrence. There is at least one segment.
    """

    def __init__(self, terms: Sequence[TermPlace]) -> None:
        self._terms = terms
        self._doc_counts = [one.postings.doc_frequency(one.term) for one in terms]
        self._extents = [one.postings.occurrence_extent(one.term) for one in terms]
        self.doc_frequency = sum(self._doc_counts)
        self.occurrence_count = sum(last - first for first, last in self._extents)

    @cached_property
    def doc_ids(self) -> Array:
        """Ascending article numbers: int64, shape ``(postings,)``."""
        totals = running_total(_joined([one.postings.gaps(one.term) for one in self._terms]))
        end = last = 0
        for one, count in zip(self._terms, self._doc_counts, strict=True):
            here = totals[end : end + count]
            shift, last = one.base - last, int(here[-1])
            if shift:
                here += shift
            end += count
        return totals

    @cached_property
    def firsts(self) -> Array:
        """The occurrence at which each posting begins: int64, shape ``(postings,)``."""
        if self.doc_frequency == self.occurrence_count:
            return np.arange(self.doc_frequency)
        return self._bits("first_bits").nonzero()[0]

    @cached_property
    def freqs(self) -> Array:
        """Occurrences in each article: int64, shape ``(postings,)``."""
        if self.doc_frequency == self.occurrence_count:
            return np.ones(self.doc_frequency, dtype=np.int64)
        freqs = np.empty_like(self.firsts)
        np.subtract(self.firsts[1:], self.firsts[:-1], out=freqs[:-1])
        freqs[-1] = self.occurrence_count - self.firsts[-1]
        return freqs

    @cached_property
    def in_title(self) -> Array:
        """Which occurrences are the title's: bool, shape ``(occurrences,)``."""
        return self._bits("title_bits")

    @cached_property
    def title_freqs(self) -> Array:
        """Occurrences in each article's title: int64, shape ``(postings,)``."""
        return self.counted(self.in_title.nonzero()[0])

    def counted(self, occurrences: Array) -> Array:
        """How many of these occurrences (ascending) each article has: int64, ``(postings,)``."""
        if not len(occurrences):
            return np.zeros(self.doc_frequency, dtype=np.int64)
        owners = self.firsts.searchsorted(occurrences, side="right") - 1
        return np.bincount(owners, minlength=self.doc_frequency)

    @cached_property
    def positions(self) -> Array:
        """Positions, those of each article together and ascending: int64, ``(occurrences,)``."""
        low, steps = self._coded_positions()
        if len(steps) == len(low):
            return low.astype(np.int64)
        return positions(low, steps, self.firsts, self.freqs)

    def places(self) -> Array:
        """Every occurrence, packed: the article in the high 32 bits, the position in the low,
        ascending: int64, shape ``(occurrences,)``."""
        low, steps = self._coded_positions()
        packed = self.doc_ids << 32
        if len(steps) == len(low):
            packed = self._spread(packed)
        else:
            totals, before = _totals(steps, self.firsts)
            packed -= before << 8
            packed = self._spread(packed)
            totals <<= 8
            packed += totals
        packed += low
        return packed

    def _coded_positions(self) -> tuple[Array, Array]:
        """The low bytes of positions, and the steps above them."""
        low = [
            one.postings.part("position_bytes")[first:last]
            for one, (first, last) in self._with_extents()
        ]
        return _joined(low), _joined([one.postings.position_steps(one.term) for one in self._terms])

    def _spread(self, values: Array) -> Array:
        """What each posting has, for each of its occurrences."""
        if self.doc_frequency == self.occurrence_count:
            return values
        return np.repeat(values, self.freqs)

    @cached_property
    def variants(self) -> Array:
        """Which surface word of its stem each occurrence is, as its segment numbers them: uint,
        shape ``(occurrences,)``."""
        return _joined(
            [
                one.postings.variants(one.term, last - first)
                for one, (first, last) in self._with_extents()
            ]
        )

    def of_variants(self, wanted: Sequence[int]) -> Array:
        """Which occurrences are a surface word, which is one variant in each segment: bool."""
        return _joined(
            [
                one.postings.variants(one.term, last - first) == variant
                for variant, (one, (first, last)) in zip(wanted, self._with_extents(), strict=True)
            ]
        )

    def occurrence_docs(self) -> Array:
        """The article of every occurrence: beside ``positions``."""
        return self._spread(self.doc_ids)

    def _bits(self, name: str) -> Array:
        return _joined(
            [
                unpack_bits(one.postings.part(name), first, last)
                for one, (first, last) in self._with_extents()
            ]
        )

    def _with_extents(self) -> Iterator[tuple[TermPlace, tuple[int, int]]]:
        return zip(self._terms, self._extents, strict=True)


def positions(low: Array, steps: Array, firsts: Array, freqs: Array) -> Array:
    """Positions out of their low bytes and the unary steps above them, anew for each article."""
    totals, before = _totals(steps, firsts)
    totals -= np.repeat(before, freqs)
    totals <<= 8
    totals |= low
    return totals


def _totals(steps: Array, firsts: Array) -> tuple[Array, Array]:
    """All steps up to each occurrence, and up to the end of the article before each posting's."""
    totals = unary_totals(steps)
    before = np.zeros(len(firsts), dtype=np.int64)
    before[1:] = totals[firsts[1:] - 1]
    return totals, before


def _joined(pieces: Sequence[Array]) -> Array:
    return pieces[0] if len(pieces) == 1 else np.concatenate(pieces)
