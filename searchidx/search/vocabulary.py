"""The words that live articles hold, and those near to a word that none holds.

Nearness is the Damerau-Levenshtein distance (F. Damerau, "A technique for computer detection
and correction of spelling errors", CACM 7(3), 1964): insertions, deletions, substitutions and
transpositions of neighbours, each one edit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from searchidx.analysis import stem
from searchidx.search.leaves import Leaf
from searchidx.search.matching import match_leaf
from searchidx.segment import Lexicon, Segment

__all__ = ["Vocabulary", "edit_budget"]


def edit_budget(word: str) -> int:
    """How many edits a correction of the word may be away: one from 4 letters, two from 8."""
    if any(letter.isdigit() for letter in word):
        return 0
    return 0 if len(word) < 4 else 1 if len(word) < 8 else 2


class Vocabulary:
    """The words of all segments, in normal form. ``field=None`` means title and body."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self._segments = segments

    def matches(self, leaf: Leaf) -> bool:
        """Whether any live article matches the leaf."""
        return any(len(match_leaf(leaf, segment).docs) for segment in self._segments)

    def holds(self, word: str, field: str | None) -> bool:
        """Whether a live article has the word, or in title and body any form of its stem."""
        for segment in self._segments:
            if field is None:
                postings = segment.text
                number = postings.lexicon.find(stem(word))
                docs = None if number is None else postings.doc_ids(number)
            else:
                lexicon = segment.field(field).lexicon
                number = lexicon.find(word)
                docs = None if number is None else segment.field(field).doc_ids(number)
            if docs is not None and (segment.live is None or segment.live[docs].any()):
                return True
        return False

    def within(self, word: str, edits: int, field: str | None) -> dict[str, int]:
        """The words at most so many edits away, with their edits; the word itself is left out."""
        found: dict[str, int] = {}
        for segment in self._segments:
            found |= _near(self._lexicon(segment, field), word, edits)
        found.pop(word, None)
        return found

    def correction(self, word: str, field: str | None) -> tuple[str, int] | None:
        """The best known word for one that no article holds, and its edits.

        An edit of the first letter counts double against the budget; of several words equally
        near, the one that occurs most often is taken, then the first by alphabet.
        """
        budget = edit_budget(word)
        if not budget:
            return None
        priced = []
        near = self.within(word, budget, field)
        counts = self._counts(near, field)
        for other, edits in near.items():
            cost = edits + (other[0] != word[0])
            if cost <= budget and not any(letter.isdigit() for letter in other):
                priced.append((cost, -counts[other], other, edits))
        for _, _, other, edits in sorted(priced):
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
                    counts[word] += int(segment.text.surface_counts[number])
                else:
                    counts[word] += len(segment.field(field).doc_ids(number))
        return counts

    @staticmethod
    def _lexicon(segment: Segment, field: str | None) -> Lexicon:
        return segment.text.surfaces if field is None else segment.field(field).lexicon


def _near(lexicon: Lexicon, word: str, edits: int) -> dict[str, int]:
    from rapidfuzz import process
    from rapidfuzz.distance import DamerauLevenshtein

    # A word's bytes are at least its letters and at most four times as many.
    lengths = lexicon.lengths()
    widest = (len(word) + edits) * (1 if word.isascii() else 4)
    numbers = np.flatnonzero((lengths >= len(word) - edits) & (lengths <= widest))
    words = [lexicon[number] for number in numbers.tolist()]
    found = process.extract(
        word, words, scorer=DamerauLevenshtein.distance, score_cutoff=edits, limit=None
    )
    return {near: int(distance) for near, distance, _ in found}
