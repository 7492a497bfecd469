"""Which format a file is of: what it holds first, what it is called second."""

from __future__ import annotations

import re
from typing import Literal

from searchidx.ingest.encodings import bom_encoding

__all__ = ["SNIFFED_BYTES", "Content", "binary_kind", "content_of"]

SNIFFED_BYTES = 8192
"""How much of a file's beginning is looked at."""

Content = Literal["html", "json", "feed", "front matter", "mbox", "mail", "warc"]

_MAGIC = (
    (b"%PDF-", "pdf"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstandard"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a", "rar"),
    (b"\x89PNG", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF8", "gif"),
    (b"\xd0\xcf\x11\xe0", "office"),
    (b"{\\rtf", "rtf"),
    (b"SQLite format 3", "sqlite"),
)
_TAR_MAGIC = slice(257, 262)
_HTML = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*"
    r"<(?:!doctype\s+html|(?:html|head|body|meta|title|article|div|section|table|h1|p|script|style)"
    r"(?=[\s>/]))",
    re.I | re.S,
)
_JSON = re.compile(r"\s*(?:\{\s*[\"}]|\[\s*[{\]])")
_FEED_ROOT = re.compile(r"<(?:rss|feed|rdf:RDF)\b", re.I)
_ANY_ROOT = re.compile(r"<[a-z]", re.I)
_FRONT_MATTER = re.compile(r"(?:---[ \t]*\r?\n(?:#.*\n|\s*\n)*[\w-]+[ \t]*:|\+\+\+[ \t]*\r?\n)")
_MBOX = re.compile(r"From \S+ .*\d{4}\s*\n[!-9;-~]+:")
_MAIL_LINES = re.compile(r"(?:[!-9;-~]+:.*\n(?:[ \t].*\n)*){3}")
_MAIL_SENDER = re.compile(r"^from:", re.I | re.M)
_MAIL_OTHERS = re.compile(r"^(?:date|subject|message-id|received):", re.I | re.M)
_WARC = re.compile(r"WARC/\d")


def binary_kind(head: bytes) -> str | None:
    """The kind of a file that is no text ("pdf", "zip", … or "unknown kind"), else None."""
    kind = next((name for magic, name in _MAGIC if head.startswith(magic)), None)
    if kind is None and head[_TAR_MAGIC] == b"ustar":
        return "tar"
    if kind is None and b"\x00" in head and not bom_encoding(head):
        kind = "unknown kind"
    return kind


def content_of(head: bytes) -> Content | None:
    """The format of a text where the beginning of a file shows it."""
    text = head.decode(bom_encoding(head) or "latin-1", "ignore").removeprefix("\ufeff")
    if _HTML.match(text):
        return "html"
    if _JSON.match(text):
        return "json"
    if text.lstrip()[:1] == "<" and _is_feed(text):
        return "feed"
    if _FRONT_MATTER.match(text):
        return "front matter"
    if _WARC.match(text):
        return "warc"
    if _MBOX.match(text):
        return "mbox"
    if _MAIL_LINES.match(text):
        headers = text.replace("\r\n", "\n").split("\n\n", 1)[0]
        if _MAIL_SENDER.search(headers) and _MAIL_OTHERS.search(headers):
            return "mail"
    return None


def _is_feed(text: str) -> bool:
    """Whether the first element, behind declarations and comments, is one of a feed."""
    text = re.sub(r"<!--.*?-->", "", text, flags=re.S)
    text = re.sub(r"<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", "", text, count=1, flags=re.S | re.I)
    first = _ANY_ROOT.search(text)
    return first is not None and _FEED_ROOT.match(text, first.start()) is not None
