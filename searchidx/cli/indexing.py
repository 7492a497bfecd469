"""``index``, ``rebuild``, ``delete`` and ``compact``: the commands that write."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from searchidx.article import Article
from searchidx.cli.options import index_dir_option
from searchidx.errors import IndexCorrupt, IndexDirectoryError, IndexNotFound, ReadError
from searchidx.index import Added, Index
from searchidx.ingest import LeftOut, Reading, find_files, read_file

__all__ = ["compact", "delete", "index", "rebuild"]


class _Reading:
    """Reads articles from paths, shows how far it is, and remembers what was left out."""

    def __init__(self, paths: tuple[str, ...], quiet: bool) -> None:
        self._quiet = quiet
        self.left_out: list[LeftOut] = []
        self._seen: dict[str, tuple[Path, str]] = {}
        self.files = find_files(paths, self._leave_out)
        missing = {entry.path for entry in self.left_out}
        # As they can be found again from any folder.
        self.sources = [str(Path(p).absolute()) for p in paths if Path(p) not in missing]

    def articles(self) -> Iterator[Article]:
        with _progress(len(self.files), self._quiet) as advance:
            for path in self.files:
                count = 0
                for reading in read_file(path, self._leave_out):
                    self._notice_collision(reading)
                    yield reading.article
                    count += 1
                    if count % 1000 == 0:
                        advance(0, 1000)
                advance(1, count % 1000)

    def _notice_collision(self, reading: Reading) -> None:
        """Say so where a page claims the address of another: one will replace the other."""
        article = reading.article
        before = self._seen.setdefault(article.id, (reading.path, article.title))
        if before[1] != article.title:
            click.echo(
                f"searchidx: {reading.path} has the id of {before[0]} and takes its place: "
                f"{article.id}",
                err=True,
            )

    def _leave_out(self, what: LeftOut) -> None:
        self.left_out.append(what)
        click.echo(f"searchidx: left out {what}", err=True)

    def report(self, result: Added, verb: str, total: int) -> int:
        """Say what was done; the exit status that goes with it."""
        done = [
            f"{result.added} added",
            f"{result.replaced} replaced",
            f"{result.skipped} unchanged",
        ]
        click.echo(f"{verb}: {', '.join(done)}; {total} articles in the index")
        if not self.left_out:
            return 0
        reasons = Counter(entry.reason.partition(":")[0] for entry in self.left_out)
        listed = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common())
        click.echo(f"left out: {len(self.left_out)} ({listed})")
        return 2


_DRAWN_EVERY = 0.1  # seconds


@contextmanager
def _progress(files: int, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    if quiet or not sys.stderr.isatty():
        yield lambda files_done, articles: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("indexing"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("files, {task.fields[articles]} articles"),
        TimeRemainingColumn(),
    )
    # Drawn from here: a thread that draws would keep the work from being divided by forking.
    with Progress(
        *columns, console=Console(stderr=True), transient=True, auto_refresh=False
    ) as progress:
        task = progress.add_task("", total=files, articles=0)
        seen = 0
        drawn = 0.0

        def advance(files_done: int, articles: int) -> None:
            nonlocal seen, drawn
            seen += articles
            progress.update(task, advance=files_done, articles=seen)
            now = time.monotonic()
            if now - drawn > _DRAWN_EVERY:
                progress.refresh()
                drawn = now

        yield advance


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH…")
@click.option("-q", "--quiet", is_flag=True, help="No progress bar.")
@index_dir_option
def index(paths: tuple[str, ...], quiet: bool, index_dir: str) -> int:
    """Add files and folders of articles to the index, making it if need be.

    An article that the index has already is replaced if it has changed, else passed over. What
    cannot be read is left out with a warning, and the exit status is then 2.

    \b
    searchidx index articles/ more/2024-06-28.html
    """
    reading = _Reading(paths, quiet)
    if not reading.files:
        raise ReadError(f"no files to index in {', '.join(paths)}")
    try:
        opened = Index.open(index_dir)
    except IndexNotFound:
        opened = Index.create(index_dir)
    result = opened.add(reading.articles(), sources=reading.sources)
    return reading.report(result, "indexed", len(opened))


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH…]")
@click.option("--allow-loss", is_flag=True, help="Accept an index of less than half the articles.")
@click.option("-q", "--quiet", is_flag=True, help="No progress bar.")
@index_dir_option
def rebuild(paths: tuple[str, ...], allow_loss: bool, quiet: bool, index_dir: str) -> int:
    """Build the index anew beside the old one, and put it in place in one step.

    Without a PATH, what was indexed before is read again: the paths that `index` was given, or
    where there were none the articles in the index. If anything goes wrong the old index stays.

    \b
    searchidx rebuild
    searchidx rebuild articles/
    """
    reading = _Reading(paths or Index.recorded_sources(index_dir), quiet)
    if not paths and not reading.sources and not reading.left_out:
        try:
            result = Index.open(index_dir).rebuild()
        except IndexCorrupt as error:
            raise IndexDirectoryError(
                f"{error}; its sources are not known: say `searchidx rebuild PATH…`"
            ) from None
    else:
        result = Index.replace(
            index_dir, reading.articles(), sources=reading.sources, allow_loss=allow_loss
        )
    return reading.report(result, "rebuilt", len(Index.open(index_dir)))


@click.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID…")
@index_dir_option
def delete(ids: tuple[str, ...], index_dir: str) -> int:
    """Delete articles from the index.

    \b
    searchidx delete sha-3f1c0d4be7a90a11
    """
    found = Index.open(index_dir).delete(ids)
    for missing in dict.fromkeys(one for one in ids if one not in found):
        click.echo(f"searchidx: no article has the id '{missing}'", err=True)
    click.echo(f"deleted: {len(found)}")
    return 0 if found else 1


@click.command()
@index_dir_option
def compact(index_dir: str) -> int:
    """Merge the index's segments and drop deleted articles from its files.

    \b
    searchidx compact
    """
    opened = Index.open(index_dir)
    before = opened.stats()
    opened.compact()
    after = opened.stats()
    click.echo(
        f"compacted: {before.segments} segments to {after.segments}, "
        f"{before.size:,} bytes to {after.size:,}"
    )
    return 0
