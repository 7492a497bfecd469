"""HTML pages: what the page says of itself, trafilatura for the body, labels for its tail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from searchidx.errors import ReadError
from searchidx.ingest.encodings import declared_encoding, decode, undo_double_encoding
from searchidx.ingest.findings import SAID, Findings
from searchidx.ingest.labels import head_parts, labelled_parts
from searchidx.ingest.pages.address import is_own_address
from searchidx.ingest.pages.dates import blocks_near
from searchidx.ingest.pages.main_text import main_text
from searchidx.ingest.pages.metadata import marked_body, offer_metadata
from searchidx.ingest.pages.page import Page
from searchidx.ingest.readers.text import offer_body, offer_head
from searchidx.ingest.reading import OnLeftOut, Reading, read_whole

__all__ = ["HtmlReader"]

_DEEPEST = 2_000
_LINES = ("p", "div", "li", "td")
_LONGEST_NOTICE = 800
_STATEMENT = re.compile(r"special\s+(?:statement|notice)|特别(?:声明|提示)|郑重声明", re.I)
_ONLY_IN_TEXT = ("tags", "section", "standing", "republisher")  # elsewhere: the site's
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)[^>]*?(/?)>", re.I)
_VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    ]
)


class HtmlReader:
    """One article a page."""

    suffixes = frozenset({".html", ".htm", ".xhtml", ".shtml", ".asp", ".aspx", ".php", ".jsp"})

    def read(self, file: BinaryIO, path: Path, left_out: OnLeftOut) -> Iterator[Reading]:
        data = read_whole(file)
        text = undo_double_encoding(decode(data, declared_encoding(data)))
        if _is_deep(text):
            raise ReadError("HTML nested too deeply")
        found = Findings()
        page = Page(text)
        offer_metadata(page, found)
        title = found.get("title") or ""
        lines = main_text(page, title, marked_body(page))
        labelled = Findings()
        offer_body(lines[offer_head(lines, 0, labelled) :], labelled, "trafilatura")
        found.take_over(labelled)
        _offer_labels(page, found)
        _check_address(found)
        yield found.reading(path)


def _check_address(found: Findings) -> None:
    """Forget an address that only one rule tells and that does not fit the article."""
    if "url" not in found or found.rule("url") != "og:url":
        return
    title, body = (found.get(name) or "" for name in ("title", "body"))
    if not is_own_address(found["url"], title, body, found.get("date")):
        found.warn(f"og:url {found['url']} is another page's: not taken")
        found.withdraw("url")


def _is_deep(text: str) -> bool:
    """Whether elements are nested so deeply that parsers written with recursion would fail."""
    depth = 0
    for match in _TAG.finditer(text):
        if match[3] or match[2].lower() in _VOID:
            continue
        depth += -1 if match[1] else 1
        if depth > _DEEPEST:
            return True
    return False


def _offer_labels(page: Page, found: Findings) -> None:
    """Labelled parts that stand outside the running text, as an editor's line in a footer."""
    for block in page.elements("span", *_LINES):
        if block.tag != "span" and next(block.iterdescendants(*_LINES), None) is not None:
            continue
        text = page.spaced(block)
        if len(text) > _LONGEST_NOTICE:
            continue
        for part in labelled_parts(text):
            if part.kind in found or part.kind in _ONLY_IN_TEXT:
                continue
            if part.kind == "notice" and not _STATEMENT.match(part.value):
                continue  # the site's own copyright line stands on every page
            found.offer_parts([part])
    # What a line at the title says of the source counts for more than the page's metadata.
    if "source" in found and found.rule("source") not in SAID and "title" in found:
        for text in blocks_near(page, str(found["title"])):
            for part in head_parts(text) if len(text) <= 200 else ():
                if part.kind == "source" and part.rule in SAID and "://" not in part.value:
                    found.offer_source(part.value, part.rule)
                    return
