"""A query's way through the index: understand, match, score, rank, show."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator, Mapping, Sequence

from searchidx.article import Article
from searchidx.errors import QueryError
from searchidx.query import And, DateRange, Node, Not, Or, ParsedQuery, Phrase, parse
from searchidx.search.collection import Collection
from searchidx.search.evaluation import Evaluation
from searchidx.search.expand import Understanding, understand
from searchidx.search.leaves import AllOf, AnyOf, Between, Leaf, Plan, slots_of
from searchidx.search.matching import Matcher
from searchidx.search.page import HitPage
from searchidx.search.results import Hit, SearchResults
from searchidx.search.scoring import Scoring
from searchidx.search.topk import first, total
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
        count = total(found)
        evaluation.done()
        page = HitPage(understood.plan, evaluation, self._vocabulary, ranked, snippets)
        hits = tuple([Hit(score, number, page) for score, number in ranked])
        if snippets:
            for hit in hits:
                hit.snippets  # noqa: B018  # made now, while the answer is
        return SearchResults(
            query=text,
            tree=tree,
            total=count,
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
