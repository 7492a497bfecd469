"""Values as other people's records have them -> values of an article's fields."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from searchidx.ingest.dates import whole_date
from searchidx.ingest.html_fragments import fragment_text, is_html
from searchidx.ingest.names import split_names

__all__ = ["date_of", "names_of", "tags_of", "text_of"]

_NAME_KEYS = ("name", "displayName", "display_name", "title", "rendered", "value", "#text")
_BETWEEN_TAGS = re.compile(r"\s*[,;|，；、]\s*")
_FIRST_SECOND, _LAST_SECOND = 100_000_000, 5_000_000_000  # 1973 to 2128
_MOST = 1_000  # names or tags of one article
_MAIL_DATE = re.compile(r"(?:[A-Za-z]{3},?\s+)?\d{1,2}\s+[A-Za-z]{3}\s+\d{4}\s+\d\d?:\d\d")


def text_of(value: object) -> str | None:
    """Plain text; None where the value is of another kind. HTML loses its markup."""
    if isinstance(value, Mapping):  # {"rendered": "<p>…"}, {"name": "…"}
        value = next((value[key] for key in _NAME_KEYS if isinstance(value.get(key), str)), None)
    if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
        value = "\n\n".join(value)
    if not isinstance(value, str):
        return None
    return fragment_text(value) if is_html(value) else value.strip()


def date_of(value: object) -> dt.date | None:
    """The day, as it was where it was written; None where the value is no date."""
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    if isinstance(value, Mapping):
        value = next((value[key] for key in ("$date", "value") if key in value), None)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _date_of_moment(value)
    if not isinstance(value, str):
        return None
    text = value.strip()
    try:
        return dt.datetime.fromisoformat(text).date()
    except ValueError:
        pass
    if _MAIL_DATE.match(text):
        from email.utils import parsedate_tz

        parsed = parsedate_tz(text)
        try:
            return dt.date(*parsed[:3]) if parsed else None
        except ValueError:
            return None
    return whole_date(text)


def names_of(value: object) -> tuple[str, ...] | None:
    """People: a byline, a name, a list of them, records with a name; None for other kinds."""
    if isinstance(value, str):
        return split_names(value)
    if isinstance(value, Mapping):
        name = text_of(value)
        return (name,) if name else None
    if isinstance(value, list | tuple):
        names: list[str] = []
        for one in value[:_MOST]:
            # What stands alone in a list is one name, whatever is in it.
            name = text_of(one)
            if name is None:
                return None
            names.append(name)
        return tuple(dict.fromkeys(filter(None, names)))
    return None


def tags_of(value: object) -> tuple[str, ...] | None:
    """Tags: words between commas, or a list of them; None for other kinds."""
    if isinstance(value, str):
        return tuple(dict.fromkeys(filter(None, _BETWEEN_TAGS.split(value.strip())[:_MOST])))
    if isinstance(value, list | tuple):
        tags = [_tag(one) for one in value[:_MOST]]
        return tuple(dict.fromkeys(filter(None, tags)))
    return None


def _tag(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return text_of(value) or ""


def _date_of_moment(moment: float) -> dt.date | None:
    """The day, in UTC, of a Unix time in seconds or milliseconds."""
    for unit in (1, 1000):
        if _FIRST_SECOND * unit <= moment <= _LAST_SECOND * unit:
            return dt.datetime.fromtimestamp(moment / unit, dt.UTC).date()
    return None
