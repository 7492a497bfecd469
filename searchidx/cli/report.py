"""Answers as one page of HTML that reads well on a screen and on paper."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from html import escape

from searchidx.search import Hit, SearchResults, Snippet

__all__ = ["html_report"]

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")

_STYLE = """
:root { color-scheme: light dark; --faint: #595959; --line: #d0d0d0; --mark: #fff2a8; }
@media (prefers-color-scheme: dark) {
  :root { --faint: #b0b0b0; --line: #484848; --mark: #6b5900; }
}
body { font: 16px/1.5 Charter, Georgia, serif; max-width: 46em; margin: 2em auto; padding: 0 1em; }
h1, h2, h3 { line-height: 1.25; font-family: system-ui, sans-serif; }
h1 { font-size: 1.5em; } h2 { font-size: 1.2em; margin-top: 2.5em; } h3 { font-size: 1em; }
h3, p { margin: .3em 0; overflow-wrap: anywhere; }
mark { background: var(--mark); color: inherit; padding: 0 .1em; }
.faint { color: var(--faint); font: .85em/1.4 system-ui, sans-serif; }
article { border-top: 1px solid var(--line); padding: .8em 0; }
table { border-collapse: collapse; font: .85em system-ui, sans-serif; margin: .8em 0; }
caption { text-align: left; font-weight: bold; } td { padding: .1em .8em .1em 0; }
td.count { text-align: right; font-variant-numeric: tabular-nums; }
blockquote { margin: .4em 0 .4em 1em; }
@media print {
  body { font-size: 10.5pt; margin: 0; max-width: none; }
  article { break-inside: avoid; } h2 { break-after: avoid; }
  mark { background: none; font-weight: bold; text-decoration: underline; }
}
"""


def html_report(
    answers: Sequence[tuple[str, SearchResults]], *, heading: str, made: dt.datetime
) -> Iterator[str]:
    """The page, piece by piece: each query with its name, how it was understood, and its hits.

    Nothing in it is loaded from elsewhere, and all that articles hold is escaped.
    """
    yield (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{_text(heading)}</title><style>{_STYLE}</style></head><body>\n"
        f"<h1>{_text(heading)}</h1>\n"
        f'<p class="faint">searchidx, {made:%Y-%m-%d %H:%M}</p>\n'
    )
    if len(answers) > 1:
        yield "<ol>\n"
        for number, (name, results) in enumerate(answers, 1):
            yield f'<li><a href="#q{number}">{_text(name)}</a>: {results.total}</li>\n'
        yield "</ol>\n"
    for number, (name, results) in enumerate(answers, 1):
        yield from _answer(number, name, results)
    yield "</body></html>\n"


def _answer(number: int, name: str, results: SearchResults) -> Iterator[str]:
    yield f'<section>\n<h2 id="q{number}">{_text(name)}</h2>\n'
    plural = "article" if results.total == 1 else "articles"
    lines = [f"interpreted as: {results.interpreted}"]
    lines += [f"corrected: {one}" for one in results.corrections]
    lines += results.warnings
    lines.append(f"{results.total} {plural} found, {len(results)} shown")
    yield "".join(f'<p class="faint">{_text(line)}</p>\n' for line in lines)
    for facet, counts in results.facets.items():
        rows = "".join(
            f'<tr><td class="count">{count}</td><td>{_text(value) or "(none)"}</td></tr>'
            for value, count in counts
        )
        yield f"<table><caption>by {_text(facet)}</caption>{rows}</table>\n"
    for rank, hit in enumerate(results, results.offset + 1):
        yield _hit(rank, hit)
    yield "</section>\n"


def _hit(rank: int, hit: Hit) -> str:
    article = hit.article
    titles = [one for one in hit.snippets if one.field == "title"]
    title = _snippet(titles[0]) if titles else _text(article.title) or "(no title)"
    facts = [article.date.isoformat() if article.date else "no date", article.source]
    facts.append(article.agency)
    shown = " · ".join(_text(fact) for fact in facts if fact)
    where = _text(article.url or article.id)
    if article.url.lower().startswith(("http://", "https://")):
        where = f'<a href="{escape(article.url)}">{where}</a>'
    pieces = [
        f'<article><h3>{rank}. {title}</h3>\n<p class="faint">{shown} · {where}</p>\n',
    ]
    for one in hit.snippets:
        if one.field != "title":
            label = "" if one.field == "body" else f"{_text(one.field)}: "
            pieces.append(f"<blockquote>{label}{_snippet(one)}</blockquote>\n")
    corrected = [match for match in hit.matched if match.kind == "fuzzy"]
    if corrected:
        forms = ", ".join(f"{_text(one.found)} ← {_text(one.term)}" for one in corrected)
        pieces.append(f'<p class="faint">{forms}</p>\n')
    return "".join([*pieces, "</article>\n"])


def _snippet(snippet: Snippet) -> str:
    before, after = "… " * snippet.cut_before, " …" * snippet.cut_after
    return before + _CONTROL.sub(" ", snippet.to_html()) + after


def _text(text: str) -> str:
    return escape(_CONTROL.sub(" ", text))
