"""The language of a text, told from its script alone."""

from __future__ import annotations

import re

__all__ = ["language_of"]

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_LETTER = re.compile(r"[^\W\d_]")


def language_of(text: str) -> str:
    """``"zh"`` where three letters in ten or more are Han, else ``"en"``; empty without any."""
    letters = len(_LETTER.findall(text))
    if not letters:
        return ""
    return "zh" if len(_HAN.findall(text)) * 10 >= letters * 3 else "en"
