"""``query`` and ``show``."""

from __future__ import annotations

import datetime as dt
import json

import click

from searchidx.cli.options import format_option, index_dir_option

__all__ = ["query", "show"]


class _Day(click.ParamType):  # type: ignore[type-arg]
    """A day, month or year; of the latter two the first day, or with ``last`` the last one."""

    name = "date"

    def __init__(self, last: bool) -> None:
        self._last = last

    def convert(
        self, value: str | dt.date, param: click.Parameter | None, ctx: click.Context | None
    ) -> dt.date:
        if isinstance(value, dt.date):
            return value
        from searchidx.query.dates import date_span

        span = date_span(value)
        if span is None:
            self.fail(f"'{value}' is no date: write 2024-06-28, 2024-06 or 2024", param, ctx)
        return span[1] if self._last else span[0]


@click.command()
@click.argument("text", nargs=-1, required=True)
@click.option(
    "-n", "--limit", type=click.IntRange(0), default=10, show_default=True, help="Hits shown."
)
@click.option("--offset", type=click.IntRange(0), default=0, help="Hits passed over first.")
@click.option(
    "--since", type=_Day(last=False), help="Only from this day on: 2024-06-28, 2024-06, 2024."
)
@click.option("--until", type=_Day(last=True), help="Only up to this day, included.")
@click.option(
    "--source", multiple=True, metavar="OUTLET", help="Only this outlet; may be repeated."
)
@click.option(
    "--sort",
    type=click.Choice(["relevance", "newest", "oldest"]),
    default="relevance",
    show_default=True,
    help="What comes first.",
)
@click.option(
    "--snippets", type=click.IntRange(0), default=3, show_default=True, help="Sentences a hit."
)
@click.option("--no-fuzzy", is_flag=True, help="Do not correct words that no article has.")
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    help="Bold marks; auto: on a terminal, unless NO_COLOR is set.",
)
@format_option("text", "json", "jsonl", "csv")
@index_dir_option
def query(
    text: tuple[str, ...],
    limit: int,
    offset: int,
    since: dt.date | None,
    until: dt.date | None,
    source: tuple[str, ...],
    sort: str,
    snippets: int,
    no_fuzzy: bool,
    color: str,
    form: str,
    index_dir: str,
) -> int:
    """Find articles.

    Any of the words may match; more and rarer ones count for more. "A phrase" is exact. Also
    AND, OR, NOT, parentheses, field:word, word*, word~1. A query that begins with a minus goes
    behind a --.

    \b
    searchidx query "minor crimes governance"
    searchidx query '"plea leniency" AND source:legaldaily' --since 2024-06
    """
    from searchidx.cli import answers
    from searchidx.index import Index

    results = Index.open(index_dir).search(
        " ".join(text),
        limit=limit,
        offset=offset,
        snippets=snippets,
        fuzzy="off" if no_fuzzy else "auto",
        sort=sort,
        since=since,
        until=until,
        filters={"source": source} if source else None,
    )
    answers.write(results, form, color)
    return 0 if results.total else 1


@click.command()
@click.argument("article_id", metavar="ID")
@format_option("text", "json")
@index_dir_option
def show(article_id: str, form: str, index_dir: str) -> int:
    """Print one article.

    \b
    searchidx show https://www.example.org/2024/06/ruling.html
    """
    from searchidx.errors import ArticleNotFound
    from searchidx.index import Index
    from searchidx.ingest import render_text

    try:
        article = Index.open(index_dir).article(article_id)
    except ArticleNotFound as error:
        click.echo(f"searchidx: {error}", err=True)
        return 1
    if form == "json":
        click.echo(json.dumps(article.to_dict(), ensure_ascii=False, indent=2))
    else:
        click.echo(render_text(article))
    return 0
