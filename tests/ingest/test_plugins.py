"""Readers that other packages bring."""

from __future__ import annotations

import importlib.metadata
import re
import warnings
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

from searchidx.ingest import LeftOut, Reading, plugins, read_file

ROOT = Path(__file__).resolve().parents[2]


class Broken:
    """A reader that fails wherever it can."""

    suffixes = (".broken",)

    def recognises(self, head: bytes) -> bool:
        raise KeyError("oh")

    def read(self, file: Any, path: Path, left_out: Any) -> Iterator[Reading]:
        raise KeyError("no")


class NoReader:
    """What lacks a method."""

    suffixes = (".none",)


def documented() -> type:
    """The example of the documentation."""
    text = (ROOT / "docs" / "formats.md").read_text("utf-8")
    code = re.findall(r"```python\n(.*?)```", text, re.S)[-1]
    names: dict[str, Any] = {}
    exec(code, names)
    return names["RulingReader"]  # type: ignore[no-any-return]


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The plugins as if their packages were installed; how often entry points were looked up."""
    looked_up: list[str] = []
    loads = {"ruling": documented(), "broken": Broken, "none": NoReader()}

    class Entry(EntryPoint):
        def load(self) -> Any:
            if self.name not in loads:
                raise ImportError("no module named 'gone'")
            return loads[self.name]

    def entry_points(group: str) -> list[EntryPoint]:
        looked_up.append(group)
        return [Entry(name, "x:y", group) for name in ("gone", *loads)]

    monkeypatch.setattr(importlib.metadata, "entry_points", entry_points)
    plugins._readers.cache_clear()
    yield looked_up
    plugins._readers.cache_clear()


def read(path: Path) -> tuple[list[str], list[str]]:
    told: list[LeftOut] = []
    return [one.article.title for one in read_file(path, told.append)], [one.reason for one in told]


def test_the_documented_reader(tmp_path: Path, installed: list[str]) -> None:
    (tmp_path / "x.ruling").write_text("Court voids lease\nVoid.")
    (tmp_path / "x.dat").write_text("%RULING\nCourt voids sale\nVoid.")
    (tmp_path / "bad.ruling").write_text("\nVoid.")
    (tmp_path / "x.other").write_text("x")
    (tmp_path / "x.txt").write_text("Title\n\nText.")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert read(tmp_path / "x.txt") == (["Title"], [])
        assert installed == []  # not looked up for what is known
        assert read(tmp_path / "x.ruling") == (["Court voids lease"], [])
        assert read(tmp_path / "x.dat") == (["Court voids sale"], [])
        assert read(tmp_path / "bad.ruling") == ([], ["ruling without a title"])
        assert read(tmp_path / "x.other") == ([], ["unknown file type .other"])
    assert installed == ["searchidx.readers"]


def test_broken_readers_cost_a_warning_each(tmp_path: Path, installed: list[str]) -> None:
    (tmp_path / "x.ruling").write_text("Court voids lease\nVoid.")
    (tmp_path / "x.broken").write_text("x")
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        for _ in range(3):
            assert read(tmp_path / "x.ruling") == (["Court voids lease"], [])
    messages = sorted(str(one.message) for one in seen)
    assert [message.split(" failed: ")[0] for message in messages] == [
        "reader 'broken' of searchidx.readers",
        "reader 'gone' of searchidx.readers",
        "reader 'none' of searchidx.readers",
    ]
    with warnings.catch_warnings(record=True):
        warnings.simplefilter("always")
        assert read(tmp_path / "x.broken") == ([], ["reader broken failed (KeyError)"])
