"""One hit a story: of the articles that tell the same, the one that ranks first."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from searchidx.search.collection import Collection
from searchidx.search.found import Found
from searchidx.search.topk import Ranked, first
from searchidx.segment import Array, Stories

__all__ = ["Collapsed", "collapse_stories", "count_stories"]


_SPARE = 6  # so many copies on a page cost no second look


class Collapsed(NamedTuple):
    """Articles to show, and for each how many others of its story were found."""

    ranked: list[Ranked]
    copies: list[int]


def collapse_stories(
    found: Found, collection: Collection, stories: Stories, wanted: int, sort: str
) -> Collapsed:
    """The first articles of the first ``wanted`` stories, in the order of ``topk.first``."""
    fetched = wanted + _SPARE if wanted else 0
    while True:
        ranked = first(found, collection, fetched, sort)
        labels = stories.of_few([number for _, number in ranked])
        if not any(labels):
            return Collapsed(ranked[:wanted], [0] * min(wanted, len(ranked)))
        copies: dict[int, int] = {}
        kept: list[tuple[Ranked, int]] = []
        for one, label in zip(ranked, labels, strict=True):
            if label not in copies:
                others = 0
                if label:
                    others = copies[label] = _count(found, stories.members(label)) - 1
                kept.append((one, others))
        if len(kept) >= wanted or len(ranked) < fetched:
            return Collapsed([one for one, _ in kept[:wanted]], [n for _, n in kept[:wanted]])
        # What is missing may be hidden behind as many copies as those found have.
        fetched += max(wanted, sum(copies.values()))


def count_stories(found: Found, total: int, stories: Stories) -> int:
    """How many stories ``total`` articles found tell, those that are alone in it included."""
    if found.docs is None:
        assert found.scores is not None
        told = stories.labels[found.scores[stories.docs] > 0]
    else:
        told = stories.of(found.docs)
        told = told[told > 0]
    return total - len(told) + int(np.count_nonzero(np.bincount(told)))


def _count(found: Found, docs: Array) -> int:
    """How many of the articles (ascending) are found."""
    if found.docs is None:
        assert found.scores is not None
        return int(np.count_nonzero(found.scores[docs]))
    at = np.minimum(found.docs.searchsorted(docs), len(found.docs) - 1)
    return int(np.count_nonzero(found.docs[at] == docs))
