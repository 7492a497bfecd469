"""An index that is what some folders hold: which files to read, and what became of them."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

from searchidx.index.added import Added
from searchidx.index.catalog import Catalog, FileRecord
from searchidx.index.changing import change, check_loss, replacement, swap
from searchidx.index.garbage import uncollected
from searchidx.index.history import today
from searchidx.index.manifest import Manifest
from searchidx.index.planning import Plan, note, plan
from searchidx.segment import Lineage, Row, row_of

if TYPE_CHECKING:
    from searchidx.index.transaction import Transaction
    from searchidx.ingest import FoundFile, LeftOut, Reading

__all__ = ["Progress", "ReadOptions", "Sources", "SyncReport", "rebuild", "sync"]

COMMIT_EVERY = 60.0
"""Seconds after which what was read so far is committed: an interrupted sync goes on from there."""

Progress = Callable[[int, int, int], None]
"""Told of files read, files to read and articles found, so far."""


class ReadOptions(TypedDict, total=False):
    """How files are read, and who is told; ``Index.sync`` says what each is."""

    include: Sequence[str]
    exclude: Sequence[str]
    field_map: Mapping[str, str]
    left_out: Callable[[LeftOut], None]
    warned: Callable[[str], None]
    progress: Progress


class Sources:
    """What is read: files and folders, how, and who is told of it."""

    def __init__(
        self,
        paths: Iterable[str | Path],
        *,
        include: Sequence[str] = (),
        exclude: Sequence[str] = (),
        field_map: Mapping[str, str] | None = None,
        left_out: Callable[[LeftOut], None] = lambda what: None,
        warned: Callable[[str], None] = lambda warning: None,
        progress: Progress = lambda files, of, articles: None,
    ) -> None:
        self.paths = tuple(map(str, paths))
        self.include = include
        self.exclude = exclude
        self.field_map = dict(field_map or {})
        self.left_out = left_out
        self.warned = warned
        self.progress = progress


class SyncReport(NamedTuple):
    """What a sync did, or would do.

    ``articles`` tells what became of the articles read, ``removed`` how many went with their
    files; ``unchanged`` counts those of files that were not read. ``left_out`` has for each
    reason how often it kept a file, or a part of one, out; ``collisions`` are ids that files of
    different articles claim, with the path that gave way and the one that has it.
    """

    plan: Plan
    articles: Added
    removed: int
    unchanged: int
    left_out: tuple[tuple[str, int], ...]
    collisions: tuple[tuple[str, str, str], ...]
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        """The report in JSON's values."""
        plan = self.plan
        return {
            "files": {
                "added": len(plan.added),
                "changed": len(plan.changed),
                "read_again": len(plan.again),
                "moved": len(plan.moved),
                "removed": len(plan.removed),
                "unchanged": len(plan.unchanged),
            },
            "articles": {
                **self.articles._asdict(),
                "removed": self.removed,
                "unchanged": self.unchanged + self.articles.skipped,
            },
            "left_out": dict(self.left_out),
            "seconds": round(self.seconds, 3),
        }


def sync(
    directory: Path,
    sources: Sources,
    *,
    remove: bool = True,
    dry_run: bool = False,
    allow_loss: bool = False,
    processes: int | None = None,
) -> SyncReport:
    """Make the index in the directory equal to its sources; see ``Index.sync``."""
    began = time.perf_counter()
    with uncollected():
        walked = _Walked(sources)
    run = _Run(sources, walked)
    if dry_run:
        manifest = Manifest.read(directory)
        catalog = Catalog.read(directory / manifest.catalog) if manifest.catalog else Catalog()
        run.plan(catalog, remove=remove)
        return run.report(began)
    while not run.done:
        with change(directory, processes) as transaction:
            before = transaction.live_count()
            if run.planned is None:
                with uncollected():
                    run.plan(transaction.catalog, remove=remove)
            if not run.step(transaction, before, allow_loss=allow_loss):
                break
            named = dict.fromkeys([*transaction.base.sources, *walked.roots])
            transaction.merge()
            transaction.commit(named)
    return run.report(began)


