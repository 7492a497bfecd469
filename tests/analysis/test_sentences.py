"""The sentences of many texts at once are those that each text has alone."""

from __future__ import annotations

import gzip
import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchidx.analysis import words
from searchidx.analysis.boundaries import paragraph_spans, sentence_spans
from searchidx.analysis.numbering import WordNumbers

PIECES = st.sampled_from(
    [
        ". ", ".", "!", "? ", " ", "  ", "\n", "\n\n", "\t", "A", "b", "the", "Co", "Inc", "No",
        "U.S", "J", "5", "12", "'", '"', ")", "(", "[", "“", "”", "’", "‘", "。", "！", "…", "...",
        "法院", "é", "É", "-", "_", "Next", " Next", ". Next", '." Next', ".” Next", ". “Next",
        "’s", "\u3000", "\u00ad", "abc.justice", "x" * 45, "y" * 300, "\0", "\x1c", "\ud800",
    ]
)  # fmt: skip
TEXT = st.lists(PIECES, max_size=30).map("".join)


def agree(texts: list[str]) -> None:
    raw = [text.encode("utf-8", "surrogatepass") for text in texts]
    found = WordNumbers().number(raw).sentences
    columns = zip(
        found.lengths.tolist(), found.tokens.tolist(), found.paragraphs.tolist(), strict=True
    )
    for text, encoded, count in zip(texts, raw, found.counts.tolist(), strict=True):
        sentences, paragraphs = [], []
        done = 0
        for length, tokens, begins in itertools.islice(columns, count):
            piece = encoded[done : done + length].decode("utf-8", "surrogatepass")
            done += length
            assert len(words(piece)) == tokens
            if piece.strip():
                sentences.append(piece.strip())
                if begins:
                    paragraphs.append(done - length)
        assert done == len(encoded)
        assert sentences == [text[start:end] for start, end in sentence_spans(text)]
        assert len(paragraphs) == len(paragraph_spans(text))
    assert next(columns, None) is None


@settings(max_examples=600, deadline=None)
@given(st.lists(TEXT, max_size=4))
def test_all_at_once_agrees_with_one_by_one(texts: list[str]) -> None:
    agree(texts)


@pytest.mark.parametrize(
    "path", ["news/reuters.jsonl.gz", "legal/mn_ag.jsonl.gz", "zh/xinwenlianbo.jsonl.gz"]
)
def test_on_real_articles(data: Path, path: str) -> None:
    def bodies() -> Iterator[str]:
        with gzip.open(data / path, "rt", encoding="utf-8") as lines:
            for line in itertools.islice(lines, 600):
                yield json.loads(line).get("body") or ""

    every = list(bodies())
    for first in range(0, len(every), 100):
        agree(every[first : first + 100])
