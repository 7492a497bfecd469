"""Arrays of one entry an article, used by one query after the other.

Fresh memory of that size is mapped by the system page by page, which takes longer than the sums
done in it.
"""

from __future__ import annotations

import numpy as np

from searchidx.segment import Array

__all__ = ["Borrowed", "Scratch"]

_MOST_KEPT = 8


class Scratch:
    """Keeps arrays that no query uses. Threads may share it."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.free: dict[type, list[Array]] = {np.float32: [], np.bool_: [], np.int32: []}


class Borrowed:
    """The arrays that one query uses: nothing is in them yet, or whatever was."""

    def __init__(self, scratch: Scratch) -> None:
        self._scratch = scratch
        self._used: list[tuple[type, Array]] = []

    def take(self, dtype: type) -> Array:
        """An array of this type: float32, bool, or int32 with nothing below 0 in it."""
        try:
            array = self._scratch.free[dtype].pop()
        except IndexError:
            array = np.zeros(self._scratch.size, dtype=dtype)
        self._used.append((dtype, array))
        return array

    def give_back(self) -> None:
        """None of the arrays is looked at any more."""
        for dtype, array in self._used:
            free = self._scratch.free[dtype]
            if len(free) < _MOST_KEPT:
                free.append(array)
        self._used.clear()
