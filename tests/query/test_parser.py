"""Queries to trees and back: a table, and properties of any text at all."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from searchidx import Index
from searchidx.errors import QuerySyntaxError
from searchidx.query import And, DateRange, Not, Or, Phrase, Prefix, Term, parse, to_text
from tests.query.fuzz import PIECES, check

TABLE: list[list[Any]] = json.loads(Path(__file__).with_name("queries.json").read_text("utf-8"))

QUERIES = st.lists(
    st.one_of(st.sampled_from(PIECES), st.sampled_from([" ", " ", "\t"])), max_size=14
).map("".join)


def drawn(tree: object) -> str:
    """A tree as it is made, without the names of what it is made of."""
    return re.sub(r"\b[a-z]+=", "", repr(tree)).replace(", None)", ")")


@pytest.mark.parametrize("row", TABLE, ids=[row[0][:40] or "empty" for row in TABLE])
def test_table(row: list[Any]) -> None:
    query, *expected = row
    if len(expected) == 3:
        with pytest.raises(QuerySyntaxError) as caught:
            parse(query)
        assert [caught.value.reason, caught.value.column, caught.value.repaired] == expected
        return
    tree = parse(query).tree
    assert [to_text(tree), drawn(tree)] == expected


@pytest.mark.parametrize("row", TABLE, ids=[row[0][:40] or "empty" for row in TABLE])
def test_table_end_to_end(row: list[Any], seeds: Index) -> None:
    query, canonical, *error = row
    if len(error) == 2:
        with pytest.raises(QuerySyntaxError):
            seeds.search(query)
        return
    results = seeds.search(query, limit=3, collapse=False)
    assert results.total == seeds.search(canonical).total
    assert results.interpreted == canonical or results.corrections or results.warnings


def test_the_table_is_long_enough() -> None:
    assert len({row[0] for row in TABLE}) >= 150


def test_trees() -> None:
    import datetime as dt

    assert parse('a "b c" NOT d*').tree == And(
        (Or((Term("a"), Phrase("b c"))), Not(Prefix("d")))
    )  # fmt: skip
    assert parse("date:2024-06").tree == DateRange(dt.date(2024, 6, 1), dt.date(2024, 6, 30))


def test_what_is_passed_over_is_said() -> None:
    assert parse("§ x").warnings == ("'§' has no letter or digit and was not searched for",)


@settings(max_examples=3000, deadline=None)
@given(QUERIES | st.text(max_size=30))
@example("'title:foo")
@example("*title:检察~")
@example("检察~2_://'")
@example("url:-://NOTa")
@example("id:+ptitle:a")
@example("*id:law!*")
def test_any_text_is_a_tree_or_a_diagnosis(text: str) -> None:
    check(text)


@pytest.mark.parametrize(
    "text",
    ["(" * 10_000, "NOT " * 5_000 + "a", "a AND " * 3_000 + "a", '"' * 9_999, "a " * 5_000, "-" * 10_000],
    ids=["parentheses", "nots", "ands", "quotes", "words", "minuses"],
)  # fmt: skip
def test_long_queries_are_no_trouble(text: str) -> None:
    try:
        printed = to_text(parse(text).tree)
    except QuerySyntaxError as error:
        assert error.reason
    else:
        assert to_text(parse(printed).tree) == printed


def test_deep_parentheses_are_refused_in_words() -> None:
    assert to_text(parse("(" * 90 + "a" + ")" * 90).tree) == "a"
    with pytest.raises(QuerySyntaxError, match="nested more than 100 deep"):
        parse("(" * 101 + "a" + ")" * 101)


PLAIN = st.sampled_from(["a", "court", "AND", "OR", "NOT", "and", "x9"])


@given(
    st.lists(PLAIN, max_size=7).map(" ".join)
    | st.lists(PLAIN, max_size=4).map(lambda typed: f'"{" ".join(typed)}"')
    | st.tuples(PLAIN, st.sampled_from(["~", "~1", "~2", "~3", "~12"])).map("".join)
)
def test_plain_words_are_read_as_the_grammar_reads_them(text: str) -> None:
    # A tab is white space as a blank is, but keeps the short cut from being taken.
    try:
        expected = parse(f"{text}\t").tree
    except QuerySyntaxError:
        with pytest.raises(QuerySyntaxError):
            parse(text)
    else:
        assert parse(text).tree == expected


@pytest.mark.parametrize("query", ["a OR b /s c", "a /s b OR c", "neg! OR car! /s driv! & damage"])
def test_or_beside_connectors_says_how_it_was_read(query: str) -> None:
    (warning,) = parse(query).warnings
    assert warning.startswith("OR joins what /s has joined")


def test_or_apart_from_connectors_is_plain() -> None:
    assert not parse("(a OR b) /s c").warnings
    assert not parse("a OR (b /s c)").warnings


@pytest.mark.parametrize(
    "text", ["a /s " * 3000 + "a", "(a /s " * 99 + "a" + ")" * 99, "a" + "^2" * 900]
)
def test_what_lies_too_deep_is_refused_in_words(text: str) -> None:
    with pytest.raises(QuerySyntaxError, match=r"connectors join more than|twice"):
        parse(text)
    chain = "a" + " /s a" * 45
    assert parse(to_text(parse(chain).tree)).tree == parse(chain).tree
