"""A segment in Whoosh's table of contents, and the codec that reads and writes segments."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.codec import base
from whoosh.filedb.filestore import FileStorage, Storage
from whoosh.index import TOC

from searchidx.segment.segment import Segment
from searchidx.segment.whoosh_codec.counted import CountedSegment
from searchidx.segment.whoosh_codec.documents import ColumnarDocuments
from searchidx.segment.whoosh_codec.drop_in import (
    DropInDocuments,
    DropInDocumentsWriter,
    DropInFieldsWriter,
    DropInSegment,
    DropInTerms,
    LengthRule,
    exact,
    rounded,
)
from searchidx.segment.whoosh_codec.schema import schema
from searchidx.segment.whoosh_codec.terms import ColumnarTerms

__all__ = ["ColumnarCodec", "ColumnarSegment", "write_toc"]


_INDEX_NAME = "MAIN"
_ARTICLES = ".sidx"
_READ_ONLY = "this codec only reads an index of articles: write to it with searchidx.Index"


def write_toc(directory: Path, generation: int, segments: Sequence[Segment]) -> Path:
    """Write Whoosh's table of contents for a generation, and wait until the disk has it."""
    described = [
        ColumnarSegment(segment.path.stem, segment.article_count, segment.deleted.tolist())
        for segment in segments
    ]
    TOC(schema(), described, generation).write(FileStorage(str(directory)), _INDEX_NAME)
    path = directory / TOC._filename(_INDEX_NAME, generation)
    with path.open("rb") as file:
        os.fsync(file.fileno())
    return path


class ColumnarSegment(CountedSegment):
    """What the table of contents says of a segment of articles."""

    def __init__(self, name: str, doc_count: int, deleted: Sequence[int]) -> None:
        indexname, _, segment_id = name.partition("_")
        super().__init__(indexname, doc_count, deleted)
        self.segid = segment_id
        self.compound = False

    def codec(self, **_: Any) -> ColumnarCodec:
        return ColumnarCodec()

    def open(self, storage: FileStorage) -> Segment:
        """The arrays of the segment."""
        path = Path(storage.folder) / f"{self.segment_id()}{_ARTICLES}"
        return Segment(path, np.array(sorted(self._deleted), dtype=np.int32))


class ColumnarCodec(base.Codec):
    """Whoosh's way to segments that are arrays.

    As ``ix.writer(codec=ColumnarCodec())`` it writes segments of any schema. The articles'
    segments, which only searchidx.Index writes, it reads. ``blocklimit`` is how many postings a
    search can skip at once; ``exact_lengths`` keeps the lengths of fields as they are, where
    Whoosh's own codec, and so its scores, know 256 of them.
    """

    length_stats = True

    def __init__(self, blocklimit: int = 128, exact_lengths: bool = False) -> None:
        self._blocklimit = blocklimit
        self._exact_lengths = exact_lengths

    def new_segment(self, storage: Storage, indexname: str) -> DropInSegment:
        if any(name.endswith(_ARTICLES) for name in storage):
            raise NotImplementedError(_READ_ONLY)
        return DropInSegment(self, indexname)

    @property
    def _kept_lengths(self) -> LengthRule:
        return exact if self._exact_lengths else rounded

    def column_filename(self, segment: DropInSegment, fieldname: str) -> str:
        """Where whoosh.sorting.add_sortable writes a column."""
        return segment.column_filename(fieldname)

    def per_document_writer(
        self, storage: Storage, segment: DropInSegment
    ) -> DropInDocumentsWriter:
        return DropInDocumentsWriter(storage, segment, self._kept_lengths)

    def field_writer(self, storage: Storage, segment: DropInSegment) -> DropInFieldsWriter:
        return DropInFieldsWriter(storage, segment, self._kept_lengths, self._blocklimit)

    def terms_reader(
        self, storage: Storage, segment: ColumnarSegment | DropInSegment
    ) -> ColumnarTerms | DropInTerms:
        if isinstance(segment, DropInSegment):
            return DropInTerms(storage, segment)
        return ColumnarTerms(segment.open(storage))

    def per_document_reader(
        self, storage: Storage, segment: ColumnarSegment | DropInSegment
    ) -> ColumnarDocuments | DropInDocuments:
        if isinstance(segment, DropInSegment):
            return DropInDocuments(storage, segment)
        return ColumnarDocuments(segment.open(storage), segment)
