"""English stems: Snowball's Porter2 (M. Porter, "Snowball", 2001), through PyStemmer."""

from __future__ import annotations

import threading
from collections.abc import Sequence

__all__ = ["stem", "stems"]

_local = threading.local()


def stems(words: Sequence[str]) -> list[str]:
    """The stem of each word, given in normal form. A word that has no English stem is its own."""
    try:
        stemmer = _local.stemmer
    except AttributeError:
        import Stemmer

        # A stemmer keeps a working buffer, so each thread has its own.
        stemmer = _local.stemmer = Stemmer.Stemmer("english")
    found: list[str] = stemmer.stemWords(words)
    return found


def stem(word: str) -> str:
    """The stem of one word."""
    return stems([word])[0]