def rebuild(
    directory: Path,
    sources: Sources,
    *,
    allow_loss: bool = False,
    processes: int | None = None,
) -> SyncReport:
    """Build an index of the sources beside what the directory has, and swap in one step."""
    began = time.perf_counter()
    walked = _Walked(sources)
    run = _Run(sources, walked)
    with replacement(directory, processes) as transaction:
        run.plan(transaction.catalog, remove=False)
        run.step(transaction, None, allow_loss=allow_loss)
        swap(transaction, run.articles, walked.roots, allow_loss=allow_loss)
    return run.report(began)


class _Walked:
    """The files of some sources, and what could not be looked into."""

    def __init__(self, sources: Sources) -> None:
        from searchidx.ingest import walk

        self._tell = sources.left_out
        self.unseen: list[str] = []
        self.reasons: Counter[str] = Counter()
        self.found = walk(sources.paths, self._unseen, sources.include, sources.exclude)
        roots = [os.path.abspath(path) for path in sources.paths]  # noqa: PTH100  # as walk has it
        # As they can be found again from any folder.
        self.roots = [root for root in roots if root not in self.unseen]

    def leave_out(self, what: LeftOut) -> None:
        """Count what was left out of a file, and tell of it."""
        self.reasons[what.reason] += 1
        self._tell(what)

    def _unseen(self, what: LeftOut) -> None:
        self.unseen.append(os.path.abspath(what.path))  # noqa: PTH100
        self.leave_out(what)


