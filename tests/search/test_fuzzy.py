"""Exact first: what is corrected, what never is, and that no correction outranks an exact hit."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchidx import Article, Index
from searchidx.search.vocabulary import edit_budget


def index_of(directory: Path, *bodies: str) -> Index:
    index = Index.create(directory)
    index.add(
        [Article(f"T{n}", body, id=str(n), editor="Ying Ying") for n, body in enumerate(bodies)]
    )
    return index


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("governence", "governance ← governence (1 edit)"),
        ("goverance", "governance ← goverance (1 edit)"),
        ("goevrnacne", "governance ← goevrnacne (2 edits)"),
        ("minro", "minor ← minro (1 edit)"),
        ("bovernance", "governance ← bovernance (1 edit)"),  # the first letter costs both edits
        ("bovernence", None),
        ("linor", None),  # a first letter costs two, a word of five has one
        ("mni", None),  # shorter than four letters
        ("governances", None),  # another form of a word that is there
        ("crimes", None),
        ("1344", None),  # numbers are never corrected
        ("w3", None),
        ("MINRO", "minor ← minro (1 edit)"),
    ],
)
def test_what_is_corrected(tmp_path: Path, typed: str, expected: str | None) -> None:
    index = index_of(tmp_path, "governance of minor crime under 1343 and w2 by mn")
    results = index.search(typed)
    assert [str(correction) for correction in results.corrections] == (
        [expected] if expected else []
    )
    assert index.search(typed, fuzzy="off").corrections == ()
    for hit in results:
        assert any(snippet.spans for snippet in hit.snippets)
        assert all(match.kind == "fuzzy" and match.edits for match in hit.matched) == bool(expected)


def test_quoted_words_and_exclusions_are_never_corrected(tmp_path: Path) -> None:
    index = index_of(tmp_path, "minor crimes", "governance")
    assert index.search('"minro crimes"').total == 0
    assert {hit.id for hit in index.search("crimes OR governance NOT minro")} == {"0", "1"}
    assert index.search("user@minro.example").corrections == ()


def test_words_of_other_fields_are_corrected_among_their_own(tmp_path: Path) -> None:
    index = index_of(tmp_path, "a body")
    results = index.search("editor:yingg")
    assert results.interpreted == "editor:ying"
    assert results.total == 1


def test_the_same_letters_come_before_the_commoner_word(tmp_path: Path) -> None:
    index = index_of(tmp_path, "micro micro micro", "minor")
    assert index.search("minro").interpreted == "minor"


def test_words_of_deleted_articles_are_unseen(tmp_path: Path) -> None:
    index = index_of(tmp_path, "governence", "governance")
    assert index.search("governence").corrections == ()
    index.delete(["0"])
    assert index.search("governence").interpreted == "governance"


def test_near_words_on_request_stand_below_the_word_itself(tmp_path: Path) -> None:
    index = index_of(tmp_path, "court " + "filler " * 50, "courf courf courf", "courtt", "other")
    results = index.search("court~1")
    assert results[0].id == "0"
    assert {hit.id for hit in results} == {"0", "1", "2"}
    assert [match.edits for hit in results for match in hit.matched] == [0, 1, 1]


WORDS = ["minor", "crimes", "governance", "minr", "court", "judgment", "filler"]
TYPED = ["minor", "minro", "crimse", "governence", "court", "judgmnet", "crimes"]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join), min_size=1, max_size=7),
    st.lists(st.sampled_from(TYPED), min_size=1, max_size=4, unique=True),
    st.sampled_from([" ", " OR "]),
)
def test_no_correction_outranks_an_exact_hit(
    tmp_path_factory: pytest.TempPathFactory, bodies: list[str], typed: list[str], between: str
) -> None:
    index = index_of(tmp_path_factory.mktemp("f"), *bodies)
    results = index.search(between.join(typed), limit=50, collapse=False)
    exact = [any(match.kind != "fuzzy" for match in hit.matched) for hit in results]
    assert exact == sorted(exact, reverse=True)
    scores = [hit.score for hit in results]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize(
    ("word", "budget"),
    [("abc", 0), ("abcd", 1), ("abcdefg", 1), ("abcdefgh", 2), ("abcdefgh1", 0)],
)
def test_budget(word: str, budget: int) -> None:
    assert edit_budget(word) == budget


def test_a_word_that_one_field_lacks_is_said_to_be_missing_there(seeds: Index) -> None:
    (warning,) = seeds.search("tags:fine").warnings
    assert warning == "no article has the word 'fine' in its tags"
    (warning,) = seeds.search("zzyzxqv").warnings
    assert warning == "no article has the word 'zzyzxqv'"
