"""Search results on standard output, in each format."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import textwrap

import click

from searchidx.search import Hit, SearchResults, Snippet

__all__ = ["write"]

CSV_COLUMNS = ("id", "title", "date", "source", "url", "score", "snippet")

# What could move a terminal's cursor or colours, were it printed as it stands in an article.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def write(results: SearchResults, form: str, color: str) -> None:
    """Print the results; warnings go to standard error unless the format carries them."""
    if form == "json":
        click.echo(json.dumps(results.to_dict(), ensure_ascii=False, indent=2))
        return
    for warning in results.warnings:
        click.echo(f"searchidx: {warning}", err=True)
    if form == "text":
        _write_text(results, _Style(_styled(color)))
        return
    for correction in results.corrections:
        click.echo(f"searchidx: searched for {correction}", err=True)
    if form == "jsonl":
        for hit in results:
            click.echo(json.dumps(hit.to_dict(), ensure_ascii=False))
    else:
        _write_csv(results)


def _write_csv(results: SearchResults) -> None:
    import csv

    rows = csv.writer(sys.stdout, lineterminator="\n")
    rows.writerow(CSV_COLUMNS)
    for hit in results:
        record = hit.to_dict()
        body = [snippet.text for snippet in hit.snippets if snippet.field == "body"]
        record["snippet"] = " … ".join(body)
        rows.writerow([record[column] for column in CSV_COLUMNS])


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


def _write_text(results: SearchResults, style: _Style) -> None:
    click.echo(f"interpreted as: {results.interpreted}", color=True)
    for correction in results.corrections:
        click.echo(f"corrected:      {correction}", color=True)
    if not results.total:
        click.echo("nothing found")
        return
    last = results.offset + len(results)
    shown = f"{results.offset + 1}-{last}" if len(results) else "none"
    plural = "article" if results.total == 1 else "articles"
    count = f"{results.total} {plural} found in {results.took_ms:.1f} ms, {shown} shown"
    click.echo(style.faint(count), color=True)
    width = min(shutil.get_terminal_size().columns, 100)
    for number, hit in enumerate(results, results.offset + 1):
        click.echo()
        for line in _hit_lines(number, hit, style, width):
            click.echo(line, color=True)


def _hit_lines(number: int, hit: Hit, style: _Style, width: int) -> list[str]:
    article = hit.article
    titles = [snippet for snippet in hit.snippets if snippet.field == "title"]
    title = _marked(titles[0], style) if titles else _clean(article.title or "(no title)")
    lead = f"{number}. "
    lines = _wrapped(style.title(title), width, lead, " " * len(lead))
    indent = "   "
    day = article.date.isoformat() if article.date else "no date"
    facts = [day, article.source, f"score {hit.score:.3f}", hit.id]
    lines.append(indent + style.faint(" · ".join(_clean(fact) for fact in facts if fact)))
    for snippet in hit.snippets:
        if snippet.field == "title":
            continue
        label = "" if snippet.field == "body" else f"{snippet.field}: "
        text = label + _marked(snippet, style)
        lines += _wrapped(text, width, indent + "> ", indent + "  ")
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
