"""Each document's stored fields, compressed in blocks, as the arrays ``stored.…``.

A record is a line of JSON with the text, numbers and truth values. Whoosh lets a program store
any object; values of other types follow the line as a pickle, so open only indexes you trust
(Whoosh's own table of contents is a pickle too).
"""

from __future__ import annotations

import json
import pickle
import zlib
from bisect import bisect_right
from typing import Any

import numpy as np

from searchidx.segment.parts import Array, narrow
from searchidx.segment.whoosh_codec.drop_in.drafts import Parts, byte_array

__all__ = ["Records", "RecordsWriter"]

_BLOCK_BYTES = 4096
_LEVEL = 3
_PLAIN = frozenset([str, int, float, bool])


class RecordsWriter:
    """Collects records in the order of the documents."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        self._sizes: list[int] = []
        self._frames: list[bytes] = []
        self._block_ends: list[int] = []

    def add(self, values: dict[str, Any]) -> None:
        """The stored fields of the next document."""
        record = _encoded(values)
        self._waiting.append(record)
        self._sizes.append(len(record))
        self._waiting_bytes += len(record)
        if self._waiting_bytes >= _BLOCK_BYTES:
            self._end_block()

    def parts(self) -> dict[str, Array]:
        """The arrays to store."""
        if self._waiting:
            self._end_block()
        frame_ends = np.cumsum([len(frame) for frame in self._frames], dtype=np.int64)
        return {
            "stored.frames": byte_array(b"".join(self._frames)),
            "stored.frame_ends": narrow(frame_ends),
            "stored.block_ends": narrow(np.array(self._block_ends, dtype=np.int64)),
            "stored.sizes": narrow(np.array(self._sizes, dtype=np.int64)),
        }

    def _end_block(self) -> None:
        self._frames.append(zlib.compress(b"".join(self._waiting), _LEVEL))
        self._block_ends.append(len(self._sizes))
        self._waiting = []
        self._waiting_bytes = 0


class Records:
    """Reads single records; keeps the block it read last, as neighbours are often asked for."""

    def __init__(self, parts: Parts) -> None:
        self._frames = parts.bytes("stored.frames")
        self._frame_ends = parts["stored.frame_ends"]
        self._block_ends = parts["stored.block_ends"]
        self._sizes = parts["stored.sizes"]
        self._last: tuple[int, list[bytes]] = (-1, [])

    def __getitem__(self, doc: int) -> dict[str, Any]:
        block = bisect_right(self._block_ends.data, doc)
        first = int(self._block_ends[block - 1]) if block else 0
        known, records = self._last
        if known != block:
            records = self._block(block, first)
            self._last = block, records
        return _decoded(records[doc - first])

    def _block(self, block: int, first: int) -> list[bytes]:
        start = int(self._frame_ends[block - 1]) if block else 0
        frame = self._frames[start : int(self._frame_ends[block])]
        raw = zlib.decompress(frame)
        ends = np.cumsum(self._sizes[first : int(self._block_ends[block])], dtype=np.int64).tolist()
        return [raw[a:b] for a, b in zip([0, *ends], ends, strict=False)]


def _encoded(values: dict[str, Any]) -> bytes:
    plain = {name: value for name, value in values.items() if type(value) in _PLAIN}
    others = {name: value for name, value in values.items() if name not in plain}
    # JSON's text has no line break of its own, and its escapes keep lone surrogates.
    line = json.dumps(plain, separators=(",", ":")).encode() if plain else b""
    return line + b"\n" + pickle.dumps(others, 4) if others else line


def _decoded(record: bytes) -> dict[str, Any]:
    line, _, others = record.partition(b"\n")
    values: dict[str, Any] = json.loads(line) if line else {}
    if others:
        values |= pickle.loads(others)
    return values
