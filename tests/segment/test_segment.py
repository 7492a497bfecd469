"""A segment holds what a plain dictionary of the same tokens holds."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter, defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchidx import Article
from searchidx.analysis import stem, words
from searchidx.analysis.boundaries import paragraph_spans, sentence_spans
from searchidx.segment import BODY_GAP, NO_DATE, Lexicon, Segment, digest, row_of
from searchidx.segment.builder import SegmentBuilder

WORDS = st.sampled_from(
    [
        "court",
        "courts",
        "crime",
        "Crimes",
        "governed",
        "governance",
        "检察院",
        "法",
        "U.S.",
        "it's",
        "sat. The",
        "line\nline",
        "x" * 300,
    ]
)
TEXTS = st.lists(WORDS, max_size=8).map(" ".join)
ARTICLES = st.builds(
    Article,
    title=TEXTS,
    body=TEXTS,
    source=TEXTS,
    authors=st.lists(TEXTS.filter(bool), max_size=3).map(tuple),
    date=st.none() | st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1)),
)


def written(articles: list[Article], directory: str) -> Segment:
    builder = SegmentBuilder()
    builder.add(map(row_of, articles))
    path = Path(directory) / "s.sidx"
    builder.write(path)
    return Segment(path)


def numbered(articles: list[Article]) -> list[Article]:
    return [article.with_fields(id=f"a{at}") for at, article in enumerate(articles)]


@settings(max_examples=60, deadline=None)
@given(st.lists(ARTICLES, max_size=6).map(numbered))
def test_postings_are_those_of_a_dictionary(articles: list[Article]) -> None:
    places: dict[str, dict[int, list[tuple[int, str]]]] = defaultdict(lambda: defaultdict(list))
    titles: Counter[tuple[str, int]] = Counter()
    for doc, article in enumerate(articles):
        title = words(article.title)
        for at, word in enumerate(title):
            places[stem(word)][doc].append((at, word))
            titles[stem(word), doc] += 1
        for at, word in enumerate(words(article.body)):
            places[stem(word)][doc].append((len(title) + BODY_GAP + at, word))
    with TemporaryDirectory() as directory:
        segment = written(articles, directory)
        text = segment.text
        assert list(text.lexicon) == sorted(places, key=str.encode)
        for term, docs in places.items():
            number = text.lexicon.find(term)
            assert number is not None
            listed = text[number]
            assert listed.doc_ids.tolist() == sorted(docs)
            assert listed.freqs.tolist() == [len(docs[doc]) for doc in sorted(docs)]
            assert listed.title_freqs.tolist() == [titles[term, doc] for doc in sorted(docs)]
            flat = [place for doc in sorted(docs) for place in docs[doc]]
            assert listed.positions.tolist() == [at for at, _ in flat]
            for variant, (_, word) in zip(listed.variants.tolist(), flat, strict=True):
                surface = text.surfaces.find(word)
                assert surface is not None
                assert text.surface_terms[surface] == number
                assert text.variant_of(surface) == variant
                assert text.surfaces_of(number)[variant] == surface
        distinct = {word for docs in places.values() for row in docs.values() for _, word in row}
        assert list(text.surfaces) == sorted(distinct, key=str.encode)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(ARTICLES, max_size=3).map(numbered), min_size=2, max_size=4))
def test_a_builder_writes_each_segment_as_one_that_knows_no_words(
    segments: list[list[Article]],
) -> None:
    builder = SegmentBuilder()
    with TemporaryDirectory() as directory:
        for at, articles in enumerate(segments):
            builder.add(map(row_of, articles))
            path = Path(directory) / f"{at}.sidx"
            builder.write(path)
            assert path.read_bytes() == written(articles, directory).path.read_bytes()
            (Path(directory) / "s.sidx").unlink()


def test_terms_that_are_coded_piece_by_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    articles = numbered(
        [
            Article(title=f"courts {at % 3}", body=f"governed governing x{at % 7} court " * 5)
            for at in range(40)
        ]
    )
    with TemporaryDirectory() as directory:
        at_once = written(articles, directory).path.read_bytes()
        (Path(directory) / "s.sidx").unlink()
        monkeypatch.setattr("searchidx.segment.builder._TOKENS_AT_ONCE", 50)
        assert written(articles, directory).path.read_bytes() == at_once


@settings(max_examples=30, deadline=None)
@given(st.lists(ARTICLES, max_size=5).map(numbered))
def test_articles_come_back(articles: list[Article]) -> None:
    with TemporaryDirectory() as directory:
        segment = written(articles, directory)
        assert segment.article_count == len(articles)
        for doc, article in enumerate(articles):
            assert segment.article(doc) == article
            assert segment.doc_of(article.id) == doc
            assert segment.article_id(doc) == article.id
            assert segment.digest(doc) == digest(row_of(article))
            day = article.date.toordinal() - 719163 if article.date else NO_DATE
            assert segment.dates[doc] == day
            assert segment.title_lengths[doc] == len(words(article.title))
            assert segment.body_lengths[doc] == len(words(article.body))
        assert segment.doc_of("absent") is None


def test_phrases_do_not_run_across_two_authors() -> None:
    with TemporaryDirectory() as directory:
        segment = written([Article("t", authors=("Ann Lee", "Wu Di"))], directory)
        authors = segment.field("authors")
        positions = {
            term: authors[at].positions.tolist() for at, term in enumerate(authors.lexicon)
        }
        assert positions["lee"] == [1]
        assert positions["wu"][0] > 2


@given(st.sets(st.text(max_size=6), max_size=20), st.text(max_size=3))
def test_lexicon_agrees_with_a_list(terms: set[str], prefix: str) -> None:
    terms = {term.encode("utf-8", "replace").decode() for term in terms}
    ordered = sorted(terms, key=str.encode)
    parts = Lexicon.parts("x", [term.encode() for term in ordered])
    lexicon = Lexicon(memoryview(parts["x.text"].tobytes()), parts["x.ends"])
    assert list(lexicon) == ordered
    for at, term in enumerate(ordered):
        assert lexicon.find(term) == at
        assert lexicon[at] == term
    assert lexicon.find(prefix) == (ordered.index(prefix) if prefix in terms else None)
    key = prefix.encode("utf-8", "replace").decode()
    expected = [term for term in ordered if term.startswith(key)]
    assert [lexicon[at] for at in lexicon.prefixed(prefix)] == expected


@settings(max_examples=60, deadline=None)
@given(st.lists(ARTICLES, max_size=5).map(numbered))
def test_sentences_are_stored(articles: list[Article]) -> None:
    with TemporaryDirectory() as directory:
        stored = written(articles, directory).sentences
        owners, ends_in_tokens, closes = stored.token_ends(np.arange(len(articles)))
        for doc, article in enumerate(articles):
            body = article.body.encode()
            ends = stored.byte_ends(doc)
            pieces = [body[start:end].decode() for start, end in itertools.pairwise([0, *ends])]
            assert "".join(pieces) == article.body
            spans = sentence_spans(article.body)
            assert [one.strip() for one in pieces if one.strip()] == [
                article.body[start:end] for start, end in spans
            ]
            counts = np.diff(ends_in_tokens[owners == doc], prepend=0).tolist()
            assert counts == [len(words(piece)) for piece in pieces]
            ending = "".join(
                piece + "\0" * last
                for piece, last in zip(pieces, closes[owners == doc].tolist(), strict=True)
            )
            paragraphs = [one.strip() for one in ending.split("\0") if one.strip()]
            assert paragraphs == [
                article.body[start:end] for start, end in paragraph_spans(article.body)
            ]
