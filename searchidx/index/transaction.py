"""One change of an index, prepared beside what is there and committed as a whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from searchidx.errors import IndexCorrupt, IndexNotFound
from searchidx.index.added import Added
from searchidx.index.building import Builders, segment_name, words_file
from searchidx.index.catalog import Catalog
from searchidx.index.history import lineage_of, removed, renewed, succession
from searchidx.index.labelling import cluster, joined, spread
from searchidx.index.manifest import Manifest, SegmentEntry, sync_directory
from searchidx.index.opened import OpenSegment, find, find_all, full_tier
from searchidx.index.superseded import Superseded
from searchidx.index.takedowns import Takedowns
from searchidx.segment import Row, Segment, Stories, digest
from searchidx.segment.merging import merge

__all__ = ["Transaction"]

_DEFERRED_BYTES = 32 << 20
_OWN_SUFFIXES = (".sidx", ".gone", ".files", ".stories", ".words")


class Transaction:
    """Collects additions and deletions against one generation; ``commit`` gives the next.

    Nothing that was there is touched before the commit, and everything written is removed by
    ``abandon``. The caller holds the writer lock. With ``anew`` the articles of the base are not
    taken over: they only tell of which versions the new ones follow.
    """

    def __init__(
        self,
        directory: Path,
        base: Manifest,
        generation: int,
        day: int,
        processes: int | None = None,
        *,
        anew: bool = False,
    ) -> None:
        self._directory = directory
        self._base = base
        self._generation = generation
        self._day = day
        self._processes = processes
        opened = [OpenSegment.open(directory, entry) for entry in base.segments]
        self._live: list[OpenSegment] = [] if anew else opened
        self._former: list[OpenSegment] = opened if anew else []
        self._past = [OpenSegment.open(directory, entry) for entry in base.history]
        self._anew = anew
        if self._live:
            spread(self._live, directory / base.stories if base.stories else None)
        self._takedowns = Takedowns(base.withheld)
        self._cleansed = False  # whether what was taken down is to leave the files as well
        self._builders: Builders | None = None
        self._hashes: set[int] = set()  # of the ids that are being built
        self._later: dict[str, list[Row]] = {}  # what came for an id that is being built
        self._later_bytes = 0
        self._written: list[Path] = []
        self.collisions: list[tuple[str, int, int]] = []
        """Ids that two files claim for articles of other titles: who gave way, and to whom."""

    @property
    def base(self) -> Manifest:
        """The generation that the change begins with, or replaces."""
        return self._base

    @cached_property
    def catalog(self) -> Catalog:
        """The files that articles were read from; looked at, it is written anew."""
        if self._base.catalog is None or self._anew:
            return Catalog()
        return Catalog.read(self._directory / self._base.catalog)

    def keep_catalog(self) -> None:
        """Take over the catalog of what is replaced, as the articles come from the same files."""
        if self._base.catalog is not None:
            self.catalog = Catalog.read(self._directory / self._base.catalog)

    @cached_property
    def _superseded(self) -> Superseded:
        return Superseded(self._directory)

    # ---- adding

    def add(self, rows: Iterable[Row]) -> Added:
        """Add articles. The same id replaces; the same id with the same content is skipped."""
        counts = dict.fromkeys(Added._fields, 0)
        for row in rows:
            if self._takedowns.covers(row.id):
                counts["withheld"] += 1
            elif hash(row.id) in self._hashes:
                # Whether it differs is seen once that article's segment is written.
                self._defer(row, counts)
            else:
                self._add([row], counts)
        self._flush(counts)
        return Added(**counts)

    def _defer(self, row: Row, counts: dict[str, int]) -> None:
        waiting = self._later.setdefault(row.id, [])
        if waiting and digest(waiting[-1]) == digest(row):
            counts["skipped"] += 1
            self._claim(row.id, waiting[-1].origin, row.origin)
            return
        waiting.append(row)
        self._later_bytes += len(row.body)
        if self._later_bytes > _DEFERRED_BYTES:
            self._flush(counts)

    def _add(self, rows: Sequence[Row], counts: dict[str, int]) -> None:
        """Add what came for one id: of several texts the last one stays."""
        found = find(self._live, rows[0].id)
        held = found or find(self._former, rows[0].id)
        if held is None and len(rows) == 1:
            counts["added"] += 1
            self._build(self._returned(rows[0]))
            return
        present = found is not None
        known = held.digest if held else b""
        current: Row | None = None  # what is to be built, unless what is there stays
        for row in rows:
            new = digest(row)
            if new == known and present:
                counts["skipped"] += 1
                origin = current.origin if current else held.origin if held else 0
                if row.origin in (0, origin):
                    continue
                if origin in self.catalog.numbers:
                    self._claim(row.id, origin, row.origin)
                elif before := current or (held and held.row):
                    # The file that had the same text is gone.
                    current = before._replace(origin=row.origin)
                continue
            before = current or (held.row if held else None)
            current = self._follow(before, row, new, present)
            counts["replaced" if present else "added"] += 1
            known, present = new, True
        if current is not None:
            if found is not None:
                found.opened.gone.add(found.doc)
            self._build(current)

    def _follow(self, before: Row | None, row: Row, new: bytes, present: bool) -> Row:
        """The row as the version that follows what was there, which goes into the past."""
        if before is None:
            return self._returned(row)
        if self._anew:
            # A rebuild reads again what it had: each text stays the version that it was.
            for segments in (self._former, self._past):
                for again in find_all(segments, row.id):
                    if again.digest == new:
                        if present:
                            self._supersede(succession(before, row)[0])
                        return row._replace(lineage=renewed(again.lineage, row.lineage))
        old, row = succession(before, row)
        if present or not self._anew:
            self._claim(row.id, row.origin, before.origin)
            others = {0, row.origin}
            if before.origin not in others and row.origin and before.title != row.title:
                self.collisions.append((row.id, before.origin, row.origin))
        self._supersede(old)
        return row

    def _returned(self, row: Row) -> Row:
        """The row as the version that follows those of an article that was there once."""
        if not self._past:
            return row
        past = [found.row for found in find_all(self._past, row.id)]
        if not past:
            return row
        return succession(max(past, key=lambda one: lineage_of(one).version), row)[1]

    def _supersede(self, old: Row) -> None:
        """Keep a row among what was, unless it is there."""
        known = digest(old)
        if not (self._anew and any(o.digest == known for o in find_all(self._past, old.id))):
            self._superseded.add(old)

    def _claim(self, article_id: str, holder: int, loser: int) -> None:
        """Note that a file gave an article too that comes from another one."""
        if loser and holder and loser != holder and loser in self.catalog.numbers:
            losers = self.catalog.claims.setdefault(article_id, [])
            if loser not in losers:
                losers.append(loser)

    def _build(self, row: Row) -> None:
        if self._builders is None:
            self._builders = Builders(self._directory, self._processes)
        self._hashes.add(hash(row.id))
        self._builders.add(row)

    def _flush(self, counts: dict[str, int]) -> None:
        """Write what is being built, then see to what came for the same ids since."""
        while self._builders is not None:
            written = self._builders.finish()
            self._written += written
            self._live += map(OpenSegment.new, written)
            self._builders = None
            self._hashes.clear()
            later, self._later, self._later_bytes = self._later, {}, 0
            for rows in later.values():
                self._add(rows, counts)

    # ---- removing

    def remove(self, article_id: str, origin: int) -> bool:
        """Let an article of a file go into the past: it was there until today.

        False where it is not there, or comes from another file by now.
        """
        found = find(self._live, article_id)
        if found is None or found.origin != origin:
            return False
        self._superseded.add(removed(found.row, self._day))
        found.opened.gone.add(found.doc)
        return True

    def delete(self, article_id: str) -> bool:
        """Delete an article and what it was before; False where there is neither.

        The file that it was read from is read again when it is next come by.
        """
        found = find(self._live, article_id)
        if found is not None:
            found.opened.gone.add(found.doc)
            path = self.catalog.path_of(found.origin) if found.origin else None
            if path is not None:
                self.catalog.doubt(path)
        versions = list(find_all(self._past, article_id))
        for version in versions:
            version.opened.gone.add(version.doc)
        return found is not None or bool(versions)

    def withhold(self, article_id: str) -> bool:
        """Delete an article from the files too, and keep it from coming back."""
        found = find(self._live, article_id)
        path = None
        if found is not None and found.origin and article_id.startswith("sha-"):
            path = self.catalog.path_of(found.origin)
            if path is not None and self.catalog.files[path].articles != 1:
                path = None
        self._takedowns.add(article_id, path)
        self._cleansed = True
        if self._base.catalog is not None:
            self.catalog.claims.pop(article_id, None)
        return self.delete(article_id)

    def lift(self, article_id: str) -> bool:
        """Let an article that was taken down come back; False where none was."""
        lifted = self._takedowns.lift(article_id)
        if lifted and self._base.catalog is not None:
            # Its file has not changed: those that gave more than there is are read again.
            held = Counter[int]()
            for opened in self._live:
                held.update(opened.segment.origins[opened.segment.live_docs()].tolist())
            for path, record in list(self.catalog.files.items()):
                if held[record.number] < max(record.articles, path not in self.catalog.reasons):
                    self.catalog.doubt(path)
        return lifted

    @property
    def takedowns(self) -> Takedowns:
        """What is not to be indexed."""
        return self._takedowns

    def ids_from(self, origins: Iterable[int]) -> dict[int, list[str]]:
        """The ids of the articles that were read from each of the files."""
        wanted = np.array(sorted(origins), dtype=np.int64)
        ids: dict[int, list[str]] = {int(origin): [] for origin in wanted}
        for opened in self._live:
            own = opened.segment.origins
            for doc in np.flatnonzero(np.isin(own, wanted)).tolist():
                if opened.segment.is_live(doc) and doc not in opened.gone:
                    ids[int(own[doc])].append(opened.segment.article_id(doc))
        return ids

    def former_id(self, path: str) -> str | None:
        """The id of the one article that a file had in the index that is replaced."""
        return self._former_ids.get(path)

    @cached_property
    def _former_ids(self) -> dict[str, str]:
        if not self._anew or self._base.catalog is None:
            return {}
        try:
            files = Catalog.read(self._directory / self._base.catalog).files
        except IndexCorrupt:
            return {}
        single = {record.number: path for path, record in files.items() if record.articles == 1}
        found = {}
        for opened in self._former:
            for doc, origin in enumerate(opened.segment.origins.tolist()):
                if origin in single and opened.segment.is_live(doc):
                    found[single[origin]] = opened.segment.article_id(doc)
        return found

    # ---- ending

    def merge(self, *, everything: bool = False) -> None:
        """Write the segments of a full tier, or all, as fewer, without what is deleted."""
        cluster(self._live)
        for segments in (self._live, self._past):
            if everything:
                if len(segments) > 1 or any(one.has_deleted for one in segments):
                    self._merge(segments, list(segments))
                continue
            while group := full_tier(segments):
                self._merge(segments, group)

    def _merge(self, segments: list[OpenSegment], group: Sequence[OpenSegment]) -> None:
        path = self._directory / f"{segment_name()}.sidx"
        self._written.append(path)
        merged = merge([Segment(one.segment.path, one.deleted) for one in group], path)
        at = segments.index(group[0])
        segments[:] = [one for one in segments if one not in group]
        if merged:
            opened = OpenSegment.new(path)
            labels = [one.stories[one.live_docs] for one in group if one.stories is not None]
            opened.stories = np.concatenate(labels) if len(labels) == len(group) else None
            segments.insert(at, opened)
        for opened in group:
            self._drop_own(opened)

    def commit(self, sources: Iterable[str]) -> Manifest:
        """Make the change the directory's next generation, and drop the files it has no use for."""
        from searchidx.segment.whoosh_codec import write_toc

        cluster(self._live)
        if "_superseded" in self.__dict__:
            written = self._superseded.finish()
            self._written += written
            self._past += map(OpenSegment.new, written)
        if self._cleansed:
            for segments in (self._live, self._past):
                for opened in [one for one in segments if one.has_deleted]:
                    self._merge(segments, [opened])
        else:
            while group := full_tier(self._past):
                self._merge(self._past, group)
        live, past = (
            tuple([entry for one in segments if (entry := self._settled(one)).live])
            for segments in (self._live, self._past)
        )
        manifest = Manifest(
            self._generation,
            live,
            tuple(sources),
            history=past,
            catalog=self._written_catalog(),
            stories=self._written_stories(),
            withheld=self._takedowns.stored,
        )
        settled = [
            Segment(self._directory / one.file, one.deleted(self._directory)) for one in live
        ]
        # Whoosh's table of contents first: whichever of the two a crash leaves newest, all the
        # files that it names are there.
        self._written.append(write_toc(self._directory, self._generation, settled))
        manifest.write(self._directory)
        self._written.clear()
        self._remove_unused(manifest)
        return manifest

    def _settled(self, opened: OpenSegment) -> SegmentEntry:
        entry = opened.settled(self._directory, self._generation)
        if entry is not opened.entry and entry.tombstones:
            self._written.append(self._directory / entry.tombstones.file)
        return entry

    def _written_catalog(self) -> str | None:
        if "catalog" not in self.__dict__:
            return None if self._anew else self._base.catalog
        if not self.catalog.files:
            return None
        path = self._directory / f"{segment_name()}.files"
        self._written.append(path)
        self.catalog.write(path)
        return path.name

    def _written_stories(self) -> str | None:
        labels = joined(self._live)
        if not labels.any():
            return None
        path = self._directory / f"{segment_name()}.stories"
        self._written.append(path)
        Stories.write(path, labels)
        return path.name

    def live_count(self) -> int:
        """How many articles a commit would leave."""
        return sum(one.segment.live_count - len(one.gone) for one in self._live)

    def verify(self) -> None:
        """Read back what was written. Raises IndexCorrupt where it is not what it should be."""
        for opened in self._live:
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
        if "_superseded" in self.__dict__:
            self._written += self._superseded.written
        for path in self._written:
            path.unlink(missing_ok=True)
            words_file(path).unlink(missing_ok=True)
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

    def _drop_own(self, opened: OpenSegment) -> None:
        """Remove the file of a merged segment that no generation has seen."""
        path = opened.segment.path
        if path in self._written:
            self._written.remove(path)
            path.unlink()

    def _remove_unused(self, manifest: Manifest) -> None:
        toc = f"_MAIN_{manifest.generation}.toc"
        for path in self._directory.iterdir():
            ours = path.name.startswith("MAIN_") and path.suffix in _OWN_SUFFIXES
            old_toc = path.name.startswith("_MAIN_") and path.name != toc
            if (ours and path.name not in manifest.files) or old_toc:
                path.unlink(missing_ok=True)
        sync_directory(self._directory)
