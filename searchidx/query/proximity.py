"""Connectors: which of them bind tighter, and what may stand beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import product

from searchidx.query.lexer import Problem, Token
from searchidx.query.nodes import (
    And,
    AtLeast,
    Boost,
    DateRange,
    Every,
    Node,
    Not,
    Or,
    Proximity,
    SameParagraph,
    SameSentence,
    Within,
    Word,
    depth,
)

__all__ = ["MOST_COUNTED", "MOST_WORDS", "counted", "joined"]

MOST_WORDS = 255
MOST_COUNTED = 1000
_MOST_COMBINED = 64
_DEEPEST = 50
_LITERAL_FIELDS = ("id", "url")

_CONNECTOR = re.compile(r"(?P<lead>w|pre|near|n)?(?P<sign>[/+])(?P<reach>\d+|[sp])", re.IGNORECASE)


class _Connector:
    """One connector of a query. ``level`` is 0 for those that bind tightest."""

    def __init__(self, token: Token) -> None:
        match = _CONNECTOR.fullmatch(token.text)
        assert match is not None
        self.token = token
        self.ordered = match["sign"] == "+" or (match["lead"] or "").lower() == "pre"
        self.reach = match["reach"].lower()
        self.level = (not self.ordered) + 2 * ("sp".find(self.reach) + 1)

    def join(self, left: Node, right: Node) -> Node:
        """The node of both sides. What is joined by AND is joined to the other side each."""
        pairs = list(product(*(_each(side) for side in (left, right))))
        if len(pairs) == 1:
            return self._node(left, right)
        if len(pairs) > _MOST_COMBINED:
            raise self.refused("so many words joined by AND")
        return And(tuple(self._node(one, other) for one, other in pairs))

    def _node(self, left: Node, right: Node) -> Proximity:
        if max(depth(left), depth(right)) >= _DEEPEST:
            reason = f"connectors join more than {_DEEPEST} words, one after the other"
            raise Problem(reason, self.token.start, self.token[2:], "AND")
        fields = {_zone(word) for side in (left, right) for word in self._words(side)}
        if len(fields) > 1:
            raise self.refused("a word of another field")
        if self.reach == "s":
            return SameSentence(left, right, self.ordered)
        if self.reach == "p":
            return SameParagraph(left, right, self.ordered)
        if not 1 <= len(self.reach) <= 4 or not 1 <= int(self.reach) <= MOST_WORDS:
            put = re.sub(
                r"\d+", "1" if not int(self.reach[:4]) else str(MOST_WORDS), self.token.text
            )
            reason = f"'{self.token.text}' takes a number of words from 1 to {MOST_WORDS}"
            raise Problem(reason, self.token.start, self.token[2:], put)
        return Within(left, right, int(self.reach), self.ordered)

    def _words(self, node: Node) -> Iterator[Word]:
        """Words of a side, one of each field at least. Raises Problem for what has no place in a
        text."""
        match node:
            case Or(children):
                for child in children:
                    yield from self._words(child)
            case Within() | SameSentence() | SameParagraph():
                # What it joins was looked at when it was made, and is all in one field.
                yield from self._words(node.left)
            case And() | Not() | DateRange() | Every() | AtLeast() | Boost():
                raise self.refused(_named(node))
            case _:
                if node.field in _LITERAL_FIELDS:
                    raise self.refused(f"{node.field}:")
                yield node

    def refused(self, what: str) -> Problem:
        """That something cannot stand beside the connector, AND can instead."""
        token = self.token
        reason = f"{what} cannot stand beside {token.text}"
        return Problem(reason, token.start, token[2:], "AND")


def joined(operands: Sequence[Node], connectors: Sequence[Token]) -> Node:
    """Operands with a connector between each two: the tightest first, from left to right.

    The order is Westlaw's: ``+5``, ``/5``, ``+s``, ``/s``, ``+p``, ``/p``.
    """
    nodes = list(operands)
    left = [_Connector(token) for token in connectors]
    for level in sorted({connector.level for connector in left}):
        at = 0
        while at < len(left):
            if left[at].level == level:
                nodes[at : at + 2] = [left.pop(at).join(nodes[at], nodes[at + 1])]
            else:
                at += 1
    return nodes[0]


def counted(count: int, node: Node, token: Token) -> Node:
    """``atleast3(…)`` of a node: of each side of an AND by itself."""
    if isinstance(node, And):
        return And(tuple(counted(count, child, token) for child in node.children))
    fitting = isinstance(node, Word | Proximity) or (
        isinstance(node, Or) and all(isinstance(child, Word | Proximity) for child in node.children)
    )
    if not fitting or getattr(node, "field", None) in _LITERAL_FIELDS:
        reason = f"{token.text}(…) takes words, and no {_named(node)}"
        raise Problem(reason, token.start, token[2:])
    return AtLeast(count, node)


def _each(side: Node) -> tuple[Node, ...]:
    return side.children if isinstance(side, And) else (side,)


def _zone(word: Word) -> str | None:
    return None if word.field in (None, "title", "body") else word.field


def _named(node: Node) -> str:
    match node:
        case Not():
            return "NOT"
        case DateRange():
            return "date:"
        case Every():
            return "*"
        case AtLeast(count):
            return f"atleast{count}(…)"
        case Boost():
            return "a boost with ^"
        case And():
            return "AND inside OR"
        case _:
            return "such a group"
