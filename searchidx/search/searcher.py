"""A query's way through the index: understand, match, score, rank, show."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from searchidx.analysis import words
from searchidx.article import Article
from searchidx.errors import QueryError
from searchidx.query import And, DateRange, Node, Not, Or, ParsedQuery, Phrase, parse, to_text
from searchidx.search.expand import Understanding, understand
from searchidx.search.leaves import (
    AllOf,
    AnyOf,
    Between,
    Everything,
    Leaf,
    Plan,
    Without,
    slots_of,
)
from searchidx.search.matching import LeafDocs, match_leaf
from searchidx.search.results import Hit, Match, SearchResults
from searchidx.search.scoring import COVERAGE, Collection
from searchidx.search.snippets import snippets_of
from searchidx.search.spans import Occurrence, occurrences
from searchidx.search.topk import Candidates, Ranked, first
from searchidx.search.vocabulary import Vocabulary
from searchidx.segment import NO_DATE, WORD_FIELDS, Array, Segment

__all__ = ["Searcher"]

SORTS = ("relevance", "newest", "oldest")
FILTER_FIELDS = ("title", "body", *WORD_FIELDS)

_EPOCH = dt.date(1970, 1, 1)


class Searcher:
    """Answers queries over a fixed set of segments."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self.segments = [segment for segment in segments if segment.live_count]
        self._vocabulary = Vocabulary(self.segments)

    @cached_property
    def collection(self) -> Collection:
        return Collection.of(self.segments)

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
        restrictions = _restrictions(since, until, filters or {})
        understood = understand(parsed.tree, self._vocabulary, correct=fuzzy == "auto")
        plan = AllOf((understood.plan, *(plan for _, plan in restrictions)))
        evaluation = _Evaluation(plan, self.segments, self.collection)
        found = evaluation.candidates()
        ranked = first(found, offset + limit, sort)[offset:]
        hits = tuple(_hit(row, understood.plan, evaluation, snippets) for row in ranked)
        tree = _restricted(understood.tree, [node for node, _ in restrictions])
        return SearchResults(
            query=text,
            interpreted=to_text(tree),
            total=sum(len(candidates.docs) for candidates in found),
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


@dataclass(frozen=True, slots=True, eq=False)
class _Matched:
    """What a plan node found in one segment: three arrays of shape ``(article_count,)``.

    ``mask`` and ``exact`` are bool, ``scores`` float64 and 0 wherever ``mask`` is off.
    """

    mask: Array
    scores: Array
    exact: Array


class _Evaluation:
    """One plan over all segments. Leaves are matched everywhere first: idf needs all of them."""

    def __init__(self, plan: Plan, segments: Sequence[Segment], collection: Collection) -> None:
        self._plan = plan
        self._segments = segments
        self._collection = collection
        self._found: dict[Leaf, list[LeafDocs]] = {}
        for leaf in dict.fromkeys(_leaves(plan)):
            self._found[leaf] = [match_leaf(leaf, segment) for segment in segments]

    def candidates(self) -> list[Candidates]:
        """The articles of each segment that match, with their scores."""
        matched = [self._match(self._plan, at) for at in range(len(self._segments))]
        found = []
        demotion = self._demotion(matched)
        for segment, here in zip(self._segments, matched, strict=True):
            mask = here.mask if segment.live is None else here.mask & segment.live
            docs = np.flatnonzero(mask)
            scores = np.where(here.exact[docs], 1.0, demotion) * here.scores[docs]
            found.append(Candidates(segment, docs, scores))
        return found

    def weight(self, leaf: Leaf) -> float:
        """The leaf's idf."""
        return self._collection.idf(sum(len(docs.docs) for docs in self._found[leaf]))

    @staticmethod
    def _demotion(matched: Sequence[_Matched]) -> float:
        """The factor for articles that only corrected words found: none outranks an exact hit."""
        lowest = min(
            (here.scores[here.exact].min() for here in matched if here.exact.any()), default=None
        )
        highest = max(
            (
                here.scores[here.mask & ~here.exact].max()
                for here in matched
                if (here.mask & ~here.exact).any()
            ),
            default=0.0,
        )
        if lowest is None or highest < lowest:
            return 1.0
        return float(0.999 * lowest / highest) if highest > 0 else 1.0

    def _match(self, plan: Plan, at: int) -> _Matched:
        segment = self._segments[at]
        match plan:
            case Leaf():
                return self._leaf(plan, at)
            case Between(since, until):
                days = segment.dates
                mask = days != NO_DATE
                if since:
                    mask &= days >= (since - _EPOCH).days
                if until:
                    mask &= days <= (until - _EPOCH).days
                return _unscored(mask)
            case Everything():
                return _unscored(np.ones(segment.article_count, dtype=bool))
            case Without(child):
                return _unscored(~self._match(child, at).mask)
            case AllOf(children):
                matched = self._joined(children, at, np.logical_and)
                matched.scores[~matched.mask] = 0
                matched.exact[~matched.mask] = False
                return matched
            case AnyOf(children):
                matched = self._joined(children, at, np.logical_or)
                matched.scores[:] *= self._coverage(children, at)
                return matched

    def _coverage(self, children: Sequence[Plan], at: int) -> Array:
        """Each article's factor for the share of the words that it has, if all are words."""
        segment = self._segments[at]
        covered = np.zeros(segment.article_count)
        whole = 0.0
        for leaf in dict.fromkeys(children):
            if not isinstance(leaf, Leaf) or not leaf.scored:
                return np.ones(segment.article_count)
            if any(len(found.docs) for found in self._found[leaf]):
                weight = self.weight(leaf)
                covered[self._found[leaf][at].docs] += weight
                whole += weight
        share: Array = (covered / (whole or 1.0)) ** COVERAGE
        return share

    def _joined(self, children: Sequence[Plan], at: int, operator: np.ufunc) -> _Matched:
        """One after the other, so that a query of thousands of words needs no more memory."""
        known: dict[Plan, _Matched] = {}
        total: _Matched | None = None
        for child in children:
            part = known.get(child) or self._match(child, at)
            known[child] = part
            if total is None:
                total = _Matched(part.mask.copy(), part.scores.copy(), part.exact.copy())
                continue
            operator(total.mask, part.mask, out=total.mask)
            np.add(total.scores, part.scores, out=total.scores)
            np.logical_or(total.exact, part.exact, out=total.exact)
        assert total is not None
        return total

    def _leaf(self, leaf: Leaf, at: int) -> _Matched:
        segment, found = self._segments[at], self._found[leaf][at]
        count = segment.article_count
        mask = np.zeros(count, dtype=bool)
        mask[found.docs] = True
        scores = np.zeros(count)
        exact = np.zeros(count, dtype=bool)
        if leaf.scored:
            idf = self.weight(leaf)
            scores[found.docs] = (
                self._collection.text_scores(
                    segment, found.docs, found.title_freqs, found.body_freqs, idf
                )
                if leaf.in_text
                else self._collection.field_scores(found.body_freqs, idf)
            )
            exact[found.docs] = found.exact
        return _Matched(mask, scores, exact)


def _unscored(mask: Array) -> _Matched:
    return _Matched(mask, np.zeros(len(mask)), np.zeros(len(mask), dtype=bool))


def _leaves(plan: Plan) -> Iterator[Leaf]:
    match plan:
        case Leaf():
            yield plan
        case AllOf(children) | AnyOf(children):
            for child in children:
                yield from _leaves(child)
        case Without(child):
            yield from _leaves(child)
        case _:
            pass


def _hit(row: Ranked, plan: Plan, evaluation: _Evaluation, most: int) -> Hit:
    article = row.segment.article(row.doc)
    found = occurrences(plan, article)
    snippets = snippets_of(article, found, evaluation.weight, most)
    return Hit(article, row.score, snippets, _matched_forms(article, found))


def _matched_forms(article: Article, found: Sequence[Occurrence]) -> tuple[Match, ...]:
    forms: dict[tuple[str, str], Match] = {}
    for place in found:
        value = getattr(article, place.field)
        text = value if isinstance(value, str) else "; ".join(value)
        surface = text[place.start : place.end]
        key = (place.leaf.typed, surface.casefold())
        if key not in forms:
            forms[key] = Match(place.leaf.typed, surface, _kind(place, surface), place.edits)
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
