"""What an HTML page says of itself: JSON-LD, OpenGraph and other meta elements, headings."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from searchidx.ingest.findings import Findings, is_article_url
from searchidx.ingest.labels import is_agency
from searchidx.ingest.names import split_names, split_tags
from searchidx.ingest.pages.dates import iso_date, offer_dates
from searchidx.ingest.pages.page import Page

__all__ = ["marked_body", "offer_metadata"]

_ARTICLE_TYPES = re.compile(
    r"(?:News|Reportage|Analysis|Opinion)?\w*Article|BlogPosting|Report", re.I
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
_META_SECTIONS = ("article:section", "og:article:section", "parsely-section", "section")
_META_TAGS = ("news_keywords", "parsely-tags", "sailthru.tags", "keywords")
_TITLE_DIVIDER = re.compile(r"\s+[|–—·»-]\s+|\s*[_|｜]\s*")
_MARKUP = re.compile(r"</?[a-z][^>]*>", re.I)


def offer_metadata(page: Page, found: Findings) -> None:
    """Offer every field that the page names outside its running text, best rules first."""
    metas = _metas(page)
    for record in _records(page):
        _offer_record(record, found)
    _offer_title(page, metas, found)
    for name in _META_AUTHORS:
        value = metas.get(name, "")
        if value and "://" not in value:
            _offer_byline(split_names(value), name, found)
    for name in _META_OUTLETS:
        found.offer("source", metas.get(name, ""), name)
    _offer_subjects(page, metas, found)
    _offer_url(page, metas, found)
    offer_dates(page, metas, found)


def marked_body(page: Page) -> str:
    """The body that the page's JSON-LD tells, as text; empty where it tells none."""
    for record in _records(page):
        body = record.get("articleBody")
        if isinstance(body, str) and body.strip():
            return _MARKUP.sub("\n", html.unescape(body))
    return ""


def _metas(page: Page) -> dict[str, str]:
    found: dict[str, str] = {}
    for meta in page.elements("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop")
        content = meta.get("content")
        if isinstance(name, str) and isinstance(content, str) and content.strip():
            found.setdefault(name.strip().lower(), " ".join(content.split()))
    return found


def _records(page: Page) -> Iterator[dict[str, Any]]:
    """The articles among the page's JSON-LD; broken JSON is passed over."""
    for script in page.elements("script"):
        if script.get("type", "").strip().lower() != "application/ld+json":
            continue
        try:
            waiting = [json.loads(script.text or "", strict=False)]
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
    found.offer("date", iso_date(_text(record.get("datePublished"))), "json-ld")
    found.offer("updated", iso_date(_text(record.get("dateModified"))), "json-ld")
    _offer_byline(_names(record.get("author")), "json-ld", found)
    found.offer("editor", "; ".join(_names(record.get("editor"))), "json-ld")
    found.offer("translator", "; ".join(_names(record.get("translator"))), "json-ld")
    found.offer("source", _name(record.get("publisher")), "json-ld")
    found.offer("section", "; ".join(_names(record.get("articleSection"))), "json-ld")
    keywords = record.get("keywords")
    tags = split_tags(keywords) if isinstance(keywords, str) else _names(keywords)
    found.offer("tags", tags, "json-ld")
    url = _text(record.get("url"))
    found.offer("url", url if is_article_url(url) else "", "json-ld")
    language = _text(record.get("inLanguage"))[:2].lower()
    found.offer("language", language if language.isalpha() else "", "json-ld")


def _offer_byline(names: tuple[str, ...], rule: str, found: Findings) -> None:
    """People are the authors; an agency among them is the agency."""
    found.offer("agency", next((name for name in names if is_agency(name)), ""), rule)
    found.offer("authors", tuple(name for name in names if not is_agency(name)), rule)


def _names(value: object) -> tuple[str, ...]:
    """The names of one thing or of a list of them, none twice."""
    names = [_name(one) for one in (value if isinstance(value, list) else [value])]
    return tuple(dict.fromkeys(name for name in names if name))


def _text(value: object) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


def _name(value: object) -> str:
    return _text(value.get("name")) if isinstance(value, dict) else _text(value)


def _offer_title(page: Page, metas: dict[str, str], found: Findings) -> None:
    """A heading that the page's other titles agree with; or the one heading; or those titles."""
    named = [(metas[name], name) for name in _META_TITLES if name in metas]
    name = page.first("title")
    whole = page.spaced(name) if name is not None else ""
    headings = [text for h1 in page.elements("h1") if (text := page.spaced(h1))]
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


def _offer_subjects(page: Page, metas: dict[str, str], found: Findings) -> None:
    """Section and tags; a page repeats the element for every tag, or lists them in one."""
    for name in _META_SECTIONS:
        found.offer("section", metas.get(name, ""), name)
    tags = [
        " ".join(meta.get("content", "").split())
        for meta in page.elements("meta")
        if meta.get("property") == "article:tag"
    ]
    found.offer("tags", tuple(dict.fromkeys(tag for tag in tags if tag)), "article:tag")
    for name in _META_TAGS:
        found.offer("tags", split_tags(metas.get(name, "")), name)


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


def _offer_url(page: Page, metas: dict[str, str], found: Findings) -> None:
    links = (one for one in page.elements("link") if one.get("rel", "").lower() == "canonical")
    canonical = next(links, None)
    link = canonical.get("href", "") if canonical is not None else ""
    for url, rule in ((link, "canonical"), (metas.get("og:url", ""), "og:url")):
        if isinstance(url, str) and is_article_url(url):
            found.offer("url", url.strip(), rule)
    if "url" in found:
        found.offer("source", urlsplit(found["url"]).hostname or "", "host")
