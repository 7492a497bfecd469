"""Marks in articles without tokenizing them: the forms that the index knows, looked for as bytes.

The texts of a page's hits are lower-cased and everything but ASCII letters and digits blanked, in
one pass over them all, so that a word between blanks is found by ``bytes.find``. The index knows
how often each leaf matches an article: where other numbers are found, the words that an
apostrophe or a character beyond ASCII touches are looked at too, and the tokenizer has the last
word. For articles, plans and words that this cannot look for (``O'Brien`` is the word
``obrien``), ``spans`` does it all, token by token.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from searchidx.analysis import tokenize
from searchidx.article import Article
from searchidx.search.evaluation import Evaluation
from searchidx.search.leaves import AllOf, AnyOf, Between, Everything, Leaf, Plan, Slot, Without
from searchidx.search.scoring import FUZZY_DISCOUNT
from searchidx.search.spans import Occurrence, occurrences
from searchidx.search.vocabulary import Vocabulary
from searchidx.segment import Array

__all__ = ["Mark", "Marked", "Marker"]

Mark = tuple[int, int, Leaf, int]
"""Where a leaf matched: from and to which byte of a text, and how many edits away."""


class Marked(NamedTuple):
    """What matched in one article: in its title, its body, and elsewhere (in characters)."""

    title: list[Mark]
    body: list[Mark]
    elsewhere: list[Occurrence]


# Between texts stands what no word and no row of words reaches over.
_BARRIER, _BLANK, _APOSTROPHE, _S, _TOUCHING, _JOINING = 0x00, 0x20, 0x27, 0x73, 1, 2
_BETWEEN = b"\n\0\n"
_LETTERS = [byte < 0x80 and chr(byte).isalnum() for byte in range(256)]
# Curly quotation marks, dashes and the ellipsis: E2 80, and these. All but ’ cut words.
_PUNCTUATION = b"\xe2\x80"
_APOSTROPHES = (b"'", "’".encode())
_MARKS = frozenset(one[0] for one in _APOSTROPHES)
_THIRD_BYTES = dict.fromkeys(b"\x9c\x9d\x98\x93\x94\xa6", b"   ") | {0x99: b"'''"}


def _folding(touching: int, joining: int) -> bytes:
    """Lower-cases letters and blanks the rest, but for barriers and what may join words."""
    table = bytearray(bytes(range(256)).lower())
    for byte in range(256):
        if not _LETTERS[byte]:
            table[byte] = touching if byte >= 0x80 else _BLANK
    table[_APOSTROPHE] = joining
    table[_BARRIER] = _BARRIER
    return bytes(table)


_APART = _folding(_TOUCHING, _JOINING)
_CLOSE = _folding(_BLANK, _BLANK)
_MOST_FORMS = 64
_SHARED = 4  # the blank and letters that many forms must share to be looked for together
_WIDEST_CHUNK = 200

Form = tuple[bytes, int]
"""A word between blanks, and its edits."""

Place = tuple[int, int, int]
"""From where to where, and the edits."""


class Marker:
    """Finds where a plan matched in articles that it matched."""

    def __init__(self, plan: Plan, evaluation: Evaluation, vocabulary: Vocabulary) -> None:
        self._plan = plan
        self._evaluation = evaluation
        self._leaves: list[tuple[Leaf, list[list[Form]]]] | None = None
        leaves = _plain_leaves(plan)
        if leaves is not None:
            forms = [(leaf, _forms(leaf, vocabulary)) for leaf in dict.fromkeys(leaves)]
            self._leaves = [(leaf, one) for leaf, one in forms if one is not None]
            if len(self._leaves) < len(forms):
                self._leaves = None

    def mark(
        self,
        docs: Sequence[int],
        texts: Sequence[tuple[bytes, bytes]],
        article: Callable[[int], Article],
    ) -> list[Marked]:
        """Every occurrence that had a part in each article's matching the plan.

        ``texts`` are the title and the body of each article; ``article`` gives the whole of one.
        """
        found = self.quickly(docs, texts)
        return [
            self._slowly(article(doc), *text) if one is None else one
            for doc, text, one in zip(docs, texts, found, strict=True)
        ]

    def quickly(
        self, docs: Sequence[int], texts: Sequence[tuple[bytes, bytes]]
    ) -> list[Marked | None]:
        """The same, None for articles of which bytes do not tell."""
        if self._leaves is None:
            return [None] * len(docs)
        page = _Texts(texts)
        asked = np.array(docs, dtype=np.int64)
        marks: list[list[Mark]] = [[] for _ in range(2 * len(docs))]
        missed: set[int] = set()
        for leaf, slots in self._leaves:
            wanted = _expected(leaf, self._evaluation, asked)
            missed |= page.mark(leaf, slots, wanted, marks)
        return [
            None if at in missed else Marked(marks[2 * at], marks[2 * at + 1], [])
            for at in range(len(docs))
        ]

    def _slowly(self, article: Article, title: bytes, body: bytes) -> Marked:
        found = occurrences(self._plan, article)
        return Marked(
            _in_bytes(title, [one for one in found if one.field == "title"]),
            _in_bytes(body, [one for one in found if one.field == "body"]),
            [one for one in found if one.field not in ("title", "body")],
        )


class _Texts:
    """Titles and bodies end to end, in which forms are looked for."""

    def __init__(self, texts: Sequence[tuple[bytes, bytes]]) -> None:
        every = [text for both in texts for text in both]
        self._raw = _BETWEEN.join([b"", *every, b""])
        sizes = [len(text) + len(_BETWEEN) for text in every]
        self._starts = list(accumulate(sizes[:-1], initial=len(_BETWEEN)))
        self._apart = _set_apart(self._raw)
        self._folded = b""

    def mark(
        self, leaf: Leaf, slots: list[list[Form]], wanted: Sequence[float], marks: list[list[Mark]]
    ) -> set[int]:
        """Add a leaf's marks to those of each text; gives the articles in which that failed.

        ``wanted`` says for each text how often the leaf matches it; a text that it does not
        match is passed over.
        """
        found, missed = self._by_text(leaf, self._places(slots), wanted)
        if missed:
            found, missed = self._by_text(leaf, self._places_looked_at(slots), wanted)
        for at, mark in found:
            marks[at].append(mark)
        return missed

    def _by_text(
        self, leaf: Leaf, places: list[Place], wanted: Sequence[float]
    ) -> tuple[list[tuple[int, Mark]], set[int]]:
        """The marks with the texts they stand in, and the articles that have other numbers of
        them than are wanted."""
        left = list(wanted)
        starts = self._starts
        found: list[tuple[int, Mark]] = []
        for start, end, edits in places:
            at = bisect_right(starts, start) - 1
            if wanted[at]:
                left[at] -= FUZZY_DISCOUNT**edits if edits else 1.0
                origin = starts[at]
                found.append((at, (start - origin, end - origin, leaf, leaf.edits + edits)))
        if max(left) < 1e-3 and min(left) > -1e-3:
            return found, set()
        return found, {at // 2 for at, more in enumerate(left) if abs(more) >= 1e-3}

    def _places(self, slots: list[list[Form]]) -> list[Place]:
        """Where the slots' forms stand side by side, touched by nothing but plain characters."""
        places: list[Place] = []
        for start, end, edits in self._plain_words(slots[0]):
            if len(slots) == 1:
                places.append((start, end, edits))
            elif (last := self._plain_row(end, slots)) is not None:
                places.append((start, last[0], edits + last[1]))
        return places

    def _plain_words(self, forms: list[Form]) -> list[Place]:
        raw, folded = self._raw, self._apart
        found: list[Place] = []
        shared = _shared_beginning(forms) if len(forms) > 1 else b""
        if len(shared) > _SHARED:
            # The forms of a stem mostly begin alike: one look through the texts for them all.
            edits_of = dict(forms)
            at = folded.find(shared)
            while at >= 0:
                end = folded.find(b" ", at + 1)
                edits = edits_of.get(folded[at : end + 1])
                if edits is not None:
                    last = self._surface_end(end) if raw[end] in _MARKS else end
                    found.append((at + 1, last, edits))
                at = folded.find(shared, at + 1)
            return found
        for form, edits in forms:
            at = folded.find(form)
            while at >= 0:
                end = at + len(form) - 1
                last = self._surface_end(end) if raw[end] in _MARKS else end
                found.append((at + 1, last, edits))
                at = folded.find(form, end)
        return found

    def _surface_end(self, end: int) -> int:
        """Where a word ends with the possessive behind it."""
        raw = self._raw
        for apostrophe in _APOSTROPHES:
            letter = end + len(apostrophe)
            if raw.startswith(apostrophe, end):
                possessive = raw[letter] in b"sS" and self._apart[letter] == _BLANK
                return letter + 1 if possessive else end
        return end

    def _plain_row(self, end: int, slots: list[list[Form]]) -> tuple[int, int] | None:
        """Where the slots behind the first end, if they follow with no word between."""
        folded = self._apart
        edits = 0
        for forms in slots[1:]:
            at = end
            while folded[at + 1] == _BLANK:
                at += 1
            for form, distance in forms:
                if folded.startswith(form, at):
                    end = self._surface_end(at + len(form) - 1)
                    edits += distance
                    break
            else:
                return None
        return end, edits

    # ---- words that an apostrophe or a character beyond ASCII may touch

    def _places_looked_at(self, slots: list[list[Form]]) -> list[Place]:
        self._folded = self._folded or self._raw.translate(_CLOSE)
        places: list[Place] = []
        for form, edits in slots[0]:
            for start, end in self._words(form):
                last = self._row(end, slots) if len(slots) > 1 else (end, 0)
                if last is not None:
                    places.append((start, last[0], edits + last[1]))
        return places

    def _words(self, form: bytes) -> list[tuple[int, int]]:
        """Where the form stands as a token of its own."""
        found = []
        size = len(form) - 2
        at = self._folded.find(form)
        while at >= 0:
            start, end = at + 1, at + 1 + size
            token_end = self._end(start, end)
            if token_end is not None:
                found.append((start, token_end))
            at = self._folded.find(form, end)
        return found

    def _end(self, start: int, end: int) -> int | None:
        """Where the token ends that begins here, if it is this word."""
        raw = self._raw
        if not (_may_touch(raw[start - 1]) or _may_touch(raw[end])):
            return end
        first, last = start, end
        while start - first < _WIDEST_CHUNK and _may_join(raw[first - 1]):
            first -= 1
        while last - start < _WIDEST_CHUNK and _may_join(raw[last]):
            last += 1
        chunk = raw[first:last].decode("utf-8", "ignore")
        at = len(raw[first:start].decode("utf-8", "ignore"))
        word = self._folded[start:end].decode()
        for token in tokenize(chunk):
            if token.start == at:
                if token.word != word:
                    return None
                return first + len(chunk[: token.end].encode())
        return None

    def _row(self, end: int, slots: list[list[Form]]) -> tuple[int, int] | None:
        edits = 0
        raw, folded = self._raw, self._folded
        for forms in slots[1:]:
            at = end
            while folded[at] == _BLANK:
                at += 1
            if at == end or not raw[end:at].isascii():
                return None
            for form, distance in forms:
                if folded.startswith(form, at - 1):
                    token_end = self._end(at, at + len(form) - 2)
                    if token_end is None:
                        return None
                    end = token_end
                    edits += distance
                    break
            else:
                return None
        return end, edits


