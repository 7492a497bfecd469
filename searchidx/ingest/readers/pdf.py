"""PDF: the text that its pages hold, put together again as paragraphs. Needs pypdf."""

from __future__ import annotations

import io
import logging
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from searchidx.errors import ReadError
from searchidx.ingest.findings import Findings
from searchidx.ingest.headed_text import offer_document
from searchidx.ingest.reading import MAX_BYTES, OnLeftOut, Reading, read_whole

__all__ = ["PdfReader"]

_MOST_PAGES = 2_000
_NO_TITLE = re.compile(
    r"(?:untitled.*|microsoft\s+\w+\s+-.*|document\s*\d*|\S*\.(?:docx?|pdf|indd|rtf|wpd|pages))",
    re.I,
)
_PAGE_NUMBER = re.compile(
    r"[-–—|\s]*(?:page\s+)?\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?[-–—|\s]*|第?\s*\d{1,4}\s*页.*", re.I
)
_DIGITS = re.compile(r"\d+")
_SENTENCE_END = re.compile(r"[.!?:。！？：][\"”’)）]*\Z")
_HAN_EDGE = re.compile(r"[\u3000-\u9fff\uff00-\uffef]")
_NARROWEST = 30  # characters: shorter lines were not broken at a width
_EDGE = 2  # lines at the top and foot of a page among which running heads are looked for


class PdfReader:
    """One article a document."""

    suffixes = frozenset({".pdf"})

    def read(self, file: BinaryIO, path: Path, left_out: OnLeftOut) -> Iterator[Reading]:
        """Raises ReadError for what is encrypted, or pictures of text without the text."""
        pages, title = _text_of(read_whole(file))
        lines = _paragraphs(_without_running_heads(pages))
        if not lines:
            raise ReadError("PDF without text (scanned?)")
        found = Findings()
        if not _NO_TITLE.fullmatch(title):
            found.offer("title", title, "document properties")
        offer_document(lines, found, "pdf")
        yield found.reading(path)


def _text_of(data: bytes) -> tuple[list[list[str]], str]:
    """The lines of each page, and the title that the document's properties tell."""
    try:
        import pypdf
    except ImportError:
        raise ReadError('PDF needs pip install "searchidx[pdf]"') from None
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    if b"%PDF-" not in data[:1024]:
        raise ReadError("damaged PDF")
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise ReadError("encrypted PDF")
        return list(_pages(reader)), _title(reader)
    except ReadError:
        raise
    except pypdf.errors.DependencyError:
        raise ReadError("encrypted PDF") from None
    except Exception as error:  # a third party's parser, and any file at all
        raise ReadError(f"damaged PDF ({type(error).__name__})") from None


def _pages(reader: Any) -> Iterator[list[str]]:
    size = 0
    for number, page in enumerate(reader.pages):
        text = page.extract_text()
        size += len(text)
        if number >= _MOST_PAGES or size > MAX_BYTES:
            raise ReadError(f"PDF of more than {_MOST_PAGES} pages or {MAX_BYTES // 1024**2} MiB")
        # Half a pair of surrogates stands where a font's table is wrong.
        clean = text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")
        yield [" ".join(line.split()) for line in clean.split("\n")]


def _title(reader: Any) -> str:
    try:
        title = reader.metadata.title if reader.metadata else None
    except Exception:  # the pages may be whole all the same
        return ""
    return " ".join(title.split()) if isinstance(title, str) else ""


def _without_running_heads(pages: Sequence[list[str]]) -> list[list[str]]:
    """The pages without their numbers, and without lines that stand at the edge of most."""
    full = [[line for line in page if line] for page in pages]
    edges: Counter[str] = Counter()
    for page in full:
        edges.update({_DIGITS.sub("#", line) for line in (*page[:_EDGE], *page[-_EDGE:])})
    often = {line for line, count in edges.items() if count >= 3 and count * 2 > len(full)}
    kept = []
    for number, page in enumerate(pages):
        present = [index for index, line in enumerate(page) if line]
        at_edge = {*present[:_EDGE], *present[-_EDGE:]}
        kept.append(
            [
                line
                for index, line in enumerate(page)
                if index not in at_edge
                or not (
                    _PAGE_NUMBER.fullmatch(line)
                    # On the first page it is the thing itself: a title, or a letterhead.
                    or (number and _DIGITS.sub("#", line) in often)
                )
            ]
        )
    return kept


def _paragraphs(pages: Sequence[Sequence[str]]) -> list[str]:
    """Paragraphs, empty lines between: lines broken at the page's width are joined."""
    widths = sorted(len(line) for page in pages for line in page if line)
    if not widths:
        return []
    width = widths[len(widths) * 9 // 10]
    paragraphs: list[str] = []
    present = ""
    for page in pages:
        for line in page:
            if not line:
                # Some writers put an empty line behind each: it divides only what is ended.
                if _SENTENCE_END.search(present):
                    paragraphs.append(present)
                    present = ""
                continue
            present = _joined(present, line)
            if len(line) < max(_NARROWEST, width * 0.75):
                paragraphs.append(present)
                present = ""
    paragraphs.append(present)
    return [line for one in paragraphs if one for line in (one, "")]


def _joined(before: str, line: str) -> str:
    if not before:
        return line
    if before.endswith("-") and before[-2:-1].islower() and line[:1].islower():
        return before[:-1] + line
    if _HAN_EDGE.match(before[-1]) and _HAN_EDGE.match(line):
        return before + line
    return f"{before} {line}"
