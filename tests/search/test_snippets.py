"""Snippets: whole sentences, the best ones, exact marks, safe HTML."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from searchidx import Article, Hit, Index
from searchidx.analysis import tokenize
from searchidx.analysis.boundaries import sentence_spans
from searchidx.query import Near, to_text
from searchidx.search.snippets import LONGEST
from tests.search.brute_force import shortest_stretches


def only_hit(directory: Path, article: Article, query: str, snippets: int = 3) -> Hit:
    index = Index.create(directory)
    index.add([article])
    (hit,) = index.search(query, snippets=snippets)
    return hit


def marked(hit: Hit) -> list[tuple[str, list[str]]]:
    return [(s.text, [s.text[start:end] for start, end in s.spans]) for s in hit.snippets]


def test_the_sentences_that_add_most_in_the_order_of_the_text(tmp_path: Path) -> None:
    body = (
        "One court sat. Nothing here. The court heard crimes. A court again. Governance came last."
    )
    hit = only_hit(tmp_path, Article("T", body), "court crimes governance", snippets=2)
    assert marked(hit) == [
        ("The court heard crimes.", ["court", "crimes"]),
        ("Governance came last.", ["Governance"]),
    ]
    assert [body[s.start :].startswith(s.text) for s in hit.snippets] == [True, True]


def test_phrases_mark_no_stray_words(tmp_path: Path) -> None:
    hit = only_hit(
        tmp_path, Article("Minor", "Minor crimes. A minor. No crimes."), '"minor crimes"'
    )
    assert marked(hit) == [("Minor crimes.", ["Minor crimes"])]


def test_what_did_not_take_part_is_not_marked(tmp_path: Path) -> None:
    hit = only_hit(tmp_path, Article("T", "Alpha beta."), "(alpha AND gamma) OR beta")
    assert marked(hit) == [("Alpha beta.", ["beta"])]
    assert [match.term for match in hit.matched] == ["beta"]


def test_a_phrase_over_the_end_of_a_sentence_shows_both(tmp_path: Path) -> None:
    hit = only_hit(
        tmp_path, Article("T", "They saw the court. Governance fell. End."), '"court governance"'
    )
    assert marked(hit) == [("They saw the court. Governance fell.", ["court. Governance"])]


def test_a_title_alone_shows_the_lead_unmarked(tmp_path: Path) -> None:
    hit = only_hit(tmp_path, Article("Court", "A lead. More."), "court")
    assert marked(hit) == [("Court", ["Court"]), ("A lead.", [])]


def test_a_very_long_sentence_is_cut_at_words(tmp_path: Path) -> None:
    body = "word " * 1000 + "needle " + "word " * 1000
    hit = only_hit(tmp_path, Article("T", body), "needle")
    (snippet,) = hit.snippets
    assert snippet.cut_before
    assert snippet.cut_after
    assert len(snippet.text) <= LONGEST + 30
    assert [snippet.text[s:e] for s, e in snippet.spans] == ["needle"]
    assert snippet.text.split() == body[snippet.start : snippet.start + len(snippet.text)].split()
    assert set(snippet.text.split()) == {"word", "needle"}


def test_html_is_escaped_but_for_the_marks(tmp_path: Path) -> None:
    hit = only_hit(tmp_path, Article('<script>&"court"</script>', "b"), "court")
    title = hit.snippets[0]
    assert title.to_html() == ("&lt;script&gt;&amp;&quot;<mark>court</mark>&quot;&lt;/script&gt;")


def test_several_names_and_other_fields(tmp_path: Path) -> None:
    article = Article("T", "Body.", authors=("Ann Lee", "Wu Di"), editor="Shen Chen")
    hit = only_hit(tmp_path, article, 'authors:"wu di" editor:chen')
    assert {(s.field, s.text): [s.text[a:b] for a, b in s.spans] for s in hit.snippets} == {
        ("authors", "Ann Lee; Wu Di"): ["Wu Di"],
        ("editor", "Shen Chen"): ["Chen"],
        ("body", "Body."): [],
    }


def test_chinese_marks(tmp_path: Path) -> None:
    hit = only_hit(tmp_path, Article("题", "江城检察院开会。法院也来了。"), "检察院 法")
    assert marked(hit) == [("江城检察院开会。", ["检察院"]), ("法院也来了。", ["法"])]


def test_no_snippets_asked_for(tmp_path: Path) -> None:
    assert only_hit(tmp_path, Article("T", "court"), "court", snippets=0).snippets == ()


TEXTS = st.lists(st.sampled_from(["a", "b", "c", "x", "y. "]), max_size=12).map(" ".join)


@settings(max_examples=150, deadline=None)
@given(
    TEXTS, TEXTS, st.lists(st.sampled_from(["a", "b", "c"]), min_size=2, max_size=3),
    st.integers(0, 4),
)  # fmt: skip
def test_near_words_are_marked_in_the_shortest_stretches(
    title: str, body: str, near: list[str], others: int
) -> None:
    asked = Near(" ".join(near), others)
    with TemporaryDirectory() as directory:
        index = Index.create(directory)
        index.add([Article(title, body, id="1")])
        results = index.search(to_text(asked), snippets=20, fuzzy="off")
        marked = {
            (snippet.field, snippet.start + start)
            for hit in results
            for snippet in hit.snippets
            for start, _ in snippet.spans
        }
    expected = set()
    for field, text in (("title", title), ("body", body)):
        tokens = list(tokenize(text))
        row = [token.word for token in tokens]
        for start, end in shortest_stretches(asked, row):
            for word in set(near):
                places = [at for at in range(start, end) if row[at] == word]
                expected |= {(field, tokens[at].start) for at in places[: near.count(word)]}
    assert marked == expected


WORDS = st.sampled_from(
    ["court", "COURT", "court's", "crime", "crimes", "“crime”", "fine", "x", "é", "法院", "—", "’"]
)
SENTENCE = st.lists(WORDS, min_size=1, max_size=6).map(" ".join)
BODY = st.tuples(
    st.lists(SENTENCE, max_size=9),
    st.sampled_from([". ", ".\n\n", "! "]),
    st.sampled_from(["", " "]),
).map(lambda parts: parts[2] + parts[1].join(parts[0]) + parts[1])


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(SENTENCE, BODY), min_size=1, max_size=4),
    st.lists(st.sampled_from(["court", "crime", "fine"]), min_size=1, max_size=3, unique=True),
    st.integers(1, 4),
)
def test_snippets_are_those_of_the_formulas(
    texts: list[tuple[str, str]], query: list[str], most: int
) -> None:
    with TemporaryDirectory() as directory:
        index = Index.create(directory)
        index.add(Article(title, body, id=str(n)) for n, (title, body) in enumerate(texts))
        results = index.search(" ".join(query), snippets=most, fuzzy="off", collapse=False)
        shown = {int(hit.id): hit.snippets for hit in results}
    holding = {
        word: sum(bool(forms(word, title) or forms(word, body)) for title, body in texts)
        for word in query
    }
    weights = {
        word: math.log(1 + (len(texts) - count + 0.5) / (count + 0.5))
        for word, count in holding.items()
    }
    expected = {
        number: tuple(snippets_of(title, body, weights, most))
        for number, (title, body) in enumerate(texts)
        if any(forms(word, title) or forms(word, body) for word in query)
    }
    assert shown == expected


def forms(word: str, text: str) -> list[tuple[int, int]]:
    """Where the word stands in any of its forms."""
    return [
        (token.start, token.end) for token in tokenize(text) if token.word in (word, word + "s")
    ]


def snippets_of(
    title: str, body: str, weights: dict[str, float], most: int
) -> Iterator[tuple[str, str, int, tuple[tuple[int, int], ...], bool, bool]]:
    """The marked title, and the sentences chosen one by one."""
    titled = sorted(place for word in weights for place in forms(word, title))
    if titled:
        yield "title", title, 0, tuple(titled), False, False
    sentences = []
    for start, end in sentence_spans(body):
        text = body[start:end]
        found = {word: forms(word, text) for word in weights}
        sentences.append((start, text, {word: places for word, places in found.items() if places}))
    marked = [at for at, (_, _, found) in enumerate(sentences) if found]
    seen: set[str] = set()
    chosen: list[int] = []
    while len(chosen) < min(most, len(marked)):
        left = [at for at in marked if at not in chosen]
        values = [worth(sentences[at][2], seen, weights) for at in left]
        best = left[values.index(max(values))]
        chosen.append(best)
        seen |= sentences[best][2].keys()
    if not marked:
        chosen = [at for at, (_, text, _) in enumerate(sentences) if text.strip()][:1]
    for at in sorted(chosen):
        start, text, found = sentences[at]
        blank = len(text) - len(text.lstrip())
        places = sorted(place for several in found.values() for place in several)
        spans = tuple((first - blank, last - blank) for first, last in places)
        yield "body", text.strip(), start + blank, spans, False, False


def worth(
    found: dict[str, list[tuple[int, int]]], seen: set[str], weights: dict[str, float]
) -> float:
    """What a sentence adds to those chosen before it."""
    added = sum(weights[word] for word in found if word not in seen)
    again = sum(weights[word] for word in found if word in seen)
    return added + 0.1 * again + 0.01 * sum(map(len, found.values()))
