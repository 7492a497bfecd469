"""``index``, ``sync``, ``rebuild``, ``delete`` and ``compact``: the commands that write."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import click

from searchidx.article import FIELD_NAMES, Article
from searchidx.cli.options import index_dir_option
from searchidx.cli.progress import Told, progress
from searchidx.errors import IndexCorrupt, IndexDirectoryError, IndexNotFound, ReadError
from searchidx.index import Index

__all__ = ["compact", "delete", "index", "rebuild", "sync"]

Command = TypeVar("Command", bound=Callable[..., Any])


def _field_map(ctx: click.Context, _: click.Parameter, value: tuple[str, ...]) -> dict[str, str]:
    """``--map headline=title`` as ``{"headline": "title"}``."""
    names = {}
    for pair in value:
        theirs, equals, ours = pair.partition("=")
        if not (theirs and equals and ours):
            raise click.BadParameter(f"'{pair}' is not THEIRS=OURS, as in headline=title")
        if ours not in FIELD_NAMES:
            raise click.BadParameter(f"'{ours}' is no field: they are {', '.join(FIELD_NAMES)}")
        names[theirs] = ours
    return names


def _reading_options(command: Command) -> Command:
    """What decides which files are read, how, and what is told of it."""
    options = [
        click.option("--include", multiple=True, metavar="PATTERN", help="Read only such files."),
        click.option("--exclude", multiple=True, metavar="PATTERN", help="Pass over such files."),
        click.option(
            "--map",
            "field_map",
            multiple=True,
            metavar="THEIRS=OURS",
            callback=_field_map,
            help="The field that records call THEIRS, in JSON and CSV.",
        ),
        click.option("--allow-loss", is_flag=True, help="Accept to keep less than half of it."),
        click.option("--json", "as_json", is_flag=True, help="Say what was done as JSON."),
        click.option("--log", metavar="FILE", help="Write down there too what is told."),
        click.option("-q", "--quiet", is_flag=True, help="No progress bar."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH…")
@_reading_options
@index_dir_option
def index(
    paths: tuple[str, ...], as_json: bool, log: str | None, quiet: bool, index_dir: str, **how: Any
) -> int:
    """Add files and folders of articles to the index, making it if need be.

    An article that the index has already is replaced if it has changed, else passed over. Files
    that have not changed since are not read again. What cannot be read is left out with a
    warning, and the exit status is then 2. A - is standard input.

    \b
    searchidx index articles/ more/2024-06-28.html
    searchidx index dump.csv --map headline=title --map text=body
    """
    told = Told(log)
    if "-" in paths:
        return _index_input(paths, told, how["field_map"], index_dir)
    return _synced(paths, told, "indexed", as_json, quiet, index_dir, remove=False, **how)


@click.command()
@click.argument("paths", nargs=-1, metavar="[DIR…]")
@click.option("-n", "--dry-run", is_flag=True, help="Only list what would be done.")
@click.option("--watch", is_flag=True, help="Go on whenever something changes.")
@_reading_options
@index_dir_option
def sync(
    paths: tuple[str, ...],
    dry_run: bool,
    watch: bool,
    as_json: bool,
    log: str | None,
    quiet: bool,
    index_dir: str,
    **how: Any,
) -> int:
    """Make the index equal to folders: what is new, what changed, and what is gone.

    Without a DIR, to those that were indexed before. Only files that changed are read. What was
    removed stays to be found with `query --as-of`.

    \b
    searchidx sync articles/
    searchidx sync articles/ --dry-run
    """
    told = Told(log)
    paths = paths or Index.recorded_sources(index_dir)
    if not paths:
        raise IndexDirectoryError(
            f"the index in {index_dir} knows no folders: say `searchidx sync DIR…`"
        )
    if dry_run:
        return _planned(paths, as_json, index_dir, **how)
    status = _synced(paths, told, "synced", as_json, quiet, index_dir, remove=True, **how)
    if not watch:
        return status
    for _ in _changes(paths):
        status = _synced(paths, told, "synced", as_json, quiet, index_dir, remove=True, **how)
    return status


def _opened(index_dir: str) -> Index:
    try:
        return Index.open(index_dir)
    except IndexNotFound:
        return Index.create(index_dir)


def _synced(
    paths: tuple[str, ...],
    told: Told,
    verb: str,
    as_json: bool,
    quiet: bool,
    index_dir: str,
    **how: Any,
) -> int:
    if not any(Path(path).exists() for path in paths):
        raise ReadError(f"no files to index in {', '.join(paths)}: no such file or folder")
    opened = _opened(index_dir)
    with progress(quiet) as advance:
        report = opened.sync(
            paths, left_out=told.leave_out, warned=told.warn, progress=advance, **how
        )
    return told.report(report, verb, len(opened), as_json=as_json)


def _planned(paths: tuple[str, ...], as_json: bool, index_dir: str, **how: Any) -> int:
    import json

    report = Index.open(index_dir).sync(paths, dry_run=True, **how)
    if as_json:
        click.echo(json.dumps(report.to_dict(), ensure_ascii=False))
        return 0
    plan = report.plan
    for sign, files in (("+", plan.added), ("~", plan.changed), ("?", plan.again)):
        for file in files:
            click.echo(f"{sign} {file.path}")
    for before, file in plan.moved:
        click.echo(f"> {before} is now {file.path}")
    for path in plan.removed:
        click.echo(f"- {path}")
    click.echo(
        f"would read {len(plan.to_read)} files and remove {len(plan.removed)}; "
        f"{len(plan.unchanged)} are unchanged"
    )
    return 0


def _changes(paths: tuple[str, ...]) -> Iterator[object]:
    """Something for every time that a file below the paths changes, until interrupted."""
    try:
        from watchfiles import watch
    except ImportError:
        raise IndexDirectoryError(
            'watching needs another package: pip install "searchidx[watch]"'
        ) from None
    click.echo(f"watching {', '.join(paths)}: end with Ctrl-C", err=True)
    return watch(*paths, raise_interrupt=False)


def _index_input(
    paths: tuple[str, ...], told: Told, field_map: dict[str, str], index_dir: str
) -> int:
    import sys

    from searchidx.ingest import read_stream

    if len(paths) > 1:
        raise click.UsageError("standard input (-) is indexed by itself")

    def articles() -> Iterator[Article]:
        for reading in read_stream(sys.stdin.buffer, "-", told.leave_out, field_map=field_map):
            for warning in reading.warnings:
                told.warn(f"{reading.path}: {warning}")
            yield reading.article

    opened = _opened(index_dir)
    result = opened.add(articles())
    click.echo(
        f"indexed: {result.added} added, {result.replaced} replaced, {result.skipped} unchanged; "
        f"{len(opened)} articles in the index"
    )
    return 2 if told.left_out else 0


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH…]")
@_reading_options
@index_dir_option
def rebuild(
    paths: tuple[str, ...], as_json: bool, log: str | None, quiet: bool, index_dir: str, **how: Any
) -> int:
    """Build the index anew beside the old one, and put it in place in one step.

    Without a PATH, what was indexed before is read again: the paths that `index` was given, or
    where there were none the articles in the index. If anything goes wrong the old index stays.

    \b
    searchidx rebuild
    searchidx rebuild articles/
    """
    told = Told(log)
    recorded = Index.recorded_sources(index_dir)
    if not paths and not recorded:
        try:
            opened = Index.open(index_dir)
            result = opened.rebuild()
        except IndexCorrupt as error:
            raise IndexDirectoryError(
                f"{error}; its sources are not known: say `searchidx rebuild PATH…`"
            ) from None
        click.echo(f"rebuilt: {result.added} articles in the index")
        return 0
    with progress(quiet) as advance:
        report = Index.rebuild_from(
            index_dir,
            paths or recorded,
            left_out=told.leave_out,
            warned=told.warn,
            progress=advance,
            **how,
        )
    return told.report(report, "rebuilt", len(Index.open(index_dir)), as_json=as_json)


@click.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID…")
@click.option("--tombstone", is_flag=True, help="Take down for good: it does not come back.")
@click.option("--lift", is_flag=True, help="Let what was taken down be indexed again.")
@index_dir_option
def delete(ids: tuple[str, ...], tombstone: bool, lift: bool, index_dir: str) -> int:
    """Delete articles, and what they were before, from the index.

    With --tombstone nothing of them stays in any file of the index, and they are passed over
    when their files are indexed again.

    \b
    searchidx delete sha-3f1c0d4be7a90a11
    searchidx delete --tombstone https://example.org/news/17
    """
    opened = Index.open(index_dir)
    if lift:
        lifted = opened.lift(ids)
        click.echo(f"no longer taken down: {len(lifted)}")
        return 0 if lifted else 1
    found = opened.delete(ids, tombstone=tombstone)
    for missing in dict.fromkeys(one for one in ids if one not in found):
        click.echo(f"searchidx: no article has the id '{missing}'", err=True)
    click.echo(f"{'taken down' if tombstone else 'deleted'}: {len(found)}")
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
