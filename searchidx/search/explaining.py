"""Why a hit has the score that it has: the parts that add up to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from searchidx.search.evaluation import Evaluation
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

__all__ = ["Explanation", "Part", "explain"]


class Part(NamedTuple):
    """What one word, phrase or pair of the query adds to a score::

        score = boost · weight · idf · (saturated + presence) · scale

    ``title_freq`` and ``body_freq`` are how often it stands there, an occurrence edits away
    counting for less (for a short field ``body_freq`` is its frequency); the lengths are in
    words. ``articles`` is how many have it. ``weight`` is below 1 for function words, ``scale``
    for articles that corrections alone have found. ``scoring`` has the formulas.
    """

    term: str
    field: str | None
    title_freq: float
    body_freq: float
    title_length: int
    body_length: int
    articles: int
    idf: float
    saturated: float
    presence: float
    weight: float
    boost: float
    scale: float
    score: float


class Explanation(NamedTuple):
    """The parts of a score; ``rounding`` is what is left, as scores are computed in float32."""

    score: float
    parts: tuple[Part, ...]
    rounding: float

    def to_dict(self) -> dict[str, Any]:
        return {
            "score": self.score,
            "parts": [part._asdict() for part in self.parts],
            "rounding": self.rounding,
        }


def explain(plan: Plan, evaluation: Evaluation, number: int, score: float) -> Explanation:
    """Take the score of an article that the plan has found apart."""
    found = _matched(plan, evaluation, number, 1.0) or []
    parts = [_part(leaf, evaluation, number, boost) for leaf, boost in found]
    total = sum(one.score for one in parts)
    scale = 1.0
    if total and abs(score - total) > 1e-3 * total:
        scale = score / total
    scaled = tuple(one._replace(scale=scale, score=one.score * scale) for one in parts)
    return Explanation(score, scaled, score - sum(one.score for one in scaled))


def _part(leaf: Leaf, evaluation: Evaluation, number: int, boost: float) -> Part:
    collection, article = evaluation.collection, np.array([number])
    title_freq, body_freq = evaluation.frequencies(leaf, article)[0].tolist()
    saturated = float(evaluation.saturated(leaf, article)[0])
    idf, weight = evaluation.weight(leaf), evaluation.lightness(leaf)
    return Part(
        leaf.typed,
        leaf.field,
        title_freq,
        body_freq,
        int(collection.title_lengths[number]),
        int(collection.body_lengths[number]),
        evaluation.count(leaf),
        idf,
        saturated,
        evaluation.presence,
        weight,
        boost,
        1.0,
        boost * weight * idf * (saturated + evaluation.presence),
    )


def _matched(
    plan: Plan, evaluation: Evaluation, number: int, boost: float
) -> list[tuple[Leaf, float]] | None:
    """The leaves that add to the score, with what multiplies them; None where the plan does not
    match the article."""
    match plan:
        case Leaf():
            held = evaluation.frequencies(plan, np.array([number])).any()
            return ([(plan, boost)] if plan.scored else []) if held else None
        case Boosted(child, factor):
            return _matched(child, evaluation, number, boost * factor)
        case AllOf(children):
            every = [_matched(child, evaluation, number, boost) for child in children]
            return None if None in every else _together(every)
        case AnyOf(children):
            some = [_matched(child, evaluation, number, boost) for child in children]
            return None if all(one is None for one in some) else _together(some)
        case Without(child):
            return [] if _matched(child, evaluation, number, boost) is None else None
        case Between():
            segment, doc = evaluation.collection.place(number)
            date = segment.date(doc)
            since, until = plan
            within = date and (not since or since <= date) and (not until or date <= until)
            return [] if within else None
        case Everything():
            return []


def _together(
    found: Sequence[list[tuple[Leaf, float]] | None],
) -> list[tuple[Leaf, float]]:
    return [one for part in found for one in part or ()]
