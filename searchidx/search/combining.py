"""Unions and intersections of what parts of a plan have found: whole arrays at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from searchidx.search.found import NONE, Found, count_above_zero, merged
from searchidx.search.scratch import Borrowed
from searchidx.segment import Array

__all__ = ["Combining"]

_SPARSE = 64  # lists that reach fewer than 1/64 of the articles are merged, not spread out


class Combining:
    """Joins what was found among so many articles, in borrowed arrays."""

    def __init__(self, size: int, borrowed: Borrowed) -> None:
        self._size = size
        self._borrowed = borrowed

    def union(self, children: Sequence[Found]) -> Found:
        children = [child for child in children if child.reach]
        if len(children) < 2:
            return children[0] if children else NONE
        if any(child.scores is None for child in children):
            return self._union_with_filters(children)
        reach = sum(child.reach for child in children)
        if reach * _SPARSE < self._size:
            return merged(children)
        rows = [child for child in children if child.docs is None]
        row = self._sum(rows)
        count = 0 if not rows else rows[0].total if len(rows) == 1 else None
        for child in children:
            if child.docs is None:
                continue
            if count == 0 and child.scores is not None:
                # The first to be written into a row of zeros.
                count = len(child.docs)
                row[child.docs] = child.scores
                continue
            scores = row[child.docs]
            if count is not None:
                count += len(scores) - count_above_zero(scores)
            scores += child.scores
            row[child.docs] = scores
        return Found(None, row, self._exact(children, len(row)), total=count)

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
        mask = np.zeros(self._size, dtype=bool)
        scores = np.zeros(self._size, dtype=np.float32)
        for child in children:
            mask |= self.mask(child)
            if child.scores is not None and child.docs is not None:
                scores[child.docs] += child.scores
            elif child.scores is not None:
                scores += child.scores[: self._size]
        docs = np.flatnonzero(mask)
        if all(child.scores is None for child in children):
            return Found(docs, None)
        scored = [child for child in children if child.scores is not None]
        exact = self._exact(scored, len(mask))
        return Found(docs, scores[docs], None if exact is None else exact[docs])

    def intersection(self, children: Sequence[Found]) -> Found:
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
        size = self._size
        exact: Array | None = None
        scored = [child for child in children if child.scores is not None]
        # What one row alone scores 0 stays at 0, so that its mask is not needed.
        asked = children if len(scored) != 1 else [one for one in children if one.scores is None]
        masks = [self.mask(child) for child in asked]
        mask = masks[0]
        if len(masks) > 1:
            mask = np.logical_and(masks[0], masks[1], out=self.mask_row())
            for other in masks[2:]:
                mask &= other
        if not scored:
            return Found(None, None, None, mask)
        row = self._sum(scored)
        row[:size] *= mask
        if all(child.exact is not None for child in scored):
            exact = self._exact(scored, len(row))
        return Found(None, row, exact)

    def mask_row(self) -> Array:
        return self._borrowed.take(np.bool_)[: self._size]

    def mask(self, found: Found) -> Array:
        """Which articles match: bool, one entry an article."""
        size = self._size
        if found.docs is not None:
            mask = self.mask_row()
            mask[:] = False
            mask[found.docs] = True
            return mask
        if found.scores is not None:
            above: Array = np.greater(found.scores[:size], 0, out=self.mask_row())
            return above
        assert found.mask is not None
        return found.mask
