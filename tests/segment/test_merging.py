"""A merged segment is the one that building its live articles together would have written."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from searchidx import Article
from searchidx.segment import Segment, row_of
from searchidx.segment.builder import SegmentBuilder
from searchidx.segment.merging import merge
from tests.segment.test_segment import ARTICLES


def built(articles: list[Article], path: Path, deleted: list[int] | None = None) -> Segment:
    builder = SegmentBuilder()
    builder.add(map(row_of, articles))
    builder.write(path)
    return Segment(path, np.array(deleted or [], dtype=np.int32))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.tuples(ARTICLES, st.booleans()), max_size=4), min_size=1, max_size=4))
def test_merged_is_built_together(groups: list[list[tuple[Article, bool]]]) -> None:
    kept: list[Article] = []
    with TemporaryDirectory() as directory:
        place = Path(directory)
        segments = []
        for number, group in enumerate(groups):
            articles = [
                article.with_fields(id=f"{number}-{at}") for at, (article, _) in enumerate(group)
            ]
            gone = [at for at, (_, deleted) in enumerate(group) if deleted]
            kept += [article for at, article in enumerate(articles) if at not in gone]
            segments.append(built(articles, place / f"{number}.sidx", gone))
        count = merge(segments, place / "merged.sidx")
        assert count == len(kept)
        if not kept:
            assert not (place / "merged.sidx").exists()
            return
        merged, together = Segment(place / "merged.sidx"), built(kept, place / "together.sidx")
        assert merged.parts.damaged() == []
        assert list(merged.rows()) == list(map(row_of, kept))
        assert merged.parts.names() == together.parts.names()
        for name in together.parts.names():
            if not name.startswith("column."):  # values are numbered as they come
                assert np.array_equal(merged.parts[name], together.parts[name]), name
        for name in ("source", "authors"):
            columns = merged.column(name), together.column(name)
            for doc in range(count):
                assert columns[0][doc] == columns[1][doc]


def test_long_lists_are_merged_in_pieces(tmp_path: Path, monkeypatch: object) -> None:
    from searchidx.segment import merging

    monkeypatch.setattr(merging, "_OCCURRENCES_AT_ONCE", 7)  # type: ignore[attr-defined]
    articles = [
        Article(f"Title {n}", f"court courts {'appeal ' * n} word{n}", id=str(n)) for n in range(9)
    ]
    halves = [built(articles[:4], tmp_path / "a"), built(articles[4:], tmp_path / "b")]
    assert merge(halves, tmp_path / "merged") == 9
    merged, together = Segment(tmp_path / "merged"), built(articles, tmp_path / "together")
    for name in together.parts.names():
        assert np.array_equal(merged.parts[name], together.parts[name]), name
