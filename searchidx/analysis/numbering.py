"""Numbers for the words of many texts at once, in a few passes of numpy over their bytes.

A batch of texts is lower-cased and cut at ASCII characters that always cut (``bytes.translate``);
what stands between is a chunk, nearly always one plain word. A chunk of up to 16 bytes is two
64-bit integers, looked up in an open hash table of arrays (four neighbouring slots a key), so a
chunk seen before costs no Python at all. Only new chunks are tokenized, once each; what finds no
slot, or is longer, goes through dicts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from searchidx.analysis.sentences import Sentences, closing, sentence_starts
from searchidx.analysis.stemming import stems
from searchidx.analysis.tokenizer import words

__all__ = ["NumberedWords", "WordNumbers"]

Array = npt.NDArray[Any]

# Lower-cases ASCII letters and blanks what cuts words; an apostrophe and the bytes of
# characters beyond ASCII stay, for the tokenizer to look at.
_CHUNK_BYTES = bytes(
    byte if chr(byte).isalnum() or byte == 0x27 or byte >= 0x80 else 0x20 for byte in range(256)
).lower()
_BLANK = 0x20
_KEY_BYTES = 16
_REMEMBERED_BYTES = 64  # longer chunks are runs of Chinese, or noise, and hardly come again
_NOT_ONE = -1
_FIRST_CAPACITY = 1 << 14
_MIX_1 = np.uint64(0x9E3779B97F4A7C15)  # odd, near 2**64 / golden ratio (Knuth, TAOCP 3, 6.4)
_MIX_2 = np.uint64(0xC2B2AE3D27D4EB4F)
_LOW_BYTES = np.array([(1 << (8 * count)) - 1 for count in range(9)], dtype=np.uint64)


class NumberedWords:
    """The words of a batch of texts: ``numbers`` end to end (int32), ``counts`` a text (int64)."""

    __slots__ = ("counts", "numbers", "sentences")

    def __init__(self, numbers: Array, counts: Array, sentences: Sentences) -> None:
        self.numbers = numbers
        self.counts = counts
        self.sentences = sentences


class WordNumbers:
    """Gives every word, in normal form, a number: ``words[number]`` is the word."""

    def __init__(self) -> None:
        self._words: list[str] = []
        self._stems: list[str] = []
        self._numbers: dict[str, int] = {}
        self._known: dict[bytes, int] = {}  # the number of every chunk seen
        self._chunks = _ChunkTable()
        # What each chunk stands for: one word, or several or none.
        self._only_words = np.zeros(_FIRST_CAPACITY, dtype=np.int32)
        self._several: dict[int, list[int]] = {}
        self._closing = np.zeros(_FIRST_CAPACITY, dtype=np.uint8)

    @property
    def words(self) -> list[str]:
        """Every word, in the order of the numbers."""
        if len(self._words) < len(self._numbers):
            self._words = list(self._numbers)
        return self._words

    @property
    def stems(self) -> list[str]:
        """The stem of each word: each is found once, however often this is asked for."""
        self._stems += stems(self.words[len(self._stems) :])
        return self._stems

    def number(self, texts: Sequence[bytes]) -> NumberedWords:
        """The numbers of every text's tokens, texts being UTF-8: what ``words`` gives for each."""
        raw = b"\n".join([b"", *texts, b" " * _KEY_BYTES])
        folded = raw.translate(_CHUNK_BYTES)
        data = np.frombuffer(folded, dtype=np.uint8)
        solid = data != _BLANK
        edges = np.flatnonzero(solid[1:] != solid[:-1]) + 1
        # Contiguous, as they are looked up in again and again.
        starts, ends = edges[0::2].copy(), edges[1::2].copy()
        lengths = ends - starts
        chunks = self._known_chunks(data, folded, starts, lengths)
        numbers, tokens_before = self._spread(chunks, self._passing_chunks(folded, starts, lengths))

        sizes = np.fromiter(map(len, texts), np.int64, len(texts)) + 1
        text_starts = np.cumsum(sizes) - sizes + 1
        begins, paragraphs = sentence_starts(
            raw, text_starts, starts, ends, lambda places: self._closing[chunks[places]]
        )
        firsts = np.searchsorted(begins, text_starts)
        before = self._tokens_before(folded, begins, starts, ends, tokens_before)
        lengths = np.diff(begins, append=len(raw) - _KEY_BYTES)
        lengths[firsts[1:] - 1] -= 1
        lengths[-1:] -= 1
        sentences = Sentences(
            np.diff(firsts, append=len(begins)),
            lengths,
            np.diff(before, append=tokens_before[-1]),
            paragraphs,
        )
        return NumberedWords(numbers, np.diff(before[firsts], append=tokens_before[-1]), sentences)

    def _spread(self, chunks: Array, passing: Mapping[int, list[int]]) -> tuple[Array, Array]:
        """The numbers of the words of chunks; and how many words there are before each chunk, and
        in all (int64)."""
        numbers = self._only_words.take(chunks)
        before = np.arange(len(chunks) + 1)
        others = np.flatnonzero(numbers == _NOT_ONE)
        if not len(others):
            return numbers, before
        found = [
            passing[at] if at in passing else self._several[chunk]
            for at, chunk in zip(others.tolist(), chunks[others].tolist(), strict=True)
        ]
        counts = np.ones(len(chunks), dtype=np.int64)
        counts[others] = [len(these) for these in found]
        np.cumsum(counts, out=before[1:])
        numbers = np.repeat(numbers, counts)
        numbers[numbers == _NOT_ONE] = [number for these in found for number in these]
        return numbers, before

    @staticmethod
    def _tokens_before(
        folded: bytes, places: Array, starts: Array, ends: Array, tokens_before: Array
    ) -> Array:
        """How many tokens stand before each of the places, which lie within none."""
        chunks = np.searchsorted(starts, places)
        before: Array = tokens_before[chunks]
        inside = np.flatnonzero(ends[chunks - 1] > places) if len(ends) else np.zeros(0, np.int64)
        # A run of Chinese is one chunk with the stops in it.
        chunk, done, count = -1, 0, 0
        for at in inside[chunks[inside] > 0].tolist():
            if chunks[at] != chunk:
                chunk = int(chunks[at])
                done, count = int(starts[chunk - 1]), int(tokens_before[chunk - 1])
            place = int(places[at])
            count += len(words(folded[done:place].decode("utf-8", "surrogatepass")))
            before[at], done = count, place
        return before

    def _known_chunks(self, data: Array, folded: bytes, starts: Array, lengths: Array) -> Array:
        """The number of each chunk; chunks that are only passing get that of no word at all."""
        # Eight bytes from every place on, overlapping: an unaligned view, nothing copied.
        eights: Array = np.ndarray((len(data) - 7,), "<u8", data, 0, (1,))
        low = eights[starts]
        low &= _LOW_BYTES.take(np.minimum(lengths, 8))
        high = np.zeros_like(low)
        long = np.flatnonzero(lengths > 8)
        high[long] = eights[starts[long] + 8] & _LOW_BYTES.take(np.minimum(lengths[long] - 8, 8))
        chunks, missing = self._chunks.find(low, high)
        # Long ones may be taken for a chunk that they begin with.
        missing = missing[lengths[missing] <= _KEY_BYTES]
        asked = np.concatenate([missing, np.flatnonzero(lengths > _KEY_BYTES)])
        known, first = self._known, len(self._known)
        fresh: list[bytes] = []
        places: list[int] = []
        numbers: list[int] = []
        begins, ends = starts[asked].tolist(), (starts + lengths)[asked].tolist()
        for at, begin, end in zip(asked.tolist(), begins, ends, strict=True):
            # Only passing chunks are counted as no words here.
            chunk = folded[begin:end] if end - begin <= _REMEMBERED_BYTES else b""
            number = known.get(chunk)
            if number is None:
                number = known[chunk] = first + len(fresh)
                fresh.append(chunk)
                places.append(at)
            numbers.append(number)
        chunks[asked] = numbers
        if fresh:
            self._add_chunks(fresh, first)
            new = np.array(places)
            new = new[lengths[new] <= _KEY_BYTES]
            self._chunks.add(low[new], high[new], chunks[new])
        return chunks

    def _add_chunks(self, chunks: Sequence[bytes], first: int) -> None:
        """Take new chunks, which have the numbers from ``first`` on, and number their words."""
        numbers, last = self._numbers, first + len(chunks)
        while last > len(self._only_words):
            self._only_words = np.resize(self._only_words, 2 * len(self._only_words))
            self._closing = np.resize(self._closing, 2 * len(self._closing))
        only = []
        for at, chunk in enumerate(chunks, first):
            if chunk.isalnum() and chunk.isascii():
                only.append(numbers.setdefault(chunk.decode("ascii"), len(numbers)))
                continue
            found = self._words_of(chunk)
            if len(found) == 1:
                only += found
            else:
                only.append(_NOT_ONE)
                self._several[at] = found
        self._only_words[first:last] = only
        self._closing[first:last] = [closing(chunk) for chunk in chunks]

    def _passing_chunks(self, folded: bytes, starts: Array, lengths: Array) -> dict[int, list[int]]:
        """The words of the chunks that are too long to remember, by place."""
        return {
            at: self._words_of(folded[starts[at] : starts[at] + lengths[at]])
            for at in np.flatnonzero(lengths > _REMEMBERED_BYTES).tolist()
        }

    def _words_of(self, chunk: bytes) -> list[int]:
        numbers = self._numbers
        found = words(chunk.decode("utf-8", "surrogatepass"))
        return [numbers.setdefault(word, len(numbers)) for word in found]


