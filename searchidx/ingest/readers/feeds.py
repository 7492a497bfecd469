"""Feeds: RSS and Atom by feedparser, JSON Feed; each entry is an article."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from searchidx.errors import ReadError
from searchidx.ingest.field_map import value_for
from searchidx.ingest.field_values import names_of, tags_of, text_of
from searchidx.ingest.findings import Findings
from searchidx.ingest.html_fragments import fragment_lines, fragment_text, is_html
from searchidx.ingest.readers.text import offer_body
from searchidx.ingest.reading import LeftOut, OnLeftOut, Reading, read_whole

__all__ = ["FeedReader", "is_json_feed", "json_feed_readings"]

_JSON_FEED = "https://jsonfeed.org/version/"
_ENDS = (b"</rss>", b"</feed>", b"</rdf:rdf>")


class FeedReader:
    """RSS of any version, and Atom."""

    suffixes = frozenset({".rss", ".atom", ".rdf"})

    def read(self, file: BinaryIO, path: Path, left_out: OnLeftOut) -> Iterator[Reading]:
        """An entry without title and text costs that entry; ``line`` of its LeftOut counts them."""
        data = read_whole(file)
        feed = _parsed(data)
        if not feed.entries:
            reason = "feed that cannot be parsed" if feed.bozo else "feed without entries"
            raise ReadError(reason if feed.version or feed.bozo else "not a feed")
        outlet = fragment_text(feed.feed.get("title") or "")
        links = Counter(entry.get("link") or "" for entry in feed.entries)
        for number, entry in enumerate(feed.entries, start=1):
            found = _of_entry(entry, outlet, links)
            try:
                yield found.reading(path)
            except ReadError as error:
                left_out(LeftOut(path, error.reason, number))
        if feed.bozo and not any(end in data[-4096:].lower() for end in _ENDS):
            left_out(LeftOut(path, "feed that is cut short"))


def _parsed(data: bytes) -> Any:
    import feedparser

    try:
        # An open file, never the text: feedparser would fetch a text that is an address.
        return feedparser.parse(io.BytesIO(data), sanitize_html=False, resolve_relative_uris=False)
    except Exception as error:  # a third party's parser, and any feed at all
        raise ReadError(f"feed that cannot be parsed ({type(error).__name__})") from None


def _of_entry(entry: Any, outlet: str, links: Counter[str]) -> Findings:
    found = Findings()
    found.offer("title", " ".join(fragment_text(entry.get("title") or "").split()), "feed title")
    for key in ("published", "issued", "created", "date"):
        found.offer("date", value_for("date", entry.get(key)), f"feed {key}")
    # feedparser's own way to it gives the date of publication where there is no other.
    updated = value_for("date", dict.get(entry, "updated"))
    if "date" in found:
        found.offer("updated", updated, "feed updated")
    else:
        found.offer("date", updated, "feed updated")
    authors = [one.get("name") for one in entry.get("authors", ()) if one.get("name")]
    names = names_of(authors[0]) if len(authors) == 1 else names_of(authors)
    found.offer("authors", names or names_of(entry.get("author")), "feed author")
    found.offer("tags", tags_of([tag.get("term") for tag in entry.get("tags", ())]), "feed tags")
    link = entry.get("link") or ""
    if links[link] == 1:  # an outlet's home page in each entry is no address of any
        found.offer("url", value_for("url", link), "feed link")
    source = entry.get("source") or {}
    found.offer("source", text_of(source.get("title")), "feed source")
    found.offer("source", outlet, "feed title")
    found.offer("notice", text_of(entry.get("rights")), "feed rights")
    contents = [one.get("value") or "" for one in entry.get("content", ())]
    text = max(contents, key=len, default="")
    rule = "feed content" if text else "feed summary"
    _offer_text(text or entry.get("summary") or "", found, rule)
    return found


def _offer_text(text: str, found: Findings, rule: str) -> None:
    """The body and the labels at its end; what the feed's own elements say stays."""
    lines = fragment_lines(text) if is_html(text) or "&" in text else text.split("\n")
    offer_body(lines, found, rule)


def is_json_feed(content: object) -> bool:
    """Whether parsed JSON is a JSON Feed."""
    return isinstance(content, Mapping) and str(content.get("version")).startswith(_JSON_FEED)


def json_feed_readings(
    feed: Mapping[str, Any], path: Path, left_out: OnLeftOut
) -> Iterator[Reading]:
    """The articles of a JSON Feed."""
    items = feed.get("items")
    if not isinstance(items, list) or not items:
        raise ReadError("feed without entries")
    for number, item in enumerate(items, start=1):
        try:
            if not isinstance(item, Mapping):
                raise ReadError("record is not a JSON object")
            yield _of_item(item, feed).reading(path)
        except ReadError as error:
            left_out(LeftOut(path, error.reason, number))


def _of_item(item: Mapping[str, Any], feed: Mapping[str, Any]) -> Findings:
    found = Findings()
    for field, key in (
        ("title", "title"),
        ("date", "date_published"),
        ("updated", "date_modified"),
        ("url", "url"),
        ("url", "external_url"),
        ("url", "id"),
        ("authors", "authors"),
        ("authors", "author"),
        ("tags", "tags"),
    ):
        found.offer(field, value_for(field, item.get(key)), f"feed {key}")
    found.offer("authors", names_of(feed.get("authors")), "feed authors")
    found.offer("source", text_of(feed.get("title")), "feed title")
    html, text = item.get("content_html"), item.get("content_text")
    if isinstance(html, str) and html.strip():
        offer_body(fragment_lines(html), found, "feed content_html")
    else:
        body = text if isinstance(text, str) and text.strip() else item.get("summary")
        offer_body((text_of(body) or "").split("\n"), found, "feed content_text")
    return found
