"""A query's way through the index: understand, match, score, rank, show."""

from __future__ import annotations

import datetime as dt
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from searchidx.article import Article
from searchidx.errors import QueryError
from searchidx.query import (
    And,
    Boost,
    DateRange,
    Node,
    Not,
    Or,
    ParsedQuery,
    Phrase,
    Term,
    parse,
    to_text,
)
from searchidx.search.collapsing import Collapsed, collapse_stories, count_stories
from searchidx.search.collection import Collection
from searchidx.search.evaluation import Evaluation
from searchidx.search.expand import Understanding, corrected_throughout, understand
from searchidx.search.found import Found
from searchidx.search.leaves import AllOf, AnyOf, Between, Leaf, Plan, slots_of
from searchidx.search.matching import Matcher
from searchidx.search.page import HitPage
from searchidx.search.results import Hit, SearchResults
from searchidx.search.scoring import Scoring
from searchidx.search.topk import first, listed, total
from searchidx.search.vocabulary import Vocabulary
from searchidx.segment import WORD_FIELDS, Array, Segment, Stories

if TYPE_CHECKING:
    from searchidx.search.facets import Facets
    from searchidx.search.suggesting import Suggester, Suggestion

__all__ = ["Searcher"]

_SCANNED_TOGETHER = 100

SORTS = ("relevance", "newest", "oldest")
FILTER_FIELDS = ("title", "body", *WORD_FIELDS)


class _Question(NamedTuple):
    """A query as it is put, with what narrows it."""

    text: str | ParsedQuery
    fuzzy: str
    since: dt.date | None
    until: dt.date | None
    filters: Mapping[str, str | Sequence[str]] | None


class _Asked(NamedTuple):
    """A query with what narrows it: ``plan`` finds, ``understood.plan`` is what is marked."""

    parsed: ParsedQuery
    understood: Understanding
    plan: Plan
    tree: Node


