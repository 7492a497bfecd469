"""The sentences of bodies: how long each is, in bytes and in tokens, and where paragraphs begin.

A sentence is one code, a byte of each length, or several where it has 255 bytes or more: every
code but its last has 255 bytes. Adding up codes gives the places where sentences end.
"""

from __future__ import annotations

from itertools import accumulate

import numpy as np

from searchidx.segment.codes import BitsWriter, unpack_bits
from searchidx.segment.parts import Array, PartsFile, narrow

__all__ = ["SentencesWriter", "StoredSentences"]

_MORE = 255  # the code of a sentence that goes on in the next code


class StoredSentences:
    """Reads the sentences of single articles."""

    def __init__(self, parts: PartsFile) -> None:
        self._parts = parts
        self._starts = parts["sentences.starts"]
        self._bytes = parts.bytes("sentences.bytes")
        # Single numbers are read from views: these give them much faster than arrays.
        self._firsts = self._starts.data

    def byte_ends(self, doc: int) -> list[int]:
        """Where each sentence of the body ends, white space behind it included, in bytes."""
        codes = self._bytes[self._firsts[doc] : self._firsts[doc + 1]].tobytes()
        ends = list(accumulate(codes))
        if _MORE in codes:
            ends = [end for end, code in zip(ends, codes, strict=True) if code != _MORE]
        return ends

    def token_ends(self, docs: Array) -> tuple[Array, Array, Array]:
        """Of some articles, in their order: each sentence's article as a place in ``docs``, how
        many tokens of its body come before the end of the sentence (int64), and whether a
        paragraph ends there (bool)."""
        starts = self._starts[docs].astype(np.int64)
        counts = self._starts[docs + 1].astype(np.int64) - starts
        last = np.cumsum(counts)
        owners = np.repeat(np.arange(len(docs)), counts)
        codes = np.arange(int(last[-1]) if len(last) else 0)
        codes += np.repeat(starts - (last - counts), counts)
        totals = np.cumsum(self._parts["sentences.tokens"][codes], dtype=np.int64)
        before = np.concatenate([np.zeros(1, dtype=np.int64), totals])[last - counts]
        ends = totals - before[owners]
        bits = self._parts["sentences.paragraph_bits"]
        begins = (bits[codes >> 3] >> (7 - (codes & 7))) & 1 > 0
        finished = self._parts["sentences.bytes"][codes] != _MORE
        owners, ends, begins = owners[finished], ends[finished], begins[finished]
        closes = np.ones(len(ends), dtype=bool)
        # A paragraph ends where the next sentence begins one, or belongs to another article.
        closes[:-1] = begins[1:] | (owners[1:] != owners[:-1])
        return owners, ends, closes

    def codes(self, docs: Array) -> tuple[Array, Array, Array, Array]:
        """The codes of some articles, ascending: how many each has, and the three beside them."""
        starts = self._starts.astype(np.int64)
        counts = np.diff(starts)[docs]
        kept = np.zeros(len(self._bytes), dtype=bool)
        whole = len(docs) == len(starts) - 1
        if not whole:
            places = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
            kept[places + np.repeat(starts[docs], counts)] = True
        chosen: Array | slice = slice(None) if whole else kept
        paragraphs = unpack_bits(self._parts["sentences.paragraph_bits"], 0, len(self._bytes))
        return (
            counts,
            self._parts["sentences.bytes"][chosen],
            self._parts["sentences.tokens"][chosen],
            paragraphs[chosen],
        )


class SentencesWriter:
    """Collects the sentences of articles, some after the other."""

    def __init__(self) -> None:
        self._counts: list[Array] = []
        self._bytes: list[Array] = []
        self._tokens: list[Array] = []
        self._paragraphs = BitsWriter()

    def add(self, counts: Array, lengths: Array, tokens: Array, paragraphs: Array) -> None:
        """Take the next articles: how many sentences each has, and what is known of these."""
        each = lengths // _MORE + 1
        if len(each) == int(each.sum()):
            self._take(counts, lengths, tokens, paragraphs)
            return
        ends = np.cumsum(each)
        nth = np.arange(int(ends[-1])) - np.repeat(ends - each, each)
        coded = np.full(len(nth), _MORE)
        coded[ends - 1] = lengths % _MORE
        begins = np.zeros(len(nth), dtype=bool)
        begins[(ends - 1)[paragraphs]] = True
        owners = np.repeat(np.arange(len(counts)), counts)
        self._take(
            np.bincount(owners, weights=each, minlength=len(counts)).astype(np.int64),
            coded,
            # Tokens are never more than bytes, so they fit into as many codes.
            np.clip(np.repeat(tokens, each) - _MORE * nth, 0, _MORE),
            begins,
        )

    def copy(self, stored: StoredSentences, docs: Array) -> None:
        """Take articles of a segment as they were coded there."""
        self._take(*stored.codes(docs))

    def _take(self, counts: Array, lengths: Array, tokens: Array, paragraphs: Array) -> None:
        self._counts.append(counts)
        self._bytes.append(lengths.astype(np.uint8))
        self._tokens.append(tokens.astype(np.uint8))
        self._paragraphs.add(paragraphs)

    def parts(self) -> dict[str, Array]:
        """The arrays to store."""
        counts = np.concatenate([np.zeros(1, dtype=np.int64), *self._counts])
        none = np.zeros(0, dtype=np.uint8)
        return {
            "sentences.starts": narrow(np.cumsum(counts)),
            "sentences.bytes": np.concatenate([none, *self._bytes]),
            "sentences.tokens": np.concatenate([none, *self._tokens]),
            "sentences.paragraph_bits": self._paragraphs.packed(),
        }
