"""The articles' own text, compressed in small blocks: reading one article opens one block.

Blocks are Zstandard frames (RFC 8878) of about three kilobytes. In a segment of some size they
share a dictionary, a sample of its texts, without which such small blocks would compress badly.
A merged segment has the blocks of those it was made of, and their dictionaries.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import zstandard

from searchidx.segment.parts import Array, PartsFile, narrow

__all__ = ["StoredTexts", "StoredWriter"]

_BLOCK_BYTES = 3072
_LEVEL = 3
_DICTIONARY_BYTES = 112 * 1024
_SAMPLED_BYTES = 1 << 20  # a segment with less text than this has no dictionary


class StoredWriter:
    """Collects records, bytes of any kind, and compresses them as they come."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        self._compressor: zstandard.ZstdCompressor | None = None
        self._dictionary = 0
        self._dictionaries: list[bytes] = []  # packed; 0 stands for none, 1 for the first
        self._frames: list[bytes] = []
        self._frame_dictionaries: list[int] = []
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
            sample = _sample(self._waiting, self._waiting_bytes)
            self._dictionaries.append(zstandard.compress(sample))
            self._dictionary = len(self._dictionaries)
            shared = _dictionary(sample)
            shared.precompute_compress(level=_LEVEL)
            self._compressor = zstandard.ZstdCompressor(dict_data=shared)
        self._compress(last=False)

    def add_stored(self, stored: StoredTexts) -> bool:
        """Take all records of a segment as they were compressed there.

        False, and nothing is taken, where that is not worth while: without a dictionary the
        records are few, and compress better with others.
        """
        if not len(stored.dictionaries):
            return False
        self._compress(last=True)
        first = len(self._dictionaries)
        self._dictionaries += stored.dictionaries
        used = stored.block_dictionaries.astype(np.int64)
        self._frame_dictionaries += np.where(used > 0, used + first, 0).tolist()
        self._frames += stored.frames()
        starts = stored.block_starts.astype(np.int64)
        self._block_starts += (starts + self._count).tolist()
        self._record_ends.append(stored.record_ends.astype(np.int64))
        self._count += len(stored.record_ends)
        return True

    def parts(self) -> dict[str, Array]:
        """The arrays to store."""
        self._compress(last=True)
        return {
            "stored.dictionaries": _bytes(self._dictionaries),
            "stored.dictionary_ends": _ends(self._dictionaries),
            "stored.blocks": _bytes(self._frames),
            "stored.block_ends": _ends(self._frames),
            "stored.block_dictionaries": narrow(np.array(self._frame_dictionaries, np.int64)),
            "stored.block_starts": narrow(np.array(self._block_starts, dtype=np.int64)),
            "stored.record_ends": narrow(
                np.concatenate([np.zeros(0, dtype=np.int64), *self._record_ends])
            ),
        }

    def _compress(self, *, last: bool) -> None:
        records = self._waiting
        compressor = self._compressor or zstandard.ZstdCompressor(level=_LEVEL)
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
            self._frame_dictionaries.append(self._dictionary)
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
        self.block_starts = parts["stored.block_starts"]
        self.block_dictionaries = parts["stored.block_dictionaries"]
        self.record_ends = parts["stored.record_ends"]
        # Single numbers are read from views: these give them much faster than arrays.
        self._frame_ends = self._block_ends.data
        self._firsts = self.block_starts.data
        self._packed_with = self.block_dictionaries.data
        self._ends = self.record_ends.data
        packed = parts.bytes("stored.dictionaries")
        ends = parts["stored.dictionary_ends"].tolist()
        self.dictionaries = [bytes(packed[start:end]) for start, end in pairwise([0, *ends])]
        self._local = threading.local()

    def frames(self) -> list[bytes]:
        """The compressed blocks."""
        ends = self._block_ends.tolist()
        return [bytes(self._blocks[start:end]) for start, end in pairwise([0, *ends])]

    def record(self, doc: int) -> bytes:
        """One record as it was given."""
        block = bisect_right(self._firsts, doc) - 1
        start = 0 if doc == self._firsts[block] else self._ends[doc - 1]
        return self._opened(block)[start : self._ends[doc]]

    def records(self) -> Iterator[bytes]:
        """Every record in order, each block opened once."""
        ends = self.record_ends.tolist()
        starts = [*self.block_starts.tolist(), len(ends)]
        for block, (first, last) in enumerate(pairwise(starts)):
            opened = self._opened(block)
            begin = 0
            for end in ends[first:last]:
                yield opened[begin:end]
                begin = end

    def _opened(self, block: int) -> bytes:
        start = self._frame_ends[block - 1] if block else 0
        frame = self._blocks[start : self._frame_ends[block]]
        try:
            return self._decompressor(self._packed_with[block]).decompress(frame)
        except (zstandard.ZstdError, IndexError) as error:
            raise ValueError(str(error)) from None

    def _decompressor(self, dictionary: int) -> zstandard.ZstdDecompressor:
        # A decompressor keeps a working buffer, so each thread has its own.
        try:
            known: dict[int, zstandard.ZstdDecompressor] = self._local.opened
        except AttributeError:
            known = self._local.opened = {}
        opened = known.get(dictionary)
        if opened is None:
            shared = None
            if dictionary:
                shared = _dictionary(zstandard.decompress(self.dictionaries[dictionary - 1]))
            opened = known[dictionary] = zstandard.ZstdDecompressor(dict_data=shared)
        return opened


def _bytes(pieces: Sequence[bytes]) -> Array:
    return np.frombuffer(b"".join(pieces), dtype=np.uint8)


def _ends(pieces: Sequence[bytes]) -> Array:
    return narrow(np.cumsum([len(piece) for piece in pieces], dtype=np.int64))


def _dictionary(raw: bytes) -> zstandard.ZstdCompressionDict:
    return zstandard.ZstdCompressionDict(raw, dict_type=zstandard.DICT_TYPE_RAWCONTENT)


def _sample(records: Sequence[bytes], size: int) -> bytes:
    every = max(1, size // _DICTIONARY_BYTES)
    return b"\n".join(record[:4096] for record in records[::every])[:_DICTIONARY_BYTES]
