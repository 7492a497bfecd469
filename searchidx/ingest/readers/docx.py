"""DOCX: the paragraphs of a Word document, read from its XML without unpacking the rest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from searchidx.errors import ReadError
from searchidx.ingest.findings import Findings
from searchidx.ingest.headed_text import offer_document
from searchidx.ingest.readers.archives import open_zip
from searchidx.ingest.reading import MAX_BYTES, OnLeftOut, Reading, read_whole

__all__ = ["DocxReader"]

_DOCUMENT, _PROPERTIES = "word/document.xml", "docProps/core.xml"
_TITLE_STYLE = re.compile(r"title|标题", re.I)
_DEFAULT_TITLE = re.compile(r"(?:document\s*\d*|untitled.*|.*\.(?:docx?|dotx?|rtf|wpd))", re.I)
_LONGEST_TITLE = 300
_ENCRYPTED = b"\xd0\xcf\x11\xe0"


class DocxReader:
    """One article a document. Deleted text, notes and comments are not read."""

    suffixes = frozenset({".docx"})

    def read(self, file: BinaryIO, path: Path, left_out: OnLeftOut) -> Iterator[Reading]:
        data = read_whole(file)
        if data.startswith(_ENCRYPTED):
            raise ReadError("DOCX that is encrypted, or of an older format")
        document, properties = _parts(data)
        paragraphs = list(_paragraphs(document))
        found = Findings()
        styled = next((text for text, style in paragraphs[:5] if _TITLE_STYLE.fullmatch(style)), "")
        found.offer("title", styled[:_LONGEST_TITLE], "title style")
        found.offer("title", _title(properties), "document properties")
        lines: list[str] = []
        for text, _ in paragraphs:
            lines += [text, ""]
        offer_document(lines, found, "docx")
        yield found.reading(path)


def _parts(data: bytes) -> tuple[bytes, bytes]:
    """The document and its properties."""
    import io

    try:
        archive = open_zip(io.BytesIO(data))
    except ReadError:
        raise ReadError("damaged or truncated DOCX") from None
    with archive:
        if _DOCUMENT not in archive.NameToInfo:
            raise ReadError("DOCX without a document in it")
        properties = b""
        if _PROPERTIES in archive.NameToInfo:
            properties = _part(archive, _PROPERTIES)
        return _part(archive, _DOCUMENT), properties


def _part(archive: Any, name: str) -> bytes:
    try:
        with archive.open(name) as part:
            data: bytes = part.read(MAX_BYTES + 1)
    except Exception:  # damage shows as nearly anything
        raise ReadError("damaged or truncated DOCX") from None
    if len(data) > MAX_BYTES:
        raise ReadError(f"DOCX with more than {MAX_BYTES // 1024**2} MiB of text")
    return data


def _elements(data: bytes) -> Iterator[tuple[str, Any]]:
    """Each beginning and end of an element; entities are not replaced, nothing is fetched."""
    import io

    from lxml import etree

    events = etree.iterparse(
        io.BytesIO(data),
        events=("start", "end"),
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
    )
    try:
        yield from events
    except etree.XMLSyntaxError:
        raise ReadError("damaged or truncated DOCX") from None


def _paragraphs(data: bytes) -> Iterator[tuple[str, str]]:
    """The text of each paragraph and the name of its style."""
    pieces: list[list[str]] = []  # of each open paragraph: a text box lies inside one
    styles: list[str] = []
    copies = 0  # inside the second copy of a drawing, for programs that are older
    for event, element in _elements(data):
        name = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
        if name == "Fallback":
            copies += 1 if event == "start" else -1
        if event == "start":
            if name == "p":
                pieces.append([])
                styles.append("")
            elif name == "pStyle" and styles:
                styles[-1] = next(
                    (value for key, value in element.attrib.items() if key.endswith("}val")), ""
                )
            continue
        if pieces and not copies:
            if name == "t":
                pieces[-1].append(element.text or "")
            elif name in ("tab", "br", "cr"):
                pieces[-1].append(" ")
            elif name == "noBreakHyphen":
                pieces[-1].append("-")
        if name == "p" and pieces:
            text = " ".join("".join(pieces.pop()).split())
            style = styles.pop()
            if text:
                yield text, style
            element.clear()


def _title(properties: bytes) -> str:
    if not properties:
        return ""
    try:
        for event, element in _elements(properties):
            if event == "end" and isinstance(element.tag, str) and element.tag.endswith("}title"):
                title = " ".join((element.text or "").split())
                return "" if _DEFAULT_TITLE.fullmatch(title) else title[:_LONGEST_TITLE]
    except ReadError:
        return ""  # the document may be whole all the same
    return ""
