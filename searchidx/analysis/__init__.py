"""Text to tokens: the one place that says what a word is."""

from searchidx.analysis.boundaries import paragraph_spans, sentence_spans
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
    "paragraph_spans",
    "sentence_spans",
    "stem",
    "stems",
    "tokenize",
    "words",
]

ANALYSIS_VERSION = 1
"""Changes whenever the same text would give other tokens: an index remembers it."""
