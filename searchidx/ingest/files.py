"""From paths to readings: which files there are, which reader each one is for."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from searchidx.errors import ReadError
from searchidx.ingest.html import HtmlReader
from searchidx.ingest.json_records import JsonLinesReader, JsonReader
from searchidx.ingest.reading import LeftOut, Reader, Reading
from searchidx.ingest.sniff import SNIFFED_BYTES, binary_kind, content_of
from searchidx.ingest.text import TextReader

__all__ = ["find_files", "read_file", "read_files"]

_TEXT, _HTML, _JSON, _JSON_LINES = TextReader(), HtmlReader(), JsonReader(), JsonLinesReader()
_READERS: tuple[Reader, ...] = (_TEXT, _HTML, _JSON, _JSON_LINES)
_BY_SUFFIX = {suffix: reader for reader in _READERS for suffix in reader.suffixes}


def find_files(paths: Iterable[Path | str], left_out: Callable[[LeftOut], None]) -> list[Path]:
    """Every file under the paths, sorted, each real file once.

    Hidden files and folders are passed over, unless named in ``paths``. What is missing, cannot
    be entered, or leads back to a folder above it is told to ``left_out``.
    """
    found: dict[tuple[int, int], Path] = {}
    entered: set[tuple[int, int]] = set()
    # Each folder to visit comes with the folders above it, by which a loop is known.
    waiting: list[tuple[Path, tuple[tuple[int, int], ...]]] = [(Path(p), ()) for p in paths]
    waiting.reverse()
    while waiting:
        path, above = waiting.pop()
        try:
            status = path.stat()
            identity = (status.st_dev, status.st_ino)
            if not stat.S_ISDIR(status.st_mode):
                found.setdefault(identity, path)
                continue
            if identity in above:
                left_out(LeftOut(path, "folder that contains itself"))
                continue
            if identity in entered:
                continue
            entered.add(identity)
            names = sorted(child.name for child in path.iterdir() if not child.name.startswith("."))
        except (OSError, ValueError) as error:
            left_out(LeftOut(path, _reason(error)))
            continue
        waiting.extend((path / name, (*above, identity)) for name in reversed(names))
    return sorted(found.values())


def read_file(path: Path | str, left_out: Callable[[LeftOut], None]) -> Iterator[Reading]:
    """The articles of one file; what cannot be read is told to ``left_out``, never raised."""
    path = Path(path)
    try:
        with _open(path) as file:
            yield from _reader(path, file).read(file, path, left_out)
    except ReadError as error:
        left_out(LeftOut(path, error.reason))
    except (OSError, ValueError) as error:
        left_out(LeftOut(path, _reason(error)))


def read_files(
    paths: Iterable[Path | str], left_out: Callable[[LeftOut], None]
) -> Iterator[Reading]:
    """The articles of every file under the paths, in the order of the files' names."""
    for path in find_files(paths, left_out):
        yield from read_file(path, left_out)


def _open(path: Path) -> BinaryIO:
    """The file, open. Raises ReadError where it is a folder, pipe, socket or device."""
    # A pipe that nobody writes to must not make us wait.
    descriptor = os.open(
        path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    )
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise ReadError("not a regular file")
    return os.fdopen(descriptor, "rb")


def _reader(path: Path, file: BinaryIO) -> Reader:
    """The reader for what the file holds, or else for what it is called. Raises ReadError."""
    head = file.read(SNIFFED_BYTES)
    file.seek(0)
    suffix = path.suffix.lower()
    named = _BY_SUFFIX.get(suffix)
    if named is _JSON_LINES:
        return named
    binary = binary_kind(head)
    if binary is None:
        content = content_of(head)
        if content == "html":
            return _HTML
        if content == "json" and named is not _TEXT:
            return _JSON
    if named is None:
        raise ReadError(f"unknown file type {suffix}".rstrip())
    if binary is not None:
        raise ReadError(f"binary file ({binary})")
    return named


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, ValueError):
        return "no such file or folder"
    known = {
        errno.ENOENT: "no such file or folder",
        errno.ENOTDIR: "no such file or folder",
        errno.EACCES: "permission denied",
        errno.EPERM: "permission denied",
        errno.ELOOP: "symbolic link that leads to itself",
        errno.ENXIO: "not a regular file",
        errno.EISDIR: "not a regular file",
    }
    return known.get(error.errno or 0, (error.strerror or "cannot be read").lower())
