"""Files of queries are read as they were written, or refused in words."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from searchidx.cli.batch import NamedQuery, read_batch
from searchidx.errors import QueryError

QUERIES = st.lists(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff")).filter(str.strip),
    min_size=1,
    max_size=6,
)  # fmt: skip


def read(tmp_path: Path, text: str | bytes, name: str = "queries.csv") -> list[NamedQuery]:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_batch(str(path))


def texts(found: list[NamedQuery]) -> list[str]:
    return [one.text for one in found]


@settings(max_examples=150, deadline=None)
@given(QUERIES, st.sampled_from([",", ";", "\t"]), st.sampled_from(["\n", "\r\n"]))
@example(["\r0"], ",", "\n")
@example(['"plea leniency" AND (fine, jud*)', "two\r\nlines", "a\u2028b\x0bc"], ",", "\n")
def test_what_the_csv_module_writes_comes_back(queries: list[str], comma: str, end: str) -> None:
    with TemporaryDirectory() as directory:
        path = Path(directory) / "queries.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            # The writer leaves a lone "\r" bare, where it does not end its own lines.
            quoting = csv.QUOTE_ALL if end == "\n" else csv.QUOTE_MINIMAL
            rows = csv.writer(file, delimiter=comma, lineterminator=end, quoting=quoting)
            rows.writerow(["name", "query"])
            rows.writerows((f"n{number}", query) for number, query in enumerate(queries))
        found = read_batch(str(path))
    assert texts(found) == [query.strip() for query in queries]
    assert [one.name for one in found] == [f"n{number}" for number in range(len(queries))]


@settings(max_examples=150, deadline=None)
@given(QUERIES)
def test_one_column_without_a_header_comes_back(queries: list[str]) -> None:
    queries = ["court", *queries]
    with TemporaryDirectory() as directory:
        path = Path(directory) / "QUERIES.CSV"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, quoting=csv.QUOTE_ALL).writerows([query] for query in queries)
        assert texts(read_batch(str(path))) == [query.strip() for query in queries]


@settings(max_examples=150, deadline=None)
@given(QUERIES)
@example(["a", "a (2)", "a", "a"])
def test_no_two_have_one_name(queries: list[str]) -> None:
    with TemporaryDirectory() as directory:
        path = Path(directory) / "queries.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(
                [("query", "name"), *(("x", query) for query in queries * 2)]
            )
        names = [one.name for one in read_batch(str(path))]
    assert len(set(names)) == len(names)
    assert not any(len(name.splitlines()) > 1 for name in names)


def test_lines_are_queries_as_they_stand(tmp_path: Path) -> None:
    lines = (
        '\ufeff# mine\n"plea leniency" AND (fine, jud*)\r\n\n  #word \n#\n#\tnotes\na\u2028b\n#word'
    )
    found = read(tmp_path, lines, "queries.txt")
    assert found == [
        ('"plea leniency" AND (fine, jud*)', '"plea leniency" AND (fine, jud*)', 2),
        ("#word", "#word", 4),
        ("a\u2028b".replace("\u2028", " "), "a\u2028b", 7),
        ("#word (2)", "#word", 8),
    ]


def test_a_name_given_already_is_passed_over(tmp_path: Path) -> None:
    names = [one.name for one in read(tmp_path, "a (2)\na\na\na\n", "queries")]
    assert names == ["a (2)", "a", "a (3)", "a (4)"]


def test_columns_are_found_by_name(tmp_path: Path) -> None:
    found = read(tmp_path, '\ufeffID, Name ,Q\r\n1,fines,"fine, ""jail"""\r\n\r\n2,,court,,\r\n')
    assert found == [("fines", 'fine, "jail"', 2), ("court", "court", 4)]
    assert texts(read(tmp_path, "query\ncourt\n")) == ["court"]
    assert texts(read(tmp_path, "text,query\nno,yes\n")) == ["yes"]


def test_a_line_is_where_the_row_begins(tmp_path: Path) -> None:
    found = read(tmp_path, '"court\nfine"\n\njail\n')
    assert [(one.name, one.line) for one in found] == [("court fine", 1), ("jail", 4)]


def test_quotes_inside_a_bare_cell_are_the_query_s(tmp_path: Path) -> None:
    assert texts(read(tmp_path, 'source:docket AND "plea leniency"\n')) == [
        'source:docket AND "plea leniency"'
    ]


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"query,name\n"), "ascii"))
    assert read_batch("-") == [("query,name", "query,name", 1)]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"a\n\xff"), "ascii"))
    with pytest.raises(QueryError, match="standard input, line 2: not UTF-8"):
        read_batch("-")


@pytest.mark.parametrize(
    ("name", "raw", "said"),
    [
        ("q.txt", b"court\n\xff\n", r"line 2: not UTF-8: save the file as UTF-8"),
        ("q.txt", b"\xef\xbb\xbfcourt\r\r\xff", r"line 3: not UTF-8"),
        ("q.txt", "court\n".encode("utf-16"), r"line 1: not UTF-8"),
        ("q.txt", "court\n".encode("utf-16-le"), r"line 1: not UTF-8"),
        ("q.csv", b'query\n"plea leniency" AND (fine)\n', r"line 2: .*write each quote in it twice"),
        ("q.csv", b'query\ncourt\n"open\nfine\n', r"line 3: .*write each quote in it twice"),
        ("q.csv", b"court\nfine, jail\n", r"line 2: 2 cells, and no header"),
        ("q.csv", b"query\ncourt\nfine, jail\n", r"line 3: 2 cells, but 1 in the header"),
        ("q.csv", b"name,query\nfines\n", r"line 2: no query"),
        ("q.csv", b"query\n" + b"a" * 140_000, r"line 2: field larger than"),
        ("q.csv", b"name,query\n,\n", r"no query in it: write one a line"),
        ("q.txt", b"# only\n\n", r"no query in it: write one a line"),
        ("q.txt", b"", r"no query in it: write one a line"),
    ],
)  # fmt: skip
def test_troubles_say_where_and_what_to_do(
    tmp_path: Path, name: str, raw: bytes, said: str
) -> None:
    with pytest.raises(QueryError, match=said) as caught:
        read(tmp_path, raw, name)
    assert re.escape(str(tmp_path / name)) in re.escape(str(caught.value))
    assert "\n" not in str(caught.value)


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
