"""A query's way through the index: understand, match, score, rank, show."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator, Mapping, Sequence

from searchidx.analysis import words
from searchidx.article import Article
from searchidx.errors import QueryError
from searchidx.query import And, DateRange, Node, Not, Or, ParsedQuery, Phrase, parse
from searchidx.search.collection import Collection
from searchidx.search.evaluation import Evaluation
from searchidx.search.expand import Understanding, understand
from searchidx.search.leaves import AllOf, AnyOf, Between, Leaf, Plan, slots_of
from searchidx.search.marking import Fields, Marker
from searchidx.search.matching import Matcher
from searchidx.search.results import Hit, Match, SearchResults, Snippet
from searchidx.search.scoring import Scoring
from searchidx.search.snippets import snippets_of
from searchidx.search.spans import Occurrence
from searchidx.search.topk import Ranked, first, total
from searchidx.search.vocabulary import Vocabulary
from searchidx.segment import WORD_FIELDS, Segment

__all__ = ["Searcher"]

SORTS = ("relevance", "newest", "oldest")
FILTER_FIELDS = ("title", "body", *WORD_FIELDS)


class Searcher:
    """Answers queries over a fixed set of segments."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self.segments = [segment for segment in segments if segment.live_count]
        self._collection = Collection(self.segments)
        self._matcher = Matcher(self._collection)
        self._scoring = Scoring(self._collection)
        self._vocabulary = Vocabulary(self.segments, self._matcher)

    def search(
        self,
        text: str,
        *,
        limit: int = 10,
        offset: int = 0,
        snippets: int = 3,
        fuzzy: str = "auto",
        sort: str = "relevance",
        since: dt.date | None = None,
        until: dt.date | None = None,
        filters: Mapping[str, str | Sequence[str]] | None = None,
    ) -> SearchResults:
        """Find the articles that answer a query; see ``Index.search``."""
        began = time.perf_counter()
        _check(limit, offset, snippets, fuzzy, sort, since, until)
        parsed = parse(text)
        understood = understand(parsed.tree, self._vocabulary, correct=fuzzy == "auto")
        plan, tree = understood.plan, understood.tree
        if since or until or filters:
            restrictions = _restrictions(since, until, filters or {})
            plan = AllOf((plan, *(plan for _, plan in restrictions)))
            tree = _restricted(tree, [node for node, _ in restrictions])
        evaluation = Evaluation(plan, self._collection, self._matcher, self._scoring)
        found = evaluation.found()
        ranked = first(found, self._collection, offset + limit, sort)[offset:]
        page = _Page(understood.plan, evaluation, self._vocabulary, ranked, snippets)
        hits = tuple([Hit(score, number, page) for score, number in ranked])
        if snippets:
            for hit in hits:
                hit.snippets  # noqa: B018  # made now, while the answer is
        return SearchResults(
            query=text,
            tree=tree,
            total=total(found),
            hits=hits,
            offset=offset,
            corrections=understood.corrections,
            warnings=_warnings(parsed, understood),
            took_ms=(time.perf_counter() - began) * 1000,
        )

    def find(self, article_id: str) -> Article | None:
        """The live article with this id."""
        for segment in self.segments:
            doc = segment.doc_of(article_id)
            if doc is not None:
                return segment.article(doc)
        return None

    def articles(self) -> Iterator[Article]:
        """Every live article, in the order of adding within each segment."""
        for segment in self.segments:
            for doc in segment.live_docs().tolist():
                yield segment.article(doc)


