"""The inverted lists of a group of fields: which articles hold a term, how often, and where."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from searchidx.segment.lexicon import Lexicon
from searchidx.segment.parts import Array, PartsFile

__all__ = ["BODY_GAP", "PostingList", "Postings", "TextPostings"]

BODY_GAP = 128
"""Positions left free between a title's last word and the body's first."""


@dataclass(frozen=True, slots=True)
class PostingList:
    """One term's postings, as views of the segment's arrays.

    ``doc_ids`` ascend; ``freqs`` and, in the text group, ``title_freqs`` run beside them, all of
    shape ``(postings,)``. ``positions`` (and ``variants``) have ``freqs.sum()`` entries, those of
    each article together and ascending.
    """

    doc_ids: Array
    freqs: Array
    positions: Array
    title_freqs: Array | None = None
    variants: Array | None = None

    def occurrence_docs(self) -> Array:
        """The article of every occurrence: beside ``positions``."""
        return np.repeat(self.doc_ids, self.freqs)


class Postings:
    """A lexicon and the posting list of each of its terms."""

    def __init__(self, parts: PartsFile, group: str) -> None:
        self._parts = parts
        self._group = group
        self.lexicon = Lexicon.of(parts, f"{group}.terms")
        self.term_starts = parts[f"{group}.term_starts"]
        self.position_starts = parts[f"{group}.position_starts"]

    def doc_frequencies(self) -> Array:
        """Articles that hold each term, deleted ones among them: int64, shape ``(terms,)``."""
        return np.diff(self.term_starts.astype(np.int64))

    def __getitem__(self, term: int) -> PostingList:
        """The postings of the term with this number."""
        docs = self._docs(term)
        places = slice(int(self.position_starts[term]), int(self.position_starts[term + 1]))
        return PostingList(
            self._parts[f"{self._group}.doc_ids"][docs],
            self._parts[f"{self._group}.freqs"][docs],
            self._parts[f"{self._group}.positions"][places],
        )

    def doc_ids(self, term: int) -> Array:
        """The articles that hold the term, ascending: int, shape ``(postings,)``."""
        return self._parts[f"{self._group}.doc_ids"][self._docs(term)]

    def _docs(self, term: int) -> slice:
        return slice(int(self.term_starts[term]), int(self.term_starts[term + 1]))


class TextPostings(Postings):
    """Title and body together: stems, with the surface word of every occurrence.

    A title's words have positions from 0, the body's begin ``BODY_GAP`` behind the title's end.
    ``surfaces`` are the normal forms of all words, unstemmed; word ``w`` belongs to the term
    ``surface_terms[w]``, where it is variant ``surface_variants[w]``, and stands
    ``surface_counts[w]`` times in the segment (arrays of shape ``(surfaces,)``).
    """

    def __init__(self, parts: PartsFile) -> None:
        super().__init__(parts, "text")

    @cached_property
    def surfaces(self) -> Lexicon:
        return Lexicon.of(self._parts, "text.surfaces")

    @property
    def surface_terms(self) -> Array:
        return self._parts["text.surface_terms"]

    @property
    def surface_variants(self) -> Array:
        return self._parts["text.surface_variants"]

    @property
    def surface_counts(self) -> Array:
        return self._parts["text.surface_counts"]

    def __getitem__(self, term: int) -> PostingList:
        plain = super().__getitem__(term)
        places = slice(int(self.position_starts[term]), int(self.position_starts[term + 1]))
        return PostingList(
            plain.doc_ids,
            plain.freqs,
            plain.positions,
            self._parts["text.title_freqs"][self._docs(term)],
            self._parts["text.variants"][places],
        )
