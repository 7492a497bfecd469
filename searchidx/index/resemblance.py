"""How much two articles resemble each other: the exact check behind every story.

The measure is the part of their words that they share, word for word and as often as both have
them, where a word weighs by the square of its inverse document frequency: copies of one text
share the rare words as they share all others, two reports of one form only what the form has.
(Dice's coefficient, L. R. Dice, "Measures of the amount of ecologic association between species",
Ecology 26, 1945; weights after K. Sparck Jones, "A statistical interpretation of term
specificity", J. Doc. 28, 1972.)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from searchidx.analysis.numbering import WordNumbers
from searchidx.analysis.shingles import CJK, WordHashes, figures
from searchidx.segment import radix_order

__all__ = ["Comparison", "Texts", "Words", "hashed", "resemblance"]

Array = npt.NDArray[Any]
Texts = Callable[[Array], Sequence[tuple[bytes, bytes]]]
"""Gives title and body of articles by their rows, as UTF-8."""

Words = Callable[[Array], tuple[Array, Array]]
"""Gives the hashes (uint32) of the words of articles by their rows, end to end, and how many each
has; see ``shingles.WordHashes``."""

_FIGURES = 0.2  # what figures weigh beside words
_FEW_FIGURES = 3  # so many and more say something
_USUAL_FIGURES = 0.8  # the part of them that articles with fewer are taken to share
_PAIRED = 0.3  # Chinese words are overlapping pairs: one changed character is two of them
_CHANCE = 0.3  # subtracted over the root of how many words there are
_SAMPLE = 1000  # articles that tell which words are common
_LEAST_WEIGHT = 0.2
_SLOTS = 1 << 20
_BUCKETS = 128
_KINDS = 2  # bits of a hash that tell what kind of word it is
_ROUNDED_OFF = 1e-5  # more than float32 leaves out of what an article weighs
_BLOCK = 30_000  # pairs for which texts are read together
_SORTED = 8_000  # pairs compared together: what is sorted stays small
_BATCH = 256
# A key of a bag: whose it is, the hash of a word, and the how-manieth of that word it is.
_OWNER, _WORD, _MOST_TIMES = np.uint64(40), np.uint64(8), 255
_SLOT = np.uint64(_SLOTS - 1)
_UNOWNED = np.uint64((1 << 40) - 1)


def resemblance(left: Array, right: Array, count: int, words: Words) -> Array:
    """How much the articles of each pair of rows resemble each other, from 0 to 1 (float64).

    Beside words the figures count, of which reports of one form share few; and something is
    subtracted for what short texts may share by chance. ``count`` is how many rows there are:
    a sample of them tells which words are common.
    """
    return Comparison(count, words).of(left, right)


def hashed(texts: Texts) -> Words:
    """The words of texts."""

    def words(rows: Array) -> tuple[Array, Array]:
        numbering = WordNumbers()
        numbers = [np.zeros(0, dtype=np.int32)]
        counts = [np.zeros(0, dtype=np.int64)]
        for start in range(0, len(rows), _BATCH):
            batch = texts(rows[start : start + _BATCH])
            found = numbering.number([text for pair in batch for text in pair])
            numbers.append(found.numbers)
            counts.append(found.counts.reshape(-1, 2).sum(axis=1))
        # Hashed once all words are known: each time costs as much as there are words.
        hashes = WordHashes(numbering).all()
        return hashes[np.concatenate(numbers)], np.concatenate(counts)

    return words


class Comparison:
    """Compares articles; which words are common is found once, when first needed."""

    def __init__(self, count: int, words: Words) -> None:
        self._count = count
        self._words = words

    def of(self, left: Array, right: Array, least: float = 0.0) -> Array:
        """The resemblance of each pair of rows: float64.

        Of a pair below ``least`` only so much is found out; what it has is then too large.
        """
        found = [np.zeros(0)]
        for start in range(0, len(left), _BLOCK):
            block = slice(start, start + _BLOCK)
            both = np.concatenate([left[block], right[block]])
            rows, places = np.unique(both, return_inverse=True)
            bags = _Articles.of(*self._bags(rows), self._weights)
            one, other = np.split(places, 2)
            resembling = bags.bounds(one, other)
            close = np.flatnonzero(resembling >= least)
            for some in np.split(close, range(_SORTED, len(close), _SORTED)):
                resembling[some] = bags.resemblance(one[some], other[some])
            found.append(np.maximum(resembling, 0))
        return np.concatenate(found)

    @cached_property
    def _weights(self) -> Array:
        """What words weigh, by the low bits of their hashes: (1 - ln df / ln n)² of a sample of n.

        df counts from two articles on: a story's own copies are not held against it. Where there
        are fewer than n articles, little is known of which words are common, and all weigh more.
        """
        rows = np.unique(np.linspace(0, self._count - 1, min(_SAMPLE, self._count)).astype(int))
        words, _ = self._bags(rows)
        frequencies = np.bincount(words.slots[words.first_times], minlength=_SLOTS)
        weights = 1 - np.log(np.maximum(frequencies - 1, 1)) / np.log(_SAMPLE)
        found: Array = np.maximum(weights, _LEAST_WEIGHT) ** 2
        return found

    def _bags(self, rows: Array) -> tuple[_Bags, _Bags]:
        """The words of articles, function words aside, and their figures."""
        every, counts = self._words(rows)
        ends = np.cumsum(counts)
        words, numbers = [_Bags.none()], [_Bags.none()]
        for first in range(0, len(rows), _BATCH):
            own = counts[first : first + _BATCH]
            end = int(ends[first + len(own) - 1])
            values = every[end - int(own.sum()) : end]
            meant = np.flatnonzero(values != 0)
            kept = np.searchsorted(meant, np.cumsum(own))
            words.append(_Bags.of(values.take(meant), np.diff(kept, prepend=0)))
            numbers.append(_Bags.of(*figures(values, own)))
        return _Bags.joined(words), _Bags.joined(numbers)


class _Articles(NamedTuple):
    """What is compared of articles: their words, figures, and what follows from their words."""

    words: _Bags
    numbers: _Bags
    weights: Array
    masses: Array
    chinese: Array

    @classmethod
    def of(cls, words: _Bags, numbers: _Bags, weights: Array) -> _Articles:
        return cls(words, numbers, weights, words.masses(weights), words.chinese)

    def resemblance(self, one: Array, other: Array) -> Array:
        """The resemblance of each pair."""
        fewer = self._fewer_figures(one, other)
        same = self.numbers.shared(one, other, None) / np.maximum(fewer, 1)
        same[fewer < _FEW_FIGURES] = _USUAL_FIGURES
        return self._weighed(one, other, self.words.shared(one, other, self.weights), same)

    def bounds(self, one: Array, other: Array) -> Array:
        """At least the resemblance of each pair, for much less than finding it costs.

        Words are put into a few buckets by their hashes: two articles share no more than the
        lesser of what both have in each bucket.
        """
        buckets = self.words.buckets(self.weights)
        shared = np.zeros(len(one))
        for start in range(0, len(one), _SORTED):
            some = slice(start, start + _SORTED)
            shared[some] = np.minimum(buckets[one[some]], buckets[other[some]]).sum(axis=1)
        shared += _ROUNDED_OFF * self.masses[one]
        same = np.where(self._fewer_figures(one, other) < _FEW_FIGURES, _USUAL_FIGURES, 1.0)
        return self._weighed(one, other, shared, same)

    def _fewer_figures(self, one: Array, other: Array) -> Array:
        fewer: Array = np.minimum(self.numbers.sizes[one], self.numbers.sizes[other])
        return fewer

    def _weighed(self, one: Array, other: Array, shared: Array, same: Array) -> Array:
        masses, sizes = self.masses, self.words.sizes
        alike = 2 * shared / np.maximum(masses[one] + masses[other], _LEAST_WEIGHT**2)
        alike **= 1 - _PAIRED * np.minimum(self.chinese[one], self.chinese[other])
        chance = _CHANCE / np.sqrt(np.maximum(np.minimum(sizes[one], sizes[other]), 1))
        found: Array = (alike + _FIGURES * same) / (1 + _FIGURES) - chance
        return found


class _Bags(NamedTuple):
    """Bags of hashes end to end: the keys of each sorted, without whose they are; their sizes."""

    keys: Array
    sizes: Array

    @classmethod
    def none(cls) -> _Bags:
        return cls(np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.int64))

    @classmethod
    def of(cls, values: Array, counts: Array) -> _Bags:
        """Bags of values, of which only 32 bits are looked at."""
        owners = np.repeat(np.arange(len(counts), dtype=np.uint64), counts)
        order = radix_order(values.astype(np.uint32), 1 << 32)
        order = order[radix_order(owners[order], len(counts))]
        keys = (owners[order] << _OWNER) | (
            values[order].astype(np.uint32).astype(np.uint64) << _WORD
        )
        firsts = np.ones(len(keys), dtype=bool)
        firsts[1:] = keys[1:] != keys[:-1]
        starts = np.flatnonzero(firsts)
        times = np.arange(len(keys)) - np.repeat(starts, np.diff(starts, append=len(keys)))
        kept = times <= _MOST_TIMES
        keys = keys[kept] | times[kept].astype(np.uint64)
        return cls(
            keys & _UNOWNED,
            np.bincount((keys >> _OWNER).astype(np.int64), minlength=len(counts)),
        )

    @classmethod
    def joined(cls, bags: Sequence[_Bags]) -> _Bags:
        return cls(*map(np.concatenate, zip(*bags, strict=True)))

    @property
    def slots(self) -> Array:
        """Where weights have what each key weighs."""
        return ((self.keys >> _WORD) & _SLOT).astype(np.int64)

    @property
    def chinese(self) -> Array:
        """The part of each bag that are pairs of Chinese characters: float64."""
        owners = np.repeat(np.arange(len(self.sizes)), self.sizes)
        pairs: Array = ((self.keys >> _WORD) & np.uint64(CJK)) != 0
        counts = np.bincount(owners[pairs], minlength=len(self.sizes))
        found: Array = counts / np.maximum(self.sizes, 1)
        return found

    @property
    def first_times(self) -> Array:
        """Which keys are those of a word that comes for the first time."""
        found: Array = (self.keys & np.uint64(_MOST_TIMES)) == 0
        return found

    def masses(self, weights: Array) -> Array:
        """What each bag weighs."""
        owners = np.repeat(np.arange(len(self.sizes)), self.sizes)
        found: Array = np.bincount(owners, weights[self.slots], len(self.sizes))
        return found

    def buckets(self, weights: Array) -> Array:
        """What each bag weighs in each of a few buckets: float32, bags x _BUCKETS."""
        slots = self.slots
        buckets = np.repeat(np.arange(len(self.sizes)) * _BUCKETS, self.sizes)
        buckets += (slots >> _KINDS) & (_BUCKETS - 1)
        weighed = np.bincount(buckets, weights[slots], len(self.sizes) * _BUCKETS)
        return weighed.astype(np.float32).reshape(-1, _BUCKETS)

    def shared(self, one: Array, other: Array, weights: Array | None) -> Array:
        """What both bags of each pair have, weighed, or without weights counted."""
        keys = np.sort(np.concatenate([self._owned(one), self._owned(other)]))
        twice = keys[1:][keys[1:] == keys[:-1]]
        pairs = (twice >> _OWNER).astype(np.int64)
        if weights is None:
            return np.bincount(pairs, minlength=len(one)).astype(np.float64)
        slots = ((twice >> _WORD) & _SLOT).astype(np.int64)
        found: Array = np.bincount(pairs, weights[slots], len(one))
        return found

    def _owned(self, which: Array) -> Array:
        """The keys of bags, each behind the number of its pair."""
        sizes = self.sizes[which]
        starts = np.cumsum(self.sizes) - self.sizes
        places = np.repeat(starts[which] - np.cumsum(sizes) + sizes, sizes) + np.arange(sizes.sum())
        pairs = np.repeat(np.arange(len(which), dtype=np.uint64), sizes)
        keys: Array = (pairs << _OWNER) | self.keys[places]
        return keys
