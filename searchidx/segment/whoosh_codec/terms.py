"""Terms and postings of every field, for Whoosh."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import Any

import numpy as np
from whoosh import fields
from whoosh.codec import base
from whoosh.matching import ListMatcher
from whoosh.reading import TermInfo, TermNotFound

from searchidx.segment.parts import Array
from searchidx.segment.rows import WORD_FIELDS
from searchidx.segment.segment import Segment
from searchidx.segment.whoosh_codec.documents import FieldLengths
from searchidx.segment.whoosh_codec.schema import TEXT_FIELDS
from searchidx.segment.whoosh_codec.views import FieldView, view_of

__all__ = ["ColumnarTerms"]


class ColumnarTerms(base.TermsReader):
    """Terms and postings of every field."""

    def __init__(self, segment: Segment) -> None:
        self._segment = segment
        self._lengths = FieldLengths(segment)
        self._views: dict[str, FieldView] = {}

    def indexed_field_names(self) -> list[str]:
        return sorted([*TEXT_FIELDS, *WORD_FIELDS, "id", "date"])

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

    def _view(self, name: str) -> FieldView:
        view = self._views.get(name)
        if view is None:
            view = self._views[name] = view_of(self._segment, name)
        return view


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
