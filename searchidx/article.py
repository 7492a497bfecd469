"""The record that everything else is about: one piece of news."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from searchidx.errors import ArticleInvalid

__all__ = ["FIELD_NAMES", "TEXT_FIELDS", "Article"]

TEXT_FIELDS = ("title", "body")
"""The fields that a plain word is looked for in."""


@dataclass(frozen=True, slots=True)
class Article:
    """One piece of news. A missing part is an empty string, tuple, or ``None`` for the date.

    Paragraphs of ``body`` are divided by ``"\\n\\n"``. ``source`` is the outlet as the article
    names it, ``url`` the article's own address (not its outlet's home page), ``agency`` the wire
    or news agency of the byline, ``notice`` the copyright or other statement at the end, label
    included. ``language`` is an ISO 639-1 code. An empty ``id`` is filled in: the URL, or
    else a digest of the content, so that the same text has the same id wherever it lies.
    """

    title: str
    body: str = ""
    date: dt.date | None = None
    source: str = ""
    url: str = ""
    agency: str = ""
    authors: tuple[str, ...] = ()
    editor: str = ""
    responsible_editor: str = ""
    notice: str = ""
    language: str = ""
    translator: str = ""
    republisher: str = ""
    section: str = ""
    tags: tuple[str, ...] = ()
    updated: dt.date | None = None
    standing: str = ""
    id: str = ""

    def __post_init__(self) -> None:
        for name in _STRINGS:
            if not isinstance(getattr(self, name), str):
                kind = type(getattr(self, name)).__name__
                raise ArticleInvalid(f"{name} must be text, not {kind}")
        for name in _DAYS:
            day = getattr(self, name)
            if day is not None and type(day) is not dt.date:
                object.__setattr__(self, name, _date(day, name))
        for name in _LISTS:
            if type(getattr(self, name)) is not tuple:
                object.__setattr__(self, name, _names(getattr(self, name), name))
        if not self.id:
            object.__setattr__(self, "id", self.url or f"sha-{self.content_hash().hex()[:16]}")

    def content_hash(self) -> bytes:
        """16 bytes that change with every field but ``id``."""
        # Fields that came later count where they have a value: ids made before them stay.
        record = {k: v for k, v in self.to_dict().items() if v or k not in _LATER}
        del record["id"]
        text = json.dumps(record, ensure_ascii=False, sort_keys=True)
        import hashlib

        return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()

    def to_dict(self) -> dict[str, Any]:
        """All fields under their names, as JSON has them: an ISO date, a list of authors."""
        record = {name: getattr(self, name) for name in FIELD_NAMES}
        for name in _DAYS:
            record[name] = record[name].isoformat() if record[name] else None
        for name in _LISTS:
            record[name] = list(record[name])
        return record

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Article:
        """An article from JSON's values; names that are no field of an article are passed over.

        Raises ArticleInvalid where title and body are both missing, or a value has the wrong kind.
        """
        values: dict[str, Any] = {}
        for name in FIELD_NAMES:
            value = record.get(name)
            if value is None:
                continue
            if name in _DAYS:
                values[name] = _date(value, name)
            elif name in _LISTS:
                values[name] = _names(value, name)
            elif isinstance(value, str):
                values[name] = value
            elif name == "id" and isinstance(value, int):
                values[name] = str(value)
            else:
                kind = type(value).__name__
                raise ArticleInvalid(f"{name} must be text, not {kind}")
        if not (values.get("title") or values.get("body")):
            raise ArticleInvalid("an article needs a title or a body")
        values.setdefault("title", "")
        return cls(**values)

    def with_fields(self, **changes: Any) -> Article:
        """A copy with other values in the fields named."""
        return replace(self, **changes)


FIELD_NAMES: tuple[str, ...] = tuple(field.name for field in fields(Article))
"""Every field of an article, in the order of the record."""

_DAYS = ("date", "updated")
_LISTS = ("authors", "tags")
_LATER = ("translator", "republisher", "section", "tags", "updated", "standing")
_STRINGS = tuple(name for name in FIELD_NAMES if name not in _DAYS + _LISTS)


def _date(value: object, name: str) -> dt.date | None:
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    if isinstance(value, str):
        if not value.strip():
            return None
        try:
            return dt.datetime.fromisoformat(value.strip()).date()
        except ValueError:
            pass
    raise ArticleInvalid(f"{name} must look like 2024-06-28, not {value!r}")


def _names(value: object, name: str) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,) if value.strip() else ()
    if isinstance(value, list | tuple) and all(isinstance(one, str) for one in value):
        return tuple(value)
    raise ArticleInvalid(f"{name} must be a list of names")
