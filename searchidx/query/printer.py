"""A tree to text: the canonical syntax, which reads back as the same tree."""

from __future__ import annotations

from searchidx.query.nodes import (
    And,
    AtLeast,
    Boost,
    Caps,
    Citation,
    DateRange,
    Every,
    Fuzzy,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Proximity,
    SameParagraph,
    SameSentence,
    Term,
    Wildcard,
    Within,
)

__all__ = ["to_text"]

_OPERATORS = ("AND", "OR", "NOT")


def to_text(node: Node) -> str:
    """The query that the tree stands for, with every operator and parenthesis written out."""
    match node:
        case Term(text, field):
            return _in_field(field, text)
        case Phrase(text, field):
            return _in_field(field, f'"{text}"')
        case Near(text, others, field):
            return _in_field(field, f'"{text}"~{others}')
        case Prefix(text, field):
            return _in_field(field, f"{text}*")
        case Fuzzy(text, edits, field):
            return _in_field(field, f"{text}~{'' if edits is None else edits}")
        case Wildcard(text, field) | Citation(text, field):
            return _in_field(field, text)
        case Caps(text, every, field):
            inner = text if text.isalnum() and text not in _OPERATORS else f'"{text}"'
            return _in_field(field, f"{'allcaps' if every else 'caps'}({inner})")
        case Within(left, right, distance, ordered):
            return _between(left, f"{'pre' if ordered else 'w'}/{distance}", right)
        case SameSentence(left, right, ordered):
            return _between(left, "+s" if ordered else "/s", right)
        case SameParagraph(left, right, ordered):
            return _between(left, "+p" if ordered else "/p", right)
        case AtLeast(count, child):
            return f"atleast{count}({to_text(child)})"
        case Boost(child, factor):
            literal = getattr(child, "field", None) in ("id", "url")
            text = to_text(child)
            apart = literal or isinstance(child, And | Or | Proximity)
            return f"({text})^{factor:g}" if apart else f"{text}^{factor:g}"
        case DateRange():
            return f"date:{_dates(node)}"
        case Every():
            return "*"
        case Not(child):
            return f"NOT {_enclosed(child)}"
        case And(children):
            return " AND ".join(map(_enclosed, children))
        case Or(children):
            return " OR ".join(map(_enclosed, children))


def _enclosed(node: Node) -> str:
    text = to_text(node)
    return f"({text})" if isinstance(node, And | Or | Proximity) else text


def _between(left: Node, connector: str, right: Node) -> str:
    return f"{_enclosed(left)} {connector} {_enclosed(right)}"


def _in_field(field: str | None, text: str) -> str:
    return text if field is None else f"{field}:{text}"


def _dates(node: DateRange) -> str:
    if node.since and node.until:
        if node.since == node.until:
            return node.since.isoformat()
        return f"[{node.since.isoformat()} TO {node.until.isoformat()}]"
    if node.since:
        return f">={node.since.isoformat()}"
    return f"<={node.until.isoformat()}" if node.until else ">=0001-01-01"
