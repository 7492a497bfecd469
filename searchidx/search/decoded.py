"""Posting lists decoded once and kept while there is room: a search reads the same words often."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextlib import suppress
from typing import TypeVar

__all__ = ["Kept"]

Thing = TypeVar("Thing")


class Kept:
    """What was decoded last, up to a number of bytes. Nothing in it is ever changed."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._things: OrderedDict[Hashable, tuple[object, int]] = OrderedDict()
        self._size = 0

    def get(self, key: Hashable, make: Callable[[], tuple[Thing, int]]) -> Thing:
        """The thing under the key, or a new one, which ``make`` gives with its size in bytes."""
        known = self._things.get(key)
        if known is not None:
            with suppress(KeyError):  # another thread may have dropped it
                self._things.move_to_end(key)
            return known[0]  # type: ignore[return-value]
        thing, size = make()
        if size <= self._capacity // 4:
            self._things[key] = (thing, size)
            self._size += size
            while self._size > self._capacity:
                try:
                    _, (_, dropped) = self._things.popitem(last=False)
                except KeyError:
                    break
                self._size -= dropped
        return thing
