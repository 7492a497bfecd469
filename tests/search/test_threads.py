"""Threads that share an index get the answers that each would get alone."""

from __future__ import annotations

import datetime as dt
import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from searchidx import Article, Index

WORDS = ["court", "crime", "ruling", "appeal", "minor", "judge"]
QUERIES = [
    "court",
    "court crime ruling",
    "court AND crime",
    "crime AND date:2024-01",
    "NOT court date:2024-02",
    '"court crime"',
    '"crime ruling"~4',
    "appael judge minor",
]


def test_answers_are_the_same_from_many_threads(tmp_path: Path) -> None:
    chance = random.Random(4)
    index = Index.create(tmp_path)
    index.add(
        Article(
            chance.choice(WORDS),
            " ".join(chance.choices(WORDS, k=chance.randrange(1, 9))),
            date=dt.date(2024, 1, 1) + dt.timedelta(days=number % 60),
            id=f"{number:04}",
        )
        for number in range(3000)
    )

    def answer(query: str) -> list[tuple[str, float]]:
        results = index.search(query, snippets=1)
        return [("", results.total), *((hit.id, hit.score) for hit in results)]

    alone = {query: answer(query) for query in QUERIES}
    with ThreadPoolExecutor(8) as pool:
        asked = QUERIES * 30
        for query, found in zip(asked, pool.map(answer, asked), strict=True):
            assert found == alone[query]
    # The arrays that were used go from query to query: there are no more than threads need.
    scratch = index._searcher._matcher.scratch
    assert all(len(arrays) <= 8 for arrays in scratch.free.values())
    assert sum(map(len, scratch.free.values()))
