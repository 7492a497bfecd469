"""The words that live articles hold, and those near to a word that none holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from searchidx.analysis import inflected_alike, stem
from searchidx.query import Node, Term
from searchidx.search.leaves import Leaf, Plan
from searchidx.search.matching import Matcher
from searchidx.search.near_words import NearWords
from searchidx.search.results import Correction
from searchidx.segment import Array, Lexicon, Segment, TextPostings

__all__ = ["Vocabulary", "edit_budget"]

Outcome = tuple[Node, Plan, list[Correction], list[str]]
"""A word as it was understood, its plan, and what is to be said about it."""


_MOST_FORMS = 10_000


def edit_budget(word: str) -> int:
    """How many edits a correction of the word may be away: one from 4 letters, two from 8."""
    if any(letter.isdigit() for letter in word):
        return 0
    return 0 if len(word) < 4 else 1 if len(word) < 8 else 2


class Vocabulary:
    """The words of all segments, in normal form. ``field=None`` means title and body."""

    def __init__(self, segments: Sequence[Segment], matcher: Matcher) -> None:
        self._segments = segments
        self._matcher = matcher
        self._forms: dict[str, list[str]] = {}
        self._near: dict[str | None, NearWords] = {}
        self.understood: dict[tuple[Term, bool], Outcome] = {}
        """What became of words that were asked for: ``expand`` keeps it here."""

    def matches(self, leaf: Leaf) -> bool:
        """Whether any live article matches the leaf."""
        return len(self._matcher.match(leaf).docs) > 0

    def holds(self, word: str, field: str | None) -> bool:
        """Whether a live article has the word, or in title and body an inflection of it."""
        return any(self._holds(segment, word, field) for segment in self._segments)

    def has_stem_of(self, word: str, field: str | None) -> bool:
        """Whether a live article has any word of the same stem; other fields are not stemmed."""
        if field is not None:
            return self.holds(word, field)
        for segment in self._segments:
            number = segment.text.lexicon.find(stem(word))
            if number is not None and _any_live(segment, segment.text.doc_ids(number)):
                return True
        return False

    @staticmethod
    def _holds(segment: Segment, word: str, field: str | None) -> bool:
        if field is not None:
            number = segment.field(field).lexicon.find(word)
            return number is not None and _any_live(segment, segment.field(field).doc_ids(number))
        text = segment.text
        if segment.live is None and text.surfaces.find(word) is not None:
            return True
        number = text.lexicon.find(stem(word))
        if number is None:
            return False
        variants = [
            variant
            for variant, surface in enumerate(text.surfaces_of(number).tolist())
            if inflected_alike(word, text.surfaces[surface])
        ]
        segment.parts.release()
        if not variants or segment.live is None:
            return bool(variants)
        listed = text[number]
        these = np.isin(listed.variants, variants)
        return _any_live(segment, listed.occurrence_docs()[these])

    def forms(self, stem_: str) -> list[str]:
        """The words of a stem that stand in titles and bodies, deleted articles' among them."""
        known = self._forms.get(stem_)
        if known is None:
            found: set[str] = set()
            for segment in self._segments:
                text = segment.text
                number = text.lexicon.find(stem_)
                if number is not None:
                    found.update(text.surfaces[w] for w in text.surfaces_of(number).tolist())
                segment.parts.release()
            if len(self._forms) >= _MOST_FORMS:
                self._forms.clear()
            known = self._forms[stem_] = sorted(found)
        return known

    def within(self, word: str, edits: int, field: str | None) -> dict[str, int]:
        """The words at most so many edits away, with their edits; the word itself is left out."""
        near = self._near.get(field)
        if near is None:
            lexicons = [self._lexicon(segment, field) for segment in self._segments]
            near = self._near[field] = NearWords(lexicons)
        found = near.within(word, edits)
        found.pop(word, None)
        return found

    def correction(self, word: str, field: str | None) -> tuple[str, int] | None:
        """The best known word for one that no article holds, and its edits.

        An edit of the first letter counts double against the budget; of several words equally
        near, one with the same letters is taken first, then the one that occurs most often.
        """
        budget = edit_budget(word)
        for edits in range(1, budget + 1):
            # A word at the full cost of so many edits may also lie fewer edits away.
            best = self._nearest(word, edits, field)
            if best is not None:
                return best
        return None

    def _nearest(self, word: str, budget: int, field: str | None) -> tuple[str, int] | None:
        priced = []
        near = self.within(word, budget, field)
        counts = self._counts(near, field)
        for other, edits in near.items():
            cost = edits + (other[0] != word[0])
            if cost <= budget and not any(letter.isdigit() for letter in other):
                swapped = sorted(other) == sorted(word)
                priced.append((cost, not swapped, -counts[other], other, edits))
        for _, _, _, other, edits in sorted(priced):
            if self.holds(other, field):
                return other, edits
        return None

    def _counts(self, words: Mapping[str, int], field: str | None) -> dict[str, int]:
        counts = dict.fromkeys(words, 0)
        for segment in self._segments:
            lexicon = self._lexicon(segment, field)
            for word in words:
                number = lexicon.find(word)
                if number is None:
                    continue
                if field is None:
                    counts[word] += _occurrence_count(segment.text, number)
                else:
                    counts[word] += len(segment.field(field).doc_ids(number))
        return counts

    @staticmethod
    def _lexicon(segment: Segment, field: str | None) -> Lexicon:
        return segment.text.surfaces if field is None else segment.field(field).lexicon


def _occurrence_count(text: TextPostings, surface: int) -> int:
    """How often a surface word stands in the segment."""
    listed = text[int(text.surface_terms[surface])]
    return int((listed.variants == text.variant_of(surface)).sum())


def _any_live(segment: Segment, docs: Array) -> bool:
    return segment.live is None or bool(segment.live[docs].any())
