"""Facets, every hit, similar articles, what was meant, strictness and time limits."""

from __future__ import annotations

from collections import Counter

import pytest

from searchidx import ArticleNotFound, Index, QueryError, QueryTimeout


def test_facets_count_every_hit(seeds: Index) -> None:
    results = seeds.search("court", limit=1, facets=("source", "year"))
    hits = seeds.search("court", limit=1000, collapse=False, snippets=0)
    assert dict(results.facets["source"]) == Counter(hit.article.source for hit in hits)
    years = Counter(str(hit.article.date.year) if hit.article.date else "" for hit in hits)
    assert dict(results.facets["year"]) == years
    assert results.to_dict()["facets"]["year"][0].keys() == {"value", "count"}
    with pytest.raises(QueryError, match="no facet"):
        seeds.search("court", facets=("colour",))


@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest"])
def test_scan_gives_every_hit_in_order(seeds: Index, sort: str) -> None:
    options = {"sort": sort, "filters": {"language": "en"}}
    whole = seeds.search("court OR crimes", limit=1000, collapse=False, **options)
    scanned = list(seeds.scan("court OR crimes", **options))
    assert [hit.to_dict() for hit in scanned] == [hit.to_dict() for hit in whole]


def test_similar_articles_share_words_and_leave_out_the_article(seeds: Index) -> None:
    article = seeds.search("minor crimes governance")[0].article
    results = seeds.similar(article.id, limit=100)
    assert results.total
    assert article.id not in [hit.id for hit in results]
    # What found them is a query, and finds the same.
    assert seeds.search(results.interpreted, fuzzy="off").total == results.total
    with pytest.raises(ArticleNotFound):
        seeds.similar("none")


def test_what_was_meant_is_offered_where_nothing_is_found(seeds: Index) -> None:
    results = seeds.search('"minro crimes"')
    assert (results.total, results.did_you_mean) == (0, '"minor crimes"')
    assert seeds.search("minro /s crimse", fuzzy="off").did_you_mean == "minor /s crimes"
    assert seeds.search("court").did_you_mean is None
    assert seeds.search('"crimes minor minor"').did_you_mean is None


@pytest.mark.parametrize("query", ["minro", "NOT court", "§ court", "a OR b /s c"])
def test_strict_makes_a_warning_an_error(seeds: Index, query: str) -> None:
    seeds.search(query)
    with pytest.raises(QueryError, match="strict"):
        seeds.search(query, strict=True)


def test_a_query_is_cut_when_its_time_is_up(seeds: Index) -> None:
    with pytest.raises(QueryTimeout, match="was cut"):
        seeds.search("court /p crimes", timeout=0)
    assert seeds.search("court /p crimes", timeout=60).total


def test_citations_are_found_however_they_are_written(tmp_path: object) -> None:
    from searchidx import Article

    index = Index.create(str(tmp_path))
    texts = [
        "case 1:21-cv-01234-ABC was",
        "No. 21-1234, again",
        "21 Civ. 1234 (ABC)",
        "case 21-cr-01234",
        "18 U.S.C. § 1343.",
        "Title 18, United States Code, Section 1343",
        "18 USC 1349",
        "Article 15 of the Criminal Law",
        "Criminal Law art. 15",
        "Fa Shi [2019] No. 18",
        "Fashi (2019) No. 18",
        "（2017）湘0405刑初149号判决",
    ]
    index.add(Article("", text, id=str(n)) for n, text in enumerate(texts))

    def found(query: str) -> list[int]:
        return sorted(int(hit.id) for hit in index.search(query, limit=50, collapse=False))

    assert found("1:21-cv-01234-ABC") == [0, 1, 2]
    assert found("21-1234") == [0, 1, 2, 3]
    assert found("18 USC 1343") == [4, 5]
    assert found("Title 18, United States Code, Section 1343") == [4, 5]
    assert found("art. 15 criminal law") == [7, 8]
    assert found("fa shi (2019) no. 18") == [9, 10]
    assert found("(2017)湘0405刑初149号") == [11]
