"""What differs between two texts of an article, field by field and sentence by sentence."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import NamedTuple

from searchidx.analysis.boundaries import sentence_spans
from searchidx.article import FIELD_NAMES, Article

__all__ = ["Difference", "differences"]


class Difference(NamedTuple):
    """A place where two articles differ: what the one and the other has there, either may be empty.

    In a body these are whole sentences, between sentences that both have.
    """

    field: str
    before: str
    after: str


def differences(before: Article, after: Article) -> list[Difference]:
    """Every difference but that of ids, in the order of the article's fields."""
    found: list[Difference] = []
    old, new = before.to_dict(), after.to_dict()
    for name in FIELD_NAMES:
        if name == "body":
            found += _of_bodies(before.body, after.body)
        elif name != "id" and old[name] != new[name]:
            found.append(Difference(name, _shown(old[name]), _shown(new[name])))
    return found


def _shown(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(value)
    return str(value or "")


def _of_bodies(before: str, after: str) -> Iterator[Difference]:
    old, new = _sentences(before), _sentences(after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind != "equal":
            yield Difference("body", " ".join(old[i:j]), " ".join(new[k:m]))


def _sentences(text: str) -> list[str]:
    return [" ".join(text[start:end].split()) for start, end in sentence_spans(text)]
