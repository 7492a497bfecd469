"""Draws what compare.py and growth.py measured.

python benchmarks/picture.py docs/benchmarks.json docs/growth.json docs/benchmarks.svg
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt

COLOURS = {
    "searchidx": "#0b6e4f",
    "tantivy": "#d1495b",
    "Whoosh": "#8d99ae",
    "SQLite FTS5": "#edae49",
    "bm25s": "#5c6b73",
}
SHOWN = (
    *("or", "common words", "and", "phrase", "proximity"),
    *("fuzzy 1", "fuzzy 2", "by date", "snippets"),
)


def main() -> None:
    compared = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    growth = json.loads(Path(sys.argv[2]).read_text("utf-8"))
    plt.rcParams.update({"font.size": 9, "svg.hashsalt": "searchidx"})
    figure, rows = plt.subplots(
        len(compared) + 1, 2, figsize=(11, 3.6 * (len(compared) + 1)), width_ratios=[2.2, 1]
    )
    for (latency, building), report in zip(rows, compared.values(), strict=False):
        _latency(latency, report)
        _building(building, report)
    _growth(*rows[-1], growth)
    figure.tight_layout()
    figure.savefig(sys.argv[3], metadata={"Date": None})


def _latency(axes: Any, report: dict[str, Any]) -> None:
    engines = [name for name in COLOURS if name in report["build"]]
    width = 0.8 / len(engines)
    for at, name in enumerate(engines):
        places, heights = [], []
        for number, kind in enumerate(SHOWN):
            found = report["queries"][kind].get(name)
            if found:
                places.append(number + at * width)
                heights.append(found["p50_ms"])
        axes.bar(places, heights, width, label=name, color=COLOURS[name])
    axes.set_yscale("log")
    axes.set_xticks([n + 0.4 - width / 2 for n in range(len(SHOWN))], SHOWN)
    axes.set_ylabel("p50, ms (lower is better)")
    articles = {
        name: report["build"][name]["1 workers"]["articles"]
        for name in engines
        if report["build"][name]["1 workers"]["articles"] < report["articles"]
    }
    fewer = "".join(f"; {name}: first {count:,}" for name, count in articles.items())
    axes.set_title(
        f"{report['corpus']}: {report['articles']:,} articles, "
        f"{report['text_bytes'] / 1e6:.0f} MB{fewer}"
    )
    axes.legend(ncols=len(engines), fontsize=7, frameon=False)


def _building(axes: Any, report: dict[str, Any]) -> None:
    names = [name for name in COLOURS if name in report["build"]]
    best = {
        name: max(found["mb_a_second"] for found in report["build"][name].values())
        for name in names
    }
    axes.barh(names, [best[name] for name in names], color=[COLOURS[name] for name in names])
    for at, name in enumerate(names):
        axes.text(best[name], at, f" {best[name]:.1f}", va="center", fontsize=8)
    axes.invert_yaxis()
    axes.set_title("building, MB of text a second")


def _growth(left: Any, right: Any, growth: dict[str, Any]) -> None:
    sizes = [int(size) for size in growth]
    for kind in SHOWN:
        left.plot(
            sizes,
            [one["queries"][kind]["p50_ms"] for one in growth.values()],
            "o-",
            label=kind,
            ms=3,
        )
    left.set(xscale="log", yscale="log", xlabel="articles", ylabel="p50, ms")
    left.set_title("searchidx as the collection grows")
    left.legend(fontsize=7, ncols=2, frameon=False)
    right.plot(
        sizes, [one["cold_query_ms"] for one in growth.values()], "o-", label="cold query, ms"
    )
    right.plot(sizes, [one["open_ms"] for one in growth.values()], "o-", label="open, ms")
    right.plot(
        sizes,
        [one["text_bytes"] / one["build_seconds"] / 1e6 for one in growth.values()],
        "o-",
        label="build, MB/s",
    )
    right.set(xscale="log", yscale="log", xlabel="articles")
    right.legend(fontsize=7, frameon=False)


if __name__ == "__main__":
    main()
