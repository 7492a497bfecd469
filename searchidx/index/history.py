"""Versions of articles: how one follows another, and which there were on a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from searchidx.article import Article
from searchidx.segment import EPOCH, NO_DATE, Lineage, Row, Segment

__all__ = [
    "Version",
    "as_of",
    "lineage_of",
    "removed",
    "renewed",
    "succession",
    "today",
    "versions",
]

_EVER = np.iinfo(np.int32).max


class Version(NamedTuple):
    """One text that an article had.

    ``number`` counts from 1. It was the one to be found from ``since`` (None: always) until the
    day before ``until`` (None: it still is); ``seen`` is the day on which it was indexed, where
    that is known. ``rules`` tells for each field which rule found it.
    """

    number: int
    article: Article
    since: dt.date | None
    until: dt.date | None
    seen: dt.date | None
    rules: dict[str, str]


def today() -> int:
    """The day it is, as UTC has it, counted from 1970-01-01."""
    return dt.datetime.now(dt.UTC).toordinal() - EPOCH


def lineage_of(row: Row) -> Lineage:
    """A row's lineage; the usual one where none was recorded."""
    return Lineage.from_text(row.lineage) if row.lineage else Lineage(NO_DATE)


def succession(old: Row, new: Row) -> tuple[Row, Row]:
    """The two rows, the one as it was and the one as it is, as versions that follow each other.

    The new version counts from the day on which its article says that it was changed, if that
    is behind the old one's, else from the day it was indexed.
    """
    before, after = lineage_of(old), lineage_of(new)
    began, _ = before.span(old.day)
    since = _updated(new)
    if since is None or (began is not None and since <= began):
        since = after.seen
    after = after._replace(version=before.version + 1, since=since)
    return (
        old._replace(lineage=before._replace(until=since).to_text()),
        new._replace(lineage=after.to_text()),
    )


@lru_cache(maxsize=4096)
def renewed(known: str, read: str) -> str:
    """A lineage that is known, with the rules by which the article was read now."""
    if not known:
        return read
    rules = Lineage.from_text(read).rules if read else ()
    return Lineage.from_text(known)._replace(until=None, rules=rules).to_text()


def removed(old: Row, day: int) -> Row:
    """The row of an article that ceased to be on a day."""
    return old._replace(lineage=lineage_of(old)._replace(until=day).to_text())


def _updated(row: Row) -> int | None:
    text = row.updated
    return dt.date.fromisoformat(text).toordinal() - EPOCH if text else None


def as_of(segment: Segment, day: dt.date) -> Segment:
    """The segment with only those of its articles that there were to find on the day."""
    number = day.toordinal() - EPOCH
    lineages = segment.column("lineage")
    known = [Lineage.from_text(text) if text else Lineage(NO_DATE) for text in lineages.values]
    ordinals = lineages.ordinals
    first = np.array([one.version == 1 for one in known], dtype=bool)[ordinals]
    later = np.array([NO_DATE if one.since is None else one.since for one in known])[ordinals]
    ends = np.array([_EVER if one.until is None else one.until for one in known])[ordinals]
    # NO_DATE is below every day: what has no date was always there.
    begins = np.where(first, segment.dates, later)
    hidden = np.flatnonzero((begins > number) | (ends <= number)).astype(np.int32)
    return Segment(segment.path, np.union1d(segment.deleted, hidden))


def versions(live: Sequence[Segment], history: Sequence[Segment], article_id: str) -> list[Version]:
    """Every version of an article, the oldest first; none where there is no such article."""
    found: list[Version] = []
    for segment in (*history, *live):
        for doc in segment.docs_of(article_id):
            lineage = segment.lineage(doc) or Lineage(NO_DATE)
            since, until = lineage.span(int(segment.dates[doc]))
            found.append(
                Version(
                    lineage.version,
                    segment.article(doc),
                    _day(since),
                    _day(until),
                    _day(lineage.seen),
                    dict(lineage.rules),
                )
            )
    return sorted(found, key=lambda one: (one.number, one.until or dt.date.max))


def _day(number: int | None) -> dt.date | None:
    if number is None or number == NO_DATE:
        return None
    return dt.date.fromordinal(number + EPOCH)
