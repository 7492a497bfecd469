"""The names that may stand before a colon."""

from __future__ import annotations

from searchidx.article import FIELD_NAMES

__all__ = ["FIELDS", "near_field"]

FIELDS: dict[str, str] = {name: name for name in FIELD_NAMES} | {
    "author": "authors",
    "outlet": "source",
    "lang": "language",
    "tag": "tags",
}
"""The names that may stand before a colon, and the fields that they mean."""


def near_field(name: str) -> str | None:
    """The field that was probably meant by a name that is none."""
    from rapidfuzz.distance import DamerauLevenshtein

    near = {field: DamerauLevenshtein.distance(name, field) for field in FIELDS}
    best = min(near, key=lambda field: (near[field], field))
    return best if near[best] <= max(1, len(name) // 3) else None
