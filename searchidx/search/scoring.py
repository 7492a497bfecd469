"""How much a match is worth: BM25F with a reward for being there, every weight in one place.

A word's weighted frequency in an article is ``x = Σ weight · freq / (1 - b + b · length / mean)``
over title and body. The word earns::

    weight · idf · (x · (k1 + 1) / (k1 + x) + presence)
    idf = ln(1 + (N - df + 0.5) / (df + 0.5))
    presence = 2 · (k1 + 1) / n
    weight = 0.25 for a function word beside other words that some article holds, else 1

where ``n`` is how many different words and phrases the query scores, and a query's score is the
sum, times what ``^`` says. (Robertson, Zaragoza and Taylor, "Simple BM25 extension to multiple
weighted fields", CIKM 2004; the idf is Lucene's, never negative; the reward for presence is that of
BM25+, Lv and Zhai, "Lower-bounding term frequency normalization", CIKM 2011, larger the fewer the
words; the weight of function words is ours.) Of two words
of the same weight, an article with both stands above every article with one, however long it is.

``N``, ``df`` and the mean lengths count the live articles of all segments, so a score does not
depend on how the index was cut into segments. Scores are computed in float32.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from searchidx.search.collection import Collection
from searchidx.segment import Array

__all__ = [
    "FIELD_WEIGHTS",
    "FUNCTION_WORD_WEIGHT",
    "FUZZY_DISCOUNT",
    "K1",
    "B",
    "Scoring",
    "presence",
]

K1 = 2.0
B = {"title": 0.5, "body": 0.75}
FIELD_WEIGHTS = {"title": 2.0, "body": 1.0}
FUNCTION_WORD_WEIGHT = 0.25
"""What a function word weighs beside others. This and ``K1`` were chosen on CACM and TIME."""
FUZZY_DISCOUNT = 0.5
"""What an occurrence counts for each edit that it is away from the word asked for."""


def presence(words: int) -> float:
    """What each of so many words earns by being there at all, in units of its idf."""
    return 2 * (K1 + 1) / max(words, 1)


class Scoring:
    """The formula over one collection."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    @cached_property
    def _gains(self) -> tuple[Array, Array]:
        """What one occurrence adds to ``x`` in each article's title, and in its body: float32."""
        collection = self._collection
        lengths = (collection.title_lengths, collection.body_lengths)
        gains = []
        for name, length, mean in zip(
            ("title", "body"), lengths, collection.mean_lengths, strict=True
        ):
            norm = length * np.float32(B[name] / mean)
            norm += np.float32(1 - B[name])
            gains.append(np.divide(np.float32(FIELD_WEIGHTS[name]), norm, dtype=np.float32))
        return gains[0], gains[1]

    def saturated(self, docs: Array, title_freqs: Array | None, body_freqs: Array) -> Array:
        """``x · (k1 + 1) / (k1 + x)`` of a word in title and body: float32, beside ``docs``."""
        title_gain, body_gain = self._gains
        x = body_gain[docs]
        x *= body_freqs
        if title_freqs is not None:
            titled = np.flatnonzero(title_freqs)
            x[titled] += title_freqs[titled] * title_gain[docs[titled]]
        return _saturated(x)

    def saturated_row(self, title_freqs: Array, body_freqs: Array) -> Array:
        """The same of a word with its frequencies in every article, and some 0 behind the last."""
        title_gain, body_gain = self._gains
        size = len(body_gain)
        x = np.zeros(len(body_freqs), dtype=np.float32)
        np.multiply(body_gain, body_freqs[:size], out=x[:size])
        titled = np.flatnonzero(title_freqs)
        x[titled] += title_freqs[titled].astype(np.float32) * title_gain[titled]
        return _saturated(x)

    @staticmethod
    def saturated_field(freqs: Array) -> Array:
        """The same without lengths, for the short fields."""
        return _saturated(freqs.astype(np.float32))


def _saturated(x: Array) -> Array:
    # x (k1 + 1) / (k1 + x), as (k1 + 1) - k1 (k1 + 1) / (k1 + x): fewer passes.
    x += np.float32(K1)
    np.divide(np.float32(-K1 * (K1 + 1)), x, out=x)
    x += np.float32(K1 + 1)
    return x
