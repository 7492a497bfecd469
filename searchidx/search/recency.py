"""Newer articles first, as far as that is asked for: a score that fades with age."""

from __future__ import annotations

import numpy as np

from searchidx.search.collection import Collection
from searchidx.search.found import Found
from searchidx.segment import NO_DATE, Array

__all__ = ["faded", "fading"]

_KEPT = 0.5


def fading(collection: Collection, half_life: float) -> Array:
    """What scores are multiplied by: float32, shape ``(size,)``.

    (1 + 2^(-age / half_life)) / 2, where age counts in days back from the newest article of the
    collection, ``half_life`` too: from 1 down to 1/2, which is also that of an article without
    a date.
    """
    dates = collection.dates
    dated = dates != NO_DATE
    ages = int(dates.max(initial=NO_DATE)) - dates.astype(np.float64)
    fresh = np.exp2(-np.maximum(ages, 0) / half_life)
    fresh[~dated] = 0
    return (_KEPT + (1 - _KEPT) * fresh).astype(np.float32)


def faded(found: Found, factors: Array) -> Found:
    """The same articles with scores that fade."""
    assert found.scores is not None
    if found.docs is not None:
        return found._replace(scores=found.scores * factors[found.docs])
    scores = found.scores.copy()  # rows are used again
    scores[: len(factors)] *= factors
    return found._replace(scores=scores)
