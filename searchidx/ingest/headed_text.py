"""Lines of a document: its title, what stands below the title, its body."""

from __future__ import annotations

import re
from collections.abc import Sequence

from searchidx.ingest.findings import Findings
from searchidx.ingest.labels import head_parts
from searchidx.ingest.readers.text import offer_body

__all__ = ["offer_document"]

_HEAD_LINES = 6
_LONGEST_TITLE = 300
_WORD = re.compile(r"\w+")


def offer_document(lines: Sequence[str], found: Findings, rule: str) -> None:
    """Take date line, byline and labels below the title, then the body and the labels of its tail.

    The title is the first line, unless one was found before: then lines that repeat it go.
    """
    rest = [line.strip() for line in lines]
    rest = _from_first(rest)
    if "title" in found:
        rest = _without_title(rest, str(found["title"]))
    elif rest and not head_parts(rest[0]) and len(rest[0]) <= _LONGEST_TITLE:
        found.offer("title", rest[0], "first line")
        rest = _from_first(rest[1:])
    dated = False
    for _ in range(_HEAD_LINES):
        parts = head_parts(rest[0]) if rest else ()
        is_date = any(part.kind == "date" for part in parts)
        # A second date is the beginning of the text, not the date line once more.
        if not parts or (dated and is_date):
            break
        found.offer_parts(parts)
        dated = dated or is_date
        rest = _from_first(rest[1:])
    offer_body(rest, found, rule)


def _from_first(lines: list[str]) -> list[str]:
    """The lines from the first that is not empty."""
    return next((lines[begin:] for begin, line in enumerate(lines) if line), [])


def _without_title(lines: list[str], title: str) -> list[str]:
    """The lines without those at the beginning that are the title, whole or broken into several."""
    wanted = _folded(title)
    seen = ""
    for index, line in enumerate(lines):
        seen += _folded(line)
        if not wanted or not wanted.startswith(seen):
            break
        if seen == wanted:
            return _from_first(lines[index + 1 :])
    return lines


def _folded(text: str) -> str:
    return "".join(_WORD.findall(text)).casefold()
