"""How good the ranking is, beside other engines: nDCG@10, AP and R@100 with ir-measures.

    python benchmarks/relevance.py [--data ../shared/data] [--out docs/relevance.md]

Reads the test collections below DATA/ir (corpus.jsonl.gz, queries.jsonl, qrels.txt) and asks every
engine for the lower-case words of each query, any of which may match. Then each query's rarest
word is misspelt as people misspell it (DATA/typos/typos.tsv), or where nobody is on record for it
by swapping two letters in its middle. ``--out`` renews the tables of a page.
"""

from __future__ import annotations

import argparse
import gzip
import json
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import engines
import ir_measures
from ir_measures import AP, R, nDCG

from searchidx.analysis import words

MEASURES = [nDCG @ 10, AP @ 1000, R @ 100]
LIMIT = 1000
BEGIN, END = "<!-- tables -->", "<!-- end of tables -->"
TITLES = {"cranfield": "Cranfield", "cacm": "CACM", "time": "TIME"}

Means = dict[Any, float]


class Ranked(NamedTuple):
    """An article and what it is worth: the higher, the better."""

    id: str
    score: float


class Searchidx(engines.Searchidx):
    options: ClassVar[dict[str, Any]] = {}

    def ranked(self, wanted: list[str]) -> Iterator[Ranked]:
        hits = self._index.search(
            " ".join(wanted), limit=LIMIT, snippets=0, collapse=False, **self.options
        )
        return (Ranked(hit.id, hit.score) for hit in hits)


class Uncorrected(Searchidx):
    name = 'searchidx, fuzzy="off"'
    options: ClassVar[dict[str, Any]] = {"fuzzy": "off"}


class FedBack(Searchidx):
    name = "searchidx, feedback"
    options: ClassVar[dict[str, Any]] = {"feedback": True}


class Tantivy(engines.Tantivy):
    def _query(self, wanted: list[str]) -> Any:
        return self._index.parse_query(" ".join(wanted), ["title", "body"])

    def ranked(self, wanted: list[str]) -> Iterator[Ranked]:
        for score, address in self._searcher.search(self._query(wanted), LIMIT).hits:
            yield Ranked(self._searcher.doc(address)["id"][0], score)


class FuzzyTantivy(Tantivy):
    """Each word also one edit away: a match earns 1 however often or rare, as tantivy has it."""

    name = "tantivy, words as typed or one edit away"

    def _query(self, wanted: list[str]) -> Any:
        from tantivy import Occur, Query

        one_edit = dict.fromkeys(["title", "body"], (False, 1, True))
        near = self._index.parse_query(" ".join(wanted), ["title", "body"], fuzzy_fields=one_edit)
        return Query.boolean_query([(Occur.Should, super()._query(wanted)), (Occur.Should, near)])


class Fts5(engines.Fts5):
    def ranked(self, wanted: list[str]) -> Iterator[Ranked]:
        asked = " OR ".join(f'"{word}"' for word in wanted)
        sql = f"SELECT id, -bm25(news) FROM news WHERE news MATCH ? ORDER BY 2 DESC LIMIT {LIMIT}"
        return (Ranked(*row) for row in self._connection.execute(sql, [asked]))


class Bm25s(engines.Bm25s):
    def build(self, records: Any, workers: int) -> None:
        super().build(records, workers)
        self._ids = [record["id"] for record in records]

    def ranked(self, wanted: list[str]) -> Iterator[Ranked]:
        import bm25s

        tokens = bm25s.tokenize(" ".join(wanted), stemmer=self._stemmer, show_progress=False)
        limit = min(LIMIT, len(self._ids))
        numbers, scores = self._retriever.retrieve(tokens, k=limit, show_progress=False)
        for number, score in zip(numbers[0], scores[0], strict=True):
            if score > 0:
                yield Ranked(self._ids[number], float(score))


class Whoosh(engines.Whoosh):
    def ranked(self, wanted: list[str]) -> Iterator[Ranked]:
        found = self._searcher.search(self._parser.parse(" ".join(wanted)), limit=LIMIT)
        return (Ranked(hit["id"], hit.score) for hit in found)


ENGINES: tuple[type[Any], ...] = (
    Searchidx,
    Uncorrected,
    FedBack,
    Tantivy,
    FuzzyTantivy,
    Fts5,
    Bm25s,
    Whoosh,
)


