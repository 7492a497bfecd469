"""A term's lists in several segments, decoded together, are the lists of each end to end."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from searchidx import Article
from searchidx.segment import PostingList, Segment, TermPlace, row_of
from searchidx.segment.builder import SegmentBuilder

WORDS = st.sampled_from(["court", "courts", "crime", "crimes", "governed", "法院"])
# Behind hundreds of other words, so that positions take more than a byte.
TEXTS = st.builds(
    lambda words, far: " ".join([*words, *(["filler"] * far), *words]),
    st.lists(WORDS, max_size=6),
    st.sampled_from([0, 0, 400]),
)
BATCHES = st.lists(
    st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=4), min_size=1, max_size=4
)


@settings(max_examples=60, deadline=None)
@given(BATCHES, st.integers(0, 70_000))
def test_several_segments_are_one_list(batches: list[list[tuple[str, str]]], gap: int) -> None:
    with TemporaryDirectory() as directory:
        segments = []
        for at, batch in enumerate(batches):
            builder = SegmentBuilder()
            builder.add(
                row_of(Article(title, body, id=f"{at}-{n}"))
                for n, (title, body) in enumerate(batch)
            )
            path = Path(directory) / f"{at}.sidx"
            builder.write(path)
            segments.append(Segment(path))
        bases = np.cumsum([0, *(one.article_count + gap for one in segments)]).tolist()
        for stem in {term for one in segments for term in one.text.lexicon}:
            places = [
                TermPlace(one.text, term, base)
                for one, base in zip(segments, bases, strict=False)
                if (term := one.text.lexicon.find(stem)) is not None
            ]
            alone = [(one.postings[one.term], one.base) for one in places]
            listed = PostingList(places)
            assert listed.doc_ids.tolist() == [
                base + doc for one, base in alone for doc in one.doc_ids.tolist()
            ]
            for name in ("freqs", "title_freqs", "in_title", "positions", "variants"):
                expected = [value for one, _ in alone for value in getattr(one, name).tolist()]
                assert getattr(listed, name).tolist() == expected, name
            assert listed.places().tolist() == [
                (base + doc) << 32 | position
                for one, base in alone
                for doc, position in zip(
                    one.occurrence_docs().tolist(), one.positions.tolist(), strict=True
                )
            ]
            wanted = [one.variants[0] for one, _ in alone]
            assert listed.of_variants(wanted).tolist() == [
                value == variant
                for (one, _), variant in zip(alone, wanted, strict=True)
                for value in one.variants.tolist()
            ]
