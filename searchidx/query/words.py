"""One word of a query to its node: beginnings, fuzzy words, and what lawyers type besides."""

from __future__ import annotations

import re

from searchidx.query.lexer import Problem, Token, core_span
from searchidx.query.nodes import Every, Fuzzy, Node, Prefix, Term

__all__ = ["MOST_EDITS", "read_word"]

MOST_EDITS = 2

_OPERATORS = frozenset(["AND", "OR", "NOT"])

_CONNECTOR = re.compile(r"(?:w|pre)?/(?:\d+|[sp])|\+(?:\d+|[sp])", re.IGNORECASE)
_CONNECTOR_NAMES = {"s": "same sentence", "p": "same paragraph"}
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_EDITS = re.compile(r"(?P<word>.*[^\W_])~(?P<edits>\d*)[\W_]*")
_BOOST = re.compile(r"(?P<word>.*[^\W_])\^[\d.]+[\W_]*")


def read_word(token: Token, field: str | None) -> Node | None:
    """The node of a word; None where it has neither letter nor digit. Raises Problem."""
    text, start, end = token.text, token.start, token.end
    if text == "*" and field is None:
        return Every()
    core = _core(text)
    connector = next((c for c in (text, core) if _CONNECTOR.fullmatch(c)), None)
    if connector:
        digits = re.sub(r"[^0-9]", "", connector)
        unit = _CONNECTOR_NAMES.get(connector[-1].lower(), f"within {digits} words")
        raise _not_yet(f"{connector} ({unit})", start, end, "AND")
    if core in _OPERATORS:
        # In other punctuation than an operator stands in, it is a word like any other.
        return Term(core.lower(), field)
    literal = field in ("url", "id") or (_URL.match(core) and text[0] not in "*#+")
    if not literal:
        node = _expansion(text, start, end, field)
        if node is not None:
            return node
    return Term(core, field) if core else None


def _expansion(text: str, start: int, end: int, field: str | None) -> Node | None:
    core = _core(text)
    if text[0] in "#+" and core:
        put = f'"{core}"' if text[0] == "#" else core
        raise _not_yet(f"'{text[0]}' before a word", start, end, put)
    boosted = _BOOST.fullmatch(text)
    if boosted:
        raise _not_yet("a boost with '^'", start, end, boosted["word"])
    edited = _EDITS.fullmatch(text)
    if edited:
        return _fuzzy(edited, start, end, field)
    if core and re.search(re.escape(core) + r"[.,;:?]*!", text):
        raise _not_yet(f"'{core}!' (any ending)", start, end, f"{core}*")
    if "*" in text or (core and "?" in core):
        return _prefix(text, start, end, field)
    return None


def _fuzzy(match: re.Match[str], start: int, end: int, field: str | None) -> Fuzzy:
    edits = int(match["edits"][:4]) if match["edits"] else None
    word = _core(match["word"])
    if edits is not None and not 1 <= edits <= MOST_EDITS:
        raise Problem(
            f"'~' takes 1 or {MOST_EDITS} edits, not {edits}",
            start + match.start("edits"),
            (start, end),
            f"{word}~{MOST_EDITS}" if edits else word,
        )
    if "*" in match["word"] or "?" in word:
        raise Problem("'~' and '*' cannot go together", start, (start, end), f"{_letters(word)}~")
    return Fuzzy(word, edits, field)


def _prefix(text: str, start: int, end: int, field: str | None) -> Prefix:
    match = re.fullmatch(r"[^\w*]*?(?P<word>[^\W_](?:[^*?]*[^\W_])?)\*+[.,;:]*", text)
    if match:
        return Prefix(match["word"], field)
    kept = _letters(text)
    raise Problem(
        "a wildcard can only be a * at the end of a word",
        start + min(at for at in (text.find("*"), text.find("?")) if at >= 0),
        (start, end),
        f"{kept or 'a'}*",
    )


def _letters(text: str) -> str:
    """The first stretch of the text without a wildcard in it."""
    for piece in re.split(r"[*?]+", text):
        core = _core(piece)
        if core:
            return core
    return ""


def _core(text: str) -> str:
    start, end = core_span(text)
    return text[start:end]


def _not_yet(what: str, start: int, end: int, put: str) -> Problem:
    return Problem(f"{what} is not part of the query language yet", start, (start, end), put)
