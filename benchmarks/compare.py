"""Measures searchidx beside other engines: one run, the same articles and queries for all.

    python benchmarks/compare.py [--corpus reuters|generated] [--articles N] [--rounds 5]
                                 [--engines NAME …] [--out docs/benchmarks.json]

Every engine runs in a process of its own and is asked in turn, round by round, so that whatever
slows the machine slows all. The index is opened anew for each class; the first round, in which
every query is asked for the first time, is reported by itself. A query's time is the median of
the other rounds; p50 and p95 are over the queries of a class. Ratios are to tantivy in the
same run. Builds are timed with two workers (processes here, threads there) and with one.
"""

from __future__ import annotations

import argparse
import gzip
import json
import multiprocessing
import random
import re
import shutil
import statistics
import tempfile
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from engines import ENGINES, Engine
from news import CLASSES, Newsroom, Query

BASE = "tantivy"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--corpus", choices=["reuters", "generated"], default="reuters")
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--queries", type=int, default=40)
    parser.add_argument("--engines", nargs="+", choices=list(ENGINES), default=list(ENGINES))
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    records, queries = _corpus(options)
    text = sum(len(r["title"].encode()) + len(r["body"].encode()) for r in records)
    print(f"{options.corpus}: {len(records):,} articles, {text / 1e6:.1f} MB", flush=True)
    report: dict[str, Any] = {
        "corpus": options.corpus,
        "articles": len(records),
        "text_bytes": text,
        "rounds": options.rounds,
    }
    with tempfile.TemporaryDirectory() as place:
        workers = {name: _Worker(name, records, Path(place) / name) for name in options.engines}
        report["build"] = _builds(workers, text, options.rounds)
        report["queries"] = _queries(workers, queries, options.rounds)
        for worker in workers.values():
            worker.stop()
    if options.out:
        known = json.loads(options.out.read_text("utf-8")) if options.out.exists() else {}
        known[f"{options.corpus} {len(records)}"] = report
        options.out.write_text(json.dumps(known, indent=1) + "\n", "utf-8")


def _corpus(options: argparse.Namespace) -> tuple[list[dict[str, Any]], dict[str, list[Query]]]:
    if options.corpus == "generated":
        room = Newsroom()
        records = list(room.articles(options.articles))
        kinds = {kind: room.queries(kind, options.queries, len(records)) for kind in CLASSES}
        return records, kinds
    path = options.data / "news" / "reuters.jsonl.gz"
    if not path.exists():
        print(f"{path} is not there: left out (--corpus generated needs nothing)")
        raise SystemExit(0)
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    return records, {kind: _from_text(records, kind, options.queries) for kind in CLASSES}


def _from_text(records: Sequence[dict[str, Any]], kind: str, count: int) -> list[Query]:
    """Queries out of real articles: content words of one title, so that they go together."""
    import datetime as dt

    chance = random.Random(kind)
    words_of = re.compile(r"[a-z]{4,}")
    common = ["said", "pct", "year", "company", "bank", "market", "billion", "shares", "stock"]
    found: list[Query] = []
    while len(found) < count:
        record = chance.choice(records)
        title = list(dict.fromkeys(words_of.findall(record["title"].lower())))
        body = words_of.findall(record["body"].lower())
        if len(title) < 4 or len(body) < 40:
            continue
        words = tuple(title[: 2 + len(found) % 3])
        if kind == "one word":
            found.append(Query(kind, words[:1]))
        elif kind == "and":
            found.append(Query(kind, words[:2]))
        elif kind == "common words":
            found.append(Query(kind, tuple(chance.sample(common, 3))))
        elif kind in ("phrase", "proximity"):
            between = r"(?:\w+ ){2}" if kind == "proximity" else ""
            pairs = re.findall(rf"(?=\b([a-z]{{4,}}) {between}([a-z]{{4,}})\b)", record["body"])
            if pairs:
                found.append(Query(kind, chance.choice(pairs)))
        elif kind == "prefix":
            found.append(Query(kind, (title[0][:4],)))
        elif kind.startswith("fuzzy"):
            word = next((one for one in title if len(one) > 6), None)
            if word:
                changed = word[:2] + word[3] + word[2] + word[4:]
                found.append(Query(kind, (changed if kind[-1] == "1" else changed[:-1] + "x",)))
        elif kind == "by date":
            since = dt.date(1987, 3, 1) + dt.timedelta(days=chance.randrange(60))
            found.append(Query(kind, words, since, since + dt.timedelta(days=30)))
        else:
            found.append(Query(kind, words))
    return found


class _Worker:
    """An engine in a process of its own."""

    def __init__(self, name: str, records: Sequence[dict[str, Any]], directory: Path) -> None:
        self.name = name
        most = ENGINES[name].most_articles
        self.articles = min(len(records), most or len(records))
        context = multiprocessing.get_context("fork")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(
            target=_serve, args=(ENGINES[name], records[: self.articles], directory, theirs)
        )
        self._process.start()

    def ask(self, command: str, argument: Any = None) -> Any:
        self._pipe.send((command, argument))
        answer = self._pipe.recv()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def stop(self) -> None:
        self._pipe.send(("stop", None))
        self._process.join()


