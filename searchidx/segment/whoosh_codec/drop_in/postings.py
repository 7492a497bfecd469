"""One field's terms and their postings in columns, as the arrays ``field:name.…``.

``text`` and ``ends`` are its terms (a Lexicon), ``docs`` the documents of all postings, term
after term, beside the columns of `runs`. ``total_weights`` has a number for each term; the arrays
``block_…`` have one for each block of postings, by which a search skips what cannot rank.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
from whoosh.codec.base import OutOfOrderError
from whoosh.formats import Format
from whoosh.reading import TermInfo

from searchidx.segment.lexicon import Lexicon
from searchidx.segment.parts import Array, narrow
from searchidx.segment.whoosh_codec.drop_in.drafts import Parts
from searchidx.segment.whoosh_codec.drop_in.lengths import LengthRule
from searchidx.segment.whoosh_codec.drop_in.matcher import BlockStats, RunMatcher
from searchidx.segment.whoosh_codec.drop_in.runs import Runs, RunsWriter, small

__all__ = ["FieldPostings", "FieldPostingsWriter"]

_INFOS_AT_ONCE = 512


class FieldPostingsWriter:
    """Collects one field's postings, term after term."""

    def __init__(self, name: str, kept: LengthRule, block_size: int) -> None:
        self.name = name
        self._kept = kept
        self._prefix = f"field:{name}"
        self._block_size = block_size
        self._terms: list[bytes] = []
        self._docs = array("Q")
        self._lengths = array("Q")
        self._runs = RunsWriter()

    def start_term(self, text: bytes) -> None:
        """Begin a term, which must sort behind the one before."""
        if self._terms and text <= self._terms[-1]:
            raise OutOfOrderError(f"Term {self.name}:{self._terms[-1]!r} .. {self.name}:{text!r}")
        self._terms.append(text)

    def extend(
        self,
        docs: Iterable[int],
        weights: Iterable[float],
        values: Iterable[bytes | None],
        lengths: Iterable[int] = (),
    ) -> None:
        """More postings of the present term. Lengths are given for all of a field, or for none."""
        self._docs.extend(docs)
        self._runs.extend(weights, values)
        self._lengths.extend(lengths)

    def end_term(self) -> None:
        """The present term has all of its postings."""
        self._runs.end_run()

    def parts(self, lengths_of: Callable[[Array], Array]) -> dict[str, Array]:
        """The arrays to store, with the lengths of documents from elsewhere if none were given."""
        if not self._docs:
            return {}
        docs = np.array(self._docs, dtype=np.int64)
        given = np.array(self._lengths, dtype=np.int64) if self._lengths else lengths_of(docs)
        lengths = self._kept(given)
        weights = self._runs.weights()
        ends = self._runs.ends()
        starts = np.concatenate([[0], ends[:-1]])
        blocks = _block_starts(ends, self._block_size)
        stored = {
            "docs": narrow(docs),
            "total_weights": small(np.add.reduceat(weights, starts), np.float64),
            "block_max_weights": small(np.maximum.reduceat(weights, blocks), np.float32),
            "block_min_lengths": narrow(np.minimum.reduceat(lengths, blocks)),
            "block_max_lengths": narrow(np.maximum.reduceat(lengths, blocks)),
        }
        return (
            Lexicon.parts(self._prefix, self._terms)
            | self._runs.parts(self._prefix)
            | {f"{self._prefix}.{kind}": values for kind, values in stored.items()}
        )


class FieldPostings:
    """Reads one field's terms and postings."""

    def __init__(self, parts: Parts, name: str, block_size: int) -> None:
        prefix = f"field:{name}"
        self.name = name
        self.terms = Lexicon(parts.bytes(f"{prefix}.text"), parts[f"{prefix}.ends"])
        self._block_size = block_size
        self._runs = Runs(parts, prefix)
        self._docs = parts[f"{prefix}.docs"]
        self._total_weights = parts[f"{prefix}.total_weights"]
        self._stats = BlockStats(
            parts[f"{prefix}.block_max_weights"],
            parts[f"{prefix}.block_min_lengths"],
            parts[f"{prefix}.block_max_lengths"],
        )
        counts = np.diff(self._runs.ends.astype(np.int64), prepend=0)
        self._block_ends = np.cumsum(-(-counts // block_size))

    def find(self, text: bytes) -> int | None:
        """The number of the term."""
        at = self.terms.position(text)
        return at if at < len(self.terms) and self.terms.encoded(at) == text else None

    def total_weight(self, number: int) -> float:
        """Of all postings of a term."""
        return float(self._total_weights[number])

    def doc_frequency(self, number: int) -> int:
        """How many documents have the term."""
        start, end = self._runs.bounds(number)
        return end - start

    def info(self, number: int) -> TermInfo:
        """What Whoosh asks of a term before it reads its postings."""
        return next(self.infos(number, number + 1))

    def infos(self, start: int, end: int) -> Iterator[TermInfo]:
        """The same of one term after another."""
        for first in range(start, end, _INFOS_AT_ONCE):
            last = min(first + _INFOS_AT_ONCE, end)
            run_ends = self._runs.ends[first:last].astype(np.int64)
            run_starts = np.concatenate([[self._runs.bounds(first)[0]], run_ends[:-1]])
            begin = int(self._block_ends[first - 1]) if first else 0
            blocks = slice(begin, int(self._block_ends[last - 1]))
            starts = np.concatenate([[0], self._block_ends[first : last - 1] - begin])
            columns = [
                self._total_weights[first:last].astype(np.float64),
                run_ends - run_starts,
                np.minimum.reduceat(self._stats.min_lengths[blocks], starts),
                np.maximum.reduceat(self._stats.max_lengths[blocks], starts),
                np.maximum.reduceat(self._stats.max_weights[blocks], starts).astype(np.float64),
                self._docs[run_starts],
                self._docs[run_ends - 1],
            ]
            yield from map(TermInfo, *(column.tolist() for column in columns))

    def matcher(self, number: int, format_: Format, scorer: Any) -> RunMatcher:
        """Walks the postings of a term."""
        start, end = self._runs.bounds(number)
        begin = int(self._block_ends[number - 1]) if number else 0
        blocks = slice(begin, int(self._block_ends[number]))
        return RunMatcher(
            self._docs[start:end].data,
            self._runs.run(number),
            BlockStats(*(column[blocks] for column in self._stats)),
            self._block_size,
            format_,
            (self.name, self.terms.encoded(number)),
            scorer,
        )


def _block_starts(ends: Array, size: int) -> Array:
    """Where each block begins; no block has postings of two terms."""
    starts = np.concatenate([[0], ends[:-1]])
    counts = -(-(ends - starts) // size)
    before = np.cumsum(counts) - counts
    return np.repeat(starts - before * size, counts) + size * np.arange(counts.sum())
