"""The segments as Whoosh sees them: ``whoosh.index.open_dir`` opens an index directory.

Whoosh keeps a pickled table of contents beside the segments; it names the classes below, so a
program that opens the index with Whoosh needs searchidx installed. searchidx itself writes that
table and never reads it.

Reading only: the per-document and postings writers of a Whoosh codec are not here.
"""

from __future__ import annotations

import os
import warnings
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from searchidx.analysis import stem, tokenize
from searchidx.segment.builder import NO_DATE, WORD_FIELDS
from searchidx.segment.parts import Array
from searchidx.segment.postings import Postings
from searchidx.segment.segment import Segment

with warnings.catch_warnings():
    # Whoosh 2.7.4 has string escapes that newer Pythons warn of.
    warnings.simplefilter("ignore")
    from whoosh import analysis, fields
    from whoosh.codec import base
    from whoosh.filedb.filestore import FileStorage
    from whoosh.index import TOC
    from whoosh.matching import ListMatcher
    from whoosh.reading import TermInfo, TermNotFound

__all__ = ["ColumnarCodec", "ColumnarSegment", "Words", "schema", "write_toc"]

_INDEX_NAME = "MAIN"


class Words(analysis.Tokenizer):
    """searchidx's own tokens for Whoosh's fields and query parser."""

    def __init__(self, stemmed: bool) -> None:
        self.stemmed = stemmed

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Words) and other.stemmed == self.stemmed

    __hash__ = None  # type: ignore[assignment]

    def __call__(
        self,
        value: str,
        positions: bool = False,
        chars: bool = False,
        keeporiginal: bool = False,
        removestops: bool = True,
        start_pos: int = 0,
        start_char: int = 0,
        tokenize: bool = True,
        mode: str = "",
        **kwargs: Any,
    ) -> Iterator[analysis.Token]:
        token = analysis.Token(positions, chars, removestops=removestops, mode=mode, **kwargs)
        for place, found in enumerate(_tokens(value)):
            token.boost = 1.0
            token.stopped = False
            token.text = stem(found.word) if self.stemmed else found.word
            if keeporiginal:
                token.original = value[found.start : found.end]
            if positions:
                token.pos = start_pos + place
            if chars:
                token.startchar = start_char + found.start
                token.endchar = start_char + found.end
            yield token


_tokens = tokenize


def schema() -> fields.Schema:
    """The index's fields as Whoosh has them. Dates are ISO text, which sorts as dates do."""
    text = {name: fields.TEXT(analyzer=Words(stemmed=True), stored=True) for name in _TEXT}
    words = {name: fields.TEXT(analyzer=Words(stemmed=False), stored=True) for name in WORD_FIELDS}
    return fields.Schema(
        id=fields.ID(stored=True, unique=True), date=fields.ID(stored=True), **text, **words
    )


_TEXT = ("title", "body")


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


class ColumnarSegment(base.Segment):
    """What the table of contents says of a segment."""

    def __init__(self, name: str, doc_count: int, deleted: Sequence[int]) -> None:
        self.indexname, _, self.segid = name.partition("_")
        self.compound = False
        self._doc_count = doc_count
        self._deleted = frozenset(deleted)

    def codec(self, **_: Any) -> ColumnarCodec:
        return ColumnarCodec()

    def doc_count_all(self) -> int:
        return self._doc_count

    def set_doc_count(self, doccount: int) -> None:
        self._doc_count = doccount

    def deleted_count(self) -> int:
        return len(self._deleted)

    def deleted_docs(self) -> Iterator[int]:
        return iter(sorted(self._deleted))

    def is_deleted(self, docnum: int) -> bool:
        return docnum in self._deleted

    def delete_document(self, docnum: int, delete: bool = True) -> None:
        change = frozenset([docnum])
        self._deleted = self._deleted | change if delete else self._deleted - change

    def should_assemble(self) -> bool:
        return False

    def open(self, storage: FileStorage) -> Segment:
        """The arrays of the segment."""
        path = Path(storage.folder) / f"{self.segment_id()}.sidx"
        return Segment(path, np.array(sorted(self._deleted), dtype=np.int32))


