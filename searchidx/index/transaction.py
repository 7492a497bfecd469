"""One change of an index, prepared beside what is there and committed as a whole."""

from __future__ import annotations

import math
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from searchidx.article import Article
from searchidx.errors import IndexCorrupt
from searchidx.index.manifest import Manifest, SegmentEntry, Tombstones, sync_directory
from searchidx.segment import Segment, SegmentBuilder

__all__ = ["Added", "Transaction"]

TOKENS_A_SEGMENT = 6_000_000
"""Tokens held in memory before they are written as a segment; no merge makes a larger one."""

_TIER_BASE = 4  # a tier of segments is this many times larger than the one below it
_TIER_WIDTH = 6  # and is merged when it has so many


@dataclass(frozen=True, slots=True)
class Added:
    """What became of the articles given to ``add``."""

    added: int = 0
    replaced: int = 0
    skipped: int = 0

    @property
    def total(self) -> int:
        return self.added + self.replaced + self.skipped


@dataclass(slots=True)
class _Open:
    """A segment of the coming generation, and its articles that this change deletes."""

    entry: SegmentEntry
    segment: Segment
    gone: set[int] = field(default_factory=set)


class Transaction:
    """Collects additions and deletions against one generation; ``commit`` gives the next.

    Nothing that was there is touched before the commit, and everything written is removed by
    ``abandon``. The caller holds the writer lock.
    """

    def __init__(self, directory: Path, base: Manifest, generation: int) -> None:
        self._directory = directory
        self._base = base
        self._generation = generation
        self._open = [_opened(directory, entry) for entry in base.segments]
        self._builder = SegmentBuilder()
        self._building: dict[str, tuple[int, bytes]] = {}
        self._building_gone: set[int] = set()
        self._written: list[Path] = []

    def add(self, articles: Iterable[Article]) -> Added:
        """Add articles. The same id replaces; the same id with the same content is skipped."""
        added = replaced = skipped = 0
        for article in articles:
            known = self._known_hash(article.id)
            if known is not None:
                if known == article.content_hash():
                    skipped += 1
                    continue
                self.delete(article.id)
                replaced += 1
            else:
                added += 1
            self._building[article.id] = (len(self._builder), article.content_hash())
            self._builder.add(article)
            if self._builder.tokens >= TOKENS_A_SEGMENT:
                self._flush()
        return Added(added, replaced, skipped)

    def delete(self, article_id: str) -> bool:
        """Delete the article with this id; False where there is none."""
        building = self._building.pop(article_id, None)
        if building is not None:
            self._building_gone.add(building[0])
            return True
        for opened in self._open:
            doc = opened.segment.doc_of(article_id)
            if doc is not None and doc not in opened.gone:
                opened.gone.add(doc)
                return True
        return False

    def merge(self, *, everything: bool = False) -> None:
        """Write the segments of a full tier, or all, as fewer, without what is deleted."""
        self._flush()
        while True:
            group = self._open if everything else self._full_tier()
            if not group or (everything and len(group) == 1 and not _deleted(group[0])):
                return
            self._open = [opened for opened in self._open if opened not in group]
            for opened in group:
                for doc in opened.segment.live_docs().tolist():
                    if doc in opened.gone:
                        continue
                    self._builder.add(opened.segment.article(doc))
                    if self._builder.tokens >= TOKENS_A_SEGMENT:
                        self._flush()
            self._flush()
            if everything:
                return

    def commit(self, sources: Iterable[str]) -> Manifest:
        """Make the change the directory's next generation, and drop the files it has no use for."""
        from searchidx.segment.whoosh_codec import write_toc

        self._flush()
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
        held = len(self._builder) - len(self._building_gone)
        return held + sum(o.segment.live_count - len(o.gone) for o in self._open)

    def verify(self) -> None:
        """Read back what was written. Raises IndexCorrupt where it is not what it should be."""
        self._flush()
        for opened in self._open:
            if opened.segment.parts.damaged():
                raise IndexCorrupt(
                    f"{opened.segment.path} was not written whole: check the disk and try again"
                )

    def abandon(self) -> None:
        """Remove what was written; the index stays as it was."""
        for path in self._written:
            path.unlink(missing_ok=True)
        self._written.clear()

    def _known_hash(self, article_id: str) -> bytes | None:
        building = self._building.get(article_id)
        if building is not None:
            return building[1]
        for opened in self._open:
            doc = opened.segment.doc_of(article_id)
            if doc is not None and doc not in opened.gone:
                return opened.segment.content_hash(doc)
        return None

    def _flush(self) -> None:
        if not len(self._builder):
            return
        name = f"MAIN_{secrets.token_hex(8)}"
        entry = SegmentEntry(name, len(self._builder))
        path = self._directory / entry.file
        self._written.append(path)
        self._builder.write(path)
        deleted = np.array(sorted(self._building_gone), dtype=np.int32)
        self._open.append(_Open(entry, Segment(path, deleted)))
        self._builder = SegmentBuilder()
        self._building = {}
        self._building_gone = set()

    def _full_tier(self) -> list[_Open]:
        tiers: dict[int, list[_Open]] = {}
        for opened in self._open:
            words = int(opened.segment.body_lengths.sum(dtype=np.int64))
            if words < TOKENS_A_SEGMENT // _TIER_BASE:
                tiers.setdefault(int(math.log(words + 1, _TIER_BASE)), []).append(opened)
        for tier in sorted(tiers):
            if len(tiers[tier]) >= _TIER_WIDTH:
                return tiers[tier]
        return []

    def _settled(self, opened: _Open) -> SegmentEntry:
        """The entry with this change's deletions written down."""
        recorded = opened.entry.tombstones.count if opened.entry.tombstones else 0
        if not opened.gone and len(opened.segment.deleted) == recorded:
            return opened.entry
        deleted = np.union1d(opened.segment.deleted, np.array(sorted(opened.gone), dtype=np.int32))
        path = self._directory / f"{opened.entry.name}.{self._generation}.gone"
        self._written.append(path)
        tombstones = Tombstones.write(path, deleted)
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
