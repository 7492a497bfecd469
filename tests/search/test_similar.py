"""The words that tell an article apart: by the formula, and by what they find."""

from __future__ import annotations

import gzip
import json
import math
import random
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchidx import Article, Index
from searchidx.analysis import is_cjk, stem, tokenize, words
from searchidx.search.similar import TellingWord, telling_words

WORDS = [
    "court",
    "Courts",
    "courted",
    "crime",
    "CRIMES",
    "of",
    "é",
    "it's",
    "1987",
    "5th",
    "法院",
    "法",
    "Xi'an",
]
TEXT = st.lists(st.sampled_from(WORDS), max_size=10).map(" ".join)
ARTICLES = st.lists(st.builds(Article, title=TEXT, body=TEXT), min_size=1, max_size=6)


def stems_of(article: Article) -> set[str]:
    return {stem(word) for word in [*words(article.title), *words(article.body)]}


def frequencies(articles: list[Article]) -> Counter[str]:
    return Counter(one for article in articles for one in stems_of(article))


def weight(article: Article, wanted: str, held: int, count: int) -> float:
    """What a stem weighs, by the formula; 0 where it does not count."""
    tf = 0
    for text, worth in ((article.title, 2), (article.body, 1)):
        for word in words(text):
            short = len(word) < (2 if is_cjk(word) else 3)
            if stem(word) == wanted and not short and not word.isnumeric():
                tf += worth
    if not tf or held < 2:
        return 0
    return (1 + math.log(tf)) * math.log(1 + (count - held + 0.5) / (held + 0.5))


@settings(max_examples=200, deadline=None)
@given(ARTICLES, st.integers(0, 8))
def test_against_the_formula(articles: list[Article], most: int) -> None:
    held = frequencies(articles)
    for article in articles:
        found = telling_words(article, held.__getitem__, len(articles), most)
        weights = {one: weight(article, one, held[one], len(articles)) for one in held}
        best = sorted((value for value in weights.values() if value), reverse=True)
        assert [one.weight for one in found] == pytest.approx([v / best[0] for v in best[:most]])
        surfaces = {
            text[start:end]
            for text in (article.title, article.body)
            for _, start, end in tokenize(text)
        }
        for one in found:
            assert one.word in surfaces
            (known,) = words(one.word)[:1]
            assert weights[stem(known)] == pytest.approx(one.weight * best[0])
        assert len({stem(words(one.word)[0]) for one in found}) == len(found)


def test_the_title_counts_more_and_the_commonest_form_is_given() -> None:
    article = Article(title="Ferry", body="a harbour, harbours, Harbours and harbours")
    found = telling_words(article, lambda _: 2, 10)
    assert found == [("harbours", 1.0), ("Ferry", pytest.approx(found[1].weight)), *found[2:]]
    assert found[1].weight > found[2].weight
    assert found[2].word == "and"


def test_what_cannot_lead_to_others_is_left_out() -> None:
    article = Article(title="Unique 1987 of 法", body="1987 法院 unique")
    held = {"uniqu": 1, "1987": 5, "of": 5, "法": 5, "法院": 5}
    assert telling_words(article, held.__getitem__, 10) == [TellingWord("法院", 1.0)]
    assert telling_words(Article(title=""), held.__getitem__, 10) == []


def similar(index: Index, article: Article, held: Counter[str], limit: int) -> list[str]:
    """The articles that an OR of the telling words finds, the article itself left out."""
    found = telling_words(article, held.__getitem__, len(index), 15)
    query = " OR ".join(f'"{one.word}"' for one in found)
    hits = index.search(query, limit=limit + 1, collapse=False, snippets=0)
    return [hit.id for hit in hits if hit.id != article.id][:limit]


def test_the_same_news_of_another_outlet_is_found(seeds: Index) -> None:
    articles = list(seeds.articles())
    held = frequencies(articles)
    fined = [a for a in articles if "data" in a.title.lower() and "fine" in a.title.lower()]
    assert len(fined) > 2
    for article in fined:
        others = {one.id for one in fined} - {article.id}
        assert others & set(similar(seeds, article, held, 3)), article.title


@pytest.fixture(scope="module")
def topics(data: Path) -> dict[str, tuple[Article, set[str]]]:
    """4000 articles of Reuters, each with its topics."""
    with gzip.open(data / "news" / "reuters.jsonl.gz", "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line, _ in zip(lines, range(4000), strict=False)]
    return {r["id"]: (Article.from_dict(r), set(r["topics"])) for r in records}


def test_articles_on_the_same_topics_come_far_above_chance(
    topics: dict[str, tuple[Article, set[str]]], tmp_path: Path
) -> None:
    index = Index.create(tmp_path)
    articles = [article for article, _ in topics.values()]
    index.add(articles)
    held = frequencies(articles)
    # Most articles are on earnings or acquisitions: these two say little.
    rarer = [id_ for id_, (_, of) in topics.items() if of and not of & {"earn", "acq"}]
    asked = random.Random(1).sample(rarer, 60)
    every = [(one, other) for one in asked for other in topics if other != one]
    chance = sum(bool(topics[one][1] & topics[other][1]) for one, other in every) / len(every)
    found = [(one, other) for one in asked for other in similar(index, topics[one][0], held, 5)]
    share = sum(bool(topics[one][1] & topics[other][1]) for one, other in found) / len(found)
    assert len(found) == 5 * len(asked)
    assert share > 0.6
    assert share > 8 * chance
