"""``query``, ``similar``, ``suggest`` and ``show``."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import click

from searchidx.cli.options import format_option, index_dir_option

if TYPE_CHECKING:
    from searchidx.index import Index, Version
    from searchidx.search import SearchResults

__all__ = ["query", "show", "similar", "suggest"]


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
        from searchidx.query.dates import date_span, recent

        span = date_span(value) or recent(value)
        if span is None:
            self.fail(f"'{value}' is no date: write 2024-06-28, 2024-06, 2024 or -14d", param, ctx)
        return span[1] if self._last else span[0]


@click.command()
@click.argument("text", nargs=-1)
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
    "--filter",
    "filters",
    multiple=True,
    metavar="FIELD=WORDS",
    help="Only where the field has these words; of one field any, of several all.",
)
@click.option(
    "--facet",
    "facets",
    multiple=True,
    metavar="NAME",
    help="Count all hits by source, agency, authors, year, month …; may be repeated.",
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
@click.option(
    "--as-of", type=_Day(last=True), help="What there was to find on that day, as it was then."
)
@click.option(
    "--no-collapse", is_flag=True, help="Show every copy of a story, not the first one found."
)
@click.option(
    "--recency",
    type=click.FloatRange(0, min_open=True),
    metavar="DAYS",
    help="Let scores fade with age, by a quarter in so many days, by half at most.",
)
@click.option(
    "--feedback", is_flag=True, help="Look for words too that the best hits have in common."
)
@click.option("--no-fuzzy", is_flag=True, help="Do not correct words that no article has.")
@click.option("--explain", is_flag=True, help="Show what each score is made of.")
@click.option(
    "--all", "everything", is_flag=True, help="Every hit, in a stream: for jsonl and csv."
)
@click.option("--strict", is_flag=True, help="Stop at a warning or a correction.")
@click.option("--timeout", type=click.FloatRange(0), metavar="SECONDS", help="Cut the query then.")
@click.option(
    "--batch",
    metavar="FILE",
    help="Ask every query of a file: one a line, or a CSV with the columns query and name.",
)
@click.option(
    "--html",
    "page",
    metavar="FILE",
    help="Write a page to read or print; - is stdout.",
)
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
    filters: tuple[str, ...],
    facets: tuple[str, ...],
    sort: str,
    snippets: int,
    as_of: dt.date | None,
    no_collapse: bool,
    recency: float | None,
    feedback: bool,
    no_fuzzy: bool,
    explain: bool,
    everything: bool,
    strict: bool,
    timeout: float | None,
    batch: str | None,
    page: str | None,
    color: str,
    form: str,
    index_dir: str,
) -> int:
    """Find articles.

    Any of the words may match; more and rarer ones count for more. "A phrase" is exact. Also
    AND, OR, NOT, parentheses, field:word, w/5, pre/5, /s, /p, root!, wom*n, word~1, word^2,
    atleast3(word), caps(Ice). A query that begins with a minus goes behind a --.

    \b
    searchidx query "minor crimes governance"
    searchidx query '"plea leniency" /s drunk! AND source:legaldaily' --since 2024-06
    searchidx query court --facet year --explain
    searchidx query fine --all --format csv > fines.csv
    """
    from searchidx.cli import answers
    from searchidx.index import Index

    if bool(text) == bool(batch):
        raise click.UsageError("give a query, or --batch and a file of queries")
    if everything and form not in ("jsonl", "csv"):
        raise click.UsageError("--all goes with --format jsonl or csv")
    if everything and (
        explain
        or facets
        or strict
        or timeout is not None
        or offset
        or batch
        or page
        or recency
        or feedback
    ):
        raise click.UsageError(
            "--all goes without --explain, --facet, --strict, --timeout, --offset, --batch, "
            "--html, --recency, --feedback"
        )
    index = Index.open(index_dir)
    common: dict[str, Any] = {
        "fuzzy": "off" if no_fuzzy else "auto",
        "sort": sort,
        "since": since,
        "until": until,
        "filters": _filters(source, filters),
        "as_of": as_of,
    }
    if everything:
        asked = " ".join(text)
        results = index.search(asked, limit=0, **common)
        answers.write_all(results, index.scan(asked, snippets=snippets, **common), form)
        return 0 if results.total else 1
    common |= {
        "limit": limit,
        "offset": offset,
        "snippets": snippets,
        "facets": facets,
        "strict": strict,
        "timeout": timeout,
        "collapse": not no_collapse,
        "recency": recency,
        "feedback": feedback,
    }
    if batch:
        return _batch(index, batch, common, form, color, explain, page)
    results = index.search(" ".join(text), **common)
    if page:
        _write_page(page, results.query, [(results.query, results)])
        return 0 if results.total else 1
    answers.write(results, form, color, explain=explain)
    return 0 if results.total else 1


def _filters(source: tuple[str, ...], filters: tuple[str, ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {"source": list(source)} if source else {}
    for one in filters:
        name, sign, words = one.partition("=")
        if not sign or not words:
            raise click.UsageError(f"--filter takes FIELD=WORDS, as in agency=court, not '{one}'")
        found.setdefault(name, []).append(words)
    return found


def _batch(
    index: Index,
    path: str,
    options: dict[str, Any],
    form: str,
    color: str,
    explain: bool,
    page: str | None,
) -> int:
    """Every query of a file; one that cannot be answered costs that query only."""
    from searchidx.cli import answers
    from searchidx.cli.batch import read_batch
    from searchidx.errors import QueryError

    found = failed = 0
    outcomes = []
    for name, text, _ in read_batch(path):
        try:
            results = index.search(text, **options)
        except QueryError as error:
            click.echo(f"searchidx: {name}: {error}", err=True)
            failed += 1
            continue
        found += results.total
        outcomes.append((name, results))
    if page:
        _write_page(page, "Searches", outcomes)
    else:
        answers.write_batch(outcomes, form, color, explain=explain)
    return 2 if failed else 0 if found else 1


def _write_page(path: str, heading: str, outcomes: list[tuple[str, SearchResults]]) -> None:
    from searchidx.cli.report import html_report

    with click.open_file(path, "w", encoding="utf-8", atomic=path != "-") as file:
        for piece in html_report(outcomes, heading=heading, made=dt.datetime.now()):
            file.write(piece)


@click.command()
@click.argument("article_id", metavar="ID")
@click.option(
    "-n", "--limit", type=click.IntRange(0), default=10, show_default=True, help="Articles shown."
)
@format_option("text", "json", "jsonl", "csv")
@index_dir_option
def similar(article_id: str, limit: int, form: str, index_dir: str) -> int:
    """Find articles like one of the index.

    \b
    searchidx similar https://www.example.org/2024/06/ruling.html
    """
    from searchidx.cli import answers
    from searchidx.errors import ArticleNotFound
    from searchidx.index import Index

    try:
        results = Index.open(index_dir).similar(article_id, limit=limit)
    except ArticleNotFound as error:
        click.echo(f"searchidx: {error}", err=True)
        return 1
    answers.write(results, form, "auto")
    return 0 if results.total else 1


@click.command()
@click.argument("prefix")
@click.option(
    "-n", "--limit", type=click.IntRange(1), default=10, show_default=True, help="Words shown."
)
@format_option("text", "json")
@index_dir_option
def suggest(prefix: str, limit: int, form: str, index_dir: str) -> int:
    """Complete the last word, by the words that most articles have.

    \b
    searchidx suggest "minor cri"
    """
    from searchidx.index import Index

    found = Index.open(index_dir).suggest(prefix, limit)
    if form == "json":
        click.echo(json.dumps([one._asdict() for one in found], ensure_ascii=False, indent=2))
    else:
        for one in found:
            click.echo(f"{one.word}\t{one.articles}")
    return 0 if found else 1


@click.command()
@click.argument("article_id", metavar="ID")
@click.option("--provenance", is_flag=True, help="Say where each field was found.")
@click.option("--version", "number", type=click.IntRange(1), help="As it was in this version.")
@format_option("text", "json")
@index_dir_option
def show(article_id: str, provenance: bool, number: int | None, form: str, index_dir: str) -> int:
    """Print one article.

    \b
    searchidx show https://www.example.org/2024/06/ruling.html
    searchidx show https://www.example.org/2024/06/ruling.html --provenance
    """
    from searchidx.errors import ArticleNotFound
    from searchidx.index import Index
    from searchidx.ingest import render_text

    index = Index.open(index_dir)
    try:
        if number is None and not provenance:
            article, origin = index.article(article_id), None
        else:
            version, origin = index.version(article_id, number), index.origin(article_id)
            article = version.article
    except ArticleNotFound as error:
        click.echo(f"searchidx: {error}", err=True)
        return 1
    if provenance:
        _write_provenance(version, origin, form)
    elif form == "json":
        click.echo(json.dumps(article.to_dict(), ensure_ascii=False, indent=2))
    else:
        click.echo(render_text(article))
    return 0


def _write_provenance(version: Version, origin: str | None, form: str) -> None:
    """Every field that has a value, the rule that found it, and the file it was read from."""
    fields = {name: value for name, value in version.article.to_dict().items() if value}
    if form == "json":
        found = {name: {"value": fields[name], "rule": version.rules.get(name)} for name in fields}
        seen = version.seen.isoformat() if version.seen else None
        record = {"file": origin, "version": version.number, "indexed": seen, "fields": found}
        click.echo(json.dumps(record, ensure_ascii=False, indent=2))
        return
    click.echo(f"file      {origin or '(not read from a file)'}")
    click.echo(f"version   {version.number}, indexed {version.seen or '(not recorded)'}")
    for name, value in fields.items():
        shown = ", ".join(value) if isinstance(value, list) else " ".join(str(value).split())
        rule = version.rules.get(name, "given" if not version.rules else "derived")
        click.echo(f"{name:18} {rule:18} {shown if len(shown) <= 60 else shown[:59] + '…'}")
