"""One change of an index, prepared beside what is there and committed as a whole."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path

import numpy as np

from searchidx.article import Article
from searchidx.errors import IndexCorrupt, IndexNotFound
from searchidx.index.added import Added
from searchidx.index.building import TOKENS_A_SEGMENT, Builders, segment_name
from searchidx.index.manifest import (
    Manifest,
    SegmentEntry,
    Tombstones,
    sync_directory,
)
from searchidx.segment import Row, Segment, digest, row_of
from searchidx.segment.merging import merge

__all__ = ["Transaction"]

_TIER_BASE = 8  # a tier of segments is this many times larger than the one below it
_TIER_WIDTH = 8  # and is merged when it has so many
# Segments as large as are built at once wait longer, for merging them costs a third of building
# them, and no merge takes more tokens than this: its memory grows with them.
_LARGE_TIER_WIDTH = 9
_MOST_TOKENS = 9 * TOKENS_A_SEGMENT
_DEFERRED_BYTES = 32 << 20


@dataclass(slots=True)
class _Open:
    """A segment of the coming generation, and its articles that this change deletes."""

    entry: SegmentEntry
    segment: Segment
    gone: set[int] = field(default_factory=set)

    @classmethod
    def new(cls, path: Path) -> _Open:
        """A segment just written."""
        segment = Segment(path)
        return cls(SegmentEntry(path.stem, segment.article_count), segment)

    @property
    def tokens(self) -> int:
        return int(self.segment.text.position_starts[-1])

    @property
    def deleted(self) -> np.ndarray:
        """All that is deleted in it, this change included: int32, ascending."""
        return np.union1d(self.segment.deleted, np.array(sorted(self.gone), dtype=np.int32))


class Transaction:
    """Collects additions and deletions against one generation; ``commit`` gives the next.

    Nothing that was there is touched before the commit, and everything written is removed by
    ``abandon``. The caller holds the writer lock.
    """

    def __init__(
        self, directory: Path, base: Manifest, generation: int, processes: int | None = None
    ) -> None:
        self._directory = directory
        self._base = base
        self._generation = generation
        self._processes = processes
        self._open = [_opened(directory, entry) for entry in base.segments]
        self._builders: Builders | None = None
        self._hashes: set[int] = set()  # of the ids that are being built
        self._later: dict[str, Row] = {}  # what came for an id that is being built
        self._later_bytes = 0
        self._written: list[Path] = []

    def add(self, articles: Iterable[Article]) -> Added:
        """Add articles. The same id replaces; the same id with the same content is skipped."""
        counts = {"added": 0, "replaced": 0, "skipped": 0}
        for article in articles:
            row = row_of(article)
            if hash(row.id) in self._hashes:
                # Whether it differs is seen once that article's segment is written.
                known = self._later.get(row.id)
                if known is not None:
                    counts["skipped" if digest(known) == digest(row) else "replaced"] += 1
                self._later[row.id] = row
                self._later_bytes += len(row.body)
                if self._later_bytes > _DEFERRED_BYTES:
                    self._flush(counts)
            else:
                self._add(row, counts)
        self._flush(counts)
        return Added(**counts)

    def _add(self, row: Row, counts: dict[str, int]) -> None:
        found = self._find(row.id)
        if found is None:
            counts["added"] += 1
        else:
            opened, doc = found
            if opened.segment.digest(doc) == digest(row):
                counts["skipped"] += 1
                return
            opened.gone.add(doc)
            counts["replaced"] += 1
        if self._builders is None:
            self._builders = Builders(self._directory, self._processes)
        self._hashes.add(hash(row.id))
        self._builders.add(row)

    def delete(self, article_id: str) -> bool:
        """Delete the article with this id; False where there is none."""
        found = self._find(article_id)
        if found is None:
            return False
        found[0].gone.add(found[1])
        return True

    def merge(self, *, everything: bool = False) -> None:
        """Write the segments of a full tier, or all, as fewer, without what is deleted."""
        while True:
            group = self._open if everything else self._full_tier()
            if not group or (everything and len(group) == 1 and not _deleted(group[0])):
                return
            self._open = [opened for opened in self._open if opened not in group]
            path = self._directory / f"{segment_name()}.sidx"
            self._written.append(path)
            segments = [Segment(opened.segment.path, opened.deleted) for opened in group]
            if merge(segments, path):
                self._open.append(_Open.new(path))
            for opened in group:
                self._drop_own(opened)
            if everything:
                return

    def commit(self, sources: Iterable[str]) -> Manifest:
        """Make the change the directory's next generation, and drop the files it has no use for."""
        from searchidx.segment.whoosh_codec import write_toc

        entries = [entry for opened in self._open if (entry := self._settled(opened)).live]
        manifest = Manifest(self._generation, tuple(entries), tuple(sources))
        segments = [
            Segment(self._directory / e.file, _deleted_docs(self._directory, e)) for e in entries
        ]
        # Whoosh's table of contents first: whichever of the two a crash leaves newest, all the
        # files that it names are there.
        self._written.append(write_toc(self._directory, self._generation, segments))
        manifest.write(self._directory)
        self._written.clear()
        self._remove_unused(manifest)
        return manifest

    def live_count(self) -> int:
        """How many articles a commit would leave."""
        return sum(o.segment.live_count - len(o.gone) for o in self._open)

    def verify(self) -> None:
        """Read back what was written. Raises IndexCorrupt where it is not what it should be."""
        for opened in self._open:
            if opened.segment.parts.damaged():
                raise IndexCorrupt(
                    f"{opened.segment.path} was not written whole: check the disk and try again"
                )

    def abandon(self) -> None:
        """Remove what was written; the index stays as it was."""
        if self._builders is not None:
            self._builders.abandon()
            self._builders = None
            self._written += self._strays()
        for path in self._written:
            path.unlink(missing_ok=True)
        self._written.clear()

    def _strays(self) -> list[Path]:
        """Segments that no generation names: a process that was ended tells of none."""
        try:
            kept = Manifest.read(self._directory).files
        except IndexNotFound:
            kept = set()
        except IndexCorrupt:
            return []
        return [path for path in self._directory.glob("MAIN_*.sidx") if path.name not in kept]

    def _find(self, article_id: str) -> tuple[_Open, int] | None:
        for opened in self._open:
            doc = opened.segment.doc_of(article_id)
            if doc is not None and doc not in opened.gone:
                return opened, doc
        return None

    def _flush(self, counts: dict[str, int]) -> None:
        """Write what is being built, then see to what came for the same ids since."""
        while self._builders is not None:
            written = self._builders.finish()
            self._written += written
            self._open += map(_Open.new, written)
            self._builders = None
            self._hashes.clear()
            later, self._later, self._later_bytes = self._later, {}, 0
            for row in later.values():
                self._add(row, counts)

    def _drop_own(self, opened: _Open) -> None:
        """Remove the file of a merged segment that no generation has seen."""
        path = opened.segment.path
        if path in self._written:
            self._written.remove(path)
            path.unlink()

    def _full_tier(self) -> list[_Open]:
        tiers: dict[int, list[_Open]] = {}
        large: list[_Open] = []
        for opened in self._open:
            tokens = opened.tokens
            if 2 * tokens < TOKENS_A_SEGMENT:
                tiers.setdefault(int(math.log(tokens + 1, _TIER_BASE)), []).append(opened)
            elif 2 * tokens < _MOST_TOKENS:
                large.append(opened)
        for tier in sorted(tiers):
            if len(tiers[tier]) >= _TIER_WIDTH:
                return tiers[tier]
        if len(large) < _LARGE_TIER_WIDTH:
            return []
        sizes = accumulate(opened.tokens for opened in large)
        return [one for one, size in zip(large, sizes, strict=True) if size <= _MOST_TOKENS]

    def _settled(self, opened: _Open) -> SegmentEntry:
        """The entry with this change's deletions written down."""
        recorded = opened.entry.tombstones.count if opened.entry.tombstones else 0
        if not opened.gone and len(opened.segment.deleted) == recorded:
            return opened.entry
        path = self._directory / f"{opened.entry.name}.{self._generation}.gone"
        self._written.append(path)
        tombstones = Tombstones.write(path, opened.deleted)
        return SegmentEntry(opened.entry.name, opened.entry.articles, tombstones)

    def _remove_unused(self, manifest: Manifest) -> None:
        toc = f"_MAIN_{manifest.generation}.toc"
        for path in self._directory.iterdir():
            ours = path.name.startswith("MAIN_") and path.suffix in (".sidx", ".gone")
            old_toc = path.name.startswith("_MAIN_") and path.name != toc
            if (ours and path.name not in manifest.files) or old_toc:
                path.unlink(missing_ok=True)
        sync_directory(self._directory)


def _opened(directory: Path, entry: SegmentEntry) -> _Open:
    return _Open(entry, Segment(directory / entry.file, _deleted_docs(directory, entry)))


def _deleted_docs(directory: Path, entry: SegmentEntry) -> np.ndarray | None:
    return entry.tombstones.read(directory) if entry.tombstones else None


def _deleted(opened: _Open) -> bool:
    return bool(opened.gone) or len(opened.segment.deleted) > 0
