"""Walks the postings of a term, or the terms of a vector, as Whoosh's queries do."""

from __future__ import annotations

import copy
from bisect import bisect_left
from collections.abc import Sequence
from typing import Any, NamedTuple, Self

from whoosh.formats import Format
from whoosh.matching import LeafMatcher, ReadTooFar

from searchidx.segment.parts import Array
from searchidx.segment.whoosh_codec.drop_in.runs import Run

__all__ = ["BlockStats", "RunMatcher"]


class BlockStats(NamedTuple):
    """What a search can know of each block of a run before it reads the block.

    Each array has the shape ``(blocks,)``; lengths are the documents' words in the field.
    """

    max_weights: Array
    min_lengths: Array
    max_lengths: Array


class RunMatcher(LeafMatcher):
    """Reads a run block by block: what is skipped is never turned into Python's numbers."""

    def __init__(
        self,
        ids: Sequence[Any],
        run: Run,
        stats: BlockStats | None,
        block_size: int,
        format_: Format,
        term: tuple[str, bytes] | None = None,
        scorer: Any = None,
    ) -> None:
        self._all_ids = ids
        self._run = run
        self._stats = stats
        self._block_size = block_size
        self.format = format_
        self._term = term
        self.scorer = scorer
        self._at = self._block = self._first = self._end = 0
        self._ids: list[Any] | None = None
        self._weights: list[float] | None = None
        self._values: list[bytes] | None = None
        self.reset()

    def reset(self) -> None:
        self._enter(0)

    def copy(self) -> Self:
        return copy.copy(self)

    def is_active(self) -> bool:
        return self._at < self._run.length

    def id(self) -> Any:
        if self._ids is None:
            self._ids = list(self._all_ids[self._first : self._end])
        return self._ids[self._at - self._first]

    def weight(self) -> float:
        if self._weights is None:
            self._weights = self._run.weights(self._first, self._end)
        return self._weights[self._at - self._first]

    def value(self) -> bytes:
        if self._values is None:
            self._values = self._run.values(self._first, self._end)
        return self._values[self._at - self._first]

    def next(self) -> bool:
        """Go on by one posting; true where that begins a block, so its quality may differ."""
        if self._at >= self._run.length:
            raise ReadTooFar
        self._at += 1
        if self._at < self._end:
            return False
        self._enter(self._at)
        return True

    def skip_to(self, targetid: Any) -> None:
        if not self.is_active():
            raise ReadTooFar
        if targetid <= self.id():
            return
        at = bisect_left(self._all_ids, targetid, self._at + 1)
        if at < self._end:
            self._at = at
        else:
            self._enter(at)

    def skip_to_quality(self, minquality: float) -> int:
        skipped = 0
        while self.is_active() and self.block_quality() <= minquality:
            self._enter(self._end)
            skipped += 1
        return skipped

    def block_min_id(self) -> Any:
        return self._all_ids[self._first]

    def block_max_id(self) -> Any:
        return self._all_ids[self._end - 1]

    def block_min_length(self) -> int:
        return 0 if self._stats is None else int(self._stats.min_lengths[self._block])

    def block_max_length(self) -> int:
        return 0 if self._stats is None else int(self._stats.max_lengths[self._block])

    def block_max_weight(self) -> float:
        if self._stats is None:
            return max(self._run.weights(self._first, self._end))
        return float(self._stats.max_weights[self._block])

    def _enter(self, at: int) -> None:
        size = self._block_size
        self._at = at
        self._block = at // size
        self._first = self._block * size
        self._end = min(self._first + size, self._run.length)
        self._ids = self._weights = self._values = None
