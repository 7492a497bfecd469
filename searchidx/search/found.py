"""The articles that match a part of a plan, and what they are worth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from searchidx.segment import Array

__all__ = ["NONE", "Found", "count_above_zero", "merged"]


class Found(NamedTuple):
    """Articles that match, in one of two forms.

    Listed: ``docs`` (int64, ascending) with ``scores`` (float32) beside them. As a row: ``docs``
    is None and ``scores`` has an entry for every article, above 0 where it matches; rows are
    padded with zeros to whole windows. ``scores`` is None where the match is worth
    nothing (a filter): then ``mask`` (bool, one entry an article) or ``docs`` says which match.
    ``exact`` (bool, beside ``docs`` or ``scores``) tells which match without a correction;
    None means all. ``total`` is how many match, where that was found on the way.
    """

    docs: Array | None
    scores: Array | None
    exact: Array | None = None
    mask: Array | None = None
    total: int | None = None

    @property
    def reach(self) -> float:
        """How many articles there are to look at."""
        return np.inf if self.docs is None else len(self.docs)


NONE = Found(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32))


def count_above_zero(scores: Array) -> int:
    """How many scores (float32, none below 0) are not 0."""
    # As whole numbers: four times as fast, and no score is negative zero.
    return int(np.count_nonzero(scores.view(np.int32)))


def merged(children: Sequence[Found]) -> Found:
    """The union of listed articles, by sorting them all together."""
    docs = np.concatenate([child.docs for child in children if child.docs is not None])
    order = np.argsort(docs, kind="stable")
    docs = docs[order]
    firsts = np.flatnonzero(np.concatenate([[True], docs[1:] != docs[:-1]]))
    scores = np.concatenate([child.scores for child in children if child.scores is not None])
    exact = None
    if any(child.exact is not None for child in children):
        every = np.concatenate(
            [
                np.ones(int(child.reach), dtype=bool) if child.exact is None else child.exact
                for child in children
            ]
        )
        exact = np.logical_or.reduceat(every[order], firsts)
    return Found(docs[firsts], np.add.reduceat(scores[order], firsts), exact)
