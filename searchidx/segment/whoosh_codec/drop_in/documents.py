"""What is kept of each document: stored fields, lengths, columns, vectors and deletions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from whoosh.codec import base
from whoosh.columns import Column, ColumnReader
from whoosh.filedb.filestore import Storage
from whoosh.filedb.structfile import StructFile
from whoosh.formats import Format

from searchidx.segment.parts import Array
from searchidx.segment.whoosh_codec.drop_in.columns import column_reader
from searchidx.segment.whoosh_codec.drop_in.drafts import opened, optional
from searchidx.segment.whoosh_codec.drop_in.matcher import RunMatcher
from searchidx.segment.whoosh_codec.drop_in.records import Records
from searchidx.segment.whoosh_codec.drop_in.segment import DropInSegment
from searchidx.segment.whoosh_codec.drop_in.vectors import Vectors

__all__ = ["DropInDocuments"]


class DropInDocuments(base.PerDocumentReader):
    """Reads what DropInDocumentsWriter wrote."""

    def __init__(self, storage: Storage, segment: DropInSegment) -> None:
        self._storage = storage
        self._segment = segment
        self._parts = parts = opened(storage, segment)
        # Columns are laid out for as many documents as were written. The segment counts one fewer
        # where Whoosh rejected the last of them half way.
        self._written_count: int = parts.facts.get("doc_count", 0)
        self._records: Records | None = None
        self._vectors: dict[str, Vectors] = {}
        self._added: dict[str, StructFile] = {}

    def close(self) -> None:
        for file in self._added.values():
            file.close()
        self._added.clear()

    def doc_count(self) -> int:
        return self._segment.doc_count()

    def doc_count_all(self) -> int:
        return self._segment.doc_count_all()

    def has_deletions(self) -> bool:
        return self._segment.has_deletions()

    def is_deleted(self, docnum: int) -> bool:
        return self._segment.is_deleted(docnum)

    def deleted_docs(self) -> Iterator[int]:
        return self._segment.deleted_docs()

    def supports_columns(self) -> bool:
        return True

    def has_column(self, fieldname: str) -> bool:
        if f"column:{fieldname}" in self._parts:
            return True
        return bool(self._storage.file_exists(self._segment.column_filename(fieldname)))

    def list_columns(self) -> list[str]:
        names: list[str] = self._parts.facts.get("columns", [])
        return names

    def column_reader(self, fieldname: str, column: Column) -> ColumnReader:
        name = f"column:{fieldname}"
        if name in self._parts:
            return column_reader(self._parts.bytes(name), column, self._written_count)
        name = self._segment.column_filename(fieldname)
        if fieldname not in self._added:
            self._added[fieldname] = self._storage.open_file(name)
        length = self._storage.file_length(name)
        return column.reader(self._added[fieldname], 0, length, self.doc_count_all())

    def field_lengths(self, fieldname: str) -> Array | None:
        """The words of each document in the field: uint, shape ``(documents,)``."""
        return optional(self._parts, f"lengths:{fieldname}")

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        lengths = self.field_lengths(fieldname)
        return default if lengths is None else int(lengths[docnum]) or default

    def field_length(self, fieldname: str) -> int:
        total: int = self._parts.facts.get("length_totals", {}).get(fieldname, 0)
        return total

    def min_field_length(self, fieldname: str) -> int:
        lengths = self.field_lengths(fieldname)
        return 0 if lengths is None else int(lengths.min())

    def max_field_length(self, fieldname: str) -> int:
        lengths = self.field_lengths(fieldname)
        return 0 if lengths is None else int(lengths.max())

    def has_vector(self, docnum: int, fieldname: str) -> bool:
        vectors = self._vectors_of(fieldname)
        return vectors is not None and vectors.has(docnum)

    def vector(self, docnum: int, fieldname: str, format_: Format) -> RunMatcher:
        vectors = self._vectors_of(fieldname)
        if vectors is None or not vectors.has(docnum):
            raise ValueError(f"document {docnum} has no vector of the field {fieldname!r}")
        return vectors.matcher(docnum, format_)

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        if self._records is None:
            self._records = Records(self._parts)
        return self._records[docnum]

    def _vectors_of(self, name: str) -> Vectors | None:
        if f"vector:{name}.terms" not in self._parts:
            return None
        if name not in self._vectors:
            self._vectors[name] = Vectors(self._parts, name)
        return self._vectors[name]
