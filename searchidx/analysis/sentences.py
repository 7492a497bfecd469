"""The sentences of many texts at once: what ``sentence_spans`` finds, in passes over the bytes.

Nearly every stop is settled by its neighbours: what follows it, and whether the word before it is
an abbreviation, which is asked once a word. A paragraph with any other stop is read by
``sentence_spans`` itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from searchidx.analysis.boundaries import ABBREVIATIONS, sentence_spans

__all__ = ["CLOSES", "Sentences", "closing", "sentence_starts"]

Array = npt.NDArray[Any]
Closes = Callable[[Array], Array]

CLOSES, OPEN, UNCLEAR = 1, 0, 2
"""Whether a full stop behind a word ends a sentence: yes (unless the word has another before it),
no, or not known without a look."""

_LINE_END, _BLANK, _DOT, _EXCLAMATION, _QUESTION = 0x0A, 0x20, 0x2E, 0x21, 0x3F
_UPPER, _LOWER, _SPACE, _CLOSER, _STOP, _FAR, _OTHER = range(7)


def _kind(byte: int) -> int:
    letter = chr(byte)
    if byte >= 0x80:
        return _FAR
    if letter.isupper() or letter.isdigit():
        return _UPPER
    if letter.islower():
        return _LOWER
    if letter.isspace():
        return _SPACE
    return _CLOSER if letter in "\"')]" else _STOP if letter in ".!?" else _OTHER


def _table(wanted: bytes) -> bytes:
    return bytes(byte in wanted for byte in range(256))


_KINDS = np.array([_kind(byte) for byte in range(256)], dtype=np.uint8)
# Chinese stops and the ellipsis are looked for by their last bytes.
_WIDE_STOPS = tuple(stop.encode() for stop in "。！？…")
_WIDE_ENDS = _table(bytes(stop[-1] for stop in _WIDE_STOPS))
_OPENS = np.frombuffer(_table(b"\"'(["), dtype=bool)
# The quotation marks ‘ ’ “ ” are three bytes each: E2 80, and one of these.
_CURLY_OPENS = np.frombuffer(_table(bytes([0x98, 0x9C])), dtype=bool)
_CURLY_CLOSES = np.frombuffer(_table(bytes([0x99, 0x9D])), dtype=bool)


# Initials are abbreviations too.
_ABBREVIATED = frozenset(map(str.encode, ABBREVIATIONS)) | {bytes([b]) for b in range(97, 123)}


class Sentences(NamedTuple):
    """The sentences of a batch of texts, end to end.

    ``counts`` (int64) has one entry a text, the others one a sentence: ``lengths``, its bytes
    up to the next one, ``tokens``, and ``paragraphs``, whether it begins one (bool). The lengths
    of a text's sentences add up to its own. White space between two belongs to the first; a
    stretch of it alone may pass for a sentence.
    """

    counts: Array
    lengths: Array
    tokens: Array
    paragraphs: Array


def closing(chunk: bytes) -> int:
    """Whether a full stop behind this chunk of lower-cased text ends a sentence."""
    if chunk in _ABBREVIATED:
        return OPEN
    # Of bytes only the ASCII ones are letters or digits.
    if chunk.isalpha() or (chunk.isalnum() and chunk[-1:].isdigit()):
        return CLOSES
    return UNCLEAR


def sentence_starts(
    raw: bytes, text_starts: Array, chunk_starts: Array, chunk_ends: Array, closes: Closes
) -> tuple[Array, Array]:
    """Where the sentences begin in texts that each end in a line end, and which a paragraph.

    ``raw`` begins with a line end and has some blanks behind the last text. The chunks are its
    words, more or less, and ``closes`` tells of chunks by their places what ``closing`` gives.
    """
    data = np.frombuffer(raw, dtype=np.uint8)
    line_ends = np.flatnonzero(data == _LINE_END)
    stops = np.flatnonzero((data == _DOT) | (data == _EXCLAMATION) | (data == _QUESTION))
    wide = np.zeros(0, dtype=np.int64)
    if not raw.isascii():
        wide = np.flatnonzero(np.frombuffer(raw.translate(_WIDE_ENDS), dtype=bool))
    cuts, unclear = _settled(data, stops, chunk_starts, chunk_ends, closes)
    if len(wide):
        stopping = [at for at in wide.tolist() if raw[at - 2 : at + 1] in _WIDE_STOPS]
        unclear = np.concatenate([unclear, np.array(stopping, dtype=np.int64)])
    # A blank line begins nothing, but every text has its first sentence.
    begins = line_ends[:-1] + 1
    kept = data[begins] != _LINE_END
    kept[np.searchsorted(begins, text_starts)] = True
    begins = begins[kept]
    if len(unclear):
        cuts = _read(raw, cuts, np.unique(np.searchsorted(line_ends, unclear)), line_ends)
    starts = np.concatenate([begins, cuts])
    paragraphs = np.zeros(len(starts), dtype=bool)
    paragraphs[: len(begins)] = True
    order = np.argsort(starts, kind="stable")
    return starts[order], paragraphs[order]


def _settled(
    data: Array, stops: Array, chunk_starts: Array, chunk_ends: Array, closes: Closes
) -> tuple[Array, Array]:
    """Where sentences begin behind these stops, and the stops that are not clear."""
    following = data[stops + 1]
    kinds = _KINDS[following]
    candidates = (kinds == _SPACE) | (kinds == _CLOSER) | (kinds == _FAR)
    candidates &= following != _LINE_END
    stops, kinds = stops[candidates], kinds[candidates]
    quotes = (kinds == _CLOSER) + 3 * _curly(data, stops + 1, kinds, _CURLY_CLOSES)
    after = stops + 1 + quotes
    blank = data[after] == _BLANK
    next_at = after + 1
    following = data[next_at]
    kinds = _KINDS[following]
    last = (data[after] == _LINE_END) | (blank & (following == _LINE_END))
    opened = _OPENS[following] + 3 * _curly(data, next_at, kinds, _CURLY_OPENS)
    kinds = _KINDS[data[next_at + opened]]
    upper, lower = kinds == _UPPER, kinds == _LOWER
    clear = blank & (upper | lower)
    # Of a full stop alone, the word before it decides.
    before = _KINDS[data[stops - 1]]
    plain = (data[stops] == _DOT) & (quotes == 0)
    ends = clear & upper
    unclear = ~clear & ~last
    asked = np.flatnonzero(ends & plain & ((before <= _LOWER) | (before == _FAR)))
    if len(asked):
        chunks = np.searchsorted(chunk_ends, stops[asked])
        verdicts = closes(chunks)
        dotted = data[chunk_starts[chunks] - 1] == _DOT
        ends[asked] = (verdicts == CLOSES) & ~dotted
        unclear[asked] = (verdicts == UNCLEAR) | ((verdicts == CLOSES) & dotted)
    unclear |= ends & (before == _FAR) & ~plain
    ends &= ~unclear
    return next_at[ends], stops[unclear]


def _curly(data: Array, places: Array, kinds: Array, wanted: Array) -> Array:
    """Which of the places hold one of these curly quotation marks: bool."""
    found: Array = kinds == _FAR
    if found.any():
        found &= (data[places] == 0xE2) & (data[places + 1] == 0x80) & wanted[data[places + 2]]
    return found


def _read(raw: bytes, cuts: Array, paragraphs: Array, line_ends: Array) -> Array:
    """The cuts, those in some paragraphs (by number of line ends before) found one by one."""
    kept = ~np.isin(np.searchsorted(line_ends, cuts), paragraphs)
    found = []
    for number in paragraphs.tolist():
        begin = int(line_ends[number - 1]) + 1
        text = raw[begin : int(line_ends[number])].decode("utf-8", "surrogatepass")
        done = 0
        for start, _ in sentence_spans(text)[1:]:
            begin += len(text[done:start].encode("utf-8", "surrogatepass"))
            done = start
            found.append(begin)
    return np.concatenate([cuts[kept], np.array(found, dtype=np.int64)])
