"""A segment out of articles: one pass over the tokens, then sorting; nothing per posting."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from searchidx.analysis.numbering import WordNumbers
from searchidx.analysis.sentences import Sentences
from searchidx.analysis.shingles import SKETCH_SIZE, WordHashes, sketches
from searchidx.segment.codes import radix_order
from searchidx.segment.columns import Column, ColumnWriter
from searchidx.segment.lexicon import Lexicon
from searchidx.segment.parts import Array, narrow, write_parts
from searchidx.segment.postings import BODY_GAP, Occurrences, PostingsWriter
from searchidx.segment.rows import KEYWORD_FIELDS, LIST_FIELDS, Row, digest
from searchidx.segment.segment import FORMAT_VERSION, Segment
from searchidx.segment.sentences import SentencesWriter
from searchidx.segment.stored import StoredWriter
from searchidx.segment.surfaces import WordOrder, encoded

__all__ = ["SegmentBuilder", "SegmentParts"]

_BATCH = 256  # articles numbered together: enough to spread the cost of a numpy call
_TOKENS_AT_ONCE = 1 << 16
_KNOWN_WORDS = 1_000_000  # where the memory of earlier segments' words is given up


class SegmentBuilder:
    """Collects articles and writes them as segments, one after the other."""

    def __init__(self) -> None:
        self._know_no_words()
        self._start()

    def _know_no_words(self) -> None:
        self._words = WordNumbers()
        self._hashes = WordHashes(self._words)
        self._order = WordOrder(self._words)

    def _start(self) -> None:
        if len(self._words.words) > _KNOWN_WORDS:
            self._know_no_words()
        self._waiting: list[Row] = []
        self._numbers: list[Array] = []
        self._lengths: list[Array] = []
        self._rest = SegmentParts()
        self.tokens = 0

    def __len__(self) -> int:
        return len(self._waiting) + len(self._rest)

    def add(self, rows: Iterable[Row]) -> None:
        """Take articles. Their ids must differ from each other and from those before.

        ``tokens`` counts the tokens of titles and bodies held: what the memory grows with.
        """
        self._waiting += rows
        while len(self._waiting) >= _BATCH:
            self._number(self._waiting[:_BATCH])
            del self._waiting[:_BATCH]

    def _number(self, rows: Sequence[Row]) -> None:
        texts = [text for row in rows for text in (row.title, row.body)]
        found = self._words.number(texts)
        self._numbers.append(found.numbers)
        self._lengths.append(found.counts)
        self.tokens += len(found.numbers)
        self._rest.add(rows)
        self._rest.sentences.add(*_of_bodies(found.sentences))

    def write(self, path: Path, words: Path | None = None) -> int:
        """Write what was added as a segment to a new file, and forget it; gives its size.

        In the file ``words`` are then the hashes of all words (uint32), those of one article
        after the other: what telling stories apart needs of them.
        """
        if self._waiting:
            self._number(self._waiting)
            self._waiting = []
        lengths = np.concatenate([np.zeros(0, dtype=np.int64), *self._lengths])
        numbers = np.concatenate([np.zeros(0, dtype=np.int32), *self._numbers])
        self._numbers.clear()
        counts = lengths.reshape(-1, 2).sum(axis=1)
        hashes = self._hashes.all()
        self._rest.sketches.append(sketches(numbers, counts, hashes))
        if words is not None:
            hashes[numbers].tofile(words)
        parts = _text_parts(self._order, numbers, lengths)
        parts |= self._rest.field_parts(self._words)
        self._rest.write(path, parts, lengths[0::2], lengths[1::2])
        count = len(self._rest)
        self._start()
        return count


class SegmentParts:
    """Everything in a segment but postings: ids, dates, columns and the articles' own text."""

    def __init__(self) -> None:
        self._ids: list[bytes] = []
        self._days = array("i")
        self._digests: list[bytes] = []
        self._columns: dict[str, ColumnWriter] = {name: ColumnWriter() for name in KEYWORD_FIELDS}
        self._urls: list[bytes] = []
        self._url_is_id = array("b")
        self._origins = array("I")
        self._lineages = ColumnWriter()
        self._own_urls = array("I")  # bytes of an address that is not the id
        self._titles = array("I")
        self._stored = StoredWriter()
        self.sentences = SentencesWriter()
        self.sketches: list[Array] = []

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, rows: Sequence[Row]) -> None:
        """Take the next articles."""
        self._digests += map(digest, rows)
        ids, titles, bodies, days, urls, keywords, origins, lineages = zip(*rows, strict=True)
        self._ids += [id_.encode("utf-8", "surrogatepass") for id_ in ids]
        self._days.extend(days)
        for column, values in zip(self._columns.values(), zip(*keywords, strict=True), strict=True):
            column.add(values)
        self._origins.extend(origins)
        self._lineages.add(lineages)
        encoded = [url.encode("utf-8", "surrogatepass") for url in urls]
        self._urls += encoded
        # An address that is the id is not stored twice: most are.
        own = [
            b"" if url == id_ else url
            for url, id_ in zip(encoded, self._ids[-len(encoded) :], strict=True)
        ]
        self._own_urls.extend(map(len, own))
        self._url_is_id.extend(
            [bool(url) and not kept for url, kept in zip(encoded, own, strict=True)]
        )
        self._titles.extend(map(len, titles))
        self._stored.add([t + u + b for t, u, b in zip(titles, own, bodies, strict=True)])

    def copy(self, segment: Segment) -> None:
        """Take the articles of a segment that are not deleted, as they lie."""
        parts, live = segment.parts, segment.live_docs()
        ids = np.empty(segment.article_count, dtype=object)
        ids[segment.parts["ids.docs"]] = segment.ids.all_encoded()
        self._ids += ids[live].tolist()
        self._days.extend(segment.dates[live].tolist())
        digests = parts.bytes("digests")
        self._digests += [bytes(digests[8 * doc : 8 * doc + 8]) for doc in live.tolist()]
        self._origins.extend(segment.origins[live].tolist())
        for name, writer in [*self._columns.items(), ("lineage", self._lineages)]:
            column = segment.column(name)
            known = writer.values
            numbers = [known.setdefault(value, len(known)) for value in column.values]
            ordinals = np.array(numbers, dtype=np.int32)[column.ordinals[live]]
            writer.ordinals.frombytes(ordinals.tobytes())
        url_is_id = np.unpackbits(parts["url_is_id"])[: segment.article_count]
        self._url_is_id.extend(url_is_id[live].tolist())
        self._own_urls.extend(parts["stored.url_bytes"][live].tolist())
        self._titles.extend(parts["stored.title_bytes"][live].tolist())
        self.sentences.copy(segment.sentences, live)
        self.sketches.append(segment.sketches[live])
        stored = segment.stored
        if segment.live is not None or not self._stored.add_stored(stored):
            records = (one for doc, one in enumerate(stored.records()) if segment.is_live(doc))
            while batch := list(islice(records, _BATCH)):
                self._stored.add(batch)

    def field_parts(self, words: WordNumbers) -> dict[str, Array]:
        """The postings of the fields beside title and body, of articles that were added."""
        urls = [[url] if url else [] for url in self._urls]
        parts = _field_parts("url", urls, np.arange(len(self)), words)
        for name, column in self._columns.items():
            texts = [_texts(name, value) for value in column.values]
            parts |= _field_parts(name, texts, np.asarray(column.ordinals, dtype=np.int64), words)
        return parts

    def write(
        self, path: Path, parts: dict[str, Array], title_lengths: Array, body_lengths: Array
    ) -> None:
        """Write the segment: these arrays, and all that was taken."""
        count = len(self)
        for name, column in [*self._columns.items(), ("lineage", self._lineages)]:
            values = [value.encode("utf-8", "surrogatepass") for value in column.values]
            parts |= Column.parts(name, column.ordinals, values)
        parts["url_is_id"] = np.packbits(np.array(self._url_is_id, dtype=bool))
        by_id = sorted(range(count), key=self._ids.__getitem__)
        parts |= Lexicon.parts("ids", [self._ids[doc] for doc in by_id])
        parts["ids.docs"] = narrow(np.array(by_id, dtype=np.int64))
        parts["origins"] = narrow(np.array(self._origins, dtype=np.int64))
        parts["dates"] = np.array(self._days, dtype=np.int32)
        parts["digests"] = np.frombuffer(b"".join(self._digests), dtype=np.uint8)
        parts["title_lengths"] = narrow(title_lengths)
        parts["body_lengths"] = narrow(body_lengths)
        parts["stored.title_bytes"] = narrow(np.array(self._titles, dtype=np.int64))
        parts["stored.url_bytes"] = narrow(np.array(self._own_urls, dtype=np.int64))
        parts["sketches"] = np.concatenate(
            [np.zeros((0, SKETCH_SIZE), dtype=np.uint32), *self.sketches]
        )
        parts |= self._stored.parts()
        parts |= self.sentences.parts()
        facts = {
            "format": FORMAT_VERSION,
            "articles": count,
            "title_tokens": int(title_lengths.sum()),
            "body_tokens": int(body_lengths.sum()),
        }
        write_parts(path, facts, parts)


