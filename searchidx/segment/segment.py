"""One immutable batch of indexed articles, open for reading."""

from __future__ import annotations

import json
import zlib
from functools import cached_property
from pathlib import Path

import numpy as np

from searchidx.article import Article
from searchidx.errors import ArticleInvalid, IndexCorrupt
from searchidx.segment.builder import FORMAT_VERSION
from searchidx.segment.lexicon import Lexicon
from searchidx.segment.parts import Array, PartsFile
from searchidx.segment.postings import Postings, TextPostings

__all__ = ["Segment"]


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

    @property
    def title_lengths(self) -> Array:
        """Tokens in each title: uint, shape ``(article_count,)``."""
        return self.parts["title_lengths"]

    @property
    def body_lengths(self) -> Array:
        """Tokens in each body: uint, shape ``(article_count,)``."""
        return self.parts["body_lengths"]

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
        return self.ids[int(self.id_ranks[doc])]

    def doc_of(self, article_id: str) -> int | None:
        """The number of the live article with this id."""
        key = article_id.encode("utf-8", "replace")
        at = self.ids.position(key)
        # An article replaced before its segment was written is there twice, once deleted.
        while at < self.article_count and self.ids.encoded(at) == key:
            doc = int(self.parts["ids.docs"][at])
            if self.is_live(doc):
                return doc
            at += 1
        return None

    def content_hash(self, doc: int) -> bytes:
        """The article's content hash, 16 bytes."""
        return self.parts["content_hashes"][doc * 16 : doc * 16 + 16].tobytes()

    def article(self, doc: int) -> Article:
        """The article itself."""
        ends = self.parts["stored.ends"]
        start = int(ends[doc - 1]) if doc else 0
        packed = self.parts.bytes("stored.bytes")[start : int(ends[doc])]
        try:
            record = json.loads(zlib.decompress(packed).decode("utf-8", "surrogatepass"))
            return Article(**record)
        except (zlib.error, ValueError, TypeError, ArticleInvalid):
            raise IndexCorrupt(
                f"{self.path} cannot be read: the text of article {doc} is damaged: "
                "restore it from a copy, or run `searchidx rebuild`"
            ) from None

    def live_docs(self) -> Array:
        """The numbers of all articles that are not deleted, ascending."""
        if self.live is None:
            return np.arange(self.article_count)
        return np.flatnonzero(self.live)
