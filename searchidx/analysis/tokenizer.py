"""Words out of text: their normal form and their places.

A word is a run of letters and digits. Apostrophes, soft hyphens and combining marks inside it
do not cut it, and its normal form drops them, a possessive ``'s``, accents and case:
``José's`` is ``jose``, ``Xi'an`` is ``xian``. Everything else cuts: ``anti-monopoly`` is two words.

A run of Chinese, Japanese or Korean characters gives one token at every character: the
character and its successor (an overlapping bigram), and the last character alone. So any
substring of two characters or more is a run of neighbouring tokens, and a single character is
the beginning of exactly one token wherever it stands.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

__all__ = ["Token", "is_cjk", "normalize", "tokenize", "words"]

_CJK = (
    "\u3005\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
    "\uf900-\ufaff\uff66-\uff9f\U00020000-\U000323af"
)
_LETTER = rf"[^\W_{_CJK}]"
_JOINER = "['’\u00ad\u0300-\u036f]"
_ANY_TOKEN = rf"([{_CJK}]+)|{_LETTER}(?:{_JOINER}*{_LETTER})*"
_ASCII_TOKEN = re.compile(r"[a-zA-Z0-9](?:'*[a-zA-Z0-9])*")
_POSSESSIVE = re.compile(r"(?<=[a-z0-9])'s\Z")


class Token(NamedTuple):
    """A word where it stands: ``text[start:end]`` is its surface, ``word`` its normal form."""

    word: str
    start: int
    end: int


def is_cjk(word: str) -> bool:
    """Whether the word begins with a Chinese, Japanese or Korean character."""
    if word[:1].isascii():
        return False
    found = _any_token().match(word)
    return found is not None and found.lastindex is not None


@cache
def _any_token() -> re.Pattern[str]:
    # Compiled when first needed: most queries are ASCII, and it takes some milliseconds.
    return re.compile(_ANY_TOKEN)


def normalize(surface: str) -> str:
    """The normal form of a word outside CJK: lower case, no accents, no apostrophes, no ``'s``."""
    if not surface.isascii():
        decomposed = unicodedata.normalize("NFKD", surface.replace("’", "'")).casefold()
        folded = "".join(c for c in decomposed if c == "'" or c.isalnum())
        surface = folded or surface
    word = surface.lower()
    if "'" in word:
        word = _POSSESSIVE.sub("", word).replace("'", "")
    return word


def tokenize(text: str) -> Iterator[Token]:
    """Every token of the text in order, with offsets in characters."""
    known = _normal_forms
    token = _ASCII_TOKEN if text.isascii() else _any_token()
    for match in token.finditer(text):
        start, end = match.span()
        if match.lastindex:
            for at in range(start, end - 1):
                yield Token(unicodedata.normalize("NFKC", text[at : at + 2]), at, at + 2)
            yield Token(unicodedata.normalize("NFKC", text[end - 1]), end - 1, end)
        else:
            surface = match.group()
            word = known.get(surface)
            if word is None:
                word = known[surface] = normalize(surface)
                if len(known) > 200_000:
                    known.clear()
            yield Token(word, start, end)


_normal_forms: dict[str, str] = {}


def words(text: str) -> list[str]:
    """The normal forms of the text's tokens in order."""
    return [token.word for token in tokenize(text)]
