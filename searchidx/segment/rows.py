"""An article taken apart for a segment, and put together again."""

from __future__ import annotations

import datetime as dt
import json
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np

from searchidx.article import Article

__all__ = [
    "EPOCH",
    "KEYWORD_FIELDS",
    "LIST_FIELDS",
    "NO_DATE",
    "WORD_FIELDS",
    "Lineage",
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
    "translator",
    "republisher",
    "section",
    "tags",
    "updated",
    "standing",
)
"""The fields kept as columns of values, each value once."""

LIST_FIELDS = ("authors", "tags")
"""Those of them with several values each, which their columns have as JSON."""

WORD_FIELDS = ("url", *KEYWORD_FIELDS)
"""The fields beside title and body that can be searched by word."""

NO_DATE = int(np.iinfo(np.int32).min)
"""What the date column holds for an article without a date."""

EPOCH = 719_163  # date(1970, 1, 1).toordinal()
_UPDATED = KEYWORD_FIELDS.index("updated")
_VALUES = attrgetter("id", "title", "body", "date", "url", *KEYWORD_FIELDS)


class Lineage(NamedTuple):
    """How an article came to be in the index. Days count from 1970-01-01.

    ``version`` counts from 1; ``seen`` is the day on which it was indexed. It was what there was
    to find from ``since`` (None: always) until the day before ``until`` (None: it still is).
    ``rules`` tells for each field which rule found it.
    """

    seen: int
    version: int = 1
    since: int | None = None
    until: int | None = None
    rules: tuple[tuple[str, str], ...] = ()

    def to_text(self) -> str:
        """As JSON, without what has its usual value, so that most articles share few texts."""
        usual = Lineage(-1)
        record = {
            name: dict(self.rules) if name == "rules" else value
            for name, value, default in zip(self._fields, self, usual, strict=True)
            if value != default
        }
        return json.dumps(record, ensure_ascii=False)

    @classmethod
    def from_text(cls, text: str) -> Lineage:
        """What ``to_text`` wrote. Raises ValueError for any other text."""
        try:
            record = json.loads(text)
            return cls(**{**record, "rules": tuple(record.get("rules", {}).items())})
        except (TypeError, AttributeError):
            raise ValueError("not a lineage") from None

    def span(self, day: int | None) -> tuple[int | None, int | None]:
        """From when, and until when, it was to be found; ``day`` is the article's own."""
        return (day if self.version == 1 else self.since), self.until


class Row(NamedTuple):
    """What a segment keeps of an article. ``day`` counts from 1970-01-01; ``keywords`` are the
    values of ``KEYWORD_FIELDS``, text, with lists as JSON; ``origin`` is the number of the file
    it was read from, 0 for none; ``lineage`` the text of a Lineage, or empty."""

    id: str
    title: bytes
    body: bytes
    day: int
    url: str
    keywords: tuple[str, ...]
    origin: int = 0
    lineage: str = ""

    @property
    def updated(self) -> str:
        """The day of its last change in ISO 8601, or empty."""
        return self.keywords[_UPDATED]


def row_of(article: Article, origin: int = 0, lineage: str = "") -> Row:
    """The row of an article."""
    id_, title, body, date, url, *keywords = _VALUES(article)
    return Row(
        id_,
        title.encode("utf-8", "surrogatepass"),
        body.encode("utf-8", "surrogatepass"),
        date.toordinal() - EPOCH if date else NO_DATE,
        url,
        tuple([one if type(one) is str else _as_text(one) for one in keywords]),
        origin,
        lineage,
    )


@lru_cache(maxsize=10_000)
def _as_text(value: tuple[str, ...] | dt.date | None) -> str:
    """A field's value as its column has it: a list of names as JSON, a day as ISO 8601."""
    if not value:
        return ""
    if isinstance(value, tuple):
        return json.dumps(value, ensure_ascii=False)
    return value.isoformat()


def digest(row: Row) -> bytes:
    """8 bytes that change with all that an article says: whether it is the same as before.

    Its id, the file it was read from and its lineage are not looked at.
    """
    _, title, body, day, url, keywords, _, _ = row
    facts = "\x1f".join((f"{day} {len(title)}", url, *keywords))
    hashed = _blake2b()(facts.encode("utf-8", "surrogatepass") + title, digest_size=8)
    hashed.update(body)
    digested: bytes = hashed.digest()
    return digested


@cache
def _blake2b() -> Any:
    """Imported when first needed: a search needs it not."""
    from hashlib import blake2b

    return blake2b


def article_of(row: Row) -> Article:
    """The article that the row was made of. Raises ValueError where it cannot be one."""
    fields: dict[str, Any] = dict(zip(KEYWORD_FIELDS, row.keywords, strict=True))
    for name in LIST_FIELDS:
        fields[name] = tuple(json.loads(fields[name])) if fields[name] else ()
    fields["updated"] = fields["updated"] or None
    return Article(
        title=row.title.decode("utf-8", "surrogatepass"),
        body=row.body.decode("utf-8", "surrogatepass"),
        date=None if row.day == NO_DATE else _date(row.day),
        url=row.url,
        id=row.id,
        **fields,
    )


def _date(day: int) -> dt.date:
    return dt.date.fromordinal(day + EPOCH)
