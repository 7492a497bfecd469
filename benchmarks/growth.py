"""How building, opening and asking grow with the collection, from ten thousand articles on.

    python benchmarks/growth.py [--sizes 10000 30000 100000 …] [--out docs/growth.json]

For every size: articles are generated to a file, and a process that does nothing else reads and
indexes them (rate, memory at its peak, index size); another opens the index and asks; and the
command line is run cold beside ``python -c "import numpy, click"``, in turn.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from news import CLASSES, Newsroom

ASKED = 30


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 30_000, 100_000])
    parser.add_argument("--out", type=Path)
    parser.add_argument("--step", choices=["build", "ask"], help=argparse.SUPPRESS)
    parser.add_argument("--place", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step == "build":
        return _build(options.place)
    if options.step == "ask":
        return _ask(options.place, options.sizes[0])
    report = {}
    for size in options.sizes:
        with tempfile.TemporaryDirectory() as directory:
            report[size] = _measured(Path(directory), size)
        _show(size, report[size])
        if options.out:
            options.out.write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    return None


def _measured(place: Path, size: int) -> dict[str, Any]:
    text = 0
    with (place / "news.jsonl").open("w", encoding="utf-8") as file:
        for record in Newsroom().articles(size):
            text += len(record["title"]) + len(record["body"])
            file.write(json.dumps(record) + "\n")
    found = {"text_bytes": text, **_step("build", place, size), **_step("ask", place, size)}
    found |= _cold(place / "index", size)
    shutil.rmtree(place / "index")
    return found


def _step(step: str, place: Path, size: int) -> dict[str, Any]:
    command = [sys.executable, __file__, "--step", step, "--place", str(place)]
    with subprocess.Popen(
        [*command, "--sizes", str(size)], stdout=subprocess.PIPE, text=True
    ) as process:
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, _memory(process.pid))
            time.sleep(0.1)
        assert process.stdout is not None
        found: dict[str, Any] = json.loads(process.stdout.read())
    return {**found, f"{step}_memory_mb": peak}


def _memory(pid: int) -> float:
    """Memory of a process and its children in MB, what they share divided among those who do."""
    total = 0.0
    children = Path(f"/proc/{pid}/task/{pid}/children")
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total = int(line.split()[1]) / 1e3
        return total + sum(_memory(int(child)) for child in children.read_text().split())
    except OSError:  # it has ended
        return total


def _build(place: Path) -> None:
    from searchidx import Article, Index

    def articles() -> Iterator[Article]:
        with (place / "news.jsonl").open(encoding="utf-8") as lines:
            for line in lines:
                yield Article.from_dict(json.loads(line))

    index = Index.create(place / "index")
    began = time.perf_counter()
    index.add(articles())
    seconds = time.perf_counter() - began
    files = list((place / "index").iterdir())
    print(
        json.dumps(
            {
                "build_seconds": seconds,
                "index_bytes": sum(path.stat().st_size for path in files),
                "segments": sum(path.suffix == ".sidx" for path in files),
            }
        )
    )


def _ask(place: Path, size: int) -> None:
    from engines import ENGINES

    engine = ENGINES["searchidx"](place / "index")
    opened = []
    for _ in range(9):
        began = time.perf_counter()
        engine.open()
        opened.append(time.perf_counter() - began)
    room = Newsroom()
    found = {}
    for kind in CLASSES:
        queries = room.queries(kind, ASKED, size)
        rounds = []
        for _ in range(6):
            times = []
            for query in queries:
                began = time.perf_counter()
                engine.answer(query)
                times.append(time.perf_counter() - began)
            rounds.append(times)
        each = sorted(map(statistics.median, zip(*rounds[1:], strict=True)))
        found[kind] = {"p50_ms": each[ASKED // 2] * 1e3, "p95_ms": each[ASKED * 95 // 100] * 1e3}
    print(json.dumps({"open_ms": min(opened) * 1e3, "queries": found}))


def _cold(index: Path, size: int) -> dict[str, float]:
    words = [query.words for query in Newsroom().queries("or", 9, size)]
    ask = [str(Path(sys.executable).with_name("searchidx")), "query", "--index-dir", str(index)]
    cold, imports, rss = [], [], []
    for asked in words:
        cold.append(_run([*ask, " ".join(asked)], rss))
        imports.append(_run([sys.executable, "-c", "import numpy, click"], []))
    ratios = [one / other for one, other in zip(cold, imports, strict=True)]
    return {
        "cold_query_ms": statistics.median(cold) * 1e3,
        "cold_query_ratio_to_imports": statistics.median(ratios),
        "cold_query_rss_mb": max(rss),
    }


def _run(command: list[str], rss: list[float]) -> float:
    """Seconds that a command takes; its peak memory goes into ``rss``, in MB."""
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", _WATCH, *command], capture_output=True, text=True, check=True
    )
    seconds, peak = map(float, done.stdout.split())
    assert seconds < time.perf_counter() - began
    rss.append(peak / 1e3)
    return seconds


_WATCH = """
import os, resource, subprocess, sys, time
began = time.perf_counter()
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
print(time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def _show(size: int, found: dict[str, Any]) -> None:
    rate = found["text_bytes"] / found["build_seconds"] / 1e6
    print(
        f"{size:,} articles, {found['text_bytes'] / 1e6:.0f} MB: built at {rate:.1f} MB/s "
        f"in {found['build_memory_mb']:.0f} MB, index {found['index_bytes'] / 1e6:.0f} MB "
        f"in {found['segments']} segments, opened in {found['open_ms']:.2f} ms, cold query "
        f"{found['cold_query_ms']:.0f} ms ({found['cold_query_ratio_to_imports']:.2f} x imports) "
        f"in {found['cold_query_rss_mb']:.0f} MB"
    )
    for kind, times in found["queries"].items():
        print(f"    {kind:14}{times['p50_ms']:9.3f}{times['p95_ms']:9.3f}", flush=True)


if __name__ == "__main__":
    main()
