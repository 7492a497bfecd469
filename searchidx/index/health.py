"""Whether an index directory is whole: every file there, every checksum right, every count true."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from searchidx.errors import IndexCorrupt
from searchidx.index.manifest import Manifest
from searchidx.segment import Segment

__all__ = ["problems"]


def problems(directory: Path) -> list[str]:
    """What is wrong with the index, a line each; nothing for one that is whole.

    Reads every byte of it. Raises IndexNotFound where there is no index.
    """
    try:
        manifest = Manifest.read(directory)
    except IndexCorrupt as error:
        return [str(error)]
    found = []
    for entry in manifest.segments:
        try:
            deleted = entry.tombstones.read(directory) if entry.tombstones else None
            segment = Segment(directory / entry.file, deleted)
        except IndexCorrupt as error:
            found.append(str(error))
            continue
        damaged = segment.parts.damaged()
        found += [f"{segment.path}: the checksum of {part} does not agree" for part in damaged]
        if not damaged:
            found += [
                f"{segment.path}: {what}" for what in _contradictions(segment, entry.articles)
            ]
    found += _whoosh_problems(directory, manifest)
    return found


def _contradictions(segment: Segment, articles: int) -> list[str]:
    found = []
    if segment.article_count != articles:
        found.append(f"it has {segment.article_count} articles, the manifest says {articles}")
    for name in ("dates", "title_lengths", "body_lengths", "stored.record_ends", "ids.docs"):
        if len(segment.parts[name]) != segment.article_count:
            found.append(f"{name} has {len(segment.parts[name])} entries, not one an article")
    occurrences = int(segment.title_lengths.sum(dtype=np.int64)) + int(
        segment.body_lengths.sum(dtype=np.int64)
    )
    if int(segment.text.position_starts[-1]) != occurrences:
        found.append("the number of positions is not the number of words")
    if len(segment.deleted) and int(segment.deleted.max()) >= segment.article_count:
        found.append("an article is marked as deleted that it does not have")
    return found


def _whoosh_problems(directory: Path, manifest: Manifest) -> list[str]:
    expected = f"_MAIN_{manifest.generation}.toc"
    present = {path.name for path in directory.glob("_MAIN_*.toc")}
    if expected not in present:
        return [f"{directory / expected} is missing: Whoosh cannot open the index"]
    return [
        f"{directory / name} belongs to no generation of searchidx: has Whoosh written here?"
        for name in sorted(present - {expected})
    ]
