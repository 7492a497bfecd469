"""How fast: indexing Reuters-21578, twenty queries with snippets, and a query from a cold start.

    python benchmarks/reuters.py [--data ../shared/data]

Queries run five times over in turn; the medians are of wall time in this process, parse and
snippets included. The cold start is a whole process, and so is its memory.
"""

from __future__ import annotations

import argparse
import gzip
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from searchidx import Article, Index

QUERIES = [
    "cocoa prices",
    "japan trade deficit",
    "crude oil opec",
    "bank of england interest rates",
    "merger agreement shareholders",
    '"trade deficit"',
    '"prime rate" citibank',
    "wheat AND subsidy",
    "opec NOT quota",
    "title:dividend",
    "govern*",
    "federal reserve money supply",
    "gold mine production",
    "antitrust lawsuit settlement",
    "supreme court ruling",
    "goverment bonds",
    "coffee export quotas brazil",
    "the and of",
    "date:1987-04 yen dollar",
    "soybean~1",
]
ROUNDS = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    options = parser.parse_args()
    with gzip.open(options.data / "news" / "reuters.jsonl.gz", "rt", encoding="utf-8") as lines:
        articles = [Article.from_dict(json.loads(line)) for line in lines]
    size = sum(len(article.title) + len(article.body) for article in articles) / 1e6
    with tempfile.TemporaryDirectory() as directory:
        index = Index.create(directory)
        began = time.perf_counter()
        index.add(articles)
        took = time.perf_counter() - began
        print(f"index: {len(articles) / took:,.0f} articles/s, {size / took:.1f} MB/s")
        stored = sum(path.stat().st_size for path in Path(directory).iterdir()) / 1e6
        print(f"size: {stored:.1f} MB for {size:.1f} MB of text")
        measure_queries(index)
        measure_cold(directory)


def measure_queries(index: Index) -> None:
    for snippets in (3, 0):
        times: dict[str, list[float]] = {query: [] for query in QUERIES}
        for round_ in range(ROUNDS + 1):
            for query in QUERIES:
                began = time.perf_counter()
                index.search(query, snippets=snippets)
                if round_:
                    times[query].append((time.perf_counter() - began) * 1000)
        medians = sorted(statistics.median(values) for values in times.values())
        print(
            f"query, {snippets} snippets: median {statistics.median(medians):.1f} ms, "
            f"slowest {medians[-1]:.1f} ms of {len(QUERIES)} queries"
        )


def measure_cold(directory: str) -> None:
    command = [sys.executable, "-m", "searchidx", "query", "--index-dir", directory, "oil prices"]
    imports = [sys.executable, "-c", "import numpy, click"]
    times: dict[str, list[float]] = {"searchidx query": [], "import numpy, click": []}
    for _ in range(ROUNDS):
        for name, words in zip(times, (command, imports), strict=True):
            began = time.perf_counter()
            subprocess.run(words, stdout=subprocess.DEVNULL, check=True)
            times[name].append((time.perf_counter() - began) * 1000)
    for name, values in times.items():
        print(f"cold, {name}: median {statistics.median(values):.0f} ms")
    if Path("/proc/self/status").exists():
        # Not getrusage: its maximum begins with that of the process that forked.
        peak = [sys.executable, "-c", PEAK, *command[3:]]
        done = subprocess.run(peak, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=True)
        print(f"cold, searchidx query: {int(done.stderr) / 1024:.0f} MB at most")


PEAK = """
import sys
from searchidx.cli import main
try:
    main()
finally:
    status = open("/proc/self/status").read()
    sys.stderr.write(status.split("VmHWM:")[1].split()[0])
"""


if __name__ == "__main__":
    main()
