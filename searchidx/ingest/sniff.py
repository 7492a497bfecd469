"""Which format a file is of: what it holds first, what it is called second."""

from __future__ import annotations

import re
from typing import Literal

from searchidx.ingest.encodings import bom_encoding

__all__ = ["SNIFFED_BYTES", "Content", "binary_kind", "content_of"]

SNIFFED_BYTES = 8192
"""How much of a file's beginning is looked at."""

Content = Literal["html", "json"]

_MAGIC = (
    (b"%PDF-", "pdf"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a", "rar"),
    (b"\x89PNG", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF8", "gif"),
    (b"\xd0\xcf\x11\xe0", "office"),
    (b"{\\rtf", "rtf"),
    (b"SQLite format 3", "sqlite"),
)
_HTML = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*"
    r"<(?:!doctype\s+html|(?:html|head|body|meta|title|article|div|section|table|h1|p|script|style)"
    r"(?=[\s>/]))",
    re.I | re.S,
)
_JSON = re.compile(r"\s*(?:\{\s*[\"}]|\[\s*[{\]])")


def binary_kind(head: bytes) -> str | None:
    """The kind of a file that is no text ("pdf", "zip", … or "unknown kind"), else None."""
    kind = next((name for magic, name in _MAGIC if head.startswith(magic)), None)
    if kind is None and b"\x00" in head and not bom_encoding(head):
        kind = "unknown kind"
    return kind


def content_of(head: bytes) -> Content | None:
    """ "html" or "json" where the beginning of a file shows it."""
    text = head.decode(bom_encoding(head) or "latin-1", "ignore")
    if _HTML.match(text):
        return "html"
    return "json" if _JSON.match(text) else None