class Searcher:
    """Answers queries over a fixed set of segments; ``stories`` tell which articles are alike."""

    def __init__(self, segments: Sequence[Segment], stories: Stories | None = None) -> None:
        self._stories = stories
        self._searches = 0
        self._faded: tuple[float, Array] | None = None
        self.segments = [segment for segment in segments if segment.live_count]
        self._collection = Collection(self.segments)
        self._matcher = Matcher(self._collection)
        self._scoring = Scoring(self._collection)
        self._vocabulary = Vocabulary(self.segments, self._matcher)

    def search(
        self,
        text: str | ParsedQuery,
        *,
        limit: int = 10,
        offset: int = 0,
        snippets: int = 3,
        fuzzy: str = "auto",
        sort: str = "relevance",
        since: dt.date | None = None,
        until: dt.date | None = None,
        filters: Mapping[str, str | Sequence[str]] | None = None,
        facets: Sequence[str] = (),
        strict: bool = False,
        timeout: float | None = None,
        collapse: bool = True,
        recency: float | None = None,
        feedback: bool = False,
    ) -> SearchResults:
        """Find the articles that answer a query; see ``Index.search``."""
        began = time.perf_counter()
        self._searches += 1
        if self._searches == 2:
            self._collection.keep()
        _check(limit, offset, snippets, fuzzy, sort, since, until)
        if recency is not None and not recency > 0:
            raise QueryError(f"recency is a number of days above 0, not {recency}")
        question = _Question(text, fuzzy, since, until, filters)
        if feedback:
            question = question._replace(text=self._fed_back(question))
        asked = self._asked(question)
        parsed, understood = asked.parsed, asked.understood
        warnings = _warnings(parsed, understood)
        if strict and (warnings or understood.corrections):
            corrected = [f"no article has '{one.typed}'" for one in understood.corrections]
            raise QueryError(f"{[*corrected, *warnings][0]}: not searched for, as strict was asked")
        deadline = math.inf if timeout is None else began + timeout
        evaluation = Evaluation(
            asked.plan, self._collection, self._matcher, self._scoring, deadline
        )
        found = evaluation.found()
        if recency is not None:
            from searchidx.search.recency import faded

            found = faded(found, self._fading(recency))
        shown = self._shown(found, offset + limit, sort, collapse)
        ranked, copies = shown.ranked[offset:], shown.copies[offset:]
        count = total(found)
        counted = self._facets.count(listed(found), facets) if facets else {}
        evaluation.done()
        page = HitPage(understood.plan, evaluation, self._vocabulary, ranked, snippets)
        hits = tuple(
            [
                Hit(score, number, page, others)
                for (score, number), others in zip(ranked, copies, strict=True)
            ]
        )
        if snippets:
            for hit in hits:
                hit.snippets  # noqa: B018  # made now, while the answer is
        return SearchResults(
            query=parsed.text,
            tree=asked.tree,
            total=count,
            hits=hits,
            offset=offset,
            corrections=understood.corrections,
            warnings=warnings,
            took_ms=(time.perf_counter() - began) * 1000,
            facets=counted,
            did_you_mean=None if count else self._meant(asked.tree),
            story_count=self._story_count(asked.plan, count) if collapse else None,
        )

    def _fading(self, half_life: float) -> Array:
        if self._faded is None or self._faded[0] != half_life:
            from searchidx.search.recency import fading

            self._faded = half_life, fading(self._collection, half_life)
        return self._faded[1]

    def _fed_back(self, question: _Question) -> ParsedQuery:
        """The query with the words that its best hits have in common."""
        from searchidx.search.feedback import HITS, with_feedback

        text = question.text
        parsed = parse(text) if isinstance(text, str) else text
        plain = question._replace(text=parsed)
        tree = understand(parsed.tree, self._vocabulary, correct=question.fuzzy == "auto").tree
        best = self.search(**plain._asdict(), limit=HITS, snippets=0)
        articles = [(hit.article, hit.score) for hit in best]
        more = with_feedback(tree, articles, self._doc_frequency, self._collection.count)
        return ParsedQuery(parsed.text, more, parsed.warnings)

    def _shown(self, found: Found, wanted: int, sort: str, collapse: bool) -> Collapsed:
        """The first articles, of each story only the first where stories are to collapse."""
        if collapse and self._stories is not None:
            return collapse_stories(found, self._collection, self._stories, wanted, sort)
        ranked = first(found, self._collection, wanted, sort)
        return Collapsed(ranked, [0] * len(ranked))

    def _story_count(self, plan: Plan, count: int) -> Callable[[], int] | None:
        """What counts the stories of the articles that a plan finds, when that is asked for."""
        stories = self._stories
        if stories is None:
            return None

        def counted() -> int:
            evaluation = Evaluation(plan, self._collection, self._matcher, self._scoring)
            try:
                return count_stories(evaluation.found(), count, stories)
            finally:
                evaluation.done()

        return counted

    def scan(
        self,
        text: str,
        *,
        snippets: int = 3,
        fuzzy: str = "auto",
        sort: str = "relevance",
        since: dt.date | None = None,
        until: dt.date | None = None,
        filters: Mapping[str, str | Sequence[str]] | None = None,
    ) -> Iterator[Hit]:
        """Every hit, one page after the other; see ``Index.scan``."""
        _check(0, 0, snippets, fuzzy, sort, since, until)
        asked = self._asked(_Question(text, fuzzy, since, until, filters))
        evaluation = Evaluation(asked.plan, self._collection, self._matcher, self._scoring)
        ranked = first(evaluation.found(), self._collection, self._collection.size, sort)
        evaluation.done()
        for at in range(0, len(ranked), _SCANNED_TOGETHER):
            some = ranked[at : at + _SCANNED_TOGETHER]
            page = HitPage(asked.understood.plan, evaluation, self._vocabulary, some, snippets)
            for score, number in some:
                yield Hit(score, number, page)

    def _asked(self, question: _Question) -> _Asked:
        text, fuzzy, since, until, filters = question
        parsed = parse(text) if isinstance(text, str) else text
        understood = understand(parsed.tree, self._vocabulary, correct=fuzzy == "auto")
        plan, tree = understood.plan, understood.tree
        if since or until or filters:
            restrictions = _restrictions(since, until, filters or {})
            plan = AllOf((plan, *(plan for _, plan in restrictions)))
            tree = _restricted(tree, [node for node, _ in restrictions])
        return _Asked(parsed, understood, plan, tree)

    def similar(self, article: Article, *, limit: int = 10, snippets: int = 0) -> SearchResults:
        """The articles that share the words which tell this one apart; see ``Index.similar``."""
        from searchidx.search.similar import telling_words

        telling = telling_words(article, self._doc_frequency, self._collection.count)
        words = [
            Boost(Term(one.word), max(0.01, round(one.weight, 2)))
            for one in telling
            if one.word not in ("AND", "OR", "NOT")
        ]
        if not words:
            raise QueryError(f"'{article.id}' has no words that other articles have too")
        wanted: Node = words[0] if len(words) == 1 else Or(tuple(words))
        tree = And((wanted, Not(Term(article.id, "id"))))
        asked = ParsedQuery(to_text(tree), tree)
        return self.search(asked, limit=limit, snippets=snippets, fuzzy="off")

    def suggest(self, prefix: str, limit: int) -> list[Suggestion]:
        """Words that begin so; see ``Index.suggest``."""
        return self._suggester.suggest(prefix, limit)

    def _doc_frequency(self, stem: str) -> int:
        count = 0
        for segment in self.segments:
            term = segment.text.lexicon.find(stem)
            count += 0 if term is None else segment.text.doc_frequency(term)
        return count

    def _meant(self, tree: Node) -> str | None:
        """The query with every word corrected that no article has, quoted ones too, if that finds
        something."""
        meant = corrected_throughout(tree, self._vocabulary)
        if meant == tree:
            return None
        plan = understand(meant, self._vocabulary, correct=False).plan
        evaluation = Evaluation(plan, self._collection, self._matcher, self._scoring)
        found = total(evaluation.found())
        evaluation.done()
        return to_text(meant) if found else None

    @cached_property
    def _facets(self) -> Facets:
        from searchidx.search.facets import Facets

        return Facets(self._collection)

    @cached_property
    def _suggester(self) -> Suggester:
        from searchidx.search.suggesting import Suggester

        return Suggester(self.segments)

    def copies(self, article_id: str) -> list[Article]:
        """The articles that tell the same story; see ``Index.copies``."""
        for base, segment in zip(self._collection.bases, self.segments, strict=True):
            doc = segment.doc_of(article_id)
            if doc is not None:
                label = 0
                if self._stories is not None:
                    (label,) = self._stories.of_few([base + doc])
                if self._stories is None or not label:
                    return [segment.article(doc)]
                places = map(self._collection.place, self._stories.members(label).tolist())
                return [one.article(at) for one, at in places if one.is_live(at)]
        return []

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
