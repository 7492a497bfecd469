"""The files that articles were read from: what shows that one changed, and what it gave."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from searchidx.errors import IndexCorrupt
from searchidx.segment.parts import Array, PartsFile, narrow, write_parts

__all__ = ["Catalog", "FileRecord"]


class FileRecord(NamedTuple):
    """A file as it was when it was read; ``number`` is what its articles name as their origin.

    ``size`` is in bytes, ``modified`` in nanoseconds, ``inode`` what a renamed file keeps;
    ``articles`` counts what it gave.
    """

    number: int
    size: int
    modified: int
    inode: int
    articles: int = 0


Reasons = tuple[tuple[str, int], ...]


class Catalog:
    """The files that an index was made from: ``files`` by their absolute paths.

    ``reasons`` tells for some what of them was left out, and how often. ``claims`` are articles
    that several files gave: of each id the numbers of those files whose article gave way.
    ``reading`` says by which rules they were read, ``next_number`` is the number of the next
    file; no number is given twice.
    """

    def __init__(self) -> None:
        self.files: dict[str, FileRecord] = {}
        self.reasons: dict[str, Reasons] = {}
        self.claims: dict[str, list[int]] = {}
        self.reading: dict[str, Any] = {}
        self.next_number = 1

    def new_number(self) -> int:
        """A number for a file that has none."""
        self.next_number += 1
        return self.next_number - 1

    @cached_property
    def numbers(self) -> set[int]:
        """The numbers of all files."""
        return {record.number for record in self.files.values()}

    def put(self, path: str, record: FileRecord, reasons: Reasons = ()) -> None:
        """Take a file, or what became of one."""
        self.files[path] = record
        self.numbers.add(record.number)
        self.reasons.pop(path, None)
        if reasons:
            self.reasons[path] = reasons

    def forget(self, path: str) -> None:
        """Drop a file."""
        self.numbers.discard(self.files.pop(path).number)
        self.reasons.pop(path, None)

    def doubt(self, path: str) -> None:
        """Let a file look changed, so that it is read again."""
        self.files[path] = self.files[path]._replace(size=0, modified=0, inode=0)

    def path_of(self, number: int) -> str | None:
        """The path of the file with this number."""
        return next((path for path, one in self.files.items() if one.number == number), None)

    @classmethod
    def read(cls, path: Path) -> Catalog:
        """The catalog in the file. Raises IndexCorrupt where it is not what was written."""
        parts = PartsFile(path)
        if parts.damaged():
            raise IndexCorrupt(
                f"{path} is damaged: restore it from a copy, or run `searchidx rebuild PATH…`"
            )
        catalog = cls()
        columns = [parts[name].tolist() for name in FileRecord._fields]
        if columns[0]:
            paths = bytes(parts.bytes("paths")).decode("utf-8", "surrogatepass").split("\0")
            records = map(FileRecord._make, zip(*columns, strict=True))
            catalog.files = dict(zip(paths, records, strict=True))
        told: dict[str, list[tuple[str, int]]] = parts.facts["reasons"]
        catalog.reasons = {one: tuple([(why, n) for why, n in all_]) for one, all_ in told.items()}
        catalog.claims = parts.facts["claims"]
        catalog.reading = parts.facts["reading"]
        catalog.next_number = parts.facts["next_number"]
        return catalog

    def write(self, path: Path) -> None:
        """Write it to a new file, and wait until the disk has it."""
        names = "\0".join(self.files).encode("utf-8", "surrogatepass")
        parts: dict[str, Array] = {"paths": np.frombuffer(names, dtype=np.uint8)}
        columns = list(zip(*self.files.values(), strict=True)) or [()] * len(FileRecord._fields)
        for name, column in zip(FileRecord._fields, columns, strict=True):
            values = np.array(column, dtype=np.int64)
            # Times before 1970 are below zero.
            parts[name] = narrow(values) if values.min(initial=0) >= 0 else values
        facts = {
            "reasons": self.reasons,
            "claims": self.claims,
            "reading": self.reading,
            "next_number": self.next_number,
        }
        write_parts(path, facts, parts)
