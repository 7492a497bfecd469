"""The running text of a page: trafilatura's answer, held against what else the page shows.

Trafilatura finds the article in nearly every page, but brings along what stands around it: links
to other articles, captions, requests to subscribe. And it loses a heading or a quotation here and
there. The page itself tells: paragraphs that are one link and no more, blocks that are marked as
the article's body, and blocks that stand between two paragraphs of the answer.
"""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Iterator, Sequence
from copy import copy

from searchidx.errors import ReadError
from searchidx.ingest.pages.asides import is_aside, opens_aside
from searchidx.ingest.pages.page import Element, Page, folded

__all__ = ["main_text"]

_TABLE_RULE = re.compile(r"[|\s:_=*•·-]*")
_BLOCKS = ("p", "li", "blockquote", "h2", "h3", "h4", "h5", "h6", "pre")
_HEADINGS = frozenset(["h2", "h3", "h4", "h5", "h6"])
_TITLES = _HEADINGS | {"h1"}
_DECK = re.compile(r"\b(?:deck?|standfirst|strapline|sub-?(?:title|head|headline))\b", re.I)
_MARKED_ASIDE = re.compile(
    r"caption|credit|author|byline|related|promo|newsletter|share|\bad", re.I
)
_LONG = 120  # letters: a paragraph as long as this is not repeated by chance
_PROSE = 100
_SENTENCE_ENDS = (".", "!", "?", "”", '"', "’", "。", "！", "？")
_LOST = 12
_TRUSTED = 0.6  # of the text found, so much must lie in a marked body before it is believed
_LEAD = 3


def main_text(page: Page, title: str, marked: str = "") -> list[str]:
    """The lines of the article, one a paragraph; ``marked`` is the body that JSON-LD tells.

    Raises ReadError where the page cannot be parsed.
    """
    evidence = _Evidence(page)
    lines = [line.strip() for line in _trafilatura(page)]
    lines = [line for line in lines if not _TABLE_RULE.fullmatch(line)]
    lines = _within(lines, evidence.marked_body())
    lines = _within(lines, marked)
    told = [line for line in map(str.strip, marked.split("\n")) if line]
    # Much was lost, or it is the same and has lost its paragraphs.
    if _size(told) > 2 * _size(lines) or (
        len(told) > len(lines) and folded("".join(told)) == folded("".join(lines))
    ):
        lines = told
    lines = _without_title(lines, title)
    lines = evidence.without_links(lines)
    lines = _without_asides(_once(evidence.restored(lines)))
    return evidence.without_edges(lines)


def _trafilatura(page: Page) -> list[str]:
    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    with warnings.catch_warnings():
        # What is odd about a page is no news to its reader.
        warnings.simplefilter("ignore")
        try:
            body = trafilatura.extract(copy(page.tree), include_comments=False, include_tables=True)
        except Exception as error:  # a third party's extractor, and any page at all
            raise ReadError(f"HTML that cannot be parsed ({type(error).__name__})") from None
    return (body or "").split("\n")


