"""A column of words: each article's value as a number into a list of the values there are."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from functools import cached_property

import numpy as np

from searchidx.segment.lexicon import Lexicon
from searchidx.segment.parts import Array, PartsFile, narrow

__all__ = ["Column", "ColumnWriter"]

_MOST_KNOWN = 10_000


class ColumnWriter:
    """Collects one value an article; equal values are kept once."""

    def __init__(self) -> None:
        self.values: dict[str, int] = {}
        self.ordinals = array("i")

    def add(self, values: Sequence[str]) -> None:
        known = self.values
        if values and values.count(values[0]) == len(values):
            # Most articles say nothing in most fields.
            number = known.setdefault(values[0], len(known))
            self.ordinals.extend([number] * len(values))
            return
        self.ordinals.extend([known.setdefault(value, len(known)) for value in values])


class Column:
    """Reads a column. ``ordinals`` is uint, shape ``(article_count,)``."""

    def __init__(self, parts: PartsFile, name: str) -> None:
        self.ordinals: Array = parts[f"column.{name}.ordinals"]
        self._lexicon = Lexicon.of(parts, f"column.{name}.values")
        self._known: dict[int, str] = {}

    @cached_property
    def values(self) -> list[str]:
        """The distinct values, as they were stored."""
        return [value.decode("utf-8", "surrogatepass") for value in self._lexicon.all_encoded()]

    def __getitem__(self, doc: int) -> str:
        ordinal = int(self.ordinals[doc])
        known = self._known.get(ordinal)
        if known is None:
            known = self._lexicon.encoded(ordinal).decode("utf-8", "surrogatepass")
            if len(self._known) < _MOST_KNOWN:
                self._known[ordinal] = known
        return known

    @staticmethod
    def parts(name: str, ordinals: Sequence[int], values: Sequence[bytes]) -> dict[str, Array]:
        """The arrays to store."""
        return {
            f"column.{name}.ordinals": narrow(np.asarray(ordinals, dtype=np.int64)),
            **Lexicon.parts(f"column.{name}.values", values),
        }
