"""The texts of a page's hits as bytes, in which forms of words are found.

They are lower-cased and everything but ASCII letters and digits blanked, in one pass over them
all, so that a word between blanks is found by ``bytes.find``. Where an apostrophe or a character
beyond ASCII touches a word, the tokenizer has the last word.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from searchidx.analysis import tokenize

__all__ = ["Form", "PageTexts", "Place"]

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
_SHARED = 4  # the blank and letters that many forms must share to be looked for together
_WIDEST_CHUNK = 200

Form = tuple[bytes, int]
"""A word between blanks, and its edits."""

Place = tuple[int, int, int]
"""From where to where, and the edits."""


class PageTexts:
    """Titles and bodies end to end, in which forms of words are looked for.

    ``starts`` is where each text begins.
    """

    def __init__(self, texts: Sequence[bytes]) -> None:
        self._raw = _BETWEEN.join([b"", *texts, b""])
        sizes = [len(text) + len(_BETWEEN) for text in texts]
        self.starts = list(accumulate(sizes[:-1], initial=len(_BETWEEN)))
        self._apart = _set_apart(self._raw)
        self._folded = b""

    def places(self, slots: list[list[Form]]) -> list[Place]:
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

    def places_looked_at(self, slots: list[list[Form]]) -> list[Place]:
        """The same, with words that an apostrophe or a character beyond ASCII may touch."""
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
        curly = raw.startswith(_APOSTROPHES[1], at)
        if plain[end] == _S and plain[end + 1] == _BLANK and end - at == (3 if curly else 1):
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
