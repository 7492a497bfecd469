"""The words of a lexicon that lie within an edit or two of a given one.

Nearness is the Damerau-Levenshtein distance (F. Damerau, "A technique for computer detection
and correction of spelling errors", CACM 7(3), 1964): insertions, deletions, substitutions and
transpositions of neighbours, each one edit. It is measured only for words that may be near:

- one edit leaves the first half or the second half of a word as it was, or swaps the letters on
  either side of the middle: words that share a half lie together among the words sorted from
  their beginnings, or from their ends;
- an edit changes a word's length by one letter at most, and the set of its letters by two.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache

import numpy as np

from searchidx.segment import Array, Lexicon

__all__ = ["NearWords"]

_CONTINUES = 0x80  # the upper bits of every byte of a character but its first
_ENDING_BYTES = 8
_MANY = 50


class NearWords:
    """Finds near words in some lexicons together."""

    def __init__(self, lexicons: Sequence[Lexicon]) -> None:
        self._text = b"".join(lexicon.text_bytes for lexicon in lexicons)
        data = np.frombuffer(self._text, dtype=np.uint8)
        sizes = np.concatenate([np.zeros(0, np.int64), *(one.lengths() for one in lexicons)])
        ends = np.cumsum(sizes)
        starts = ends - sizes
        # The first eight bytes of every word as a number that sorts as words do, and the last
        # eight, from the end, as another.
        padding = np.zeros(_ENDING_BYTES, dtype=np.uint8)
        eights: Array = np.ndarray(
            (len(data) + _ENDING_BYTES + 1,),
            "<u8",
            np.concatenate([padding, data, padding]),
            0,
            (1,),
        )
        blank = ((_ENDING_BYTES - np.minimum(sizes, _ENDING_BYTES)) * 8).astype(np.uint64)
        heads = eights[starts + _ENDING_BYTES].byteswap() >> blank << blank
        tails = eights[ends] >> blank << blank
        order = np.lexsort((tails, heads)) if len(lexicons) > 1 else np.arange(len(ends))
        # The same word of several lexicons once: short ones are known by their two endings.
        again = np.zeros(len(order), dtype=bool)
        again[1:] = sizes[order[1:]] <= 2 * _ENDING_BYTES
        for same in (heads, tails, sizes):
            again[1:] &= same[order[1:]] == same[order[:-1]]
        order = order[~again]
        self._starts, self._ends, self._heads = starts[order], ends[order], heads[order]
        self._by_tail = np.argsort(tails[order])
        self._tails = tails[order][self._by_tail]
        begins = (data & 0xC0) != _CONTINUES
        letters = np.left_shift(np.uint32(1), data & 31, dtype=np.uint32) * begins
        if len(ends):
            self._lengths = np.add.reduceat(begins.astype(np.uint16), starts)[order]
            self._letters = np.bitwise_or.reduceat(letters.astype(np.uint32), starts)[order]
        else:
            self._lengths = np.zeros(0, dtype=np.uint16)
            self._letters = np.zeros(0, dtype=np.uint32)

    @cached_property
    def _words(self) -> list[str]:
        places = zip(self._starts.tolist(), self._ends.tolist(), strict=True)
        return [self._text[start:end].decode() for start, end in places]

    def _word(self, number: int) -> str:
        return self._text[int(self._starts[number]) : int(self._ends[number])].decode()

    def within(self, word: str, edits: int) -> dict[str, int]:
        """The words at most so many edits away, with their edits."""
        letters, length = _letters_of(word), len(word)
        if edits == 1 and length > 2:
            numbers = self._sharing_half(word)
            all_letters, lengths = self._letters[numbers], self._lengths[numbers]
        else:
            numbers = None
            all_letters, lengths = self._letters, self._lengths
        alike = np.flatnonzero(
            (_bit_counts(all_letters ^ letters) <= 2 * edits)
            & (lengths + edits >= length)
            & (lengths <= length + edits)
        )
        if numbers is not None:
            return _measured(word, [self._word(one) for one in numbers[alike].tolist()], edits)
        # So many that it pays to have decoded them all.
        words = self._words
        return _measured(word, [words[number] for number in alike.tolist()], edits)

    def _sharing_half(self, word: str) -> Array:
        """The numbers of the words that may begin or end as the word does, or have its middle
        letters swapped."""
        middle = len(word) // 2
        swapped = word[: middle - 1] + word[middle] + word[middle - 1] + word[middle + 1 :]
        begin, end, other, last = _alike(
            self._heads,
            word[:middle].encode("utf-8", "replace"),
            swapped.encode("utf-8", "replace"),
        )
        ending = word[middle:].encode("utf-8", "replace")[-_ENDING_BYTES:]
        first_tail, last_tail = _alike(self._tails, ending[::-1])
        return np.concatenate(
            [
                np.arange(begin, end),
                np.arange(other, last),
                self._by_tail[first_tail:last_tail],
            ]
        )


def _alike(sorted_endings: Array, *endings: bytes) -> list[int]:
    """The ranges, first and last in turn, of the eight-byte endings that begin with each of
    these bytes, or with the first eight of them."""
    bounds = []
    for ending in endings:
        low = int.from_bytes(ending[:_ENDING_BYTES].ljust(_ENDING_BYTES, b"\0"), "big")
        # No byte of UTF-8 is 0xff: the number behind those that begin so is no larger than 64 bits.
        bounds += [low, low + (1 << 8 * max(0, _ENDING_BYTES - len(ending)))]
    places: list[int] = sorted_endings.searchsorted(np.array(bounds, dtype=np.uint64)).tolist()
    return places


def _letters_of(word: str) -> np.uint32:
    found = 0
    for letter in word:
        found |= 1 << (letter.encode("utf-8", "replace")[0] & 31)
    return np.uint32(found)


def _measured(word: str, words: Sequence[str], edits: int) -> dict[str, int]:
    from rapidfuzz.distance import DamerauLevenshtein

    if len(words) > _MANY:
        from rapidfuzz.process import cdist

        apart = cdist(
            [word], words, scorer=DamerauLevenshtein.distance, score_cutoff=edits, dtype=np.uint8
        )[0]
        return {words[at]: int(apart[at]) for at in np.flatnonzero(apart <= edits).tolist()}
    distance = DamerauLevenshtein.distance
    measured = {other: distance(word, other, score_cutoff=edits) for other in words}
    return {other: apart for other, apart in measured.items() if apart <= edits}


def _bit_counts(numbers: Array) -> Array:
    """How many bits of each 32-bit number are set: uint8, same shape."""
    if hasattr(np, "bitwise_count"):
        counts: Array = np.bitwise_count(numbers)
    else:  # numpy before 2.0
        counts = _halves()[numbers & 0xFFFF] + _halves()[numbers >> 16]
    return counts


@lru_cache(maxsize=1)
def _halves() -> Array:
    return np.array([number.bit_count() for number in range(1 << 16)], dtype=np.uint8)
