"""``copies``, ``history`` and ``diff``: the texts that one story, or one article, has had."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import click

from searchidx.cli.options import format_option, index_dir_option

if TYPE_CHECKING:
    from searchidx.article import Article
    from searchidx.index import Version
    from searchidx.index.comparing import Difference

__all__ = ["copies", "diff", "difference_lines", "history"]

_WIDTH = 100

One = TypeVar("One")


def _found(ask: Callable[[str], list[One]], article_id: str) -> list[One]:
    """What the index says of an article; nothing, said on stderr, where it is not there."""
    from searchidx.errors import ArticleNotFound

    try:
        return ask(article_id)
    except ArticleNotFound as error:
        click.echo(f"searchidx: {error}", err=True)
        return []


@click.command()
@click.argument("article_id", metavar="ID")
@format_option("text", "json")
@index_dir_option
def copies(article_id: str, form: str, index_dir: str) -> int:
    """List the articles that tell the same story, and what differs from the earliest of them.

    \b
    searchidx copies https://www.example.org/2024/06/ruling.html
    """
    from searchidx.index import Index
    from searchidx.index.comparing import differences

    told = _found(Index.open(index_dir).copies, article_id)
    if not told:
        return 1
    lead, *others = told
    found = [(one, differences(lead, one)) for one in others]
    if form == "json":
        records = [
            {
                "id": one.id,
                "title": one.title,
                "source": one.source,
                "date": one.date.isoformat() if one.date else None,
                "differences": [change._asdict() for change in changes],
            }
            for one, changes in [(lead, []), *found]
        ]
        click.echo(json.dumps(records, ensure_ascii=False, indent=2))
        return 0 if others else 1
    if not others:
        click.echo("no other article tells this story")
        return 1
    click.echo(f"lead: {_headline(lead)}")
    for number, (one, changes) in enumerate(found, start=1):
        click.echo(f"\ncopy {number}: {_headline(one)}")
        for line in difference_lines(changes):
            click.echo(f"  {line}")
    return 0


def _headline(article: Article) -> str:
    day = article.date.isoformat() if article.date else "no date"
    facts = [" ".join(article.title.split()), day, article.source, article.id]
    return " · ".join(fact for fact in facts if fact)


@click.command()
@click.argument("article_id", metavar="ID")
@format_option("text", "json")
@index_dir_option
def history(article_id: str, form: str, index_dir: str) -> int:
    """List the versions of an article, and when each was the one to be found.

    \b
    searchidx history https://www.example.org/2024/06/ruling.html
    """
    from searchidx.index import Index

    found = _found(Index.open(index_dir).history, article_id)
    if not found:
        return 1
    if form == "json":
        click.echo(json.dumps([_record(one) for one in found], ensure_ascii=False, indent=2))
        return 0
    for one in found:
        since = one.since.isoformat() if one.since else "always"
        until = f"until {one.until}" if one.until else "now"
        marks = f" [{one.article.standing}]" if one.article.standing else ""
        seen = f", indexed {one.seen}" if one.seen else ""
        click.echo(f"version {one.number}: from {since} {until}{seen}{marks}")
        click.echo(f"  {' '.join(one.article.title.split())}")
    return 0


def _record(version: Version) -> dict[str, Any]:
    days = {name: getattr(version, name) for name in ("since", "until", "seen")}
    return {
        "version": version.number,
        **{name: day.isoformat() if day else None for name, day in days.items()},
        "article": version.article.to_dict(),
    }


@click.command()
@click.argument("article_id", metavar="ID")
@click.option("--from", "first", type=click.IntRange(1), help="Version; else the one before last.")
@click.option("--to", "last", type=click.IntRange(1), help="Version; else the last one.")
@format_option("text", "json")
@index_dir_option
def diff(article_id: str, first: int | None, last: int | None, form: str, index_dir: str) -> int:
    """Show what was changed in an article, sentence by sentence.

    Exit status 0 where two versions differ, 1 where there is nothing to compare.

    \b
    searchidx diff https://www.example.org/2024/06/ruling.html
    searchidx diff https://www.example.org/2024/06/ruling.html --from 1 --to 3
    """
    from searchidx.index import Index
    from searchidx.index.comparing import differences

    found = _found(Index.open(index_dir).history, article_id)
    if not found:
        return 1
    numbers = [one.number for one in found]
    for wanted in (first, last):
        if wanted is not None and wanted not in numbers:
            listed = ", ".join(map(str, numbers))
            raise click.UsageError(f"there is no version {wanted}: the versions are {listed}")
    new = numbers.index(last) if last is not None else len(found) - 1
    old = numbers.index(first) if first is not None else new - 1
    if old < 0:
        click.echo("searchidx: there is one version only", err=True)
        return 1
    changes = differences(found[old].article, found[new].article)
    if form == "json":
        click.echo(json.dumps([one._asdict() for one in changes], ensure_ascii=False, indent=2))
    else:
        click.echo(f"version {numbers[old]} to version {numbers[new]}")
        for line in difference_lines(changes):
            click.echo(line)
    return 0 if changes else 1


def difference_lines(changes: Iterable[Difference]) -> Iterator[str]:
    """Differences as lines: the field, then what was there with a minus, what is with a plus."""
    field = None
    for change in changes:
        if change.field != field:
            field = change.field
            yield f"{field}:"
        for sign, text in (("-", change.before), ("+", change.after)):
            if text:
                plain = "".join(c if c.isprintable() else " " for c in text)
                yield from textwrap.wrap(
                    plain,
                    _WIDTH,
                    initial_indent=f"  {sign} ",
                    subsequent_indent="    ",
                    break_on_hyphens=False,
                )