class Test(NamedTuple):
    """A test collection: the queries are words, as they are and with a typo in each."""

    records: list[dict[str, str]]
    queries: dict[str, list[str]]
    misspelt: dict[str, list[str]]
    qrels: list[Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, help="a page with table marks")
    parser.add_argument("--collections", nargs="+", default=list(TITLES), choices=list(TITLES))
    options = parser.parse_args()
    wrong = misspellings(options.data / "typos" / "typos.tsv")
    lines: list[str] = []
    for name in options.collections:
        test = read(options.data / "ir" / name, wrong)
        measured = {engine.name: measure(engine, test) for engine in ENGINES}
        lines += ["", *table(name, test, measured)]
    print("\n".join(lines))
    if options.out:
        before, _, rest = options.out.read_text("utf-8").partition(BEGIN)
        after = rest.partition(END)[2]
        options.out.write_text("\n".join([before + BEGIN, *lines, "", END + after]), "utf-8")


def read(folder: Path, wrong: dict[str, str]) -> Test:
    """A collection of DATA/ir, with those queries for which anything is judged."""
    with gzip.open(folder / "corpus.jsonl.gz", "rt", encoding="utf-8") as rows:
        full = [json.loads(row) for row in rows]
    records = [
        {"id": str(one["id"]), "title": one.get("title") or "", "body": one.get("body") or ""}
        for one in full
    ]
    records = [one for one in records if one["title"] or one["body"]]
    qrels = list(ir_measures.read_trec_qrels(str(folder / "qrels.txt")))
    judged = {qrel.query_id for qrel in qrels}
    asked = [json.loads(row) for row in (folder / "queries.jsonl").read_text("utf-8").splitlines()]
    queries = {str(q["id"]): words(q["text"]) for q in asked if str(q["id"]) in judged}
    frequency = Counter(
        word for one in records for word in set(words(f"{one['title']} {one['body']}"))
    )
    misspelt = {number: with_typo(query, frequency, wrong) for number, query in queries.items()}
    return Test(records, queries, misspelt, qrels)


def measure(engine: type[Any], test: Test) -> tuple[Means, Means]:
    """The means of each measure: of the queries as they are, and with typos."""
    with tempfile.TemporaryDirectory() as directory:
        one = engine(Path(directory))
        one.build(one.prepared(test.records), 1)
        one.open()

        def means(queries: dict[str, list[str]]) -> Means:
            run: Iterable[ir_measures.ScoredDoc] = (
                ir_measures.ScoredDoc(number, *hit)
                for number, query in queries.items()
                for hit in one.ranked(query)
            )
            return ir_measures.calc_aggregate(MEASURES, test.qrels, list(run))

        return means(test.queries), means(test.misspelt)


def table(name: str, test: Test, measured: dict[str, tuple[Means, Means]]) -> Iterator[str]:
    yield f"## {TITLES[name]}: {len(test.records):,} articles, {len(test.queries)} queries\n"
    head = [str(one) for one in MEASURES]
    head = ["", *head, *(f"{one}, typos" for one in head), f"loss of {MEASURES[0]}"]
    yield "| " + " | ".join(head) + " |"
    yield "|---" * len(head) + "|"
    for engine, (clean, typos) in measured.items():
        figures = [f"{means[one]:.4f}" for means in (clean, typos) for one in MEASURES]
        loss = 1 - typos[MEASURES[0]] / clean[MEASURES[0]]
        yield "| " + " | ".join([engine, *figures, f"{loss:.1%}"]) + " |"


def misspellings(path: Path) -> dict[str, str]:
    """One misspelling of each word on record: the first of the file that keeps the first letter."""
    found: dict[str, str] = {}
    for line in path.read_text("utf-8").splitlines()[1:]:
        _, wrong, right = line.split("\t")[:3]
        wrong, right = wrong.lower(), right.lower()
        if wrong.isalpha() and wrong != right and wrong[:1] == right[:1]:
            found.setdefault(right, wrong)
    return found


def with_typo(wanted: list[str], frequency: Counter[str], misspelt: dict[str, str]) -> list[str]:
    """The query with its rarest word of five letters or more misspelt."""
    long_words = [word for word in wanted if len(word) > 4 and frequency[word]]
    if not long_words:
        return wanted
    rarest = min(long_words, key=lambda word: (frequency[word], word))
    middle = len(rarest) // 2
    swapped = rarest[: middle - 1] + rarest[middle] + rarest[middle - 1] + rarest[middle + 1 :]
    return [misspelt.get(word, swapped) if word == rarest else word for word in wanted]


if __name__ == "__main__":
    main()
