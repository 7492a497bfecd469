"""The elements of an HTML page, and the text in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from searchidx.errors import ReadError

__all__ = ["Element", "Page", "folded"]

Element = Any  # lxml's, which has no types
_BREAKS = frozenset(
    ["br", "p", "li", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "div", "td"]
)
_HIDDEN = frozenset(["script", "style"])
_WORD = re.compile(r"\w+")


class Page:
    """A parsed page. ``tree`` is its root; whoever changes it works on a copy."""

    def __init__(self, text: str) -> None:
        """Parse a page. Raises ReadError where there is nothing to parse."""
        html: Any = import_module("lxml.html")
        parser = html.HTMLParser(
            encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True
        )
        try:
            self.tree: Element = html.document_fromstring(
                text.encode("utf-8", "replace"), parser=parser
            )
        except Exception as error:  # a third party's parser, and any page at all
            raise ReadError(f"HTML that cannot be parsed ({type(error).__name__})") from None
        self._folded: dict[Element, str] = {}

    def elements(self, *names: str) -> Iterator[Element]:
        """The elements of these names, or all, in the order of the page."""
        return (one for one in self.tree.iter(*names) if isinstance(one.tag, str))

    def first(self, *names: str) -> Element:
        """The first element of these names, or None."""
        return next(self.elements(*names), None)

    def text(self, element: Element) -> str:
        """The text of an element, white space as a browser shows it."""
        return " ".join("".join(_pieces(element)).split())

    def spaced(self, element: Element) -> str:
        """The text of an element with a space between the elements in it, as layout shows them."""
        return " ".join(" ".join(_pieces(element)).split())

    def folded(self, element: Element) -> str:
        """The letters and digits of an element's text, by which it is compared."""
        if element not in self._folded:
            self._folded[element] = folded("".join(_pieces(element)))
        return self._folded[element]


def folded(text: str) -> str:
    """The letters and digits of a text alone, without case."""
    return "".join(_WORD.findall(text)).casefold()


def _pieces(element: Element) -> Iterator[str]:
    """The strings in an element, and white space where a line of it begins."""
    walk: Any = import_module("lxml.etree").iterwalk
    for event, part in walk(element, events=("start", "end")):
        if event == "start":
            if part.tag in _BREAKS:
                yield " "
            if part.text and part.tag not in _HIDDEN:
                yield part.text
        elif part is not element and part.tail:
            yield part.tail