class _Page:
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
        self._weights: dict[Leaf, float] = {}
        self._kinds: dict[tuple[Leaf, int, str], str] = {}

    def article(self, number: int) -> Article:
        segment, doc = self._evaluation.collection.place(number)
        return segment.article(doc)

    def marks(self, number: int) -> tuple[tuple[Snippet, ...], tuple[Match, ...]]:
        if self._marker is None:
            docs = [number for _, number in self._ranked]
            self._marker = Marker(self._plan, self._evaluation, self._vocabulary, docs)
        fields = Fields(*self._evaluation.collection.place(number))
        found = self._marker.occurrences(number, fields)
        snippets = snippets_of(fields, found, self._weight, self._most)
        return snippets, self._matched_forms(fields, found)

    def _weight(self, leaf: Leaf) -> float:
        weight = self._weights.get(leaf)
        if weight is None:
            weight = self._weights[leaf] = self._evaluation.weight(leaf)
        return weight

    def _matched_forms(self, fields: Fields, found: Sequence[Occurrence]) -> tuple[Match, ...]:
        forms: dict[tuple[str, str], Match] = {}
        for place in found:
            surface = fields[place.field][place.start : place.end]
            key = (place.leaf.typed, surface.casefold())
            if key not in forms:
                known = (place.leaf, place.edits, surface)
                kind = self._kinds.get(known)
                if kind is None:
                    kind = self._kinds[known] = _kind(place, surface)
                forms[key] = Match(place.leaf.typed, surface, kind, place.edits)
        return tuple(forms.values())


def _kind(place: Occurrence, surface: str) -> str:
    leaf = place.leaf
    if place.edits:
        return "fuzzy"
    if leaf.slots and leaf.slots[-1].prefix is not None and leaf.typed.endswith("*"):
        return "prefix"
    typed = leaf.typed.partition("~")[0]
    return "exact" if leaf.quoted or words(surface) == words(typed) else "stem"


def _restrictions(
    since: dt.date | None, until: dt.date | None, filters: Mapping[str, str | Sequence[str]]
) -> list[tuple[Node, Plan]]:
    restrictions: list[tuple[Node, Plan]] = []
    if since or until:
        restrictions.append((DateRange(since, until), Between(since, until)))
    for name, wanted in filters.items():
        if name not in FILTER_FIELDS:
            fields = ", ".join(FILTER_FIELDS)
            raise QueryError(f"cannot filter by '{name}': the fields are {fields}")
        nodes: list[Node] = []
        plans: list[Plan] = []
        for value in (wanted,) if isinstance(wanted, str) else wanted:
            nodes.append(Phrase(value, name))
            slots = slots_of(value, stemmed=False)
            if not slots:
                raise QueryError(f"cannot filter by {name} '{value}': it has no letters or digits")
            plans.append(Leaf(value, name, slots, quoted=True, scored=False))
        if nodes:
            restrictions.append(
                (nodes[0], plans[0]) if len(nodes) == 1 else (Or(tuple(nodes)), AnyOf(tuple(plans)))
            )
    return restrictions


def _restricted(tree: Node, restrictions: Sequence[Node]) -> Node:
    if not restrictions:
        return tree
    children = tree.children if isinstance(tree, And) else (tree,)
    return And((*children, *restrictions))


def _warnings(parsed: ParsedQuery, understood: Understanding) -> tuple[str, ...]:
    warnings = [*parsed.warnings, *understood.warnings]
    if isinstance(parsed.tree, Not):
        warnings.append("the query only excludes: every other article is found, newest first")
    return tuple(warnings)


def _check(
    limit: int,
    offset: int,
    snippets: int,
    fuzzy: str,
    sort: str,
    since: dt.date | None,
    until: dt.date | None,
) -> None:
    for name, value in (("limit", limit), ("offset", offset), ("snippets", snippets)):
        if value < 0:
            raise QueryError(f"{name} must be 0 or more, not {value}")
    if sort not in SORTS:
        raise QueryError(f"sort must be one of {', '.join(SORTS)}, not '{sort}'")
    if fuzzy not in ("auto", "off"):
        raise QueryError(f"fuzzy must be 'auto' or 'off', not '{fuzzy}'")
    if since and until and since > until:
        raise QueryError(f"nothing lies between {since} and {until}: --since is the later one")
