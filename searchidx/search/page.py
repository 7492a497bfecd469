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


Found = tuple[bytes, bytes, Marked, Article | None]
"""The title and the body of a hit, what matched there, and all of it if that is elsewhere."""


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
        self._marker: Marker | None = None
        self._found: dict[int, Found] = {}
        self._snippets: dict[int, tuple[Snippet, ...]] = {}
        self._matched: dict[int, tuple[Match, ...]] = {}
        self._matches: dict[tuple[int, bytes, int], tuple[tuple[str, str], Match]] = {}
        self._damaged: dict[int, IndexCorrupt] = {}

    def article(self, number: int) -> Article:
        """The article with this number in the collection."""
        segment, doc = self._evaluation.collection.place(number)
        return segment.article(doc)

    def snippets(self, number: int) -> tuple[Snippet, ...]:
        """Its snippets, made for the whole page at once. Raises IndexCorrupt where it is
        damaged."""
        known = self._snippets.get(number)
        if known is None:
            self._make()
            self._check(number)
            known = self._snippets[number]
        return known

    def matched(self, number: int) -> tuple[Match, ...]:
        """The forms that matched. Raises IndexCorrupt where it is damaged."""
        known = self._matched.get(number)
        if known is None:
            self._make()
            self._check(number)
            known = self._matched[number] = self._matched_forms(*self._found[number])
        return known

    def explanation(self, number: int, score: float) -> Explanation:
        """The parts of its score."""
        return explain(self._plan, self._evaluation, number, score)

    def _check(self, number: int) -> None:
        if number in self._damaged:
            raise self._damaged[number]

    def _make(self) -> None:
        """Find what matched in every hit and cut the snippets, unless that is done."""
        if self._marker is not None:
            return
        docs: list[int] = []
        places: list[tuple[Segment, int]] = []
        texts: list[tuple[bytes, bytes]] = []
        # In the order of the index: what neighbours are compressed with is then still at hand.
        for number in sorted([number for _, number in self._ranked]):
            segment, doc = place = self._evaluation.collection.place(number)
            try:
                texts.append(segment.texts(doc))
                docs.append(number)
                places.append(place)
            except IndexCorrupt as damage:
                self._damaged[number] = damage
        marker = Marker(self._plan, self._evaluation, self._vocabulary)
        weights = Weights(lambda bit: self._evaluation.weight(marker.leaf(bit)))
        marks = marker.mark(docs, texts, self.article)
        for number, (segment, doc), (title, body), marked in zip(
            docs, places, texts, marks, strict=True
        ):
            try:
                article = segment.article(doc) if marked.elsewhere else None
                ends = segment.sentence_ends(doc, body) if self._most else []
            except IndexCorrupt as damage:
                self._damaged[number] = damage
                continue
            found = self._found[number] = title, body, marked, article
            self._snippets[number] = self._cut(*found, ends, weights)
        self._marker = marker

    def _cut(
        self,
        title: bytes,
        body: bytes,
        marked: Marked,
        article: Article | None,
        ends: Sequence[int],
        weights: Weights,
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
        shown += sentences_of(body, ends, marked.body, weights, self._most)
        return tuple(shown)

    def _matched_forms(
        self, title: bytes, body: bytes, marked: Marked, article: Article | None
    ) -> tuple[Match, ...]:
        assert self._marker is not None
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
            raw = surface.encode("utf-8", "surrogatepass")
            key, match = self._match(self._marker.bit(one.leaf), raw, one.edits)
            forms.setdefault(key, match)
        return tuple(forms.values())

    def _match(self, bit: int, raw: bytes, edits: int) -> tuple[tuple[str, str], Match]:
        assert self._marker is not None
        leaf = self._marker.leaf(bit)
        surface = raw.decode("utf-8", "surrogatepass")
        match = Match(leaf.typed, surface, _kind(leaf, edits, surface), edits)
        known = self._matches[bit, raw, edits] = (leaf.typed, surface.casefold()), match
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


def _in_characters(raw: bytes, marks: list[Mark]) -> tuple[str, Sequence[tuple[int, ...]]]:
    """A short text and the places of its marks."""
    text = raw.decode("utf-8", "surrogatepass")
    if len(text) == len(raw):
        return text, marks

    def character(place: int) -> int:
        return len(raw[:place].decode("utf-8", "surrogatepass"))

    return text, [(character(start), character(end)) for start, end, *_ in marks]


def _short_field(article: Article, name: str) -> str:
    value = getattr(article, name)
    return value if isinstance(value, str) else "; ".join(value)