def _serve(
    kind: type[Engine], records: Sequence[dict[str, Any]], directory: Path, pipe: Connection
) -> None:
    prepared = kind.prepared(records)
    engine: Engine | None = None
    while True:
        command, argument = pipe.recv()
        if command == "stop":
            return
        try:
            if command == "build":
                shutil.rmtree(directory, ignore_errors=True)
                directory.mkdir(parents=True)
                engine = kind(directory)
                began = time.perf_counter()
                engine.build(prepared, argument)
                pipe.send((time.perf_counter() - began, engine.size))
            elif command == "open":
                assert engine is not None
                began = time.perf_counter()
                engine.open()
                pipe.send(time.perf_counter() - began)
            else:
                assert engine is not None
                pipe.send(_timed(engine, argument))
        except Exception as error:
            pipe.send(error)


def _timed(engine: Engine, queries: Sequence[Query]) -> list[float] | None:
    times = []
    for query in queries:
        began = time.perf_counter()
        if engine.answer(query) is None:
            return None
        times.append(time.perf_counter() - began)
    return times


def _builds(workers: dict[str, _Worker], text: int, rounds: int) -> dict[str, Any]:
    report: dict[str, Any] = {}
    print(f"\n{'build':14}{'workers':>8}{'s':>9}{'MB/s':>8}{'x tantivy':>11}{'size MB':>9}{'x':>6}")
    for count in (1, 2):
        times: dict[str, list[float]] = {name: [] for name in workers}
        sizes: dict[str, int] = {}
        for at in range(rounds):
            for name, worker in workers.items():
                if at and name not in ("searchidx", BASE):
                    continue  # the slow ones once: what they lose by it is little
                if count == 2 and name not in ("searchidx", BASE):
                    continue
                seconds, sizes[name] = worker.ask("build", count)
                times[name].append(seconds)
        for name, seconds_of in times.items():
            if not seconds_of:
                continue
            share = workers[name].articles / workers["searchidx"].articles
            seconds = statistics.median(seconds_of)
            ratio = _ratio(seconds_of, times.get(BASE, []))
            size_ratio = sizes[name] / sizes[BASE] / share if BASE in sizes else None
            report.setdefault(name, {})[f"{count} workers"] = {
                "articles": workers[name].articles,
                "seconds": seconds,
                "mb_a_second": text * share / seconds / 1e6,
                "ratio_to_tantivy": None if ratio is None else ratio / share,
                "bytes": sizes[name],
                "size_ratio_to_tantivy": size_ratio,
            }
            shown = "–" if ratio is None else f"{ratio / share:.2f}"
            size_shown = "–" if size_ratio is None else f"{size_ratio:.2f}"
            print(
                f"{name:14}{count:8}{seconds:9.2f}{text * share / seconds / 1e6:8.1f}{shown:>11}"
                f"{sizes[name] / 1e6:9.1f}{size_shown:>6}",
                flush=True,
            )
    return report


def _queries(
    workers: dict[str, _Worker], queries: dict[str, list[Query]], rounds: int
) -> dict[str, Any]:
    report: dict[str, Any] = {}
    heads = f"{'p50 ms':>9}{'p95 ms':>9}{'x p50':>8}{'x p95':>8}{'first ms':>10}{'x':>8}"
    print(f"\n{'query':14}{'engine':14}{heads}")
    for kind, asked in queries.items():
        times: dict[str, list[list[float]]] = {name: [] for name in workers}
        firsts: dict[str, float] = {}
        for worker in workers.values():
            worker.ask("open")
        for at in range(rounds + 1):
            for name, worker in workers.items():
                most = ENGINES[name].rounds
                if most is not None and not 0 < at <= most:
                    continue
                seconds = worker.ask("time", asked)
                if seconds is None:
                    continue
                if at:
                    times[name].append(seconds)
                else:
                    firsts[name] = _percentile(seconds, 0.5)
        report[kind] = {}
        base = times.get(BASE) or []
        for name, rounds_of in times.items():
            if not rounds_of:
                continue
            each = [statistics.median(column) for column in zip(*rounds_of, strict=True)]
            p50, p95 = _percentile(each, 0.5), _percentile(each, 0.95)
            half = _ratio(
                [_percentile(r, 0.5) for r in rounds_of], [_percentile(r, 0.5) for r in base]
            )
            tail = _ratio(
                [_percentile(r, 0.95) for r in rounds_of], [_percentile(r, 0.95) for r in base]
            )
            report[kind][name] = {
                "articles": workers[name].articles,
                "p50_ms": p50 * 1e3,
                "p95_ms": p95 * 1e3,
                "p50_ratio_to_tantivy": half,
                "p95_ratio_to_tantivy": tail,
            }
            ratios = "".join(f"{'–' if one is None else f'{one:.2f}':>8}" for one in (half, tail))
            shown = f"{kind:14}{name:14}{p50 * 1e3:9.3f}{p95 * 1e3:9.3f}{ratios}"
            if name in firsts:
                report[kind][name]["first_p50_ms"] = firsts[name] * 1e3
                shown += f"{firsts[name] * 1e3:10.3f}"
                if BASE in firsts:
                    shown += f"{firsts[name] / firsts[BASE]:8.2f}"
            print(shown, flush=True)
    return report


def _ratio(ours: Sequence[float], theirs: Sequence[float]) -> float | None:
    """The median of the rounds' ratios."""
    if not ours or not theirs:
        return None
    return statistics.median(one / other for one, other in zip(ours, theirs, strict=False))


def _percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


if __name__ == "__main__":
    main()
