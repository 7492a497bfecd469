"""Whether a page's own address can be believed.

A page made from another one's template keeps that one's address in its metadata now and then. Its
article would take the other's id, and replace it in the index.
"""

from __future__ import annotations

import datetime as dt
import re
from urllib.parse import unquote, urlsplit

from searchidx.ingest.pages.dates import address_date

__all__ = ["is_own_address"]

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_LETTER = re.compile(r"[^\W\d_]")
_SHORTEST = 4  # letters: shorter ones are initials and syllables
_WORDLESS = frozenset(
    [
        "index",
        "article",
        "articles",
        "content",
        "default",
        "detail",
        "html",
        "story",
        "news",
        "page",
    ]
)


def is_own_address(url: str, title: str, body: str, date: dt.date | None) -> bool:
    """Whether what the address says fits the article: its words, and its day if it has one.

    An address with another day than the article's must share a word with the title; one with the
    same day, or none, a word with the title or the text. An address without words is believed.
    """
    words = _words(url)
    if not words or not _is_ascii_text(title):
        return True
    day = address_date(url)
    text = title if day and date and day != date else f"{title}\n{body}"
    folded = re.sub(r"[^a-z0-9]", "", text.casefold())
    # The ending may differ: a plural, a tense.
    return any(word[: max(_SHORTEST, len(word) - 2)] in folded for word in words)


def _words(url: str) -> set[str]:
    """The words of the last part of the address that names the article."""
    segments = [piece for piece in urlsplit(url).path.split("/") if piece]
    if not segments:
        return set()
    last = re.sub(r"\.\w{2,5}\Z", "", unquote(segments[-1]))
    words = {word.casefold() for word in _WORDS.findall(last)}
    return {word for word in words if len(word) >= _SHORTEST} - _WORDLESS


def _is_ascii_text(text: str) -> bool:
    """Whether the text is in letters that addresses are written in too."""
    letters = _LETTER.findall(text)
    ascii_letters = [letter for letter in letters if letter.isascii()]
    return len(ascii_letters) * 10 >= len(letters) * 9
