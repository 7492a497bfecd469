"""One word of a query to its node: beginnings, wildcards, fuzzy words, boosts."""

from __future__ import annotations

import re

from searchidx.analysis import is_cjk
from searchidx.knowledge import citation_at
from searchidx.query.lexer import Problem, Token, core_span
from searchidx.query.nodes import (
    Boost,
    Citation,
    DateRange,
    Every,
    Fuzzy,
    Node,
    Not,
    Phrase,
    Prefix,
    Term,
    Wildcard,
)

__all__ = ["MOST_EDITS", "boosted", "read_word"]

MOST_EDITS = 2
_GREATEST_FACTOR = 1000

_OPERATORS = frozenset(["AND", "OR", "NOT"])

_CONNECTOR = re.compile(r"(?:w|pre|near|n)?/(?:\d+|[sp])|\+(?:\d+|[sp])", re.IGNORECASE)
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_EDITS = re.compile(r"(?P<word>.*[^\W_])~(?P<edits>\d*)[\W_]*")
_BOOST = re.compile(r"(?P<word>.*[^\W_].*)\^(?P<factor>\d[\d.]*\d|\d?)[\W_]*")
_FACTOR = re.compile(r"\d{1,4}(?:\.\d{1,2})?")
_BEGINNING = re.compile(r"[^\w*]*?(?P<word>[^\W_](?:[^*?]*[^\W_])?)\*+[.,;:]*")
_LETTERS = re.compile(r"[^\W_]+")


def read_word(token: Token, field: str | None) -> Node | None:
    """The node of a word; None where it has neither letter nor digit. Raises Problem."""
    text, start, end = token.text, token.start, token.end
    if text == "*" and field is None:
        return Every()
    core = _core(text)
    connector = next((c for c in (text, core) if _CONNECTOR.fullmatch(c)), None)
    if connector:
        reason = f"'{text}' is joined to something: set {connector} apart"
        raise Problem(reason, start, token[2:], f" {connector} ")
    if core in _OPERATORS:
        # In other punctuation than an operator stands in, it is a word like any other.
        return Term(core.lower(), field)
    literal = field in ("url", "id") or (_URL.match(core) and text[0] not in "*#+")
    if not literal:
        boost = _BOOST.fullmatch(text)
        if boost:
            inner = _cut(token, boost["word"])
            return boosted(read_word(inner, field), boost["factor"], token, inner)
        if "^" in core:
            reason = "'^' takes a number, right behind a word"
            raise Problem(reason, start + text.index("^"), token[2:], core.replace("^", " "))
        node = _expansion(text, start, end, field)
        if node is not None:
            return node
    return _term(core, field) if core else None


def _term(word: str, field: str | None) -> Node:
    if field not in (None, "title", "body") or not any(map(str.isdecimal, word)):
        return Term(word, field)
    cited = citation_at(word, 0)
    return Citation(cited[0], field) if cited and cited[1] == len(word) else Term(word, field)


def _cut(token: Token, text: str) -> Token:
    """The token cut to a text that it begins with."""
    return token._replace(text=text, end=token.start + len(text))


def boosted(
    node: Node | None, factor: str, token: Token, inner: Token | None = None
) -> Node | None:
    """The node worth so many times as much; ``token`` ends with the ``^`` and its factor."""
    if node is None:
        return None
    cut = (inner.end if inner else token.start), token.end
    number = float(factor) if _FACTOR.fullmatch(factor) else 0.0
    if not 0 < number <= _GREATEST_FACTOR:
        reason = f"'^' takes a number above 0, {_GREATEST_FACTOR} at most, with two decimals"
        raise Problem(reason, cut[0], cut)
    if isinstance(node, Not | DateRange):
        raise Problem("what is excluded, and a date, cannot be worth more", cut[0], cut)
    if isinstance(node, Boost):
        raise Problem("'^' stands there twice", cut[0], cut)
    return Boost(node, number)


def _expansion(text: str, start: int, end: int, field: str | None) -> Node | None:
    core = _core(text)
    if text[0] == "#" and core:
        if core != text[1:]:
            raise Problem("'#' stands before one whole word", start, (start, end), f"#{core}")
        return Phrase(core, field)
    if text[0] == "+" and core:
        reason = "'+' before a word: join what must be there with AND"
        raise Problem(reason, start, (start, end), core)
    edited = _EDITS.fullmatch(text)
    if edited:
        return _fuzzy(edited, start, end, field)
    if core and "*" not in text and re.search(re.escape(core) + r"[.,;:?]*!", text):
        text = f"{core}*"
    if "*" in text or (core and "?" in core):
        beginning = _BEGINNING.fullmatch(text)
        if beginning:
            return Prefix(beginning["word"], field)
        return _wildcard(text, start, end, field)
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


def _wildcard(text: str, start: int, end: int, field: str | None) -> Wildcard | Prefix | None:
    pattern = re.sub(r"\*+", "*", text.strip(".,;:!()'‘’“”"))
    pattern = re.sub(r"[*?]*\*[*?]*", lambda run: "*" + "?" * run[0].count("?"), pattern)
    if not _LETTERS.search(pattern):
        if field is None:
            return None
        raise Problem("a wildcard needs a letter or digit beside it", start, (start, end), "a*")
    plain = re.sub(r"[*?]", "", pattern)
    letters = _letters(text)
    if not plain.isalnum() or any(map(is_cjk, plain)):
        reason = "a word with a wildcard has only letters and digits besides, and no Chinese"
        raise Problem(reason, start, (start, end), f"{letters or 'a'}*")
    if pattern == f"{plain}*":
        return Prefix(plain, field)
    return Wildcard(pattern, field)


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
