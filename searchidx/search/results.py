"""The answer to a query: hits, what matched in each, and where."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, overload

from searchidx.article import Article
from searchidx.query import Node, to_text

if TYPE_CHECKING:
    from searchidx.search.explaining import Explanation

__all__ = ["Correction", "Hit", "Match", "Page", "SearchResults", "Snippet", "Span"]


class Span(NamedTuple):
    """A half-open range of characters."""

    start: int
    end: int


class Snippet(NamedTuple):
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
        from html import escape

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


class Match(NamedTuple):
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


class Page(Protocol):
    """Where the hits of one page are read, and their marks are made, when they are asked for."""

    def article(self, number: int) -> Article: ...

    def snippets(self, number: int) -> tuple[Snippet, ...]: ...

    def matched(self, number: int) -> tuple[Match, ...]: ...

    def explanation(self, number: int, score: float) -> Explanation: ...


class Hit:
    """One article found, with its score and the places that matched.

    ``copies`` counts the other articles found that tell the same story and are not shown for it.
    Where no snippets were asked for, the article is read when it is first looked at. Raises
    IndexCorrupt then if its text is damaged.
    """

    __slots__ = ("_article", "_number", "_page", "copies", "score")

    def __init__(self, score: float, number: int, page: Page, copies: int = 0) -> None:
        self.score = score
        self.copies = copies
        self._number = number
        self._page = page
        self._article: Article | None = None

    @property
    def article(self) -> Article:
        if self._article is None:
            self._article = self._page.article(self._number)
        return self._article

    @property
    def id(self) -> str:
        return self.article.id

    @property
    def snippets(self) -> tuple[Snippet, ...]:
        """The marked title and other short fields, then sentences of the body."""
        return self._page.snippets(self._number)

    @property
    def matched(self) -> tuple[Match, ...]:
        """Each word of the query with the forms of it that stand in the article."""
        return self._page.matched(self._number)

    @property
    def explanation(self) -> Explanation:
        """What each word of the query adds to the score."""
        return self._page.explanation(self._number, self.score)

    def __repr__(self) -> str:
        return f"<Hit {self.id!r}: {self.score:.3f}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Hit) and self.to_dict() == other.to_dict()

    __hash__ = None  # type: ignore[assignment]

    def to_dict(self, *, explain: bool = False) -> dict[str, Any]:
        """The hit as the JSON contract has it; with ``explain``, the parts of its score too."""
        article = self.article
        record: dict[str, Any] = {
            "id": article.id,
            "title": article.title,
            "date": article.date.isoformat() if article.date else None,
            "source": article.source,
            "url": article.url,
            "score": round(self.score, 6),
            "snippets": [snippet.to_dict() for snippet in self.snippets],
            "matched": [match.to_dict() for match in self.matched],
        }
        if self.copies:
            record["copies"] = self.copies
        if article.standing:
            record["standing"] = article.standing
        if explain:
            record["explanation"] = self.explanation.to_dict()
        return record


class Correction(NamedTuple):
    """A word that no article holds, and the word of the index searched for instead."""

    typed: str
    word: str
    edits: int

    def __str__(self) -> str:
        return f"{self.word} ← {self.typed} ({self.edits} edit{'s' if self.edits > 1 else ''})"


@dataclass(frozen=True, slots=True)
class SearchResults(Sequence[Hit]):
    """The hits of one page, best first, and what is to be said about them all.

    ``total`` counts every article found, on this page or not. ``tree`` is the query as it was
    understood, ``interpreted`` the same in the canonical syntax. ``facets`` has, for each that was
    asked for, the values of all articles found with their counts. ``did_you_mean`` is a query near
    to one that found nothing. ``took_ms`` is wall time in milliseconds.
    """

    query: str
    tree: Node
    total: int
    hits: tuple[Hit, ...]
    offset: int = 0
    corrections: tuple[Correction, ...] = ()
    warnings: tuple[str, ...] = ()
    took_ms: float = field(default=0.0, compare=False)
    facets: Mapping[str, Sequence[tuple[str, int]]] = field(default_factory=dict)
    did_you_mean: str | None = None
    story_count: Callable[[], int] | None = field(default=None, compare=False, repr=False)

    @property
    def stories(self) -> int:
        """The hits there are where one stands for all articles that tell the same story.

        Counted when it is asked for; without collapsing it is ``total``.
        """
        return self.total if self.story_count is None else self.story_count()

    @property
    def interpreted(self) -> str:
        return to_text(self.tree)

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

    def to_dict(self, *, explain: bool = False) -> dict[str, Any]:
        """The answer as the JSON contract has it; facets and the like where there are any."""
        record: dict[str, Any] = {
            "query": self.query,
            "interpreted": self.interpreted,
            "total": self.total,
            "took_ms": round(self.took_ms, 3),
            "warnings": [*map(str, self.corrections), *self.warnings],
            "hits": [hit.to_dict(explain=explain) for hit in self.hits],
        }
        stories = self.stories
        if stories < self.total:
            record["stories"] = stories
        if self.facets:
            record["facets"] = {
                name: [{"value": value, "count": count} for value, count in counts]
                for name, counts in self.facets.items()
            }
        if self.did_you_mean:
            record["did_you_mean"] = self.did_you_mean
        return record
