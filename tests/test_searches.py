"""searches.json: what each query finds in seeds/ and marks, in Python and on the command line."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from searchidx import Index, QuerySyntaxError

SEARCHES = json.loads((Path(__file__).parent / "searches.json").read_text("utf-8"))
IDS = [f"{number}-{case['query'][:30]}" for number, case in enumerate(SEARCHES)]

FLAGS = {"sort": "--sort", "limit": "--limit", "since": "--since", "until": "--until"}


def test_there_are_enough() -> None:
    assert len(SEARCHES) >= 40


@pytest.mark.parametrize("case", SEARCHES, ids=IDS)
def test_in_python(seeds: Index, case: dict[str, Any]) -> None:
    options = dict(case.get("options", {}))
    for name in ("since", "until"):
        if name in options:
            options[name] = dt.date.fromisoformat(options[name])
    if "error" in case:
        with pytest.raises(QuerySyntaxError) as caught:
            seeds.search(case["query"], **options)
        assert caught.value.reason == case["error"]
        assert caught.value.column == case["column"]
        assert caught.value.repaired == case["repaired"]
        if case["repaired"]:
            seeds.search(case["repaired"])
        return
    results = seeds.search(case["query"], collapse=False, **options)
    assert results.interpreted == case["interpreted"]
    assert results.total == case["total"]
    assert [str(correction) for correction in results.corrections] == case["corrections"]
    found = [
        {
            "title": hit.article.title[:60],
            "marks": [
                f"{snippet.field}: {snippet.text[start:end]}"
                for snippet in hit.snippets
                for start, end in snippet.spans
            ],
        }
        for hit in results[:3]
    ]
    assert found == case["hits"]
    # What was understood is itself a query, and finds the same.
    assert seeds.search(results.interpreted).total == results.total


@pytest.mark.parametrize("case", SEARCHES, ids=IDS)
def test_on_the_command_line(seeds_dir: Path, case: dict[str, Any]) -> None:
    options = case.get("options", {})
    command = [sys.executable, "-m", "searchidx", "query", "--index-dir", str(seeds_dir)]
    command += ["--format", "json", "--no-collapse"]
    for name, value in options.items():
        if name == "filters":
            command += ["--source", value["source"]]
        else:
            command += [FLAGS[name], str(value)]
    done = subprocess.run(
        [*command, "--", case["query"]], capture_output=True, encoding="utf-8", timeout=60
    )
    assert "Traceback" not in done.stderr
    if "error" in case:
        assert done.returncode == 2
        assert done.stderr.startswith(f"searchidx: {case['error']} at column {case['column'] + 1}")
        return
    assert done.returncode == (0 if case["total"] else 1)
    record = json.loads(done.stdout)
    assert record["interpreted"] == case["interpreted"]
    assert record["total"] == case["total"]
    assert record["warnings"][: len(case["corrections"])] == case["corrections"]
    for hit, expected in zip(record["hits"], case["hits"], strict=False):
        assert hit["title"].startswith(expected["title"])
        marks = [
            f"{snippet['field']}: {snippet['text'][start:end]}"
            for snippet in hit["snippets"]
            for start, end in snippet["spans"]
        ]
        assert marks == expected["marks"]
