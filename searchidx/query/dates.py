"""Dates as people type them in a query: a day, a month or a year, and ranges of these."""

from __future__ import annotations

import calendar
import datetime as dt
import re

from searchidx.query.nodes import DateRange

__all__ = ["DATE_FORMS", "date_range", "date_span"]

DATE_FORMS = "2024-06-28, 2024-06, 2024, >=2024-06-28, <=2024-06 or [2024-01 TO 2024-06]"

_DATE = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?")
_RANGE = re.compile(r"\[\s*(\S+)\s+TO\s+(\S+)\s*\]")
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


def date_range(text: str) -> DateRange | None:
    """What stands behind ``date:``; None where it cannot be read."""
    span = date_span(text)
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
