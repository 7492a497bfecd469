"""Text to tokens: the one place that says what a word is."""

from searchidx.analysis.stemming import inflected_alike, stem, stems
from searchidx.analysis.tokenizer import (
    Token,
    is_cjk,
    normalize,
    tokenize,
    words,
)

__all__ = [
    "ANALYSIS_VERSION",
    "Token",
    "inflected_alike",
    "is_cjk",
    "normalize",
    "stem",
    "stems",
    "tokenize",
    "words",
]

ANALYSIS_VERSION = 1
"""Changes whenever the same text would give other tokens: an index remembers it."""
