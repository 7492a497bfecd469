"""Lengths, deletions and stored fields of a segment's articles, for Whoosh."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from whoosh.codec import base

from searchidx.segment.parts import Array
from searchidx.segment.rows import WORD_FIELDS
from searchidx.segment.segment import Segment

if TYPE_CHECKING:
    from searchidx.segment.whoosh_codec.codec import ColumnarSegment

__all__ = ["ColumnarDocuments", "FieldLengths"]


class ColumnarDocuments(base.PerDocumentReader):
    """Lengths, deletions and stored fields."""

    def __init__(self, segment: Segment, described: ColumnarSegment) -> None:
        self._segment = segment
        self._described = described
        self._lengths = FieldLengths(segment)

    def __bool__(self) -> bool:
        return True

    def doc_count(self) -> int:
        return self._described.doc_count()

    def doc_count_all(self) -> int:
        return self._described.doc_count_all()

    def has_deletions(self) -> bool:
        return self._described.has_deletions()

    def is_deleted(self, docnum: int) -> bool:
        return self._described.is_deleted(docnum)

    def deleted_docs(self) -> Iterator[int]:
        return self._described.deleted_docs()

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        record = self._segment.article(docnum).to_dict()
        record["authors"] = "; ".join(record["authors"])
        return {name: value for name, value in record.items() if value}

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        return int(self._lengths.of(fieldname)[docnum])

    def field_length(self, fieldname: str) -> int:
        return int(self._lengths.of(fieldname).sum(dtype=np.int64))

    def min_field_length(self, fieldname: str) -> int:
        lengths = self._lengths.of(fieldname)
        return int(lengths.min()) if len(lengths) else 0

    def max_field_length(self, fieldname: str) -> int:
        lengths = self._lengths.of(fieldname)
        return int(lengths.max()) if len(lengths) else 0


class FieldLengths:
    """The number of tokens in each field of each article."""

    def __init__(self, segment: Segment) -> None:
        self._segment = segment
        self._known: dict[str, Array] = {}

    def of(self, name: str) -> Array:
        if name == "title":
            return self._segment.title_lengths
        if name == "body":
            return self._segment.body_lengths
        lengths = self._known.get(name)
        if lengths is None:
            count = self._segment.article_count
            if name in WORD_FIELDS:
                postings = self._segment.field(name)
                found = postings.occurrences(0, len(postings.lexicon))
                lengths = np.bincount(found.docs, minlength=count)
            else:
                lengths = np.ones(count, dtype=np.int64)
            self._known[name] = lengths
        return lengths
