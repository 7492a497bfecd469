"""The texts of a page's hits as bytes, in which forms of words are found.

They are lower-cased and everything but ASCII letters and digits blanked, in one pass over them
all, so that a word between blanks is found by ``bytes.find``. Where an apostrophe or a character
beyond ASCII touches a word, the bytes around it are looked at, and where these do not tell
whether it is a word of its own, the tokenizer does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate

from searchidx.analysis import tokenize

__all__ = ["Forms", "PageTexts", "Place"]

# Between texts stands what no word and no row of words reaches over.
_BARRIER, _BLANK, _APOSTROPHE = 0x00, 0x20, 0x27
_BETWEEN = b"\n\0\n"
_LETTERS = frozenset(byte for byte in range(0x80) if chr(byte).isalnum())
_TOUCHING = frozenset([_APOSTROPHE, *range(0x80, 0x100)])  # what may join words, or be a letter
_JOINING = _LETTERS | _TOUCHING
_CONTINUING = frozenset(range(0x80, 0xC0))  # the bytes of a character behind its first
_CURLY = "’".encode()
_CUTTING = tuple(mark.encode() for mark in "“”‘–—…")
_CUTS = re.compile(b"|".join([_CURLY, *_CUTTING]))


def _folding() -> bytes:
    """Lower-cases letters and blanks the rest, but for barriers."""
    table = bytearray(bytes(range(256)).lower())
    for byte in range(256):
        if byte not in _LETTERS and byte != _BARRIER:
            table[byte] = _BLANK
    return bytes(table)


_FOLDED = _folding()
_SHARED = 4  # the blank and letters that many forms must share to be looked for together
_WIDEST_CHUNK = 200

Forms = dict[bytes, int]
"""Words between blanks, each with its edits."""

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
        self._folded = self._raw.translate(_FOLDED)

    def places(self, slots: list[Forms]) -> list[Place]:
        """Where the slots' forms stand side by side."""
        found = self._words(slots[0])
        if len(slots) == 1:
            return found
        places: list[Place] = []
        for start, end, edits in found:
            last = self._row(end, slots)
            if last is not None:
                places.append((start, last[0], edits + last[1]))
        return places

    def _words(self, forms: Forms) -> list[Place]:
        """Where the forms stand as words of their own."""
        shared = _shared_beginning(forms) if len(forms) > 1 else b""
        looked_up = self._alike(shared, forms) if len(shared) > _SHARED else self._apart(forms)
        raw, touching = self._raw, _TOUCHING
        found: list[Place] = []
        for start, end, edits in looked_up:
            if raw[start - 1] in touching or raw[end] in touching:
                last = self._end(start, end)
                if last is not None:
                    found.append((start, last, edits))
            else:
                found.append((start, end, edits))
        return found

    def _apart(self, forms: Forms) -> list[Place]:
        """Where the forms stand between blanks."""
        folded = self._folded
        found: list[Place] = []
        for form, edits in forms.items():
            size = len(form) - 1
            at = folded.find(form)
            while at >= 0:
                end = at + size
                found.append((at + 1, end, edits))
                at = folded.find(form, end)
        return found

    def _alike(self, shared: bytes, edits_of: Forms) -> list[Place]:
        """The same for forms that begin alike: one look through the texts for them all."""
        folded = self._folded
        found: list[Place] = []
        at = folded.find(shared)
        while at >= 0:
            end = folded.find(b" ", at + 1)
            edits = edits_of.get(folded[at : end + 1])
            if edits is not None:
                found.append((at + 1, end, edits))
            at = folded.find(shared, end)
        return found

    def _end(self, start: int, end: int) -> int | None:
        """Where the token ends that begins here, if it is this word."""
        raw = self._raw
        before = raw[start - 1]
        if before in _TOUCHING:
            opening = before == _APOSTROPHE and raw[start - 2] not in _JOINING
            if not opening and raw[start - 3 : start] not in _CUTTING:
                return self._token_end(start, end)
        if raw[end] not in _TOUCHING or raw.startswith(_CUTTING, end):
            return end
        if raw[end] == _APOSTROPHE:
            letter = end + 1
        elif raw.startswith(_CURLY, end):
            letter = end + len(_CURLY)
        else:
            return self._token_end(start, end)
        if raw[letter] not in _JOINING:
            return end
        # A possessive belongs to the word, and is no part of its normal form.
        if raw[letter] in b"sS" and raw[letter + 1] not in _JOINING:
            return letter + 1
        return self._token_end(start, end)

    def _token_end(self, start: int, end: int) -> int | None:
        """The same, asked of the tokenizer."""
        raw = self._raw
        first, last = start, end
        while start - first < _WIDEST_CHUNK and raw[first - 1] in _JOINING:
            first -= 1
        while last - end < _WIDEST_CHUNK and raw[last] in _JOINING:
            last += 1
        while raw[first] in _CONTINUING:
            first += 1
        while raw[last] in _CONTINUING:
            last -= 1
        chunk = raw[first:last].decode("utf-8", "surrogatepass")
        at = len(raw[first:start].decode("utf-8", "surrogatepass"))
        word = self._folded[start:end].decode()
        for token in tokenize(chunk):
            if token.start == at and token.word == word:
                return start + len(chunk[at : token.end].encode("utf-8", "surrogatepass"))
        return None

    def _row(self, end: int, slots: list[Forms]) -> tuple[int, int] | None:
        """Where the slots behind the first end, if they follow with no word between; the edits."""
        raw, folded = self._raw, self._folded
        edits = 0
        for forms in slots[1:]:
            at = end
            while folded[at] == _BLANK:
                at += 1
            between = raw[end:at]
            if not between or not (between.isascii() or _CUTS.sub(b"", between).isascii()):
                return None
            for form, distance in forms.items():
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


def _shared_beginning(forms: Forms) -> bytes:
    first, last = min(forms), max(forms)
    for at, (one, other) in enumerate(zip(first, last, strict=False)):
        if one != other:
            return first[:at]
    return first
