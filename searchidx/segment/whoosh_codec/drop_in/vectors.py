"""One field's term vectors, as the arrays ``vector:name.…``: a run of terms for each document.

``text`` and ``ends`` are the terms of all vectors (a Lexicon), and ``terms`` their numbers in it.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable

import numpy as np
from whoosh.formats import Format

from searchidx.segment.lexicon import Lexicon
from searchidx.segment.parts import Array, narrow
from searchidx.segment.whoosh_codec.drop_in.drafts import Parts
from searchidx.segment.whoosh_codec.drop_in.matcher import RunMatcher
from searchidx.segment.whoosh_codec.drop_in.runs import Runs, RunsWriter

__all__ = ["Vectors", "VectorsWriter"]

_BLOCK_SIZE = 128


class VectorsWriter:
    """Collects vectors in the order of the documents."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._terms = array("Q")
        self._runs = RunsWriter()
        self._doc_count = 0

    def add(self, doc: int, items: Iterable[tuple[str, float, bytes]]) -> None:
        """The vector of a document that comes behind all documents so far."""
        self._pad(doc)
        numbers = self._numbers
        for text, weight, value in items:
            self._terms.append(numbers.setdefault(text, len(numbers)))
            self._runs.extend([weight], [value])
        self._pad(doc + 1)

    def parts(self, name: str, doc_count: int) -> dict[str, Array]:
        """The arrays to store."""
        self._pad(doc_count)
        prefix = f"vector:{name}"
        met = sorted(self._numbers, key=str.encode)
        places = np.empty(len(met), dtype=np.int64)
        places[[self._numbers[text] for text in met]] = np.arange(len(met))
        return (
            Lexicon.parts(prefix, [text.encode() for text in met])
            | self._runs.parts(prefix)
            | {f"{prefix}.terms": narrow(places[np.array(self._terms, dtype=np.int64)])}
        )

    def _pad(self, doc_count: int) -> None:
        while self._doc_count < doc_count:
            self._runs.end_run()
            self._doc_count += 1


class Vectors:
    """Reads single vectors."""

    def __init__(self, parts: Parts, name: str) -> None:
        prefix = f"vector:{name}"
        self._lexicon = Lexicon(parts.bytes(f"{prefix}.text"), parts[f"{prefix}.ends"])
        self._terms = parts[f"{prefix}.terms"]
        self._runs = Runs(parts, prefix)

    def has(self, doc: int) -> bool:
        """Whether the document has one."""
        start, end = self._runs.bounds(doc)
        return end > start

    def matcher(self, doc: int, format_: Format) -> RunMatcher:
        """Walks the terms of a document's vector."""
        start, end = self._runs.bounds(doc)
        texts = [self._lexicon[number] for number in self._terms[start:end].tolist()]
        return RunMatcher(texts, self._runs.run(doc), None, _BLOCK_SIZE, format_)
