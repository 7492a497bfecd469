"""Facts about an index, counted over its segments."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from searchidx.index.manifest import Manifest
from searchidx.segment import NO_DATE, Segment

__all__ = ["IndexStats", "stats_of"]


class IndexStats(NamedTuple):
    """Facts about an index. ``size`` is in bytes; ``words`` counts distinct words per segment,
    ``versions`` what articles were before, ``withheld`` what was taken down."""

    articles: int
    deleted: int
    segments: int
    generation: int
    size: int
    words: int
    first_date: dt.date | None
    last_date: dt.date | None
    outlets: tuple[tuple[str, int], ...]
    languages: tuple[tuple[str, int], ...]
    sources: tuple[str, ...]
    versions: int
    withheld: int


def stats_of(directory: Path, manifest: Manifest, segments: Sequence[Segment]) -> IndexStats:
    """The facts about one generation."""
    outlets: Counter[str] = Counter()
    languages: Counter[str] = Counter()
    days: list[int] = []
    for segment in segments:
        dates = segment.dates[segment.live_docs()]
        dates = dates[dates != NO_DATE]
        days += [int(dates.min()), int(dates.max())] if len(dates) else []
        for counter, name in ((outlets, "source"), (languages, "language")):
            column = segment.column(name)
            counts = np.bincount(column.ordinals[segment.live_docs()])
            for value, count in zip(column.values, counts.tolist(), strict=False):
                if count:
                    counter[value or "(none)"] += count
    epoch = np.datetime64("1970-01-01", "D")
    return IndexStats(
        articles=manifest.article_count,
        deleted=sum(entry.articles - entry.live for entry in manifest.segments),
        segments=len(manifest.segments),
        generation=manifest.generation,
        size=sum((directory / name).stat().st_size for name in manifest.files),
        words=sum(len(segment.text.surfaces) for segment in segments),
        first_date=(epoch + min(days)).item() if days else None,
        last_date=(epoch + max(days)).item() if days else None,
        outlets=tuple(outlets.most_common()),
        languages=tuple(languages.most_common()),
        sources=manifest.sources,
        versions=sum(entry.live for entry in manifest.history),
        withheld=len(manifest.withheld),
    )
