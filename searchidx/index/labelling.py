"""The stories of the articles of a coming generation, segment by segment."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from searchidx.index.opened import OpenSegment
from searchidx.segment import Array, Stories

__all__ = ["cluster", "joined", "spread"]


def spread(segments: Sequence[OpenSegment], path: Path | None) -> None:
    """Give each segment the stories of its articles, as a generation has them; None: no stories."""
    sizes = [one.segment.article_count for one in segments]
    labels = np.zeros(sum(sizes), dtype=np.int64)
    if path is not None:
        stored = Stories(path)
        labels[stored.docs] = stored.labels
    for one, own in zip(segments, np.split(labels, np.cumsum(sizes)[:-1]), strict=True):
        one.stories = own


def cluster(segments: Sequence[OpenSegment]) -> None:
    """Find the stories of the articles in segments that have none yet."""
    fresh = [one for one in segments if one.stories is None]
    if not fresh:
        return
    from searchidx.analysis.shingles import NO_SHINGLE
    from searchidx.index.stories import stories

    known = [one for one in segments if one.stories is not None]
    every = [*known, *fresh]
    sketches = np.concatenate([one.segment.sketches for one in every])
    labels = np.concatenate(
        [
            np.zeros(one.segment.article_count, np.int64) if one.stories is None else one.stories
            for one in every
        ]
    )
    bases = np.cumsum([0, *(one.segment.article_count for one in every)])
    for one, base in zip(every, bases.tolist(), strict=False):
        deleted = one.deleted + base
        sketches[deleted] = NO_SHINGLE
        labels[deleted] = 0

    def texts(rows: Array) -> list[tuple[bytes, bytes]]:
        found = []
        for row in rows.tolist():
            at = int(bases.searchsorted(row, side="right")) - 1
            found.append(every[at].segment.texts(row - int(bases[at])))
        return found

    labels = stories(labels, sketches, int(bases[len(known)]), texts)
    for one, own in zip(every, np.split(labels, bases[1:-1]), strict=True):
        one.stories = own


def joined(segments: Sequence[OpenSegment]) -> Array:
    """The stories of all articles end to end (int64), of those that two or more still tell.

    Segments of which no article is left are passed over, as the manifest has them not.
    """
    found = [np.zeros(0, dtype=np.int64)]
    for one in segments:
        if len(one.live_docs):
            own = np.zeros(one.segment.article_count, dtype=np.int64)
            if one.stories is not None:
                own[one.live_docs] = one.stories[one.live_docs]
            found.append(own)
    labels = np.concatenate(found)
    told = np.flatnonzero(labels)
    _, members, counts = np.unique(labels[told], return_inverse=True, return_counts=True)
    labels[told[(counts < 2)[members]]] = 0
    return labels
