"""Sortable columns: the bytes that Whoosh's own column types write and read, each a part."""

from __future__ import annotations

import io
from typing import Any

from whoosh.columns import Column, ColumnReader
from whoosh.filedb.structfile import BufferFile, StructFile

from searchidx.segment.parts import Array
from searchidx.segment.whoosh_codec.drop_in.drafts import byte_array

__all__ = ["ColumnWriter", "column_reader"]


class ColumnWriter:
    """Collects one column's values."""

    def __init__(self, column: Column) -> None:
        self._buffer = io.BytesIO()
        self._writer = column.writer(StructFile(self._buffer))

    def add(self, doc: int, value: Any) -> None:
        """The value of a document that comes behind all documents so far."""
        self._writer.add(doc, value)

    def array(self, doc_count: int) -> Array:
        """The column's bytes."""
        self._writer.finish(doc_count)
        return byte_array(self._buffer.getvalue())


def column_reader(data: memoryview, column: Column, doc_count: int) -> ColumnReader:
    """Reads a column from its bytes."""
    return column.reader(_MappedFile(data), 0, len(data), doc_count)


class _MappedFile(BufferFile):
    """What Whoosh reads files through, without its copy of the whole buffer."""

    def __init__(self, data: memoryview) -> None:
        StructFile.__init__(self, io.BufferedReader(_View(data)))
        self.is_real = False
        self._buf = data


class _View(io.RawIOBase):
    """A file over bytes in memory."""

    def __init__(self, data: memoryview) -> None:
        self._data = data
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: len(self._data)}[whence]
        self._at = base + offset
        return self._at

    def readinto(self, buffer: Any) -> int:
        piece = self._data[self._at : self._at + len(buffer)]
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)
