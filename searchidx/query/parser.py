"""A query's text to its tree: plain ones at once, any other by the grammar."""

from __future__ import annotations

import re
from typing import NamedTuple

from searchidx.query.nodes import And, Fuzzy, Node, Or, Phrase, Term

__all__ = ["ParsedQuery", "parse"]

_PLAIN = re.compile(r"[A-Za-z0-9 ]*[A-Za-z0-9][A-Za-z0-9 ]*")
_PLAIN_PHRASE = re.compile(r'"([A-Za-z0-9]+(?: [A-Za-z0-9]+)*)"')
_PLAIN_FUZZY = re.compile(r"([A-Za-z]+)~([12]?)")
_NUMBER = re.compile(r"(?<![A-Za-z0-9])[0-9]")
_OPERATORS = frozenset(["AND", "OR", "NOT"])


class ParsedQuery(NamedTuple):
    """A query's text, its tree, and what was passed over in reading it."""

    text: str
    tree: Node
    warnings: tuple[str, ...] = ()


def parse(text: str) -> ParsedQuery:
    """Read a query. Raises QuerySyntaxError, with a repaired query where there is one."""
    tree = _plain(text)
    if tree is not None:
        return ParsedQuery(text, tree)
    # Most queries are plain and do not wait for the grammar to be loaded.
    from searchidx.query.grammar import read

    return ParsedQuery(text, *read(text))


def _plain(text: str) -> Node | None:
    """Plain words in a row, or with AND between each two, one phrase, or one fuzzy word: most
    queries, read without a lexer."""
    if not _PLAIN.fullmatch(text):
        if phrase := _PLAIN_PHRASE.fullmatch(text):
            return Phrase(phrase[1])
        fuzzy = _PLAIN_FUZZY.fullmatch(text)
        if fuzzy is None or fuzzy[1] in _OPERATORS:
            return None
        return Fuzzy(fuzzy[1], int(fuzzy[2]) if fuzzy[2] else None)
    if _NUMBER.search(text):
        return None  # it may be part of a citation
    typed = text.split()
    if _OPERATORS.isdisjoint(typed):
        kind: type[And] | type[Or] = Or
    elif len(typed) % 2 and all(word == "AND" for word in typed[1::2]):
        kind, typed = And, typed[::2]
        if not _OPERATORS.isdisjoint(typed):
            return None
    else:
        return None
    terms = [Term(word) for word in typed]
    return terms[0] if len(terms) == 1 else kind(tuple(terms))