class _Evidence:
    """What the elements of a page say of the lines that were found in it."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def marked_body(self) -> str:
        """The text of the one element that is marked as the article's body."""
        marked = [one for one in self._page.elements() if one.get("itemprop") == "articleBody"]
        return self._page.text(marked[0]) if len(marked) == 1 else ""

    def without_links(self, lines: Sequence[str]) -> list[str]:
        """The lines without those that are a link or a caption and no more.

        A linked sentence stays, and a linked item of a list that prose follows: those are the
        article's. Where most of the lines are links the page is a list of them, and stays.
        """
        links = set(self._linked_blocks()) - {""}
        captions = {self._page.folded(one) for one in self._page.elements("figcaption")} - {""}
        last = max((at for at, line in enumerate(lines) if _is_prose(line)), default=-1)
        kept: list[str] = []
        for at, line in enumerate(lines):
            letters = folded(line)
            is_text = line.endswith((".", "。")) or (line.startswith("- ") and at < last)
            if letters not in captions and (is_text or letters not in links):
                kept.append(line)
        return kept if _size(kept) * 2 > _size(lines) else list(lines)

    def restored(self, lines: Sequence[str]) -> list[str]:
        """The lines, with the paragraphs and headings that were lost between two of them.

        A block counts as lost where it stands beside a line of the answer, under one parent.
        """
        places: dict[str, int] = {}
        for index, line in enumerate(lines):
            places.setdefault(folded(line), index)
        between: list[str] = []
        lost: dict[int, list[str]] = {}
        last = -1
        parent: Element = None
        for block in self._leaves():
            place = places.get(self._page.folded(block))
            if place is None:
                if last >= 0 and self._is_lost(block, parent):
                    between.append(self._page.text(block))
                continue
            if between and place == last + 1 and len(between) <= _LOST:
                lost[place] = between
            last, parent, between = place, block.getparent(), []
        found: list[str] = []
        for index, line in enumerate(lines):
            found += [*lost.get(index, ()), line]
        return found

    def without_edges(self, lines: list[str]) -> list[str]:
        """The lines without the title's second line at the head and a heading over nothing."""
        if len(lines) < _LEAD:
            return lines
        first, last = folded(lines[0]), folded(lines[-1])
        kinds: dict[str, Element] = {}
        for block in self._page.elements("h1", *_BLOCKS, "div", "span"):
            if block.tag in ("div", "span") and not _DECK.search(_marks(block)):
                continue
            text = self._page.folded(block)
            if text in (first, last):
                kinds[text] = block
        if last in kinds and kinds[last].tag in _HEADINGS:
            lines = lines[:-1]
        if first in kinds and (kinds[first].tag in _TITLES or _DECK.search(_marks(kinds[first]))):
            lines = lines[1:]
        return lines

    def _leaves(self) -> Iterator[Element]:
        """The blocks that hold no other block."""
        for block in self._page.elements(*_BLOCKS):
            if next(block.iterdescendants(*_BLOCKS), None) is None:
                yield block

    def _linked_blocks(self) -> Iterator[str]:
        for link in self._page.elements("a"):
            block = next(link.iterancestors("p", "li", "div", "td"), None)
            if block is None or not link.get("href"):
                continue
            # Beside items that are more than links, such an item is one of the article's.
            above = block.getparent()
            if block.tag == "li" and above is not None:
                items = above.iterchildren("li")
                if any(next(item.iterdescendants("a"), None) is None for item in items):
                    continue
            if self._page.folded(block) == self._page.folded(link):
                yield self._page.folded(link)

    def _is_lost(self, block: Element, parent: Element) -> bool:
        """Whether a block is text of the article by its own look, not a widget in between."""
        beside = block.getparent() is parent
        quoted = next(block.iterancestors("blockquote"), None) is not None
        if parent is None or not (beside or quoted) or block.tag == "li":
            return False
        if _MARKED_ASIDE.search(_marks(block)):
            return False
        linked = sum(len(self._page.text(link)) for link in block.iterdescendants("a"))
        return linked * 2 < len(self._page.text(block))


def _marks(block: Element) -> str:
    """The classes and the id that a page's author gave to a block."""
    return f"{block.get('class', '')} {block.get('id', '')}"


def _within(lines: list[str], marked: str) -> list[str]:
    """The lines that a body marked in the page has too, if it has most of the text."""
    if not marked:
        return lines
    whole = folded(marked)
    kept = [line for line in lines if folded(line) in whole]
    if _size(kept) < _TRUSTED * _size(lines):
        return lines
    return kept


def _without_title(lines: list[str], title: str) -> list[str]:
    letters = folded(title)
    for begin, line in enumerate(lines[:_LEAD]):
        if letters and folded(line) == letters:
            return lines[begin + 1 :]
    return lines


def _once(lines: Sequence[str]) -> list[str]:
    """The lines, a long one only where it stands first: some pages hold the article twice."""
    seen: set[str] = set()
    kept: list[str] = []
    for line in lines:
        letters = folded(line)
        if len(letters) < _LONG or letters not in seen or line.startswith("- "):
            kept.append(line)
        seen.add(letters)
    return kept


def _without_asides(lines: list[str]) -> list[str]:
    """The lines without what asks the reader to read, subscribe or follow something else."""
    kept: list[str] = []
    beside = False  # below the heading of a list of other articles, until prose goes on
    for line in lines:
        beside = opens_aside(line) or (beside and not _is_prose(line))
        if not beside and not is_aside(line):
            kept.append(line)
    return kept if _size(kept) * 2 > _size(lines) else lines


def _is_prose(line: str) -> bool:
    return len(line) >= _PROSE and line.endswith(_SENTENCE_ENDS)


def _size(lines: Sequence[str]) -> int:
    return sum(map(len, lines))
