"""A plan to the articles that match it, and their scores: whole arrays, never one by one."""

from __future__ import annotations

import datetime as dt
import math
import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from searchidx.errors import QueryTimeout
from searchidx.search.collection import Collection
from searchidx.search.found import NONE, Found, count_above_zero, merged
from searchidx.search.leaves import (
    AllOf,
    AnyOf,
    Between,
    Boosted,
    Everything,
    Leaf,
    Plan,
    Without,
)
from searchidx.search.matching import Matcher, Matches
from searchidx.search.scoring import FUNCTION_WORD_WEIGHT, Scoring, presence
from searchidx.search.scratch import Borrowed
from searchidx.segment import NO_DATE, Array

__all__ = ["Evaluation"]

_EPOCH = dt.date(1970, 1, 1)
_DENSE = 16  # a word found in more than 1/16 of the articles is kept as a row of scores
_LONG_ROW = 500_000
_SPARSE = 64  # lists that reach fewer than 1/64 of the articles are merged, not spread out


class _Word(NamedTuple):
    """A word of title and body: the articles that hold it, and what it is worth in each.

    Most words have ``docs``, and beside them ``worth`` without the reward for presence. A word
    of very many articles has ``freqs`` instead: in the title and in the body of every article,
    uint, shape ``(2, articles)``. ``scores`` have the reward in them, by the reward and by what
    all is multiplied by.
    """

    total: int
    docs: Array | None
    worth: Array | None
    freqs: Array | None
    scores: dict[tuple[float, float], Array]


