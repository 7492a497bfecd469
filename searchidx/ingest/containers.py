"""What files that hold other files have in common: members, and limits against bombs.

Nothing is written to disk, and no size that a header claims is believed: bytes are counted as
they come out.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol

from searchidx.errors import ReadError
from searchidx.ingest.reading import MAX_BYTES, OnLeftOut

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

__all__ = [
    "MAX_DEPTH",
    "MAX_MEMBERS",
    "MAX_RATIO",
    "Budget",
    "Container",
    "ContainerError",
    "Member",
    "buffered",
    "in_memory",
    "member_path",
]

MAX_RATIO = 100
"""How many times its own size a file may unpack to, all that is nested in it included."""

MAX_MEMBERS = 200_000
"""How many files one archive may hold."""

MAX_DEPTH = 3
"""How many containers may lie inside one another; a .tar.gz is one."""

_ALWAYS_ALLOWED = 2 * MAX_BYTES
_MOST = 256 * 1024**3
_PIECE = 64 * 1024
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class ContainerError(ReadError):
    """A container at ``depth`` (0 is the outermost) cannot be read any further."""

    def __init__(self, reason: str, depth: int) -> None:
        super().__init__(reason)
        self.depth = depth


class Budget:
    """What unpacking one file, and everything inside it, may still cost.

    ``packed_size`` tells how large the outermost file is, or how much of it came so far.
    """

    def __init__(self, packed_size: Callable[[], int]) -> None:
        self._packed_size = packed_size
        self._unpacked = 0
        self._members = 0
        self.too_deep = False

    def spend(self, count: int) -> None:
        """Count bytes that came out. Raises ContainerError where they are too many."""
        self._unpacked += count
        if self._unpacked <= _ALWAYS_ALLOWED:
            return
        if self._unpacked > MAX_RATIO * self._packed_size():
            raise ContainerError(f"unpacks to more than {MAX_RATIO} times its size", 0)
        if self._unpacked > _MOST:
            raise ContainerError(f"unpacks to more than {_MOST // 1024**3} GiB", 0)

    def count_member(self) -> None:
        """Count a file of an archive. Raises ContainerError where they are too many."""
        self._members += 1
        if self._members > MAX_MEMBERS:
            raise ContainerError(f"holds more than {MAX_MEMBERS} files", 0)


@dataclass(frozen=True, slots=True)
class Member:
    """A file inside another: its name, where messages say it lies, and its open content."""

    name: str
    path: Path
    file: BinaryIO


class Container(Protocol):
    """A format that holds files of other formats."""

    def members(
        self, file: BinaryIO, path: Path, left_out: OnLeftOut, budget: Budget, depth: int
    ) -> Iterator[Member]:
        """Each file inside, open until the next is asked for.

        ContainerError with this ``depth`` where the rest cannot be reached; what concerns one
        member alone is told to ``left_out``.
        """
        ...


class _Pieces(io.RawIOBase):
    """A stream made of a function that gives up to so many bytes, and none at the end."""

    def __init__(self, take: Callable[[int], bytes]) -> None:
        self._take = take

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        # Filled as far as can be, so that the first look at a file sees all of its beginning.
        view = memoryview(buffer).cast("B")
        filled = 0
        while filled < len(view):
            # Small pieces: what has come out is counted before more is asked for.
            piece = self._take(min(_PIECE, len(view) - filled))
            if not piece:
                break
            view[filled : filled + len(piece)] = piece
            filled += len(piece)
        return filled


def buffered(take: Callable[[int], bytes]) -> BinaryIO:
    """A file, to be read once from front to end, of what ``take`` gives."""
    return io.BufferedReader(_Pieces(take), _PIECE)


def in_memory(file: BinaryIO) -> BinaryIO:
    """The file as one that can seek. Raises ReadError where that takes more than MAX_BYTES."""
    if file.seekable():
        return file
    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ReadError(f"archive inside another and larger than {MAX_BYTES // 1024**2} MiB")
    return io.BytesIO(data)


def member_path(archive: Path, name: str) -> Path | None:
    """Where messages say that a member lies; None for hidden ones, which folders hide too.

    A name may be absolute, climb out with ``..``, or hold control characters: it only ever
    names, and is shown without them.
    """
    clean = _CONTROL.sub("\ufffd", name.replace("\\", "/"))
    parts = [part for part in clean.split("/") if part not in ("", ".", "..")]
    if any(part.startswith(".") or part == "__MACOSX" for part in parts):
        return None
    return archive.joinpath(*parts or ["unnamed"])
