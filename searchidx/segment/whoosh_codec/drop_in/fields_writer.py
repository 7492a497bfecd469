"""Whoosh hands over its postings, sorted by field and term; they leave as arrays."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
from whoosh import fields
from whoosh.codec import base
from whoosh.filedb.filestore import Storage

from searchidx.segment.parts import Array
from searchidx.segment.whoosh_codec.drop_in.documents import DropInDocuments
from searchidx.segment.whoosh_codec.drop_in.drafts import Draft
from searchidx.segment.whoosh_codec.drop_in.lengths import LengthRule
from searchidx.segment.whoosh_codec.drop_in.postings import FieldPostingsWriter
from searchidx.segment.whoosh_codec.drop_in.segment import DropInSegment

__all__ = ["DropInFieldsWriter"]

_Posting = tuple[str, bytes, int, float, bytes | None]


class DropInFieldsWriter(base.FieldWriter):
    """Terms and postings of every field; all of a segment's are in memory until it is closed."""

    def __init__(
        self, storage: Storage, segment: DropInSegment, kept: LengthRule, block_size: int
    ) -> None:
        self._draft = Draft.joined(storage, segment)
        self._kept = kept
        self._block_size = block_size
        self._field: FieldPostingsWriter | None = None
        self._lengths: Any = None
        self._names: list[str] = []
        self._parts: dict[str, Array] = {}
        self.is_closed = False

    def add_postings(self, schema: fields.Schema, lengths: Any, items: Iterable[_Posting]) -> None:
        self._lengths = lengths
        last = ""
        for name, of_field in groupby(items, itemgetter(0)):
            if name < last:
                raise base.OutOfOrderError(f"Field {last!r} .. {name!r}")
            last = name
            self.start_field(name, schema[name])
            for text, of_term in groupby(of_field, itemgetter(1)):
                # Whoosh once gave words to its speller as postings of document -1.
                postings = [posting for posting in of_term if posting[2] != -1]
                if postings:
                    _, _, docs, weights, values = zip(*postings, strict=True)
                    self.start_term(text)
                    self._started().extend(docs, weights, values)
                    self.finish_term()
            self.finish_field()

    def start_field(self, fieldname: str, fieldobj: fields.FieldType) -> None:
        if self._field is not None or fieldname in self._names:
            raise ValueError(f"field {fieldname!r} cannot begin here: finish each field, once")
        self._field = FieldPostingsWriter(fieldname, self._kept, self._block_size)

    def start_term(self, text: bytes) -> None:
        self._started().start_term(text)

    def add(self, docnum: int, weight: float, vbytes: bytes, length: int | None) -> None:
        self._started().extend([docnum], [weight], [vbytes], [length or 0])

    def finish_term(self) -> None:
        self._started().end_term()

    def finish_field(self) -> None:
        field = self._started()
        parts = field.parts(lambda docs: _lengths(self._lengths, field.name, docs))
        if parts:
            self._parts |= parts
            self._names.append(field.name)
        self._field = None

    def close(self) -> None:
        if not self.is_closed:
            self.is_closed = True
            facts = {"fields": sorted(self._names), "block_size": self._block_size}
            self._draft.leave(facts, self._parts)

    def _started(self) -> FieldPostingsWriter:
        if self._field is None:
            raise ValueError("there is no field yet: call start_field before")
        return self._field


def _lengths(reader: Any, name: str, docs: Array) -> Array:
    """The lengths of the documents in the field: int64, as many as ``docs``."""
    if not reader:
        return np.zeros(len(docs), dtype=np.int64)
    if isinstance(reader, DropInDocuments):
        known = reader.field_lengths(name)
        return np.zeros(len(docs), dtype=np.int64) if known is None else known[docs]
    of = reader.doc_field_length
    lengths = (of(doc, name) or 0 for doc in docs.tolist())
    return np.fromiter(lengths, dtype=np.int64, count=len(docs))
