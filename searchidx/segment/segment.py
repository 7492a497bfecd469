"""One immutable batch of indexed articles, open for reading."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import numpy as np

from searchidx.article import Article
from searchidx.errors import ArticleInvalid, IndexCorrupt
from searchidx.segment.columns import Column
from searchidx.segment.lexicon import Lexicon
from searchidx.segment.parts import Array, PartsFile
from searchidx.segment.postings import Postings, TextPostings
from searchidx.segment.rows import EPOCH, KEYWORD_FIELDS, NO_DATE, Lineage, Row, article_of
from searchidx.segment.sentences import StoredSentences
from searchidx.segment.stored import StoredTexts

__all__ = ["FORMAT_VERSION", "Segment"]

FORMAT_VERSION = 4
"""Changes whenever the arrays of a segment change their meaning."""


class Segment:
    """The arrays of a segment file, and which of its articles are deleted.

    ``deleted`` holds article numbers, int32, ascending. Numbers run from 0 in the order of
    adding and mean nothing outside the segment.
    """

    def __init__(self, path: Path, deleted: Array | None = None) -> None:
        self.path = path
        self.parts = PartsFile(path)
        written = self.parts.facts.get("format")
        if written != FORMAT_VERSION:
            raise IndexCorrupt(
                f"{path} has format {written}, this searchidx reads {FORMAT_VERSION}: "
                "run `searchidx rebuild`"
            )
        self.article_count = int(self.parts.facts["articles"])
        self.deleted = np.zeros(0, dtype=np.int32) if deleted is None else deleted
        self._fields: dict[str, Postings] = {}
        self._columns: dict[str, Column] = {}

    @property
    def live_count(self) -> int:
        """Articles that are not deleted."""
        return self.article_count - len(self.deleted)

    @cached_property
    def live(self) -> Array | None:
        """Which articles are not deleted: bool, shape ``(article_count,)``; None means all."""
        if not len(self.deleted):
            return None
        live = np.ones(self.article_count, dtype=bool)
        live[self.deleted] = False
        return live

    def is_live(self, doc: int) -> bool:
        """Whether the article is not deleted."""
        return self.live is None or bool(self.live[doc])

    @cached_property
    def text(self) -> TextPostings:
        """The postings of title and body."""
        return TextPostings(self.parts)

    def field(self, name: str) -> Postings:
        """The postings of one of ``WORD_FIELDS``."""
        postings = self._fields.get(name)
        if postings is None:
            postings = self._fields[name] = Postings(self.parts, name)
        return postings

    @property
    def dates(self) -> Array:
        """Days since 1970-01-01, or NO_DATE: int32, shape ``(article_count,)``."""
        return self.parts["dates"]

    def date(self, doc: int) -> dt.date | None:
        """The day of one article."""
        day = int(self.dates[doc])
        return None if day == NO_DATE else dt.date.fromordinal(day + EPOCH)

    @property
    def title_lengths(self) -> Array:
        """Tokens in each title: uint, shape ``(article_count,)``."""
        return self.parts["title_lengths"]

    @property
    def body_lengths(self) -> Array:
        """Tokens in each body: uint, shape ``(article_count,)``."""
        return self.parts["body_lengths"]

    @cached_property
    def title_tokens(self) -> int:
        """Tokens in the titles of all live articles."""
        gone = int(self.title_lengths[self.deleted].sum(dtype=np.int64))
        return int(self.parts.facts["title_tokens"]) - gone

    @cached_property
    def body_tokens(self) -> int:
        """Tokens in the bodies of all live articles."""
        gone = int(self.body_lengths[self.deleted].sum(dtype=np.int64))
        return int(self.parts.facts["body_tokens"]) - gone

    @cached_property
    def ids(self) -> Lexicon:
        return Lexicon.of(self.parts, "ids")

    @cached_property
    def id_ranks(self) -> Array:
        """The place of each article's id among the sorted ids: int32, ``(article_count,)``."""
        docs = self.parts["ids.docs"]
        ranks = np.empty(len(docs), dtype=np.int32)
        ranks[docs] = np.arange(len(docs), dtype=np.int32)
        return ranks

    def article_id(self, doc: int) -> str:
        """The id of one article."""
        return self.ids.encoded(int(self.id_ranks[doc])).decode("utf-8", "surrogatepass")

    def doc_of(self, article_id: str) -> int | None:
        """The number of the live article with this id."""
        return next(iter(self.docs_of(article_id)), None)

    def docs_of(self, article_id: str) -> list[int]:
        """The numbers of all articles with this id that are not deleted: versions of one."""
        key = article_id.encode("utf-8", "surrogatepass")
        found = []
        at = self.ids.position(key)
        while at < self.article_count and self.ids.encoded(at) == key:
            doc = int(self.parts["ids.docs"][at])
            if self.is_live(doc):
                found.append(doc)
            at += 1
        return found

    @property
    def origins(self) -> Array:
        """The number of the file each was read from, 0 for none: uint, ``(article_count,)``."""
        return self.parts["origins"]

    @property
    def sketches(self) -> Array:
        """What shows which articles are alike: uint32, ``(article_count, SKETCH_SIZE)``."""
        from searchidx.analysis.shingles import SKETCH_SIZE

        return self.parts["sketches"].reshape(self.article_count, SKETCH_SIZE)

    def lineage(self, doc: int) -> Lineage | None:
        """How one article came to be in the index, where that was recorded."""
        text = self.column("lineage")[doc]
        return Lineage.from_text(text) if text else None

    def digest(self, doc: int) -> bytes:
        """8 bytes that change with everything in the article but its id."""
        return bytes(self.parts.bytes("digests")[8 * doc : 8 * doc + 8])

    def column(self, name: str) -> Column:
        """The column of one of ``KEYWORD_FIELDS``, or of lineages."""
        column = self._columns.get(name)
        if column is None:
            column = self._columns[name] = Column(self.parts, name)
        return column

    def texts(self, doc: int) -> tuple[bytes, bytes]:
        """The title and the body of one article, as UTF-8."""
        title, _, body = self._record(doc)
        return title, body

    def row(self, doc: int) -> Row:
        """What is kept of one article, as it was given."""
        title, url, body = self._record(doc)
        try:
            return self._row(doc, title, url, body)
        except (ValueError, IndexError):
            raise self._damaged(doc) from None

    def rows(self) -> Iterator[Row]:
        """What is kept of every article that is not deleted, in order."""
        doc = 0
        try:
            for doc, record in enumerate(self.stored.records()):
                if self.is_live(doc):
                    yield self._row(doc, *self._divided(doc, record))
        except (ValueError, IndexError):
            raise self._damaged(doc) from None

    def _row(self, doc: int, title: bytes, url: bytes, body: bytes) -> Row:
        id_ = self.article_id(doc)
        own = self.parts["url_is_id"][doc >> 3] & (128 >> (doc & 7))
        return Row(
            id_,
            title,
            body,
            int(self.dates[doc]),
            id_ if own else url.decode("utf-8", "surrogatepass"),
            tuple([self.column(name)[doc] for name in KEYWORD_FIELDS]),
            int(self.origins[doc]),
            self.column("lineage")[doc],
        )

    def _record(self, doc: int) -> tuple[bytes, bytes, bytes]:
        """The title, the address unless it is the id, and the body."""
        try:
            return self._divided(doc, self.stored.record(doc))
        except (ValueError, IndexError):
            raise self._damaged(doc) from None

    def _divided(self, doc: int, record: bytes) -> tuple[bytes, bytes, bytes]:
        titles, urls = self._sizes
        title_end = titles[doc]
        url_end = title_end + urls[doc]
        return record[:title_end], record[title_end:url_end], record[url_end:]

    def article(self, doc: int) -> Article:
        """The article itself."""
        try:
            return article_of(self.row(doc))
        except (ValueError, ArticleInvalid):
            raise self._damaged(doc) from None

    def _damaged(self, doc: int) -> IndexCorrupt:
        return IndexCorrupt(
            f"{self.path} cannot be read: the text of article {doc} is damaged: "
            "restore it from a copy, or run `searchidx rebuild`"
        )

    @cached_property
    def _sizes(self) -> tuple[memoryview, memoryview]:
        """The bytes of each title, and of each address that is not the id."""
        parts = self.parts
        return parts["stored.title_bytes"].data, parts["stored.url_bytes"].data

    @cached_property
    def stored(self) -> StoredTexts:
        """The articles' own text."""
        return StoredTexts(self.parts)

    @cached_property
    def sentences(self) -> StoredSentences:
        """The sentences of the bodies."""
        return StoredSentences(self.parts)

    def sentence_ends(self, doc: int, body: bytes) -> list[int]:
        """Where each sentence of an article's body ends, in bytes."""
        ends = self.sentences.byte_ends(doc)
        if ends[-1:] != [len(body)]:
            raise self._damaged(doc)
        return ends

    def live_docs(self) -> Array:
        """The numbers of all articles that are not deleted, ascending."""
        if self.live is None:
            return np.arange(self.article_count)
        return np.flatnonzero(self.live)
