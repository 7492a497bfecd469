"""Snippets: whole sentences, the best ones, exact marks, safe HTML."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from searchidx import Article, Hit, Index
from searchidx.analysis import tokenize
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
