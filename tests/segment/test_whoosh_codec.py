"""Plain Whoosh opens the directory, and finds the same articles."""

from __future__ import annotations

from pathlib import Path

import pytest

from searchidx import Article, Index
from searchidx.segment import whoosh_codec  # imports whoosh with its warnings silenced

qparser = pytest.importorskip("whoosh.qparser")
whoosh_index = pytest.importorskip("whoosh.index")

assert whoosh_codec


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("whoosh")
    index = Index.create(path)
    index.add(
        [
            Article("Minor crimes", "Courts govern. 检察院 spoke.", id="a", source="Legal Daily"),
            Article("Governance of courts", "A minor case of crime.", id="b", editor="Ying Ying"),
            Article("Replaced", "court", id="c"),
        ]
    )
    index.add([Article("Other", "nothing here", id="c"), Article("Deleted court", id="d")])
    index.delete(["d"])
    return path


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("crimes", {"a", "b"}),
        ("governance", {"a", "b"}),
        ("court", {"a", "b"}),
        ("minor AND govern", {"a", "b"}),
        ('"minor crimes"', {"a"}),
        ('"minor case"', {"b"}),
        ("source:legal", {"a"}),
        ('editor:"ying ying"', {"b"}),
        ("gover*", {"a", "b"}),
        ("id:c", {"c"}),
        ("unseen", set()),
    ],
)
def test_whoosh_finds_what_searchidx_finds(directory: Path, query: str, expected: set[str]) -> None:
    opened = whoosh_index.open_dir(str(directory))
    parser = qparser.MultifieldParser(["title", "body"], opened.schema, group=qparser.OrGroup)
    with opened.searcher() as searcher:
        hits = searcher.search(parser.parse(query), limit=None)
        assert {hit["id"] for hit in hits} == expected
    ours = Index.open(directory).search(query, fuzzy="off")
    assert {hit.id for hit in ours} == expected


def test_lexicon_statistics_and_stored_fields(directory: Path) -> None:
    with whoosh_index.open_dir(str(directory)).reader() as reader:
        assert reader.doc_count() == 3
        assert b"crime" in list(reader.lexicon("body"))
        assert b"crimes" not in list(reader.lexicon("title"))
        assert reader.doc_frequency("title", "crime") == 1
        assert reader.term_info("body", b"court").doc_frequency() == 2
        stored = {fields["id"]: fields for fields in reader.all_stored_fields()}
        assert stored["a"]["title"] == "Minor crimes"
        assert stored["c"]["body"] == "nothing here"


def test_whoosh_scores_and_sorts(directory: Path) -> None:
    opened = whoosh_index.open_dir(str(directory))
    with opened.searcher() as searcher:
        hits = searcher.search(qparser.QueryParser("title", opened.schema).parse("minor"))
        assert hits[0].score > 0
        by_id = searcher.search(qparser.QueryParser("body", opened.schema).parse("a OR here"),
                                sortedby="id", limit=None)  # fmt: skip
        assert [hit["id"] for hit in by_id] == sorted(hit["id"] for hit in by_id)
