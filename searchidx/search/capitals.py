"""Words in capitals: the index knows words in lower case, so the texts are looked at."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np

from searchidx.analysis import tokenize
from searchidx.segment import BODY_GAP, Array

__all__ = ["capitalised", "with_capitals"]

Texts = Callable[[int], tuple[bytes, bytes]]


def capitalised(surface: str, capitals: str) -> bool:
    """Whether a word has a capital (``"some"``), or has letters and no small one (``"all"``)."""
    if capitals == "some":
        return any(c.isupper() for c in surface)
    # A possessive ending does not count as part of the word.
    return re.sub(r"['’]s\Z", "", surface).isupper()


def with_capitals(
    places: Array, words: Sequence[str], capitals: str, texts: Texts, title_lengths: Array
) -> Array:
    """Those places (packed, ascending) where the row of words, in normal form, has the capitals.

    ``texts`` gives the title and body of an article.
    """
    kept = np.zeros(len(places), dtype=bool)
    docs = places >> 32
    firsts = np.flatnonzero(np.concatenate([np.ones(1, dtype=bool), docs[1:] != docs[:-1]]))
    for first, last in zip(firsts.tolist(), [*firsts[1:].tolist(), len(docs)], strict=True):
        if first == last:
            continue
        doc = int(docs[first])
        here = (places[first:last] & 0xFFFFFFFF).tolist()
        title, body = texts(doc)
        length = int(title_lengths[doc])
        inside = [place for place in here if place < length]
        behind = [place - length - BODY_GAP for place in here[len(inside) :]]
        kept[first:last] = [
            *_in_text(title, inside, words, capitals),
            *_in_text(body, behind, words, capitals),
        ]
    found: Array = places[kept]
    return found


def _in_text(
    raw: bytes, positions: Sequence[int], words: Sequence[str], capitals: str
) -> Sequence[bool]:
    """Which of the positions, counted in words, have the row in capitals."""
    if not positions:
        return ()
    if len(words) == 1 and words[0].isascii():
        surfaces = _finder(words[0]).findall(raw)
        if len(surfaces) == len(positions):
            return [capitalised(surface.decode(), capitals) for surface in surfaces]
    text = raw.decode("utf-8", "surrogatepass")
    tokens = list(tokenize(text))
    return [
        all(
            capitalised(text[token.start : token.end], capitals)
            for token in tokens[position : position + len(words)]
        )
        for position in positions
    ]


@lru_cache(maxsize=64)
def _finder(word: str) -> re.Pattern[bytes]:
    edge = rb"[A-Za-z0-9'\x80-\xff]"
    return re.compile(rb"(?<!%s)%s(?!%s)" % (edge, re.escape(word.encode()), edge), re.IGNORECASE)
