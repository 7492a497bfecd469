"""Names of people, as bylines write them."""

from __future__ import annotations

import re

__all__ = ["split_names"]

_CHROME = re.compile(
    r"^(?:(?:written |reported |posted )?by\b[:：]?|authors?\s*[:：]|reporters?\s*[:：]"
    r"|文\s*[/／]|(?:本报|本网|见习)?记者(?:\s*[:：]|\s+))\s*",
    re.I,
)
_BETWEEN = re.compile(r"\s*[,;、，；|]\s*(?:and\s+)?|\s+(?:and|&)\s+", re.I)
_BELONGS_TO_LAST = re.compile(r"(?:jr|sr|ii|iii|iv|esq|ph\.?d|m\.?d|j\.?d)\.?", re.I)
_HAN_NAMES = re.compile(r"[\u3400-\u9fff·]{2,6}(?:\s+[\u3400-\u9fff·]{2,6})+")


def split_names(text: str) -> tuple[str, ...]:
    """The names in a byline, without "By" and the like, none twice, in the order given."""
    text = " ".join(text.split())
    while text != (text := _CHROME.sub("", text)):
        pass
    names: list[str] = []
    for piece in _BETWEEN.split(text):
        if names and _BELONGS_TO_LAST.fullmatch(piece):
            names[-1] += f", {piece}"
        elif _HAN_NAMES.fullmatch(piece):
            names.extend(piece.split())
        elif piece:
            names.append(piece)
    return tuple(dict.fromkeys(names))
