"""The days that a page tells: published and updated, by machine and by hand."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping

from searchidx.ingest.dates import date_in, leading_date, whole_date
from searchidx.ingest.findings import Findings
from searchidx.ingest.pages.page import Page

__all__ = ["address_date", "blocks_near", "iso_date", "offer_dates"]

_PUBLISHED = (
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "pubdate",
    "publishdate",
    "publish-date",
    "publication_date",
    "publishedtime",
    "dc.date.issued",
    "dc.date",
    "dcterms.issued",
    "dcterms.date",
    "sailthru.date",
    "parsely-pub-date",
    "citation_publication_date",
    "date",
)
_UPDATED = (
    "article:modified_time",
    "og:updated_time",
    "datemodified",
    "dcterms.modified",
    "dc.date.modified",
    "last-modified",
    "lastmod",
)
_URL_DATE = re.compile(r"/(20\d\d|19\d\d)[/-]?(0\d|1[0-2])[/-]?([0-2]\d|3[01])(?!\d)")
_HEADINGS = ("h1", "h2", "h3")
_LINES = ("p", "div", "span", "li", "h4", "td", "strong", "em")
_NEAR = 6  # text blocks below a heading in which a dateline is looked for
_GLUED = re.compile(r"(?<=[a-z])(?=\d{1,2},|\d\d)")  # "June28, 2024"


def offer_dates(page: Page, metas: Mapping[str, str], found: Findings) -> None:
    """Offer the days of meta elements, time elements, and of what else tells one."""
    for name in _PUBLISHED:
        found.offer("date", iso_date(metas.get(name, "")), name)
    for name in _UPDATED:
        found.offer("updated", iso_date(metas.get(name, "")), name)
    for time in page.elements("time"):
        value = time.get("datetime") or page.spaced(time)
        marks = f"{time.get('itemprop')} {time.get('class')}".lower()
        field = "updated" if "modified" in marks or "updated" in marks else "date"
        found.offer(field, iso_date(value), "time")
    if "date" not in found:
        _offer_witnessed(page, found)


def address_date(url: str) -> dt.date | None:
    """The day that stands in an address, if one does."""
    match = _URL_DATE.search(url)
    return date_in("-".join(match.groups())) if match else None


def iso_date(value: str) -> dt.date | None:
    """The day of a moment as machines write it, or as a date anywhere in the text."""
    value = value.strip()
    if not value:
        return None
    try:
        return dt.datetime.fromisoformat(value).date()
    except ValueError:
        return whole_date(value) or date_in(value)


def blocks_near(page: Page, title: str) -> Iterator[str]:
    """The texts of the blocks right before and behind the page's heading, nearest first."""
    blocks = list(page.elements(*_HEADINGS, *_LINES))
    headings = (at for at, one in enumerate(blocks) if one.tag in _HEADINGS)
    at = next((at for at in headings if page.spaced(blocks[at]) == title), None)
    if at is None:
        return
    for block in [*blocks[at + 1 : at + 1 + _NEAR * 3], *blocks[max(0, at - _NEAR) : at][::-1]]:
        yield page.spaced(block)


def _offer_witnessed(page: Page, found: Findings) -> None:
    """The day on which two of address, dateline and page title agree; else the first of them.

    A machine wrote the address, but it may have been copied from another page; a dateline is
    typed, and in January often with last year.
    """
    name = page.first("title")
    told = {
        "url": address_date(found["url"]) if "url" in found else None,
        "dateline": _dateline(page, str(found["title"])) if "title" in found else None,
        "title": _opening_date(page.spaced(name)) if name is not None else None,
    }
    days = {rule: day for rule, day in told.items() if day is not None}
    for rule, day in days.items():
        if list(days.values()).count(day) > 1:
            found.offer("date", day, rule)
    line, title = days.get("dateline"), days.get("title")
    if line and title and (line.month, line.day) == (title.month, title.day):
        found.offer("date", max(line, title), "dateline" if line > title else "title")
    for rule, day in days.items():
        found.offer("date", day, rule)


def _dateline(page: Page, title: str) -> dt.date | None:
    for block in blocks_near(page, title):
        day = whole_date(block) or _opening_date(block)
        if day:
            return day
    return None


def _opening_date(block: str) -> dt.date | None:
    # A dateline as agencies write it: the place, the date, a dash; or the date, the place.
    block = _GLUED.sub(" ", block[:120])
    leading = leading_date(block)
    if leading:
        return leading[0]
    match = re.match(r"[A-Z][\w .,’'-]{2,40}?[(,–—-]\s*", block)
    following = leading_date(block[match.end() :][:60]) if match else None
    return following[0] if following else None
