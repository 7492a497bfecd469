"""A plan to the articles that match it, and their scores: whole arrays, never one by one."""

from __future__ import annotations

import datetime as dt
import math
import time
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from searchidx.errors import QueryTimeout
from searchidx.search.collection import Collection
from searchidx.search.combining import Combining
from searchidx.search.found import Found
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
        self._combining = Combining(collection.size, self._borrowed)
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

    def saturated(self, leaf: Leaf, docs: Array) -> Array:
        """What the leaf's frequencies in these articles come to: float32, see ``scoring``."""
        titles, bodies = self.frequencies(leaf, docs).astype(np.float32).T
        if leaf.in_text:
            return self._scoring.saturated(docs, titles, bodies)
        return self._scoring.saturated_field(bodies)

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
                return self._combining.union([self._match(child) for child in children])
            case AllOf(children):
                return self._combining.intersection([self._match(child) for child in children])
            case Between(since, until):
                days = self.collection.dates
                mask = self._combining.mask_row()
                np.greater_equal(days, (since - _EPOCH).days if since else NO_DATE + 1, out=mask)
                if until:
                    mask &= np.less_equal(
                        days, (until - _EPOCH).days, out=self._combining.mask_row()
                    )
                return self._filter(mask)
            case Everything():
                return self._filter(np.ones(self.collection.size, dtype=bool))
            case Without(child):
                return self._filter(~self._combining.mask(self._match(child)))
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
