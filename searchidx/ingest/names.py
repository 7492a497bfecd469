"""Names of people, as bylines write them."""

from __future__ import annotations

import re

__all__ = ["split_names", "split_tags"]

_CHROME = re.compile(
    r"^(?:(?:written |reported |posted )?by\b[:：]?|authors?\s*[:：]|reporters?\s*[:：]"
    r"|文\s*[/／]|(?:本报|本网|见习)?记者(?:\s*[:：]|\s+))\s*",
    re.I,
)
_BETWEEN = re.compile(
    r"\s*[,;、，；|]\s*(?:and\s+)?|\s+(?:and|&)\s+"
    r"|\s*(?<=[\u3400-\u9fff\s])(?:通讯员|实习生|特约记者|见习记者|本报记者|记者)\s+",
    re.I,
)
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


def split_tags(text: str) -> tuple[str, ...]:
    """The subjects in a line of them: divided by semicolons if it has any, else by commas."""
    between = r"[;；]" if re.search(r"[;；]", text) else r"[,，、|]"
    tags = (" ".join(piece.split()) for piece in re.split(between, text))
    return tuple(dict.fromkeys(tag for tag in tags if tag))
