"""From paths to readings: each file is opened, read by its format, and told of if it cannot be."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from searchidx.errors import ReadError
from searchidx.ingest.containers import Budget, buffered
from searchidx.ingest.formats import Formats
from searchidx.ingest.reading import LeftOut, OnLeftOut, Reading
from searchidx.ingest.walking import find_files, os_reason

__all__ = ["find_files", "read_file", "read_files", "read_stream"]

_BUFFER = 64 * 1024
_COMMON_NAMES = Formats()


def read_file(
    path: Path | str,
    left_out: OnLeftOut,
    field_map: Mapping[str, str] | None = None,
) -> Iterator[Reading]:
    """The articles of one file; what cannot be read is told to ``left_out``, never raised.

    ``field_map`` goes from names of fields in records (JSON, CSV) to ours, ``{"meta.title":
    "title"}``; ValueError where a name is none of ours. A file that changes while it is read is
    left out, with the last of the articles that it gave until then.
    """
    path = Path(path)
    formats = _formats(field_map)
    try:
        file = _open(path)
    except ReadError as error:
        left_out(LeftOut(path, error.reason))
        return
    except (OSError, ValueError) as error:
        left_out(LeftOut(path, os_reason(error)))
        return
    told = _OneBehind(left_out)
    try:
        with file:
            before = os.fstat(file.fileno())
            readings = formats.read(file, path, told.leave_out, Budget(lambda: before.st_size))
            yield from told.behind(_read_safely(readings, path, told.leave_out))
            if _moment(os.fstat(file.fileno())) != _moment(before):
                told.replace(LeftOut(path, "changed while it was read"))
            elif told.reading is not None:
                yield told.reading
    finally:
        told.finish()


def read_files(
    paths: Iterable[Path | str],
    left_out: OnLeftOut,
    field_map: Mapping[str, str] | None = None,
) -> Iterator[Reading]:
    """The articles of every file under the paths, in the order of the files' names."""
    for path in find_files(paths, left_out):
        yield from read_file(path, left_out, field_map)


def read_stream(
    stream: BinaryIO,
    name: Path | str,
    left_out: OnLeftOut,
    field_map: Mapping[str, str] | None = None,
) -> Iterator[Reading]:
    """The articles of an open file or pipe, as standard input.

    ``name`` is what readings and messages call it; a suffix of it counts as a file's does. The
    stream is read to its end and left open.
    """
    path = Path(name)
    came = 0

    def take(size: int) -> bytes:
        nonlocal came
        piece = stream.read(size)
        came += len(piece)
        return piece

    readings = _formats(field_map).read(buffered(take), path, left_out, Budget(lambda: came))
    yield from _read_safely(readings, path, left_out)


def _read_safely(readings: Iterator[Reading], path: Path, left_out: OnLeftOut) -> Iterator[Reading]:
    """The readings; trouble ends them and is told."""
    try:
        yield from readings
    except ReadError as error:
        left_out(LeftOut(path, error.reason))
    except OSError as error:
        left_out(LeftOut(path, os_reason(error)))
    except Exception as error:  # a fault of ours costs the file that shows it, not the run
        left_out(LeftOut(path, f"cannot be read ({type(error).__name__})"))


def _formats(field_map: Mapping[str, str] | None) -> Formats:
    return Formats(field_map) if field_map else _COMMON_NAMES


class _OneBehind:
    """The last reading and the last thing left out, held until it is known if the file changed.

    What a file gave last before it was cut under the reader's hands is what the cut went through.
    """

    def __init__(self, left_out: OnLeftOut) -> None:
        self._left_out = left_out
        self._held: LeftOut | None = None
        self.reading: Reading | None = None

    def behind(self, readings: Iterator[Reading]) -> Iterator[Reading]:
        """All readings but the last, which is held."""
        for reading in readings:
            if self.reading is not None:
                yield self.reading
            self.reading = reading

    def leave_out(self, what: LeftOut) -> None:
        """Tell of what was held, and hold this."""
        self.finish()
        self._held = what

    def replace(self, what: LeftOut) -> None:
        """Hold this in the place of what was held."""
        self._held = what

    def finish(self) -> None:
        """Tell of what was held."""
        held, self._held = self._held, None
        if held is not None:
            self._left_out(held)


def _moment(status: os.stat_result) -> tuple[int, int]:
    return status.st_size, status.st_mtime_ns


def _open(path: Path) -> BinaryIO:
    """The file, open. Raises ReadError where it is a folder, pipe, socket or device."""
    # A pipe that nobody writes to must not make us wait.
    descriptor = os.open(
        path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    )
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise ReadError("not a regular file")
    return os.fdopen(descriptor, "rb", buffering=_BUFFER)
