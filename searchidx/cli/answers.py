"""Search results on standard output, in each format."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence

import click

from searchidx.search import Hit, SearchResults, Snippet

__all__ = ["write", "write_all", "write_batch"]

CSV_COLUMNS = ("id", "title", "date", "source", "url", "score", "snippet")

# What could move a terminal's cursor or colours, were it printed as it stands in an article.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def write(results: SearchResults, form: str, color: str, *, explain: bool = False) -> None:
    """Print the results; warnings go to standard error unless the format carries them."""
    if form == "json":
        record = results.to_dict(explain=explain)
        click.echo(json.dumps(record, ensure_ascii=False, indent=2))
        return
    _warn(results, corrections=form != "text")
    if form == "text":
        _write_text(results, _Style(_styled(color)), explain)
    elif form == "jsonl":
        for hit in results:
            click.echo(json.dumps(hit.to_dict(explain=explain), ensure_ascii=False))
    else:
        _write_csv(results, ())


def write_all(results: SearchResults, hits: Iterable[Hit], form: str) -> None:
    """Print hits as they come. ``results`` has what is said of them all."""
    _warn(results, corrections=True)
    if form == "csv":
        _write_csv(hits, ())
        return
    for hit in hits:
        click.echo(json.dumps(hit.to_dict(), ensure_ascii=False))


def write_batch(
    outcomes: Sequence[tuple[str, SearchResults]], form: str, color: str, *, explain: bool
) -> None:
    """Print the results of several queries, each with its name."""
    if form == "json":
        records = [{"name": name, **one.to_dict(explain=explain)} for name, one in outcomes]
        click.echo(json.dumps(records, ensure_ascii=False, indent=2))
        return
    for number, (name, results) in enumerate(outcomes):
        if form == "text":
            click.echo("\n" * bool(number) + f"=== {_clean(name)} ===")
            write(results, form, color, explain=explain)
        elif form == "jsonl":
            for hit in results:
                record = {"name": name, **hit.to_dict(explain=explain)}
                click.echo(json.dumps(record, ensure_ascii=False))
        else:
            _write_csv(results, (name,), header=not number)


def _warn(results: SearchResults, *, corrections: bool) -> None:
    for warning in results.warnings:
        click.echo(f"searchidx: {warning}", err=True)
    if corrections:
        for correction in results.corrections:
            click.echo(f"searchidx: searched for {correction}", err=True)
    if results.did_you_mean:
        click.echo(f"searchidx: nothing found; did you mean: {results.did_you_mean}", err=True)


def _write_csv(hits: Iterable[Hit], name: tuple[str, ...], *, header: bool = True) -> None:
    import csv

    rows = csv.writer(sys.stdout, lineterminator="\n")
    if header:
        rows.writerow([*(("name",) if name else ()), *CSV_COLUMNS])
    for hit in hits:
        record = hit.to_dict()
        body = [snippet.text for snippet in hit.snippets if snippet.field == "body"]
        record["snippet"] = " … ".join(body)
        rows.writerow([*name, *(record[column] for column in CSV_COLUMNS)])


def _styled(color: str) -> bool:
    if color == "auto":
        return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    return color == "always"


class _Style:
    """Marks and headings: bold where the terminal can, asterisks elsewhere."""

    def __init__(self, on: bool) -> None:
        self._on = on

    def mark(self, text: str) -> str:
        return f"\x1b[1m{text}\x1b[22m" if self._on else f"**{text}**"

    def title(self, text: str) -> str:
        return f"\x1b[4m{text}\x1b[24m" if self._on else text

    def faint(self, text: str) -> str:
        return f"\x1b[2m{text}\x1b[22m" if self._on else text


def _write_text(results: SearchResults, style: _Style, explain: bool) -> None:
    click.echo(f"interpreted as: {results.interpreted}", color=True)
    for correction in results.corrections:
        click.echo(f"corrected:      {correction}", color=True)
    if not results.total:
        click.echo("nothing found")
        return
    last = results.offset + len(results)
    shown = f"{results.offset + 1}-{last}" if len(results) else "none"
    plural = "article" if results.total == 1 else "articles"
    stories = results.stories
    told = f" ({stories} stories)" if stories < results.total else ""
    count = f"{results.total} {plural}{told} found in {results.took_ms:.1f} ms, {shown} shown"
    click.echo(style.faint(count), color=True)
    for line in _facet_lines(results):
        click.echo(line)
    width = min(shutil.get_terminal_size().columns, 100)
    for number, hit in enumerate(results, results.offset + 1):
        click.echo()
        for line in _hit_lines(number, hit, style, width):
            click.echo(line, color=True)
        if explain:
            for line in _score_lines(hit):
                click.echo(style.faint(line), color=True)


def _facet_lines(results: SearchResults) -> Iterator[str]:
    for name, counts in results.facets.items():
        yield f"by {name}:"
        widest = max((len(str(count)) for _, count in counts), default=1)
        for value, count in counts:
            yield f"   {count:>{widest}}  {_clean(value) or '(none)'}"


def _score_lines(hit: Hit) -> Iterator[str]:
    """What the score is made of, a line for each word."""
    explanation = hit.explanation
    for part in explanation.parts:
        factors = [
            (part.boost, "boost"),
            (part.weight, "function word"),
            (part.scale, "found by corrections alone"),
        ]
        shown = "".join(f" · {what} {value:g}" for value, what in factors if value != 1)
        where = f"title {part.title_freq:g}, " if part.title_freq else ""
        field = part.field if part.field not in (None, "title", "body") else "body"
        yield (
            f"   {part.score:8.3f}  {_clean(part.term)}: {where}{field} {part.body_freq:g}, in "
            f"{part.articles} article{'s' * (part.articles != 1)}: idf {part.idf:.3f} · "
            f"({part.saturated:.3f} + {part.presence:.3f}){shown}"
        )
    yield f"   {explanation.score:8.3f}  the sum"


def _hit_lines(number: int, hit: Hit, style: _Style, width: int) -> list[str]:
    article = hit.article
    titles = [snippet for snippet in hit.snippets if snippet.field == "title"]
    title = _marked(titles[0], style) if titles else _clean(article.title or "(no title)")
    lead = f"{number}. "
    lines = _wrapped(style.title(title), width, lead, " " * len(lead))
    indent = "   "
    day = article.date.isoformat() if article.date else "no date"
    facts = [day, article.source, article.standing, f"score {hit.score:.3f}", hit.id]
    lines.append(indent + style.faint(" · ".join(_clean(fact) for fact in facts if fact)))
    for snippet in hit.snippets:
        if snippet.field == "title":
            continue
        label = "" if snippet.field == "body" else f"{snippet.field}: "
        text = label + _marked(snippet, style)
        lines += _wrapped(text, width, indent + "> ", indent + "  ")
    if hit.copies:
        more = f"and {hit.copies} more {'copy' if hit.copies == 1 else 'copies'}"
        lines.append(indent + style.faint(f"{more}: searchidx copies {_clean(hit.id)}"))
    fuzzy = [match for match in hit.matched if match.kind == "fuzzy"]
    for match in fuzzy:
        plural = "edit" if match.edits == 1 else "edits"
        note = f"{_clean(match.found)} ← {_clean(match.term)} ({match.edits} {plural})"
        lines.append(indent + style.faint(note))
    return lines


def _marked(snippet: Snippet, style: _Style) -> str:
    pieces = []
    done = 0
    for start, end in snippet.spans:
        pieces.append(_clean(snippet.text[done:start]))
        pieces.append(style.mark(_clean(snippet.text[start:end])))
        done = end
    pieces.append(_clean(snippet.text[done:]))
    before, after = "… " * snippet.cut_before, " …" * snippet.cut_after
    return before + "".join(pieces) + after


def _clean(text: str) -> str:
    return _CONTROL.sub(" ", text)


def _wrapped(text: str, width: int, first: str, rest: str) -> list[str]:
    return textwrap.wrap(
        text,
        width,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
