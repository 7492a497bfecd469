"""How good the ranking is: nDCG@10, AP@100 and recall@100 of plain ``Index.search``.

    python benchmarks/relevance.py [--data ../shared/data] [--typos]

Reads the test collections below DATA/ir (corpus.jsonl.gz, queries.jsonl, qrels.txt). With
``--typos`` each query's rarest word is misspelt as people misspell it (DATA/typos/typos.tsv),
or where nobody is on record for it by swapping two letters in its middle.
"""

from __future__ import annotations

import argparse
import gzip
import json
import tempfile
from collections import defaultdict
from pathlib import Path

import ir_measures
from ir_measures import AP, R, nDCG

from searchidx import Article, Index
from searchidx.analysis import words

MEASURES = [nDCG @ 10, AP @ 100, R @ 100]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--typos", action="store_true")
    parser.add_argument("--collections", nargs="+", default=["cranfield", "cacm", "time"])
    options = parser.parse_args()
    print(f"{'collection':12}{'queries':>8}" + "".join(f"{m!s:>10}" for m in MEASURES))
    for name in options.collections:
        folder = options.data / "ir" / name
        misspelt = misspellings(options.data / "typos" / "typos.tsv") if options.typos else None
        count, means = evaluate(folder, misspelt)
        print(f"{name:12}{count:8}" + "".join(f"{means[m]:10.4f}" for m in MEASURES))


def evaluate(folder: Path, misspelt: dict[str, str] | None) -> tuple[int, dict[object, float]]:
    """Index a collection, ask its queries, and take the mean of each measure."""
    with gzip.open(folder / "corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    articles = [
        Article(title=r.get("title") or "", body=r.get("body") or "", id=str(r["id"]))
        for r in records
    ]
    queries = [
        json.loads(line) for line in (folder / "queries.jsonl").read_text("utf-8").splitlines()
    ]
    qrels = list(ir_measures.read_trec_qrels(str(folder / "qrels.txt")))
    judged = {qrel.query_id for qrel in qrels}
    frequency: dict[str, int] = defaultdict(int)
    for article in articles:
        for word in set(words(f"{article.title} {article.body}")):
            frequency[word] += 1
    run = []
    with tempfile.TemporaryDirectory() as directory:
        index = Index.create(directory)
        index.add(articles)
        asked = 0
        for query in queries:
            query_id = str(query["id"])
            if query_id not in judged:
                continue
            asked += 1
            wanted = words(query.get("text") or query.get("query") or query["body"])
            if misspelt is not None:
                wanted = with_typo(wanted, frequency, misspelt)
            # Lower-case words without punctuation: these are sentences, not query language.
            results = index.search(" ".join(wanted), limit=100, snippets=0)
            run += [ir_measures.ScoredDoc(query_id, hit.id, hit.score) for hit in results]
    return asked, ir_measures.calc_aggregate(MEASURES, qrels, run)


def misspellings(path: Path) -> dict[str, str]:
    """One misspelling of each word on record: the first of the file that keeps the first letter."""
    found: dict[str, str] = {}
    for line in path.read_text("utf-8").splitlines()[1:]:
        _, wrong, right = line.split("\t")[:3]
        wrong, right = wrong.lower(), right.lower()
        if wrong.isalpha() and wrong != right and wrong[:1] == right[:1]:
            found.setdefault(right, wrong)
    return found


def with_typo(wanted: list[str], frequency: dict[str, int], misspelt: dict[str, str]) -> list[str]:
    """The query with its rarest word of five letters or more misspelt."""
    long_words = [word for word in wanted if len(word) > 4 and frequency.get(word)]
    if not long_words:
        return wanted
    rarest = min(long_words, key=lambda word: (frequency[word], word))
    middle = len(rarest) // 2
    swapped = rarest[: middle - 1] + rarest[middle] + rarest[middle - 1] + rarest[middle + 1 :]
    return [misspelt.get(word, swapped) if word == rarest else word for word in wanted]


if __name__ == "__main__":
    main()
