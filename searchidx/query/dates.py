"""Dates as people type them in a query: a day, a month or a year, and ranges of these.

Articles carry days without a time zone. What is told from today on (``-14d``, ``past 3 months``)
counts from the day that it is where the program runs, and today is in it.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re

from searchidx.query.nodes import DateRange

__all__ = ["DATE_FORMS", "date_range", "date_span", "recent"]

DATE_FORMS = (
    "2024-06-28, 2024-06, 2024, >=2024-06-28, <=2024-06, [2024-01 TO 2024-06], -14d "
    'or "past 3 months"'
)

_DATE = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?")
_RANGE = re.compile(r"\[\s*(\S+)\s+TO\s+(\S+)\s*\]")
_AGO = re.compile(r"-(?P<count>\d{1,4})(?P<unit>[dwmy])", re.IGNORECASE)
_PAST = re.compile(
    r"(?:the\s+)?(?:past|last|previous)\s+(?:(?P<count>\d{1,4})\s+)?(?P<unit>day|week|month|year)s?",
    re.IGNORECASE,
)
_ONE_DAY = dt.timedelta(days=1)


def date_span(text: str) -> tuple[dt.date, dt.date] | None:
    """The first and last day of a day, month or year; None where the text is none of these."""
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        if year is None or month is None:
            return dt.date(year or 0, 1, 1), dt.date(year or 0, 12, 31)
        if day is None:
            last = calendar.monthrange(year, month)[1]
            return dt.date(year, month, 1), dt.date(year, month, last)
        return dt.date(year, month, day), dt.date(year, month, day)
    except (ValueError, calendar.IllegalMonthError):
        return None


def recent(text: str, today: dt.date | None = None) -> tuple[dt.date, dt.date] | None:
    """The first and last day of ``-14d``, ``past 3 months``, ``today`` and the like, else None."""
    last = today or dt.date.today()
    if text.lower() in ("today", "yesterday"):
        day = last if text.lower() == "today" else last - _ONE_DAY
        return day, day
    match = _AGO.fullmatch(text) or _PAST.fullmatch(" ".join(text.split()))
    if match is None:
        return None
    first = _before(last, int(match["count"] or 1), match["unit"][0].lower())
    return (first, last) if first else None


def _before(day: dt.date, count: int, unit: str) -> dt.date | None:
    """The day so many days, weeks, months or years before; of a shorter month, its last one."""
    try:
        if unit in "dw":
            return day - count * (_ONE_DAY if unit == "d" else dt.timedelta(days=7))
        months = day.year * 12 + day.month - 1 - count * (1 if unit == "m" else 12)
        year, month = divmod(months, 12)
        return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
    except (ValueError, OverflowError, calendar.IllegalMonthError):
        return None


def date_range(text: str) -> DateRange | None:
    """What stands behind ``date:``; None where it cannot be read."""
    span = date_span(text) or recent(text)
    if span:
        return DateRange(*span)
    ranged = _RANGE.fullmatch(text)
    if ranged:
        return _between(*ranged.groups())
    for sign in (">=", "<=", ">", "<"):
        if text.startswith(sign):
            span = date_span(text[len(sign) :])
            return _compared(sign, *span) if span else None
    return None


def _between(since: str, until: str) -> DateRange | None:
    first = None if since == "*" else date_span(since)
    last = None if until == "*" else date_span(until)
    if (since != "*" and first is None) or (until != "*" and last is None):
        return None
    if first is None and last is None:
        return None
    if first and last and first[0] > last[1]:
        return None
    return DateRange(first[0] if first else None, last[1] if last else None)


def _compared(sign: str, first: dt.date, last: dt.date) -> DateRange | None:
    try:
        match sign:
            case ">=":
                return DateRange(first, None)
            case "<=":
                return DateRange(None, last)
            case ">":
                return DateRange(last + _ONE_DAY, None)
            case _:
                return DateRange(None, first - _ONE_DAY)
    except OverflowError:
        return None
