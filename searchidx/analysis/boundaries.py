"""Where sentences and paragraphs begin and end."""

from __future__ import annotations

import re

__all__ = ["ABBREVIATIONS", "Extent", "paragraph_spans", "sentence_spans"]

Extent = tuple[int, int]
"""A half-open range of characters, ``(start, end)``."""

_PARAGRAPH = re.compile(r"[^\n]+")
_CLOSERS = "\"'”’»)\\]）」』"
_STOPS = ".!?。！？…"
_END = re.compile(
    # White space behind it, or a stop that needs none.
    rf"[{_STOPS}](?:[{_STOPS}]*[{_CLOSERS}]*(?=\s)|(?<=[。！？…])[。！？…]*[{_CLOSERS}]*)"
)
_OPENING = re.compile(r"\s*[\"'“‘«(\[（「『—–-]*(\w)?")
_WORD = re.compile(r"[^\W\d_]+(?:\.[^\W\d_]+)*\Z")
_LONGEST_WORD = 40

# Words that commonly carry a full stop inside a sentence of legal news.
ABBREVIATIONS = frozenset(
    [
        "adm",
        "al",
        "apr",
        "art",
        "arts",
        "assn",
        "atty",
        "aug",
        "ave",
        "bros",
        "capt",
        "cf",
        "ch",
        "cl",
        "cls",
        "co",
        "col",
        "comm",
        "comr",
        "const",
        "corp",
        "ct",
        "dec",
        "dept",
        "dist",
        "div",
        "dr",
        "ed",
        "eds",
        "eg",
        "esq",
        "est",
        "et",
        "ex",
        "exec",
        "feb",
        "fed",
        "fig",
        "figs",
        "gen",
        "gov",
        "hon",
        "ibid",
        "id",
        "ie",
        "inc",
        "ins",
        "intl",
        "jan",
        "jr",
        "jul",
        "jun",
        "ltd",
        "maj",
        "mar",
        "messrs",
        "mfg",
        "mgr",
        "mr",
        "mrs",
        "ms",
        "mt",
        "nat",
        "no",
        "nos",
        "nov",
        "oct",
        "op",
        "para",
        "paras",
        "pct",
        "prof",
        "pub",
        "reg",
        "rep",
        "res",
        "rev",
        "sec",
        "secs",
        "sen",
        "sens",
        "sept",
        "sep",
        "sgt",
        "sr",
        "ss",
        "st",
        "stat",
        "subd",
        "supp",
        "supt",
        "tit",
        "treas",
        "univ",
        "vol",
        "vols",
        "vs",
        "v",
        "viz",
    ]
)


def paragraph_spans(text: str) -> list[Extent]:
    """The paragraphs of a text: its lines that are not blank, without white space around them."""
    found = []
    for match in _PARAGRAPH.finditer(text):
        extent = _trimmed(text, match.start(), match.end())
        if extent[0] < extent[1]:
            found.append(extent)
    return found


def sentence_spans(text: str) -> list[Extent]:
    """The sentences of a text in order, without the white space between them.

    A sentence ends at a stop that white space follows, unless the stop belongs to an
    abbreviation or an initial, or the next word begins with a small letter; at a Chinese stop
    always; and at the end of a paragraph.
    """
    found = []
    for start, end in paragraph_spans(text):
        begin = start
        for match in _END.finditer(text, start, end):
            stop = match.end()
            if stop < end and _ends_sentence(text, match.group(), stop):
                found.append(_trimmed(text, begin, stop))
                begin = stop
        if begin < end:
            found.append(_trimmed(text, begin, end))
    return [extent for extent in found if extent[0] < extent[1]]


def _ends_sentence(text: str, mark: str, stop: int) -> bool:
    if mark[0] in "。！？":
        return True
    # The first letter of nearly every sentence stands right behind one blank.
    if not text[stop + 1 : stop + 2].isupper():
        opening = _OPENING.match(text, stop)
        following = opening.group(1) if opening else None
        if following and following.islower():
            return False
    if mark != ".":
        return True
    word = text[max(0, stop - _LONGEST_WORD) : stop - 1].rpartition(" ")[2]
    if not (word.isascii() and word.isalpha()):
        last = _WORD.search(word)
        if last is None:
            return True
        word = last.group()
    # An initial ("J. Smith"), a dotted abbreviation ("U.S."), or a word known to be one.
    return not (len(word) == 1 or "." in word or word.lower() in ABBREVIATIONS)


def _trimmed(text: str, start: int, end: int) -> Extent:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
