"""The file a segment lies in: named arrays, each aligned, typed and with a checksum.

::

    magic 8 | header length 8 | header CRC-32 8 | header (JSON) | array | array | …

The header is two lines of JSON: a few facts, and for every array its name, dtype, length, offset
and CRC-32, which are read when an array is first asked for. Arrays are little-endian and begin at
multiples of 8 bytes, so numpy reads them as they lie in a memory map. Opening reads the header
alone, whatever the size of the file.
"""

from __future__ import annotations

import json
import mmap
import os
import struct
import zlib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from searchidx.errors import IndexCorrupt

__all__ = ["Array", "PartsFile", "narrow", "write_parts"]

Array = npt.NDArray[Any]

_MAGIC = b"SIDXSEG1"
_PREFIX = struct.Struct("<8sQQ")
_ALIGN = 8
_ITEM_BYTES = {
    kind: int(kind[-1]) for kind in ["|u1", "|b1", "<u2", "<u4", "<u8", "<i4", "<i8", "<f4", "<f8"]
}


class _Entry(NamedTuple):
    """What the header says of an array; ``length`` counts its items, ``offset`` bytes."""

    dtype: str
    length: int
    offset: int
    crc32: int

    @property
    def nbytes(self) -> int:
        return self.length * _ITEM_BYTES[self.dtype]


def narrow(values: Array) -> Array:
    """The same whole numbers, none negative, in the smallest unsigned dtype that holds them."""
    largest = int(values.max()) if values.size else 0
    return values.astype(np.min_scalar_type(largest), copy=False)


def write_parts(path: Path, facts: Mapping[str, Any], parts: Mapping[str, Array]) -> None:
    """Write arrays and a few plain facts to a new file, and wait until the disk has them."""
    table: dict[str, _Entry] = {}
    offset = 0
    laid: list[Array] = []
    for name, values in parts.items():
        flat = np.ascontiguousarray(values).reshape(-1)
        flat = flat.astype(flat.dtype.newbyteorder("<"), copy=False)
        offset += -offset % _ALIGN
        table[name] = _Entry(flat.dtype.str, len(flat), offset, _checksum(flat))
        laid.append(flat)
        offset += flat.nbytes
    known = {"facts": dict(facts), "bytes": offset}
    header = "\n".join(map(json.dumps, (known, table))).encode()
    with path.open("xb") as file:
        file.write(_PREFIX.pack(_MAGIC, len(header), zlib.crc32(header)))
        file.write(header)
        origin = file.tell() + -file.tell() % _ALIGN
        for entry, flat in zip(table.values(), laid, strict=True):
            file.seek(origin + entry.offset)
            file.write(flat.data)
        file.truncate(max(file.tell(), origin + offset))
        file.flush()
        os.fsync(file.fileno())


class PartsFile:
    """A file of arrays, mapped into memory; ``file[name]`` is an array that nothing can write to.

    Raises IndexCorrupt where the file is not whole, naming it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with path.open("rb") as file:
                prefix = file.read(_PREFIX.size)
                if len(prefix) < _PREFIX.size:
                    raise self._corrupt("it is cut off")
                magic, length, checksum = _PREFIX.unpack(prefix)
                if magic != _MAGIC:
                    raise self._corrupt("it is not a segment of this format")
                self.size = os.fstat(file.fileno()).st_size
                header = file.read(length) if length <= self.size else b""
                if len(header) < length or zlib.crc32(header) != checksum:
                    raise self._corrupt("its header is damaged")
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
                if hasattr(mmap, "MADV_RANDOM"):
                    # A search touches few places: what lies around them is not to be fetched.
                    self._map.madvise(mmap.MADV_RANDOM)
        except FileNotFoundError:
            raise IndexCorrupt(
                f"{path} is missing: restore it from a copy, or run `searchidx rebuild`"
            ) from None
        known, _, self._packed_table = header.partition(b"\n")
        record = json.loads(known)
        self.facts: dict[str, Any] = record["facts"]
        end = _PREFIX.size + length
        self._origin = end + -end % _ALIGN
        self._bytes = np.frombuffer(self._map, dtype=np.uint8)
        self._kept = False
        self._arrays: dict[str, Array] = {}
        if self._origin + record.get("bytes", 0) > self.size:
            raise self._corrupt("it is cut off")

    @cached_property
    def _table(self) -> dict[str, _Entry]:
        table = {name: _Entry(*entry) for name, entry in json.loads(self._packed_table).items()}
        for entry in table.values():
            if entry.dtype not in _ITEM_BYTES:
                raise self._corrupt(f"it has an array of the unknown kind {entry.dtype!r}")
        return table

    def names(self) -> list[str]:
        """The names of all arrays, in the order in which they lie."""
        return list(self._table)

    def __contains__(self, name: str) -> bool:
        return name in self._table

    def __getitem__(self, name: str) -> Array:
        values = self._arrays.get(name)
        if values is None:
            entry = self._table[name]
            start = self._origin + entry.offset
            values = self._bytes[start : start + entry.nbytes].view(entry.dtype)
            self._arrays[name] = values
        return values

    def bytes(self, name: str) -> memoryview:
        """The part as plain bytes, not copied."""
        entry = self._table[name]
        start = self._origin + entry.offset
        return memoryview(self._map)[start : start + entry.nbytes]

    def release(self) -> None:
        """Let go of the memory that what was read of the file is mapped to.

        Arrays stay what they are: what is looked at again is mapped again, from the system's
        cache. One that has looked into many segments would otherwise hold a piece of each.
        """
        if hasattr(mmap, "MADV_DONTNEED") and not self._kept:
            self._map.madvise(mmap.MADV_DONTNEED)

    def keep(self) -> None:
        """Hold on to what is read from now on: one that asks on and on would map it again and
        again, a page at a time."""
        if hasattr(mmap, "MADV_NORMAL") and not self._kept:
            self._map.madvise(mmap.MADV_NORMAL)
        self._kept = True

    def damaged(self) -> list[str]:
        """The names of the arrays whose checksum does not agree. Reads the whole file."""
        found = [
            name for name, entry in self._table.items() if _checksum(self[name]) != entry.crc32
        ]
        end = 0
        for entry in self._table.values():
            if self._bytes[self._origin + end : self._origin + entry.offset].any():
                found.append("the space between arrays")
            end = entry.offset + entry.nbytes
        if self.size != self._origin + end:
            found.append("the length of the file")
        return found

    def _corrupt(self, what: str) -> IndexCorrupt:
        return IndexCorrupt(
            f"{self.path} cannot be read: {what}: "
            "restore it from a copy, or run `searchidx rebuild`"
        )


def _checksum(flat: Array) -> int:
    return zlib.crc32(flat.view(np.uint8).data) if flat.size else 0