class _Run:
    """Carries out a plan, one transaction after the other, until nothing is left to read."""

    def __init__(self, sources: Sources, walked: _Walked) -> None:
        from searchidx.ingest import READING_VERSION, read_file

        self._read = read_file
        self._sources = sources
        self._walked = walked
        self._reading = {"version": READING_VERSION, "field_map": sources.field_map}
        self._day = today()
        self._waiting: list[FoundFile] = []
        self._files = 0
        self._found = 0
        self._lineages: dict[frozenset[tuple[str, str]], str] = {}
        self._unchanged = 0
        self.planned: Plan | None = None
        self.articles = Added()
        self._removed = 0
        self._collisions: list[tuple[str, str, str]] = []
        self._started = False

    def plan(self, catalog: Catalog, *, remove: bool) -> None:
        """Compare the folders with what was read of them."""
        walked = self._walked
        self.planned = made = plan(
            catalog, walked.found, walked.roots, walked.unseen, self._reading, remove=remove
        )
        self._waiting = made.to_read[::-1]
        for path in made.unchanged:
            self._unchanged += catalog.files[path].articles
            for reason, count in catalog.reasons.get(path, ()):
                walked.reasons[reason] += count

    @property
    def done(self) -> bool:
        return self._started and not self._waiting

    def step(self, transaction: Transaction, before: int | None, *, allow_loss: bool) -> bool:
        """Do what can be done before the next commit; False where there is nothing to commit.

        ``before`` counts the articles there are; None stands for a replacement, which is done at
        one go.
        """
        made = self.planned
        assert made is not None
        catalog = transaction.catalog
        named = set(self._walked.roots) <= set(transaction.base.sources)
        if not self._started and made.is_empty and catalog.reading == self._reading and named:
            self._started = True
            return False
        catalog.reading = self._reading
        gone = [] if self._started else note(made, catalog)
        self._started = True
        numbers = {record.number for record in gone}
        for file in self._waiting:
            if file.absolute in catalog.files:
                numbers.add(catalog.files[file.absolute].number)
        had = transaction.ids_from(numbers)
        left = [(record.number, one) for record in gone for one in had[record.number]]
        if before is not None:
            check_loss(before, before - len(left), "the index", allow_loss=allow_loss)
        until = None if before is None else time.monotonic() + COMMIT_EVERY
        added = transaction.add(self._rows(transaction, had, left, until))
        self.articles = Added(*map(sum, zip(self.articles, added, strict=True)))
        self._remove(transaction, left)
        self._note(transaction.collisions, catalog)
        return True

    def report(self, began: float) -> SyncReport:
        """What was done."""
        return SyncReport(
            self.planned or Plan(),
            self.articles,
            self._removed,
            self._unchanged,
            tuple(self._walked.reasons.most_common()),
            tuple(self._collisions),
            time.perf_counter() - began,
        )

    def _note(self, collisions: Sequence[tuple[str, int, int]], catalog: Catalog) -> None:
        if collisions:
            paths = {record.number: path for path, record in catalog.files.items()}
            for article_id, loser, holder in collisions:
                self._collisions.append((article_id, paths.get(loser, ""), paths.get(holder, "")))

    def _rows(
        self,
        transaction: Transaction,
        had: dict[int, list[str]],
        left: list[tuple[int, str]],
        until: float | None,
    ) -> Iterator[Row]:
        """The rows of one file after the other; ``left`` gets the ids that a file gives no more."""
        catalog = transaction.catalog
        while self._waiting:
            file = self._waiting.pop()
            record = catalog.files.get(file.absolute)
            number = record.number if record else catalog.new_number()
            catalog.put(file.absolute, FileRecord(number, *file[2:5]))
            reasons: Counter[str] = Counter()
            before = had.get(number, [])
            own = before[0] if len(before) == 1 else transaction.former_id(file.absolute)
            gave = set()
            count = 0
            withheld = transaction.takedowns.covers_file(file.absolute)
            for article_id, reading in self._articles(file, own, withheld, reasons):
                gave.add(article_id)
                count += 1
                self._found += 1
                if self._found % 1000 == 0:
                    self._sources.progress(
                        self._files, self._files + len(self._waiting) + 1, self._found
                    )
                for warning in reading.warnings:
                    self._sources.warned(f"{reading.path}: {warning}")
                article = reading.article
                if article.id != article_id:
                    article = article.with_fields(id=article_id)
                yield row_of(article, number, self._lineage(reading))
            left += [(number, one) for one in before if one not in gave]
            told = tuple(sorted(reasons.items()))
            catalog.put(file.absolute, FileRecord(number, *file[2:5], count), told)
            self._files += 1
            self._tell_progress(0)
            if until is not None and time.monotonic() > until:
                return

    def _tell_progress(self, begun: int) -> None:
        of = self._files + begun + len(self._waiting)
        self._sources.progress(self._files, of, self._found)

    def _articles(
        self, file: FoundFile, own: str | None, withheld: bool, reasons: Counter[str]
    ) -> Iterator[tuple[str, Reading]]:
        """The articles of a file, each with the id that it is to have.

        The one article of a file that has no address is known by its file: it keeps the id that
        it had when its text was another.
        """

        def leave_out(what: LeftOut) -> None:
            reasons[what.reason] += 1
            self._walked.leave_out(what)

        readings = self._read(Path(file.path), leave_out, self._sources.field_map)
        first = next(readings, None)
        if first is None:
            return
        second = next(readings, None)
        article_id = first.article.id
        if second is None and withheld and article_id.startswith("sha-"):
            return
        if second is None and own and own.startswith("sha-") and article_id.startswith("sha-"):
            article_id = own
        yield article_id, first
        if second is not None:
            yield second.article.id, second
            for reading in readings:
                yield reading.article.id, reading

    def _lineage(self, reading: Reading) -> str:
        key = frozenset(reading.rules.items())
        text = self._lineages.get(key)
        if text is None:
            rules = tuple(sorted(reading.rules.items()))
            text = self._lineages[key] = Lineage(self._day, rules=rules).to_text()
        return text

    def _remove(self, transaction: Transaction, left: Sequence[tuple[int, str]]) -> None:
        """Let go of what no file gives any more; files that had given way are read again."""
        catalog = transaction.catalog
        again: set[int] = set()
        for number, article_id in left:
            if transaction.remove(article_id, number):
                self._removed += 1
                again.update(catalog.claims.pop(article_id, ()))
        if again:
            from searchidx.ingest import walk

            for path, record in list(catalog.files.items()):
                if record.number in again:
                    self._waiting += walk([path], lambda what: None)
