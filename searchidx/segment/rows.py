"""An article taken apart for a segment, and put together again."""

from __future__ import annotations

import json
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np

from searchidx.article import Article

__all__ = [
    "EPOCH",
    "KEYWORD_FIELDS",
    "NO_DATE",
    "WORD_FIELDS",
    "Row",
    "article_of",
    "digest",
    "row_of",
]

KEYWORD_FIELDS = (
    "source",
    "agency",
    "authors",
    "editor",
    "responsible_editor",
    "notice",
    "language",
)
"""The fields kept as columns of values, each value once."""

WORD_FIELDS = ("url", *KEYWORD_FIELDS)
"""The fields beside title and body that can be searched by word."""

NO_DATE = int(np.iinfo(np.int32).min)
"""What the date column holds for an article without a date."""

EPOCH = 719_163  # date(1970, 1, 1).toordinal()
_VALUES = attrgetter("id", "title", "body", "date", "url", *KEYWORD_FIELDS)


class Row(NamedTuple):
    """What a segment keeps of an article. ``day`` counts from 1970-01-01; ``keywords`` are the
    values of ``KEYWORD_FIELDS``, text, with the authors as JSON."""

    id: str
    title: bytes
    body: bytes
    day: int
    url: str
    keywords: tuple[str, ...]


def row_of(article: Article) -> Row:
    """The row of an article."""
    id_, title, body, date, url, source, agency, authors, *others = _VALUES(article)
    return Row(
        id_,
        title.encode("utf-8", "surrogatepass"),
        body.encode("utf-8", "surrogatepass"),
        date.toordinal() - EPOCH if date else NO_DATE,
        url,
        (
            source,
            agency,
            _as_json(authors) if authors else "",
            *others,
        ),
    )


@lru_cache(maxsize=10_000)
def _as_json(names: tuple[str, ...]) -> str:
    return json.dumps(names, ensure_ascii=False)


def digest(row: Row) -> bytes:
    """8 bytes that change with everything but the id: whether an article is the same as before."""
    from hashlib import blake2b

    _, title, body, day, url, keywords = row
    facts = "\x1f".join((f"{day} {len(title)}", url, *keywords))
    plain = facts.encode("utf-8", "surrogatepass")
    return blake2b(plain + title + body, digest_size=8).digest()


def article_of(row: Row) -> Article:
    """The article that the row was made of. Raises ValueError where it cannot be one."""
    source, agency, authors, *others = row.keywords
    fields: dict[str, Any] = dict(zip(KEYWORD_FIELDS[3:], others, strict=True))
    return Article(
        title=row.title.decode("utf-8", "surrogatepass"),
        body=row.body.decode("utf-8", "surrogatepass"),
        date=None if row.day == NO_DATE else _date(row.day),
        url=row.url,
        source=source,
        agency=agency,
        authors=tuple(json.loads(authors)) if authors else (),
        id=row.id,
        **fields,
    )


def _date(day: int) -> Any:
    import datetime as dt

    return dt.date.fromordinal(day + EPOCH)
