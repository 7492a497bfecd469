"""The leaves of a plan: what the index is asked, once words are cut, stemmed and expanded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from searchidx.analysis import is_cjk, stem, tokenize

__all__ = [
    "AllOf",
    "AnyOf",
    "Between",
    "Boosted",
    "Either",
    "Everything",
    "Leaf",
    "Near",
    "Pair",
    "Pattern",
    "Plan",
    "Slot",
    "Without",
    "extent",
    "slots_of",
    "width",
    "words_of",
]


class Slot(NamedTuple):
    """What may stand at one position: any form of a stem, one of some words, a beginning, or
    what a wildcard stands for.

    ``offset`` is the position behind the leaf's first. ``words`` maps each word, in normal
    form, to its edits from what was typed.
    """

    offset: int = 0
    stem: str | None = None
    words: Mapping[str, int] = MappingProxyType({})
    prefix: str | None = None
    wildcard: str | None = None


class Near(NamedTuple):
    """Rows of slots in any order, with at most ``others`` tokens among them.

    A row that is to stand there several times is there once, with its number.
    """

    rows: tuple[tuple[tuple[Slot, ...], int], ...]
    others: int

    @property
    def reach(self) -> int:
        """The tokens of the longest stretch that the rows may lie in."""
        return self.others + sum(width(slots) * count for slots, count in self.rows)


class Pair(NamedTuple):
    """Both sides apart from each other, ``ordered`` or not, and close.

    ``unit`` is ``"words"``, with at most ``distance`` of them from the one to the other, or
    ``"sentence"`` or ``"paragraph"``, which both must lie in.
    """

    left: Pattern
    right: Pattern
    unit: str
    distance: int
    ordered: bool


class Either(NamedTuple):
    """Any of the children."""

    children: tuple[Pattern, ...]


class Leaf:
    """Something to look for in ``field`` (None: title and body): slots in a row.

    ``typed`` is the word or phrase as the user gave it. With ``near`` or ``pattern`` it has no
    slots of its own. ``edits`` is above 0 where the whole leaf stands for a corrected word;
    ``scored`` is off for filters. ``capitals`` are asked of each word: ``"some"`` or ``"all"``.
    ``times`` is how often it must stand in an article. ``light`` is for function words, which
    count for less beside others. A leaf equals itself alone.
    """

    __slots__ = (
        "capitals",
        "edits",
        "field",
        "light",
        "near",
        "pattern",
        "quoted",
        "scored",
        "slots",
        "times",
        "typed",
    )

    def __init__(
        self,
        typed: str,
        field: str | None,
        slots: tuple[Slot, ...],
        *,
        quoted: bool = False,
        edits: int = 0,
        scored: bool = True,
        near: Near | None = None,
        pattern: Pair | Either | None = None,
        capitals: str = "",
        times: int = 1,
        light: bool = False,
    ) -> None:
        self.typed = typed
        self.field = field
        self.slots = slots
        self.quoted = quoted
        self.edits = edits
        self.scored = scored
        self.near = near
        self.pattern = pattern
        self.capitals = capitals
        self.times = times
        self.light = light

    @property
    def plain(self) -> bool:
        """Whether it is slots in a row and nothing else."""
        return bool(self.slots) and not self.capitals and self.times == 1

    def at_least(self, times: int, typed: str) -> Leaf:
        """The same, to be there so many times."""
        return Leaf(
            typed,
            self.field,
            self.slots,
            quoted=self.quoted,
            edits=self.edits,
            near=self.near,
            pattern=self.pattern,
            capitals=self.capitals,
            times=times,
        )

    @property
    def in_text(self) -> bool:
        """Whether it looks in title and body, rather than in another field."""
        return self.field in (None, "title", "body")


class Between(NamedTuple):
    """The articles of a range of days, both included."""

    since: dt.date | None
    until: dt.date | None


class Everything:
    """Every article."""


class AllOf(NamedTuple):
    children: tuple[Plan, ...]


class AnyOf(NamedTuple):
    children: tuple[Plan, ...]


class Without(NamedTuple):
    child: Plan


class Boosted(NamedTuple):
    """The child, worth ``factor`` times as much."""

    child: Plan
    factor: float


Plan = Leaf | Between | Everything | AllOf | AnyOf | Without | Boosted
Pattern = Leaf | Pair | Either


def words_of(pattern: Pattern) -> Iterator[Leaf]:
    """The leaves that a pattern is made of."""
    match pattern:
        case Leaf():
            if pattern.pattern is None:
                yield pattern
            else:
                yield from words_of(pattern.pattern)
        case Pair(left, right):
            yield from words_of(left)
            yield from words_of(right)
        case Either(children):
            for child in children:
                yield from words_of(child)


def extent(slots: tuple[Slot, ...]) -> int:
    """How many places the slots of a row take: a pair of Chinese characters takes two."""
    last = slots[-1]
    pair = len(last.words) == 1 and is_cjk(word := next(iter(last.words))) and len(word) > 1
    return last.offset + 1 + pair


def width(slots: tuple[Slot, ...]) -> int:
    """How many tokens the slots of a row take."""
    return slots[-1].offset + 1


def slots_of(text: str, *, stemmed: bool) -> tuple[Slot, ...]:
    """The slots that match a text: its tokens side by side, by stem or by exact word.

    A run of Chinese matches any run that contains it: the lone last character that every run
    has in the index is not asked for, and a single character is the beginning of a token.
    """
    slots = []
    tokens = list(tokenize(text))
    for at, token in enumerate(tokens):
        if is_cjk(token.word):
            if len(token.word) > 1:
                slots.append(Slot(at, words={token.word: 0}))
            elif at == 0 or tokens[at - 1].end <= token.start:
                slots.append(Slot(at, prefix=token.word))
        elif stemmed:
            slots.append(Slot(at, stem=stem(token.word)))
        else:
            slots.append(Slot(at, words={token.word: 0}))
    return tuple(slots)
