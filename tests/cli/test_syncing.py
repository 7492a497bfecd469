"""sync, versions, copies and takedowns on the command line, as processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.test_commands import run, write

URL = "https://example.org/2024/06/ruling.html"


def ruling(text: str, title: str = "A ruling") -> str:
    return f"{title}\n2024-06-28\n{text}\nURL: {URL}\n"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    write(tmp_path / "articles", "a.txt", ruling("The lease is valid. So it was held."))
    write(tmp_path / "articles", "b.txt")
    assert run("sync", "articles", cwd=tmp_path).returncode == 0
    return tmp_path


def test_sync_adds_changes_and_removes(place: Path) -> None:
    again = run("sync", "--json", cwd=place)
    record = json.loads(again.stdout)
    assert record["files"]["unchanged"] == 2 and record["total"] == 2
    write(place / "articles", "a.txt", ruling("The lease is void. So it was held."))
    write(place / "articles", "c.txt", "Another title\n2024-06-29\nMore words.\n")
    (place / "articles" / "b.txt").unlink()
    planned = run("sync", "articles", "--dry-run", cwd=place)
    assert planned.stdout.splitlines() == [
        "+ articles/c.txt",
        "~ articles/a.txt",
        f"- {place / 'articles' / 'b.txt'}",
        "would read 2 files and remove 1; 0 are unchanged",
    ]
    log = place / "sync.log"
    done = run("sync", "articles", "--log", str(log), cwd=place)
    assert done.stdout.startswith("synced: 1 added, 1 replaced, 0 unchanged, 1 removed; 2 articles")
    assert "synced: 1 added" in log.read_text("utf-8")


def test_sync_of_nothing_known_says_what_to_do(tmp_path: Path) -> None:
    done = run("sync", cwd=tmp_path)
    assert done.returncode == 2
    assert "searchidx sync DIR" in done.stderr and done.stderr.count("\n") == 1
    done = run("sync", "nowhere", cwd=tmp_path)
    assert done.returncode == 2 and "no such file or folder" in done.stderr
    assert not (tmp_path / "index").exists()


def test_history_diff_and_a_day(place: Path) -> None:
    write(place / "articles", "a.txt", ruling("The lease is void. So it was held.", "Corrected"))
    run("index", "articles", cwd=place)
    listed = run("history", URL, cwd=place)
    assert [line[:9] for line in listed.stdout.splitlines()[::2]] == ["version 1", "version 2"]
    records = json.loads(run("history", URL, "--format", "json", cwd=place).stdout)
    assert [one["article"]["title"] for one in records] == ["A ruling", "Corrected"]
    changes = run("diff", URL, cwd=place)
    assert changes.stdout.splitlines() == [
        "version 1 to version 2",
        "title:",
        "  - A ruling",
        "  + Corrected",
        "body:",
        "  - The lease is valid.",
        "  + The lease is void.",
    ]
    assert run("diff", URL, "--from", "7", cwd=place).returncode == 2
    assert run("history", "none", cwd=place).returncode == 1
    assert run("query", "valid", "--no-fuzzy", cwd=place).returncode == 1
    then = run("query", "valid", "--as-of", "2024-07", "--format", "json", cwd=place)
    assert json.loads(then.stdout)["hits"][0]["title"] == "A ruling"
    assert run("show", URL, "--version", "1", cwd=place).stdout.startswith("A ruling\n")


def test_where_every_field_comes_from(place: Path) -> None:
    shown = run("show", URL, "--provenance", cwd=place).stdout
    assert str(place / "articles" / "a.txt") in shown
    assert "date line" in shown and "first line" in shown
    record = json.loads(run("show", URL, "--provenance", "--format", "json", cwd=place).stdout)
    assert record["fields"]["url"] == {"value": URL, "rule": "label"}
    assert record["version"] == 1


def test_takedown(place: Path) -> None:
    assert run("delete", "--tombstone", URL, cwd=place).returncode == 0
    run("sync", "articles", cwd=place)
    touched = place / "articles" / "a.txt"
    os.utime(touched, ns=(1, 1))
    done = run("index", "articles", cwd=place)
    assert "1 passed over, as taken down" in done.stdout
    assert run("query", "lease", "--no-fuzzy", cwd=place).returncode == 1
    assert run("delete", "--lift", URL, cwd=place).returncode == 0
    assert "1 added" in run("index", "articles", cwd=place).stdout


BODY = " ".join(
    f"The court of Linhe heard matter {number} about the grain terminal and its lease."
    for number in ("one", "two", "three", "four", "five", "six", "seven", "eight")
)


def test_copies(tmp_path: Path) -> None:
    write(
        tmp_path / "articles", "a.txt", f"Terminal\n2024-06-28\n{BODY}\nSource: The Docket Wire\n"
    )
    write(
        tmp_path / "articles",
        "b.txt",
        f"Grain\n2024-06-30\n{BODY} It adjourned.\nSource: Lakeside\n",
    )
    run("index", "articles", cwd=tmp_path)
    found = run("query", "terminal", cwd=tmp_path).stdout
    assert "2 articles (1 stories) found" in found and "and 1 more copy: searchidx copies" in found
    record = json.loads(run("query", "terminal", "--format", "json", cwd=tmp_path).stdout)
    assert (record["total"], record["stories"], record["hits"][0]["copies"]) == (2, 1, 1)
    every = run("query", "terminal", "--no-collapse", "--format", "jsonl", cwd=tmp_path).stdout
    ids = [json.loads(line)["id"] for line in every.splitlines()]
    assert len(ids) == 2
    listed = run("copies", ids[0], cwd=tmp_path).stdout
    assert listed.startswith("lead: Terminal · 2024-06-28 · The Docket Wire")
    assert "+ It adjourned." in listed
    records = json.loads(run("copies", ids[1], "--format", "json", cwd=tmp_path).stdout)
    assert [one["title"] for one in records] == ["Terminal", "Grain"]
    assert run("copies", "none", cwd=tmp_path).returncode == 1


def test_watching_goes_on_until_interrupted(place: Path) -> None:
    pytest.importorskip("watchfiles", reason="watching is an extra")
    watching = subprocess.Popen(
        [sys.executable, "-m", "searchidx", "sync", "articles", "--watch"],
        cwd=place,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    try:
        assert watching.stderr is not None and watching.stdout is not None
        while "watching" not in watching.stderr.readline():
            assert watching.poll() is None
        watching.stdout.readline()
        watching.stdout.readline()
        until = time.monotonic() + 30
        while not (done := ""):
            write(place / "articles", "new.txt", f"A new one {time.monotonic()}\n2024-06-30\nX.\n")
            time.sleep(1)
            done = run("query", "new", "--no-fuzzy", "--format", "jsonl", cwd=place).stdout
            if done or time.monotonic() > until:
                break
        assert "A new one" in done
    finally:
        watching.send_signal(signal.SIGINT)
        watching.communicate(timeout=30)
    assert watching.returncode in (0, 130)
