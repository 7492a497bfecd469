"""Markdown with front matter, as law blogs kept in git have it (Jekyll, Hugo and others)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from searchidx.errors import ReadError
from searchidx.ingest.encodings import decode, undo_double_encoding
from searchidx.ingest.field_map import FieldMap
from searchidx.ingest.field_values import date_of, tags_of
from searchidx.ingest.findings import Findings
from searchidx.ingest.front_matter import FrontMatterError, front_matter
from searchidx.ingest.headed_text import offer_document
from searchidx.ingest.html_fragments import fragment_lines
from searchidx.ingest.reading import LeftOut, OnLeftOut, Reading, read_whole
from searchidx.ingest.records import record_fields

if TYPE_CHECKING:
    from markdown_it.token import Token

__all__ = ["MarkdownReader"]

_NAMES = FieldMap({"canonical_url": "url", "site": "source"})
_RULE = "front matter"
_FILE_DATE = re.compile(r"(\d{4}-\d\d-\d\d)-(.+?)\.\w+(?:\.\w+)?")
_ADDRESS = re.compile(r"https?://\S+", re.I)
# Directions to the site's builder: tags, attribute lists, short codes, the fold of a summary.
_DIRECTIONS = re.compile(
    r"\{%.*?%\}|\{\{[<%].*?[>%]\}\}|^\{:.*?\}[ \t]*$|^\[(?:toc|\[toc\])\][ \t]*$|<!--.*?-->",
    re.S | re.M | re.I,
)
_HAN_BREAK = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef])\n(?=[\u3000-\u9fff\uff00-\uffef])")
_LONGEST_BLOCK = 20_000
_LARGEST = 4 * 1024**2


class MarkdownReader:
    """One article a file; markup becomes plain paragraphs."""

    suffixes = frozenset({".md", ".markdown", ".mdown", ".mkd"})

    def read(self, file: BinaryIO, path: Path, left_out: OnLeftOut) -> Iterator[Reading]:
        text = undo_double_encoding(decode(read_whole(file))).removeprefix("\ufeff")
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        try:
            values, text = front_matter(text)
        except FrontMatterError as error:
            left_out(LeftOut(path, error.reason, error.line))
            return
        found = Findings()
        _offer_front_matter(values, found)
        named = _FILE_DATE.fullmatch(path.name)
        if named:
            found.offer("date", date_of(named[1]), "file name")
        heading, lines = plain_lines(text)
        found.offer("title", heading, "heading")
        if named and "title" not in found:
            found.offer("title", _words(named[2]), "file name")
        offer_document(lines, found, "markdown")
        yield found.reading(path)


def _offer_front_matter(values: Mapping[str, Any], found: Findings) -> None:
    fields, rules = record_fields(values, _NAMES, _RULE, cells=True)
    sections = tags_of(values.get("categories")) or ()
    for field, value in fields.items():
        if field in ("id", "body"):
            continue  # the builder's own
        if field in ("date", "updated"):
            if isinstance(value, dt.date):
                found.offer(field, value, rules[field])
            continue
        if field == "url" and not _ADDRESS.fullmatch(str(value)):
            continue  # a way within the site
        if field == "section":
            value = sections[0] if sections else value
        if field == "tags":
            value = tuple(dict.fromkeys((*(tags_of(value) or ()), *sections[1:])))
        if isinstance(value, tuple if field in ("authors", "tags") else str):
            found.offer(field, value, rules.get(field, _RULE))
    found.offer("tags", sections[1:], f"{_RULE} categories")


def plain_lines(text: str) -> tuple[str, list[str]]:
    """The first heading if the text begins with one, and the paragraphs, empty lines between."""
    text = _DIRECTIONS.sub("", text)
    # Markdown's rules take quadratic time for some texts; no one writes such paragraphs by hand.
    if len(text) > _LARGEST or any(len(one) > _LONGEST_BLOCK for one in text.split("\n\n")):
        return "", text.split("\n")
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    try:
        tokens = parser.parse(text)
    except Exception as error:  # a third party's parser, and any text at all
        raise ReadError(f"Markdown that cannot be parsed ({type(error).__name__})") from None
    blocks = _Blocks()
    for token in tokens:
        blocks.take(token)
    lines: list[str] = []
    for block in blocks.lines:
        lines += [block, ""]
    return blocks.heading, lines


class _Blocks:
    """The paragraphs that the parser's tokens make."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.heading = ""
        self._in_title = False
        self._items: list[str] = []  # what the items of each open list begin with
        self._begin = ""
        self._row: list[str] | None = None

    def take(self, token: Token) -> None:
        kind = token.type
        if kind == "heading_open":
            self._in_title = token.tag == "h1" and not self.heading and not self.lines
        elif kind in ("bullet_list_open", "ordered_list_open"):
            self._items.append("- " if kind.startswith("bullet") else "")
        elif kind in ("bullet_list_close", "ordered_list_close"):
            self._items.pop()
        elif kind == "list_item_open":
            self._begin = self._items[-1] or f"{token.info}. "
        elif kind == "tr_open":
            self._row = []
        elif kind == "tr_close":
            self._add(" | ".join(self._row or ()))
            self._row = None
        elif kind == "inline":
            self._take_text(_inline_text(token.children or ()))
        elif kind in ("fence", "code_block"):
            self._add(token.content.rstrip("\n"))
        elif kind == "html_block":
            for line in fragment_lines(token.content):
                self._add(line)

    def _take_text(self, text: str) -> None:
        if self._row is not None:
            self._row.append(text)
        elif self._in_title:
            self.heading, self._in_title = text, False
        else:
            self._add(text)

    def _add(self, text: str) -> None:
        if text.strip():
            self.lines.append(self._begin + text)
            self._begin = ""


def _inline_text(tokens: Sequence[Token]) -> str:
    pieces: list[str] = []
    for token in tokens:
        if token.type in ("text", "code_inline"):
            pieces.append(token.content)
        elif token.type == "softbreak":
            pieces.append("\n")
        elif token.type == "hardbreak" or token.content.lower().startswith("<br"):
            pieces.append(" ")
    # A line's end inside a paragraph is a space, but between Chinese characters it is nothing.
    return " ".join(_HAN_BREAK.sub("", "".join(pieces)).split())


def _words(slug: str) -> str:
    text = slug.replace("-", " ").replace("_", " ").strip()
    return text[:1].upper() + text[1:]
