"""How long a query of three words takes to be read and planned, beside Whoosh's own parser.

    python benchmarks/parsing.py [INDEX]

Medians of interleaved rounds, in microseconds; INDEX is a directory of ours (default: seeds/ is
indexed). Planning looks words up in the vocabulary, each for the first time in a round.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from whoosh.analysis import StemmingAnalyzer
from whoosh.fields import TEXT, Schema
from whoosh.qparser import MultifieldParser

from searchidx import Index
from searchidx.ingest import read_files
from searchidx.query import parse
from searchidx.search.expand import understand

QUERIES = ["minor crimes governance", "supreme court fine", "plea leniency drunk"]
ROUNDS = 300


def main() -> None:
    with tempfile.TemporaryDirectory() as directory:
        if len(sys.argv) > 1:
            index = Index.open(sys.argv[1])
        else:
            index = Index.create(directory)
            seeds = Path(__file__).parents[1] / "seeds"
            index.add(one.article for one in read_files([seeds], print))
        vocabulary = index._searcher._vocabulary
        schema = Schema(title=TEXT(StemmingAnalyzer()), body=TEXT(StemmingAnalyzer()))
        theirs = MultifieldParser(["title", "body"], schema)

        def planned(text: str) -> None:
            understand(parse(text).tree, vocabulary, correct=True)

        def planned_anew(text: str) -> None:
            vocabulary.understood.clear()
            planned(text)

        ways: dict[str, Callable[[str], object]] = {
            "read": parse,
            "read and planned": planned,
            "read and planned, words not asked before": planned_anew,
            "Whoosh's parser": theirs.parse,
        }
        times = {name: [] for name in ways}  # type: dict[str, list[float]]
        for _ in range(ROUNDS):
            for text in QUERIES:
                planned(text)
                for name, way in ways.items():
                    began = time.perf_counter()
                    way(text)
                    times[name].append((time.perf_counter() - began) * 1e6)
        whoosh = median(times["Whoosh's parser"])
        for name, found in times.items():
            ratio = f"{whoosh / median(found):6.1f} x" if name in list(ways)[:3] else ""
            print(f"{name:42}{median(found):8.1f} us {ratio}")


if __name__ == "__main__":
    main()
