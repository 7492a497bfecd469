"""Real corpora from the data folder (see conftest.py); skipped where it is absent."""

from __future__ import annotations

import gzip
import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from searchidx import Article, Index
from searchidx.analysis import words


def records(path: Path) -> Iterator[dict[str, object]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


@pytest.fixture(scope="module")
def reuters(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Index:
    index = Index.create(tmp_path_factory.mktemp("reuters"))
    index.add(Article.from_dict(record) for record in records(data / "news" / "reuters.jsonl.gz"))
    return index


def test_all_of_reuters_is_indexed_and_whole(reuters: Index) -> None:
    assert len(reuters) == 19_043
    assert reuters.check() == []


@pytest.mark.parametrize(
    "query", ['"trade deficit"', "title:cocoa", "opec AND quota", "quota NOT opec"]
)
def test_reuters_totals_are_those_of_a_scan(reuters: Index, query: str) -> None:
    def scan(article: Article) -> bool:
        title, body = words(article.title), words(article.body)
        match query:
            case '"trade deficit"':
                return any(
                    pair == ("trade", "deficit")
                    for text in (title, body)
                    for pair in itertools.pairwise(text)
                )
            case "title:cocoa":
                return bool({"cocoa", "cocoas"} & set(title))
        has_opec = bool({"opec", "opecs"} & {*title, *body})
        has_quota = bool({"quota", "quotas"} & {*title, *body})
        return has_quota and (has_opec if "AND" in query else not has_opec)

    expected = {article.id for article in reuters.articles() if scan(article)}
    found = reuters.search(query, limit=20_000, collapse=False, snippets=0)
    assert found.total == len(expected) > 0
    assert {hit.id for hit in found} == expected


def test_reuters_hits_are_marked(reuters: Index) -> None:
    results = reuters.search("governence of the intrest rates")
    assert [correction.typed for correction in results.corrections] == ["governence"]
    assert results.total > 1000
    for hit in results:
        assert any(snippet.spans for snippet in hit.snippets)


def test_the_attorney_general_releases(data: Path, tmp_path: Path) -> None:
    index = Index.create(tmp_path)
    articles = [Article.from_dict(r) for r in records(data / "legal" / "mn_ag.jsonl.gz")]
    index.add(articles)
    assert len(index) == len({article.id for article in articles}) == 690
    results = index.search("medicaid fraud conviction", since=articles[0].date)
    assert all("medicaid" in hit.article.body.casefold() for hit in results)
    assert index.search('"Attorney General Ellison"').total > 300


@pytest.mark.parametrize("word", ["长江", "人民检察院", "最高人民法院", "新冠", "知识产权"])
def test_chinese_articles_are_found_by_chinese_words(chinese: Index, word: str) -> None:
    expected = {a.id for a in chinese.articles() if word in a.title or word in a.body}
    found = chinese.search(word, limit=3000, collapse=False, snippets=0)
    assert {hit.id for hit in found} == expected
    assert expected


@pytest.fixture(scope="module")
def chinese(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Index:
    index = Index.create(tmp_path_factory.mktemp("chinese"))
    index.add(Article.from_dict(r) for r in records(data / "zh" / "xinwenlianbo.jsonl.gz"))
    assert len(index) == 2000
    return index


def test_whoosh_itself_agrees_on_reuters(reuters: Index) -> None:
    from searchidx.segment import whoosh_codec

    assert whoosh_codec
    from whoosh.index import open_dir
    from whoosh.qparser import MultifieldParser, OrGroup

    opened = open_dir(str(reuters.directory))
    parser = MultifieldParser(["title", "body"], opened.schema, group=OrGroup)
    with opened.searcher() as searcher:
        for query in ("cocoa prices", "opec AND quota", "title:oil", "merg*", "bank OR cocoa"):
            hits = searcher.search(parser.parse(query), limit=None, scored=False)
            ours = reuters.search(query, limit=20_000, collapse=False, snippets=0, fuzzy="off")
            assert {hit["id"] for hit in hits} == {hit.id for hit in ours}
