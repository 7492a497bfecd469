"""Files of queries: one a line, or a CSV with a column of queries and maybe one of names."""

from __future__ import annotations

import csv
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from searchidx.errors import QueryError

__all__ = ["NamedQuery", "read_batch"]

_QUERY_COLUMNS = ("query", "q", "text")


class NamedQuery(NamedTuple):
    """A query and what it is called: by itself where the file has no name for it."""

    name: str
    text: str


def read_batch(path: str) -> list[NamedQuery]:
    """The queries of a file, ``-`` for standard input.

    A file that ends in ``.csv`` is read as CSV: with a header that has a column ``query`` its
    queries and the names of a column ``name``, without one the first column. Of any other file
    each line is a query, but for blank ones and those that begin with ``# ``. Raises QueryError
    where there is no query in it, or it is not UTF-8.
    """
    try:
        raw = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise QueryError(f"{path}, line {line}: not UTF-8: save the file as UTF-8") from None
    found = _of_csv(text) if path.lower().endswith(".csv") else _of_lines(text)
    if not found:
        raise QueryError(f"{path} has no query in it: write one a line")
    times: Counter[str] = Counter()
    named = []
    for name, query in found:
        times[name] += 1
        named.append(NamedQuery(name if times[name] == 1 else f"{name} ({times[name]})", query))
    return named


def _of_lines(text: str) -> list[tuple[str, str]]:
    lines = (line.strip() for line in text.splitlines())
    return [(line, line) for line in lines if line and not line.startswith("# ")]


def _of_csv(text: str) -> list[tuple[str, str]]:
    rows = [row for row in csv.reader(text.splitlines(keepends=True)) if any(map(str.strip, row))]
    if not rows:
        return []
    header = [cell.strip().lower() for cell in rows[0]]
    at = next((header.index(name) for name in _QUERY_COLUMNS if name in header), None)
    names = header.index("name") if at is not None and "name" in header else None
    found = []
    for row in rows if at is None else rows[1:]:
        query = row[at or 0].strip() if len(row) > (at or 0) else ""
        name = row[names].strip() if names is not None and len(row) > names else ""
        if query:
            found.append((name or query, query))
    return found
