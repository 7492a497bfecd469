"""The language of a text: by its script, by its commonest words, and last by a detector."""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

__all__ = ["detected_language", "language_of"]

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_KANA = re.compile(r"[\u3040-\u30ff]")
_HANGUL = re.compile(r"[\uac00-\ud7a3]")
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W\d_]+")

_ENGLISH = re.compile(
    r"\b(?:the|of|and|to|in|a|that|for|is|on|was|with|by|as|at|from|it|be|his|her|has|have|had|not"
    r"|are|an|this|which|were|or|but|its|their|they|who|said|will)\b"
)
_FEW_LETTERS = 80  # what is shorter than a sentence has no language that a detector could tell
_LOOKED_AT = 4000  # letters more than that tell nothing new
_PLAUSIBLE = frozenset([
    "ar", "bg", "bn", "ca", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr", "he",
    "hi", "hr", "hu", "id", "it", "lt", "lv", "ms", "nl", "no", "pl", "pt", "ro", "ru", "sk",
    "sl", "sr", "sv", "th", "tr", "uk", "ur", "vi",
])  # fmt: skip


def language_of(text: str) -> str:
    """The ISO 639-1 code of the language; empty where the text has no letter."""
    return detected_language(text)[0]


def detected_language(text: str) -> tuple[str, str]:
    """The code of the language, and the rule that told it.

    Han, kana and hangul tell by themselves. A text with English's commonest words is English.
    Only then a detector is loaded; what is too short for it is taken for English.
    """
    text = text[:_LOOKED_AT]
    letters = len(_LETTER.findall(text))
    if not letters:
        return "", ""
    if not text.isascii():
        if len(_HANGUL.findall(text)) * 10 >= letters * 3:
            return "ko", "script"
        han, kana = len(_HAN.findall(text)), len(_KANA.findall(text))
        if (han + kana) * 10 >= letters * 3:
            # Chinese news quotes a Japanese name now and then; Japanese is half kana.
            return ("ja" if kana * 10 >= han + kana else "zh"), "script"
    begin = text.casefold()
    if len(_ENGLISH.findall(begin)) * 6 >= len(_WORD.findall(begin)):
        return "en", "common words"
    if letters < _FEW_LETTERS:
        return "en", "too short to tell"
    return _detected(text), "detector"


def _detected(text: str) -> str:
    # Half a second to load: not before a text needs it.
    detector: Any = import_module("py3langid")
    return next((code for code, _ in detector.rank(text) if code in _PLAUSIBLE), "en")
