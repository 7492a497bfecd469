"""All live articles of an index together, numbered from 0 across its segments."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property

import numpy as np

from searchidx.segment import BODY_GAP, NO_DATE, Array, Segment, radix_order

__all__ = ["Collection"]


class Collection:
    """Segments end to end: article ``d`` of segment ``s`` has the number ``bases[s] + d``.

    Deleted articles keep their numbers and are found by nothing.
    """

    def __init__(self, segments: Sequence[Segment]) -> None:
        self.segments = list(segments)
        sizes = [segment.article_count for segment in self.segments]
        self.bases = [sum(sizes[:at]) for at in range(len(sizes))]
        self.size = sum(sizes)
        self.count = sum(segment.live_count for segment in self.segments)

    def place(self, number: int) -> tuple[Segment, int]:
        """The segment of an article, and its number there."""
        at = len(self.bases) - 1
        while self.bases[at] > number:
            at -= 1
        return self.segments[at], number - self.bases[at]

    def keep(self) -> None:
        """Hold on to what is read from now on; see ``PartsFile.keep``."""
        for segment in self.segments:
            segment.parts.keep()

    def release(self) -> None:
        """Let go of the memory that what was read is mapped to; see ``PartsFile.release``."""
        for segment in self.segments:
            segment.parts.release()

    def boundaries(self, docs: Array, unit: str) -> Array:
        """Where titles end in these articles (ascending), and every ``"sentence"``,
        ``"paragraph"`` or (for any other unit) body: packed places behind the last word,
        ascending, int64."""
        found = [np.zeros(0, dtype=np.int64)]
        for segment, base in zip(self.segments, self.bases, strict=True):
            first, last = docs.searchsorted([base, base + segment.article_count])
            here = docs[first:last]
            if not len(here):
                continue
            titles = (here << 32) + segment.title_lengths[here - base]
            found.append(titles)
            if unit not in ("sentence", "paragraph"):
                found.append(titles + BODY_GAP + segment.body_lengths[here - base])
                continue
            owners, ends, closes = segment.sentences.token_ends(here - base)
            if unit == "paragraph":
                owners, ends = owners[closes], ends[closes]
            found.append(titles[owners] + BODY_GAP + ends)
        return np.sort(np.concatenate(found))

    def idf(self, doc_frequency: int) -> float:
        """The weight of a word that so many live articles hold."""
        return math.log(1 + (self.count - doc_frequency + 0.5) / (doc_frequency + 0.5))

    @cached_property
    def live(self) -> Array | None:
        """Which articles are not deleted: bool, shape ``(size,)``; None means all."""
        if self.count == self.size:
            return None
        return np.concatenate(
            [
                np.ones(segment.article_count, dtype=bool) if segment.live is None else segment.live
                for segment in self.segments
            ]
        )

    @cached_property
    def dates(self) -> Array:
        """Days since 1970-01-01, or NO_DATE: int32, shape ``(size,)``."""
        return self._joined([segment.dates for segment in self.segments])

    @cached_property
    def newest_first(self) -> Array:
        """All articles by date, the newest first, those without a date last: int64."""
        dates = self.dates.astype(np.int64)
        dated = dates != NO_DATE
        latest = int(dates.max(initial=0, where=dated))
        age = np.where(dated, latest - dates, latest - int(dates.min(initial=0, where=dated)) + 1)
        return radix_order(age, int(age.max(initial=0)) + 1)

    @cached_property
    def title_lengths(self) -> Array:
        """Tokens in each title: uint, shape ``(size,)``."""
        return self._joined([segment.title_lengths for segment in self.segments])

    @cached_property
    def body_lengths(self) -> Array:
        """Tokens in each body: uint, shape ``(size,)``."""
        return self._joined([segment.body_lengths for segment in self.segments])

    @cached_property
    def mean_lengths(self) -> tuple[float, float]:
        """Tokens in the average title and body of a live article, at least 1."""
        titles = sum(segment.title_tokens for segment in self.segments)
        bodies = sum(segment.body_tokens for segment in self.segments)
        count = self.count or 1
        return max(titles / count, 1.0), max(bodies / count, 1.0)

    @staticmethod
    def _joined(columns: list[Array]) -> Array:
        if not columns:
            return np.zeros(0, dtype=np.int32)
        return columns[0] if len(columns) == 1 else np.concatenate(columns)
