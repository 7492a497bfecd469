"""What an index directory holds, as plain data: the one file whose replacement is a commit."""

from __future__ import annotations

import json
import os
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from searchidx.analysis import ANALYSIS_VERSION
from searchidx.errors import IndexCorrupt, IndexNotFound
from searchidx.segment import FORMAT_VERSION, Array

__all__ = ["MANIFEST_NAME", "Manifest", "SegmentEntry", "Tombstones", "sync_directory"]

MANIFEST_NAME = "MANIFEST"


@dataclass(frozen=True, slots=True)
class Tombstones:
    """A file of deleted articles: their numbers as little-endian int32, ascending."""

    file: str
    count: int
    crc32: int

    @classmethod
    def write(cls, path: Path, deleted: Array) -> Tombstones:
        """Write a new file, and wait until the disk has it."""
        data = deleted.astype("<i4").tobytes()
        with path.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        return cls(path.name, len(deleted), zlib.crc32(data))

    def read(self, directory: Path) -> Array:
        """The numbers. Raises IndexCorrupt where they are not those that were written."""
        path = directory / self.file
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            raise IndexCorrupt(
                f"{path} is missing: restore it from a copy, or run `searchidx rebuild`"
            ) from None
        if zlib.crc32(data) != self.crc32:
            raise IndexCorrupt(
                f"{path} is damaged: restore it from a copy, or run `searchidx rebuild`"
            )
        return np.frombuffer(data, dtype="<i4")


class SegmentEntry(NamedTuple):
    """A segment's file, how many articles it has, and which are deleted."""

    name: str
    articles: int
    tombstones: Tombstones | None = None

    @property
    def file(self) -> str:
        return f"{self.name}.sidx"

    @property
    def live(self) -> int:
        return self.articles - (self.tombstones.count if self.tombstones else 0)

    def deleted(self, directory: Path) -> Array | None:
        """The numbers of the deleted articles, where there are any."""
        return self.tombstones.read(directory) if self.tombstones else None

    def to_record(self) -> dict[str, Any]:
        """The entry in JSON's values."""
        gone = self.tombstones
        return {
            "name": self.name,
            "articles": self.articles,
            "tombstones": {"file": gone.file, "count": gone.count, "crc32": gone.crc32}
            if gone
            else None,
        }

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> SegmentEntry:
        """The entry that ``to_record`` gave the values of."""
        gone = record["tombstones"]
        return cls(record["name"], record["articles"], Tombstones(**gone) if gone else None)


class Manifest(NamedTuple):
    """One generation of an index. ``sources`` are the paths that ``rebuild`` reads again.

    ``history`` has the segments of what was replaced or removed, ``catalog`` and ``stories``
    name the files of the files read and of the stories; ``withheld`` are ids taken down for good.
    """

    generation: int
    segments: tuple[SegmentEntry, ...] = ()
    sources: tuple[str, ...] = ()
    history: tuple[SegmentEntry, ...] = ()
    catalog: str | None = None
    stories: str | None = None
    withheld: tuple[str, ...] = ()

    @property
    def article_count(self) -> int:
        """Articles that are not deleted."""
        return sum(entry.live for entry in self.segments)

    @property
    def files(self) -> set[str]:
        """The names of all files that this generation needs beside the manifest."""
        entries = (*self.segments, *self.history)
        names = {entry.file for entry in entries}
        names.update(entry.tombstones.file for entry in entries if entry.tombstones)
        names.update(name for name in (self.catalog, self.stories) if name)
        return names

    @classmethod
    def read(cls, directory: Path) -> Manifest:
        """The generation last committed to the directory.

        Raises IndexNotFound where there is none, IndexCorrupt where it cannot be trusted.
        """
        path = directory / MANIFEST_NAME
        try:
            text = path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            raise IndexNotFound(
                f"there is no index in {directory}: make one with `searchidx index PATH…`"
            ) from None
        damaged = IndexCorrupt(
            f"{path} is damaged: restore it from a copy, or run `searchidx rebuild PATH…`"
        )
        try:
            record = json.loads(text)
            checksum = record.pop("crc32")
        except (ValueError, KeyError, AttributeError, TypeError):
            raise damaged from None
        if checksum != _checksum(record):
            raise damaged
        if record["format"] != FORMAT_VERSION:
            raise IndexCorrupt(
                f"the index in {directory} has format {record['format']}, this searchidx reads "
                f"{FORMAT_VERSION}: run `searchidx rebuild`"
            )
        if record["analysis"] != _ANALYSIS:
            raise IndexCorrupt(
                f"the index in {directory} was made with other rules for words: "
                "run `searchidx rebuild`"
            )
        return cls.from_record(record)

    @staticmethod
    def sources_of(directory: Path) -> tuple[str, ...]:
        """The sources of a manifest of any version; none where they cannot be made out."""
        try:
            sources = json.loads((directory / MANIFEST_NAME).read_bytes())["sources"]
        except (OSError, ValueError, KeyError, TypeError):
            return ()
        return tuple(str(source) for source in sources) if isinstance(sources, list) else ()

    @staticmethod
    def withheld_of(directory: Path) -> tuple[str, ...]:
        """What was taken down, from a manifest of any version."""
        try:
            withheld = json.loads((directory / MANIFEST_NAME).read_bytes())["withheld"]
        except (OSError, ValueError, KeyError, TypeError):
            return ()
        return tuple(str(one) for one in withheld) if isinstance(withheld, list) else ()

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> Manifest:
        """The manifest in JSON's values, versions and checksum not looked at."""
        return cls(
            generation=record["generation"],
            segments=tuple(map(SegmentEntry.from_record, record["segments"])),
            sources=tuple(record["sources"]),
            history=tuple(map(SegmentEntry.from_record, record["history"])),
            catalog=record["catalog"],
            stories=record["stories"],
            withheld=tuple(record["withheld"]),
        )

    def write(self, directory: Path) -> None:
        """Make this the directory's generation, in one step that a crash cannot divide."""
        record: dict[str, Any] = {
            "format": FORMAT_VERSION,
            "analysis": _ANALYSIS,
            "generation": self.generation,
            "sources": list(self.sources),
            "segments": [entry.to_record() for entry in self.segments],
            "history": [entry.to_record() for entry in self.history],
            "catalog": self.catalog,
            "stories": self.stories,
            "withheld": list(self.withheld),
        }
        record["crc32"] = _checksum(record)
        beside = directory / f".{MANIFEST_NAME}.new"
        with beside.open("w", encoding="utf-8") as file:
            json.dump(record, file, ensure_ascii=False, indent=1)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        sync_directory(directory)
        beside.replace(directory / MANIFEST_NAME)
        sync_directory(directory)


_ANALYSIS = {"version": ANALYSIS_VERSION, "stemmer": "snowball-english"}


def _checksum(record: dict[str, Any]) -> int:
    return zlib.crc32(json.dumps(record, ensure_ascii=False, sort_keys=True).encode())


def sync_directory(directory: Path) -> None:
    """Wait until the disk has the directory's entries, where the system can be asked to."""
    if os.name == "nt":
        return
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
