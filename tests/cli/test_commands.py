"""The command line as a process: what it prints where, and its exit status."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import SEEDS

COMMANDS = [
    *("index", "sync", "rebuild", "delete", "compact", "query", "similar", "suggest", "show"),
    *("copies", "history", "diff", "stats", "check"),
]


def run(
    *arguments: str, cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "searchidx", *arguments],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        cwd=cwd,
        env={**os.environ, **environment},
    )


def write(folder: Path, name: str, text: str = "A title\n2024-06-28\nA body of words.\n") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_help_of_every_command_has_an_example() -> None:
    listed = run("--help").stdout
    for name in COMMANDS:
        assert name in listed
        helped = run(name, "--help")
        assert helped.returncode == 0
        assert f"searchidx {name}" in helped.stdout
        assert "--index-dir" in helped.stdout


def test_completion_is_clicks_own() -> None:
    done = run(_SEARCHIDX_COMPLETE="bash_source")
    assert "_searchidx_completion" in done.stdout


def test_version() -> None:
    assert "0.1.0" in run("--version").stdout


def test_first_minute(tmp_path: Path) -> None:
    write(tmp_path / "articles", "one.txt")
    added = run("index", "articles", cwd=tmp_path)
    assert added.returncode == 0
    first, second = added.stdout.splitlines()
    assert first == "indexed: 1 added, 0 replaced, 0 unchanged; 1 articles in the index"
    assert second.startswith("files: 1 read; ")
    assert added.stderr == ""
    assert (tmp_path / "index" / "MANIFEST").exists()
    found = run("query", "words", cwd=tmp_path)
    assert found.returncode == 0
    assert found.stdout.startswith("interpreted as: words\n1 article found")
    assert "A body of **words**." in found.stdout
    assert run("query", "absent", cwd=tmp_path).returncode == 1
    again = run("index", "articles", cwd=tmp_path)
    assert "0 added, 0 replaced, 1 unchanged" in again.stdout


def test_what_cannot_be_read_is_named_and_the_rest_indexed(tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    write(folder, "good.txt")
    write(folder, "empty.txt", "")
    write(folder, "table.xlsx", "x")
    (folder / "loop").symlink_to(folder)
    done = run("index", "articles", "missing", cwd=tmp_path)
    assert done.returncode == 2
    assert "1 added" in done.stdout
    assert "left out: 4" in done.stdout
    lines = done.stderr.splitlines()
    assert len(lines) == 4
    for name in ("empty.txt: empty", "table.xlsx: unknown file type", "loop: ", "missing: no such"):
        assert sum(name in line for line in lines) == 1


def test_two_pages_with_one_address_are_named(tmp_path: Path) -> None:
    for name in ("one", "two"):
        text = f"Title {name}\n2024-06-28\nBody.\nSource: http://a.example/2024/06/28/x.html\n"
        write(tmp_path / "a", f"{name}.txt", text)
    done = run("index", "a", cwd=tmp_path)
    assert done.returncode == 0
    assert "1 added, 1 replaced" in done.stdout
    assert "two.txt has the id of " in done.stderr
    assert "http://a.example/2024/06/28/x.html" in done.stderr


def test_the_index_dir_can_be_said_three_ways(tmp_path: Path, seeds_dir: Path) -> None:
    place = str(seeds_dir)
    for done in (
        run("query", "ferries", "--index-dir", place, cwd=tmp_path),
        run("--index-dir", place, "query", "ferries", cwd=tmp_path),
        run("query", "ferries", cwd=tmp_path, SEARCHIDX_INDEX=place),
    ):
        assert done.returncode == 0
        assert "1 article found" in done.stdout


def test_trouble_is_one_line_that_says_what_to_do(tmp_path: Path, seeds_dir: Path) -> None:
    no_index = run("query", "x", cwd=tmp_path)
    assert no_index.returncode == 2
    assert no_index.stderr == (
        "searchidx: there is no index in index: make one with `searchidx index PATH…`\n"
    )
    bad = run("query", "a OR", "--index-dir", str(seeds_dir))
    assert bad.returncode == 2
    assert (
        bad.stderr == "searchidx: OR needs something on either side at column 3; did you mean: a\n"
    )
    assert bad.stdout == ""
    for arguments in (
        ("query", "x", "--sort", "best"),
        ("frobnicate",),
        ("query",),
        ("query", "-x"),
    ):
        wrong = run(*arguments)
        assert wrong.returncode == 2
        assert wrong.stderr.startswith("searchidx: ")
        assert wrong.stderr.count("\n") == 1
    assert "behind a --" in run("query", "-court").stderr


def test_nothing_to_index_makes_no_index(tmp_path: Path) -> None:
    done = run("index", "missing", cwd=tmp_path)
    assert done.returncode == 2
    assert "no files to index in missing" in done.stderr
    assert not (tmp_path / "index").exists()


def test_formats(seeds_dir: Path) -> None:
    place = ["--index-dir", str(seeds_dir)]
    collapsed = json.loads(run("query", "fine", "--format", "json", *place).stdout)
    assert list(collapsed)[6:] == ["stories"] and list(collapsed["hits"][0])[8:] == ["copies"]
    place.append("--no-collapse")
    record = json.loads(run("query", "fine", "--format", "json", *place).stdout)
    assert list(record) == ["query", "interpreted", "total", "took_ms", "warnings", "hits"]
    assert list(record["hits"][0]) == [
        "id", "title", "date", "source", "url", "score", "snippets", "matched",
    ]  # fmt: skip
    assert list(record["hits"][0]["snippets"][0]) == ["field", "text", "start", "spans"]
    assert list(record["hits"][0]["matched"][0]) == ["term", "as", "kind", "edits"]
    lines = run("query", "fine", "--format", "jsonl", *place).stdout.splitlines()
    assert [json.loads(line)["id"] for line in lines] == [hit["id"] for hit in record["hits"]]
    rows = list(csv.DictReader(io.StringIO(run("query", "fine", "--format", "csv", *place).stdout)))
    assert [row["id"] for row in rows] == [hit["id"] for hit in record["hits"]]


def test_marks_are_bold_only_where_asked(seeds_dir: Path) -> None:
    place = ["--index-dir", str(seeds_dir)]
    assert "\x1b[1mferry\x1b[22m" in run("query", "ferry", "--color", "always", *place).stdout
    assert "\x1b" not in run("query", "ferry", *place).stdout


def test_control_characters_of_an_article_reach_no_terminal(tmp_path: Path) -> None:
    write(tmp_path / "a", "x.txt", "Title \x1b[31mred\n2024-01-01\nBody \x07word\x9b here.\n")
    run("index", "a", cwd=tmp_path)
    assert not {"\x1b", "\x07", "\x9b"} & set(run("query", "word", cwd=tmp_path).stdout)


def test_show_prints_the_seed_back(seeds_dir: Path) -> None:
    place = ["--index-dir", str(seeds_dir)]
    record = json.loads(run("query", "minor crimes governance", "--format", "json", *place).stdout)
    shown = run("show", record["hits"][0]["id"], *place)
    original = (SEEDS / "legal-daily-2024-06-28-work-exchange.txt").read_text("utf-8")
    assert shown.stdout == original + "\n"
    assert run("show", "nothing", *place).returncode == 1


def test_delete_rebuild_compact_check_stats(tmp_path: Path) -> None:
    write(tmp_path / "a", "one.txt", "First ruling\n2024-06-28\nBody one.\n")
    two = write(tmp_path / "a", "two.txt", "Second ruling\n2024-06-29\nBody two.\n")
    run("index", "a", cwd=tmp_path)
    first = json.loads(run("query", "first", "--format", "jsonl", cwd=tmp_path).stdout)["id"]
    assert run("delete", first, cwd=tmp_path).returncode == 0
    assert run("delete", first, cwd=tmp_path).returncode == 1
    assert json.loads(run("stats", "--format", "json", cwd=tmp_path).stdout)["articles"] == 1
    # Without paths, what was indexed is read again.
    assert "2 added" in run("rebuild", cwd=tmp_path).stdout
    assert run("compact", cwd=tmp_path).returncode == 0
    assert run("check", cwd=tmp_path).stdout == "the index is whole\n"
    two.unlink()
    (tmp_path / "a" / "one.txt").unlink()
    refused = run("rebuild", cwd=tmp_path)
    assert refused.returncode == 2
    assert "--allow-loss" in refused.stderr
    assert run("query", "second", cwd=tmp_path).returncode == 0
    (segment,) = (tmp_path / "index").glob("*.sidx")
    segment.write_bytes(segment.read_bytes()[:-10])
    assert run("check", cwd=tmp_path).returncode == 2


ODD = [
    "", "   ", "*", "**", "\"", "(((", ")))", "AND OR NOT", "NOT", "-", "~", "~2", "^", ":", "a:b:c",
    "title:", "date:", "\x00\x01\x7f", "\u202e\ufeff", "🙂", "a" * 10_000, "a " * 5_000, "(" * 10_000,
    "NOT " * 2_500, '"' * 9_999, "检" * 10_000, "*" * 10_000, "\ud800", "%s%n", "../../etc/passwd",
]  # fmt: skip


@pytest.mark.parametrize("query", ODD, ids=[str(number) for number in range(len(ODD))])
def test_no_query_gives_a_traceback(seeds_dir: Path, query: str) -> None:
    query = (
        query.replace("\x00", "\x02").encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    )
    done = run("query", "--index-dir", str(seeds_dir), "--", query)
    assert done.returncode in (0, 1, 2)
    assert "Traceback" not in done.stderr
    assert "a fault of searchidx" not in done.stderr
    if done.returncode == 2:
        assert len(done.stderr.splitlines()) == 1


def test_a_terminal_that_lacks_characters(seeds_dir: Path) -> None:
    done = run("query", "轻罪治理", "--index-dir", str(seeds_dir), PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert done.stderr == ""
    assert "1 article found" in done.stdout


def test_a_reader_that_leaves_early_is_no_trouble(seeds_dir: Path) -> None:
    command = f"{sys.executable} -m searchidx query the -n 50 --index-dir {seeds_dir} | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, encoding="utf-8", timeout=60)
    assert done.stdout.startswith("interpreted as")
    assert done.stderr == ""
