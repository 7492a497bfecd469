"""The inverted lists of a group of fields: which articles hold a term, how often, and where.

A list is read as numpy arrays, each decoded when first asked for:

- articles: gaps in 8, 16 or 32 bits, the narrowest that holds all gaps of the term;
- frequencies: one bit an occurrence, set on the first of each article;
- positions: the low byte, and the steps of 256 above it in unary, anew for each article;
- in the text group a bit an occurrence, set in the title, and the surface word of the stem, in
  as many bits as the number of its words asks for (none for a stem with one word).
"""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import numpy as np

from searchidx.segment.codes import (
    BitsWriter,
    pack_small,
    running_total,
    small_bits,
    unary_steps,
    unpack_bits,
    unpack_small,
)
from searchidx.segment.lexicon import Lexicon
from searchidx.segment.parts import Array, PartsFile, narrow
from searchidx.segment.posting_list import PostingList, TermPlace, positions

__all__ = ["BODY_GAP", "Occurrences", "Postings", "PostingsWriter", "TextPostings"]

BODY_GAP = 128
"""Positions left free between a title's last word and the body's first."""

_GAP_BITS = (8, 16, 32)
_VARIANT_BITS = (1, 2, 4, 8, 16, 32)


class Occurrences(NamedTuple):
    """The occurrences of terms in a row, ordered by term, article and position.

    ``counts`` has one entry a term, the rest one an occurrence. ``in_title`` (bool) and
    ``variants`` belong to the text group.
    """

    counts: Array
    docs: Array
    positions: Array
    in_title: Array | None = None
    variants: Array | None = None


class Postings:
    """A lexicon and the posting list of each of its terms."""

    def __init__(self, parts: PartsFile, group: str) -> None:
        self.parts = parts
        self.group = group
        self.lexicon = Lexicon.of(parts, f"{group}.terms")
        self.term_starts = parts[f"{group}.term_starts"]
        self.position_starts = parts[f"{group}.position_starts"]
        self.high_starts = parts[f"{group}.position_step_starts"]
        self._gap_bits = parts[f"{group}.gap_bits"]
        self._gap_starts = parts[f"{group}.gap_starts"]

    def doc_frequency(self, term: int) -> int:
        """Articles that hold the term, deleted ones among them."""
        return int(self.term_starts[term + 1]) - int(self.term_starts[term])

    def __getitem__(self, term: int) -> PostingList:
        """The postings of the term with this number."""
        return PostingList([TermPlace(self, term)])

    def part(self, name: str) -> Array:
        """One of the group's arrays."""
        return self.parts[f"{self.group}.{name}"]

    def occurrence_extent(self, term: int) -> tuple[int, int]:
        """From which to which of the group's occurrences the term's lie."""
        return int(self.position_starts[term]), int(self.position_starts[term + 1])

    def gaps(self, term: int) -> Array:
        """How far each article that holds the term is from the one before: uint."""
        start = int(self._gap_starts[term])
        end = start + self.doc_frequency(term)
        return self.part(f"gaps{self._gap_bits[term]}")[start:end]

    def position_steps(self, term: int) -> Array:
        """The bits, bool, that say in unary what is above the low bytes of positions."""
        begin, end = int(self.high_starts[term]), int(self.high_starts[term + 1])
        return unpack_bits(self.part("position_steps"), begin, end)

    def doc_ids(self, term: int) -> Array:
        """The articles that hold the term, ascending: int64, shape ``(postings,)``."""
        return running_total(self.gaps(term))

    def variants(self, term: int, count: int) -> Array:
        return np.zeros(count, dtype=np.uint8)

    def occurrences(self, first: int, last: int) -> Occurrences:
        """Every occurrence of the terms ``first`` to ``last``, decoded together."""
        starts = self.term_starts[first : last + 1].astype(np.int64)
        places = self.position_starts[first : last + 1].astype(np.int64)
        dfs, counts = np.diff(starts), np.diff(places)
        begin, end = int(places[0]), int(places[-1])
        gaps = _in_term_order(
            self._gap_bits[first:last],
            self._gap_starts[first:last],
            dfs,
            {bits: self.parts[f"{self.group}.gaps{bits}"] for bits in _GAP_BITS},
        )
        totals = running_total(gaps)
        first_postings = starts[:-1] - starts[0]
        docs = totals - np.repeat(totals[first_postings] - gaps[first_postings], dfs)
        firsts = np.flatnonzero(unpack_bits(self.parts[f"{self.group}.first_bits"], begin, end))
        freqs = np.diff(firsts, append=end - begin)
        steps = unpack_bits(
            self.parts[f"{self.group}.position_steps"],
            int(self.high_starts[first]),
            int(self.high_starts[last]),
        )
        low = self.parts[f"{self.group}.position_bytes"][begin:end]
        return Occurrences(counts, np.repeat(docs, freqs), positions(low, steps, firsts, freqs))


