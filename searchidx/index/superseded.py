"""Where rows go that were replaced or removed: segments of their own."""

from __future__ import annotations

from pathlib import Path

from searchidx.index.building import TOKENS_A_SEGMENT, segment_name
from searchidx.segment import Row
from searchidx.segment.builder import SegmentBuilder

__all__ = ["Superseded"]


class Superseded:
    """Collects rows that were replaced or removed, and writes them as segments."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._builder = SegmentBuilder()
        self.written: list[Path] = []

    def add(self, row: Row) -> None:
        """Take a row."""
        self._builder.add((row,))
        if self._builder.tokens >= TOKENS_A_SEGMENT:
            self._write()

    def finish(self) -> list[Path]:
        """Write what was added; gives the files of all segments, which are the caller's now."""
        if len(self._builder):
            self._write()
        written, self.written = self.written, []
        return written

    def _write(self) -> None:
        path = self._directory / f"{segment_name()}.sidx"
        self.written.append(path)
        self._builder.write(path)
