"""Grows news that looks real enough to measure a search engine with, to any number of articles.

    from news import Newsroom
    for article in Newsroom(seed=1).articles(100_000): …

Words follow Zipf's law (with Mandelbrot's shift) and their number keeps growing with the
collection as Heaps' law has it: names that were never seen before keep turning up. An article
belongs to a topic, whose words it mixes with English function words at the rates of real news
and with general vocabulary; it has sentences, paragraphs, a date within ten years, an outlet and
a byline, and a lognormal length, 300 words on average. The same seed gives the same articles,
however many are taken.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

__all__ = ["CLASSES", "Newsroom", "Query"]

CLASSES = (
    "one word",
    "or",
    "and",
    "common words",
    "phrase",
    "proximity",
    "prefix",
    "fuzzy 1",
    "fuzzy 2",
    "by date",
    "newest",
    "one snippet",
    "snippets",
)

# Common English words with their share of running text, in thousandths: round figures.
_SHARES = """
the:64 of:32 and:28 to:28 a:24 in:22 that:10 for:10 is:9 on:8 said:8 was:8 with:7 as:7 by:7 at:6
it:6 from:5 be:5 he:5 an:4 his:4 has:4 have:4 are:4 not:4 were:3 which:3 will:3 or:3 its:3 they:3
would:3 had:3 their:3 been:3 this:3 but:3 who:2 also:2 more:2 after:2 than:2 year:2 new:2 one:2
we:2 two:2 other:2 about:2 all:2 could:1 when:1 first:1 her:1 she:1 last:1 under:1 some:1 over:1
before:1 between:1 against:1 may:1 there:1 no:1 if:1 any:1 out:1 into:1
"""
_FUNCTION = {
    name: int(share) for name, _, share in (pair.partition(":") for pair in _SHARES.split())
}
_ONSETS = [*"bcdfghjklmnprstvwbcdflmnprst", "br", "ch", "cl", "gr", "pr", "st", "tr"]
_NUCLEI = [*"aeiouaeio", "ea", "ou"]
_CODAS = ["", "", "", "", "", "n", "r", "l", "s", "t", "m", "nt"]
_GENERAL = 24_000
_TOPICS = 60
_TOPIC_WORDS = 400
_BATCH = 500
_FIRST_DAY = dt.date(2014, 1, 1)
_DAYS = 3652


@dataclass(frozen=True)
class Query:
    """One query in plain words. ``words`` are lower case; ``day`` bounds a date filter."""

    kind: str
    words: tuple[str, ...]
    since: dt.date | None = None
    until: dt.date | None = None


@dataclass
class Newsroom:
    """A source of articles and of queries about them. ``length`` is the mean number of words."""

    seed: int = 1
    length: int = 300
    _general: list[str] = field(init=False)
    _topics: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        rng = np.random.default_rng(self.seed)
        self._function = list(_FUNCTION)
        self._function_shares = _cumulated(np.array(list(_FUNCTION.values()), dtype=float))
        self._general = _coined(_GENERAL, rng)
        ranks = np.arange(_GENERAL)
        self._general_shares = _cumulated(1 / (ranks + 2.7) ** 1.07)
        # A topic's words are general ones, the commoner the likelier, so that topics share some.
        drawn = rng.random((_TOPICS, _TOPIC_WORDS))
        self._topics = 60 + ((_GENERAL - 60) * drawn**3).astype(np.int64)
        self._topic_shares = _cumulated(1 / (np.arange(_TOPIC_WORDS) + 5.0))
        self._outlets = [f"The {word.capitalize()} Herald" for word in _coined(40, rng)]
        self._names: list[str] = []

    def articles(self, count: int) -> Iterator[dict[str, Any]]:
        """So many articles, as records with id, title, body, date, source and authors."""
        for start in range(0, count, _BATCH):
            size = min(_BATCH, count - start)
            yield from self._batch(start, size)

    def _batch(self, start: int, size: int) -> Iterator[dict[str, Any]]:
        rng = np.random.default_rng((self.seed, start))
        lengths = np.clip(rng.lognormal(np.log(self.length) - 0.18, 0.6, _BATCH), 25, 4000)
        lengths = lengths.astype(np.int64)
        titles = rng.integers(5, 12, _BATCH)
        topics = rng.integers(0, _TOPICS, _BATCH)
        days = rng.integers(0, _DAYS, _BATCH)
        outlets = rng.zipf(1.4, _BATCH) % len(self._outlets)
        bylines = self._name_numbers(rng, _BATCH, start)
        both = lengths + titles
        tokens = self._tokens(rng, np.repeat(topics, both), start)
        ends = np.cumsum(both)
        for at in range(size):
            words = tokens[ends[at] - both[at] : ends[at]]
            yield {
                "id": f"news-{start + at:08d}",
                "title": " ".join(words[: titles[at]]).capitalize(),
                "body": _prose(words[titles[at] :], rng),
                "date": (_FIRST_DAY + dt.timedelta(days=int(days[at]))).isoformat(),
                "source": self._outlets[outlets[at]],
                "authors": [self._name(int(bylines[at])).capitalize()],
            }

    def _tokens(self, rng: np.random.Generator, topics: np.ndarray, seen: int) -> list[str]:
        count = len(topics)
        kind = rng.random(count)
        share = rng.random(count)
        numbers = np.where(
            kind < 0.72,
            np.searchsorted(self._general_shares, share),
            self._topics[topics, np.searchsorted(self._topic_shares, share)],
        )
        function = np.searchsorted(self._function_shares, share)
        names = self._name_numbers(rng, count, seen)
        inflected = rng.random(count)
        words = []
        draws = zip(
            kind.tolist(), numbers.tolist(), function.tolist(), names.tolist(),
            inflected.tolist(), strict=True,
        )  # fmt: skip
        for which, number, plain, name, ending in draws:
            if which < 0.46:
                words.append(self._function[plain])
            elif which < 0.97:
                word = self._general[number]
                words.append(word if ending < 0.85 else word + _ENDINGS[int(ending * 50) % 3])
            elif which < 0.99:
                words.append(self._name(name).capitalize())
            else:
                words.append(str(int(10 ** (1 + 4 * ending))))
        return words

    def _name_numbers(self, rng: np.random.Generator, count: int, seen: int) -> np.ndarray:
        """Names so far: the pool grows with the articles, and old names come more often."""
        pool = 12 * (seen + 50) ** 0.7
        return (pool * rng.random(count) ** 3).astype(np.int64)

    def _name(self, number: int) -> str:
        while number >= len(self._names):
            rng = np.random.default_rng((self.seed, 7, len(self._names)))
            self._names += _coined(10_000, rng, syllables=3, keep=True)
        return self._names[number]

    def queries(self, kind: str, count: int, articles: int) -> list[Query]:
        """Queries of one class that a collection of so many articles has answers to."""
        rng = np.random.default_rng((self.seed, 11, CLASSES.index(kind)))
        found = []
        while len(found) < count:
            topic = self._topics[rng.integers(_TOPICS)]
            ranks = rng.choice(60, size=4, replace=False)
            words = [self._general[topic[rank]] for rank in ranks]
            since = _FIRST_DAY + dt.timedelta(days=int(rng.integers(0, _DAYS - 400)))
            if kind in ("or", "one snippet", "snippets", "newest"):
                found.append(Query(kind, tuple(words[: 2 + len(found) % 3])))
            elif kind == "and":
                # Two words of one article, so that there is something to find.
                found.append(Query(kind, tuple(words[: 2 + len(found) % 2])))
            elif kind == "common words":
                common = rng.choice(60, size=3, replace=False)
                found.append(Query(kind, tuple(self._general[rank] for rank in common)))
            elif kind in ("phrase", "proximity"):
                pair = self._neighbours(rng, articles, 1 if kind == "phrase" else 3)
                if pair:
                    found.append(Query(kind, pair))
            elif kind == "prefix":
                found.append(Query(kind, (words[0][:4],)))
            elif kind.startswith("fuzzy"):
                word = next((w for w in words if len(w) > 5), None)
                if word:
                    found.append(Query(kind, (_misspelt(word, int(kind[-1]), rng),)))
            elif kind == "by date":
                until = since + dt.timedelta(days=365)
                found.append(Query(kind, tuple(words[:3]), since, until))
            else:
                found.append(Query(kind, (words[0],)))
        return found

    def _neighbours(
        self, rng: np.random.Generator, articles: int, apart: int
    ) -> tuple[str, str] | None:
        """Two content words so many words apart in some article."""
        start = int(rng.integers(max(1, min(articles, 5000) // _BATCH))) * _BATCH
        (record,) = list(self._batch(start, 1))
        words = record["body"].split()
        common = set(self._general[:3000])
        both = zip(words, words[apart:], strict=False)
        pairs = [(one, two) for one, two in both if one in common and two in common]
        return pairs[rng.integers(len(pairs))] if pairs else None


_ENDINGS = ("s", "ed", "ing")


def _cumulated(shares: np.ndarray) -> np.ndarray:
    return np.cumsum(shares / shares.sum())[:-1]


def _coined(
    count: int, rng: np.random.Generator, syllables: int = 0, keep: bool = False
) -> list[str]:
    """Words that could be, all different unless kept as they come."""
    words: dict[str, None] = {}
    listed: list[str] = []
    while len(listed if keep else words) < count:
        # The commonest words are the shortest, as they are in English.
        size = syllables or 2 + int(len(words) > 500) * int(rng.random() < 0.6)
        picks = rng.random((size, 3))
        word = "".join(
            _ONSETS[int(a * len(_ONSETS))]
            + _NUCLEI[int(b * len(_NUCLEI))]
            + _CODAS[int(c * len(_CODAS))]
            for a, b, c in picks
        )
        if keep:
            listed.append(word)
        else:
            words[word] = None
    return listed if keep else list(words)


def _misspelt(word: str, edits: int, rng: np.random.Generator) -> str:
    """The word with so many letters swapped or changed, its first left alone."""
    for _ in range(edits):
        at = int(rng.integers(1, len(word) - 1))
        if rng.random() < 0.5:
            word = word[:at] + "x" + word[at + 1 :]
        else:
            word = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return word


def _prose(words: list[str], rng: np.random.Generator) -> str:
    """Words as sentences of about twenty, and paragraphs of about four sentences."""
    marks = rng.random(len(words))
    pieces = []
    begins = True
    for word, mark in zip(words, marks.tolist(), strict=True):
        pieces.append(word.capitalize() if begins else word)
        begins = mark < 0.05
        if mark < 0.0125:
            pieces.append(".\n\n")
        elif begins:
            pieces.append(". ")
        else:
            pieces.append(", " if mark < 0.1 else " ")
    return "".join(pieces).strip() + "."
