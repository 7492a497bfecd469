"""Letting go of a segment's memory changes nothing that was read or will be."""

from __future__ import annotations

from pathlib import Path

from searchidx import Article, Index


def test_what_was_read_before_stays(tmp_path: Path) -> None:
    index = Index.create(tmp_path)
    index.add(
        Article(f"Ruling {n}", f"The court heard case {n}.", id=f"c{n:03}") for n in range(300)
    )
    (segment,) = index._searcher.segments
    ends = segment.text.lexicon.ends
    before = ends.tolist(), index.search("court case 17").to_dict()["hits"]
    segment.parts.release()
    assert (ends.tolist(), index.search("court case 17").to_dict()["hits"]) == before
    assert segment.parts.damaged() == []
