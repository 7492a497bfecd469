"""Completions of the last word: those that a count over the articles gives."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchidx import Article, Index
from searchidx.analysis import is_cjk, words
from searchidx.search.suggesting import Suggester, Suggestion
from tests.search.random_indexes import Step, applied, articles, steps

FORMS = ["crime", "crimes", "criminal", "criminals", "crim", "court", "courts", "courted", "cow"]
ARTICLE = articles([*FORMS, "Éclair", "Xi'an", "法院", "法官", "法", "法院法", "2024", "20"])
MANY = st.builds(
    lambda numbers, id_: Article(title=" ".join(f"a{n}s a{n % 7}" for n in numbers), id=id_),
    st.lists(st.integers(0, 60), max_size=12),
    st.sampled_from("abcdefgh"),
)
PREFIX = st.sampled_from(
    ["c", "cr", "crime", "Crimes", "co", "é", "xi'", "法", "法院", "20", "a", "z"]
)


def suggester(index: Index) -> Suggester:
    return Suggester(index._searcher.segments)


def counted(held: list[Article], prefix: str, most: int) -> list[Suggestion]:
    """The same by looking at every word of every article."""
    having: Counter[str] = Counter()
    for article in held:
        having.update({*words(article.title), *words(article.body)})
    begun = words(prefix)[0]
    found = [
        Suggestion(word, count)
        for word, count in having.items()
        if word.startswith(begun) and not (len(word) == 1 and is_cjk(word))
    ]
    return sorted(found, key=lambda one: (-one.articles, one.word))[:most]


@settings(max_examples=200, deadline=None)
@given(
    st.lists(ARTICLE | MANY, max_size=8),
    st.lists(steps(ARTICLE | MANY), max_size=5),
    st.lists(st.tuples(PREFIX, st.integers(1, 12)), min_size=1, max_size=6),
)
def test_against_a_count(
    first: list[Article], changes: list[Step], asked: list[tuple[str, int]]
) -> None:
    with TemporaryDirectory() as directory:
        index = Index.create(directory)
        held: dict[str, Article] = {}
        for step in [("add", first), *changes]:
            index = applied(index, held, step)
        suggesting = suggester(index)
        for prefix, most in asked:
            expected = counted(list(held.values()), prefix, most)
            assert suggesting.suggest(prefix, most) == expected
            assert suggesting.suggest(prefix, most) == expected


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Suggester:
    index = Index.create(tmp_path_factory.mktemp("small"))
    index.add(
        [
            Article(title="Minor crimes, and a crime", body="Crimes of José's", id="1"),
            Article(title="Crimes", body="最高人民法院和法官", id="2"),
            Article(title="Criminals", body="法院", id="3"),
        ]
    )
    index.delete(["3"])
    return suggester(index)


def test_only_the_last_word_is_completed(small: Suggester) -> None:
    assert small.suggest("minor cri") == [("minor crimes", 2), ("minor crime", 1)]
    assert small.suggest("title:Cri", most=1) == [("title:crimes", 2)]
    assert small.suggest('"MINOR  Cri', most=1) == [('"MINOR  crimes', 2)]


def test_the_prefix_is_normalized(small: Suggester) -> None:
    for typed in ("JO", "Jó", "jo\u0301", "jo'", "jos'e"):
        assert small.suggest(typed) == [("jose", 1)]


@pytest.mark.parametrize("text", ["", " ", "crime ", "crime,", "法院。", "'", "quartz"])
def test_nothing_to_complete(small: Suggester, text: str) -> None:
    assert small.suggest(text) == []
    assert small.suggest("cri", most=0) == []


def test_chinese_goes_on_by_pairs(small: Suggester) -> None:
    assert small.suggest("法") == [("法官", 1), ("法院", 1)]
    assert small.suggest("高人") == [("高人", 1)]
    assert small.suggest("最高人民") == [("最高人民", 1)]
    assert small.suggest("crime 最") == [("crime 最高", 1)]
    assert small.suggest("官") == []


def test_words_of_deleted_articles_alone_are_not_suggested(small: Suggester) -> None:
    assert small.suggest("crimi") == []


def test_an_empty_index_suggests_nothing(tmp_path: Path) -> None:
    assert suggester(Index.create(tmp_path)).suggest("a") == []


def test_seeds(seeds: Index) -> None:
    every = list(seeds.articles())
    suggesting = suggester(seeds)
    for prefix in ("c", "co", "pro", "court", "the", "法", "检"):
        assert suggesting.suggest(prefix) == counted(every, prefix, 10)
