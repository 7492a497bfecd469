"""Files of queries."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchidx.cli.batch import read_batch
from searchidx.errors import QueryError

CELL = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\x85\u2028\u2029\x0b\x0c\x1c\x1d\x1e\0"), min_size=1).filter(str.strip)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=5))
def test_csv_comes_back(rows: list[tuple[str, str]]) -> None:
    with TemporaryDirectory() as directory:
        path = Path(directory) / "queries.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("name", "query"), *rows])
        assert [one.text for one in read_batch(str(path))] == [text.strip() for _, text in rows]


def test_lines_are_queries_with_their_quotes(tmp_path: Path) -> None:
    path = tmp_path / "queries.txt"
    path.write_text('﻿# mine\n"a, b" AND (c)\n\n#word\n#word\n', "utf-8")
    found = read_batch(str(path))
    assert [one.text for one in found] == ['"a, b" AND (c)', "#word", "#word"]
    assert [one.name for one in found] == ['"a, b" AND (c)', "#word", "#word (2)"]


def test_troubles_name_the_place(tmp_path: Path) -> None:
    path = tmp_path / "queries.txt"
    path.write_bytes(b"court\n\xff\n")
    with pytest.raises(QueryError, match=r"line 2: not UTF-8"):
        read_batch(str(path))
    path.write_text("\n")
    with pytest.raises(QueryError, match="no query"):
        read_batch(str(path))


def asked(seeds_dir: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "searchidx", "query", "--index-dir", str(seeds_dir)]
    return subprocess.run([*command, *options], capture_output=True, encoding="utf-8")


def test_a_bad_query_costs_itself_alone(seeds_dir: Path, tmp_path: Path) -> None:
    path = tmp_path / "queries.csv"
    path.write_text('query,name\n"court /s fine",fines\nminor w/0 x,bad\n', "utf-8")
    done = asked(seeds_dir, "--batch", str(path), "--format", "json")
    assert done.returncode == 2
    assert done.stderr.startswith("searchidx: bad: 'w/0' takes")
    (record,) = json.loads(done.stdout)
    assert (record["name"], record["query"], record["total"]) == ("fines", "court /s fine", 4)
    lines = asked(seeds_dir, "--batch", str(path), "--format", "csv").stdout.splitlines()
    assert lines[0].startswith("name,id,title")
    assert lines[1].startswith("fines,")
    assert "=== fines ===" in asked(seeds_dir, "--batch", str(path)).stdout


def test_every_hit_in_a_stream(seeds_dir: Path) -> None:
    total = json.loads(asked(seeds_dir, "court", "--format", "json", "-n0").stdout)["total"]
    assert total > 10
    assert len(asked(seeds_dir, "court", "--all", "--format", "jsonl").stdout.splitlines()) == total
    rows = list(
        csv.reader(asked(seeds_dir, "court", "--all", "--format", "csv").stdout.splitlines())
    )
    assert len(rows) == total + 1
    assert asked(seeds_dir, "court", "--all").returncode == 2


def test_explanations_and_facets_on_a_screen(seeds_dir: Path) -> None:
    done = asked(
        seeds_dir, "court", "--explain", "--facet", "year", "-n1", "--filter", "language=en"
    )
    assert "by year:" in done.stdout
    assert "the sum" in done.stdout
    assert 'interpreted as: court AND language:"en"' in done.stdout
    record = json.loads(asked(seeds_dir, "court", "--explain", "--format", "json").stdout)
    for hit in record["hits"]:
        parts = sum(part["score"] for part in hit["explanation"]["parts"])
        assert parts == pytest.approx(hit["score"], abs=2e-6)


def test_time_and_strictness(seeds_dir: Path) -> None:
    assert asked(seeds_dir, "court", "--timeout", "0").returncode == 2
    done = asked(seeds_dir, "minro", "--strict")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert asked(seeds_dir).returncode == 2
