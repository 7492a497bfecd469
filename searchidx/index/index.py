"""The index: a directory of segments in generations, and the one object that a user holds."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from searchidx.article import Article
from searchidx.errors import (
    ArticleNotFound,
    IndexCorrupt,
    IndexDirectoryError,
    IndexNotFound,
    RebuildRefused,
)
from searchidx.index.added import Added
from searchidx.index.health import problems
from searchidx.index.lock import writer_lock
from searchidx.index.manifest import MANIFEST_NAME, Manifest
from searchidx.search import Hit, Searcher, SearchResults
from searchidx.segment import NO_DATE, Segment

if TYPE_CHECKING:
    from searchidx.index.transaction import Transaction
    from searchidx.search.suggesting import Suggestion

__all__ = ["Index", "IndexStats"]

_KEPT_SHARE = 0.5  # a rebuild that would leave less than this of the articles is refused


class IndexStats(NamedTuple):
    """Facts about an index. ``size`` is in bytes; ``words`` counts distinct words per segment."""

    articles: int
    deleted: int
    segments: int
    generation: int
    size: int
    words: int
    first_date: dt.date | None
    last_date: dt.date | None
    outlets: tuple[tuple[str, int], ...]
    languages: tuple[tuple[str, int], ...]
    sources: tuple[str, ...]


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

    # ---- opening

    @classmethod
    def create(cls, directory: str | Path) -> Index:
        """Make an empty index in the directory, which may exist.

        Raises IndexDirectoryError where an index is there already, or none can be made.
        """
        path = Path(directory)
        with _writing(path):
            if (path / MANIFEST_NAME).exists():
                raise IndexDirectoryError(
                    f"there is an index in {path} already: open it with Index.open"
                )
            with _abandoned_on_error(path, Manifest(0)) as transaction:
                transaction.commit(())
        return cls.open(path)

    @classmethod
    def open(cls, directory: str | Path) -> Index:
        """Open the index in the directory.

        Raises IndexNotFound where there is none, IndexCorrupt where it cannot be read.
        """
        path = Path(directory)
        manifest, segments = _read_generation(path)
        return cls(path, manifest, Searcher(segments))

    def refresh(self) -> bool:
        """Read the generation last committed, by whichever process; True if it is a newer one."""
        manifest, segments = _read_generation(self._directory)
        if manifest.generation == self._manifest.generation:
            return False
        self._manifest, self._searcher = manifest, Searcher(segments)
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

        An article whose id the index has replaces that one; if nothing in it has changed it is
        skipped. ``sources`` are paths for ``rebuild`` to read again. Raises IndexLocked while
        another process writes; on any error the index stays as it was. ``processes`` is how
        many build it where there is work for several; None means one a core.
        """
        with self._change(processes) as transaction:
            result = transaction.add(articles)
            named = tuple(dict.fromkeys([*self._manifest.sources, *sources]))
            if result.added or result.replaced or named != self._manifest.sources:
                transaction.merge()
                transaction.commit(named)
        return result

    def delete(self, article_ids: Iterable[str]) -> list[str]:
        """Delete articles; gives the ids that were there."""
        with self._change() as transaction:
            found = [one for one in dict.fromkeys(article_ids) if transaction.delete(one)]
            if found:
                transaction.commit(self._manifest.sources)
        return found

    def rebuild(self) -> Added:
        """Index the articles anew from the index itself, and swap in one step."""
        result = self.replace(self._directory, self.articles(), sources=self.sources)
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

        The swap is one step; whatever goes wrong before it, the old index stays. An old index
        that is damaged or of another format is no hindrance. Raises RebuildRefused where the
        new index would have less than half of the articles of the old one, unless
        ``allow_loss`` says that this is meant.
        """
        path = Path(directory)
        with _writing(path):
            try:
                before = Manifest.read(path).article_count
            except (IndexNotFound, IndexCorrupt):
                before = 0
            with _abandoned_on_error(path, Manifest(0), processes) as transaction:
                result = transaction.add(articles)
                transaction.merge()
                transaction.verify()
                after = transaction.live_count()
                if after != result.added:
                    raise IndexCorrupt(
                        f"the new index has {after} articles where {result.added} were read: "
                        "the old one was kept"
                    )
                if after < before * _KEPT_SHARE and not allow_loss:
                    raise RebuildRefused(
                        f"the new index would have {after} articles, the present one has "
                        f"{before}: it was kept; say --allow-loss if so few are meant"
                    )
                transaction.commit(dict.fromkeys(sources))
        return result

    @staticmethod
    def recorded_sources(directory: str | Path) -> tuple[str, ...]:
        """The paths that an index was made from, even one that this version cannot read."""
        return Manifest.sources_of(Path(directory))

    def compact(self) -> None:
        """Merge the segments, dropping deleted articles."""
        with self._change() as transaction:
            transaction.merge(everything=True)
            transaction.commit(self._manifest.sources)

    @contextmanager
    def _change(self, processes: int | None = None) -> Iterator[Transaction]:
        """A transaction on what is committed now; afterwards this object reads its outcome."""
        with _writing(self._directory):
            self._manifest = Manifest.read(self._directory)
            with _abandoned_on_error(self._directory, self._manifest, processes) as transaction:
                yield transaction
        self._manifest, segments = _read_generation(self._directory)
        self._searcher = Searcher(segments)

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
    ) -> SearchResults:
        """The articles that answer a query (docs/query-language.md), best first.

        ``limit`` and ``offset`` choose the page; ``snippets`` is how many sentences of a body
        are shown at most. ``fuzzy="auto"`` corrects words that no article holds, ``"off"`` does
        not. ``sort`` is ``"relevance"``, ``"newest"`` or ``"oldest"``. ``since`` and ``until``
        include their day. ``filters`` keeps articles whose field has the words given, as
        ``{"source": "Legal Daily"}``; of several values for a field any will do. ``facets`` names
        what all articles found are counted by: ``source``, ``agency``, ``authors``, ``year``,
        ``month`` and the like. ``strict`` makes a warning, or a correction, an error; ``timeout``
        is in seconds.

        Raises QuerySyntaxError where the query cannot be read, QueryError where an option has
        a value that it cannot have, QueryTimeout where it takes longer than ``timeout``.
        """
        return self._searcher.search(
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
    ) -> Iterator[Hit]:
        """Every article that answers a query, in the order of ``search``, as they are read."""
        return self._searcher.scan(
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

    def suggest(self, prefix: str, limit: int = 10) -> list[Suggestion]:
        """Words that begin as the last one of a text does, those in most articles first."""
        return self._searcher.suggest(prefix, limit)

    def article(self, article_id: str) -> Article:
        """The article with this id. Raises ArticleNotFound where there is none."""
        found = self._searcher.find(article_id)
        if found is None:
            raise ArticleNotFound(f"no article has the id '{article_id}'")
        return found

    def articles(self) -> Iterator[Article]:
        """Every article."""
        return self._searcher.articles()

    def stats(self) -> IndexStats:
        """Facts about the index."""
        outlets: Counter[str] = Counter()
        languages: Counter[str] = Counter()
        days: list[int] = []
        for segment in self._searcher.segments:
            dates = segment.dates[segment.live_docs()]
            dates = dates[dates != NO_DATE]
            days += [int(dates.min()), int(dates.max())] if len(dates) else []
            for counter, name in ((outlets, "source"), (languages, "language")):
                column = segment.column(name)
                ordinals = column.ordinals[segment.live_docs()]
                for value, count in zip(
                    column.values, np.bincount(ordinals).tolist(), strict=False
                ):
                    if count:
                        counter[value or "(none)"] += count
        epoch = np.datetime64("1970-01-01", "D")
        return IndexStats(
            articles=len(self),
            deleted=sum(entry.articles - entry.live for entry in self._manifest.segments),
            segments=len(self._manifest.segments),
            generation=self.generation,
            size=sum((self._directory / name).stat().st_size for name in self._manifest.files),
            words=sum(len(segment.text.surfaces) for segment in self._searcher.segments),
            first_date=(epoch + min(days)).item() if days else None,
            last_date=(epoch + max(days)).item() if days else None,
            outlets=tuple(outlets.most_common()),
            languages=tuple(languages.most_common()),
            sources=self.sources,
        )

    def check(self) -> list[str]:
        """What is wrong with the files of the index, a line each. Reads every byte."""
        return problems(self._directory)


def _read_generation(directory: Path) -> tuple[Manifest, list[Segment]]:
    """The manifest and its segments, even if a writer replaces them in between."""
    while True:
        manifest = Manifest.read(directory)
        try:
            return manifest, _open_segments(directory, manifest)
        except IndexCorrupt:
            if Manifest.read(directory).generation == manifest.generation:
                raise


@contextmanager
def _writing(directory: Path) -> Iterator[None]:
    """The writer lock, and errors of the file system in our own words."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with writer_lock(directory):
            yield
    except OSError as error:
        where = error.filename or directory
        raise IndexDirectoryError(f"cannot write {where}: {error.strerror or error}") from None


@contextmanager
def _abandoned_on_error(
    directory: Path, base: Manifest, processes: int | None = None
) -> Iterator[Transaction]:
    # A search has no use for all that writing needs.
    from searchidx.index.transaction import Transaction

    transaction = Transaction(directory, base, _next_generation(directory), processes)
    try:
        yield transaction
    finally:
        transaction.abandon()


def _open_segments(directory: Path, manifest: Manifest) -> list[Segment]:
    return [
        Segment(
            directory / entry.file,
            entry.tombstones.read(directory) if entry.tombstones else None,
        )
        for entry in manifest.segments
    ]


def _next_generation(directory: Path) -> int:
    """One more than any that was ever committed here, by searchidx or by Whoosh."""
    try:
        newest = Manifest.read(directory).generation
    except (IndexNotFound, IndexCorrupt):
        newest = 0
    for path in directory.glob("_MAIN_*.toc"):
        number = path.stem.rpartition("_")[2]
        if number.isdigit():
            newest = max(newest, int(number))
    return newest + 1
