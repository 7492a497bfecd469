"""Every example in docs/query-language.md is true."""

from __future__ import annotations

import re

import pytest

from searchidx.errors import QuerySyntaxError
from searchidx.query import parse, to_text
from tests.conftest import ROOT

TEXT = (ROOT / "docs" / "query-language.md").read_text("utf-8")


def examples(kind: str) -> list[tuple[str, str]]:
    blocks = re.findall(rf"```{kind}\n(.*?)```", TEXT, re.DOTALL)
    return [
        (left.strip(), right.strip())
        for block in blocks
        for left, right in (line.split("=>") for line in block.splitlines())
    ]


@pytest.mark.parametrize(("query", "canonical"), examples("query"))
def test_examples(query: str, canonical: str) -> None:
    assert to_text(parse(query).tree) == canonical


@pytest.mark.parametrize(("query", "repaired"), examples("refused"))
def test_refusals(query: str, repaired: str) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        parse(query)
    assert caught.value.repaired == repaired


def test_there_are_examples() -> None:
    assert len(examples("query")) > 25
    assert len(examples("refused")) > 6
