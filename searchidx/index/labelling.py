"""The stories of the articles of a coming generation, segment by segment."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from searchidx.index.building import words_file
from searchidx.index.opened import OpenSegment
from searchidx.segment import Array, Stories

if TYPE_CHECKING:
    from searchidx.index.resemblance import Words

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
    words = [_words_of(one) for one in every]

    def words_of(rows: Array) -> tuple[Array, Array]:
        hashes, counts = [np.zeros(0, dtype=np.uint32)], [np.zeros(0, dtype=np.int64)]
        places = np.searchsorted(rows, bases)
        for at, (first, last) in enumerate(pairwise(places.tolist())):
            if first < last:
                own, sizes = words[at](rows[first:last] - bases[at])
                hashes.append(own)
                counts.append(sizes)
        return np.concatenate(hashes), np.concatenate(counts)

    labels = stories(labels, sketches, int(bases[len(known)]), words_of)
    for one, own in zip(every, np.split(labels, bases[1:-1]), strict=True):
        one.stories = own
    for one in fresh:
        words_file(one.segment.path).unlink(missing_ok=True)


def _words_of(opened: OpenSegment) -> Words:
    """The words of a segment's articles, in ascending order of their numbers.

    Those of a segment just written lie ready; of others the texts are read again.
    """
    from searchidx.index.resemblance import hashed

    segment = opened.segment
    path = words_file(segment.path)
    if opened.stories is not None or not path.exists():
        return hashed(lambda docs: [segment.texts(doc) for doc in docs.tolist()])
    hashes = np.memmap(path, dtype=np.uint32, mode="r") if path.stat().st_size else np.zeros(0)
    lengths = segment.title_lengths.astype(np.int64) + segment.body_lengths
    ends = np.cumsum(lengths)

    def words(docs: Array) -> tuple[Array, Array]:
        counts = lengths[docs]
        firsts = np.repeat(ends[docs] - np.cumsum(counts), counts)
        return np.asarray(hashes[firsts + np.arange(len(firsts))], dtype=np.uint32), counts

    return words


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
