"""Shingles of articles, and sketches by which articles that share many are found.

A shingle is a pair of neighbouring words, function words left out: what an edit changes of an
article is only the pairs around the words that it touches, and moving a paragraph changes next to
nothing. The sketch of an article is its ``SKETCH_SIZE`` smallest shingles by hash, the same of any
article that has them: of two articles that share the part r of all their shingles, each hash of
a sketch is in the other with a probability near r (A. Broder, "On the resemblance and containment
of documents", SEQUENCES 1997, section 3: the sketch M_s, which later came to be called bottom-k
MinHash).
"""

from __future__ import annotations

from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt

from searchidx.analysis.function_words import FUNCTION_WORDS
from searchidx.analysis.numbering import WordNumbers
from searchidx.analysis.tokenizer import is_cjk

__all__ = [
    "CJK",
    "FIGURE",
    "NO_SHINGLE",
    "SKETCH_SIZE",
    "WordHashes",
    "figures",
    "shingles",
    "sketches",
]

Array = npt.NDArray[Any]

SKETCH_SIZE = 8
"""Hashes in a sketch: four bytes each for every article of an index."""

NO_SHINGLE = 0xFFFF_FFFF
"""What fills a sketch where the article has fewer shingles; all of it where the article is short.
"""

_FEWEST = 14  # with fewer shingles, articles are alike by chance or by form
_BATCH_TOKENS = 1 << 15
_BATCH_ARTICLES = 1 << 16  # so many have numbers of 16 bits
_SPARE = 3  # times as many hashes are looked at as a sketch is likely to need
_FIRST = np.uint64(0x9E3779B97F4A7C15)  # odd, near 2**64 / golden ratio (Knuth, TAOCP 3, 6.4)
_SECOND = np.uint64(0xC2B2AE3D27D4EB4F)
_HIGH = np.uint64(32)

FIGURE, CJK = 1, 2
"""Bits of the hash of a word."""


class WordHashes:
    """A hash of every word that ``words`` numbers, the same in every process.

    Function words have 0; of the others the bit ``FIGURE`` tells those that begin with a digit,
    ``CJK`` pairs of Chinese characters.
    """

    def __init__(self, words: WordNumbers) -> None:
        self._words = words
        self._known = np.zeros(1 << 14, dtype=np.uint32)
        self._count = 0

    def all(self) -> Array:
        """The hashes (uint32) by the numbers of the words so far; each is found once."""
        words = self._words.words
        while len(words) > len(self._known):
            self._known = np.concatenate([self._known, np.zeros_like(self._known)])
        fresh = words[self._count :]
        self._known[self._count : len(words)] = [_word_hash(word) for word in fresh]
        self._count = len(words)
        return self._known[: self._count]


def _word_hash(word: str) -> int:
    if word in FUNCTION_WORDS:
        return 0
    kind = FIGURE if word[:1].isdigit() else CJK if is_cjk(word) else 0
    return (crc32(word.encode("utf-8", "surrogatepass")) & ~(FIGURE | CJK) | kind) or CJK << 1


def shingles(numbers: Array, counts: Array, hashes: Array) -> tuple[Array, Array]:
    """The hashes of the articles' shingles (uint64) end to end, as they come; and how many each.

    ``numbers`` are the articles' words end to end, ``counts`` how many words each has, and
    ``hashes`` what WordHashes gives.
    """
    words = hashes.take(numbers)
    meant = np.flatnonzero(words != 0)
    # Kept words before each article's end, so that no pair runs from one to the next.
    kept = np.searchsorted(meant, np.cumsum(counts))
    words = words.take(meant).astype(np.uint64)
    pairs = words[:-1] * _FIRST
    pairs ^= pairs >> _HIGH
    pairs += words[1:]
    pairs *= _SECOND
    pairs ^= pairs >> _HIGH
    pairs *= _FIRST
    sizes = np.diff(kept, prepend=0)
    within = np.ones(len(pairs), dtype=bool)
    last = kept[(sizes > 0) & (kept <= len(pairs))] - 1
    within[last] = False
    return pairs[within], np.maximum(sizes - 1, 0)


