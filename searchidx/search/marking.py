"""Marks in articles without tokenizing them: the forms that the index knows, looked for as bytes.

A text is lower-cased and everything but ASCII letters and digits blanked, in one pass, so that a
word between blanks is found by ``bytes.find``. Where an apostrophe or a character beyond ASCII
touches it, the tokenizer has the last word. The index knows how often each leaf matches an
article: where as many places are not found (``O'Brien`` is the word ``obrien``), and for plans
and words that this cannot look for, ``spans`` does it all, token by token.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from searchidx.analysis import tokenize
from searchidx.article import Article
from searchidx.search.evaluation import Evaluation
from searchidx.search.leaves import AllOf, AnyOf, Between, Everything, Leaf, Plan, Slot, Without
from searchidx.search.scoring import FUZZY_DISCOUNT
from searchidx.search.spans import Occurrence, occurrences
from searchidx.search.vocabulary import Vocabulary
from searchidx.segment import Segment

__all__ = ["Fields", "Marker"]

_FOLD = bytes(byte if byte < 0x80 and chr(byte).isalnum() else 0x20 for byte in range(256)).lower()
_BLANK = 0x20
_APOSTROPHE = 0x27
_MOST_FORMS = 64
_WIDEST_CHUNK = 200

Form = tuple[bytes, int]
"""A word between blanks, and its edits."""


class Fields(dict[str, str]):
    """The texts of an article by field, each put together when it is looked at."""

    def __init__(self, segment: Segment, doc: int) -> None:
        super().__init__()
        self._segment = segment
        self._doc = doc
        self.title, self.body = segment.texts(doc)

    @cached_property
    def article(self) -> Article:
        return self._segment.article(self._doc)

    def __missing__(self, name: str) -> str:
        if name in ("title", "body"):
            raw = self.title if name == "title" else self.body
            text = raw.decode("utf-8", "surrogatepass")
        else:
            value = getattr(self.article, name)
            text = value if isinstance(value, str) else "; ".join(value)
        self[name] = text
        return text


class Marker:
    """Finds where a plan matched, in some of the articles that it matched."""

    def __init__(
        self, plan: Plan, evaluation: Evaluation, vocabulary: Vocabulary, docs: Sequence[int]
    ) -> None:
        self._plan = plan
        self._leaves: list[tuple[Leaf, list[list[Form]], dict[int, tuple[float, float]]]] | None
        leaves = _plain_leaves(plan)
        self._leaves = None if leaves is None else []
        for leaf in dict.fromkeys(leaves or ()):
            forms = _forms(leaf, vocabulary)
            if forms is None:
                self._leaves = None
                break
            assert self._leaves is not None
            self._leaves.append((leaf, forms, _expected(leaf, evaluation, docs)))

    def occurrences(self, doc: int, fields: Fields) -> list[Occurrence]:
        """Every occurrence that had a part in the article's matching the plan."""
        found = self._quickly(doc, fields)
        return occurrences(self._plan, fields.article) if found is None else found

    def _quickly(self, doc: int, fields: Fields) -> list[Occurrence] | None:
        if self._leaves is None:
            return None
        found: list[Occurrence] = []
        title, body = _Text(fields.title), _Text(fields.body)
        for leaf, forms, expected in self._leaves:
            in_title, in_body = expected.get(doc, (0.0, 0.0))
            for name, text, wanted in (("title", title, in_title), ("body", body, in_body)):
                if not wanted:
                    continue
                places = text.places(forms, wanted)
                if places is None:
                    return None
                found += [
                    Occurrence(leaf, name, start, end, leaf.edits + edits)
                    for start, end, edits in places
                ]
        return found