class ColumnarCodec(base.Codec):
    """Whoosh's way to the arrays of a segment."""

    length_stats = True

    def new_segment(self, storage: FileStorage, indexname: str) -> ColumnarSegment:
        raise NotImplementedError(_READ_ONLY)

    def per_document_writer(self, storage: FileStorage, segment: ColumnarSegment) -> None:
        raise NotImplementedError(_READ_ONLY)

    def field_writer(self, storage: FileStorage, segment: ColumnarSegment) -> None:
        raise NotImplementedError(_READ_ONLY)

    def terms_reader(self, storage: FileStorage, segment: ColumnarSegment) -> ColumnarTerms:
        return ColumnarTerms(segment.open(storage))

    def per_document_reader(
        self, storage: FileStorage, segment: ColumnarSegment
    ) -> ColumnarDocuments:
        return ColumnarDocuments(segment.open(storage), segment)


_READ_ONLY = "this codec only reads: write to the index with searchidx.Index"


class ColumnarDocuments(base.PerDocumentReader):
    """Lengths, deletions and stored fields."""

    def __init__(self, segment: Segment, described: ColumnarSegment) -> None:
        self._segment = segment
        self._described = described
        self._lengths = _Lengths(segment)

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


class _Lengths:
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
                parts = self._segment.parts
                docs, freqs = parts[f"{name}.doc_ids"], parts[f"{name}.freqs"]
                lengths = np.bincount(docs, weights=freqs, minlength=count).astype(np.int64)
            else:
                lengths = np.ones(count, dtype=np.int64)
            self._known[name] = lengths
        return lengths


class ColumnarTerms(base.TermsReader):
    """Terms and postings of every field."""

    def __init__(self, segment: Segment) -> None:
        self._segment = segment
        self._lengths = _Lengths(segment)
        self._views: dict[str, _FieldView] = {}

    def indexed_field_names(self) -> list[str]:
        return sorted([*_TEXT, *WORD_FIELDS, "id", "date"])

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        name, text = term
        return self._view(name).find(text) is not None

    def terms(self) -> Iterator[tuple[str, bytes]]:
        for name in self.indexed_field_names():
            yield from ((name, text) for text in self._view(name).terms)

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        for name in self.indexed_field_names():
            if name < fieldname:
                continue
            terms = self._view(name).terms
            start = bisect_left(terms, prefix) if name == fieldname else 0
            yield from ((name, text) for text in terms[start:])

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        return ((term, self.term_info(*term)) for term in self.terms())

    def items_from(
        self, fieldname: str, prefix: bytes
    ) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        return ((term, self.term_info(*term)) for term in self.terms_from(fieldname, prefix))

    def cursor(self, fieldname: str, fieldobj: fields.FieldType) -> _Cursor:
        return _Cursor(self, fieldname, fieldobj, self._view(fieldname).terms)

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        docs, freqs, _ = self._postings(fieldname, text)
        lengths = self._lengths.of(fieldname)[docs]
        return TermInfo(
            weight=float(freqs.sum()),
            df=len(docs),
            minlength=int(lengths.min()),
            maxlength=int(lengths.max()),
            maxweight=float(freqs.max()),
            minid=int(docs[0]),
            maxid=int(docs[-1]),
        )

    def frequency(self, fieldname: str, text: bytes) -> float:
        if (fieldname, text) not in self:
            return 0.0
        return float(self._postings(fieldname, text)[1].sum())

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        if (fieldname, text) not in self:
            return 0
        return len(self._postings(fieldname, text)[0])

    def matcher(self, fieldname: str, text: bytes, format_: Any, scorer: Any = None) -> ListMatcher:
        docs, freqs, positions = self._postings(fieldname, text)
        return ListMatcher(
            docs.tolist(),
            weights=freqs.astype(float).tolist(),
            values=_Values(format_, freqs, positions),
            format=format_,
            scorer=scorer,
            term=(fieldname, text),
            terminfo=self.term_info(fieldname, text),
        )

    def _postings(self, name: str, text: bytes) -> tuple[Array, Array, Array]:
        view = self._view(name)
        number = view.find(text)
        if number is None:
            raise TermNotFound(f"No term {name}:{text!r}")
        return view.postings(number)

    def _view(self, name: str) -> _FieldView:
        view = self._views.get(name)
        if view is None:
            view = self._views[name] = _view(self._segment, name)
        return view


class _FieldView:
    """One field's terms in order, and the postings of each: articles, frequencies, positions."""

    terms: list[bytes]

    def find(self, text: bytes) -> int | None:
        at = bisect_left(self.terms, text)
        return at if at < len(self.terms) and self.terms[at] == text else None

    def postings(self, number: int) -> tuple[Array, Array, Array]:
        raise NotImplementedError


