"""The tree that a query becomes: plain data that knows nothing of any engine."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple, TypeVar

__all__ = [
    "And",
    "AtLeast",
    "Boost",
    "Caps",
    "Citation",
    "DateRange",
    "Every",
    "Fuzzy",
    "Near",
    "Node",
    "Not",
    "Or",
    "Phrase",
    "Prefix",
    "Proximity",
    "SameParagraph",
    "SameSentence",
    "Term",
    "Wildcard",
    "Within",
    "Word",
    "depth",
]


Kind = TypeVar("Kind", bound=type)


def _of_its_kind(kind: Kind) -> Kind:
    """Tuples that equal their kind alone: no word equals a phrase of the same text.

    They are made, and their classes defined, in a fraction of the time of other immutable ones.
    """

    def same(one: tuple[object, ...], other: object) -> bool:
        return type(one) is type(other) and tuple.__eq__(one, other)

    def differs(one: tuple[object, ...], other: object) -> bool:
        return not same(one, other)

    kind.__eq__, kind.__ne__ = same, differs  # type: ignore[method-assign,assignment]
    kind.__hash__ = tuple.__hash__  # type: ignore[method-assign,assignment]
    return kind


@_of_its_kind
class Term(NamedTuple):
    """A word as it was typed, matched by its stem; ``field=None`` means title or body.

    The text holds no white space, but may cut into several tokens (``anti-monopoly``,
    a run of Chinese): those must then stand side by side.
    """

    text: str
    field: str | None = None


@_of_its_kind
class Phrase(NamedTuple):
    """Words in quotes: exactly these, side by side, unstemmed."""

    text: str
    field: str | None = None


@_of_its_kind
class Near(NamedTuple):
    """``"some words"~5``: exactly these, unstemmed, in any order, with at most so many others
    among them."""

    text: str
    others: int
    field: str | None = None


@_of_its_kind
class Prefix(NamedTuple):
    """``word*``: every word that begins so (compared unstemmed)."""

    text: str
    field: str | None = None


@_of_its_kind
class Wildcard(NamedTuple):
    """``wom*n``, ``colo?r``: every word like it, ``*`` any letters or none, ``?`` one letter."""

    text: str
    field: str | None = None


@_of_its_kind
class Caps(NamedTuple):
    """``caps(Ice)``: this word, unstemmed, where it has a capital; ``allcaps(ICE)``: in capitals
    throughout (``every``)."""

    text: str
    every: bool
    field: str | None = None


@_of_its_kind
class Citation(NamedTuple):
    """A docket number, a statute, a judicial document: in any of the ways to write it."""

    text: str
    field: str | None = None


@_of_its_kind
class Fuzzy(NamedTuple):
    """``word~`` or ``word~2``: the word and those within that many edits.

    ``edits=None`` leaves the number to the word's length.
    """

    text: str
    edits: int | None = None
    field: str | None = None


@_of_its_kind
class DateRange(NamedTuple):
    """The articles dated within the range, both days included; None leaves a side open."""

    since: dt.date | None
    until: dt.date | None


class Every:
    """``*``: every article."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Every)

    def __hash__(self) -> int:
        return hash(Every)

    def __repr__(self) -> str:
        return "Every()"


@_of_its_kind
class And(NamedTuple):
    children: tuple[Node, ...]


@_of_its_kind
class Or(NamedTuple):
    children: tuple[Node, ...]


@_of_its_kind
class Not(NamedTuple):
    child: Node


@_of_its_kind
class Within(NamedTuple):
    """``a w/5 b``: both, at most so many words from the one to the other (side by side is 1);
    with ``ordered`` (``a pre/5 b``) the left one first."""

    left: Node
    right: Node
    distance: int
    ordered: bool = False


@_of_its_kind
class SameSentence(NamedTuple):
    """``a /s b``, or with ``ordered`` ``a +s b``: both in one sentence."""

    left: Node
    right: Node
    ordered: bool = False


@_of_its_kind
class SameParagraph(NamedTuple):
    """``a /p b``, or with ``ordered`` ``a +p b``: both in one paragraph."""

    left: Node
    right: Node
    ordered: bool = False


@_of_its_kind
class AtLeast(NamedTuple):
    """``atleast3(word)``: articles in which it stands so many times."""

    times: int
    child: Node


@_of_its_kind
class Boost(NamedTuple):
    """``word^2``: what it adds to a score, times the factor."""

    child: Node
    factor: float


Word = Term | Phrase | Near | Prefix | Wildcard | Caps | Citation | Fuzzy
"""What is looked for in the words of a text."""

Proximity = Within | SameSentence | SameParagraph

Node = Word | Proximity | DateRange | Every | AtLeast | Boost | And | Or | Not


def depth(node: Node) -> int:
    """How many nodes lie on top of each other at most; a word is 1 deep."""
    match node:
        case And(children) | Or(children):
            return 1 + max(map(depth, children))
        case Within() | SameSentence() | SameParagraph():
            return 1 + max(depth(node.left), depth(node.right))
        case Not(child) | Boost(child) | AtLeast(child=child):
            return 1 + depth(child)
        case _:
            return 1