class _Text:
    """One text, in which forms are looked for."""

    __slots__ = ("_ascii", "_folded", "_raw")

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        # A blank on either side: what is at ``i`` in the text is at ``i + 1`` here.
        self._folded = b" " + raw.translate(_FOLD) + b" "
        self._ascii = raw.isascii()

    def places(self, slots: list[list[Form]], wanted: float) -> list[tuple[int, int, int]] | None:
        """Where the slots' forms stand side by side, in characters; None unless all are found."""
        found: list[tuple[int, int, int]] = []
        worth = 0.0
        for form, edits in slots[0]:
            for start, end in self._words(form):
                last = self._row(end, slots) if len(slots) > 1 else (end, 0)
                if last is None:
                    continue
                found.append((start, last[0], edits + last[1]))
                worth += FUZZY_DISCOUNT ** (edits + last[1])
            if worth >= wanted:
                break
        if abs(worth - wanted) > 1e-3:
            return None
        return found if self._ascii else self._in_characters(found)

    def _words(self, form: bytes) -> list[tuple[int, int]]:
        """Where the form stands as a token of its own, in bytes."""
        folded, raw = self._folded, self._raw
        found = []
        size = len(form) - 2
        at = folded.find(form)
        while at >= 0:
            end = at + size
            before = raw[at - 1] if at else _BLANK
            after = raw[end] if end < len(raw) else _BLANK
            if before >= 0x80 or after >= 0x80 or _APOSTROPHE in (before, after):
                token_end = self._token_end(at, form[1:-1])
                if token_end is not None:
                    found.append((at, token_end))
            else:
                found.append((at, end))
            at = folded.find(form, end + 1)
        return found

    def _token_end(self, start: int, word: bytes) -> int | None:
        """Where the token ends that begins here, if it is the word."""
        raw = self._raw
        first, last = start, start + len(word)
        while first and start - first < _WIDEST_CHUNK and _may_join(raw[first - 1]):
            first -= 1
        while last < len(raw) and last - start < _WIDEST_CHUNK and _may_join(raw[last]):
            last += 1
        chunk = raw[first:last].decode("utf-8", "ignore")
        at = len(raw[first:start].decode("utf-8", "ignore"))
        for token in tokenize(chunk):
            if token.start == at:
                if token.word.encode() != word:
                    return None
                return first + len(chunk[: token.end].encode())
        return None

    def _row(self, end: int, slots: list[list[Form]]) -> tuple[int, int] | None:
        """Where the slots behind the first end, if they follow with no word between."""
        edits = 0
        for forms in slots[1:]:
            if end < len(self._raw) and _may_join(self._raw[end]):
                return None
            at = end + 1
            while at < len(self._folded) and self._folded[at] == _BLANK:
                at += 1
            at -= 1
            if not self._raw[end:at].isascii():
                return None
            for form, distance in forms:
                if self._folded.startswith(form, at):
                    end = at + len(form) - 2
                    if end < len(self._raw) and _may_join(self._raw[end]):
                        token_end = self._token_end(at, form[1:-1])
                        if token_end is None:
                            return None
                        end = token_end
                    edits += distance
                    break
            else:
                return None
        return end, edits

    def _in_characters(self, places: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
        places.sort()
        found = []
        bytes_done = characters = 0
        for start, end, edits in places:
            characters += len(self._raw[bytes_done:start].decode("utf-8", "surrogatepass"))
            bytes_done = start
            length = len(self._raw[start:end].decode("utf-8", "surrogatepass"))
            found.append((characters, characters + length, edits))
        return found


def _may_join(byte: int) -> bool:
    return byte >= 0x80 or byte == _APOSTROPHE or (byte != _BLANK and chr(byte).isalnum())


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


def _expected(
    leaf: Leaf, evaluation: Evaluation, docs: Sequence[int]
) -> dict[int, tuple[float, float]]:
    """How often the leaf matches each article's title and body, less for words edits away."""
    matches = evaluation.matches(leaf)
    if not len(matches.docs) or not len(docs):
        return {}
    asked = np.array(docs)
    at = np.searchsorted(matches.docs, asked)
    at[at == len(matches.docs)] = 0
    held = matches.docs[at] == asked
    titles = (
        np.zeros(len(asked)) if matches.title_freqs is None else matches.title_freqs[at]
    ) * held
    bodies = matches.body_freqs[at] * held
    return dict(zip(docs, zip(titles.tolist(), bodies.tolist(), strict=True), strict=True))
