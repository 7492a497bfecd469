"""What a shingle, a figure and a sketch are, beside a plain-Python twin."""

from __future__ import annotations

from itertools import pairwise
from zlib import crc32

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchidx.analysis import is_cjk, words
from searchidx.analysis.function_words import FUNCTION_WORDS
from searchidx.analysis.numbering import WordNumbers
from searchidx.analysis.shingles import (
    NO_SHINGLE,
    SKETCH_SIZE,
    WordHashes,
    figures,
    shingles,
    sketches,
)

WORDS = st.sampled_from(
    ["the", "of", "court", "judge", "8", "3", "1987", "said", "检察院", "law", "appeal", "a1", "2b"]
)
ARTICLES = st.lists(
    st.lists(WORDS | st.from_regex("[a-z]{1,3}", fullmatch=True), max_size=90), max_size=6
)
SPELLED = st.lists(
    st.lists(WORDS | st.from_regex(r"[a-z]{2,6}", fullmatch=True), max_size=400), max_size=3
)
ALL = (1 << 64) - 1


def numbered(texts: list[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    numbering = WordNumbers()
    numbering.number([b"words before so that numbers do not start at 0"])
    found = numbering.number([text.encode() for text in texts])
    return found.numbers, found.counts, WordHashes(numbering).all()


def worded(texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
    numbers, counts, hashes = numbered(texts)
    return hashes[numbers], counts


def word_hash(word: str) -> int:
    if word in FUNCTION_WORDS:
        return 0
    kind = 1 if word[0].isdigit() else 2 if is_cjk(word) else 0
    return crc32(word.encode()) // 4 * 4 + kind or 4


def mixed(one: int, other: int) -> int:
    pair = one * 0x9E3779B97F4A7C15 & ALL
    pair ^= pair >> 32
    pair = (pair + other) * 0xC2B2AE3D27D4EB4F & ALL
    pair ^= pair >> 32
    return pair * 0x9E3779B97F4A7C15 & ALL


def shingles_of(text: str) -> list[int]:
    hashes = [one for one in map(word_hash, words(text)) if one]
    return [mixed(one, other) for one, other in pairwise(hashes)]


def sketch_of(text: str) -> list[int]:
    pairs = shingles_of(text)
    smallest = sorted(set(pairs))[:SKETCH_SIZE] if len(pairs) >= 14 else []
    return [one & 0xFFFFFFFF for one in smallest] + [NO_SHINGLE] * (SKETCH_SIZE - len(smallest))


def apart(found: tuple[np.ndarray, np.ndarray]) -> list[list[int]]:
    values, counts = found
    assert counts.sum() == len(values)
    return [part.tolist() for part in np.split(values, np.cumsum(counts))[:-1]]


@given(ARTICLES)
def test_shingles_are_pairs_of_neighbouring_words(articles: list[list[str]]) -> None:
    texts = [" ".join(article) for article in articles]
    assert apart(shingles(*numbered(texts))) == [shingles_of(text) for text in texts]


@given(SPELLED)
def test_sketches_are_the_smallest_shingles(articles: list[list[str]]) -> None:
    texts = [" ".join(article) for article in articles]
    found = sketches(*numbered(texts))
    assert found.shape == (len(texts), SKETCH_SIZE) and found.dtype == np.uint32
    assert found.tolist() == [sketch_of(text) for text in texts]


def test_a_batch_has_no_more_articles_than_it_can_number(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["", " ".join(f"w{at}" for at in range(40)), ""] * 3
    monkeypatch.setattr("searchidx.analysis.shingles._BATCH_ARTICLES", 2)
    assert sketches(*numbered(texts)).tolist() == [sketch_of(text) for text in texts]


def test_a_text_that_repeats_itself_has_all_its_shingles_in_the_sketch() -> None:
    text = "alpha beta gamma delta epsilon zeta eta theta iota kappa " * 200
    assert sketches(*numbered([text])).tolist() == [sketch_of(text)]
    assert NO_SHINGLE not in sketches(*numbered([text]))


def test_function_words_are_left_out() -> None:
    one, other = apart(shingles(*numbered(["the court of appeal ruled", "court appeal has ruled"])))
    assert one == other and len(one) == 2


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("paying 8-3/4 pct and priced at 101-1/4", 2),
        ("338,000 against 1.05", 2),
        ("no figure, but A1", 0),
        ("5", 1),
        ("", 0),
        ("10月16日", 2),
    ],
)
def test_neighbouring_digits_are_one_figure(text: str, count: int) -> None:
    before, found, after = apart(figures(*worded(["7 8", text, "9"])))
    assert len(found) == count and len(before) == len(after) == 1


def test_the_order_of_digits_counts() -> None:
    one, other, again = apart(figures(*worded(["1.05", "05.1", "in 1.05 of"])))
    assert one != other and one == again


def test_hashes_do_not_depend_on_the_numbers() -> None:
    ours, theirs = WordNumbers(), WordNumbers()
    hashes = WordHashes(theirs)
    theirs.number([b"other words first 12 the"])
    assert len(hashes.all()) == 5
    for numbering in (ours, theirs):
        numbering.number(["Court 1987 検察 the ruling".encode()])
    first = dict(zip(ours.words, WordHashes(ours).all().tolist(), strict=True))
    second = dict(zip(theirs.words, hashes.all().tolist(), strict=True))
    assert all(second[word] == value for word, value in first.items())
    assert first["the"] == 0 and first["1987"] & 1 and not first["court"] & 1


def test_many_words() -> None:
    numbering = WordNumbers()
    hashes = WordHashes(numbering)
    numbering.number([b" ".join(b"w%d" % one for one in range(40_000))])
    found = hashes.all()
    assert len(found) == 40_000 and found[-1] == word_hash("w39999")
