"""A record of any format, under others' names or ours -> the reading of an article."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from searchidx.article import FIELD_NAMES, Article
from searchidx.errors import ArticleInvalid, ReadError
from searchidx.ingest.dates import lies_ahead
from searchidx.ingest.field_map import FieldMap, value_for
from searchidx.ingest.field_values import date_of, text_of
from searchidx.ingest.language import detected_language
from searchidx.ingest.reading import Reading

__all__ = ["record_fields", "record_reading"]


def record_reading(
    record: Mapping[str, Any], path: Path, names: FieldMap, rule: str, cells: bool = False
) -> Reading:
    """The reading of one record. Raises ReadError where it is no article.

    A field under our own name is taken as it is; ``cells`` tells that values are text where an
    article has lists, as in a table.
    """
    values, rules = record_fields(record, names, rule, cells)
    doubts = _doubts(record, names, values)
    title, body = values.get("title") or "", values.get("body") or ""
    if not values.get("language") and isinstance(title, str) and isinstance(body, str):
        language, rule_of_language = detected_language(f"{title}\n{body}")
        if language:
            values["language"] = language
            rules["language"] = rule_of_language
    try:
        article = Article.from_dict(values)
        for name in ("date", "updated"):
            day = getattr(article, name)
            if day is not None and lies_ahead(day):
                rule_of_day = rules.pop(name, rule)
                doubts += (f"{name} {day} ({rule_of_day}) lies in the future: not taken",)
                article = Article.from_dict(values := {**values, name: None})
        for value in article.to_dict().values():
            "".join(value or "").encode("utf-8")
    except ArticleInvalid as error:
        raise ReadError(str(error)) from None
    except UnicodeEncodeError:
        raise ReadError("text with half a character (a lone surrogate)") from None
    return Reading(article, path, rules, doubts)


def _doubts(
    record: Mapping[str, Any], names: FieldMap, values: Mapping[str, Any]
) -> tuple[str, ...]:
    """What stands under the common name of a date and is none."""
    if "date" in values:
        return ()
    return tuple(
        f"{theirs} is no date that can be read: {value[:40]!r}"
        for field, theirs, value in names.known(record)
        if field == "date" and isinstance(value, str)
    )


def record_fields(
    record: Mapping[str, Any], names: FieldMap, rule: str, cells: bool = False
) -> tuple[dict[str, Any], dict[str, str]]:
    """The article's fields that a record has, and the rule of each.

    What the map says comes first, then our own names, then names that are common.
    """
    values: dict[str, Any] = {}
    rules: dict[str, str] = {}
    for field, theirs, value in names.told(record):
        if field not in values:
            # A value that does not fit is kept, so that what is wrong with it is told.
            values[field] = value_for(field, value) or value
            rules[field] = f"{rule} {theirs}"
    for field in FIELD_NAMES:
        value = record.get(field)
        if field not in values and value not in (None, ""):
            values[field] = (value_for(field, value) or value) if cells else _own(field, value)
            if value:
                rules[field] = rule
    for field, theirs, value in names.known(record):
        if not values.get(field):
            converted = value_for(field, value)
            if converted:
                values[field] = converted
                rules[field] = f"{rule} {theirs}"
    return values, rules


def _own(field: str, value: Any) -> Any:
    """A value under our own name: only what an article would refuse is looked at closer."""
    if field in ("date", "updated"):
        return date_of(value) or value
    if field == "authors" and not _is_names(value):
        return value_for(field, value) or value
    if isinstance(value, Mapping):
        return text_of(value) or value
    return value


def _is_names(value: object) -> bool:
    return isinstance(value, str) or (
        isinstance(value, list) and all(isinstance(one, str) for one in value)
    )
