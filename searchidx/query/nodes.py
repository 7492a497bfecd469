"""The tree that a query becomes: plain data that knows nothing of any engine."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

__all__ = [
    "And",
    "DateRange",
    "Every",
    "Fuzzy",
    "Near",
    "Node",
    "Not",
    "Or",
    "Phrase",
    "Prefix",
    "Term",
]


@dataclass(frozen=True, slots=True)
class Term:
    """A word as it was typed, matched by its stem; ``field=None`` means title or body.

    The text holds no white space, but may cut into several tokens (``anti-monopoly``,
    a run of Chinese): those must then stand side by side.
    """

    text: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in quotes: exactly these, side by side, unstemmed."""

    text: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Near:
    """``"some words"~5``: exactly these, unstemmed, in any order, with at most so many others
    among them."""

    text: str
    others: int
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Prefix:
    """``word*``: every word that begins so (compared unstemmed)."""

    text: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """``word~`` or ``word~2``: the word and those within that many edits.

    ``edits=None`` leaves the number to the word's length.
    """

    text: str
    edits: int | None = None
    field: str | None = None


@dataclass(frozen=True, slots=True)
class DateRange:
    """The articles dated within the range, both days included; None leaves a side open."""

    since: dt.date | None
    until: dt.date | None


@dataclass(frozen=True, slots=True)
class Every:
    """``*``: every article."""


@dataclass(frozen=True, slots=True)
class And:
    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    child: Node


Node = Term | Phrase | Near | Prefix | Fuzzy | DateRange | Every | And | Or | Not
