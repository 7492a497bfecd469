"""One hit a story: of the articles that tell the same, the one that ranks first."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from searchidx.search.collection import Collection
from searchidx.search.found import Found
from searchidx.search.topk import Ranked, first
from searchidx.segment import Array, Stories

__all__ = ["Collapsed", "collapse_stories"]


class Collapsed(NamedTuple):
    """``ranked`` are the articles shown; ``copies`` has for each how many others of its story
    were found; ``hidden`` counts the articles found that are not the first of theirs."""

    ranked: list[Ranked]
    copies: list[int]
    hidden: int


def collapse_stories(
    found: Found, collection: Collection, stories: Stories, wanted: int, sort: str
) -> Collapsed:
    """The first articles of the first ``wanted`` stories, in the order of ``topk.first``."""
    labels = stories.labels[_matched(found, stories.docs)]
    told, counts = np.unique(labels, return_counts=True)
    hidden = int(counts.sum()) - len(told)
    others = dict(zip(told.tolist(), (counts - 1).tolist(), strict=True))
    fetched = wanted
    while True:
        ranked = first(found, collection, fetched, sort)
        kept: list[Ranked] = []
        copies: list[int] = []
        seen = set()
        of = stories.of(np.array([number for _, number in ranked], dtype=np.int64))
        for one, label in zip(ranked, of.tolist(), strict=True):
            if label and label in seen:
                continue
            seen.add(label)
            kept.append(one)
            copies.append(others.get(label, 0))
        if len(kept) >= wanted or len(ranked) < fetched:
            return Collapsed(kept[:wanted], copies[:wanted], hidden)
        # As many more as copies can stand between them, at most.
        fetched = min(2 * fetched, wanted + hidden)


def _matched(found: Found, docs: Array) -> Array:
    """Which of the articles (ascending) are found: bool."""
    if found.docs is None:
        assert found.scores is not None
        matched: Array = found.scores[docs] > 0
        return matched
    if not len(found.docs):
        return np.zeros(len(docs), dtype=bool)
    at = np.minimum(found.docs.searchsorted(docs), len(found.docs) - 1)
    present: Array = found.docs[at] == docs
    return present