def _set_apart(raw: bytes) -> bytes:
    """The text folded, with words between blanks wherever bytes tell that they are words."""
    shown = raw
    at = raw.find(_PUNCTUATION)
    if at >= 0:
        plain = bytearray(raw)
        while at >= 0:
            plain[at : at + 3] = _THIRD_BYTES.get(raw[at + 2], raw[at : at + 3])
            at = raw.find(_PUNCTUATION, at + 3)
        shown = bytes(plain)
    folded = shown.translate(_APART)
    at = folded.find(_JOINING)
    if at < 0:
        return folded
    # A possessive is no part of a word's normal form, and apostrophes around it are none either.
    plain = bytearray(folded)
    while at >= 0:
        end = at + 1
        while plain[end] == _JOINING:
            end += 1
        if plain[end] == _S and plain[end + 1] == _BLANK:
            plain[at : end + 1] = b" " * (end + 1 - at)
        elif plain[at - 1] == _BLANK or plain[end] == _BLANK:
            plain[at:end] = b" " * (end - at)
        at = folded.find(_JOINING, end)
    return bytes(plain)


def _shared_beginning(forms: list[Form]) -> bytes:
    first, last = min(forms)[0], max(forms)[0]
    for at, (one, other) in enumerate(zip(first, last, strict=False)):
        if one != other:
            return first[:at]
    return first


