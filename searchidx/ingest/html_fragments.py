"""Pieces of HTML, as feeds and records carry them -> plain paragraphs. Whole pages: ``html``."""

from __future__ import annotations

import re
import warnings

__all__ = ["fragment_lines", "fragment_text", "is_html"]

_MARKUP = re.compile(
    r"</(?:p|div|a|b|i|em|strong|li|ul|ol|h[1-6]|span|blockquote)\s*>|<(?:br|p)\b", re.I
)
_HIDDEN = frozenset(["script", "style", "template", "noscript", "head", "iframe", "svg", "object"])
_BLOCK = re.compile(
    r"address|article|aside|blockquote|center|d[dlt]|details|div|fieldset|figcaption|figure|footer"
    r"|form|h[1-6r]|header|li|main|nav|[ou]l|p|pre|section|table|tbody|tr"
)
_SPACE = re.compile(r"[ \t\r\n\f\u00a0]+")


def is_html(text: str) -> bool:
    """Whether a text holds markup of HTML, rather than being plain text."""
    return "<" in text and _MARKUP.search(text) is not None


def fragment_text(html: str) -> str:
    """The text, its paragraphs divided by empty lines."""
    return "\n\n".join(fragment_lines(html))


def fragment_lines(html: str) -> list[str]:
    """The paragraphs of the text, in order. What cannot be shown, as scripts, is not text."""
    from bs4 import BeautifulSoup
    from bs4.element import CData, NavigableString, PageElement, Tag

    with warnings.catch_warnings():
        # A text that looks like an address or a file's name is a text here.
        warnings.simplefilter("ignore")
        soup = BeautifulSoup(html, "lxml")
    paragraphs = _Paragraphs()
    # Step by step, not by recursion, so that no depth of nesting is too deep.
    waiting: list[tuple[PageElement, bool]] = [(soup, False)]
    while waiting:
        one, ends = waiting.pop()
        if type(one) in (NavigableString, CData):
            paragraphs.text(str(one))
        elif isinstance(one, Tag) and ends:
            paragraphs.end(one.name)
        elif isinstance(one, Tag) and one.name not in _HIDDEN:
            paragraphs.start(one.name)
            waiting.append((one, True))
            waiting += [(child, False) for child in reversed(one.contents)]
    return paragraphs.lines


class _Paragraphs:
    """Text between the beginnings and ends of blocks."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._pieces: list[str] = []
        self._item = False

    def start(self, name: str) -> None:
        if name == "br" or _BLOCK.fullmatch(name):
            self._break()
            self._item = name == "li" or (self._item and name == "p")
        elif name in ("td", "th") and self._pieces:
            self._pieces.append(" | ")

    def end(self, name: str) -> None:
        if name == "[document]" or _BLOCK.fullmatch(name):
            self._break()
            self._item = False

    def text(self, text: str) -> None:
        self._pieces.append(text)

    def _break(self) -> None:
        line = _SPACE.sub(" ", "".join(self._pieces)).strip()
        self._pieces.clear()
        if line:
            self.lines.append(f"- {line}" if self._item else line)
