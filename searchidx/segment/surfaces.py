"""The surface words of a segment and the terms that they belong to, sorted and joined."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from searchidx.analysis import stems
from searchidx.analysis.numbering import WordNumbers
from searchidx.segment.codes import radix_order
from searchidx.segment.lexicon import Lexicon
from searchidx.segment.parts import Array, narrow

__all__ = ["Surfaces", "WordOrder", "encoded", "stemmed"]


class Surfaces(NamedTuple):
    """The surface words of a segment in their order.

    ``term_of`` and ``variants`` tell of each word its term and which of the term's words it is
    (int64); ``variant_counts`` how many words each of the ``terms`` has, which are sorted.
    """

    words: Sequence[str]
    terms: Sequence[str]
    term_of: Array
    variants: Array
    variant_counts: Array
    by_term: Array

    def parts(self) -> dict[str, Array]:
        """The arrays to store."""
        starts = np.concatenate([[0], np.cumsum(self.variant_counts)])
        parts = Lexicon.parts("text.surfaces", encoded(self.words))
        parts["text.surface_terms"] = narrow(self.term_of)
        parts["text.surfaces_by_term"] = narrow(self.by_term)
        parts["text.surface_starts"] = narrow(starts)
        return parts


def stemmed(words: Sequence[str]) -> Surfaces:
    """Sorted words and their stems."""
    own = stems(words)
    terms = sorted(set(own))
    numbers = {term: number for number, term in enumerate(terms)}
    return _joined(words, terms, np.fromiter(map(numbers.__getitem__, own), np.int64, len(own)))


def _joined(words: Sequence[str], terms: Sequence[str], term_of: Array) -> Surfaces:
    by_term = radix_order(term_of, len(terms))
    counts = np.bincount(term_of, minlength=len(terms))
    variants = np.empty(len(words), dtype=np.int64)
    variants[by_term] = np.arange(len(words)) - np.repeat(np.cumsum(counts) - counts, counts)
    return Surfaces(words, terms, term_of, variants, counts, by_term)


class WordOrder:
    """The order of all words that are numbered, and of their stems.

    It is kept from one segment to the next, so that only words that are new are sorted.
    """

    def __init__(self, words: WordNumbers) -> None:
        self._words = words
        self._stem_numbers: dict[str, int] = {}
        self._stem_of = np.zeros(0, dtype=np.int32)
        self._by_word = np.zeros(0, dtype=np.int32)
        self._by_stem = np.zeros(0, dtype=np.int32)

    def __len__(self) -> int:
        return len(self._words.words)

    def used(self, numbers: Array) -> tuple[Array, Surfaces]:
        """The surface words of a segment whose tokens have these numbers, each of which may come
        again; beside the numbers of the words (int32) in their order."""
        words = self._words.words
        self._take_new()
        held = np.bincount(numbers, minlength=len(words)) > 0
        ranked = self._by_word[held[self._by_word]]
        stem_of = self._stem_of[ranked]
        held = np.zeros(len(self._by_stem), dtype=bool)
        held[stem_of] = True
        used = self._by_stem[held[self._by_stem]]
        places = np.zeros(len(held), dtype=np.int64)
        places[used] = np.arange(len(used))
        every = list(self._stem_numbers)
        terms = [every[number] for number in used.tolist()]
        spelled = [words[number] for number in ranked.tolist()]
        return ranked, _joined(spelled, terms, places[stem_of])

    def _take_new(self) -> None:
        words, known = self._words.words, self._stem_numbers
        fresh = self._words.stems[len(self._stem_of) :]
        numbers = [known.setdefault(stem, len(known)) for stem in fresh]
        self._stem_of = np.concatenate([self._stem_of, np.array(numbers, dtype=np.int32)])
        self._by_word = _extended(self._by_word, words)
        self._by_stem = _extended(self._by_stem, list(known))


def _extended(order: Array, words: Sequence[str]) -> Array:
    """The order of words, of which there were fewer before: sorting finds those in order."""
    every = [*order.tolist(), *range(len(order), len(words))]
    every.sort(key=words.__getitem__)
    return np.array(every, dtype=np.int32)


def encoded(words: Sequence[str]) -> list[bytes]:
    """Words, in which there is no white space, as UTF-8."""
    return "\n".join(words).encode().split(b"\n") if words else []
