"""Where a plan matched inside one article: exactly the occurrences that satisfied it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import cached_property
from typing import NamedTuple

from searchidx.analysis import Token, is_cjk, stems, tokenize
from searchidx.analysis.boundaries import Extent, paragraph_spans, sentence_spans
from searchidx.article import Article
from searchidx.search.capitals import capitalised
from searchidx.search.leaves import (
    AllOf,
    AnyOf,
    Between,
    Boosted,
    Either,
    Everything,
    Leaf,
    Near,
    Pair,
    Pattern,
    Plan,
    Slot,
    Without,
    extent,
    width,
    words_of,
)
from searchidx.search.terms import wildcard_pattern

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
        self.text = text
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

    @cached_property
    def sentences(self) -> list[int]:
        """The number of the sentence that each token lies in; other fields than bodies are one."""
        return self._numbers(sentence_spans(self.text))

    @cached_property
    def paragraphs(self) -> list[int]:
        """The number of the paragraph that each token lies in."""
        return self._numbers(paragraph_spans(self.text))

    def _numbers(self, spans: list[Extent]) -> list[int]:
        if self.name != "body":
            return [0] * len(self.tokens)
        ends = [end for _, end in spans]
        return [bisect_right(ends, token.start) for token in self.tokens]

    def accepted(self, slot: Slot, stemmed: bool) -> dict[int, int]:
        """The positions at which the slot's words stand, each with its edits."""
        edits_of: dict[str, int] = {}
        if slot.stem is not None:
            own = self.stem_words.get(slot.stem, ()) if stemmed else (slot.stem,)
            edits_of.update(dict.fromkeys(own, 0))
        if slot.prefix is not None:
            beginning = (word for word in self.places if word.startswith(slot.prefix))
            edits_of.update(dict.fromkeys(beginning, 0))
        if slot.wildcard is not None:
            fits = wildcard_pattern(slot.wildcard).fullmatch
            edits_of.update(dict.fromkeys(filter(fits, self.places), 0))
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
            case Boosted(child):
                return self.match(child)
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
        found: list[Occurrence] = []
        count = 0
        for name in names:
            for field in self._tokens(name):
                marks, times = _in_field(leaf, field)
                found += marks
                count += times
        return found if count >= leaf.times else []

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


Held = tuple[Occurrence, ...]
Found = dict[tuple[int, int], Held]
"""What satisfies a pattern: from and to which token, and one set of occurrences that makes it."""


def _in_field(leaf: Leaf, field: _FieldTokens) -> tuple[list[Occurrence], int]:
    """The occurrences that satisfy a leaf, and how often they do."""
    if leaf.pattern is None:
        found = _word(leaf, field)
    else:
        words = {word: _word(word, field) for word in words_of(leaf)}
        found = _smallest(_extents(leaf.pattern, words, field))
    return list(dict.fromkeys(one for held in found.values() for one in held)), len(found)


def _word(leaf: Leaf, field: _FieldTokens) -> Found:
    """Where a leaf that is no pattern stands."""
    if leaf.field not in (None, field.name):
        return {}
    if leaf.near is not None:
        return _near_each_other(leaf, leaf.near, field)
    places = _row_places(leaf.slots, leaf.in_text, field)
    if leaf.capitals:
        places = {at: 0 for at in places if _has_capitals(leaf, at, field)}
    size = extent(leaf.slots) if places else 0
    return {
        (place, place + size): (_occurrence(leaf, leaf.slots, field, place, edits),)
        for place, edits in places.items()
    }


def _has_capitals(leaf: Leaf, place: int, field: _FieldTokens) -> bool:
    tokens = field.tokens[place : place + width(leaf.slots)]
    return all(capitalised(field.text[one.start : one.end], leaf.capitals) for one in tokens)


def _extents(pattern: Pattern, words: dict[Leaf, Found], field: _FieldTokens) -> Found:
    match pattern:
        case Leaf():
            return words[pattern]
        case Either(children):
            found: Found = {}
            for child in children:
                for place, held in _extents(child, words, field).items():
                    found.setdefault(place, held)
            return found
        case Pair(left, right):
            one, other = _extents(left, words, field), _extents(right, words, field)
            found = _one_after_other(pair := pattern, one, other, field)
            if not pair.ordered:
                for place, held in _one_after_other(pair, other, one, field).items():
                    found.setdefault(place, held)
            return found


def _one_after_other(pair: Pair, before: Found, behind: Found, field: _FieldTokens) -> Found:
    """The second begins where the first has ended or later, and close enough."""
    numbers = {"sentence": field.sentences, "paragraph": field.paragraphs}.get(pair.unit, [])
    seconds = sorted(behind)
    found: Found = {}
    for start, end in sorted(before):
        for second in seconds[bisect_left(seconds, (end, 0)) :]:
            last = second[1] - 1
            if pair.unit == "words":
                if second[0] - end >= pair.distance:
                    break
            elif numbers[second[0]] != numbers[start]:
                break
            elif numbers[min(last, len(numbers) - 1)] != numbers[start]:
                continue
            found.setdefault((start, second[1]), before[start, end] + behind[second])
    return found


def _smallest(found: Found) -> Found:
    """Those that hold no other one, in the order of the text."""
    kept: Found = {}
    nearest = -1
    for start, end in sorted(found, key=lambda place: (-place[0], place[1])):
        if nearest < 0 or end < nearest:
            nearest = end
            kept[start, end] = found[start, end]
    return dict(sorted(kept.items()))


def _near_each_other(leaf: Leaf, near: Near, field: _FieldTokens) -> Found:
    """Every row's places in the shortest stretches that hold them all."""
    rows = [
        (list(_row_places(slots, leaf.in_text, field)), slots, count) for slots, count in near.rows
    ]
    shortest: dict[int, tuple[int, Held]] = {}
    for start in sorted({place for places, _, _ in rows for place in places}):
        end = start
        held: list[Occurrence] = []
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
                shortest[end] = start, tuple(held)
    return {(start, end): held for end, (start, held) in shortest.items()}


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
