"""What Whoosh tells of each document: stored fields, lengths, columns and vectors."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from typing import Any

import numpy as np
from whoosh.codec import base
from whoosh.columns import Column
from whoosh.fields import FieldType
from whoosh.filedb.filestore import Storage

from searchidx.segment.parts import narrow
from searchidx.segment.whoosh_codec.drop_in.columns import ColumnWriter
from searchidx.segment.whoosh_codec.drop_in.drafts import Draft
from searchidx.segment.whoosh_codec.drop_in.lengths import LengthRule
from searchidx.segment.whoosh_codec.drop_in.records import RecordsWriter
from searchidx.segment.whoosh_codec.drop_in.segment import DropInSegment
from searchidx.segment.whoosh_codec.drop_in.vectors import VectorsWriter

__all__ = ["DropInDocumentsWriter"]


class DropInDocumentsWriter(base.PerDocumentWriter):
    """One document after another."""

    def __init__(self, storage: Storage, segment: DropInSegment, kept: LengthRule) -> None:
        self._draft = Draft.joined(storage, segment)
        self._kept = kept
        self._doc_count = 0
        self._stored: dict[str, Any] | None = None  # of the document that is open
        self._records = RecordsWriter()
        self._lengths: dict[str, array[int]] = {}
        self._columns: dict[str, ColumnWriter] = {}
        self._vectors: dict[str, VectorsWriter] = {}
        self.is_closed = False

    def start_doc(self, docnum: int) -> None:
        if self._stored is not None:
            raise ValueError(f"document {docnum} cannot begin: the one before is not finished")
        if docnum != self._doc_count:
            raise ValueError(f"document {docnum} cannot begin: {self._doc_count} is next")
        self._stored = {}

    def add_field(
        self, fieldname: str, fieldobj: FieldType, value: Any, length: int | None
    ) -> None:
        if value is not None:
            self._open()[fieldname] = value
        if length:
            lengths = self._lengths.setdefault(fieldname, array("Q"))
            lengths.extend([0] * (self._doc_count + 1 - len(lengths)))
            lengths[self._doc_count] += int(length)

    def add_column_value(self, fieldname: str, columnobj: Column, value: Any) -> None:
        self._open()
        column = self._columns.get(fieldname)
        if column is None:
            column = self._columns[fieldname] = ColumnWriter(columnobj)
        column.add(self._doc_count, value)

    def add_vector_items(
        self, fieldname: str, fieldobj: FieldType, items: Iterable[tuple[str, float, bytes]]
    ) -> None:
        self._open()
        self._vectors.setdefault(fieldname, VectorsWriter()).add(self._doc_count, items)

    def finish_doc(self) -> None:
        self._records.add(self._open())
        self._stored = None
        self._doc_count += 1

    def close(self) -> None:
        if self.is_closed:
            return
        if self._stored is not None:
            self.finish_doc()
        self.is_closed = True
        parts = self._records.parts()
        totals = {name: sum(lengths) for name, lengths in self._lengths.items()}
        for name, lengths in self._lengths.items():
            lengths.extend([0] * (self._doc_count - len(lengths)))
            parts[f"lengths:{name}"] = narrow(self._kept(np.array(lengths, dtype=np.int64)))
        for name, column in self._columns.items():
            parts[f"column:{name}"] = column.array(self._doc_count)
        for name, vectors in self._vectors.items():
            parts |= vectors.parts(name, self._doc_count)
        facts = {
            "doc_count": self._doc_count,
            "length_totals": totals,
            "columns": sorted(self._columns),
        }
        self._draft.leave(facts, parts)

    def _open(self) -> dict[str, Any]:
        if self._stored is None:
            raise ValueError("no document is open: call start_doc before")
        return self._stored
