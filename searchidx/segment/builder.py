"""A segment out of articles: one pass over the tokens, then sorting; nothing per posting."""

from __future__ import annotations

import json
import zlib
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from searchidx.analysis import WordNumbers, stems
from searchidx.article import Article
from searchidx.segment.lexicon import Lexicon
from searchidx.segment.parts import Array, narrow, write_parts
from searchidx.segment.postings import BODY_GAP

__all__ = ["FORMAT_VERSION", "NO_DATE", "WORD_FIELDS", "SegmentBuilder", "date_number"]

FORMAT_VERSION = 1
"""Changes whenever the arrays of a segment change their meaning."""

WORD_FIELDS = (
    "source",
    "url",
    "agency",
    "authors",
    "editor",
    "responsible_editor",
    "notice",
    "language",
)
"""The fields beside title and body that can be searched by word."""

NO_DATE = np.iinfo(np.int32).min
"""What the date column holds for an article without a date."""

_EPOCH = 719_163  # date(1970, 1, 1).toordinal()


def date_number(article: Article) -> int:
    """Days since 1970-01-01, or NO_DATE."""
    return article.date.toordinal() - _EPOCH if article.date else int(NO_DATE)


class _Occurrences:
    """Token numbers of many texts end to end, with each text's article and length."""

    def __init__(self) -> None:
        self.words = WordNumbers()
        self.numbers = array("i")
        self.docs = array("i")
        self.lengths = array("i")

    def add(self, doc: int, text: str) -> int:
        found = self.words.number(text)
        self.numbers.extend(found)
        self.docs.append(doc)
        self.lengths.append(len(found))
        return len(found)


class SegmentBuilder:
    """Collects articles and writes them as one segment."""

    def __init__(self) -> None:
        self._text = _Occurrences()
        self._fields = {name: _Occurrences() for name in WORD_FIELDS}
        self._ids: list[bytes] = []
        self._dates = array("i")
        self._hashes: list[bytes] = []
        self._stored: list[bytes] = []

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def tokens(self) -> int:
        """How many tokens of titles and bodies are held: what the memory grows with."""
        return len(self._text.numbers)

    def add(self, article: Article) -> None:
        """Take one article. Its id must differ from those of the articles before it."""
        doc = len(self._ids)
        self._text.add(doc, article.title)
        self._text.add(doc, article.body)
        for name, occurrences in self._fields.items():
            value = getattr(article, name)
            if value:
                # Each name of several on a "line" of its own: no phrase runs across two.
                for text in (value,) if isinstance(value, str) else value:
                    occurrences.add(doc, text)
        self._ids.append(article.id.encode("utf-8", "replace"))
        self._dates.append(date_number(article))
        self._hashes.append(article.content_hash())
        record = json.dumps(article.to_dict(), ensure_ascii=False, separators=(",", ":"))
        self._stored.append(zlib.compress(record.encode("utf-8", "surrogatepass"), 6))

    def write(self, path: Path) -> None:
        """Write the segment to a new file."""
        count = len(self)
        parts: dict[str, Array] = {}
        parts |= _text_parts(self._text, count)
        for name, occurrences in self._fields.items():
            parts |= _field_parts(name, occurrences)
        by_id = sorted(range(count), key=self._ids.__getitem__)
        parts |= Lexicon.parts("ids", [self._ids[doc] for doc in by_id])
        parts["ids.docs"] = np.array(by_id, dtype=np.int32)
        parts["dates"] = np.array(self._dates, dtype=np.int32)
        parts["content_hashes"] = np.frombuffer(b"".join(self._hashes), dtype=np.uint8)
        parts["stored.bytes"] = np.frombuffer(b"".join(self._stored), dtype=np.uint8)
        parts["stored.ends"] = np.cumsum([len(record) for record in self._stored], dtype=np.int64)
        write_parts(path, {"format": FORMAT_VERSION, "articles": count}, parts)