class _WordView(_FieldView):
    def __init__(self, postings: Postings) -> None:
        self._postings = postings
        self.terms = postings.lexicon.all_encoded()

    def postings(self, number: int) -> tuple[Array, Array, Array]:
        listed = self._postings[number]
        return listed.doc_ids, listed.freqs, listed.positions


class _ZoneView(_FieldView):
    """Title or body: the part of each text posting that lies there."""

    def __init__(self, segment: Segment, title: bool) -> None:
        self._segment = segment
        self._title = title
        text = segment.text
        titles = segment.parts["text.title_freqs"].astype(np.int64)
        here = titles > 0 if title else segment.parts["text.freqs"] > titles
        counts = np.add.reduceat(here, text.term_starts[:-1].astype(np.int64), dtype=np.int64)
        self._numbers = np.flatnonzero(counts) if len(titles) else np.zeros(0, dtype=np.int64)
        every = text.lexicon.all_encoded()
        self.terms = [every[number] for number in self._numbers]

    def postings(self, number: int) -> tuple[Array, Array, Array]:
        listed = self._segment.text[int(self._numbers[number])]
        assert listed.title_freqs is not None
        docs = listed.occurrence_docs()
        starts = self._segment.title_lengths[docs].astype(np.int64)
        in_title = listed.positions < starts
        kept = in_title if self._title else ~in_title
        freqs = listed.title_freqs if self._title else listed.freqs - listed.title_freqs
        return listed.doc_ids[freqs > 0], freqs[freqs > 0], listed.positions[kept]


class _ValueView(_FieldView):
    """A field of one whole value an article: the id, or the date as ISO text."""

    def __init__(self, values: Sequence[tuple[bytes, int]]) -> None:
        self._docs: dict[bytes, list[int]] = {}
        for text, doc in values:
            self._docs.setdefault(text, []).append(doc)
        self.terms = sorted(self._docs)

    def postings(self, number: int) -> tuple[Array, Array, Array]:
        docs = np.array(self._docs[self.terms[number]], dtype=np.int32)
        return docs, np.ones(len(docs), dtype=np.int64), np.zeros(len(docs), dtype=np.int64)


def _view(segment: Segment, name: str) -> _FieldView:
    if name in _TEXT:
        return _ZoneView(segment, title=name == "title")
    if name in WORD_FIELDS:
        return _WordView(segment.field(name))
    if name == "id":
        docs = segment.parts["ids.docs"].tolist()
        return _ValueView(list(zip(segment.ids.all_encoded(), docs, strict=True)))
    if name == "date":
        days = segment.dates
        dated = np.flatnonzero(days != NO_DATE)
        iso = np.datetime_as_string(days[dated].astype("datetime64[D]"))
        return _ValueView(
            [(str(d).encode(), doc) for d, doc in zip(iso, dated.tolist(), strict=True)]
        )
    return _ValueView([])


class _Values:
    """The encoded positions of each posting, made when one is asked for."""

    def __init__(self, format_: Any, freqs: Array, positions: Array) -> None:
        self._format = format_
        self._ends = np.cumsum(freqs, dtype=np.int64)
        self._freqs = freqs
        self._positions = positions

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, at: int) -> bytes:
        end = int(self._ends[at])
        places = self._positions[end - int(self._freqs[at]) : end].tolist()
        encode = getattr(self._format, "encode", None)
        value: bytes = encode(places) if encode else b""
        return value


class _Cursor(base.FieldCursor):
    """Walks the terms of one field in order."""

    def __init__(
        self, reader: ColumnarTerms, name: str, fieldobj: fields.FieldType, terms: list[bytes]
    ) -> None:
        self._reader = reader
        self._name = name
        self._field = fieldobj
        self._terms = terms
        self._at = 0

    def first(self) -> str | None:
        self._at = 0
        return self.text()

    def find(self, string: str | bytes) -> str | None:
        text = string if isinstance(string, bytes) else self._field.to_bytes(string)
        self._at = bisect_left(self._terms, text)
        return self.text()

    def next(self) -> str | None:
        self._at += 1
        return self.text()

    def text(self) -> str | None:
        return self._field.from_bytes(self._terms[self._at]) if self.is_valid() else None

    def term_info(self) -> TermInfo | None:
        if not self.is_valid():
            return None
        return self._reader.term_info(self._name, self._terms[self._at])

    def is_valid(self) -> bool:
        return self._at < len(self._terms)
