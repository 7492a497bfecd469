"""Segments out of many articles, by as many processes as there are cores to run them.

The articles come from one iterator, so one process reads them and hands batches to the others,
through memory that they share; while those are busy it builds a segment of its own. Every
process writes the segments that it builds, and tells only their names.
"""

from __future__ import annotations

import gc
import mmap
import multiprocessing
import os
import pickle
import secrets
import sys
import threading
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path

from searchidx.errors import IndexDirectoryError
from searchidx.index.garbage import uncollected
from searchidx.segment import Row
from searchidx.segment.builder import SegmentBuilder

__all__ = ["TOKENS_A_SEGMENT", "Builders", "segment_name", "words_file"]

TOKENS_A_SEGMENT = 4_000_000
"""Tokens that a process holds in memory before it writes them as a segment."""

_BATCH = 256
_SLOT_BYTES = 8 << 20
_SLOTS = 2  # one being worked on, one waiting
_ALONE = 3 * _BATCH  # so few articles are built before another process would have begun
_FINISH = b""


def segment_name() -> str:
    """A new name for a segment, as Whoosh names them."""
    return f"MAIN_{secrets.token_hex(8)}"


def words_file(segment: Path) -> Path:
    """Where the words of a segment just written lie until its stories are found."""
    return segment.with_suffix(".words")


class Builders:
    """Spreads rows over processes; ``finish`` gives the paths of the segments written.

    ``processes`` counts this one. Others are forked when there is work for them, where that is
    safe: on Linux, in a program of one thread.
    """

    def __init__(self, directory: Path, processes: int | None = None) -> None:
        self._directory = directory
        self._builder = SegmentBuilder()
        self._batch: list[Row] = []
        self._helpers: list[_Helper] = []
        self._wanted = (processes or os.cpu_count() or 1) - 1
        self._taken = 0
        self.written: list[Path] = []

    def add(self, row: Row) -> None:
        """Take one row."""
        self._batch.append(row)
        if len(self._batch) >= _BATCH:
            with uncollected():
                self._hand_on()

    def take(self, rows: Sequence[Row]) -> None:
        """Take rows to be built in this process."""
        self._batch += rows
        self._build()

    def finish(self) -> list[Path]:
        """Write what was added as segments; gives their files."""
        for helper in self._helpers:
            helper.finish()
        with uncollected():
            self._build()
            if len(self._builder):
                self._write()
        for helper in self._helpers:
            self.written += helper.result()
        self._helpers = []
        written, self.written = self.written, []
        return written

    def abandon(self) -> None:
        """Stop, and remove what was written."""
        for helper in self._helpers:
            helper.stop()
        for path in self.written:
            path.unlink(missing_ok=True)
            words_file(path).unlink(missing_ok=True)
        self._helpers, self.written = [], []

    def _hand_on(self) -> None:
        self._taken += len(self._batch)
        if self._taken >= _ALONE and self._wanted > 0:
            if _may_fork():
                self._helpers = [_Helper(self._directory) for _ in range(self._wanted)]
            self._wanted = 0
        if self._helpers:
            # Field by field: half the time that the rows take.
            packed = pickle.dumps(list(zip(*self._batch, strict=True)), protocol=5)
            for helper in self._helpers:
                if helper.take(packed):
                    self._batch = []
                    return
        self._build()

    def _build(self) -> None:
        self._builder.add(self._batch)
        self._batch = []
        if self._builder.tokens >= TOKENS_A_SEGMENT:
            self._write()

    def _write(self) -> None:
        path = self._directory / f"{segment_name()}.sidx"
        self.written.append(path)
        self._builder.write(path, words_file(path))


def _may_fork() -> bool:
    return sys.platform == "linux" and threading.active_count() == 1


class _Helper:
    """A process that builds segments of the batches it is given."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._memory = mmap.mmap(-1, _SLOTS * _SLOT_BYTES)
        self._free = list(range(_SLOTS))
        context = multiprocessing.get_context("fork")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(
            target=_help, args=(directory, self._memory, theirs, self._pipe), daemon=True
        )
        self._process.start()
        theirs.close()

    def take(self, packed: bytes) -> bool:
        """Give it a batch, if it has room for one."""
        try:
            while self._pipe.poll():
                self._heard(self._pipe.recv())
            if not self._free or len(packed) > _SLOT_BYTES:
                return False
            slot = self._free.pop()
            start = slot * _SLOT_BYTES
            self._memory[start : start + len(packed)] = packed
            self._pipe.send((slot, len(packed)))
        except (EOFError, OSError):
            raise self._died() from None
        return True

    def finish(self) -> None:
        """Tell it that no more will come."""
        try:
            self._pipe.send(None)
        except OSError:
            raise self._died() from None

    def result(self) -> list[Path]:
        """Wait for it; the segments that it wrote."""
        try:
            while (said := self._pipe.recv()) is None or isinstance(said, int):
                pass
        except EOFError:
            raise self._died() from None
        self._process.join()
        self._heard(said)
        return [self._directory / name for name in said]

    def stop(self) -> None:
        """End it; what it wrote is left to be removed with all that no generation names."""
        self._process.kill()
        self._process.join()

    def _heard(self, said: object) -> None:
        if isinstance(said, OSError):
            raise said
        if isinstance(said, Exception):
            raise IndexDirectoryError(f"cannot index: {said}") from said
        if isinstance(said, int):
            self._free.append(said)

    def _died(self) -> IndexDirectoryError:
        return IndexDirectoryError(
            "a process of the build ended by itself, perhaps for want of memory: "
            "the index stays as it was; try again with one process"
        )


def _help(directory: Path, memory: mmap.mmap, pipe: Connection, parents: Connection) -> None:
    """What a helper does: builds batches until told to finish, then names its segments."""
    parents.close()
    # What was there before the fork is the other process's to look after, and here are no cycles.
    gc.disable()
    gc.freeze()
    try:
        builders = Builders(directory, processes=1)
        while (message := pipe.recv()) is not None:
            slot, length = message
            fields = pickle.loads(memory[slot * _SLOT_BYTES : slot * _SLOT_BYTES + length])
            pipe.send(slot)
            builders.take(list(map(Row._make, zip(*fields, strict=True))))
        pipe.send([path.name for path in builders.finish()])
    except (EOFError, KeyboardInterrupt):
        return
    except Exception as error:
        pipe.send(error)
