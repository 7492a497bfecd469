"""Saved mail, newsletters among it: single messages, and mailboxes with many."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from searchidx.errors import ReadError
from searchidx.ingest.field_values import date_of
from searchidx.ingest.findings import Findings
from searchidx.ingest.headed_text import offer_document
from searchidx.ingest.html_fragments import fragment_lines
from searchidx.ingest.readers.html import HtmlReader
from searchidx.ingest.readers.text import offer_body
from searchidx.ingest.reading import MAX_BYTES, LeftOut, OnLeftOut, Reading, read_whole

if TYPE_CHECKING:
    from email.message import EmailMessage

__all__ = ["MailReader", "MboxReader"]

_SEPARATOR = re.compile(rb"From \S+.*\d{4}\s*\n?\Z")
_QUOTED_FROM = re.compile(rb">+From ")
_LONGEST_HEADER = 20_000  # the parser of addresses takes quadratic time
_LIST_ID = re.compile(r"\s*\"?(.*?)\"?\s*<([^<>]*)>\s*\Z", re.S)
_ADDRESS = re.compile(r"<?(https?://[^\s<>]+)>?", re.I)
_HTML = HtmlReader()


class MailReader:
    """One message a file."""

    suffixes = frozenset({".eml"})

    def read(self, file: BinaryIO, path: Path, left_out: OnLeftOut) -> Iterator[Reading]:
        yield _reading(read_whole(file), path)


class MboxReader:
    """A mailbox: messages end to end, each behind a line that begins with "From "."""

    suffixes = frozenset({".mbox", ".mbx"})

    def read(self, file: BinaryIO, path: Path, left_out: OnLeftOut) -> Iterator[Reading]:
        """A bad message costs that message; ``line`` of its LeftOut counts messages."""
        number = 0
        for number, message in enumerate(_messages(file), start=1):
            try:
                if message is None:
                    raise ReadError(f"message larger than {MAX_BYTES // 1024**2} MiB")
                yield _reading(message, path)
            except ReadError as error:
                left_out(LeftOut(path, error.reason, number))
        if not number:
            raise ReadError("not a mailbox: no line that begins with From and a sender")


def _messages(file: BinaryIO) -> Iterator[bytes | None]:
    """The messages of a mailbox, one at a time; None for one over the limit."""
    lines: list[bytes] = []
    size = 0
    begun = False
    whole_before, after_blank = True, True
    while line := file.readline(MAX_BYTES):
        if whole_before and after_blank and _SEPARATOR.match(line):
            if begun:
                yield b"".join(lines) if size <= MAX_BYTES else None
            lines, size, begun = [], 0, True
        elif begun:
            size += len(line)
            if size > MAX_BYTES:
                lines.clear()
            else:
                lines.append(line[1:] if _QUOTED_FROM.match(line) else line)
        whole_before = line.endswith(b"\n")
        after_blank = not line.strip()
    if begun:
        yield b"".join(lines) if size <= MAX_BYTES else None


def _reading(data: bytes, path: Path) -> Reading:
    """The article that a message is. Raises ReadError where it has neither subject nor text."""
    from email import message_from_bytes, policy

    try:
        message = message_from_bytes(data, policy=policy.default)
    except RecursionError:
        raise ReadError("mail with parts nested too deeply") from None
    except Exception as error:  # the parser's own faults, and any mail at all
        raise ReadError(f"mail that cannot be parsed ({type(error).__name__})") from None
    found = Findings()
    found.offer("title", _header(message, "Subject"), "subject")
    found.offer("date", date_of(_header(message, "Date")), "mail date")
    _offer_sender(message, found)
    archived = _ADDRESS.fullmatch(_header(message, "Archived-At"))
    if archived:
        found.offer("url", archived[1], "archived-at")
    _offer_text(message, path, found)
    return found.reading(path)


def _header(message: EmailMessage, name: str) -> str:
    """A header's text, decoded; empty where it is missing or cannot be read."""
    raw = next((value for key, value in message.raw_items() if key.lower() == name.lower()), "")
    if not raw or len(str(raw)) > _LONGEST_HEADER:
        return ""
    try:
        text = str(message.get(name, ""))
    except Exception:  # the parser of headers fails on some that are merely odd
        text = str(raw)
    return " ".join(text.encode("utf-8", "replace").decode("utf-8").split())


def _offer_sender(message: EmailMessage, found: Findings) -> None:
    """The outlet of what was sent to many; the author of what one person sent.

    On a list that people write to both are known: the sender wrote it, the list brought it.
    """
    from email.utils import parseaddr

    name, address = parseaddr(_header(message, "From"))
    domain = address.rpartition("@")[2].lower()
    listed = _LIST_ID.match(_header(message, "List-Id"))
    list_name = (listed[1] or listed[2]) if listed else ""
    discussed = _header(message, "List-Post").lower() not in ("", "no")
    to_many = listed is not None or _header(message, "List-Unsubscribe") != ""
    if discussed or not to_many:
        found.offer("authors", (name,) if name else (), "from")
    else:
        found.offer("source", name, "from")
    found.offer("source", list_name, "list-id")
    found.offer("source", domain, "from")


def _offer_text(message: EmailMessage, path: Path, found: Findings) -> None:
    html, plain = _part(message, "html"), _part(message, "plain")
    if html:
        page = io.BytesIO(html.encode("utf-8", "replace"))
        try:
            reading = next(_HTML.read(page, path, lambda what: None))
        except ReadError:
            reading = None
        if reading is not None and reading.article.body:
            found.offer("body", reading.article.body, "mail html")
            for field in ("editor", "responsible_editor", "agency", "notice"):
                rule = reading.rules.get(field, "")
                found.offer(field, getattr(reading.article, field), rule)
            return
    if plain:
        offer_document(plain.split("\n"), found, "mail text")
    elif html:
        offer_body(fragment_lines(html), found, "mail html")


def _part(message: EmailMessage, kind: str) -> str:
    """The text of the message's own part of this kind, not of what is attached."""
    try:
        part = message.get_body(preferencelist=(kind,))
        content = part.get_content() if part is not None else ""
    except RecursionError:
        raise ReadError("mail with parts nested too deeply") from None
    except Exception:  # an unknown character set, or faults of the parser
        payload = part.get_payload(decode=True) if part is not None else b""
        content = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
    text = content if isinstance(content, str) else ""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\r\n", "\n")