def figures(words: Array, counts: Array) -> tuple[Array, Array]:
    """The hashes of the articles' figures (uint64) end to end, as they come; and how many each.

    ``words`` are the hashes of the articles' words end to end, ``counts`` how many each has.
    Neighbouring words of digits are one figure: those of ``8-3/4``, ``338,000`` or ``1.05``.
    """
    meant = np.zeros(len(words) + 1, dtype=bool)
    meant[:-1] = (words & np.uint32(FIGURE)) != 0
    ends = np.cumsum(counts)
    begins = meant.copy()
    begins[1:] &= ~meant[:-1]
    firsts = (ends - counts)[counts > 0]
    begins[firsts] = meant[firsts]
    starts = np.flatnonzero(begins)
    digits = np.flatnonzero(meant)
    runs = np.searchsorted(digits, starts)
    # Each word counts by its place in the run, so that 1.05 is not 5.01.
    places = np.arange(len(digits)) - np.repeat(runs, np.diff(runs, append=len(digits)))
    mixed = words[digits].astype(np.uint64) * _FIRST
    mixed ^= mixed >> _HIGH
    mixed *= _SECOND + np.uint64(2) * places.astype(np.uint64)
    mixed ^= mixed >> _HIGH
    found = np.add.reduceat(mixed, runs) if len(runs) else mixed
    before = np.searchsorted(starts, ends)
    return found, np.diff(before, prepend=0)


def sketches(numbers: Array, counts: Array, hashes: Array) -> Array:
    """The sketch of each article, one a row (uint32, articles x SKETCH_SIZE).

    ``numbers`` are the words of title and body of the articles end to end (int32), as WordNumbers
    gives them, ``counts`` how many each article has, ``hashes`` what WordHashes gives. A row has
    the low halves of the article's smallest shingles, in the order of the whole hashes.
    """
    found = np.full((len(counts), SKETCH_SIZE), NO_SHINGLE, dtype=np.uint32)
    ends = np.cumsum(counts)
    first = done = 0
    while first < len(counts):
        # So many articles at a time that the arrays stay in the processor's cache.
        last = max(first + 1, int(np.searchsorted(ends, done + _BATCH_TOKENS)))
        last = min(last, first + _BATCH_ARTICLES)
        end = int(ends[last - 1])
        _sketch(found[first:last], *shingles(numbers[done:end], counts[first:last], hashes))
        first, done = last, end
    return found


def _sketch(found: Array, pairs: Array, sizes: Array) -> None:
    # Below this share of all hashes lie enough of an article's, nearly always: the rest need
    # not be sorted.
    share = _SPARE * SKETCH_SIZE / np.maximum(sizes, 1)
    limits = np.where(share < 1, share * 2.0**64, 2.0**64 - 2**11).astype(np.uint64)
    low = np.flatnonzero(pairs <= np.repeat(limits, sizes))
    ends = np.cumsum(sizes)
    taken = _fill(found, np.searchsorted(ends, low, side="right"), pairs[low])
    short = (taken < SKETCH_SIZE) & (share < 1)
    if short.any():  # words that come again and again
        articles = np.repeat(np.arange(len(sizes)), sizes)
        rest = short[articles]
        _fill(found, articles[rest], pairs[rest])
    found[sizes < _FEWEST] = NO_SHINGLE


def _fill(found: Array, articles: Array, pairs: Array) -> Array:
    """Put the smallest of an article's hashes into its row; gives how many each has."""
    order = np.argsort(pairs)
    order = order[np.argsort(articles[order].astype(np.uint16), kind="stable")]
    articles, pairs = articles[order], pairs[order]
    new = np.ones(len(pairs), dtype=bool)
    new[1:] = (pairs[1:] != pairs[:-1]) | (articles[1:] != articles[:-1])
    articles, pairs = articles[new], pairs[new]
    sizes = np.bincount(articles, minlength=len(found))
    places = np.arange(len(pairs)) - (np.cumsum(sizes) - sizes)[articles]
    first = places < SKETCH_SIZE
    found[articles[first], places[first]] = pairs[first].astype(np.uint32)
    return sizes
