"""Extents of text that satisfy a pattern: where words, groups and pairs of them stand.

All arrays hold packed places (article in the high 32 bits, position in the low), int64.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from searchidx.search.leaves import Either, Leaf, Pair, Pattern, words_of
from searchidx.segment import BODY_GAP, Array

__all__ = ["Boundaries", "Extents", "Places", "candidates", "extents_of", "smallest"]


class Extents(NamedTuple):
    """Half-open ranges of places, each inside one article, by start and then by end; distinct."""

    starts: Array
    ends: Array

    def of_articles(self, docs: Array) -> Extents:
        """Those in some articles (ascending)."""
        which = _of_articles(self.starts, docs)
        return Extents(self.starts[which], self.ends[which])

    @property
    def docs(self) -> Array:
        """The articles, each once."""
        return _docs(self.starts)


class Places(NamedTuple):
    """Where a word of a pattern stands in all articles; ``ends`` is one size where all have it."""

    starts: Array
    ends: Array | int

    def of_articles(self, docs: Array) -> Extents:
        """Those in some articles (ascending)."""
        which = _of_articles(self.starts, docs)
        starts = self.starts[which]
        return Extents(
            starts, starts + self.ends if isinstance(self.ends, int) else self.ends[which]
        )


def candidates(pattern: Pattern, words: Mapping[Leaf, Places], among: Array | None = None) -> Array:
    """The articles, ascending, that have all that a pattern needs, near or far: from the rarest
    side of a pair on."""
    match pattern:
        case Leaf():
            starts = words[pattern].starts
            return _docs(starts if among is None else starts[_of_articles(starts, among)])
        case Either(children):
            found = [candidates(child, words, among) for child in children]
            return np.unique(np.concatenate(found))
        case Pair(left, right):
            few, many = sorted((left, right), key=lambda side: _occurrences(side, words))
            return candidates(many, words, candidates(few, words, among))


def _occurrences(pattern: Pattern, words: Mapping[Leaf, Places]) -> int:
    return sum(len(words[word].starts) for word in words_of(pattern))


def _docs(starts: Array) -> Array:
    docs = starts >> 32
    begins = np.ones(len(docs), dtype=bool)
    np.not_equal(docs[1:], docs[:-1], out=begins[1:])
    found: Array = docs[begins]
    return found


def _of_articles(starts: Array, docs: Array) -> Array:
    first = starts.searchsorted(docs << 32)
    return _spread(first, starts.searchsorted((docs + 1) << 32) - first)


Boundaries = Callable[[Array, str], Array]
"""Articles and a unit to the places where sentences, or paragraphs, end: see ``Collection``."""


def extents_of(
    pattern: Pattern, words: Mapping[Leaf, Extents], boundaries: Boundaries, every: bool = True
) -> Extents:
    """What satisfies a pattern, its words standing where ``words`` says.

    A pair covers everything from the beginning of its first side to the end of its last, and
    its sides do not overlap. Without ``every``, some that hold a smaller one may be left out.
    """
    match pattern:
        case Leaf():
            return words[pattern]
        case Either(children):
            return _sorted([extents_of(child, words, boundaries, every) for child in children])
        case Pair(left, right):
            sides = extents_of(left, words, boundaries), extents_of(right, words, boundaries)
            return _paired(pattern, *sides, boundaries, every)


def smallest(found: Extents) -> Extents:
    """Those that hold no other one."""
    starts, ends = found
    if not len(starts):
        return found
    # Of those with one start the first has the smallest end.
    kept = np.ones(len(starts), dtype=bool)
    np.not_equal(starts[1:], starts[:-1], out=kept[1:])
    starts, ends = starts[kept], ends[kept]
    behind = np.minimum.accumulate(ends[::-1])[::-1]
    kept = np.ones(len(starts), dtype=bool)
    np.less(ends[:-1], behind[1:], out=kept[:-1])
    return Extents(starts[kept], ends[kept])


def _paired(
    pair: Pair, left: Extents, right: Extents, boundaries: Boundaries, every: bool
) -> Extents:
    docs = np.intersect1d(left.docs, right.docs, assume_unique=True)
    left, right = left.of_articles(docs), right.of_articles(docs)
    # Fewer words than that never reach from a title into the body.
    far = pair.unit != "words" or pair.distance > BODY_GAP
    limits = boundaries(docs, pair.unit) if far and len(docs) else None
    found = [_one_after_other(pair, left, right, limits, every)]
    if not pair.ordered:
        found.append(_one_after_other(pair, right, left, limits, every))
    return _sorted(found)


def _one_after_other(
    pair: Pair, before: Extents, behind: Extents, limits: Array | None, every: bool
) -> Extents:
    """The second begins where the first has ended or later, and close enough."""
    if limits is None:
        latest = before.ends + (pair.distance - 1)
        bound = None
    else:
        # Words that cross the end of a sentence lie in none.
        at = limits.searchsorted(before.starts, side="right")
        bound = limits[np.minimum(at, len(limits) - 1)]
        within = before.ends <= bound
        before, bound = Extents(before.starts[within], before.ends[within]), bound[within]
        latest = bound - 1
        if pair.unit == "words":
            np.minimum(latest, before.ends + (pair.distance - 1), out=latest)
    first = behind.starts.searchsorted(before.ends)
    counts = behind.starts.searchsorted(latest, side="right") - first
    np.maximum(counts, 0, out=counts)
    if not every and bool((behind.ends[1:] >= behind.ends[:-1]).all()):
        # The nearest ends first: any other makes a greater extent.
        np.minimum(counts, 1, out=counts)
    firsts = np.repeat(np.arange(len(before.starts)), counts)
    seconds = _spread(first, counts)
    starts, ends = before.starts[firsts], behind.ends[seconds]
    if bound is not None:
        within = ends <= bound[firsts]
        starts, ends = starts[within], ends[within]
    return Extents(starts, ends)


def _spread(first: Array, counts: Array) -> Array:
    """From each first number on so many, one after the other."""
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    spread: Array = np.arange(total) + np.repeat(first - (ends - counts), counts)
    return spread


def _sorted(found: list[Extents]) -> Extents:
    starts = np.concatenate([one.starts for one in found])
    ends = np.concatenate([one.ends for one in found])
    order = np.lexsort((ends, starts))
    starts, ends = starts[order], ends[order]
    kept = np.ones(len(starts), dtype=bool)
    np.logical_or(starts[1:] != starts[:-1], ends[1:] != ends[:-1], out=kept[1:])
    return Extents(starts[kept], ends[kept])
