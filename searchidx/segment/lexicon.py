"""A sorted list of terms as two arrays: their UTF-8 bytes end to end, and where each ends."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np

from searchidx.segment.parts import Array, PartsFile, narrow

__all__ = ["Lexicon"]


_STEP = 64


def _head(term: bytes) -> int:
    return int.from_bytes(term[:8].ljust(8, b"\0"), "big")


class Lexicon(Sequence[str]):
    """Terms in the order of their UTF-8 bytes; a term's number is its place.

    ``ends`` (uint, shape ``(terms,)``) are offsets into ``text``; ``heads`` (uint64) has the
    first eight bytes of every 64th term, as a number that sorts as terms do.
    """

    def __init__(self, text: memoryview, ends: Array, heads: Array | None = None) -> None:
        self._text = text
        self.ends = ends
        self._heads = heads

    @property
    def text_bytes(self) -> memoryview:
        """All terms end to end."""
        return self._text

    @classmethod
    def of(cls, parts: PartsFile, name: str) -> Lexicon:
        """The lexicon stored under the name."""
        return cls(parts.bytes(f"{name}.text"), parts[f"{name}.ends"], parts[f"{name}.heads"])

    @staticmethod
    def parts(name: str, terms: Sequence[bytes]) -> dict[str, Array]:
        """The arrays to store for terms that are sorted and distinct."""
        lengths = np.fromiter(map(len, terms), dtype=np.int64, count=len(terms))
        return {
            f"{name}.text": np.frombuffer(b"".join(terms), dtype=np.uint8),
            f"{name}.ends": narrow(np.cumsum(lengths)),
            f"{name}.heads": np.array([_head(term) for term in terms[::_STEP]], dtype=np.uint64),
        }

    def __len__(self) -> int:
        return len(self.ends)

    def __getitem__(self, number: int) -> str:  # type: ignore[override]
        return self.encoded(number).decode("utf-8")

    def __iter__(self) -> Iterator[str]:
        return (term.decode("utf-8") for term in self.all_encoded())

    def encoded(self, number: int) -> bytes:
        """The UTF-8 bytes of one term."""
        ends = self.ends
        start = int(ends[number - 1]) if number else 0
        return self._text[start : int(ends[number])].tobytes()

    def all_encoded(self) -> list[bytes]:
        """Every term's bytes, in order."""
        text = self._text.tobytes()
        ends = self.ends.tolist()
        return [text[start:end] for start, end in zip([0, *ends], ends, strict=False)]

    def lengths(self) -> Array:
        """Bytes in each term: int64, shape ``(terms,)``."""
        return np.diff(self.ends.astype(np.int64), prepend=0)

    def position(self, term: bytes) -> int:
        """How many terms come before this one."""
        return self._place(term)[0]

    def find(self, term: str) -> int | None:
        """The number of the term, or None where the lexicon lacks it."""
        at, there = self._place(term.encode("utf-8", "replace"))
        return at if there else None

    def _place(self, term: bytes) -> tuple[int, bool]:
        """How many terms come before this one, and whether the next one is it."""
        low, high = 0, len(self.ends)
        if self._heads is not None:
            # A search all over the terms would touch a page of the file at every step.
            head = _head(term)
            low = _STEP * max(0, bisect_left(self._listed_heads, head) - 1)
            high = min(high, _STEP * bisect_right(self._listed_heads, head))
        while high - low > _STEP:
            middle = (low + high) // 2
            if self.encoded(middle) < term:
                low = middle + 1
            else:
                high = middle
        # So few are read at once, and the one behind them, which may be it.
        offsets = [0] if not low else []
        offsets += self.ends[max(low - 1, 0) : high + 1].tolist()
        start = offsets[0]
        text = self._text[start : offsets[-1]].tobytes()

        def encoded(at: int) -> bytes:
            return text[offsets[at] - start : offsets[at + 1] - start]

        at = bisect_left(range(high - low), term, key=encoded)
        return low + at, at < len(offsets) - 1 and encoded(at) == term

    @cached_property
    def _listed_heads(self) -> list[int]:
        return [] if self._heads is None else self._heads.tolist()

    def prefixed(self, prefix: str) -> range:
        """The numbers of the terms that begin with the prefix."""
        key = prefix.encode("utf-8", "replace")
        # No byte of UTF-8 is 0xff, so this sorts behind every term with the prefix.
        return range(self.position(key), self.position(key + b"\xff"))