def _of_bodies(found: Sentences) -> Sentences:
    """Of the sentences of titles and bodies in turn those of the bodies."""
    bodies = np.zeros(len(found.counts), dtype=bool)
    bodies[1::2] = True
    kept = np.repeat(bodies, found.counts)
    _, *columns = found
    return Sentences(found.counts[1::2], *(column[kept] for column in columns))


def _texts(name: str, value: str) -> list[bytes]:
    """The texts of a column's value. Each of a list stands apart: no phrase runs across two."""
    import json

    names = json.loads(value) if name in LIST_FIELDS and value else [value] if value else []
    return [one.encode("utf-8", "surrogatepass") for one in names]


def _text_parts(words: WordOrder, numbers: Array, lengths: Array) -> dict[str, Array]:
    """The postings of title and body; ``lengths`` has a title's and a body's in turn."""
    ranked, surfaces = words.used(numbers)
    terms = surfaces.terms
    term_of = np.zeros(len(words), dtype=np.int32)
    term_of[ranked] = surfaces.term_of
    term_ids = term_of.take(numbers)
    order = radix_order(term_ids, len(terms))
    counts = np.bincount(term_ids, minlength=len(terms))
    ends = np.cumsum(lengths)
    # Positions count from the text's first token; a body's are shifted behind its title.
    origins = ends - lengths
    origins[1::2] -= lengths[0::2] + BODY_GAP
    # A token's text and variant as one number: each look far away is made once.
    bits = int(surfaces.variant_counts.max(initial=1) - 1).bit_length()
    packed = np.arange(len(lengths)).astype(np.min_scalar_type(len(lengths) << bits)) << bits
    variant_of = np.zeros(len(words), dtype=packed.dtype)
    variant_of[ranked] = surfaces.variants
    packed = np.repeat(packed, lengths)
    packed |= variant_of.take(numbers)
    writer = PostingsWriter("text")
    last_tokens = np.cumsum(counts)
    first = done = 0
    while first < len(terms):
        # So many terms at a time that the arrays stay in the processor's cache.
        last = max(first + 1, int(np.searchsorted(last_tokens, done + _TOKENS_AT_ONCE)))
        tokens = order[done : int(last_tokens[last - 1])]
        found = packed.take(tokens)
        texts = (found >> bits).astype(np.int32)
        positions = (tokens - origins.take(texts)).astype(np.int32)
        variants = (found & ((1 << bits) - 1)).astype(np.int32)
        writer.add(
            Occurrences(counts[first:last], texts >> 1, positions, (texts & 1) == 0, variants),
            surfaces.variant_counts[first:last],
        )
        first, done = last, done + len(tokens)
    return surfaces.parts() | writer.parts(encoded(terms)) | writer.holders(surfaces.by_term)


