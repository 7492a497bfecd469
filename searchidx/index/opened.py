"""Segments of the coming generation: what a change deletes in them, and which are to be merged."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

import numpy as np

from searchidx.index.building import TOKENS_A_SEGMENT
from searchidx.index.manifest import SegmentEntry, Tombstones
from searchidx.segment import Array, Row, Segment

__all__ = ["Found", "OpenSegment", "find", "find_all", "full_tier"]

_TIER_BASE = 8  # a tier of segments is this many times larger than the one below it
_TIER_WIDTH = 8  # and is merged when it has so many
# Segments as large as are built at once wait longer, for merging them costs a third of building
# them, and no merge takes more tokens than this: its memory grows with them.
_LARGE_TIER_WIDTH = 9
_MOST_TOKENS = 9 * TOKENS_A_SEGMENT


@dataclass(slots=True)
class OpenSegment:
    """A segment of the coming generation, and its articles that this change deletes.

    ``stories`` has the story of each article (int64, 0 for none); None where they were not
    looked for yet.
    """

    entry: SegmentEntry
    segment: Segment
    gone: set[int] = field(default_factory=set)
    stories: Array | None = None

    @classmethod
    def open(cls, directory: Path, entry: SegmentEntry) -> OpenSegment:
        """A segment that a generation names."""
        return cls(entry, Segment(directory / entry.file, entry.deleted(directory)))

    @classmethod
    def new(cls, path: Path) -> OpenSegment:
        """A segment just written."""
        segment = Segment(path)
        return cls(SegmentEntry(path.stem, segment.article_count), segment)

    @property
    def tokens(self) -> int:
        return int(self.segment.text.position_starts[-1])

    @property
    def deleted(self) -> Array:
        """All that is deleted in it, this change included: int32, ascending."""
        return np.union1d(self.segment.deleted, np.array(sorted(self.gone), dtype=np.int32))

    @property
    def live_docs(self) -> Array:
        """The numbers of the articles that the change leaves: int64, ascending."""
        live = np.ones(self.segment.article_count, dtype=bool)
        live[self.deleted] = False
        return np.flatnonzero(live)

    @property
    def has_deleted(self) -> bool:
        return bool(self.gone) or len(self.segment.deleted) > 0

    def docs_of(self, article_id: str) -> list[int]:
        """The numbers of the articles with this id that the change leaves."""
        return [doc for doc in self.segment.docs_of(article_id) if doc not in self.gone]

    def settled(self, directory: Path, generation: int) -> SegmentEntry:
        """The entry with all deletions written down."""
        recorded = self.entry.tombstones.count if self.entry.tombstones else 0
        if not self.gone and len(self.segment.deleted) == recorded:
            return self.entry
        path = directory / f"{self.entry.name}.{generation}.gone"
        tombstones = Tombstones.write(path, self.deleted)
        return SegmentEntry(self.entry.name, self.entry.articles, tombstones)


class Found(NamedTuple):
    """Where an article lies."""

    opened: OpenSegment
    doc: int

    @property
    def digest(self) -> bytes:
        return self.opened.segment.digest(self.doc)

    @property
    def row(self) -> Row:
        return self.opened.segment.row(self.doc)

    @property
    def origin(self) -> int:
        return int(self.opened.segment.origins[self.doc])

    @property
    def lineage(self) -> str:
        return self.opened.segment.column("lineage")[self.doc]


def find_all(segments: Sequence[OpenSegment], article_id: str) -> Iterator[Found]:
    """The articles with this id that the change leaves."""
    for opened in segments:
        for doc in opened.docs_of(article_id):
            yield Found(opened, doc)


def find(segments: Sequence[OpenSegment], article_id: str) -> Found | None:
    return next(find_all(segments, article_id), None)


def full_tier(segments: Sequence[OpenSegment]) -> list[OpenSegment]:
    """Segments of like size of which there are so many that they are to be one; or none."""
    tiers: dict[int, list[OpenSegment]] = {}
    large: list[OpenSegment] = []
    for opened in segments:
        tokens = opened.tokens
        if 2 * tokens < TOKENS_A_SEGMENT:
            tiers.setdefault(int(math.log(tokens + 1, _TIER_BASE)), []).append(opened)
        elif 2 * tokens < _MOST_TOKENS:
            large.append(opened)
    for tier in sorted(tiers):
        if len(tiers[tier]) >= _TIER_WIDTH:
            return tiers[tier]
    if len(large) < _LARGE_TIER_WIDTH:
        return []
    sizes = accumulate(opened.tokens for opened in large)
    return [one for one, size in zip(large, sizes, strict=True) if size <= _MOST_TOKENS]
