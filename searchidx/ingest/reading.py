"""What a reader gives and is given: readings, files left out, and the protocol of a format."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from searchidx.article import Article
from searchidx.errors import ReadError

__all__ = ["MAX_BYTES", "LeftOut", "OnLeftOut", "Reader", "Reading", "beginning", "read_whole"]

MAX_BYTES = 32 * 1024 * 1024
"""The largest file, or line of a JSONL file, that is read."""


@dataclass(frozen=True, slots=True)
class Reading:
    """An article, the file it came from, and for each field found the rule that found it.

    ``rules`` goes from a field's name to the rule's short name: ``"json-ld"``, ``"og:title"``,
    ``"label"``, ``"date line"``. ``warnings`` tell what was seen and not believed.
    """

    article: Article
    path: Path
    rules: Mapping[str, str]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file, or a ``line`` or record of one (counted from 1), that gave no article.

    ``reason`` is short and free of names and numbers of its own, so that equal troubles group.
    """

    path: Path
    reason: str
    line: int | None = None

    def __str__(self) -> str:
        place = "" if self.line is None else f"line {self.line}: "
        return f"{self.path}: {place}{self.reason}"


OnLeftOut = Callable[[LeftOut], None]
"""What is told of everything that is left out."""


class Reader(Protocol):
    """One format. ``suffixes`` are those its files have, lower case, with the dot.

    A file may come from an archive or a pipe: it stands at its beginning, and is to be read once
    from front to end.
    """

    @property
    def suffixes(self) -> frozenset[str]: ...

    def read(self, file: BinaryIO, path: Path, left_out: OnLeftOut) -> Iterator[Reading]:
        """The articles of an open file. ReadError costs the rest of the file."""
        ...


def beginning(file: BinaryIO, size: int) -> bytes:
    """Up to so many bytes that a file begins with; it goes on standing at its beginning."""
    if isinstance(file, io.BufferedReader):
        return file.peek(size)[:size]
    head = file.read(size)
    file.seek(0)
    return head


def read_whole(file: BinaryIO) -> bytes:
    """All of a file. Raises ReadError where it is empty or larger than MAX_BYTES."""
    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ReadError(f"larger than {MAX_BYTES // 1024**2} MiB")
    if not data.strip():
        raise ReadError("empty")
    return data
