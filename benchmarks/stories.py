"""How well copies of a story are found again, and what that costs beside the build.

    python benchmarks/stories.py [--data DIR] [--sizes 10000 100000 300000] [--out docs/stories.md]

Copies of articles are planted among them: up to 30 % of the words replaced, deleted or inserted
at random, in three of ten a paragraph moved, in three of ten another outlet's tail put under it,
in two of ten another headline. A pair of a copy and its original, or of two copies of one, is
right; recall is counted on pairs of copy and original. Any other pair in one story, one of them a
copy, is wrong, unless the originals are near-duplicates themselves, by a judge who does not see
shingles: the words in common, in their order (Indel similarity of rapidfuzz), are ``JUDGED`` of
both or more, figures among them; precision is given for both values.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from news import Newsroom
from rapidfuzz.distance import Indel

from searchidx.analysis.numbering import WordNumbers
from searchidx.analysis.shingles import NO_SHINGLE, WordHashes, sketches
from searchidx.article import Article
from searchidx.index.building import Builders
from searchidx.index.labelling import cluster
from searchidx.index.opened import OpenSegment
from searchidx.index.resemblance import hashed
from searchidx.index.stories import LEAD_THRESHOLD, THRESHOLD, candidates, stories
from searchidx.segment.rows import row_of

CORPORA = {
    "Reuters, 1987": "news/reuters.jsonl.gz",
    "press releases": "legal/mn_ag.jsonl.gz",
    "Chinese news": "zh/xinwenlianbo.jsonl.gz",
}
SHARES = (0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3)
JUDGED = (0.6, 0.7)  # nineteen of twenty planted copies have the first with their originals
_BATCH = 256
_SEGMENT = 15_000  # articles, about as many as a builder writes as a segment
_TAILS = (
    "This report was first published by the Harbour Gazette and is carried here with permission."
    " For more news of the day turn to the Gazette's front page, or write to the newsroom.",
    "Edit: Wang Lin. Responsible editor: Zhao Min. Source: Docket Wire. Special statement:"
    " reproduced for information only; the views are those of the author.",
    "Copyright the Southern Courier. All rights reserved. Subscribe to our morning letter.",
)
_CHINESE_TAILS = (
    "本文由海港日报转载，版权归原作者所有，仅供读者参考。责任编辑：王林。来源：律政通讯社。",
    "声明：本网转载此文出于传递更多信息之目的，并不意味着赞同其观点。编辑：赵敏。",
)
_UNIT = re.compile(
    r"[0-9.,/-]*[0-9]|[\u4e00-\u9fff]{1,2}|[^\s\u4e00-\u9fff]+?(?=[\s\u4e00-\u9fff]|$)|\s"
)

Text = tuple[str, str]


class Editor:
    """Changes articles as outlets do that carry another's text."""

    def __init__(self, articles: Sequence[Text], seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        self._titles = [title for title, _ in articles[:1000]]
        some = articles[:: len(articles) // 2000 + 1]
        self._words = [unit for _, body in some for unit in _UNIT.findall(body) if unit.strip()]
        self._chinese = sum(map(len, self._words)) < 3 * len(self._words)

    def edited(self, article: Text, share: float) -> Text:
        """The article with so large a share of its words changed."""
        rng = self._rng
        title, body = article
        if rng.random() < 0.2:
            title = self._titles[int(rng.integers(len(self._titles)))]
        if rng.random() < 0.3:
            body = self._moved(body)
        units = []
        for unit in _UNIT.findall(body):
            if rng.random() >= share or not unit.strip():
                units.append(unit)
                continue
            kind = rng.integers(3)
            other = self._words[int(rng.integers(len(self._words)))]
            gap = "" if self._chinese else " "
            # A deleted word is none of these.
            units += [[other], [unit, gap, other], []][int(kind)]
        body = "".join(units)
        if rng.random() < 0.3:
            tails = _CHINESE_TAILS if self._chinese else _TAILS
            body += "\n\n" + tails[int(rng.integers(len(tails)))]
        return title, body

    def _moved(self, body: str) -> str:
        parts = re.split(r"(?<=\n)|(?<=[.!?] )|(?<=。)", body)
        if len(parts) > 2:
            part = parts.pop(int(self._rng.integers(len(parts))))
            parts.insert(int(self._rng.integers(len(parts) + 1)), part)
        return "".join(parts)


class Planted:
    """Articles with copies among them: of which original each is, and how much was changed."""

    def __init__(self, articles: Sequence[Text], fraction: float, seed: int = 5) -> None:
        rng = np.random.default_rng(seed)
        editor = Editor(articles, seed)
        texts, origins, shares = list(articles), list(range(len(articles))), [-1.0] * len(articles)
        for origin in rng.permutation(len(articles))[: int(fraction * len(articles))].tolist():
            for _ in range(1 + int(rng.random() < 0.2)):
                shares.append(SHARES[int(rng.integers(len(SHARES)))])
                texts.append(editor.edited(articles[origin], shares[-1]))
                origins.append(origin)
        order = rng.permutation(len(texts))
        self.articles = articles
        self.encoded = [(texts[at][0].encode(), texts[at][1].encode()) for at in order.tolist()]
        self.origins = np.array(origins)[order]
        self.shares = np.array(shares)[order]

    def texts(self, rows: np.ndarray) -> list[tuple[bytes, bytes]]:
        return [self.encoded[row] for row in rows.tolist()]

    def sketched(self) -> tuple[np.ndarray, float]:
        """The sketches, and how long they took, the numbering of words aside."""
        numbering = WordNumbers()
        hashes = WordHashes(numbering)
        took, found = 0.0, []
        for start in range(0, len(self.encoded), _SEGMENT):
            segment = self.encoded[start : start + _SEGMENT]
            batches = [
                numbering.number([text for pair in segment[at : at + _BATCH] for text in pair])
                for at in range(0, len(segment), _BATCH)
            ]
            began = time.perf_counter()
            numbers = np.concatenate([batch.numbers for batch in batches])
            counts = np.concatenate([batch.counts for batch in batches])
            counts = counts.reshape(-1, 2).sum(axis=1)
            found.append(sketches(numbers, counts, hashes.all()))
            took += time.perf_counter() - began
        return np.concatenate(found), took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--sizes", type=int, nargs="*", default=[10_000, 100_000, 300_000])
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    lines = [*_quality(options.data), "", *_cost(options.sizes)]
    print("\n".join(lines))
    if options.out:
        text = options.out.read_text("utf-8") if options.out.exists() else ""
        kept = text.partition("## Measured")[0] or "# Stories\n\n"
        options.out.write_text(kept + "\n".join(["## Measured", "", *lines, ""]), "utf-8")


def _quality(data: Path) -> Iterator[str]:
    corpora = {name: _read(data / path) for name, path in CORPORA.items() if (data / path).exists()}
    corpora["generated news"] = [(one["title"], one["body"]) for one in Newsroom().articles(5000)]
    yield f"Threshold {THRESHOLD}, to the lead {LEAD_THRESHOLD}; every fifth article has a copy."
    yield ""
    yield (
        "| | articles | precision | at 0.7 | recall | "
        + " | ".join(f"{s:.0%}" for s in SHARES)
        + (" | too short | candidates an article | largest story |")
    )
    yield "|---" * (len(SHARES) + 8) + "|"
    for name, articles in corpora.items():
        yield _measured(name, Planted(articles, 0.2))


def _read(path: Path) -> list[Text]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [(one["title"], one["body"]) for one in map(json.loads, file)]


def _measured(name: str, planted: Planted) -> str:
    found, _ = planted.sketched()
    left, _ = candidates(found, 0)
    labels = stories(np.zeros(len(found), dtype=np.int64), found, 0, hashed(planted.texts))
    originals = np.zeros(len(planted.articles), dtype=np.int64)
    is_copy = planted.shares >= 0
    originals[planted.origins[~is_copy]] = np.flatnonzero(~is_copy)
    of = originals[planted.origins]
    # An article without a full sketch is too short to be the same as any.
    long_enough = (found != NO_SHINGLE).all(axis=1)[of]
    hit = (labels == labels[of]) & (labels > 0)
    counted = is_copy & long_enough
    recalls = [hit[counted & (planted.shares == share)].mean() for share in SHARES]
    precision, strict = (_precision(planted, labels, judged) for judged in JUDGED)
    short = 1 - long_enough[is_copy].mean()
    largest = np.bincount(labels[labels > 0]).max()
    return (
        f"| {name} | {len(found):,} | {precision:.3f} | {strict:.3f} | {hit[counted].mean():.3f} | "
        + " | ".join(f"{recall:.3f}" for recall in recalls)
        + f" | {short:.1%} | {len(left) / len(found):.2f} | {largest} |"
    )


def _precision(planted: Planted, labels: np.ndarray, judged: float) -> float:
    members = defaultdict(list)
    for row, label in enumerate(labels.tolist()):
        if label:
            members[label].append(row)
    right = wrong = 0
    alike: dict[tuple[int, int], bool] = {}
    for rows in members.values():
        for one, other in combinations(rows, 2):
            if planted.shares[one] < 0 and planted.shares[other] < 0:
                continue
            first, second = sorted((int(planted.origins[one]), int(planted.origins[other])))
            if (first, second) not in alike:
                alike[first, second] = first == second or _near(
                    planted.articles[first], planted.articles[second], judged
                )
            right += alike[first, second]
            wrong += not alike[first, second]
    return right / (right + wrong)


def _near(one: Text, other: Text, judged: float) -> bool:
    first, second = (_UNIT.findall(text.lower()) for _, text in (one, other))
    return (
        Indel.normalized_similarity(
            [unit for unit in first if unit.strip()], [unit for unit in second if unit.strip()]
        )
        >= judged
    )


def _cost(sizes: Sequence[int]) -> Iterator[str]:
    if not sizes:
        return
    yield "Generated news, every twentieth article with a copy; seconds. Sketches are part of the"
    yield "build, and made by all of its processes: they cost the wall the time divided by those."
    yield ""
    yield "| articles | build | of it sketches, one core | stories found afterwards | added |"
    yield "|---|---|---|---|---|"
    for size in sizes:
        articles = [(one["title"], one["body"]) for one in Newsroom().articles(size)]
        planted = Planted(articles, 0.05)
        _, sketching = planted.sketched()
        build, clustering = _built(planted)
        alone = build - sketching / (os.cpu_count() or 1)
        yield (
            f"| {len(planted.encoded):,} | {build:.1f} | {sketching:.2f} | {clustering:.2f}"
            f" | {(build + clustering) / alone - 1:.0%} |"
        )


def _built(planted: Planted) -> tuple[float, float]:
    """How long the segments take, and then the stories of their articles."""
    with tempfile.TemporaryDirectory() as directory:
        began = time.perf_counter()
        builders = Builders(Path(directory))
        for number, (title, body) in enumerate(planted.encoded):
            fields: dict[str, Any] = {"id": f"news-{number}", "title": title.decode()}
            builders.add(row_of(Article(body=body.decode(), **fields)))
        opened = [OpenSegment.new(path) for path in builders.finish()]
        build = time.perf_counter() - began
        began = time.perf_counter()
        cluster(opened)
        return build, time.perf_counter() - began


if __name__ == "__main__":
    main()