def _field_parts(
    name: str, values: Sequence[Sequence[bytes]], ordinals: Array, words: WordNumbers
) -> dict[str, Array]:
    """The postings of a field whose values, each several texts, are shared by articles."""
    found = words.number([text for value in values for text in value])
    text_counts = np.fromiter(map(len, values), dtype=np.int64, count=len(values))
    owners = np.repeat(np.arange(len(values)), text_counts)
    nth = np.arange(len(owners)) - np.repeat(np.cumsum(text_counts) - text_counts, text_counts)
    sizes = np.bincount(owners, weights=found.counts, minlength=len(values)).astype(np.int64)
    starts = np.cumsum(sizes) - sizes
    positions = np.arange(len(found.numbers)) - np.repeat(starts, sizes)
    positions += np.repeat(nth * BODY_GAP, found.counts)

    used, compact = np.unique(found.numbers, return_inverse=True)
    spelled = [words.words[number] for number in used.tolist()]
    by_word = sorted(range(len(spelled)), key=spelled.__getitem__)
    term_of = np.empty(len(spelled), dtype=np.int64)
    term_of[by_word] = np.arange(len(spelled))

    per_doc = sizes[ordinals]
    docs = np.repeat(np.arange(len(ordinals)), per_doc)
    tokens = np.arange(len(docs)) - np.repeat(
        np.cumsum(per_doc) - per_doc - starts[ordinals], per_doc
    )
    term_ids = term_of[compact[tokens]]
    order = radix_order(term_ids, len(spelled))
    writer = PostingsWriter(name)
    writer.add(
        Occurrences(
            counts=np.bincount(term_ids, minlength=len(spelled)),
            docs=docs[order],
            positions=positions[tokens][order],
        )
    )
    return writer.parts(encoded([spelled[at] for at in by_word]))
