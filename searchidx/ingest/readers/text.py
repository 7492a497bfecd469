"""Plain text: a title line, a date line, the body, a tail of labelled parts; and its printing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from searchidx.article import Article
from searchidx.ingest.dates import leading_date
from searchidx.ingest.encodings import decode, undo_double_encoding
from searchidx.ingest.findings import Findings
from searchidx.ingest.labels import (
    closing_parts,
    head_parts,
    labelled_parts,
    opening_agency,
    tail_parts,
)
from searchidx.ingest.reading import OnLeftOut, Reading, read_whole

__all__ = ["TextReader", "offer_body", "offer_head", "parse_text", "render_text"]

_HEAD_LINES = 6
_SENTENCE_END = re.compile(r"[.!?。！？][\"”’)）]*(?=\s|\Z|[\u3400-\u9fff])")
_WRAPPED_LINE = 100


class TextReader:
    """One article a file, in the form of a title, a date, paragraphs and a labelled tail."""

    suffixes = frozenset({".txt", ".text"})

    def read(self, file: BinaryIO, path: Path, left_out: OnLeftOut) -> Iterator[Reading]:
        text = undo_double_encoding(decode(read_whole(file)))
        yield parse_text(text, path)


def parse_text(text: str, path: Path) -> Reading:
    """The article that a text is. Raises ReadError where it has neither title nor body."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip("\ufeff\n ").split("\n")
    found = Findings()
    head = 0
    if not head_parts(lines[0]):
        found.offer("title", lines[0].strip(), "first line")
        head = 1
    body_begins = offer_head(lines, head, found)
    if "date" not in found and _is_prose(lines[0]):
        found = Findings()
        body_begins = 0
    offer_body(lines[body_begins:], found, "paragraphs")
    return found.reading(path)


def offer_head(lines: Sequence[str], begin: int, found: Findings) -> int:
    """Take date line, byline and labels from the head; the index of the first line after it."""
    taken = 0
    for index in range(begin, len(lines)):
        line = lines[index].strip()
        if not line:
            continue
        parts = head_parts(line)
        # A second date is the beginning of the text, not the date line once more.
        repeated = "date" in found and any(part.kind == "date" for part in parts)
        if not parts or repeated or taken == _HEAD_LINES:
            return index
        found.offer_parts(parts)
        taken += 1
    return len(lines)


def offer_body(lines: Sequence[str], found: Findings, rule: str) -> None:
    """Take body and tail from the lines after the head: each part into its own field."""
    begin, parts = tail_parts(lines)
    paragraphs = _paragraphs(lines[:begin])
    closing: list[str] = []
    while paragraphs:
        last, closed = closing_parts(paragraphs[-1])
        found.offer_parts(closed)
        if last.strip() or not closed:
            closing = [last.rstrip()]
            break
        paragraphs.pop()
    found.offer_parts(parts)
    found.offer("body", "\n\n".join([*paragraphs[:-1], *closing]), rule)
    if paragraphs:
        found.offer("agency", opening_agency(paragraphs[0]), "dateline")
    if paragraphs and (dateline := leading_date(paragraphs[0])):
        found.offer("date", dateline[0], "dateline")


def render_text(article: Article) -> str:
    """The article in the text form: what ``parse_text`` reads as the same article again.

    Labels are Chinese where the article's language is. Parts that are missing leave no line.
    """
    chinese = article.language == "zh"
    agency_closes = bool(article.body and article.agency) and _closes(article, chinese)
    body = article.body
    if agency_closes:
        body += _in_brackets(article.agency, chinese)
    labels = _CHINESE if chinese else _ENGLISH
    between = "、" if chinese else ", "
    editors = [
        labels[name] + value
        for name, value in (
            ("editor", article.editor),
            ("responsible_editor", article.responsible_editor),
            ("translator", article.translator),
        )
        if value
    ]
    lines = [
        article.title,
        article.date.isoformat() if article.date else "",
        body,
        labels["agency"] + article.agency if article.agency and not agency_closes else "",
        labels["authors"] + between.join(article.authors) if article.authors else "",
        " ".join(editors),
        labels["source"] + article.source if article.source else "",
        labels["republisher"] + article.republisher if article.republisher else "",
        labels["url"] + article.url if article.url else "",
        labels["updated"] + article.updated.isoformat() if article.updated else "",
        labels["section"] + article.section if article.section else "",
        labels["tags"] + "; ".join(article.tags) if article.tags else "",
        _ENGLISH["standing"] + article.standing if article.standing else "",
        article.notice,
    ]
    return "\n".join(line for line in lines if line)


_ENGLISH = {
    "authors": "Author:",
    "editor": "Edit:",
    "responsible_editor": "Responsible editor:",
    "source": "Source:",
    "translator": "Translator:",
    "republisher": "Republisher:",
    "updated": "Updated:",
    "section": "Section:",
    "tags": "Tags:",
    "standing": "Standing:",
    "url": "URL:",
    "agency": "Agency:",
}
_CHINESE = {
    "authors": "作者：",
    "editor": "编辑：",
    "responsible_editor": "责任编辑：",
    "source": "来源：",
    "translator": "翻译：",
    "republisher": "转载媒体：",
    "updated": "更新时间：",
    "section": "栏目：",
    "tags": "标签：",
    "url": "原文链接：",
    "agency": "通讯社：",
}


def _in_brackets(agency: str, chinese: bool) -> str:
    return f"（{agency}）" if chinese else f" ({agency})"


def _closes(article: Article, chinese: bool) -> bool:
    """Whether the agency in brackets at the body's end would be read as the agency again."""
    _, parts = closing_parts("x" + _in_brackets(article.agency, chinese))
    return [part.value for part in parts if part.kind == "agency"] == [article.agency]


def _paragraphs(lines: Sequence[str]) -> list[str]:
    """Paragraphs between blank lines; where lines are not wrapped, each line is a paragraph."""
    paragraphs: list[str] = []
    block: list[str] = []
    for line in [*lines, ""]:
        if stripped := line.strip():
            block.append(stripped)
        elif block:
            paragraphs.extend(["\n".join(block)] if _is_wrapped(block) else block)
            block = []
    return paragraphs


def _is_wrapped(lines: Sequence[str]) -> bool:
    """Whether lines were broken at a width: all short, and most ending inside a sentence."""
    if len(lines) < 2 or max(map(len, lines)) > _WRAPPED_LINE:
        return False
    inside = sum(not _SENTENCE_END.search(line[-3:]) for line in lines[:-1])
    return inside * 2 > len(lines) - 1


def _is_prose(line: str) -> bool:
    """Whether a first line is a paragraph of two sentences or more, and so no title."""
    text = line.strip()
    ends = list(_SENTENCE_END.finditer(text))
    return len(ends) > 1 and ends[-1].end() == len(text) and not labelled_parts(text)
