"""Answers as one page of HTML that reads well on a screen and on paper."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape

from searchidx.search import Hit, SearchResults, Snippet

__all__ = ["html_report"]

# What neither HTML nor XML may hold, and lone surrogates, which UTF-8 cannot.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

# What turns the direction of text; in an address it would make one look like another.
_HIDDEN = re.compile(r"[\s\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")

_STYLE = """
:root { color-scheme: light; --page: #ffffff; --ink: #1a1a1a; --faint: #595959; --line: #d4d4d4;
  --link: #0b4fae; --mark: #ffef9c; --bar: #6f8cb8; }
@media screen and (prefers-color-scheme: dark) {
  :root { color-scheme: dark; --page: #161616; --ink: #e6e6e6; --faint: #adadad; --line: #424242;
    --link: #8cb8ff; --mark: #665500; --bar: #56739c; }
}
* { box-sizing: border-box; }
body { background: var(--page); color: var(--ink); font: 1rem/1.55 system-ui, sans-serif;
  max-width: 46rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; overflow-wrap: anywhere; }
h1, h2, h3 { line-height: 1.3; margin: 0; }
h1 { font-size: 1.6rem; }
h2 { font-size: 1.25rem; margin: 2.75rem 0 .75rem; }
h3 { font-size: 1.05rem; max-height: 16rem; overflow: auto; }
p { margin: .2rem 0; }
a { color: var(--link); }
mark { background: var(--mark); color: inherit; border-radius: .15em; padding: 0 .1em; }
.faint { color: var(--faint); font-size: .85rem; }
nav ol { margin: 0; padding-left: 2.5rem; }
nav .faint { white-space: nowrap; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: 0;
  font-size: .9rem; }
dt { color: var(--faint); }
dd { margin: 0; white-space: pre-wrap; }
.facets { display: flex; flex-wrap: wrap; gap: 1.25rem 2.5rem; margin: 1.25rem 0 0; }
table { border-collapse: collapse; font-size: .85rem; align-self: start; flex: 1 1 auto; }
caption { text-align: left; font-weight: 600; padding-bottom: .2rem; }
th { font-weight: normal; text-align: left; padding: .1rem .8rem .1rem 0;
  max-width: 22rem; overflow-wrap: break-word; }
td { padding: .1rem 0; }
.count { text-align: right; padding-right: .6rem; width: 1%;
  font-variant-numeric: tabular-nums; }
.bar { width: 30%; min-width: 4rem; }
.bar span { display: block; border-top: .65rem solid var(--bar); }
article { border-top: 1px solid var(--line); margin-top: 1.1rem; padding-top: 1.1rem; }
blockquote { border-inline-start: .2rem solid var(--line); margin: .55rem 0 0;
  padding-inline-start: .9rem; }
@page { margin: 2.2cm 2cm 2cm;
  @bottom-right { content: counter(page) " / " counter(pages); font: 8pt system-ui, sans-serif; } }
@media print {
  :root { --page: #ffffff; --ink: #000000; --faint: #333333; --line: #999999; --link: #000000;
    --bar: #777777; }
  body { font-size: 10pt; line-height: 1.4; max-width: none; padding: 0; }
  h1 { font-size: 16pt; } h2 { font-size: 13pt; margin-top: 1.5rem; }
  h3 { font-size: 11pt; max-height: none; }
  h2, h3, caption { break-after: avoid; }
  article, table, dl { break-inside: avoid; }
  blockquote { orphans: 3; widows: 3; }
  section ~ section > h2 { margin-top: 0; }
  mark { background: none; font-weight: bold; text-decoration: underline; padding: 0; }
  a { text-decoration: none; }
}
"""

Answer = tuple[str, SearchResults]


def html_report(answers: Iterable[Answer], *, heading: str, made: dt.datetime) -> Iterator[str]:
    """The page, piece by piece: each query with its name, how it was understood, and its hits.

    Nothing in it is loaded from elsewhere, and all that articles hold is escaped. It is XML too.
    """
    all_answers = list(answers)
    yield _head(all_answers, heading)
    moment = f"{made:%Y-%m-%d %H:%M %Z}".strip()
    yield (
        f'<header><h1 dir="auto">{_text(heading)}</h1>\n'
        f'<p class="faint">searchidx, <time datetime="{made.isoformat()}">{moment}</time></p>'
        "</header>\n"
    )
    if len(all_answers) > 1:
        yield from _contents(all_answers)
    yield "<main>\n"
    for number, (name, results) in enumerate(all_answers, 1):
        alone = len(all_answers) == 1 and name == heading
        yield from _answer(number, "Articles found" if alone else name, results)
    yield "</main>\n</body></html>\n"


def _head(answers: Sequence[Answer], heading: str) -> str:
    headers = _page_header("", heading)
    if len(answers) > 1:
        headers += "".join(_page_header(f"q{n}", name) for n, (name, _) in enumerate(answers, 1))
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8" />\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1" />\n'
        '<meta name="referrer" content="no-referrer" />\n'
        f"<title>{_text(heading)}</title>\n<style>{_STYLE}{headers}</style></head>\n<body>\n"
    )


_HEADER = 90


def _page_header(page: str, name: str) -> str:
    """The name above each printed page, of one answer or of all that have no other."""
    short = name if len(name) <= _HEADER else name[: _HEADER - 1] + "…"
    # As numbers, nothing that was typed can end the string or the style.
    content = "".join(
        one if one.isascii() and (one.isalnum() or one == " ") else f"\\{ord(one):x} "
        for one in _CONTROL.sub(" ", short)
    )
    where = f"#{page} {{ page: {page}; }}\n" if page else ""
    return (
        f"{where}@page {page} {{ @top-left {{ "
        f'content: "{content}"; font: 8pt system-ui, sans-serif; }} }}\n'
    )


def _contents(answers: Sequence[Answer]) -> Iterator[str]:
    yield '<nav aria-labelledby="contents"><h2 id="contents">Queries</h2>\n<ol>\n'
    for number, (name, results) in enumerate(answers, 1):
        yield (
            f'<li><a href="#q{number}" dir="auto">{_text(name)}</a> '
            f'<span class="faint">{_articles(results.total)}</span></li>\n'
        )
    yield "</ol></nav>\n"


def _answer(number: int, name: str, results: SearchResults) -> Iterator[str]:
    yield f'<section id="q{number}" aria-labelledby="h{number}">\n'
    yield f'<h2 id="h{number}" dir="auto">{_text(name)}</h2>\n<dl>\n'
    for label, value in _said(results):
        yield f'<dt>{label}</dt><dd dir="auto">{_text(value)}</dd>\n'
    yield "</dl>\n"
    tables = [_facet(facet, counts) for facet, counts in results.facets.items() if counts]
    if tables:
        yield '<div class="facets">\n'
        yield from tables
        yield "</div>\n"
    for rank, hit in enumerate(results, results.offset + 1):
        yield _hit(rank, hit)
    yield "</section>\n"


def _said(results: SearchResults) -> Iterator[tuple[str, str]]:
    """What is to be said of all hits, each with its label."""
    yield "Query", results.query
    yield "Interpreted as", results.interpreted
    for correction in results.corrections:
        yield "Corrected", str(correction)
    for warning in results.warnings:
        yield "Warning", warning
    first, last = results.offset + 1, results.offset + len(results)
    shown = f"{first:,}–{last:,} shown" if last >= first else "none shown"
    yield "Found", f"{_articles(results.total)}, {shown}" if results.total else "nothing"
    if results.did_you_mean:
        yield "Did you mean", results.did_you_mean


def _articles(total: int) -> str:
    return f"{total:,} article{'s' * (total != 1)}"


def _facet(name: str, counts: Sequence[tuple[str, int]]) -> str:
    most = max(count for _, count in counts)
    rows = "".join(
        f'<tr><th scope="row" dir="auto">{_text(value) or "(none)"}</th>'
        f'<td class="count">{count:,}</td><td class="bar" aria-hidden="true">'
        f'<span style="width: {100 * count / max(most, 1):.1f}%"></span></td></tr>\n'
        for value, count in counts
    )
    return f"<table><caption>By {_text(name)}</caption><tbody>\n{rows}</tbody></table>\n"


def _hit(rank: int, hit: Hit) -> str:
    article = hit.article
    snippets = hit.snippets
    titles = [one for one in snippets if one.field == "title"]
    title = _marked(titles[0]) if titles else _text(article.title).strip()
    language = f' lang="{article.language}"' if _LANGUAGE.fullmatch(article.language) else ""
    pieces = [
        f'<article><h3 dir="auto">{rank:,}. <bdi{language}>{title or "(no title)"}</bdi></h3>\n',
        f'<p class="faint">{_facts(hit)} · {_where(hit)}</p>\n',
    ]
    for one in snippets:
        if one.field != "title":
            label = "" if one.field == "body" else f"<b>{_text(one.field)}:</b> "
            pieces.append(f'<blockquote{language} dir="auto">{label}{_marked(one)}</blockquote>\n')
    pieces += [f'<p class="faint">{note}</p>\n' for note in _notes(hit)]
    return "".join([*pieces, "</article>\n"])


def _facts(hit: Hit) -> str:
    article = hit.article
    day = "no date"
    if article.date:
        day = f'<time datetime="{article.date.isoformat()}">{article.date.isoformat()}</time>'
    names = [f"<bdi>{_text(one)}</bdi>" for one in (article.source, article.agency) if one]
    return " · ".join([day, *names, f"score {hit.score:.3f}"])


def _where(hit: Hit) -> str:
    """The article's address, and its id where that is another."""
    url, name = _address(hit.article.url), _address(hit.id)
    shown = f"<bdi>{url}</bdi>"
    if url.lower().startswith(("http://", "https://")):
        shown = f'<a href="{url}" rel="noopener noreferrer">{shown}</a>'
    return " · ".join([shown] * bool(url) + [f"<bdi>{name}</bdi>"] * (name != url))


def _notes(hit: Hit) -> Iterator[str]:
    for match in hit.matched:
        if match.kind == "fuzzy":
            edits = f"{match.edits} edit{'s' * (match.edits != 1)}"
            yield f"<bdi>{_text(match.found)}</bdi> ← <bdi>{_text(match.term)}</bdi> ({edits})"


def _marked(snippet: Snippet) -> str:
    before, after = "… " * snippet.cut_before, " …" * snippet.cut_after
    return before + _CONTROL.sub(" ", snippet.to_html()) + after


def _text(text: str) -> str:
    return escape(_CONTROL.sub(" ", text))


def _address(text: str) -> str:
    """An address or id with what cannot be seen written as browsers write it."""
    from urllib.parse import quote

    return _text(_HIDDEN.sub(lambda found: quote(found[0]), text))
