"""HTML pages: what the page says of itself, trafilatura for the body, labels for its tail."""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from searchidx.errors import ReadError
from searchidx.ingest.encodings import declared_encoding, decode, undo_double_encoding
from searchidx.ingest.findings import Findings
from searchidx.ingest.labels import labelled_parts
from searchidx.ingest.page_metadata import offer_metadata
from searchidx.ingest.reading import OnLeftOut, Reading, read_whole
from searchidx.ingest.text import offer_body

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

__all__ = ["HtmlReader"]

_DEEPEST = 2_000
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
        soup = _parsed(text)
        offer_metadata(soup, found)
        lines = _without_title(_main_text(text), str(found["title"]) if "title" in found else "")
        labelled = Findings()
        offer_body(lines, labelled, "trafilatura")
        found.take_over(labelled)
        _offer_labels(soup, found)
        yield found.reading(path)


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


def _parsed(text: str) -> BeautifulSoup:
    from bs4 import BeautifulSoup

    with warnings.catch_warnings():
        # What is odd about a page is no news to its reader.
        warnings.simplefilter("ignore")
        try:
            return BeautifulSoup(text, "lxml")
        except Exception as error:  # a third party's parser, and any page at all
            raise ReadError(f"HTML that cannot be parsed ({type(error).__name__})") from None


def _main_text(text: str) -> list[str]:
    """The lines of the article's body, one a paragraph."""
    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            body = trafilatura.extract(text, include_comments=False, include_tables=True)
        except Exception as error:  # as above
            raise ReadError(f"HTML that cannot be parsed ({type(error).__name__})") from None
    return (body or "").split("\n")


def _without_title(lines: list[str], title: str) -> list[str]:
    folded = " ".join(title.casefold().split())
    begin = 0
    while begin < min(3, len(lines)):
        if folded and " ".join(lines[begin].casefold().split()) == folded:
            return lines[begin + 1 :]
        begin += 1
    return lines


def _offer_labels(soup: BeautifulSoup, found: Findings) -> None:
    """Labelled parts that stand outside the running text, as an editor's line in a footer."""
    for block in soup.find_all(["p", "div", "span", "li", "td"]):
        text = " ".join(block.get_text(" ").split())
        if len(text) <= 300:
            for part in labelled_parts(text):
                if part.kind not in found and part.kind != "notice":
                    found.offer_parts([part])
