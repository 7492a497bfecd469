"""Where the tests find real text, and a small index of the seeds."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from searchidx import Index
from searchidx.ingest import read_files

ROOT = Path(__file__).resolve().parents[1]
SEEDS = ROOT / "seeds"
DATA = Path(os.environ.get("SEARCHIDX_DATA", ROOT.parent / "shared" / "data"))


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real corpora; without it the tests that need it are skipped."""
    if not DATA.is_dir():
        pytest.skip(f"no corpora in {DATA}: set SEARCHIDX_DATA to their folder")
    return DATA


@pytest.fixture(scope="session")
def seeds_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with an index of all seeds."""
    directory = tmp_path_factory.mktemp("seeds") / "index"
    left_out: list[object] = []
    index = Index.create(directory)
    index.add(reading.article for reading in read_files([SEEDS], left_out.append))
    assert left_out == []
    return directory


@pytest.fixture(scope="session")
def seeds(seeds_dir: Path) -> Index:
    """An index of all seeds, for reading only."""
    return Index.open(seeds_dir)
