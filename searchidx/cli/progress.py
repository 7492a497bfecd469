"""Long work shows itself: how far it is, what became of it, and a log of it."""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from searchidx.index.syncing import SyncReport
    from searchidx.ingest import LeftOut

__all__ = ["Told", "progress"]

_DRAWN_EVERY = 0.1  # seconds


@contextmanager
def progress(quiet: bool) -> Iterator[Callable[[int, int, int], None]]:
    """A bar on a terminal, told of files read, files to read, and articles found."""
    if quiet or not sys.stderr.isatty():
        yield lambda files, of, articles: None
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
        TextColumn("files, {task.fields[articles]:,} articles, {task.fields[rate]:,.0f} a second"),
        TimeRemainingColumn(),
    )
    # Drawn from here: a thread that draws would keep the work from being divided by forking.
    with Progress(
        *columns, console=Console(stderr=True), transient=True, auto_refresh=False
    ) as bar:
        task = bar.add_task("", total=None, articles=0, rate=0.0)
        began = time.monotonic()
        drawn = 0.0

        def advance(files: int, of: int, articles: int) -> None:
            nonlocal drawn
            now = time.monotonic()
            if now - drawn > _DRAWN_EVERY:
                rate = articles / max(now - began, 0.001)
                bar.update(task, completed=files, total=of, articles=articles, rate=rate)
                bar.refresh()
                drawn = now

        yield advance


class Told:
    """Tells what was left out as it is met, and at the end what was done."""

    def __init__(self, log: str | None = None) -> None:
        self.left_out = 0
        self._log = logging.getLogger("searchidx.cli.log")
        self._log.propagate = False
        self._log.setLevel(logging.INFO)
        if log is not None:
            handler = logging.FileHandler(log, encoding="utf-8")
            handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
            self._log.handlers = [handler]
        else:
            self._log.handlers = [logging.NullHandler()]

    def leave_out(self, what: LeftOut) -> None:
        """Tell of a file, or of a part of one."""
        self.left_out += 1
        self.warn(f"left out {what}")

    def warn(self, message: str) -> None:
        """Tell of something odd."""
        click.echo(f"searchidx: {message}", err=True)
        self._log.warning(message)

    def report(self, report: SyncReport, verb: str, total: int, *, as_json: bool) -> int:
        """Say what was done; the exit status that goes with it."""
        for article_id, loser, holder in report.collisions:
            self.warn(f"{holder} has the id of {loser} and takes its place: {article_id}")
        text = _summary(report, verb, total)
        if as_json:
            click.echo(json.dumps({**report.to_dict(), "total": total}, ensure_ascii=False))
        else:
            click.echo(text)
        for line in text.splitlines():
            self._log.info(line)
        return 2 if report.left_out else 0


def _summary(report: SyncReport, verb: str, total: int) -> str:
    articles, plan = report.articles, report.plan
    done = [
        f"{articles.added} added",
        f"{articles.replaced} replaced",
        f"{articles.skipped + report.unchanged} unchanged",
    ]
    if report.removed:
        done.append(f"{report.removed} removed")
    if articles.withheld:
        done.append(f"{articles.withheld} passed over, as taken down")
    lines = [f"{verb}: {', '.join(done)}; {total} articles in the index"]
    counts = {
        "read": len(plan.to_read),
        "unchanged": len(plan.unchanged),
        "moved": len(plan.moved),
        "removed": len(plan.removed),
    }
    files = [f"{count:,} {what}" for what, count in counts.items() if count]
    lines.append(f"files: {', '.join(files) or 'none'}; {report.seconds:,.1f} s")
    if report.left_out:
        listed = ", ".join(f"{count} {reason}" for reason, count in _grouped(report))
        lines.append(f"left out: {sum(count for _, count in report.left_out)} ({listed})")
    return "\n".join(lines)


def _grouped(report: SyncReport) -> list[tuple[str, int]]:
    """Reasons without what is particular behind a colon, the most frequent first."""
    counts: dict[str, int] = {}
    for reason, count in report.left_out:
        kind = reason.partition(":")[0]
        counts[kind] = counts.get(kind, 0) + count
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))