def _may_touch(byte: int) -> bool:
    return byte >= 0x80 or byte == _APOSTROPHE


def _may_join(byte: int) -> bool:
    return byte >= 0x80 or byte == _APOSTROPHE or _LETTERS[byte]


def _in_bytes(raw: bytes, found: list[Occurrence]) -> list[Mark]:
    """The occurrences in a text, in order, with places in bytes instead of characters."""
    found.sort(key=lambda one: (one.start, one.end))
    if raw.isascii():
        return [(one.start, one.end, one.leaf, one.edits) for one in found]
    text = raw.decode("utf-8", "surrogatepass")
    marks: list[Mark] = []
    characters = size = 0
    for one in found:
        size += len(text[characters : one.start].encode("utf-8", "surrogatepass"))
        characters = one.start
        end = size + len(text[one.start : one.end].encode("utf-8", "surrogatepass"))
        marks.append((size, end, one.leaf, one.edits))
    return marks


def _plain_leaves(plan: Plan) -> list[Leaf] | None:
    """The leaves of a plan, each of which is marked wherever it matches; None for others."""
    match plan:
        case Leaf():
            return [plan] if plan.in_text and plan.slots else None
        case AnyOf(children):
            plain = [one for one in children if isinstance(one, Leaf) and one.in_text and one.slots]
            return plain if len(plain) == len(children) else None
        case AllOf(children):
            leaves: list[Leaf] = []
            for child in children:
                inner = _plain_leaves(child)
                if inner is None:
                    return None
                leaves += inner
            return leaves
        case Between() | Everything() | Without():
            return []


