"""Dates as datelines write them, in the fixed forms of English and Chinese news."""

from __future__ import annotations

import datetime as dt
import re

__all__ = ["date_in", "leading_date", "lies_ahead", "trailing_date", "whole_date"]

_MONTHS = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    "|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_MONTH_NUMBERS = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
        start=1,
    )
}
_WEEKDAY = (
    r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+"
    r"|(?:星期|周)[一二三四五六日天]\s*)"
)
_YEAR = r"(?:[1１][5-9５-９]|[2２][0０])\d\d"  # full-width digits too
_FORMS = (
    rf"(?P<y1>{_YEAR})\s?[-/.年]\s?(?P<m1>\d\d?)\s?[-/.月]\s?(?P<d1>\d\d?)(?!\d)\s?日?",
    rf"(?P<m2>{_MONTHS})\.?\s+(?P<d2>\d\d?)(?:st|nd|rd|th)?,?\s+(?P<y2>{_YEAR})",
    rf"(?P<d3>\d\d?)(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<m3>{_MONTHS})\.?,?\s+(?P<y3>{_YEAR})",
    rf"(?P<a4>\d\d?)[/.-](?P<b4>\d\d?)[/.-](?P<y4>{_YEAR})",
    r"(?P<y5>20\d\d)(?P<m5>0[1-9]|1[0-2])(?P<d5>0[1-9]|[12]\d|3[01])",
)
_TIME = (
    r"(?:\s*(?:[T,|]|at|星期[一二三四五六日天]|（[^）]{1,4}）)?\s*\d{1,2}(?:[:：]\d\d){1,2}(?:\.\d+)?"
    r"(?:\s*[ap]\.?m\.?)?(?:\s*(?:Z|[+-]\d\d:?\d\d|[ECMP][SD]?T|GMT|UTC)\b)?)?"
)
_DATE = re.compile(rf"(?<![\w/]){_WEEKDAY}?(?:{'|'.join(_FORMS)})(?![\d/]){_TIME}", re.I)


_ZONES = dt.timedelta(days=1)  # where the article is written it may be tomorrow already


def lies_ahead(day: dt.date) -> bool:
    """Whether a day has not come yet: no news comes from tomorrow."""
    return day > dt.date.today() + _ZONES


def whole_date(text: str) -> dt.date | None:
    """The date, if the text is a date and nothing else; a weekday and a time may stand with it."""
    found = leading_date(text)
    return found[0] if found and not found[1].strip(" .,|") else None


def leading_date(text: str) -> tuple[dt.date, str] | None:
    """The date that the text begins with, and what follows it."""
    text = text.strip()
    match = _DATE.match(text)
    date = _date(match) if match else None
    return (date, text[match.end() :]) if match and date else None


def trailing_date(text: str) -> tuple[str, dt.date] | None:
    """What comes before the date that the text ends with, and that date."""
    text = text.rstrip()
    for match in _DATE.finditer(text):
        date = _date(match)
        if date and match.end() == len(text):
            return text[: match.start()].rstrip(" ,|"), date
    return None


def date_in(text: str) -> dt.date | None:
    """The first date anywhere in the text."""
    return next((date for match in _DATE.finditer(text) if (date := _date(match))), None)


def _date(match: re.Match[str]) -> dt.date | None:
    found = {name: value for name, value in match.groupdict().items() if value}
    form = next(iter(found))[1]
    if form == "4":
        first, second = int(found["a4"]), int(found["b4"])
        if first <= 12 and second <= 12 and first != second:
            return None  # 6/7/2024 is June in one country and July in another
        month, day = (second, first) if first > 12 else (first, second)
    else:
        name = found[f"m{form}"]
        month = int(name) if name.isdigit() else _MONTH_NUMBERS[name[:3].lower()]
        day = int(found[f"d{form}"])
    try:
        return dt.date(int(found[f"y{form}"]), month, day)
    except ValueError:
        return None