def _text_parts(occurrences: _Occurrences, count: int) -> dict[str, Array]:
    surfaces = list(occurrences.words.numbers)
    encoded = [surface.encode("utf-8", "replace") for surface in surfaces]
    stemmed = [stem.encode("utf-8", "replace") for stem in stems(surfaces)]
    terms = sorted(set(stemmed))
    term_numbers = {term: number for number, term in enumerate(terms)}
    term_of = np.fromiter(map(term_numbers.__getitem__, stemmed), np.int32, len(stemmed))

    order = np.array(sorted(range(len(encoded)), key=encoded.__getitem__), dtype=np.int64)
    variant_of = np.empty(len(surfaces), dtype=np.int64)
    variant_of[order] = _rank_within(term_of[order])

    numbers = np.frombuffer(occurrences.numbers, dtype=np.int32)
    lengths = np.frombuffer(occurrences.lengths, dtype=np.int32).astype(np.int64)
    title_lengths, body_lengths = lengths[0::2], lengths[1::2]
    # Positions count from the text's first token; a body's are shifted behind its title.
    starts = np.cumsum(lengths) - lengths
    shifts = np.zeros_like(lengths)
    shifts[1::2] = title_lengths + BODY_GAP
    positions = np.arange(len(numbers), dtype=np.int64) - np.repeat(starts - shifts, lengths)
    docs = np.repeat(np.frombuffer(occurrences.docs, dtype=np.int32), lengths)
    in_title = np.repeat(np.arange(len(lengths)) % 2 == 0, lengths)

    parts, placing = inverted("text", terms, term_of[numbers], docs, positions)
    in_title = in_title[placing.order].astype(np.int64)
    parts["text.title_freqs"] = narrow(np.add.reduceat(in_title, placing.firsts))
    parts["text.variants"] = narrow(variant_of[numbers[placing.order]])
    parts |= Lexicon.parts("text.surfaces", [encoded[at] for at in order])
    parts["text.surface_terms"] = term_of[order]
    parts["text.surface_variants"] = narrow(variant_of[order])
    counts = np.bincount(numbers, minlength=len(surfaces))
    parts["text.surface_counts"] = narrow(counts[order])
    parts["title_lengths"] = narrow(title_lengths)
    parts["body_lengths"] = narrow(body_lengths)
    assert len(title_lengths) == count
    return parts


def _field_parts(name: str, occurrences: _Occurrences) -> dict[str, Array]:
    encoded = [word.encode("utf-8", "replace") for word in occurrences.words.numbers]
    terms = sorted(set(encoded))
    term_numbers = {term: number for number, term in enumerate(terms)}
    term_of = np.fromiter(map(term_numbers.__getitem__, encoded), np.int32, len(encoded))

    numbers = np.frombuffer(occurrences.numbers, dtype=np.int32)
    lengths = np.frombuffer(occurrences.lengths, dtype=np.int32).astype(np.int64)
    docs = np.frombuffer(occurrences.docs, dtype=np.int32)
    starts = np.cumsum(lengths) - lengths
    # The second author begins a gap behind the first.
    shifts = np.zeros_like(lengths)
    if len(docs):
        nth = _rank_within(docs)
        first = np.arange(len(docs)) - nth
        shifts = starts - starts[first] + nth * BODY_GAP
    positions = np.arange(len(numbers), dtype=np.int64) - np.repeat(starts - shifts, lengths)
    parts, _ = inverted(name, terms, term_of[numbers], np.repeat(docs, lengths), positions)
    return parts


class Placing:
    """How occurrences were brought into the order of their terms.

    ``order`` sorts them; ``firsts`` are the places, in that order, at which a posting begins.
    """

    __slots__ = ("firsts", "order")

    def __init__(self, order: Array, firsts: Array) -> None:
        self.order = order
        self.firsts = firsts


def inverted(
    group: str, terms: Sequence[bytes], term_ids: Array, docs: Array, positions: Array
) -> tuple[dict[str, Array], Placing]:
    """The arrays of a group of postings from its occurrences.

    ``term_ids``, ``docs`` and ``positions`` are int, shape ``(occurrences,)``, in the order of
    articles and of positions within each.
    """
    order = np.argsort(term_ids, kind="stable")
    by_term = term_ids[order]
    by_doc = docs[order]
    if len(order):
        begins = np.empty(len(order), dtype=bool)
        begins[0] = True
        np.not_equal(by_term[1:], by_term[:-1], out=begins[1:])
        begins[1:] |= by_doc[1:] != by_doc[:-1]
        firsts = np.flatnonzero(begins)
    else:
        firsts = np.zeros(0, dtype=np.int64)
    bounds = np.arange(len(terms) + 1)
    parts: dict[str, Any] = Lexicon.parts(f"{group}.terms", terms)
    parts[f"{group}.term_starts"] = narrow(np.searchsorted(by_term[firsts], bounds))
    parts[f"{group}.position_starts"] = narrow(np.searchsorted(by_term, bounds))
    parts[f"{group}.doc_ids"] = by_doc[firsts].astype(np.int32)
    parts[f"{group}.freqs"] = narrow(np.diff(firsts, append=len(order)))
    parts[f"{group}.positions"] = narrow(positions[order])
    return parts, Placing(order, firsts)


def _rank_within(keys: Array) -> Array:
    """How many equal keys stand before each: int64, same shape."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    begins = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(keys) else order
    sizes = np.diff(begins, append=len(keys))
    ranks = np.empty(len(keys), dtype=np.int64)
    ranks[order] = np.arange(len(keys)) - np.repeat(begins, sizes)
    return ranks
