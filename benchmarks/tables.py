"""Writes what compare.py and growth.py measured into a page, between its two table marks.

python benchmarks/tables.py docs/benchmarks.json docs/growth.json docs/benchmarks.md
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

BEGIN, END = "<!-- tables -->", "<!-- end of tables -->"
OTHERS = ("Whoosh", "SQLite FTS5", "bm25s")
TITLES = {"reuters": "Reuters", "generated": "Generated news"}


def main() -> None:
    compared = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    growth = json.loads(Path(sys.argv[2]).read_text("utf-8"))
    page = Path(sys.argv[3])
    before, _, rest = page.read_text("utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    lines = [line for report in compared.values() for line in _comparison(report)]
    lines += _growth(growth)
    page.write_text("\n".join([before + BEGIN, "", *lines, "", END + after]), "utf-8")


def _comparison(report: dict[str, Any]) -> Iterator[str]:
    size = report["text_bytes"] / 1e6
    yield f"## {TITLES[report['corpus']]}: {report['articles']:,} articles, {size:.0f} MB\n"
    yield from _table(
        [
            *("", "searchidx, ms", "tantivy, ms", "ratio", "first asked, ms"),
            *(f"{name}, ms" for name in OTHERS),
        ],
        [
            [kind, *_query(engines), _first(engines), *(_p50(engines.get(name)) for name in OTHERS)]
            for kind, engines in report["queries"].items()
        ],
    )
    yield ""
    yield from _table(
        ["", "workers", "MB/s", "time, × tantivy", "index, MB", "× tantivy"],
        [
            [
                name if one["articles"] == report["articles"] else f"{name}, {one['articles']:,}",
                workers.split()[0],
                f"{one['mb_a_second']:.1f}",
                _number(one["ratio_to_tantivy"]),
                f"{one['bytes'] / 1e6:.0f}",
                _number(one["size_ratio_to_tantivy"]),
            ]
            for name, builds in report["build"].items()
            for workers, one in builds.items()
        ],
    )
    yield ""


def _query(engines: dict[str, Any]) -> tuple[str, str, str]:
    ours, theirs = engines["searchidx"], engines["tantivy"]
    ratios = ours["p50_ratio_to_tantivy"], ours["p95_ratio_to_tantivy"]
    return (
        f"{ours['p50_ms']:.3f} / {ours['p95_ms']:.3f}",
        f"{theirs['p50_ms']:.3f} / {theirs['p95_ms']:.3f}",
        " / ".join(map(_number, ratios)),
    )


def _first(engines: dict[str, Any]) -> str:
    """What the first time costs, in searchidx and in tantivy."""
    return " / ".join(f"{engines[name]['first_p50_ms']:.2f}" for name in ("searchidx", "tantivy"))


def _p50(engine: dict[str, Any] | None) -> str:
    return "–" if engine is None else f"{engine['p50_ms']:.2f}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _growth(growth: dict[str, Any]) -> Iterator[str]:
    sizes = list(growth)
    yield "## Growth of searchidx\n"
    facts = {
        "text, MB": lambda one: f"{one['text_bytes'] / 1e6:.0f}",
        "built, MB/s": lambda one: f"{one['text_bytes'] / one['build_seconds'] / 1e6:.1f}",
        "memory of the build, MB": lambda one: f"{one['build_memory_mb']:.0f}",
        "index, MB": lambda one: f"{one['index_bytes'] / 1e6:.0f}",
        "segments": lambda one: str(one["segments"]),
        "opening, ms": lambda one: f"{one['open_ms']:.2f}",
        "cold query, × imports": lambda one: f"{one['cold_query_ratio_to_imports']:.2f}",
        "its memory, MB": lambda one: f"{one['cold_query_rss_mb']:.0f}",
    }
    rows = [[name, *(shown(growth[size]) for size in sizes), ""] for name, shown in facts.items()]
    for kind in growth[sizes[0]]["queries"]:
        times = [growth[size]["queries"][kind]["p50_ms"] for size in sizes]
        shown = [
            f"{growth[size]['queries'][kind]['p50_ms']:.2f} / "
            f"{growth[size]['queries'][kind]['p95_ms']:.2f}"
            for size in sizes
        ]
        rows.append([f"{kind}, ms", *shown, f"{times[-1] / times[0]:.1f} ×"])
    yield from _table(["articles", *(f"{int(size):,}" for size in sizes), "p50 grows"], rows)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|---" * len(head) + "|"
    for row in rows:
        yield "| " + " | ".join(row) + " |"


if __name__ == "__main__":
    main()
