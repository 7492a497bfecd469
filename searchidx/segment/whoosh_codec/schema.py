"""The index's fields, and its words, as Whoosh has them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from whoosh import analysis, fields

from searchidx.analysis import stem
from searchidx.analysis import tokenize as tokens
from searchidx.segment.rows import WORD_FIELDS

__all__ = ["TEXT_FIELDS", "Words", "schema"]


TEXT_FIELDS = ("title", "body")


class Words(analysis.Tokenizer):
    """searchidx's own tokens for Whoosh's fields and query parser."""

    def __init__(self, stemmed: bool) -> None:
        self.stemmed = stemmed

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Words) and other.stemmed == self.stemmed

    __hash__ = None  # type: ignore[assignment]

    def __call__(
        self,
        value: str,
        positions: bool = False,
        chars: bool = False,
        keeporiginal: bool = False,
        removestops: bool = True,
        start_pos: int = 0,
        start_char: int = 0,
        tokenize: bool = True,
        mode: str = "",
        **kwargs: Any,
    ) -> Iterator[analysis.Token]:
        token = analysis.Token(positions, chars, removestops=removestops, mode=mode, **kwargs)
        for place, found in enumerate(tokens(value)):
            token.boost = 1.0
            token.stopped = False
            token.text = stem(found.word) if self.stemmed else found.word
            if keeporiginal:
                token.original = value[found.start : found.end]
            if positions:
                token.pos = start_pos + place
            if chars:
                token.startchar = start_char + found.start
                token.endchar = start_char + found.end
            yield token


def schema() -> fields.Schema:
    """The index's fields as Whoosh has them. Dates are ISO text, which sorts as dates do."""
    text = {name: fields.TEXT(analyzer=Words(stemmed=True), stored=True) for name in TEXT_FIELDS}
    words = {name: fields.TEXT(analyzer=Words(stemmed=False), stored=True) for name in WORD_FIELDS}
    return fields.Schema(
        id=fields.ID(stored=True, unique=True), date=fields.ID(stored=True), **text, **words
    )
