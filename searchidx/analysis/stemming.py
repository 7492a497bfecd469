"""English stems: Snowball's Porter2 (M. Porter, "Snowball", 2001), through PyStemmer."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence

__all__ = ["inflected_alike", "stem", "stems"]

_local = threading.local()


def stems(words: Sequence[str]) -> list[str]:
    """The stem of each word, given in normal form. A word that has no English stem is its own."""
    try:
        stemmer = _local.stemmer
    except AttributeError:
        import Stemmer

        # A stemmer keeps a working buffer, so each thread has its own. Its cache of ten thousand
        # words costs three times what stemming does where every word comes once, as here.
        stemmer = _local.stemmer = Stemmer.Stemmer("english", 0)
    found: list[str] = stemmer.stemWords(words)
    return found


def stem(word: str) -> str:
    """The stem of one word."""
    return stems([word])[0]


_ENDING = re.compile(r"(?:ies|ied|y)$|(?:e?s|e?d|ing|ly|e)$")


def inflected_alike(one: str, other: str) -> bool:
    """Whether two words differ at most in an English inflection: plural, tense, adverb.

    A stem joins more than that (``governance`` and ``governed``), and joins misspellings too
    (``governence``), which this tells from another form of a known word.
    """
    return _base(one) == _base(other)


def _base(word: str) -> str:
    match = _ENDING.search(word, 3)
    if match is None:
        return word
    base = word[: match.start()]
    if match.group() in ("ies", "ied", "y"):
        return base + "y"
    if len(base) > 3 and base[-1] == base[-2] and match.group() in ("ed", "ing"):
        return base[:-1]
    return base