def _in_term_order(
    widths: Array, starts: Array, counts: Array, sections: dict[int, Array], packed: bool = False
) -> Array:
    """The coded values of terms in a row, whose codes lie in one section for each width."""
    values = np.zeros(int(counts.sum()), dtype=np.int64)
    each = np.repeat(widths, counts)
    for bits, section in sections.items():
        terms = np.flatnonzero(widths == bits)
        if not len(terms):
            continue
        start = int(starts[terms[0]])
        stop = int(starts[terms[-1]]) + int(counts[terms[-1]])
        coded = unpack_small(section, bits, start, stop) if packed else section[start:stop]
        values[each == bits] = coded
    return values


class TextPostings(Postings):
    """Title and body together: stems, with the surface word of every occurrence.

    A title's words have positions from 0, the body's begin ``BODY_GAP`` behind the title's end.
    ``surfaces`` are the normal forms of all words, unstemmed. Word ``w`` belongs to the term
    ``surface_terms[w]``; a term's words, in order, are its variants 0, 1, 2, …
    """

    def __init__(self, parts: PartsFile) -> None:
        super().__init__(parts, "text")
        self._variant_bits = parts["text.variant_bits"]
        self._variant_starts = parts["text.variant_starts"]

    @cached_property
    def surfaces(self) -> Lexicon:
        return Lexicon.of(self.parts, "text.surfaces")

    @property
    def surface_terms(self) -> Array:
        """The term of each surface word: uint, shape ``(surfaces,)``."""
        return self.parts["text.surface_terms"]

    def surfaces_of(self, term: int) -> Array:
        """The numbers of the term's surface words; the place of each is its variant."""
        starts = self.parts["text.surface_starts"]
        by_term = self.parts["text.surfaces_by_term"]
        return by_term[int(starts[term]) : int(starts[term + 1])]

    @property
    def surface_holders(self) -> Array:
        """How many articles have each surface word, deleted ones among them: uint."""
        return self.parts["text.surface_holders"]

    def variant_of(self, surface: int) -> int:
        """Which variant of its term a surface word is."""
        return int(np.searchsorted(self.surfaces_of(int(self.surface_terms[surface])), surface))

    def surfaces_from(self, first: int, found: Occurrences) -> Array:
        """The surface word of each occurrence of the terms in a row that begins with ``first``."""
        assert found.variants is not None
        starts = self.parts["text.surface_starts"][first : first + len(found.counts)]
        places = np.repeat(starts.astype(np.int64), found.counts) + found.variants
        surfaces: Array = self.parts["text.surfaces_by_term"][places]
        return surfaces

    def variants(self, term: int, count: int) -> Array:
        bits = int(self._variant_bits[term])
        if not bits:
            return np.zeros(count, dtype=np.uint8)
        start = int(self._variant_starts[term])
        return unpack_small(self.parts[f"text.variants{bits}"], bits, start, start + count)

    def occurrences(self, first: int, last: int) -> Occurrences:
        plain = super().occurrences(first, last)
        begin, end = int(self.position_starts[first]), int(self.position_starts[last])
        variants = _in_term_order(
            self._variant_bits[first:last],
            self._variant_starts[first:last],
            plain.counts,
            {bits: self.parts[f"text.variants{bits}"] for bits in _VARIANT_BITS},
            packed=True,
        )
        in_title = unpack_bits(self.parts["text.title_bits"], begin, end)
        return Occurrences(plain.counts, plain.docs, plain.positions, in_title, variants)