class _ChunkTable:
    """A hash table of 16-byte keys, looked up by whole arrays.

    A key lies in its slot or one of the slot's three neighbours; one that found them all taken is
    not in the table.
    """

    def __init__(self) -> None:
        self._added: list[tuple[Array, Array, Array]] = []
        self._count = 0
        self._clear(_FIRST_CAPACITY)

    def _clear(self, capacity: int) -> None:
        self._bits = capacity.bit_length() - 1
        # A key's halves and its value side by side: looking one up is one miss of the cache.
        self._slots = np.zeros((capacity, 4), dtype=np.uint64)

    def find(self, low: Array, high: Array) -> tuple[Array, Array]:
        """The value of every key (int32), and the places of those that have no slot."""
        slots = self._slot(low, high)
        found = self._slots.take(slots, axis=0)
        values = found[:, 2].astype(np.int32)
        missing = np.flatnonzero((found[:, 0] != low) | (found[:, 1] != high))
        for neighbour in (1, 2, 3):
            if not len(missing):
                break
            beside = self._slots[slots[missing] ^ neighbour]
            here = (beside[:, 0] == low[missing]) & (beside[:, 1] == high[missing])
            values[missing[here]] = beside[here, 2]
            missing = missing[~here]
        return values, missing

    def add(self, low: Array, high: Array, values: Array) -> None:
        """Give new keys slots where there are any."""
        self._added.append((low, high, values))
        self._count += len(low)
        if self._count * 4 > len(self._slots):
            self._clear(8 * len(self._slots))
            low, high, values = map(np.concatenate, zip(*self._added, strict=True))
            self._added = [(low, high, values)]
        home = self._slot(low, high)
        for neighbour in range(4):
            slots = home ^ neighbour
            # Of several written to one slot the last stays: the first seen is the commonest.
            free = np.flatnonzero(self._slots[slots, 0] == 0)[::-1]
            to = slots[free]
            self._slots[to, 0], self._slots[to, 1] = low[free], high[free]
            self._slots[to, 2] = values[free]
            lost = (self._slots[slots, 0] != low) | (self._slots[slots, 1] != high)
            home, low, high, values = home[lost], low[lost], high[lost], values[lost]

    def _slot(self, low: Array, high: Array) -> Array:
        mixed = low * _MIX_1
        mixed ^= high * _MIX_2
        mixed ^= mixed >> np.uint64(32)
        mixed *= _MIX_1
        return (mixed >> np.uint64(64 - self._bits)).astype(np.int64)
