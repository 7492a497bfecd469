"""The index: a directory of segments in generations, and the one object that a user holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from searchidx.article import Article
from searchidx.errors import ArticleNotFound, IndexCorrupt, IndexDirectoryError
from searchidx.index.added import Added
from searchidx.index.changing import change, replacement, swap
from searchidx.index.health import problems
from searchidx.index.history import Version, as_of, today, versions
from searchidx.index.manifest import MANIFEST_NAME, Manifest, SegmentEntry
from searchidx.index.statistics import IndexStats, stats_of
from searchidx.search import Hit, Searcher, SearchResults
from searchidx.segment import Lineage, Row, Segment, Stories, row_of

if TYPE_CHECKING:
    from searchidx.index.syncing import ReadOptions, SyncReport
    from searchidx.index.transaction import Transaction
    from searchidx.search.suggesting import Suggestion

__all__ = ["Index"]


class Index:
    """A full-text index of articles in a directory.

    An Index reads the generation that was committed when it was opened, or by itself since;
    ``refresh`` moves on to what other processes have committed. Any number of processes may
    read while one writes.
    """

    def __init__(self, directory: Path, manifest: Manifest, searcher: Searcher) -> None:
        self._directory = directory
        self._manifest = manifest
        self._searcher = searcher
        self._past: tuple[dt.date, Searcher] | None = None

    # ---- opening

    @classmethod
    def create(cls, directory: str | Path) -> Index:
        """Make an empty index in the directory, which may exist.

        Raises IndexDirectoryError where an index is there already, or none can be made.
        """
        path = Path(directory)
        with change(path, create=True) as transaction:
            if (path / MANIFEST_NAME).exists():
                raise IndexDirectoryError(
                    f"there is an index in {path} already: open it with Index.open"
                )
            transaction.commit(())
        return cls.open(path)

    @classmethod
    def open(cls, directory: str | Path) -> Index:
        """Open the index in the directory.

        Raises IndexNotFound where there is none, IndexCorrupt where it cannot be read.
        """
        path = Path(directory)
        return cls(path, *_read_generation(path))

    def refresh(self) -> bool:
        """Read the generation last committed, by whichever process; True if it is a newer one."""
        manifest, searcher = _read_generation(self._directory)
        if manifest.generation == self._manifest.generation:
            return False
        self._manifest, self._searcher, self._past = manifest, searcher, None
        return True

    @property
    def directory(self) -> Path:
        return self._directory

    @property
    def generation(self) -> int:
        """The number of the generation being read; each commit makes the next."""
        return self._manifest.generation

    @property
    def sources(self) -> tuple[str, ...]:
        """The paths that the articles were read from, where the indexer named them."""
        return self._manifest.sources

    def __len__(self) -> int:
        return self._manifest.article_count

    def __contains__(self, article_id: object) -> bool:
        return isinstance(article_id, str) and self._searcher.find(article_id) is not None

    def __repr__(self) -> str:
        return f"<Index {str(self._directory)!r}: {len(self)} articles>"

    # ---- changing

    def add(
        self,
        articles: Iterable[Article],
        *,
        sources: Iterable[str] = (),
        processes: int | None = None,
    ) -> Added:
        """Add articles and commit them together.

        An article whose id the index has replaces that one, which stays in the article's
        ``history``; if nothing in it has changed it is skipped, as is one that was taken down.
        ``sources`` are paths for ``rebuild`` to read again. Raises IndexLocked while
        another process writes; on any error the index stays as it was. ``processes`` is how
        many build it where there is work for several; None means one a core.
        """
        with self._change(processes) as transaction:
            result = transaction.add(_rows(articles))
            named = tuple(dict.fromkeys([*transaction.base.sources, *sources]))
            if result.added or result.replaced or named != transaction.base.sources:
                transaction.merge()
                transaction.commit(named)
        return result

    def sync(
        self,
        paths: Iterable[str | Path],
        *,
        remove: bool = True,
        dry_run: bool = False,
        allow_loss: bool = False,
        processes: int | None = None,
        **how: Unpack[ReadOptions],
    ) -> SyncReport:
        """Make the index equal to what files and folders hold, reading only what changed.

        With ``remove``, articles whose file is gone go into the past; without it nothing is
        taken away. ``dry_run`` only plans. How files are read: ``include`` and ``exclude`` are
        shell patterns, ``field_map`` goes from the names that records have to ours. Functions
        that are told: ``left_out`` of what cannot be read, ``warned`` of what is odd,
        ``progress`` of files read, files to read, and articles. What was done is committed every
        minute, so that interrupted work goes on from there. Raises RebuildRefused where less
        than half of the articles would be left, unless ``allow_loss``.
        """
        from searchidx.index.syncing import Sources, sync

        report = sync(
            self._directory,
            Sources(paths, **how),
            remove=remove,
            dry_run=dry_run,
            allow_loss=allow_loss,
            processes=processes,
        )
        self.refresh()
        return report

    def delete(self, article_ids: Iterable[str], *, tombstone: bool = False) -> list[str]:
        """Delete articles and what they were before; gives the ids that were there.

        With ``tombstone`` they are taken down: nothing of them stays in any file of the index,
        and they are passed over when they come again, also those that are not there yet.
        """
        with self._change() as transaction:
            remove = transaction.withhold if tombstone else transaction.delete
            wanted = list(dict.fromkeys(article_ids))
            found = [one for one in wanted if remove(one)]
            if found or (tombstone and wanted):
                transaction.commit(transaction.base.sources)
        return found

    def lift(self, article_ids: Iterable[str]) -> list[str]:
        """Let articles that were taken down be indexed again; gives the ids that were."""
        with self._change() as transaction:
            found = [one for one in dict.fromkeys(article_ids) if transaction.lift(one)]
            if found:
                transaction.commit(transaction.base.sources)
        return found

    def rebuild(self) -> Added:
        """Index the articles anew from the index itself, and swap in one step."""
        rows = (row for segment in self._searcher.segments for row in segment.rows())
        with replacement(self._directory) as transaction:
            transaction.keep_catalog()
            result = transaction.add(rows)
            swap(transaction, result, self.sources, allow_loss=False)
        self.refresh()
        return result

    @classmethod
    def replace(
        cls,
        directory: str | Path,
        articles: Iterable[Article],
        *,
        sources: Iterable[str] = (),
        allow_loss: bool = False,
        processes: int | None = None,
    ) -> Added:
        """Build an index of the articles beside what the directory has, check it, and swap.

        The swap is one step; whatever goes wrong before it, the old index stays. What articles
        were before, and what was taken down, is taken over. An old index
        that is damaged or of another format is no hindrance. Raises RebuildRefused where the
        new index would have less than half of the articles of the old one, unless
        ``allow_loss`` says that this is meant.
        """
        with replacement(Path(directory), processes) as transaction:
            result = transaction.add(_rows(articles))
            swap(transaction, result, sources, allow_loss=allow_loss)
        return result

    @staticmethod
    def rebuild_from(
        directory: str | Path,
        paths: Iterable[str | Path],
        *,
        allow_loss: bool = False,
        processes: int | None = None,
        **how: Unpack[ReadOptions],
    ) -> SyncReport:
        """Read files and folders anew, and put the index of them in place as ``replace`` does.

        The options are those of ``sync``.
        """
        from searchidx.index.syncing import Sources, rebuild

        sources = Sources(paths, **how)
        return rebuild(Path(directory), sources, allow_loss=allow_loss, processes=processes)

    @staticmethod
    def recorded_sources(directory: str | Path) -> tuple[str, ...]:
        """The paths that an index was made from, even one that this version cannot read."""
        return Manifest.sources_of(Path(directory))

    def compact(self) -> None:
        """Merge the segments, dropping deleted articles."""
        with self._change() as transaction:
            transaction.merge(everything=True)
            transaction.commit(transaction.base.sources)

    @contextmanager
    def _change(self, processes: int | None = None) -> Iterator[Transaction]:
        """A transaction on what is committed now; afterwards this object reads its outcome."""
        with change(self._directory, processes) as transaction:
            yield transaction
        self.refresh()

    # ---- asking

    def search(
        self,
        text: str,
        *,
        limit: int = 10,
        offset: int = 0,
        snippets: int = 3,
        fuzzy: str = "auto",
        sort: str = "relevance",
        since: dt.date | None = None,
        until: dt.date | None = None,
        filters: Mapping[str, str | Sequence[str]] | None = None,
        facets: Sequence[str] = (),
        strict: bool = False,
        timeout: float | None = None,
        as_of: dt.date | None = None,
        collapse: bool = True,
        recency: float | None = None,
        feedback: bool = False,
    ) -> SearchResults:
        """The articles that answer a query (docs/query-language.md), best first.

        ``limit`` and ``offset`` choose the page; ``snippets`` is how many sentences of a body
        are shown at most. ``fuzzy="auto"`` corrects words that no article holds, ``"off"`` does
        not. ``sort`` is ``"relevance"``, ``"newest"`` or ``"oldest"``. ``since`` and ``until``
        include their day. ``filters`` keeps articles whose field has the words given, as
        ``{"source": "Legal Daily"}``; of several values for a field any will do. ``facets`` names
        what all articles found are counted by: ``source``, ``agency``, ``authors``, ``year``,
        ``month`` and the like. ``strict`` makes a warning, or a correction, an error; ``timeout``
        is in seconds. ``as_of`` asks what there was to find on that day: each article in the
        version that it had then, none that came later. With ``collapse`` one article stands for
        all that tell the same story, the first of them. ``recency`` lets scores fade with age: by
        a quarter so many days before the newest article, to a half long before. ``feedback``
        adds to a query of words those that its best hits have in common; ``interpreted`` has them.

        Raises QuerySyntaxError where the query cannot be read, QueryError where an option has
        a value that it cannot have, QueryTimeout where it takes longer than ``timeout``.
        """
        return self._searcher_of(as_of).search(
            text,
            limit=limit,
            offset=offset,
            snippets=snippets,
            fuzzy=fuzzy,
            sort=sort,
            since=since,
            until=until,
            filters=filters,
            facets=facets,
            strict=strict,
            timeout=timeout,
            collapse=collapse,
            recency=recency,
            feedback=feedback,
        )

    def scan(
        self,
        text: str,
        *,
        snippets: int = 3,
        fuzzy: str = "auto",
        sort: str = "relevance",
        since: dt.date | None = None,
        until: dt.date | None = None,
        filters: Mapping[str, str | Sequence[str]] | None = None,
        as_of: dt.date | None = None,
    ) -> Iterator[Hit]:
        """Every article that answers a query, in the order of ``search``, as they are read."""
        return self._searcher_of(as_of).scan(
            text,
            snippets=snippets,
            fuzzy=fuzzy,
            sort=sort,
            since=since,
            until=until,
            filters=filters,
        )

    def similar(self, article_id: str, *, limit: int = 10, snippets: int = 0) -> SearchResults:
        """The articles most like one of the index: they share the words that tell it apart.

        ``interpreted`` is the query that found them. Raises ArticleNotFound where there is no
        such article.
        """
        return self._searcher.similar(self.article(article_id), limit=limit, snippets=snippets)

    def copies(self, article_id: str) -> list[Article]:
        """The articles that tell the same story as one, it included; the lead comes first.

        The lead is the earliest, of several the longest. Raises ArticleNotFound where there is
        no such article.
        """
        found = self._searcher.copies(article_id)
        if not found:
            raise ArticleNotFound(f"no article has the id '{article_id}'")
        return sorted(found, key=lambda one: (one.date or dt.date.max, -len(one.body), one.id))

    def suggest(self, prefix: str, limit: int = 10) -> list[Suggestion]:
        """Words that begin as the last one of a text does, those in most articles first."""
        return self._searcher.suggest(prefix, limit)

    def article(self, article_id: str) -> Article:
        """The article with this id. Raises ArticleNotFound where there is none."""
        found = self._searcher.find(article_id)
        if found is None:
            raise ArticleNotFound(f"no article has the id '{article_id}'")
        return found

    def history(self, article_id: str) -> list[Version]:
        """Every version of an article, the oldest first. Raises ArticleNotFound without any."""
        past = _open_segments(self._directory, self._manifest.history)
        found = versions(self._searcher.segments, past, article_id)
        if not found:
            raise ArticleNotFound(f"no article has the id '{article_id}'")
        return found

    def version(self, article_id: str, number: int | None = None) -> Version:
        """One version of an article, the last one unless ``number`` says which.

        Raises ArticleNotFound where there is no such article or version.
        """
        found = self.history(article_id)
        if number is None:
            return found[-1]
        for one in found:
            if one.number == number:
                return one
        raise ArticleNotFound(f"'{article_id}' has no version {number}")

    def origin(self, article_id: str) -> str | None:
        """The path of the file that an article was read from, where one is known."""
        from searchidx.index.catalog import Catalog

        if self._manifest.catalog is None:
            return None
        for segment in self._searcher.segments:
            doc = segment.doc_of(article_id)
            if doc is not None:
                catalog = Catalog.read(self._directory / self._manifest.catalog)
                return catalog.path_of(int(segment.origins[doc]))
        return None

    def _searcher_of(self, day: dt.date | None) -> Searcher:
        """What answers for a day; None means now."""
        if day is None:
            return self._searcher
        if self._past is None or self._past[0] != day:
            entries = (*self._manifest.segments, *self._manifest.history)
            opened = _open_segments(self._directory, entries)
            self._past = day, Searcher([as_of(segment, day) for segment in opened])
        return self._past[1]

    def articles(self) -> Iterator[Article]:
        """Every article."""
        return self._searcher.articles()

    def stats(self) -> IndexStats:
        """Facts about the index."""
        return stats_of(self._directory, self._manifest, self._searcher.segments)

    def check(self) -> list[str]:
        """What is wrong with the files of the index, a line each. Reads every byte."""
        return problems(self._directory)


def _read_generation(directory: Path) -> tuple[Manifest, Searcher]:
    """The manifest and what its files answer, even if a writer replaces them in between."""
    while True:
        manifest = Manifest.read(directory)
        try:
            stories = Stories(directory / manifest.stories) if manifest.stories else None
            return manifest, Searcher(_open_segments(directory, manifest.segments), stories)
        except IndexCorrupt:
            if Manifest.read(directory).generation == manifest.generation:
                raise


def _open_segments(directory: Path, entries: Iterable[SegmentEntry]) -> list[Segment]:
    return [Segment(directory / entry.file, entry.deleted(directory)) for entry in entries]


def _rows(articles: Iterable[Article]) -> Iterator[Row]:
    lineage = Lineage(today()).to_text()
    return (row_of(article, lineage=lineage) for article in articles)
