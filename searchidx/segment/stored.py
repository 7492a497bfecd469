"""The articles' own text, compressed in small blocks: reading one article opens one block.

Blocks are Zstandard frames (RFC 8878) of about four kilobytes. In a segment of some size they
share a dictionary, a sample of its texts, without which such small blocks would compress badly.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import zstandard

from searchidx.segment.parts import Array, PartsFile, narrow

__all__ = ["StoredTexts", "StoredWriter"]

_BLOCK_BYTES = 4096
_LEVEL = 3
_DICTIONARY_BYTES = 112 * 1024
_SAMPLED_BYTES = 1 << 20  # a segment with less text than this has no dictionary


class StoredWriter:
    """Collects records, bytes of any kind, and compresses them as they come."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        self._dictionary: bytes | None = None
        self._compressor: zstandard.ZstdCompressor | None = None
        self._frames: list[bytes] = []
        self._block_starts: list[int] = []
        self._record_ends: list[Array] = []
        self._count = 0

    def add(self, records: Sequence[bytes]) -> None:
        """Take the next records."""
        self._waiting += records
        self._waiting_bytes += sum(map(len, records))
        if self._compressor is None:
            if self._waiting_bytes < _SAMPLED_BYTES:
                return
            self._dictionary = _sample(self._waiting, self._waiting_bytes)
            shared = _dictionary(self._dictionary)
            shared.precompute_compress(level=_LEVEL)
            self._compressor = zstandard.ZstdCompressor(dict_data=shared)
        self._compress(self._compressor, last=False)

    def parts(self) -> dict[str, Array]:
        """The arrays to store."""
        self._compress(self._compressor or zstandard.ZstdCompressor(level=_LEVEL), last=True)
        dictionary = self._dictionary or b""
        return {
            "stored.dictionary": np.frombuffer(zstandard.compress(dictionary), dtype=np.uint8),
            "stored.blocks": np.frombuffer(b"".join(self._frames), dtype=np.uint8),
            "stored.block_ends": narrow(np.cumsum([len(f) for f in self._frames], dtype=np.int64)),
            "stored.block_starts": narrow(np.array(self._block_starts, dtype=np.int64)),
            "stored.record_ends": narrow(
                np.concatenate([np.zeros(0, dtype=np.int64), *self._record_ends])
            ),
        }

    def _compress(self, compressor: zstandard.ZstdCompressor, *, last: bool) -> None:
        records = self._waiting
        ends = np.cumsum(np.fromiter(map(len, records), np.int64, len(records)))
        begin = 0
        base = 0
        while begin < len(records):
            end = int(np.searchsorted(ends, base + _BLOCK_BYTES)) + 1
            if end > len(records):
                if not last:
                    break
                end = len(records)
            self._frames.append(compressor.compress(b"".join(records[begin:end])))
            self._block_starts.append(self._count)
            self._record_ends.append(ends[begin:end] - base)
            self._count += end - begin
            begin, base = end, int(ends[end - 1])
        self._waiting = records[begin:]
        self._waiting_bytes = sum(map(len, self._waiting))


class StoredTexts:
    """Reads single records. Raises ``ValueError`` where one is damaged."""

    def __init__(self, parts: PartsFile) -> None:
        self._blocks = parts.bytes("stored.blocks")
        self._block_ends = parts["stored.block_ends"]
        self._block_starts = parts["stored.block_starts"]
        self._record_ends = parts["stored.record_ends"]
        self._packed_dictionary = parts["stored.dictionary"]
        self._local = threading.local()

    def record(self, doc: int) -> bytes:
        """One record as it was given."""
        block = int(self._block_starts.searchsorted(doc, side="right")) - 1
        opened = self._opened(block)
        first = doc == int(self._block_starts[block])
        return opened[0 if first else int(self._record_ends[doc - 1]) : int(self._record_ends[doc])]

    def records(self) -> Iterator[bytes]:
        """Every record in order, each block opened once."""
        ends = self._record_ends.tolist()
        starts = [*self._block_starts.tolist(), len(ends)]
        for block, (first, last) in enumerate(pairwise(starts)):
            opened = self._opened(block)
            begin = 0
            for end in ends[first:last]:
                yield opened[begin:end]
                begin = end

    def _opened(self, block: int) -> bytes:
        start = int(self._block_ends[block - 1]) if block else 0
        try:
            return self._decompressor().decompress(
                self._blocks[start : int(self._block_ends[block])]
            )
        except zstandard.ZstdError as error:
            raise ValueError(str(error)) from None

    def _decompressor(self) -> zstandard.ZstdDecompressor:
        try:
            known: zstandard.ZstdDecompressor = self._local.decompressor
        except AttributeError:
            # A decompressor keeps a working buffer, so each thread has its own.
            raw = zstandard.decompress(self._packed_dictionary.tobytes())
            known = zstandard.ZstdDecompressor(dict_data=_dictionary(raw) if raw else None)
            self._local.decompressor = known
        return known


def _dictionary(raw: bytes) -> zstandard.ZstdCompressionDict:
    return zstandard.ZstdCompressionDict(raw, dict_type=zstandard.DICT_TYPE_RAWCONTENT)


def _sample(records: Sequence[bytes], size: int) -> bytes:
    every = max(1, size // _DICTIONARY_BYTES)
    return b"\n".join(record[:4096] for record in records[::every])[:_DICTIONARY_BYTES]
