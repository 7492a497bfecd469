"""Where a plan matched inside one article: exactly the occurrences that satisfied it."""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property
from typing import NamedTuple

from searchidx.analysis import Token, is_cjk, stems, tokenize
from searchidx.article import Article
from searchidx.search.leaves import (
    AllOf,
    AnyOf,
    Between,
    Everything,
    Leaf,
    Near,
    Plan,
    Slot,
    Without,
    width,
)

__all__ = ["Occurrence", "occurrences"]


class Occurrence(NamedTuple):
    """A place in a field, in characters, that a leaf matched, ``edits`` away from it."""

    leaf: Leaf
    field: str
    start: int
    end: int
    edits: int


class _FieldTokens:
    """The tokens of one text of an article, and where each word and each stem stands."""

    def __init__(self, name: str, text: str, offset: int) -> None:
        self.name = name
        self.offset = offset
        self.tokens: list[Token] = list(tokenize(text))
        self.places: dict[str, list[int]] = {}
        for at, token in enumerate(self.tokens):
            self.places.setdefault(token.word, []).append(at)

    @cached_property
    def stem_words(self) -> dict[str, list[str]]:
        """The words of each stem."""
        distinct = list(self.places)
        found: dict[str, list[str]] = {}
        for word, stem in zip(distinct, stems(distinct), strict=True):
            found.setdefault(stem, []).append(word)
        return found

    def accepted(self, slot: Slot, stemmed: bool) -> dict[int, int]:
        """The positions at which the slot's words stand, each with its edits."""
        edits_of: dict[str, int] = {}
        if slot.stem is not None:
            own = self.stem_words.get(slot.stem, ()) if stemmed else (slot.stem,)
            edits_of.update(dict.fromkeys(own, 0))
        if slot.prefix is not None:
            beginning = (word for word in self.places if word.startswith(slot.prefix))
            edits_of.update(dict.fromkeys(beginning, 0))
        for word, edits in slot.words.items():
            edits_of.setdefault(word, edits)
        return {at: edits for word, edits in edits_of.items() for at in self.places.get(word, ())}


def occurrences(plan: Plan, article: Article) -> list[Occurrence]:
    """Every occurrence that had a part in the article's matching the plan."""
    found = _Matcher(article).match(plan)
    return [] if found is None else found


class _Matcher:
    def __init__(self, article: Article) -> None:
        self._article = article
        self._fields: dict[str, list[_FieldTokens]] = {}

    def match(self, plan: Plan) -> list[Occurrence] | None:
        """The occurrences, or None where the article does not match."""
        match plan:
            case Leaf():
                return self._leaf(plan) or None
            case Between(since, until):
                date = self._article.date
                within = date is not None and (
                    (since is None or since <= date) and (until is None or date <= until)
                )
                return [] if within else None
            case Everything():
                return []
            case Without(child):
                return [] if self.match(child) is None else None
            case AllOf(children):
                every: list[Occurrence] = []
                for child in dict.fromkeys(children):
                    found = self.match(child)
                    if found is None:
                        return None
                    every += found
                return every
            case AnyOf(children):
                tried = map(self.match, dict.fromkeys(children))
                matched = [found for found in tried if found is not None]
                return [place for found in matched for place in found] if matched else None

    def _leaf(self, leaf: Leaf) -> list[Occurrence]:
        if leaf.field == "id":
            same = leaf.typed == self._article.id
            return [Occurrence(leaf, "id", 0, len(leaf.typed), 0)] if same else []
        names = ("title", "body") if leaf.field is None else (leaf.field,)
        return [
            occurrence
            for name in names
            for field in self._tokens(name)
            for occurrence in _in_field(leaf, field)
        ]

    def _tokens(self, name: str) -> list[_FieldTokens]:
        known = self._fields.get(name)
        if known is None:
            known = []
            value = getattr(self._article, name)
            offset = 0
            for text in (value,) if isinstance(value, str) else value:
                known.append(_FieldTokens(name, text, offset))
                # Several names are shown with "; " between them.
                offset += len(text) + 2
            self._fields[name] = known
        return known


def _in_field(leaf: Leaf, field: _FieldTokens) -> list[Occurrence]:
    if leaf.near is not None:
        return _near_each_other(leaf, leaf.near, field)
    return [
        _occurrence(leaf, leaf.slots, field, place, edits)
        for place, edits in _row_places(leaf.slots, leaf.in_text, field).items()
    ]


def _near_each_other(leaf: Leaf, near: Near, field: _FieldTokens) -> list[Occurrence]:
    """Every row's places in the shortest stretches that hold them all."""
    rows = [
        (list(_row_places(slots, leaf.in_text, field)), slots, count) for slots, count in near.rows
    ]
    shortest: dict[int, list[Occurrence]] = {}
    for start in sorted({place for places, _, _ in rows for place in places}):
        end = start
        held = []
        for places, slots, count in rows:
            at = bisect_left(places, start)
            these = places[at : at + count]
            if len(these) < count:
                break
            end = max(end, these[-1] + width(slots))
            held += [_occurrence(leaf, slots, field, place, 0) for place in these]
        else:
            if end - start <= near.reach:
                # Of those that end here the last to begin is the shortest.
                shortest[end] = held
    return list(dict.fromkeys(place for held in shortest.values() for place in held))


def _row_places(slots: tuple[Slot, ...], stemmed: bool, field: _FieldTokens) -> dict[int, int]:
    """Where the slots stand in a row, ascending: the first one's positions, with the edits."""
    if not slots:
        return {}
    rows = [field.accepted(slot, stemmed) for slot in slots]
    found = {}
    for at in sorted(rows[0]):
        begin = at - slots[0].offset
        places = [begin + slot.offset for slot in slots]
        if all(place in row for place, row in zip(places, rows, strict=True)):
            found[at] = sum(row[place] for place, row in zip(places, rows, strict=True))
    return found


def _occurrence(
    leaf: Leaf, slots: tuple[Slot, ...], field: _FieldTokens, place: int, edits: int
) -> Occurrence:
    last = slots[-1]
    end_token = field.tokens[place - slots[0].offset + last.offset]
    end = end_token.end
    if last.prefix is not None and is_cjk(last.prefix):
        # One character was asked for, and a token of two begins with it.
        end = end_token.start + len(last.prefix)
    start = field.tokens[place].start
    return Occurrence(
        leaf, field.name, field.offset + start, field.offset + end, leaf.edits + edits
    )
