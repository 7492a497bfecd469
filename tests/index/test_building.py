"""Several processes build what one would have built, or nothing."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from searchidx import Article, Index, IndexDirectoryError
from searchidx.index import building

ARTICLES = [
    Article(f"Ruling {n}", f"The court heard case {n}. " * (1 + n % 7), id=f"case-{n}")
    for n in range(4000)
]
FORKED = sys.platform == "linux"  # elsewhere one process builds it all: nothing to kill or to fill


def found(index: Index, query: str) -> list[tuple[str, float]]:
    return [(hit.id, hit.score) for hit in index.search(query, limit=20, snippets=0)]


def test_the_same_answers_whatever_the_number_of_processes(tmp_path: Path) -> None:
    indexes = []
    for count in (1, 2, 3):
        index = Index.create(tmp_path / str(count))
        added = index.add(ARTICLES, processes=count)
        assert (added.added, added.replaced, added.skipped) == (len(ARTICLES), 0, 0)
        assert index.check() == []
        indexes.append(index)
    assert (len(list((tmp_path / "2").glob("*.sidx"))) > 1) == FORKED
    for query in ("court 17", "case", '"heard case 1234"', "rulign~ 39*"):
        assert found(indexes[0], query) == found(indexes[1], query) == found(indexes[2], query)


def test_an_id_that_comes_again_replaces_or_is_skipped(tmp_path: Path) -> None:
    index = Index.create(tmp_path)
    changed = [a.with_fields(body="Changed.") for a in ARTICLES[:5]]
    added = index.add([*ARTICLES, *ARTICLES[100:110], *changed, *changed], processes=2)
    assert (added.added, added.replaced, added.skipped) == (len(ARTICLES), 5, 15)
    assert len(index) == len(ARTICLES)
    assert {hit.id for hit in index.search("changed")} == {f"case-{n}" for n in range(5)}


def test_a_process_that_dies_leaves_the_index_as_it_was(tmp_path: Path) -> None:
    index = Index.create(tmp_path)
    index.add(ARTICLES[:10])
    before = sorted(path.name for path in tmp_path.iterdir())

    def articles() -> object:
        yield from ARTICLES[10:3000]
        import multiprocessing

        for child in multiprocessing.active_children():
            assert child.pid is not None
            os.kill(child.pid, signal.SIGKILL)
        yield from ARTICLES[3000:]

    if not FORKED:
        assert index.add(articles(), processes=2).added == 3990  # type: ignore[arg-type]
        return
    with pytest.raises(IndexDirectoryError, match="ended by itself"):
        index.add(articles(), processes=2)  # type: ignore[arg-type]
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert len(Index.open(tmp_path)) == 10


def test_an_error_among_the_articles_ends_the_other_processes(tmp_path: Path) -> None:
    import multiprocessing

    index = Index.create(tmp_path)

    def articles() -> object:
        yield from ARTICLES
        raise RuntimeError("the source broke off")

    with pytest.raises(RuntimeError, match="broke off"):
        index.add(articles(), processes=2)  # type: ignore[arg-type]
    assert multiprocessing.active_children() == []
    assert list(tmp_path.glob("*.sidx")) == list(tmp_path.glob("*.words")) == []
    assert len(Index.open(tmp_path)) == 0


def test_a_disk_that_is_full_for_a_helper_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = building.SegmentBuilder.write

    def write(builder: building.SegmentBuilder, path: Path, words: Path | None = None) -> int:
        if os.getpid() != parent:
            raise OSError(28, "No space left on device", str(path))
        return real(builder, path, words)

    parent = os.getpid()
    monkeypatch.setattr(building.SegmentBuilder, "write", write)
    index = Index.create(tmp_path)
    if not FORKED:
        assert index.add(ARTICLES, processes=2).added == len(ARTICLES)
        return
    with pytest.raises(IndexDirectoryError, match="No space left"):
        index.add(ARTICLES, processes=2)
    assert list(tmp_path.glob("*.sidx")) == list(tmp_path.glob("*.words")) == []
