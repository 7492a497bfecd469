"""The first k of many, in an order that is the same every time."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from searchidx.search.collection import Collection
from searchidx.search.found import Found, count_above_zero
from searchidx.segment import NO_DATE, Array

__all__ = ["Ranked", "first", "listed", "total"]

# Articles in a window: of long rows there would be too many maxima to look through.
_WINDOW, _LONG_WINDOW, _LONG_ROW = 64, 256, 200_000
_FEW_WINDOW, _MANY = 16, 32  # of scores beside listed articles: at least two windows for each
_SHORT_ROW = 32_000  # is looked through as a whole
_LAST = int(np.iinfo(np.int32).max)


Ranked = tuple[float, int]
"""A score, and the number in the collection of the article that has it."""


def total(found: Found) -> int:
    """How many articles match."""
    if found.docs is not None:
        return len(found.docs)
    if found.total is not None:
        return found.total
    assert found.scores is not None
    return count_above_zero(found.scores)


def listed(found: Found) -> Array:
    """The articles that match: int64, ascending."""
    if found.docs is not None:
        return found.docs
    assert found.scores is not None
    docs: Array = np.flatnonzero(found.scores)
    return docs


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
        if k * 4 * _WINDOW >= len(scores):
            docs = np.flatnonzero(scores)
        elif sort == "relevance":
            docs = _best_windows(scores, k)
        else:
            docs = _first_by_date(scores, collection, k, sort)
        scores = scores[docs]
    if sort == "relevance":
        docs, scores = _at_least_kth(docs, scores, k)
        if len(docs) <= 4 * k:
            return _few(collection, docs, scores)[:k]
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
    windows = row.reshape(_WINDOW if len(row) < _LONG_ROW else _LONG_WINDOW, -1)
    maxima = np.maximum.reduce(windows, axis=0)
    threshold = np.partition(maxima, -k)[-k]
    if threshold <= 0:
        return row.nonzero()[0]
    if len(row) <= _SHORT_ROW:
        short: Array = (row >= threshold).nonzero()[0]
        return short
    columns = (maxima >= threshold).nonzero()[0]
    rows, at = np.divmod((windows[:, columns].ravel() >= threshold).nonzero()[0], len(columns))
    docs: Array = np.sort(rows * windows.shape[1] + columns[at])
    return docs


def _first_by_date(row: Array, collection: Collection, k: int, sort: str) -> Array:
    """The k first articles of a row by date, and whatever has the date of the last of them."""
    order = collection.newest_first
    if sort == "oldest":
        dated = np.flatnonzero(collection.dates[order] != NO_DATE)
        order = np.concatenate([order[dated[::-1]], order[len(dated) :]])
    found: list[Array] = []
    count, size, begin = 0, 4 * k, 0
    while begin < len(order) and count < k:
        these = order[begin : begin + size]
        found.append(these[row[these] > 0])
        count += len(found[-1])
        begin, size = begin + size, 2 * size
    docs = np.concatenate(found)
    if begin < len(order) and count:
        last = collection.dates[docs[min(k, count) - 1]]
        while begin < len(order) and collection.dates[order[begin]] == last:
            these = order[begin : begin + size]
            docs = np.concatenate([docs, these[row[these] > 0]])
            begin += size
    return docs


def _at_least_kth(docs: Array, scores: Array, k: int) -> tuple[Array, Array]:
    """Those that score as much as the k-th best: k, and whatever ties with it."""
    if len(docs) <= k:
        return docs, scores
    if len(docs) >= _MANY * k:
        # The k-th best of the maxima of windows is no better than the k-th best of all.
        windows = scores[: len(docs) // _FEW_WINDOW * _FEW_WINDOW].reshape(_FEW_WINDOW, -1)
        maxima = np.maximum.reduce(windows, axis=0)
        kept = (scores >= np.partition(maxima, -k)[-k]).nonzero()[0]
        docs, scores = docs[kept], scores[kept]
    kept = (scores >= np.partition(scores, -k)[-k]).nonzero()[0]
    return docs[kept], scores[kept]


def _few(collection: Collection, docs: Array, scores: Array) -> list[Ranked]:
    """So few articles that they are put in order one by one, by relevance."""
    ranked = sorted(zip(scores.tolist(), docs.tolist(), strict=True), reverse=True)
    if len({score for score, _ in ranked}) == len(ranked):
        return ranked
    tied = {one[0] for one, two in pairwise(ranked) if one[0] == two[0]}
    keys = []
    for score, number in ranked:
        newest, id_ = 0, ""
        if score in tied:
            segment, doc = collection.place(number)
            day = int(segment.dates[doc])
            newest, id_ = _LAST if day == NO_DATE else -day, segment.article_id(doc)
        keys.append((-score, newest, id_, score, number))
    keys.sort()
    return [key[3:] for key in keys]


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
        tied_from = int(np.flatnonzero((major == major[-1]) & (minor == minor[-1]))[0])
        order = _fewer_ids(collection, docs, order, tied_from, k)
        major, minor = keys[0][order], keys[1][order]
    leading = []
    for one, other, at in zip(major.tolist(), minor.tolist(), order.tolist(), strict=True):
        segment, doc = collection.place(int(docs[at]))
        leading.append((one, other, segment.article_id(doc), at))
    leading.sort()
    return [(float(scores[at]), int(docs[at])) for *_, at in leading[:k]]


def _fewer_ids(collection: Collection, docs: Array, order: Array, tied_from: int, k: int) -> Array:
    """Of very many that tie, only those that have the smallest ids of their segments."""
    kept = [order[:tied_from]]
    tied = order[tied_from:]
    for segment, base in zip(collection.segments, collection.bases, strict=True):
        local = docs[tied] - base
        here = np.flatnonzero((local >= 0) & (local < segment.article_count))
        ranks = segment.id_ranks[local[here]]
        kept.append(tied[here[_smallest(ranks, k)]])
    return np.concatenate(kept)
