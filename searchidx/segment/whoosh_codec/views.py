"""Each field of a segment as Whoosh sees fields: terms in order, and the postings of each."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

import numpy as np

from searchidx.segment.parts import Array
from searchidx.segment.postings import Postings
from searchidx.segment.rows import NO_DATE, WORD_FIELDS
from searchidx.segment.segment import Segment
from searchidx.segment.whoosh_codec.schema import TEXT_FIELDS

__all__ = ["FieldView", "view_of"]


class FieldView:
    """One field's terms in order, and the postings of each: articles, frequencies, positions."""

    terms: list[bytes]

    def find(self, text: bytes) -> int | None:
        at = bisect_left(self.terms, text)
        return at if at < len(self.terms) and self.terms[at] == text else None

    def postings(self, number: int) -> tuple[Array, Array, Array]:
        raise NotImplementedError


class _WordView(FieldView):
    def __init__(self, postings: Postings) -> None:
        self._postings = postings
        self.terms = postings.lexicon.all_encoded()

    def postings(self, number: int) -> tuple[Array, Array, Array]:
        listed = self._postings[number]
        return listed.doc_ids, listed.freqs, listed.positions


class _ZoneView(FieldView):
    """Title or body: the part of each text posting that lies there."""

    def __init__(self, segment: Segment, title: bool) -> None:
        self._segment = segment
        self._title = title
        text = segment.text
        found = text.occurrences(0, len(text.lexicon))
        assert found.in_title is not None
        here = found.in_title if title else ~found.in_title
        owners = np.repeat(np.arange(len(found.counts)), found.counts)
        self._numbers = np.flatnonzero(np.bincount(owners[here], minlength=len(found.counts)))
        every = text.lexicon.all_encoded()
        self.terms = [every[number] for number in self._numbers]

    def postings(self, number: int) -> tuple[Array, Array, Array]:
        listed = self._segment.text[int(self._numbers[number])]
        kept = listed.in_title if self._title else ~listed.in_title
        titles = listed.title_freqs
        freqs = titles if self._title else listed.freqs - titles
        return listed.doc_ids[freqs > 0], freqs[freqs > 0], listed.positions[kept]


class _ValueView(FieldView):
    """A field of one whole value an article: the id, or the date as ISO text."""

    def __init__(self, values: Sequence[tuple[bytes, int]]) -> None:
        self._docs: dict[bytes, list[int]] = {}
        for text, doc in values:
            self._docs.setdefault(text, []).append(doc)
        self.terms = sorted(self._docs)

    def postings(self, number: int) -> tuple[Array, Array, Array]:
        docs = np.array(self._docs[self.terms[number]], dtype=np.int32)
        return docs, np.ones(len(docs), dtype=np.int64), np.zeros(len(docs), dtype=np.int64)


def view_of(segment: Segment, name: str) -> FieldView:
    if name in TEXT_FIELDS:
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
