"""What stands above what."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchidx import Article, Index


@pytest.mark.parametrize("query", ["minor crimes", "minro crimes", "crimes OR minor"])
def test_presence_lifts_a_longer_article_with_more_of_the_words(tmp_path: Path, query: str) -> None:
    """Seen on the seeds: a long article with both words stood below a short one with one."""
    filler = "The court met on the matter and adjourned. " * 20
    index = Index.create(tmp_path)
    index.add([Article("Short", "It heard of crimes.", id="one")])
    index.add([Article("Long", f"{filler} On minor crimes it agreed. {filler}", id="both")])
    index.add([Article(f"Other {n}", filler, id=f"other {n}") for n in range(5)])
    assert [hit.id for hit in index.search(query)] == ["both", "one"]


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 400), st.integers(1, 8), st.booleans())
def test_both_of_two_equal_words_stand_above_one_however_long(
    filler: int, repeated: int, in_title: bool
) -> None:
    one = "Court" if in_title else "Report"
    with TemporaryDirectory() as directory:
        index = Index.create(directory)
        index.add(
            [
                Article(
                    "Long", "filler " * filler + "court appeal " + "filler " * filler, id="both"
                ),
                Article(one, "court " * repeated, id="court"),
                Article(
                    "Report", "appeal " * repeated + ("" if not in_title else "x"), id="appeal"
                ),
                Article("Other", "nothing", id="other"),
            ]
        )
        assert next(iter(index.search("court appeal"))).id == "both"


def test_the_title_weighs_more(tmp_path: Path) -> None:
    index = Index.create(tmp_path)
    index.add([Article("Ferry", "A court sat.", id="b"), Article("A court sat.", "Ferry", id="t")])
    assert [hit.id for hit in index.search("ferry")] == ["b", "t"]


def test_ties_go_to_the_newer_then_to_the_smaller_id(tmp_path: Path) -> None:
    index = Index.create(tmp_path)
    for one, day in (("c", "2024-01-01"), ("b", "2024-01-02"), ("a", "2024-01-01"), ("d", None)):
        index.add([Article("Same", "words", date=day, id=one)])  # type: ignore[arg-type]
    assert [hit.id for hit in index.search("words")] == ["b", "a", "c", "d"]


@pytest.mark.parametrize("sort", ["newest", "oldest"])
@pytest.mark.parametrize("days", [1, 3, 400])
def test_of_many_the_first_by_date(tmp_path: Path, sort: str, days: int) -> None:
    chance = random.Random(days)
    articles = []
    for number in range(700):
        day = dt.date(2024, 1, 1) + dt.timedelta(days=chance.randrange(days))
        words = "court " * chance.randrange(3) + "filler " * chance.randrange(4)
        date = None if chance.random() < 0.2 else day
        articles.append(Article("News", words, date=date, id=f"{number:03}"))
    index = Index.create(tmp_path)
    index.add(articles[:300])
    index.add(articles[300:])
    scores = {
        hit.id: hit.score for hit in index.search("court", limit=700, collapse=False, snippets=0)
    }

    def key(article: Article) -> tuple[float, float, str]:
        day = article.date.toordinal() if article.date else None
        age = float("inf") if day is None else day if sort == "oldest" else -day
        return age, -scores[article.id], article.id

    found = sorted((one for one in articles if one.id in scores), key=key)
    for limit in (1, 2, 700):
        hits = index.search("court", limit=limit, collapse=False, snippets=0, sort=sort)
        assert [hit.id for hit in hits] == [one.id for one in found[:limit]]