class PostingsWriter:
    """Codes posting lists, some terms after the other."""

    def __init__(self, group: str) -> None:
        self._group = group
        self._terms: dict[str, list[Array]] = {
            name: [] for name in ("dfs", "counts", "gap_bits", "steps", "variant_bits")
        }
        self._bits = {name: BitsWriter() for name in ("first_bits", "title_bits", "position_steps")}
        self._position_bytes: list[Array] = []
        self._gaps: dict[int, list[Array]] = {bits: [] for bits in _GAP_BITS}
        self._variants: dict[int, list[Array]] = {bits: [] for bits in _VARIANT_BITS}
        self._holders: list[Array] = []

    def add(self, found: Occurrences, variant_counts: Array | None = None) -> None:
        """Code the next terms. ``variant_counts`` says how many surface words each has."""
        counts = found.counts
        if not len(counts):
            return
        firsts_of_terms = np.cumsum(counts) - counts
        begins = np.empty(len(found.docs), dtype=bool)
        np.not_equal(found.docs[1:], found.docs[:-1], out=begins[1:])
        begins[firsts_of_terms] = True
        firsts = np.flatnonzero(begins)
        first_postings = np.searchsorted(firsts, firsts_of_terms)
        dfs = np.diff(first_postings, append=len(firsts))
        self._add_gaps(found.docs[firsts], first_postings, dfs)

        high = found.positions >> 8
        steps = np.empty_like(high)
        steps[0] = high[0]
        np.subtract(high[1:], high[:-1], out=steps[1:])
        steps[firsts] = high[firsts]
        self._bits["first_bits"].add(begins)
        self._position_bytes.append(found.positions.astype(np.uint8))
        self._bits["position_steps"].add(unary_steps(steps))
        self._terms["dfs"].append(dfs)
        self._terms["counts"].append(counts)
        self._terms["steps"].append(
            np.add.reduceat(steps, firsts_of_terms, dtype=np.int64) + counts
        )
        if found.in_title is not None and found.variants is not None:
            assert variant_counts is not None
            self._bits["title_bits"].add(found.in_title)
            self._add_variants(found.variants, counts, variant_counts)
            self._holders.append(_holders(found.variants, counts, variant_counts, begins, dfs))

    def _add_gaps(self, docs: Array, first_postings: Array, dfs: Array) -> None:
        gaps = np.empty_like(docs)
        np.subtract(docs[1:], docs[:-1], out=gaps[1:])
        gaps[first_postings] = docs[first_postings]
        widest = np.maximum.reduceat(gaps, first_postings)
        widths = np.maximum(small_bits(widest), 8)
        each = np.repeat(widths, dfs)
        for bits, section in self._gaps.items():
            section.append(gaps[each == bits].astype(f"<u{bits // 8}"))
        self._terms["gap_bits"].append(widths)

    def _add_variants(self, variants: Array, counts: Array, variant_counts: Array) -> None:
        widths = small_bits(variant_counts - 1)
        each = np.repeat(widths, counts)
        for bits, section in self._variants.items():
            section.append(variants[each == bits].astype(f"<u{max(bits // 8, 1)}"))
        self._terms["variant_bits"].append(widths)

    def parts(self, terms: list[bytes]) -> dict[str, Array]:
        """The arrays to store, for as many terms as were coded."""
        group = self._group
        dfs, counts, steps = (self._joined(name, np.int64) for name in ("dfs", "counts", "steps"))
        gap_bits = self._joined("gap_bits", np.uint8)
        parts = Lexicon.parts(f"{group}.terms", terms)
        parts[f"{group}.term_starts"] = _starts(dfs)
        parts[f"{group}.position_starts"] = _starts(counts)
        parts[f"{group}.position_step_starts"] = _starts(steps)
        parts[f"{group}.gap_bits"] = gap_bits
        parts[f"{group}.gap_starts"] = _section_starts(gap_bits, dfs)
        for bits, gaps in self._gaps.items():
            parts[f"{group}.gaps{bits}"] = _concatenated(gaps, np.dtype(f"<u{bits // 8}"))
        parts[f"{group}.position_bytes"] = _concatenated(self._position_bytes, np.dtype(np.uint8))
        for name, bits_writer in self._bits.items():
            if name != "title_bits" or group == "text":
                parts[f"{group}.{name}"] = bits_writer.packed()
        if group == "text":
            variant_bits = self._joined("variant_bits", np.uint8)
            parts["text.variant_bits"] = variant_bits
            parts["text.variant_starts"] = _section_starts(variant_bits, counts)
            for bits, variants in self._variants.items():
                values = _concatenated(variants, np.dtype(np.uint8))
                parts[f"text.variants{bits}"] = pack_small(values, bits)
        return parts

    def holders(self, surfaces_by_term: Array) -> dict[str, Array]:
        """How many articles have each surface word: the array to store."""
        held = np.zeros(len(surfaces_by_term), dtype=np.int64)
        held[surfaces_by_term] = _concatenated(self._holders, np.dtype(np.int64))
        return {"text.surface_holders": narrow(held)}

    def _joined(self, name: str, dtype: type) -> Array:
        return _concatenated(self._terms[name], np.dtype(dtype))


def _holders(
    variants: Array, counts: Array, variant_counts: Array, begins: Array, dfs: Array
) -> Array:
    """How many articles have each variant of terms in a row: int64, the variants of each together.

    ``begins`` tells the first occurrence of a term in an article, ``dfs`` how many those are.
    """
    first_variants = np.cumsum(variant_counts) - variant_counts
    found = np.zeros(int(variant_counts.sum()), dtype=np.int64)
    several = variant_counts > 1
    found[first_variants[~several]] = dfs[~several]
    looked_at = np.repeat(several, counts)
    keys = variants[looked_at] + np.repeat(first_variants[several], counts[several])
    begins = begins[looked_at]
    fresh = np.ones(len(keys), dtype=bool)
    # Of the occurrences in one article each is compared with the one before it, then with the
    # one before that: those that are met again are done with.
    open_ = np.flatnonzero(~begins)
    back = 1
    while len(open_):
        before = open_ - back
        again = keys.take(open_) == keys.take(before)
        fresh[open_[again]] = False
        open_ = open_[~(again | begins.take(before))]
        back += 1
    return found + np.bincount(keys[fresh], minlength=len(found))


def _concatenated(chunks: list[Array], dtype: np.dtype[np.generic]) -> Array:
    if not chunks:
        return np.zeros(0, dtype=dtype)
    return chunks[0] if len(chunks) == 1 else np.concatenate(chunks)


def _starts(counts: Array) -> Array:
    return narrow(np.concatenate([[0], np.cumsum(counts)]).astype(np.int64))


def _section_starts(widths: Array, counts: Array) -> Array:
    """Where each term's codes begin among those of its own width."""
    starts = np.zeros(len(widths), dtype=np.int64)
    for bits in np.unique(widths).tolist():
        these = widths == bits
        starts[these] = np.cumsum(counts[these]) - counts[these]
    return narrow(starts)
