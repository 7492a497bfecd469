"""How many of the articles found have each source, author, month and so on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from searchidx.errors import QueryError
from searchidx.search.collection import Collection
from searchidx.segment import KEYWORD_FIELDS, LIST_FIELDS, NO_DATE, Array, Segment

__all__ = ["FACETS", "FacetCount", "Facets"]

_PERIODS = {"year": "Y", "month": "M"}

FACETS = (*KEYWORD_FIELDS, *_PERIODS)
"""What articles can be counted by."""


class FacetCount(NamedTuple):
    """A value and the number of articles that have it; ``""`` stands for those without any."""

    value: str
    count: int  # type: ignore[assignment]  # a tuple's own method is not missed


class _Facet(NamedTuple):
    """What every article of a collection has of one facet.

    ``numbers`` (uint, shape ``(size,)``) are places in ``values``, which are sorted, but for the
    ``""`` behind all periods. Where an article may have several values its number is that of a
    group, and ``pairs`` has every group beside each of its values: int64, shape ``(2, pairs)``.
    """

    numbers: Array
    values: list[str]
    pairs: Array | None = None


class Facets:
    """Counts the articles of a collection by facet.

    What a facet says of the whole collection is worked out when it is first asked for, and kept.
    """

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self._known: dict[str, _Facet] = {}

    def count(
        self, docs: Array, names: Sequence[str], most: int | None = None
    ) -> dict[str, tuple[FacetCount, ...]]:
        """For each facet the values that the articles have, the most frequent first.

        ``docs`` are numbers in the collection: int64, each once. Ties go by value; years and
        months stand in order of time, what has no date last. ``most`` keeps so many of the most
        frequent values; None means all. An article counts once for each of its authors. Raises
        QueryError for a facet that there is not.
        """
        return {name: _counts(self._facet(name), docs, most, name in _PERIODS) for name in names}

    def _facet(self, name: str) -> _Facet:
        facet = self._known.get(name)
        if facet is None:
            facet = self._known[name] = _facet(self._collection, name)
        return facet


def _facet(collection: Collection, name: str) -> _Facet:
    if name in _PERIODS:
        return _periods(collection.dates, _PERIODS[name])
    if name not in KEYWORD_FIELDS:
        raise QueryError(f"there is no facet '{name}': the facets are {', '.join(FACETS)}")
    column = _column(collection.segments, name)
    return _one_by_one(column) if name in LIST_FIELDS else column


def _column(segments: Sequence[Segment], name: str) -> _Facet:
    """A column of all segments, in common numbers."""
    columns = [segment.column(name) for segment in segments]
    values = sorted({value for column in columns for value in column.values})
    common = {value: number for number, value in enumerate(values)}
    kind = np.min_scalar_type(len(values))
    numbers = [np.zeros(0, dtype=kind)]
    for segment, column in zip(segments, columns, strict=True):
        numbers.append(np.array([common[one] for one in column.values], kind)[column.ordinals])
        segment.parts.release()
    return _Facet(np.concatenate(numbers), values)


def _one_by_one(column: _Facet) -> _Facet:
    """Lists of names, as the column has them, taken apart into names."""
    lists = [sorted(set(json.loads(value))) if value else [""] for value in column.values]
    names = sorted({name for one in lists for name in one})
    number = {name: at for at, name in enumerate(names)}
    pairs = [(group, number[name]) for group, one in enumerate(lists) for name in one]
    return _Facet(column.numbers, names, np.array(pairs, dtype=np.int64).reshape(-1, 2).T)


def _periods(dates: Array, unit: str) -> _Facet:
    """The years or months that there are."""
    dated = dates != NO_DATE
    days = dates[dated].astype("datetime64[D]")
    periods, places = np.unique(days.astype(f"datetime64[{unit}]"), return_inverse=True)
    numbers = np.full(len(dates), len(periods), dtype=np.min_scalar_type(len(periods)))
    numbers[dated] = places
    return _Facet(numbers, [*np.datetime_as_string(periods).tolist(), ""])


def _counts(facet: _Facet, docs: Array, most: int | None, in_order: bool) -> tuple[FacetCount, ...]:
    counts = _counted(facet, docs)
    # Values are sorted, and a stable sort leaves ties so.
    present = np.flatnonzero(counts)
    kept = present[np.argsort(-counts[present], kind="stable")][:most]
    if in_order:
        kept.sort()
    shown = zip(kept.tolist(), counts[kept].tolist(), strict=True)
    return tuple([FacetCount(facet.values[number], count) for number, count in shown])


def _counted(facet: _Facet, docs: Array) -> Array:
    """How many of the articles have each value: int64, shape ``(values,)`` or less."""
    if facet.pairs is None:
        return np.bincount(facet.numbers[docs])
    groups, members = facet.pairs
    held = np.bincount(facet.numbers[docs], minlength=int(groups.max(initial=0)) + 1)
    return np.bincount(members, held[groups]).astype(np.int64)
