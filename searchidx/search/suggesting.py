"""What a word being typed may become: words of the index, those that most articles have first."""

from __future__ import annotations

from bisect import insort
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from searchidx.analysis import Token, is_cjk, tokenize
from searchidx.segment import Array, Segment

__all__ = ["Suggester", "Suggestion"]

_MOST_ANSWERS = 10_000
_MOST_COUNTS = 200_000
_DEEPER = 4

_Ranked = tuple[int, str]
"""A number of articles, negative so that the most come first, and a word."""


class Suggestion(NamedTuple):
    """A text whose last word is completed, and how many live articles have this word, in this
    form, in title or body."""

    word: str
    articles: int


class Suggester:
    """Completes words from the titles and bodies of segments.

    Segments know how many articles have each word; where some were deleted, the articles are
    counted of words that may be among the first. What was counted and answered is kept.
    """

    def __init__(self, segments: Sequence[Segment]) -> None:
        self._segments = segments
        self._counts: dict[str, int] = {}
        self._answers: dict[tuple[str, int], list[_Ranked]] = {}

    def suggest(self, prefix: str, most: int = 10) -> list[Suggestion]:
        """The words that begin as the last word of the text does, those in most articles first.

        Each has in front of it what stands before the last word, as typed. Words are in normal
        form; ties go by word; the word itself, as far as it is typed, may be among them. Of
        Chinese the last two characters are looked up, or one that stands alone. Empty where the
        text does not end in a word.
        """
        token = _unfinished(prefix)
        if token is None or most < 1:
            return []
        before = prefix[: token.start]
        return [Suggestion(before + word, -less) for less, word in self._best(token.word, most)]

    def _best(self, prefix: str, most: int) -> list[_Ranked]:
        known = self._answers.get((prefix, most))
        if known is None:
            if len(self._answers) >= _MOST_ANSWERS:
                self._answers.clear()
            known = self._answers[prefix, most] = self._found(prefix, most)
            for segment in self._segments:
                segment.parts.release()
        return known

    def _found(self, prefix: str, most: int) -> list[_Ranked]:
        """Looks at ever more of the words until none of the others can be among the first."""
        ranges = [_Completions(segment, prefix) for segment in self._segments]
        depth = 2 * most
        while True:
            leading = [one.leading(depth) for one in ranges]
            best = self._first(leading, most)
            others = [one for one in leading if one.others]
            # Another word that comes up to this bound does so in each of these segments, so it
            # sorts behind the last word of each.
            bound = (-sum(one.others for one in others), max((o.last for o in others), default=""))
            if not others or (len(best) == most and best[-1] <= bound):
                return best
            depth *= _DEEPER

    def _first(self, leading: Sequence[_Leading], most: int) -> list[_Ranked]:
        """The first of the leading words, in order."""
        others = sum(one.others for one in leading)
        bounds: dict[str, int] = {}
        for one in leading:
            for word, bound in one.bounds.items():
                bounds[word] = bounds.get(word, others) + bound - one.others
        best: list[_Ranked] = []
        for ranked in sorted((-bound, word) for word, bound in bounds.items()):
            if len(best) == most and ranked > best[-1]:
                break
            count = self._count(ranked[1])
            if count:
                insort(best, (-count, ranked[1]))
                del best[most:]
        return best

    def _count(self, word: str) -> int:
        """The live articles that have a word."""
        known = self._counts.get(word)
        if known is None:
            if len(self._counts) >= _MOST_COUNTS:
                self._counts.clear()
            known = self._counts[word] = sum(_holders(one, word) for one in self._segments)
        return known


class _Leading(NamedTuple):
    """Words of one segment, and how many articles at most have each; of words that are not
    here, at most ``others``, and as many only if they sort behind ``last``."""

    bounds: dict[str, int]
    others: int
    last: str


class _Completions:
    """The words of one segment that begin so, and in how many articles, deleted or not, each is."""

    def __init__(self, segment: Segment, prefix: str) -> None:
        text = segment.text
        self._surfaces = text.surfaces
        found = self._surfaces.prefixed(prefix)
        # A lone Chinese character is the end of a run, not a word.
        lone = len(prefix) == 1 and is_cjk(prefix) and self._surfaces.find(prefix) is not None
        self._begin = found.start + lone
        self._frequencies: Array = text.surface_holders[self._begin : found.stop]

    def leading(self, depth: int) -> _Leading:
        """The words that most articles have; of equal ones the first."""
        frequencies = self._frequencies
        others = 0
        places = np.arange(min(len(frequencies), depth))
        if len(frequencies) > depth:
            # Sorted, as narrow numbers with many equals among them are faster so than partitioned.
            others = int(np.sort(frequencies)[-depth])
            above = np.flatnonzero(frequencies > others)
            places = np.concatenate(
                [above, np.flatnonzero(frequencies == others)[: depth - len(above)]]
            )
        words = [self._surfaces[self._begin + place] for place in places.tolist()]
        bounds = dict(zip(words, frequencies[places].tolist(), strict=True))
        return _Leading(bounds, others, words[-1] if words else "")


def _holders(segment: Segment, word: str) -> int:
    """How many live articles of the segment have a word."""
    text, live = segment.text, segment.live
    surface = text.surfaces.find(word)
    if surface is None:
        return 0
    if live is None:
        return int(text.surface_holders[surface])
    listed = text[int(text.surface_terms[surface])]
    docs = listed.occurrence_docs()[listed.variants == text.variant_of(surface)]
    docs = docs[live[docs]]
    return int(np.count_nonzero(np.diff(docs, prepend=-1)))


def _unfinished(text: str) -> Token | None:
    """The word that the text ends in, which another letter would make longer."""
    tokens = list(tokenize(text))
    if not tokens:
        return None
    last = tokens[-1]
    if last.end == len(text):
        # Of a Chinese run the last character has its own token within the last pair's.
        return next(token for token in tokens[-2:] if token.end == last.end)
    # An apostrophe or an accent may stand behind it.
    *_, longer = tokenize(f"{text}a")
    return last if longer.start == last.start else None
