"""The file of arrays: what is written is read, and damage is noticed."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchidx import Article, Index
from searchidx.errors import IndexCorrupt
from searchidx.segment import Lexicon
from searchidx.segment.parts import PartsFile, narrow, write_parts

PARTS = {
    "small": np.arange(7, dtype=np.uint8),
    "none": np.zeros(0, dtype=np.int64),
    "wide": np.array([-5, 2**40], dtype=np.int64),
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "a.sidx"
    write_parts(path, {"articles": 3}, PARTS)
    return path


def test_round_trip(path: Path) -> None:
    file = PartsFile(path)
    assert file.facts == {"articles": 3}
    for name, values in PARTS.items():
        assert file[name].dtype == values.dtype
        assert file[name].tolist() == values.tolist()
    assert file.damaged() == []


def test_arrays_cannot_be_written_to(path: Path) -> None:
    with pytest.raises(ValueError, match="read-only"):
        PartsFile(path)["small"][0] = 1


def test_a_changed_byte_is_found(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    assert PartsFile(path).damaged() == ["wide"]


@pytest.mark.parametrize("length", [0, 5, 30, 100, -1])
def test_a_file_cut_off_is_refused(path: Path, length: int) -> None:
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(IndexCorrupt, match=r"a\.sidx"):
        PartsFile(path)


def test_a_damaged_header_is_refused(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[40] ^= 1
    path.write_bytes(data)
    with pytest.raises(IndexCorrupt, match="header"):
        PartsFile(path)


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(IndexCorrupt, match="searchidx rebuild"):
        PartsFile(tmp_path / "gone.sidx")


def test_nothing_is_overwritten(path: Path) -> None:
    with pytest.raises(FileExistsError):
        write_parts(path, {}, {})


@pytest.mark.parametrize(
    ("largest", "dtype"), [(255, np.uint8), (256, np.uint16), (70_000, np.uint32)]
)
def test_narrow(largest: int, dtype: type) -> None:
    assert narrow(np.array([0, largest])).dtype == dtype


@given(st.sets(st.text("abé法", max_size=11), max_size=400), st.text("abé法c", max_size=12))
def test_a_term_is_found_by_way_of_its_head(words: set[str], asked: str) -> None:
    terms = sorted(word.encode() for word in words)
    with TemporaryDirectory() as directory:
        path = Path(directory) / "lexicon"
        write_parts(path, {}, Lexicon.parts("words", terms))
        lexicon = Lexicon.of(PartsFile(path), "words")
        assert lexicon.position(asked.encode()) == sum(term < asked.encode() for term in terms)
        for word in [asked, *sorted(words)[:5]]:
            held = word.encode() in terms
            assert lexicon.find(word) == (terms.index(word.encode()) if held else None)
        begins = [term.startswith(asked.encode()) for term in terms]
        assert [begins[at] for at in lexicon.prefixed(asked)] == [True] * sum(begins)


def test_damaged_sentences_are_named_when_they_are_shown(tmp_path: Path) -> None:
    name = "sentences.bytes"
    index = Index.create(tmp_path)
    index.add([Article("Ruling", "The court sat. It ruled.", id="a")])
    (path,) = tmp_path.glob("*.sidx")
    file = PartsFile(path)
    place = file._origin + file._table[name].offset
    data = bytearray(path.read_bytes())
    data[place + len(file.bytes(name)) - 1] ^= 1
    path.write_bytes(data)
    assert name in file.damaged()
    with pytest.raises(IndexCorrupt, match="the text of article 0 is damaged"):
        Index.open(tmp_path).search("court")
