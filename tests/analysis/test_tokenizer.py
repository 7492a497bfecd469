"""What a word is, and that the fast way to number words agrees with the slow one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchidx.analysis import inflected_alike, stem, tokenize, words
from searchidx.analysis.numbering import WordNumbers

TEXTS = st.text(
    st.one_of(
        st.sampled_from("abcXYZ019 .,-'’\u0301\u00adéßİ检察院法湘〇の한\n\t\"“”§$_½ﬁ２"),
        st.characters(),
    ),
    max_size=60,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Court's ruling", ["the", "court", "ruling"]),
        ("Xi'an’s O'Brien", ["xian", "obrien"]),
        ("José Niño", ["jose", "nino"]),
        ("anti-monopoly AT&T", ["anti", "monopoly", "at", "t"]),
        ("1:21-cv-01234-ABC", ["1", "21", "cv", "01234", "abc"]),
        ("２０２４", ["2024"]),
        ("检察院", ["检察", "察院", "院"]),
        ("（2017）湘0405刑初149号", ["2017", "湘", "0405", "刑初", "初", "149", "号"]),
        ("judi\u00adcial", ["judicial"]),
        ("caf\u0065\u0301 law", ["cafe", "law"]),
        ("rock 'n' roll 's", ["rock", "n", "roll", "s"]),
        ("", []),
        ("§ — …", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@given(TEXTS)
def test_numbering_agrees_with_words(text: str) -> None:
    numbering = WordNumbers()
    before = "some words before, so that numbers do not start at 0"
    for texts in ([before], [before, text, "", text], [text]):
        found = numbering.number([one.encode("utf-8", "surrogatepass") for one in texts])
        numbers = found.numbers.tolist()
        for one, count in zip(texts, found.counts.tolist(), strict=True):
            assert [numbering.words[number] for number in numbers[:count]] == words(one)
            del numbers[:count]
        assert not numbers


def test_numbering_agrees_with_words_when_it_knows_many() -> None:
    numbering = WordNumbers()
    texts = [" ".join(f"{batch * 9000 + at:x}-word" for at in range(9000)) for batch in range(3)]
    for text in [*texts, *texts]:
        found = numbering.number([text.encode()])
        assert [numbering.words[number] for number in found.numbers.tolist()] == words(text)


@given(TEXTS)
def test_tokens_lie_in_the_text_in_order(text: str) -> None:
    last = -1
    for token in tokenize(text):
        assert token.start > last
        assert token.start < token.end <= len(text)
        assert token.word
        last = token.start


@given(st.text("检察院法人民最高罪", min_size=2, max_size=12), st.data())
def test_any_part_of_a_chinese_run_is_a_run_of_its_tokens(run: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(run) - 2))
    end = data.draw(st.integers(start + 2, len(run)))
    part = words(run[start:end])[:-1]
    whole = words(run)
    assert whole[start : start + len(part)] == part


def test_stems_join_the_forms_of_a_word() -> None:
    assert {stem(word) for word in ("crime", "crimes")} == {"crime"}
    assert stem("governance") == stem("governed")
    assert stem("检察") == "检察"


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("prosecutes", "prosecuted", True),
        ("policies", "policy", True),
        ("stopped", "stops", True),
        ("governances", "governance", True),
        ("governence", "governance", False),
        ("governence", "government", False),
        ("minro", "minor", False),
    ],
)
def test_inflections(one: str, other: str, alike: bool) -> None:
    assert inflected_alike(one, other) is alike
