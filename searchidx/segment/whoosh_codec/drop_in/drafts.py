"""The one file of a segment: collected in memory, written once, opened in any Whoosh storage."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from whoosh.filedb.filestore import FileStorage, Storage

from searchidx.errors import IndexCorrupt
from searchidx.segment.parts import Array, PartsFile, write_parts
from searchidx.segment.whoosh_codec.drop_in.segment import DropInSegment

__all__ = ["Draft", "Parts", "byte_array", "opened", "optional"]


class Parts(Protocol):
    """Named arrays, in memory or in a file."""

    facts: dict[str, Any]

    def __contains__(self, name: str) -> bool: ...

    def __getitem__(self, name: str) -> Array: ...

    def bytes(self, name: str) -> memoryview:
        """The part as plain bytes, not copied."""


class Draft:
    """A segment's arrays before they are a file.

    Whoosh closes the writer of the documents first, reads lengths from what it wrote, and then
    closes the writer of the postings. The file is written when no writer is left open.
    """

    def __init__(self, storage: Storage, segment: DropInSegment) -> None:
        self._storage = storage
        self._segment = segment
        self._writers = 0
        self.facts: dict[str, Any] = {}
        self._parts: dict[str, Array] = {}
        if storage.file_exists(segment.filename):
            # Only one of the two writers was used before: keep what it wrote.
            written = _mapped(storage, segment.filename)
            self.facts = dict(written.facts)
            self._parts = {name: written[name].copy() for name in written.facts["parts"]}

    @classmethod
    def joined(cls, storage: Storage, segment: DropInSegment) -> Draft:
        """The draft of the segment, with one more writer open."""
        draft = segment.draft
        if draft is None:
            draft = segment.draft = cls(storage, segment)
        draft._writers += 1
        return draft

    def leave(self, facts: dict[str, Any], parts: dict[str, Array]) -> None:
        """Take what one writer made; the last of them to leave writes the file."""
        self.facts |= facts
        self._parts |= parts
        self._writers -= 1
        if not self._writers:
            self._segment.draft = None
            self._save()

    def __contains__(self, name: str) -> bool:
        return name in self._parts

    def __getitem__(self, name: str) -> Array:
        return self._parts[name]

    def bytes(self, name: str) -> memoryview:
        return self._parts[name].view(np.uint8).data

    def _save(self) -> None:
        storage, name = self._storage, self._segment.filename
        facts = self.facts | {"parts": list(self._parts)}
        if storage.file_exists(name):
            storage.delete_file(name)
        if isinstance(storage, FileStorage):
            write_parts(Path(storage.folder) / name, facts, self._parts)
            return
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            write_parts(path, facts, self._parts)
            with storage.create_file(name) as file:
                file.write(path.read_bytes())


def opened(storage: Storage, segment: DropInSegment) -> Parts:
    """The arrays of a segment, still in memory or mapped from its file.

    Raises FileNotFoundError where the file is missing: Whoosh then reads the table of contents
    again, as a merge may have taken the segment away. Raises IndexCorrupt where it is damaged.
    """
    return segment.draft if segment.draft is not None else _mapped(storage, segment.filename)


def _mapped(storage: Storage, name: str) -> PartsFile:
    if isinstance(storage, FileStorage):
        path = Path(storage.folder) / name
        try:
            return PartsFile(path)
        except IndexCorrupt:
            if path.exists():
                raise
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path)) from None
    # A storage in memory has no file to map, so it is given one that goes with the map.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path = Path(folder) / name
        with storage.open_file(name) as file:
            path.write_bytes(file.read())
        return PartsFile(path)


def byte_array(data: bytes) -> Array:
    """Bytes as an array: uint8, shape ``(len(data),)``."""
    return np.frombuffer(data, dtype=np.uint8)


def optional(parts: Parts, name: str) -> Array | None:
    """The array of the name, or None where there is none."""
    if name not in parts:
        return None
    return parts[name]
