"""Words out of text: their normal form, their places, and a fast way to number them.

A word is a run of letters and digits. Apostrophes, soft hyphens and combining marks inside it
do not cut it, and its normal form drops them, a possessive ``'s``, accents and case:
``José's`` is ``jose``, ``Xi'an`` is ``xian``. Everything else cuts: ``anti-monopoly`` is two words.

A run of Chinese, Japanese or Korean characters gives one token at every character: the
character and its successor (an overlapping bigram), and the last character alone. So any
substring of two characters or more is a run of neighbouring tokens, and a single character is
the beginning of exactly one token wherever it stands.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Iterator
from typing import NamedTuple

__all__ = ["Token", "WordNumbers", "is_cjk", "normalize", "tokenize", "words"]

_CJK = (
    "\u3005\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
    "\uf900-\ufaff\uff66-\uff9f\U00020000-\U000323af"
)
_LETTER = rf"[^\W_{_CJK}]"
_JOINER = "['’\u00ad\u0300-\u036f]"
_TOKEN = re.compile(rf"([{_CJK}]+)|{_LETTER}(?:{_JOINER}*{_LETTER})*")
_FIRST_CJK = re.compile(f"[{_CJK}]")
_POSSESSIVE = re.compile(r"(?<=[a-z0-9])'s\Z")


class Token(NamedTuple):
    """A word where it stands: ``text[start:end]`` is its surface, ``word`` its normal form."""

    word: str
    start: int
    end: int


def is_cjk(word: str) -> bool:
    """Whether the word begins with a Chinese, Japanese or Korean character."""
    return _FIRST_CJK.match(word) is not None


def normalize(surface: str) -> str:
    """The normal form of a word outside CJK: lower case, no accents, no apostrophes, no ``'s``."""
    if not surface.isascii():
        decomposed = unicodedata.normalize("NFKD", surface.replace("’", "'")).casefold()
        folded = "".join(c for c in decomposed if c == "'" or c.isalnum())
        surface = folded or surface
    word = surface.lower()
    if "'" in word:
        word = _POSSESSIVE.sub("", word).replace("'", "")
    return word


def tokenize(text: str) -> Iterator[Token]:
    """Every token of the text in order, with offsets in characters."""
    known = _normal_forms
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        if match.lastindex:
            for at in range(start, end - 1):
                yield Token(unicodedata.normalize("NFKC", text[at : at + 2]), at, at + 2)
            yield Token(unicodedata.normalize("NFKC", text[end - 1]), end - 1, end)
        else:
            surface = match.group()
            word = known.get(surface)
            if word is None:
                word = known[surface] = normalize(surface)
                if len(known) > 200_000:
                    known.clear()
            yield Token(word, start, end)


_normal_forms: dict[str, str] = {}


def words(text: str) -> list[str]:
    """The normal forms of the text's tokens in order."""
    return [token.word for token in tokenize(text)]


# Lower-cases ASCII letters and blanks what cuts words; an apostrophe and the bytes of
# characters beyond ASCII stay, for the slow path to look at.
_CHUNK_BYTES = bytes(
    byte if chr(byte).isalnum() or byte == 0x27 or byte >= 0x80 else 0x20 for byte in range(256)
).lower()
_LONG_CHUNK = 64


class WordNumbers:
    """Numbers words in the order of their first appearance, a text at a time.

    A text is cut into chunks at ASCII characters that always cut, which C code does in two
    passes; a chunk is nearly always one plain word whose number a dict knows. Only chunks with
    apostrophes or characters beyond ASCII are tokenized, and the short ones once only.
    """

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self._chunks = _ChunkNumbers(self.numbers)

    def number(self, text: str) -> array[int]:
        """The numbers of the text's tokens, in order: what ``words`` gives, as int32."""
        chunks = text.encode("utf-8", "replace").translate(_CHUNK_BYTES).split()
        numbers = array("i", map(self._chunks.__getitem__, chunks))
        if numbers and min(numbers) < 0:
            return self._expanded(chunks, numbers)
        return numbers

    def _expanded(self, chunks: list[bytes], numbers: array[int]) -> array[int]:
        several = self._chunks.several
        plain: array[int] = array("i")
        done = 0
        for at, number in enumerate(numbers):
            if number < 0:
                plain.extend(numbers[done:at])
                done = at + 1
                known = several.get(chunks[at])
                plain.extend(known if known is not None else self._chunks.tokenized(chunks[at]))
        plain.extend(numbers[done:])
        return plain


class _ChunkNumbers(dict[bytes, int]):
    """Chunk to word number; -1 stands for a chunk that is not exactly one word."""

    def __init__(self, numbers: dict[str, int]) -> None:
        super().__init__()
        self._numbers = numbers
        self.several: dict[bytes, array[int]] = {}

    def __missing__(self, chunk: bytes) -> int:
        if chunk.isalnum() and chunk.isascii():
            number = self._numbers.setdefault(chunk.decode("ascii"), len(self._numbers))
            self[chunk] = number
            return number
        if len(chunk) > _LONG_CHUNK:
            return -1
        numbers = self.tokenized(chunk)
        if len(numbers) == 1:
            self[chunk] = numbers[0]
            return numbers[0]
        self.several[chunk] = numbers
        self[chunk] = -1
        return -1

    def tokenized(self, chunk: bytes) -> array[int]:
        known = self._numbers
        found = words(chunk.decode("utf-8"))
        return array("i", [known.setdefault(word, len(known)) for word in found])
