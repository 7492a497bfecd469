"""The first k of many, in an order that is the same every time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from searchidx.segment import NO_DATE, Array, Segment

__all__ = ["Candidates", "Ranked", "first"]


@dataclass(frozen=True, slots=True)
class Candidates:
    """The articles of one segment that were found: ``docs`` ascend, ``scores`` beside them."""

    segment: Segment
    docs: Array
    scores: Array


@dataclass(frozen=True, slots=True)
class Ranked:
    """One article in its place."""

    segment: Segment
    doc: int
    score: float


def first(found: Sequence[Candidates], k: int, sort: str) -> list[Ranked]:
    """The first ``k`` articles by ``"relevance"``, ``"newest"`` or ``"oldest"``.

    By relevance ties go to the newer article; by date to the better score; then, for both, to
    the smaller id. Articles without a date stand last.
    """
    leading = []
    for candidates in found:
        keys = _keys(candidates, sort)
        segment = candidates.segment
        for place in _first_of_segment(keys, candidates, k):
            doc = int(candidates.docs[place])
            order = tuple(float(key[place]) for key in keys)
            row = Ranked(segment, doc, float(candidates.scores[place]))
            leading.append((order, segment.article_id(doc), row))
    leading.sort(key=lambda entry: entry[:2])
    return [row for _, _, row in leading[:k]]


def _keys(candidates: Candidates, sort: str) -> tuple[Array, Array]:
    scores = -candidates.scores
    dates = candidates.segment.dates[candidates.docs].astype(np.int64)
    last = np.iinfo(np.int64).max
    if sort == "oldest":
        return np.where(dates == NO_DATE, last, dates), scores
    newest = np.where(dates == NO_DATE, last, -dates)
    return (newest, scores) if sort == "newest" else (scores, newest)


def _first_of_segment(keys: tuple[Array, Array], candidates: Candidates, k: int) -> list[int]:
    major, minor = keys
    if len(major) > k:
        # Everything that ties with the k-th stays in, for the other keys to settle.
        kept = np.flatnonzero(major <= np.partition(major, k - 1)[k - 1]) if k else major[:0]
    else:
        kept = np.arange(len(major))
    kept = kept.astype(np.int64)
    if len(kept) > k:
        ranks = candidates.segment.id_ranks[candidates.docs[kept]]
        order = np.lexsort((ranks, minor[kept], major[kept]))
        kept = kept[order[:k]]
    places: list[int] = kept.tolist()
    return places
