"""How much a match is worth: BM25F, with every weight in one place.

A word's weighted frequency in an article is ``x = Σ weight · freq / (1 - b + b · length / mean)``
over title and body; it earns ``idf · x · (k1 + 1) / (k1 + x)`` with
``idf = ln(1 + (N - df + 0.5) / (df + 0.5))``. (Robertson, Zaragoza and Taylor, "Simple BM25
extension to multiple weighted fields", CIKM 2004; the idf is Lucene's, never negative.)
Where any of several words may match, their sum is multiplied by
``(idf of the words that match / idf of all that any article has) ** COVERAGE``. That favours an
article with more of the words and does not promise it the higher place: a much longer one can
still stand below a short one that has fewer.
``N``, ``df`` and the mean lengths count the live articles of all segments, so a score does not
depend on how the index was cut into segments.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from searchidx.segment import Array, Segment

__all__ = ["COVERAGE", "FIELD_WEIGHTS", "FUZZY_DISCOUNT", "K1", "B", "Collection"]

K1 = 1.5
B = {"title": 0.5, "body": 0.75}
FIELD_WEIGHTS = {"title": 2.0, "body": 1.0}
COVERAGE = 0.2
FUZZY_DISCOUNT = 0.5
"""What an occurrence counts for each edit that it is away from the word asked for."""


@dataclass(frozen=True, slots=True)
class Collection:
    """What scoring needs to know of all live articles together. Lengths are in tokens."""

    count: int
    mean_title_length: float
    mean_body_length: float

    @classmethod
    def of(cls, segments: Sequence[Segment]) -> Collection:
        count = sum(segment.live_count for segment in segments)
        titles = bodies = 0
        for segment in segments:
            deleted = segment.deleted
            titles += int(segment.title_lengths.sum(dtype=np.int64))
            bodies += int(segment.body_lengths.sum(dtype=np.int64))
            titles -= int(segment.title_lengths[deleted].sum(dtype=np.int64))
            bodies -= int(segment.body_lengths[deleted].sum(dtype=np.int64))
        return (
            cls(count, max(titles / count, 1.0), max(bodies / count, 1.0))
            if count
            else cls(0, 1.0, 1.0)
        )

    def idf(self, doc_frequency: int) -> float:
        """The weight of a word that so many articles hold."""
        return math.log(1 + (self.count - doc_frequency + 0.5) / (doc_frequency + 0.5))

    def text_scores(
        self, segment: Segment, docs: Array, title_freqs: Array, body_freqs: Array, idf: float
    ) -> Array:
        """BM25F of a word of title or body: float64, beside ``docs``."""
        b_title, b_body = B["title"], B["body"]
        titles = segment.title_lengths[docs] / self.mean_title_length
        bodies = segment.body_lengths[docs] / self.mean_body_length
        x = FIELD_WEIGHTS["title"] * title_freqs / (1 - b_title + b_title * titles)
        x += FIELD_WEIGHTS["body"] * body_freqs / (1 - b_body + b_body * bodies)
        scores: Array = idf * (K1 + 1) * x / (K1 + x)
        return scores

    def field_scores(self, freqs: Array, idf: float) -> Array:
        """BM25 without lengths, for the short fields: float64, beside ``freqs``."""
        scores: Array = idf * (K1 + 1) * freqs / (K1 + freqs)
        return scores