def _forms(leaf: Leaf, vocabulary: Vocabulary) -> list[list[Form]] | None:
    """The forms that each slot accepts, between blanks; None where there are other kinds."""
    found = []
    for at, slot in enumerate(leaf.slots):
        words = _words_of(slot, vocabulary)
        if slot.offset != at or not words or len(words) > _MOST_FORMS:
            return None
        if not all(word.isascii() and word.isalnum() for word in words):
            return None
        found.append([(f" {word} ".encode(), edits) for word, edits in words.items()])
    return found


def _words_of(slot: Slot, vocabulary: Vocabulary) -> dict[str, int]:
    if slot.prefix is not None:
        return {}
    words = dict.fromkeys(vocabulary.forms(slot.stem), 0) if slot.stem is not None else {}
    for word, edits in slot.words.items():
        words.setdefault(word, edits)
    return words


def _expected(leaf: Leaf, evaluation: Evaluation, asked: Array) -> list[float]:
    """How often the leaf matches each article's title and body, less for words edits away."""
    matches = evaluation.matches(leaf)
    wanted = np.zeros((len(asked), 2))
    if len(matches.docs):
        at = matches.docs.searchsorted(asked)
        at[at == len(matches.docs)] = 0
        held = matches.docs[at] == asked
        if matches.title_freqs is not None:
            wanted[:, 0] = matches.title_freqs[at] * held
        wanted[:, 1] = matches.body_freqs[at] * held
    return wanted.reshape(-1).tolist()
