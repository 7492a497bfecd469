"""The terms of every field in Whoosh's order, and the postings of each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from whoosh.codec import base
from whoosh.fields import FieldType
from whoosh.filedb.filestore import Storage
from whoosh.formats import Format
from whoosh.reading import TermInfo, TermNotFound

from searchidx.segment.whoosh_codec.drop_in.drafts import opened
from searchidx.segment.whoosh_codec.drop_in.matcher import RunMatcher
from searchidx.segment.whoosh_codec.drop_in.postings import FieldPostings
from searchidx.segment.whoosh_codec.drop_in.segment import DropInSegment

__all__ = ["DropInTerms"]


class DropInTerms(base.TermsReader):
    """Reads what DropInFieldsWriter wrote."""

    def __init__(self, storage: Storage, segment: DropInSegment) -> None:
        self._parts = opened(storage, segment)
        self._names: list[str] = self._parts.facts.get("fields", [])
        self._fields: dict[str, FieldPostings] = {}

    def indexed_field_names(self) -> list[str]:
        return list(self._names)

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        return self._found(*term) is not None

    def terms(self) -> Iterator[tuple[str, bytes]]:
        return self.terms_from("", b"")

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        for field, start in self._fields_from(fieldname, prefix):
            terms = field.terms
            for number in range(start, len(terms)):
                yield field.name, terms.encoded(number)

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        return self.items_from("", b"")

    def items_from(
        self, fieldname: str, prefix: bytes
    ) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        for field, start in self._fields_from(fieldname, prefix):
            infos = field.infos(start, len(field.terms))
            for number, info in enumerate(infos, start):
                yield (field.name, field.terms.encoded(number)), info

    def cursor(self, fieldname: str, fieldobj: FieldType) -> base.FieldCursor:
        field = self._field(fieldname)
        return base.EmptyCursor() if field is None else _Cursor(field, fieldobj)

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        field, number = self._known(fieldname, text)
        return field.info(number)

    def frequency(self, fieldname: str, text: bytes) -> float:
        found = self._found(fieldname, text)
        return 0.0 if found is None else found[0].total_weight(found[1])

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        found = self._found(fieldname, text)
        return 0 if found is None else found[0].doc_frequency(found[1])

    def matcher(
        self, fieldname: str, text: bytes, format_: Format, scorer: Any = None
    ) -> RunMatcher:
        field, number = self._known(fieldname, text)
        return field.matcher(number, format_, scorer)

    def _field(self, name: str) -> FieldPostings | None:
        field = self._fields.get(name)
        if field is None and name in self._names:
            field = FieldPostings(self._parts, name, self._parts.facts["block_size"])
            self._fields[name] = field
        return field

    def _fields_from(self, name: str, prefix: bytes) -> Iterator[tuple[FieldPostings, int]]:
        """The fields from one on, each with its first term that is asked for."""
        for each in self._names:
            field = self._field(each) if each >= name else None
            if field is not None:
                yield field, field.terms.position(prefix) if each == name else 0

    def _found(self, name: str, text: bytes) -> tuple[FieldPostings, int] | None:
        field = self._field(name)
        number = None if field is None else field.find(text)
        return None if field is None or number is None else (field, number)

    def _known(self, name: str, text: bytes) -> tuple[FieldPostings, int]:
        found = self._found(name, text)
        if found is None:
            raise TermNotFound(f"No term {name}:{text!r}")
        return found


class _Cursor(base.FieldCursor):
    """Walks the terms of one field in order."""

    def __init__(self, field: FieldPostings, fieldobj: FieldType) -> None:
        self._field = field
        self._from_bytes = fieldobj.from_bytes
        self._to_bytes = fieldobj.to_bytes
        self._at = 0

    def first(self) -> Any:
        self._at = 0
        return self.text()

    def find(self, string: str | bytes) -> Any:
        text = string if isinstance(string, bytes) else self._to_bytes(string)
        self._at = self._field.terms.position(text)
        return self.text()

    def next(self) -> Any:
        self._at += 1
        return self.text()

    def text(self) -> Any:
        return self._from_bytes(self._field.terms.encoded(self._at)) if self.is_valid() else None

    def term_info(self) -> TermInfo | None:
        return self._field.info(self._at) if self.is_valid() else None

    def is_valid(self) -> bool:
        return self._at < len(self._field.terms)
