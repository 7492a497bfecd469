"""What an HTML page says of itself: JSON-LD, OpenGraph and other meta elements, headings."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from searchidx.ingest.dates import date_in, leading_date, whole_date
from searchidx.ingest.findings import Findings, is_article_url
from searchidx.ingest.names import split_names

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

__all__ = ["offer_metadata"]

_ARTICLE_TYPES = re.compile(
    r"(?:News|Reportage|Analysis|Opinion)?\w*Article|BlogPosting|Report", re.I
)
_META_DATES = (
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
_META_AUTHORS = (
    "author",
    "article:author",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "byl",
)
_META_OUTLETS = ("og:site_name", "application-name", "publisher", "dc.publisher", "copyright")
_META_TITLES = ("og:title", "twitter:title", "dc.title", "parsely-title", "sailthru.title")
_TITLE_DIVIDER = re.compile(r"\s+[|–—·»-]\s+|\s*[_|｜]\s*")
_URL_DATE = re.compile(r"/(20\d\d|19\d\d)[/-]?(0\d|1[0-2])[/-]?([0-2]\d|3[01])(?!\d)")
_NEAR = 6  # text blocks below a heading in which a dateline is looked for


def offer_metadata(soup: BeautifulSoup, found: Findings) -> None:
    """Offer every field that the page names outside its running text, best rules first."""
    metas = _metas(soup)
    for record in _records(soup):
        _offer_record(record, found)
    _offer_title(soup, metas, found)
    for name in _META_DATES:
        found.offer("date", _iso_date(metas.get(name, "")), name)
    for name in _META_AUTHORS:
        value = metas.get(name, "")
        if value and "://" not in value:
            found.offer("authors", split_names(value), name)
    for name in _META_OUTLETS:
        found.offer("source", metas.get(name, ""), name)
    _offer_url(soup, metas, found)
    _offer_dateline(soup, found)


def _metas(soup: BeautifulSoup) -> dict[str, str]:
    found: dict[str, str] = {}
    for meta in soup.find_all("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop")
        content = meta.get("content")
        if isinstance(name, str) and isinstance(content, str) and content.strip():
            found.setdefault(name.strip().lower(), " ".join(content.split()))
    return found


def _records(soup: BeautifulSoup) -> Iterator[dict[str, Any]]:
    """The articles among the page's JSON-LD; broken JSON is passed over."""
    for script in soup.find_all("script", type="application/ld+json"):
        try:
            waiting = [json.loads(script.get_text(), strict=False)]
        except (ValueError, RecursionError):
            continue
        while waiting:
            item = waiting.pop(0)
            if isinstance(item, list):
                waiting[:0] = item
            elif isinstance(item, dict):
                kinds = item.get("@type")
                kinds = kinds if isinstance(kinds, list) else [kinds]
                if any(isinstance(k, str) and _ARTICLE_TYPES.fullmatch(k) for k in kinds):
                    yield item
                waiting += [item[key] for key in ("@graph", "mainEntity") if key in item]


def _offer_record(record: dict[str, Any], found: Findings) -> None:
    found.offer("title", _text(record.get("headline") or record.get("name")), "json-ld")
    found.offer("date", _iso_date(_text(record.get("datePublished"))), "json-ld")
    authors = record.get("author")
    names = [_name(one) for one in (authors if isinstance(authors, list) else [authors])]
    found.offer("authors", tuple(name for name in names if name), "json-ld")
    editors = record.get("editor")
    names = [_name(one) for one in (editors if isinstance(editors, list) else [editors])]
    found.offer("editor", "; ".join(name for name in names if name), "json-ld")
    found.offer("source", _name(record.get("publisher")), "json-ld")
    url = _text(record.get("url"))
    found.offer("url", url if is_article_url(url) else "", "json-ld")
    language = _text(record.get("inLanguage"))[:2].lower()
    found.offer("language", language if language.isalpha() else "", "json-ld")


def _text(value: object) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


def _name(value: object) -> str:
    return _text(value.get("name")) if isinstance(value, dict) else _text(value)


