"""How an index directory is changed: under its lock, by one transaction, errors in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from searchidx.errors import (
    IndexCorrupt,
    IndexDirectoryError,
    IndexNotFound,
    RebuildRefused,
)
from searchidx.index.history import today
from searchidx.index.lock import writer_lock
from searchidx.index.manifest import Manifest
from searchidx.segment import Segment

if TYPE_CHECKING:
    from searchidx.index.added import Added
    from searchidx.index.transaction import Transaction

__all__ = ["change", "check_loss", "replacement", "swap", "writing"]

_KEPT_SHARE = 0.5  # a change that would leave less than this of the articles is refused


@contextmanager
def writing(directory: Path) -> Iterator[None]:
    """The writer lock, and errors of the file system in our own words."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with writer_lock(directory):
            yield
    except OSError as error:
        where = error.filename or directory
        raise IndexDirectoryError(f"cannot write {where}: {error.strerror or error}") from None


@contextmanager
def change(
    directory: Path, processes: int | None = None, *, create: bool = False
) -> Iterator[Transaction]:
    """A transaction on what is committed now; ``create`` begins with nothing."""
    with writing(directory):
        base = Manifest(0) if create else Manifest.read(directory)
        with _transaction(directory, base, processes) as transaction:
            yield transaction


@contextmanager
def replacement(directory: Path, processes: int | None = None) -> Iterator[Transaction]:
    """A transaction that begins with nothing; an old index that cannot be read is no hindrance."""
    with writing(directory):
        try:
            base = Manifest.read(directory)
            for entry in (*base.segments, *base.history):
                Segment(directory / entry.file, entry.deleted(directory))
        except (IndexNotFound, IndexCorrupt):
            base = Manifest(0, withheld=Manifest.withheld_of(directory))
        with _transaction(directory, base, processes, anew=True) as transaction:
            yield transaction


@contextmanager
def _transaction(
    directory: Path, base: Manifest, processes: int | None, *, anew: bool = False
) -> Iterator[Transaction]:
    # A search has no use for all that writing needs.
    from searchidx.index.transaction import Transaction

    generation = _next_generation(directory)
    transaction = Transaction(directory, base, generation, today(), processes, anew=anew)
    try:
        yield transaction
    finally:
        transaction.abandon()


def swap(
    transaction: Transaction, result: Added, sources: Iterable[str], *, allow_loss: bool
) -> None:
    """Put what a replacement has built in the place of what was there, if it is fit to be."""
    transaction.merge()
    transaction.verify()
    after = transaction.live_count()
    if after != result.added:
        raise IndexCorrupt(
            f"the new index has {after} articles where {result.added} were read: "
            "the old one was kept"
        )
    check_loss(transaction.base.article_count, after, "the new index", allow_loss=allow_loss)
    transaction.commit(dict.fromkeys(sources))


def check_loss(before: int, after: int, what: str, *, allow_loss: bool) -> None:
    """Raise RebuildRefused where a change would leave less than half of the articles."""
    if after < before * _KEPT_SHARE and not allow_loss:
        raise RebuildRefused(
            f"{what} would have {after} articles, the present one has "
            f"{before}: it was kept; say --allow-loss if so few are meant"
        )


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
