"""The answer to a query: hits, what matched in each, and where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any, NamedTuple, overload

from searchidx.article import Article

__all__ = ["Correction", "Hit", "Match", "SearchResults", "Snippet", "Span"]


class Span(NamedTuple):
    """A half-open range of characters."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of one field of an article: whole sentences, unless one is very long.

    ``text`` stands in the field at ``start``; ``spans`` are ranges of ``text`` that matched, in
    order and apart. ``cut_before`` and ``cut_after`` say that the sentence goes on there.
    """

    field: str
    text: str
    start: int
    spans: tuple[Span, ...]
    cut_before: bool = False
    cut_after: bool = False

    def to_html(self) -> str:
        """The text with ``<mark>`` around every span and everything else escaped."""
        pieces = []
        done = 0
        for start, end in self.spans:
            pieces.append(escape(self.text[done:start]))
            pieces.append(f"<mark>{escape(self.text[start:end])}</mark>")
            done = end
        pieces.append(escape(self.text[done:]))
        return "".join(pieces)

    def to_dict(self) -> dict[str, Any]:
        return {
            "field": self.field,
            "text": self.text,
            "start": self.start,
            "spans": [list(span) for span in self.spans],
        }


@dataclass(frozen=True, slots=True)
class Match:
    """A word of the query and a form of it that stands in the article.

    ``kind`` is ``exact`` (the word as typed, or a quoted phrase), ``stem`` (another form of the
    word), ``prefix`` or ``fuzzy`` (``edits`` away from what was typed).
    """

    term: str
    found: str
    kind: str
    edits: int = 0

    def to_dict(self) -> dict[str, Any]:
        return {"term": self.term, "as": self.found, "kind": self.kind, "edits": self.edits}


@dataclass(frozen=True, slots=True)
class Hit:
    """One article found, with its score and the places that matched."""

    article: Article
    score: float
    snippets: tuple[Snippet, ...]
    matched: tuple[Match, ...]

    @property
    def id(self) -> str:
        return self.article.id

    def to_dict(self) -> dict[str, Any]:
        """The hit as the JSON contract has it."""
        article = self.article
        return {
            "id": article.id,
            "title": article.title,
            "date": article.date.isoformat() if article.date else None,
            "source": article.source,
            "url": article.url,
            "score": round(self.score, 6),
            "snippets": [snippet.to_dict() for snippet in self.snippets],
            "matched": [match.to_dict() for match in self.matched],
        }


@dataclass(frozen=True, slots=True)
class Correction:
    """A word that no article holds, and the word of the index searched for instead."""

    typed: str
    word: str
    edits: int

    def __str__(self) -> str:
        return f"{self.word} ← {self.typed} ({self.edits} edit{'s' if self.edits > 1 else ''})"


@dataclass(frozen=True, slots=True)
class SearchResults(Sequence[Hit]):
    """The hits of one page, best first, and what is to be said about them all.

    ``total`` counts every article found, on this page or not. ``interpreted`` is the query as it
    was understood, in the canonical syntax. ``took_ms`` is wall time in milliseconds.
    """

    query: str
    interpreted: str
    total: int
    hits: tuple[Hit, ...]
    offset: int = 0
    corrections: tuple[Correction, ...] = ()
    warnings: tuple[str, ...] = ()
    took_ms: float = field(default=0.0, compare=False)

    def __len__(self) -> int:
        return len(self.hits)

    def __iter__(self) -> Iterator[Hit]:
        return iter(self.hits)

    @overload
    def __getitem__(self, at: int) -> Hit: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Hit]: ...
    def __getitem__(self, at: int | slice) -> Hit | Sequence[Hit]:
        return self.hits[at]

    def to_dict(self) -> dict[str, Any]:
        """The answer as the JSON contract has it."""
        return {
            "query": self.query,
            "interpreted": self.interpreted,
            "total": self.total,
            "took_ms": round(self.took_ms, 3),
            "warnings": [*map(str, self.corrections), *self.warnings],
            "hits": [hit.to_dict() for hit in self.hits],
        }