class Evaluation:
    """Answers one plan."""

    def __init__(
        self,
        plan: Plan,
        collection: Collection,
        matcher: Matcher,
        scoring: Scoring,
        deadline: float = math.inf,
    ) -> None:
        """``deadline`` is when, by ``time.perf_counter``, the answer is not waited for."""
        self._plan = plan
        self.collection = collection
        self._matcher = matcher
        self._scoring = scoring
        self._leaves = [leaf for leaf in dict.fromkeys(_leaves(plan)) if leaf.scored]
        self.presence = presence(len(self._leaves))
        self._lightness: float | None = None
        self._deadline = deadline
        self._matches: dict[Leaf, Matches] = {}
        self._words: dict[Leaf, _Word] = {}
        self._borrowed = Borrowed(matcher.scratch)
        # Queries of two, three and four words each have a reward; long rows are kept for one.
        self._rows_kept = 3 if matcher.scratch.size <= _LONG_ROW else 1

    def done(self) -> None:
        """What ``found`` gave is not looked at any more: its memory goes to the next query."""
        self._deadline = math.inf  # what is left is the marks of one page
        self._borrowed.give_back()

    def _in_time(self) -> None:
        if time.perf_counter() > self._deadline:
            raise QueryTimeout(
                "the query took too long and was cut: narrow it, or give it more time"
            )

    def found(self) -> Found:
        """The articles that match. Raises QueryTimeout behind the deadline."""
        found = self._match(self._plan)
        if found.docs is None and found.scores is None:
            assert found.mask is not None
            docs = np.flatnonzero(found.mask[: self.collection.size])
            return Found(docs, np.zeros(len(docs), dtype=np.float32))
        if found.scores is None:
            assert found.docs is not None
            return Found(found.docs, np.zeros(len(found.docs), dtype=np.float32), found.exact)
        return self._demoted(found)

    def weight(self, leaf: Leaf) -> float:
        """The leaf's idf."""
        return self.collection.idf(self.count(leaf))

    def count(self, leaf: Leaf) -> int:
        """How many articles match the leaf."""
        word = self._words.get(leaf)
        return word.total if word else len(self.matches(leaf).docs)

    def lightness(self, leaf: Leaf) -> float:
        """What the leaf's part of a score is multiplied by: function words count for less beside
        words that some article holds."""
        if not leaf.light:
            return 1.0
        if self._lightness is None:
            others = (one for one in self._leaves if not one.light)
            beside = any(len(self.matches(one).docs) for one in others)
            self._lightness = FUNCTION_WORD_WEIGHT if beside else 1.0
        return self._lightness

    def frequencies(self, leaf: Leaf, docs: Array) -> Array:
        """How often the leaf matches the title and the body of each of these articles, less for
        words edits away: float64, shape ``(articles, 2)``."""
        found = np.zeros((len(docs), 2))
        word = self._words.get(leaf)
        if word is not None and word.freqs is not None:
            found[:] = word.freqs[:, docs].T
            return found
        matches = self.matches(leaf)
        if len(matches.docs):
            at = matches.docs.searchsorted(docs)
            at[at == len(matches.docs)] = 0
            held = matches.docs[at] == docs
            if matches.title_freqs is not None:
                found[:, 0] = matches.title_freqs[at] * held
            found[:, 1] = matches.body_freqs[at] * held
        return found

    def matches(self, leaf: Leaf) -> Matches:
        """What the leaf matches: looked for once."""
        known = self._matches.get(leaf)
        if known is None:
            known = self._matches[leaf] = self._matcher.match(leaf, self._in_time)
            self._in_time()
        return known

    @staticmethod
    def _demoted(found: Found) -> Found:
        """No article that only corrected words found stands above an exact hit."""
        if found.exact is None or not found.exact.any():
            return found
        assert found.scores is not None
        exact = found.scores[found.exact]
        corrected = found.scores[~found.exact]
        lowest = exact[exact > 0].min(initial=np.float32(np.inf))
        highest = corrected.max(initial=np.float32(0))
        if highest < lowest or not np.isfinite(lowest):
            return found
        factor = np.float32(0.999) * lowest / highest
        scores = np.where(found.exact, found.scores, found.scores * factor)
        return Found(found.docs, scores, found.exact)

    # ---- one node after the other

    def _match(self, plan: Plan) -> Found:
        match plan:
            case Leaf():
                return self._leaf(plan)
            case AnyOf(children):
                return self._union([self._match(child) for child in children])
            case AllOf(children):
                return self._intersection([self._match(child) for child in children])
            case Between(since, until):
                days = self.collection.dates
                mask = self._mask_row()
                np.greater_equal(days, (since - _EPOCH).days if since else NO_DATE + 1, out=mask)
                if until:
                    mask &= np.less_equal(days, (until - _EPOCH).days, out=self._mask_row())
                return self._filter(mask)
            case Everything():
                return self._filter(np.ones(self.collection.size, dtype=bool))
            case Without(child):
                return self._filter(~self._mask(self._match(child)))
            case Boosted(child, factor):
                found = self._match(child)
                if found.scores is None:
                    return found
                # A row may be kept for other queries.
                return found._replace(scores=found.scores * np.float32(factor))

    def _filter(self, mask: Array) -> Found:
        live = self.collection.live
        if live is not None:
            mask &= live
        return Found(None, None, None, mask)

    def _mask_row(self) -> Array:
        return self._borrowed.take(np.bool_)[: self.collection.size]

    def _mask(self, found: Found) -> Array:
        """Which articles match: bool, one entry an article."""
        size = self.collection.size
        if found.docs is not None:
            mask = self._mask_row()
            mask[:] = False
            mask[found.docs] = True
            return mask
        if found.scores is not None:
            above: Array = np.greater(found.scores[:size], 0, out=self._mask_row())
            return above
        assert found.mask is not None
        return found.mask

    def _leaf(self, leaf: Leaf) -> Found:
        stem = leaf.slots[0].stem if len(leaf.slots) == 1 and not leaf.slots[0].words else None
        word = leaf.scored and leaf.field is None and not leaf.edits and leaf.times == 1
        if stem is not None and word:
            return self._word(leaf, stem)
        matches = self.matches(leaf)
        if not leaf.scored:
            return Found(matches.docs, None)
        saturated = (
            self._scoring.saturated(matches.docs, matches.title_freqs, matches.body_freqs)
            if leaf.in_text
            else self._scoring.saturated_field(matches.body_freqs)
        )
        worth = self._worth(saturated, self.weight(leaf) * self.lightness(leaf))
        return Found(matches.docs, worth, matches.exact)

    def _worth(self, saturated: Array, idf: float) -> Array:
        scores = saturated * np.float32(idf)
        scores += np.float32(idf * self.presence)
        return scores

    def _word(self, leaf: Leaf, stem: str) -> Found:
        """One word in any form: what it is worth is kept from one query to the next."""

        def make() -> tuple[_Word, int]:
            matches = self.matches(leaf)
            docs, size = matches.docs, self._matcher.scratch.size
            if len(docs) * _DENSE <= size:
                worth = self._scoring.saturated(docs, matches.title_freqs, matches.body_freqs)
                worth *= np.float32(self.collection.idf(len(docs)))
                bytes_each = 12 + 4 * self._rows_kept
                return _Word(len(docs), docs, worth, None, {}), bytes_each * len(docs)
            freqs = _rows_of(matches, size)
            return _Word(
                len(docs), None, None, freqs, {}
            ), 4 * size * self._rows_kept + freqs.nbytes

        word = self._words[leaf] = self._matcher.kept.get(("worth", stem), make)
        lightness = self.lightness(leaf)
        key = self.presence, lightness
        scores = word.scores.get(key)
        if scores is None:
            scores = self._with_reward(word)
            if lightness != 1:
                scores *= np.float32(lightness)
            if len(word.scores) >= self._rows_kept:
                word.scores.clear()
            word.scores[key] = scores
        return Found(word.docs, scores, total=word.total)

    def _union(self, children: Sequence[Found]) -> Found:
        children = [child for child in children if child.reach]
        if len(children) < 2:
            return children[0] if children else NONE
        if any(child.scores is None for child in children):
            return self._union_with_filters(children)
        reach = sum(child.reach for child in children)
        if reach * _SPARSE < self.collection.size:
            return merged(children)
        rows = [child for child in children if child.docs is None]
        row = self._sum(rows)
        count = 0 if not rows else rows[0].total if len(rows) == 1 else None
        for child in children:
            if child.docs is not None:
                scores = row[child.docs]
                if count is not None:
                    count += len(scores) - count_above_zero(scores)
                scores += child.scores
                row[child.docs] = scores
        return Found(None, row, self._exact(children, len(row)), total=count)

    def _with_reward(self, word: _Word) -> Array:
        idf = self.collection.idf(word.total)
        reward = np.float32(idf * self.presence)
        if word.freqs is None:
            assert word.worth is not None
            return word.worth + reward
        titles, bodies = word.freqs
        scores = self._scoring.saturated_row(titles, bodies)
        scores *= np.float32(idf)
        scores += reward
        scores *= (titles > 0) | (bodies > 0)
        return scores

    def _sum(self, children: Sequence[Found]) -> Array:
        """The sum of rows of scores, in one that may be written to."""
        own = self._borrowed.take(np.float32)
        rows = [child.scores for child in children if child.scores is not None]
        if not rows:
            own[:] = 0
        elif len(rows) == 1:
            np.copyto(own, rows[0])
        else:
            np.add(rows[0], rows[1], out=own)
            for row in rows[2:]:
                np.add(own, row, out=own)
        return own

    @staticmethod
    def _exact(children: Sequence[Found], size: int) -> Array | None:
        if all(child.exact is None for child in children):
            return None
        exact = np.zeros(size, dtype=bool)
        for child in children:
            if child.docs is not None:
                exact[child.docs if child.exact is None else child.docs[child.exact]] = True
            elif child.scores is not None:
                exact |= child.scores > 0 if child.exact is None else child.exact
        return exact

    def _union_with_filters(self, children: Sequence[Found]) -> Found:
        mask = np.zeros(self.collection.size, dtype=bool)
        scores = np.zeros(self.collection.size, dtype=np.float32)
        for child in children:
            mask |= self._mask(child)
            if child.scores is not None and child.docs is not None:
                scores[child.docs] += child.scores
            elif child.scores is not None:
                scores += child.scores[: self.collection.size]
        docs = np.flatnonzero(mask)
        if all(child.scores is None for child in children):
            return Found(docs, None)
        scored = [child for child in children if child.scores is not None]
        exact = self._exact(scored, len(mask))
        return Found(docs, scores[docs], None if exact is None else exact[docs])

    def _intersection(self, children: Sequence[Found]) -> Found:
        # From the shortest list on; rows and filters are only looked up.
        order = sorted(children, key=lambda child: child.reach)
        first = order[0]
        if len(order) == 1:
            return first
        if first.docs is None:
            return self._intersection_of_rows(order)
        docs = first.docs
        scores = first.scores
        exacts = [] if first.exact is None else [first.exact]
        inexact_only = first.scores is None or first.exact is not None
        for child in order[1:]:
            if not len(docs):
                return NONE
            kept, worth, exact = self._looked_up(child, docs)
            docs = docs[kept]
            if worth is not None:
                scores = worth if scores is None else scores[kept] + worth
            elif scores is not None:
                scores = scores[kept]
            exacts = [one[kept] for one in exacts]
            if child.scores is not None:
                inexact_only = inexact_only and child.exact is not None
                if exact is not None:
                    exacts.append(exact)
        if not exacts or not inexact_only:
            return Found(docs, scores)
        return Found(docs, scores, np.logical_or.reduce(exacts))

    def _looked_up(self, child: Found, docs: Array) -> tuple[Array, Array | None, Array | None]:
        """Which of the articles the child has too, what it makes them worth, and how exactly."""
        if child.docs is None:
            if child.scores is None:
                assert child.mask is not None
                return np.flatnonzero(child.mask[docs]), None, None
            worth = child.scores[docs]
            kept = np.flatnonzero(worth > 0)
            return kept, worth[kept], None if child.exact is None else child.exact[docs[kept]]
        if len(docs) * 32 < len(child.docs):
            at = np.searchsorted(child.docs, docs)
            at[at == len(child.docs)] = 0
            kept = np.flatnonzero(child.docs[at] == docs)
            at = at[kept]
        else:
            # One pass over each beats a binary search for every number. What others left in the
            # array need not be cleared: a place counts where it leads back to its article
            # (P. Briggs, L. Torczon, "An efficient representation for sparse sets", 1993).
            places = self._borrowed.take(np.int32)
            places[child.docs] = np.arange(len(child.docs), dtype=np.int32)
            at = np.minimum(places[docs], len(child.docs) - 1)
            kept = (child.docs[at] == docs).nonzero()[0]
            at = at[kept]
        return (
            kept,
            None if child.scores is None else child.scores[at],
            None if child.exact is None else child.exact[at],
        )

    def _intersection_of_rows(self, children: Sequence[Found]) -> Found:
        size = self.collection.size
        exact: Array | None = None
        scored = [child for child in children if child.scores is not None]
        # What one row alone scores 0 stays at 0, so that its mask is not needed.
        asked = children if len(scored) != 1 else [one for one in children if one.scores is None]
        masks = [self._mask(child) for child in asked]
        mask = masks[0]
        if len(masks) > 1:
            mask = np.logical_and(masks[0], masks[1], out=self._mask_row())
            for other in masks[2:]:
                mask &= other
        if not scored:
            return Found(None, None, None, mask)
        row = self._sum(scored)
        row[:size] *= mask
        if all(child.exact is not None for child in scored):
            exact = self._exact(scored, len(row))
        return Found(None, row, exact)


def _rows_of(matches: Matches, size: int) -> Array:
    """Frequencies as rows of one entry an article, the title's and the body's."""
    most = max(
        one.max(initial=0) for one in (matches.title_freqs, matches.body_freqs) if one is not None
    )
    freqs = np.zeros((2, size), dtype=np.min_scalar_type(int(most)))
    if matches.title_freqs is not None:
        freqs[0, matches.docs] = matches.title_freqs
    freqs[1, matches.docs] = matches.body_freqs
    return freqs


def _leaves(plan: Plan) -> Iterator[Leaf]:
    """The leaves that make articles match; what is excluded is worth nothing."""
    match plan:
        case Leaf():
            yield plan
        case AllOf(children) | AnyOf(children):
            for child in children:
                yield from _leaves(child)
        case Boosted(child):
            yield from _leaves(child)
        case _:
            pass
