"""Runs of postings in columns: a run is one term's, or one document's vector.

Of the postings of all runs, end to end: ``weights`` (absent where each is one), and ``values``,
the bytes that Whoosh's format made of each. ``value_sizes`` has the bytes of each value, or a
single number where all are alike; ``value_starts`` has where the values of each run begin.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable

import numpy as np

from searchidx.segment.parts import Array, narrow
from searchidx.segment.whoosh_codec.drop_in.drafts import Parts, byte_array, optional

__all__ = ["Run", "Runs", "RunsWriter", "small"]

# Below this, the four-byte floats that Whoosh keeps weights in hold every whole number.
_EXACT = 1 << 24


class RunsWriter:
    """Collects weights and values, run after run."""

    def __init__(self) -> None:
        self._weights = array("f")
        self._values: list[bytes] = []
        self._ends = array("Q")

    def __len__(self) -> int:
        return len(self._weights)

    def extend(self, weights: Iterable[float], values: Iterable[bytes | None]) -> None:
        """More postings of the present run."""
        self._weights.extend(weights)
        self._values.extend(value or b"" for value in values)

    def end_run(self) -> None:
        """The present run has all of its postings."""
        self._ends.append(len(self._weights))

    def ends(self) -> Array:
        """Where each run ends: int64, shape ``(runs,)``."""
        return np.array(self._ends, dtype=np.int64)

    def weights(self) -> Array:
        """float64, shape ``(postings,)``."""
        return np.array(self._weights, dtype=np.float64)

    def parts(self, prefix: str) -> dict[str, Array]:
        """The arrays to store."""
        parts = {f"{prefix}.run_ends": narrow(self.ends())}
        weights = self.weights()
        if (weights != 1).any():
            parts[f"{prefix}.weights"] = small(weights, np.float32)
        sizes = np.fromiter(map(len, self._values), dtype=np.int64, count=len(self._values))
        if sizes.any():
            parts[f"{prefix}.values"] = byte_array(b"".join(self._values))
            if (sizes == sizes[0]).all():
                sizes = sizes[:1]
            else:
                starts = np.concatenate([[0], self.ends()[:-1]])
                before = np.concatenate([[0], np.cumsum(sizes)])
                parts[f"{prefix}.value_starts"] = narrow(before[starts])
            parts[f"{prefix}.value_sizes"] = narrow(sizes)
        return parts


class Runs:
    """Reads the runs that were written under the prefix."""

    def __init__(self, parts: Parts, prefix: str) -> None:
        self.ends = parts[f"{prefix}.run_ends"]
        self._weights = optional(parts, f"{prefix}.weights")
        name = f"{prefix}.values"
        self._values = parts.bytes(name) if name in parts else None
        if self._values is not None:
            self._value_sizes = parts[f"{prefix}.value_sizes"]
            self._value_starts = optional(parts, f"{prefix}.value_starts")

    def bounds(self, number: int) -> tuple[int, int]:
        """The first posting of the run, and the one behind its last."""
        return int(self.ends[number - 1]) if number else 0, int(self.ends[number])

    def run(self, number: int) -> Run:
        """One run."""
        start, end = self.bounds(number)
        weights = None if self._weights is None else self._weights[start:end]
        if self._values is None:
            return Run(end - start, weights, None, 0, 0)
        if self._value_starts is None:
            size = int(self._value_sizes[0])
            return Run(end - start, weights, self._values, start * size, size)
        first = int(self._value_starts[number])
        return Run(end - start, weights, self._values, first, self._value_sizes[start:end])


class Run:
    """The weights and values of one run, decoded a block at a time."""

    def __init__(
        self,
        length: int,
        weights: Array | None,
        values: memoryview | None,
        first: int,
        sizes: Array | int,
    ) -> None:
        self.length = length
        self._weights = weights
        self._data = values
        self._first = first
        self._sizes = sizes
        self._ends: Array | None = None

    def weights(self, start: int, end: int) -> list[float]:
        """Of the postings from one to another."""
        if self._weights is None:
            return [1.0] * (end - start)
        weights: list[float] = self._weights[start:end].astype(np.float64).tolist()
        return weights

    def values(self, start: int, end: int) -> list[bytes]:
        """Of the postings from one to another."""
        if self._data is None:
            return [b""] * (end - start)
        if isinstance(self._sizes, int):
            size = self._sizes
            begin = self._first + start * size
            data = self._data[begin : begin + (end - start) * size].tobytes()
            return [data[at : at + size] for at in range(0, len(data), size)]
        if self._ends is None:
            self._ends = np.cumsum(self._sizes, dtype=np.int64)
        base = int(self._ends[start - 1]) if start else 0
        ends = (self._ends[start:end] - base).tolist()
        data = self._data[self._first + base : self._first + base + ends[-1]].tobytes()
        return [data[a:b] for a, b in zip([0, *ends], ends, strict=False)]


def small(weights: Array, otherwise: type[np.floating]) -> Array:
    """The same weights as small whole numbers, or where they are not whole, as stated."""
    whole = np.isfinite(weights).all() and (weights == np.floor(weights)).all()
    if whole and weights.min(initial=0) >= 0 and weights.max(initial=0) < _EXACT:
        return narrow(weights.astype(np.int64))
    return weights.astype(otherwise)
