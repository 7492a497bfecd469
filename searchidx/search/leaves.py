"""The leaves of a plan: what the index is asked, once words are cut, stemmed and expanded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from searchidx.analysis import is_cjk, stem, tokenize

__all__ = ["AllOf", "AnyOf", "Between", "Everything", "Leaf", "Plan", "Slot", "Without", "slots_of"]


@dataclass(frozen=True, slots=True)
class Slot:
    """What may stand at one position: any form of a stem, one of some words, or a beginning.

    ``offset`` is the position behind the leaf's first. ``words`` maps each word, in normal
    form, to its edits from what was typed.
    """

    offset: int = 0
    stem: str | None = None
    words: Mapping[str, int] = field(default_factory=dict)
    prefix: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Leaf:
    """Something to look for in ``field`` (None: title and body): slots in a row.

    ``typed`` is the word or phrase as the user gave it. ``edits`` is above 0 where the whole
    leaf stands for a corrected word; ``scored`` is off for filters.
    """

    typed: str
    field: str | None
    slots: tuple[Slot, ...]
    quoted: bool = False
    edits: int = 0
    scored: bool = True

    @property
    def in_text(self) -> bool:
        """Whether it looks in title and body, rather than in another field."""
        return self.field in (None, "title", "body")


@dataclass(frozen=True, slots=True, eq=False)
class Between:
    """The articles of a range of days, both included."""

    since: dt.date | None
    until: dt.date | None


@dataclass(frozen=True, slots=True, eq=False)
class Everything:
    """Every article."""


@dataclass(frozen=True, slots=True, eq=False)
class AllOf:
    children: tuple[Plan, ...]


@dataclass(frozen=True, slots=True, eq=False)
class AnyOf:
    children: tuple[Plan, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Without:
    child: Plan


Plan = Leaf | Between | Everything | AllOf | AnyOf | Without


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
