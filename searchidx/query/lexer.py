"""A query's text to tokens, each with the place where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from searchidx.knowledge import citation_at
from searchidx.query.fields import FIELDS

__all__ = ["Problem", "Token", "core_span", "tokens"]

QUOTES = '"“”'

_TOKEN = re.compile(
    rf"""
      (?P<space>\s+)
    | (?P<boost>(?<=[){QUOTES}\w])\^(?P<factor>[\w.]*)(?=[\s()]|\Z))
    | (?P<phrase>[{QUOTES}](?P<quoted>[^{QUOTES}]*)[{QUOTES}](?P<after>[*~][\w.]*)?)
    | (?P<open>\()
    | (?P<close>\))
    | (?P<and>(?:AND|&&?)(?=[\s()]|\Z))
    | (?P<or>(?:OR|\|\|?)(?=[\s()]|\Z))
    | (?P<not>NOT(?=[\s(]|\Z)|-(?=[^\s)]))
    | (?P<field>(?P<name>[A-Za-z_]{{2,30}}):(?!//))
    | (?P<wrapper>(?i:atleast\d+|caps|allcaps|nocaps|singular|plural)(?=\())
    | (?P<range>\[[^\[\]()]*\sTO\s[^\[\]()]*\])
    | (?P<connector>(?i:(?:w|pre|near|n)?/|\+)(?i:\d+|[sp])(?=[\s(){QUOTES}]|\Z))
    | (?P<word>[^\s(){QUOTES}]+)
    | (?P<stray>[{QUOTES}])
    """,
    re.VERBOSE,
)


_LITERAL_FIELDS = frozenset(["id", "url"])
_LITERAL = re.compile(rf"[^\s(){QUOTES}]+")
_APART = re.compile(r"~\d+")
_MEANINGFUL = frozenset("*#+")
_CITED = frozenset("§([（〔【［")
_CORE = re.compile(r"[^\W_](?:.*[^\W_])?", re.DOTALL)
_BRACKETS = {"）": "（", "〕": "〔", "》": "《", "】": "【", "」": "「", "』": "『", "]": "["}
_CLOSING = frozenset(_BRACKETS)


class Token(NamedTuple):
    """``kind`` is the name of a group above; ``start`` and ``end`` count characters."""

    kind: str
    text: str
    start: int
    end: int


class Problem(Exception):
    """What keeps a query from being read, and the edit of its text that may mend it."""

    def __init__(self, reason: str, column: int, cut: tuple[int, int], put: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.column = column
        self.cut = cut
        self.put = put


def tokens(text: str) -> Iterator[Token]:
    """The tokens of the text. White space divides, and is left out but behind a field's colon."""
    at = 0
    after_field = ""
    may_cite = any(map(str.isdecimal, text))
    while at < len(text):
        match = _TOKEN.match(text, at)
        assert match is not None and match.lastgroup is not None
        kind, start, end = match.lastgroup, match.start(), match.end()
        relative = after_field == "date" and text[at] == "-"
        if (relative or after_field in _LITERAL_FIELDS) and (literal := _LITERAL.match(text, at)):
            # An id or address may look like a field or an operator, and is none.
            match, kind, end = literal, "word", literal.end()
        elif (
            may_cite
            and kind in ("word", "open", "field")
            and after_field in ("", "title", "body")
            and (text[at].isdecimal() or text[at] in _CITED or text[at].isalpha())
            and (cited := citation_at(text, at))
        ):
            yield Token("citation", cited[0], start, cited[1])
            at, after_field = cited[1], ""
            continue
        at = end
        if after_field and kind == "space":
            raise Problem(
                f"'{text[:start].split()[-1]}' has nothing behind its colon", start, (start, end)
            )
        if kind == "field":
            # "Correction: court misstated" is prose, not a field.
            known = match["name"].lower() in FIELDS
            kind = "field" if known or not text[at : at + 1].isspace() else "word"
        if kind == "word" and start and not after_field and _APART.fullmatch(text, start, end):
            raise Problem(
                f"'{text[start:end]}' stands apart: write it right behind the word or phrase",
                start,
                (start - 1, start),
            )
        if kind == "word" and after_field != "date" and text[start] not in _MEANINGFUL:
            lead = core_span(text[start:end])[0]
            if 0 < lead < end - start:
                # What follows outer punctuation may be a field or an operator.
                at = start + lead
                continue
        after_field = match["name"].lower() if kind == "field" else ""
        if kind == "space":
            continue
        if kind == "stray":
            raise Problem("a quote is not closed", start, (len(text), len(text)), '"')
        if kind == "phrase":
            after = match["after"] or ""
            if after.startswith("~"):
                # What stands behind the last ~ is how near.
                yield Token("near", match["quoted"] + after, start, end)
            elif after:
                raise Problem(
                    "'*' stands behind a word, not behind a phrase",
                    match.start("after"),
                    (match.start("after"), end),
                )
            else:
                yield Token("phrase", match["quoted"], start, end)
        elif kind == "field":
            yield Token("field", match["name"], start, end)
        else:
            yield Token(kind, match.group(), start, end)


def core_span(word: str) -> tuple[int, int]:
    """Where a word is without its outer punctuation; an opening bracket that it closes stays in.

    A word of punctuation alone gives an empty span at its end.
    """
    match = _CORE.search(word)
    if match is None:
        return len(word), len(word)
    start, end = match.span()
    core = match.group()
    if _CLOSING.isdisjoint(core):
        return start, end
    for closing, opening in _BRACKETS.items():
        if core.count(closing) > core.count(opening) and word[:start].endswith(opening):
            return start - 1, end
    return start, end
