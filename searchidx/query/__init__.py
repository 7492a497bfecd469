"""Text to a query tree and back."""

from searchidx.query.nodes import (
    And,
    DateRange,
    Every,
    Fuzzy,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Term,
)
from searchidx.query.parser import ParsedQuery, parse
from searchidx.query.printer import to_text

__all__ = [
    "And",
    "DateRange",
    "Every",
    "Fuzzy",
    "Near",
    "Node",
    "Not",
    "Or",
    "ParsedQuery",
    "Phrase",
    "Prefix",
    "Term",
    "parse",
    "to_text",
]
