"""``stats`` and ``check``: the commands that look at an index."""

from __future__ import annotations

import json

import click

from searchidx.cli.options import format_option, index_dir_option
from searchidx.index import Index, IndexStats, problems

__all__ = ["check", "stats"]

_SHOWN = 10


@click.command()
@format_option("text", "json")
@index_dir_option
def stats(form: str, index_dir: str) -> int:
    """Say what the index holds.

    \b
    searchidx stats --format json
    """
    facts = Index.open(index_dir).stats()
    if form == "json":
        click.echo(json.dumps(_record(facts), ensure_ascii=False, indent=2))
    else:
        _write_tables(facts)
    return 0


@click.command()
@index_dir_option
def check(index_dir: str) -> int:
    """Read the whole index and say whether every part of it is as it was written.

    \b
    searchidx check
    """
    from pathlib import Path

    found = problems(Path(index_dir))
    for problem in found:
        click.echo(problem)
    if found:
        click.echo(f"searchidx: {len(found)} problems: run `searchidx rebuild`", err=True)
        return 2
    click.echo("the index is whole")
    return 0


def _record(facts: IndexStats) -> dict[str, object]:
    record = facts._asdict()
    for name in ("first_date", "last_date"):
        record[name] = record[name].isoformat() if record[name] else None
    for name in ("outlets", "languages"):
        record[name] = dict(record[name])
    return record


def _write_tables(facts: IndexStats) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    dates = f"{facts.first_date} to {facts.last_date}" if facts.first_date else "none"
    rows = {
        "articles": f"{facts.articles:,}",
        "deleted, not yet compacted": f"{facts.deleted:,}",
        "earlier versions": f"{facts.versions:,}",
        "taken down": f"{facts.withheld:,}",
        "dates": dates,
        "distinct words": f"{facts.words:,}",
        "segments": f"{facts.segments:,}",
        "generation": f"{facts.generation:,}",
        "bytes": f"{facts.size:,}",
        "read from": "\n".join(facts.sources) or "(not recorded)",
    }
    table = Table(box=None, show_header=False)
    for name, value in rows.items():
        table.add_row(name, Text(value))
    console.print(table)
    for heading, counts in (("outlet", facts.outlets), ("language", facts.languages)):
        counted = Table(heading, "articles", box=None, title_justify="left")
        counted.columns[1].justify = "right"
        for name, count in counts[:_SHOWN]:
            counted.add_row(Text(name), f"{count:,}")
        if len(counts) > _SHOWN:
            rest = sum(count for _, count in counts[_SHOWN:])
            counted.add_row(f"… {len(counts) - _SHOWN} more", f"{rest:,}")
        console.print()
        console.print(counted)
