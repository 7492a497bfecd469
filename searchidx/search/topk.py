"""The first k of many, in an order that is the same every time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from searchidx.search.collection import Collection
from searchidx.search.evaluation import Found
from searchidx.segment import NO_DATE, Array, Segment

__all__ = ["Ranked", "first", "total"]

_WINDOW = 64
_LAST = np.iinfo(np.int32).max


@dataclass(frozen=True, slots=True)
class Ranked:
    """One article in its place: ``doc`` in its segment, ``number`` in the collection."""

    number: int
    score: float
    segment: Segment
    doc: int


def total(found: Found) -> int:
    """How many articles match."""
    if found.docs is not None:
        return len(found.docs)
    return int(np.count_nonzero(found.scores))


def first(found: Found, collection: Collection, k: int, sort: str) -> list[Ranked]:
    """The first ``k`` articles by ``"relevance"``, ``"newest"`` or ``"oldest"``.

    By relevance ties go to the newer article; by date to the better score; then, for both, to
    the smaller id. Articles without a date stand last.
    """
    if not k or not collection.size:
        return []
    docs, scores = found.docs, found.scores
    assert scores is not None
    if docs is None:
        docs = (
            _best_windows(scores, k)
            if sort == "relevance" and k * 4 * _WINDOW < len(scores)
            else np.flatnonzero(scores)
        )
        scores = scores[docs]
    if sort == "relevance":
        docs, scores = _at_least_kth(docs, scores, k)
        order = np.argsort(-scores, kind="stable")
        docs, scores = docs[order], scores[order]
        if len(docs) <= k and (scores[1:] < scores[:-1]).all():
            return _ranked(collection, docs, scores)
        keys = (-scores, _newest_first(collection, docs))
    else:
        dates = collection.dates[docs]
        key = (
            np.where(dates == NO_DATE, _LAST, dates)
            if sort == "oldest"
            else _newest_first(collection, docs)
        )
        kept = _smallest(key, k)
        docs, scores = docs[kept], scores[kept]
        keys = (key[kept], -scores)
    return _settled(collection, docs, scores, keys, k)


def _best_windows(row: Array, k: int) -> Array:
    """The articles of a row that may be among the k best: exact, and few.

    An article among the k best lies in one of the k windows with the highest maxima, or ties
    with those. Windows interleave (article ``d`` lies in window ``d mod n``), so that all their
    maxima are found by adding up long rows instead of many short ones.
    """
    windows = row.reshape(_WINDOW, -1)
    maxima = np.maximum.reduce(windows, axis=0)
    threshold = maxima[np.argpartition(maxima, -k)[-k]]
    if threshold <= 0:
        return np.flatnonzero(row)
    columns = np.flatnonzero(maxima >= threshold)
    rows, at = np.nonzero(windows[:, columns] >= threshold)
    docs: Array = np.sort(rows * windows.shape[1] + columns[at])
    return docs


def _at_least_kth(docs: Array, scores: Array, k: int) -> tuple[Array, Array]:
    """Those that score as much as the k-th best: k, and whatever ties with it."""
    if len(docs) <= k:
        return docs, scores
    kept = np.flatnonzero(scores >= np.partition(scores, -k)[-k])
    return docs[kept], scores[kept]


def _smallest(key: Array, k: int) -> Array:
    """The places of the k smallest, and of whatever ties with the k-th."""
    if len(key) <= k:
        return np.arange(len(key))
    return np.flatnonzero(key <= np.partition(key, k - 1)[k - 1])


def _newest_first(collection: Collection, docs: Array) -> Array:
    dates = collection.dates[docs]
    return np.where(dates == NO_DATE, _LAST, -dates)


def _settled(
    collection: Collection, docs: Array, scores: Array, keys: tuple[Array, Array], k: int
) -> list[Ranked]:
    """The k first by both keys, then by id; ids are compared only where both keys tie."""
    order = np.lexsort((keys[1], keys[0]))
    major, minor = keys[0][order], keys[1][order]
    if len(order) > k:
        # Whatever ties with the k-th stays in.
        tied = (major == major[k - 1]) & (minor == minor[k - 1])
        last = int(np.flatnonzero(tied)[-1]) + 1
        order, major, minor = order[:last], major[:last], minor[:last]
    if len(order) > 4 * k:
        order = _fewer_ids(collection, docs, order, int(np.flatnonzero(
            (major == major[-1]) & (minor == minor[-1]))[0]), k)
        major, minor = keys[0][order], keys[1][order]
    rows = _ranked(collection, docs[order], scores[order])
    leading = [
        (one, other, row.segment.article_id(row.doc), row)
        for one, other, row in zip(major.tolist(), minor.tolist(), rows, strict=True)
    ]
    leading.sort(key=lambda entry: entry[:3])
    return [entry[3] for entry in leading[:k]]


def _fewer_ids(
    collection: Collection, docs: Array, order: Array, tied_from: int, k: int
) -> Array:
    """Of very many that tie, only those that have the smallest ids of their segments."""
    kept = [order[:tied_from]]
    tied = order[tied_from:]
    for segment, base in zip(collection.segments, collection.bases, strict=True):
        local = docs[tied] - base
        here = np.flatnonzero((local >= 0) & (local < segment.article_count))
        ranks = segment.id_ranks[local[here]]
        kept.append(tied[here[_smallest(ranks, k)]])
    return np.concatenate(kept)


def _ranked(collection: Collection, docs: Array, scores: Array) -> list[Ranked]:
    return [
        Ranked(doc, score, *collection.place(doc))
        for doc, score in zip(docs.tolist(), scores.tolist(), strict=True)
    ]
