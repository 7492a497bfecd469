"""Sentences and paragraphs."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchidx.analysis.boundaries import paragraph_spans, sentence_spans


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One ruling. Two rulings.", ["One ruling.", "Two rulings."]),
        ("Smith v. Jones was cited. It held.", ["Smith v. Jones was cited.", "It held."]),
        ("Under 18 U.S.C. Section 1343 he paid. He left.",
         ["Under 18 U.S.C. Section 1343 he paid.", "He left."]),
        ("Mr. J. Doe spoke. All rose.", ["Mr. J. Doe spoke.", "All rose."]),
        ("It cost $1.5 million. Yes.", ["It cost $1.5 million.", "Yes."]),
        ('He said "no." She left.', ['He said "no."', "She left."]),
        ("法院作出判决。被告上诉！为什么？", ["法院作出判决。", "被告上诉！", "为什么？"]),
        ("他说：“不服。”随后离开。", ["他说：“不服。”", "随后离开。"]),
        ("First line\nSecond line", ["First line", "Second line"]),
        ("No stop at all", ["No stop at all"]),
        ("   ", []),
    ],
)  # fmt: skip
def test_sentences(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in sentence_spans(text)] == expected


@given(st.text(st.sampled_from('aB. !?。\n"”)v1 '), max_size=80))
def test_sentences_cover_everything_but_white_space(text: str) -> None:
    spans = sentence_spans(text)
    assert all(start < end for start, end in spans)
    assert all(one[1] <= two[0] for one, two in itertools.pairwise(spans))
    assert "".join("".join(text[s:e] for s, e in spans).split()) == "".join(text.split())


def test_paragraphs() -> None:
    text = "one\n\n  two \n\n\nthree"
    assert [text[s:e] for s, e in paragraph_spans(text)] == ["one", "two", "three"]
