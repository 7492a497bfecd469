"""The hits of one page: their articles, and the marks in them, made for all at once."""

from __future__ import annotations

from collections.abc import Sequence

from searchidx.analysis import words
from searchidx.article import Article
from searchidx.errors import IndexCorrupt
from searchidx.search.evaluation import Evaluation
from searchidx.search.explaining import Explanation, explain
from searchidx.search.leaves import Leaf, Plan
from searchidx.search.marking import Mark, Marked, Marker
from searchidx.search.results import Match, Snippet
from searchidx.search.snippets import Weights, sentences_of, whole_field
from searchidx.search.spans import Occurrence
from searchidx.search.topk import Ranked
from searchidx.search.vocabulary import Vocabulary
from searchidx.segment import Segment

__all__ = ["HitPage"]

Marks = tuple[tuple[Snippet, ...], tuple[Match, ...]]


class HitPage:
    """Where the hits of one page are read and their marks are made."""

    def __init__(
        self,
        plan: Plan,
        evaluation: Evaluation,
        vocabulary: Vocabulary,
        ranked: Sequence[Ranked],
        most: int,
    ) -> None:
        self._plan = plan
        self._evaluation = evaluation
        self._vocabulary = vocabulary
        self._ranked = ranked
        self._most = most
        self._made: dict[int, Marks | IndexCorrupt] = {}
        self._weights = Weights(evaluation.weight)
        self._matches: dict[tuple[Leaf, bytes, int], tuple[tuple[str, str], Match]] = {}

    def article(self, number: int) -> Article:
        """The article with this number in the collection."""
        segment, doc = self._evaluation.collection.place(number)
        return segment.article(doc)

    def marks(self, number: int) -> Marks:
        """Its snippets, and the forms that matched. Raises IndexCorrupt where it is damaged."""
        if not self._made:
            self._make()
        made = self._made[number]
        if isinstance(made, IndexCorrupt):
            raise made
        return made

    def explanation(self, number: int, score: float) -> Explanation:
        """The parts of its score."""
        return explain(self._plan, self._evaluation, number, score)

    def _make(self) -> None:
        places: dict[int, tuple[Segment, int]] = {}
        texts = []
        for _, number in self._ranked:
            segment, doc = self._evaluation.collection.place(number)
            try:
                texts.append(segment.texts(doc))
                places[number] = segment, doc
            except IndexCorrupt as damage:
                self._made[number] = damage
        marker = Marker(self._plan, self._evaluation, self._vocabulary)
        found = marker.mark(list(places), texts, self.article)
        for (number, (segment, doc)), text, marked in zip(
            places.items(), texts, found, strict=True
        ):
            try:
                article = segment.article(doc) if marked.elsewhere else None
                ends = segment.sentence_ends(doc, text[1]) if self._most else []
            except IndexCorrupt as damage:
                self._made[number] = damage
                continue
            self._made[number] = (
                self._snippets(*text, ends, marked, article),
                self._matched_forms(*text, marked, article),
            )

    def _snippets(
        self,
        title: bytes,
        body: bytes,
        ends: Sequence[int],
        marked: Marked,
        article: Article | None,
    ) -> tuple[Snippet, ...]:
        """The marked title, then other short fields, then sentences of the body."""
        if self._most <= 0:
            return ()
        shown = []
        if marked.title:
            shown.append(whole_field("title", *_in_characters(title, marked.title)))
        if article is not None:
            by_field: dict[str, list[Occurrence]] = {}
            for one in marked.elsewhere:
                by_field.setdefault(one.field, []).append(one)
            for name, found in sorted(by_field.items()):
                spans = [(one.start, one.end) for one in found]
                shown.append(whole_field(name, _short_field(article, name), spans))
        return (*shown, *sentences_of(body, ends, marked.body, self._weights, self._most))

    def _matched_forms(
        self, title: bytes, body: bytes, marked: Marked, article: Article | None
    ) -> tuple[Match, ...]:
        forms: dict[tuple[str, str], Match] = {}
        known = self._matches
        for text, marks in ((title, marked.title), (body, marked.body)):
            for start, end, leaf, edits in marks:
                seen = (leaf, text[start:end], edits)
                key, match = known.get(seen) or self._match(*seen)
                if key not in forms:
                    forms[key] = match
        for one in marked.elsewhere:
            assert article is not None
            surface = _short_field(article, one.field)[one.start : one.end]
            key, match = self._match(one.leaf, surface.encode("utf-8", "surrogatepass"), one.edits)
            forms.setdefault(key, match)
        return tuple(forms.values())

    def _match(self, leaf: Leaf, raw: bytes, edits: int) -> tuple[tuple[str, str], Match]:
        surface = raw.decode("utf-8", "surrogatepass")
        match = Match(leaf.typed, surface, _kind(leaf, edits, surface), edits)
        known = self._matches[leaf, raw, edits] = (leaf.typed, surface.casefold()), match
        return known


def _kind(leaf: Leaf, edits: int, surface: str) -> str:
    if edits:
        return "fuzzy"
    if leaf.slots and leaf.slots[-1].prefix is not None and leaf.typed.endswith("*"):
        return "prefix"
    typed = leaf.typed.partition("~")[0]
    if surface.lower() == typed.lower():
        return "exact"
    return "exact" if leaf.quoted or words(surface) == words(typed) else "stem"


def _in_characters(raw: bytes, marks: Sequence[Mark]) -> tuple[str, list[tuple[int, int]]]:
    """A short text and the places of its marks."""
    text = raw.decode("utf-8", "surrogatepass")
    if len(text) == len(raw):
        return text, [(start, end) for start, end, *_ in marks]

    def character(place: int) -> int:
        return len(raw[:place].decode("utf-8", "surrogatepass"))

    return text, [(character(start), character(end)) for start, end, *_ in marks]


def _short_field(article: Article, name: str) -> str:
    value = getattr(article, name)
    return value if isinstance(value, str) else "; ".join(value)
