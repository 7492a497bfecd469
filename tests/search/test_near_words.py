"""Every near word is found, and nothing else: against the distance measured to each."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import DamerauLevenshtein

from searchidx.search.near_words import NearWords
from searchidx.segment import Lexicon

WORD = st.text("abcdeé法𠀀", min_size=1, max_size=12)


def lexicon(words: set[str]) -> Lexicon:
    parts = Lexicon.parts("words", sorted(word.encode() for word in words))
    return Lexicon(memoryview(parts["words.text"]), np.asarray(parts["words.ends"]))


@settings(max_examples=500, deadline=None)
@given(st.sets(WORD, max_size=30), WORD, st.sampled_from([1, 2]), st.data())
def test_against_every_distance(
    words: set[str], word: str, edits: int, data: st.DataObject
) -> None:
    # Words made of others by single edits, so that there is something near.
    for known in sorted(words)[:10]:
        at = data.draw(st.integers(0, len(known)))
        letter = data.draw(st.sampled_from("aeé法"))
        words |= {known[:at] + letter + known[at:], known[:at] + letter + known[at + 1 :]}
        words |= {known[: at - 1] + known[at:][:1] + known[at - 1 : at] + known[at + 1 :]} - {""}
    asked = data.draw(st.sampled_from([word, *sorted(words)]))
    half = {known for known in words if data.draw(st.booleans())}
    near = NearWords([lexicon(half), lexicon(words - half)]).within(asked, edits)
    every = {other: DamerauLevenshtein.distance(asked, other) for other in words}
    assert near == {other: apart for other, apart in every.items() if apart <= edits}


@pytest.mark.parametrize("word", ["a", "ab", "judgment", "法院"])
def test_an_empty_lexicon_has_none(word: str) -> None:
    assert NearWords([lexicon(set())]).within(word, 1) == {}