def _offer_title(soup: BeautifulSoup, metas: dict[str, str], found: Findings) -> None:
    """A heading that the page's other titles agree with; or the one heading; or those titles."""
    named = [(metas[name], name) for name in _META_TITLES if name in metas]
    whole = _inner(soup.title) if soup.title else ""
    headings = [text for h1 in soup.find_all("h1") if (text := _inner(h1))]
    for heading in headings:
        folded = heading.casefold()
        if any(folded in other.casefold() for other in [*(t for t, _ in named), whole]):
            found.offer("title", heading, "h1")
    if len(headings) == 1:
        found.offer("title", headings[0], "h1")
    for text, rule in named:
        found.offer("title", _without_outlet(text, metas), rule)
    if headings:
        found.offer("title", max(headings, key=len), "h1")
    found.offer("title", _without_outlet(whole, metas), "title")


def _without_outlet(title: str, metas: dict[str, str]) -> str:
    """The title without its outlet, where a divider and the outlet's name show which part it is."""
    outlet = metas.get("og:site_name", "").casefold()
    pieces = _TITLE_DIVIDER.split(title)
    if outlet and len(pieces) > 1:
        for end in (pieces[-1], pieces[0]):
            if end.casefold() in outlet or outlet in end.casefold():
                kept = title.removesuffix(end) if end is pieces[-1] else title.removeprefix(end)
                return re.sub(r"^[\s|–—·»_｜-]+|[\s|–—·»_｜-]+$", "", kept)
    return title


def _offer_url(soup: BeautifulSoup, metas: dict[str, str], found: Findings) -> None:
    canonical = soup.find("link", rel="canonical")
    link = canonical.get("href") if canonical else ""
    for url, rule in ((link, "canonical"), (metas.get("og:url", ""), "og:url")):
        if isinstance(url, str) and is_article_url(url):
            found.offer("url", url.strip(), rule)
    if "url" in found:
        found.offer("source", urlsplit(found["url"]).hostname or "", "host")


def _offer_dateline(soup: BeautifulSoup, found: Findings) -> None:
    """The date of a time element, of the address, or of a line near the title."""
    for time in soup.find_all("time"):
        moment = time.get("datetime")
        value = moment if isinstance(moment, str) else _inner(time)
        found.offer("date", _iso_date(value), "time")
    if "url" in found:
        # A machine wrote the address; a dateline is typed, and in January often with last year.
        match = _URL_DATE.search(found["url"])
        found.offer("date", date_in("-".join(match.groups())) if match else None, "url")
    if "title" in found and "date" not in found:
        for block in _blocks_near(soup, found["title"]):
            date = whole_date(block) or _opening_date(block)
            found.offer("date", date, "dateline")
    if soup.title:
        title = re.sub(r"(?<=[a-z])(?=\d)", " ", _inner(soup.title))
        leading = leading_date(title)
        found.offer("date", leading[0] if leading else None, "title")


def _blocks_near(soup: BeautifulSoup, title: str) -> Iterator[str]:
    """The texts of the blocks right before and behind the page's heading, nearest first."""
    heading = next((h for h in soup.find_all(["h1", "h2", "h3"]) if _inner(h) == title), None)
    if heading is None:
        return
    blocks = ["p", "div", "span", "li", "h2", "h3", "h4", "td", "strong", "em"]
    for block in heading.find_all_next(blocks, limit=_NEAR * 3):
        yield _inner(block)
    for block in heading.find_all_previous(blocks, limit=_NEAR):
        yield _inner(block)


def _opening_date(block: str) -> dt.date | None:
    # A dateline as agencies write it: the place, the date, a dash; or the date, the place.
    leading = leading_date(re.sub(r"(?<=[a-z])(?=\d{1,2},)", " ", block[:120]))
    if leading:
        return leading[0]
    match = re.match(r"[A-Z][\w .,’'-]{2,40}?[(,–—-]\s*", block)
    following = leading_date(block[match.end() :][:60]) if match else None
    return following[0] if following else None


def _inner(tag: Tag) -> str:
    return " ".join(tag.get_text(" ").split())


def _iso_date(value: str) -> dt.date | None:
    value = value.strip()
    if not value:
        return None
    try:
        return dt.datetime.fromisoformat(value).date()
    except ValueError:
        return whole_date(value) or date_in(value)
