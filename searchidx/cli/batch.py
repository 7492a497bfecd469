"""Files of queries: one a line, or a CSV with a column of queries and maybe one of names."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from searchidx.errors import QueryError

__all__ = ["NamedQuery", "read_batch"]

_QUERY_COLUMNS = ("query", "q", "text")
_DELIMITERS = ",;\t"


class NamedQuery(NamedTuple):
    """A query, the line of the file that it begins on, and what it is called.

    Where the file has no name for it, it is called by itself. No two of a file have one name.
    """

    name: str
    text: str
    line: int


class _Row(NamedTuple):
    line: int
    cells: list[str]


def read_batch(path_or_dash: str) -> list[NamedQuery]:
    """The queries of a file, ``-`` for standard input.

    A file that ends in ``.csv`` is read as CSV: with a header that has a column ``query`` its
    queries and the names of a column ``name``, without one its only column. Of any other file
    each line is a query, but for blank ones and those that begin with ``# ``. Raises QueryError
    where a line cannot be read, or there is no query at all.
    """
    if path_or_dash == "-":
        where, raw = "standard input", sys.stdin.buffer.read()
    else:
        where, raw = path_or_dash, Path(path_or_dash).read_bytes()
    text = _decoded(raw, where)
    read = _of_csv if path_or_dash.lower().endswith(".csv") else _of_lines
    named = list(_distinct(read(text, where)))
    if not named:
        raise QueryError(f"{where} has no query in it: write one a line")
    return named


def _decoded(raw: bytes, where: str) -> str:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # A byte order mark is cut before it counts.
        at = len(raw) - len(error.object) + error.start
    else:
        # Half of UTF-16 is NUL, and would be read as words of one letter.
        at = raw.find(b"\0")
        if at < 0:
            return text
    # Only what stands before it tells of lines, so "\r" alone ends one too.
    line = len((raw[:at] + b".").splitlines())
    raise QueryError(f"{where}, line {line}: not UTF-8: save the file as UTF-8")


def _of_lines(text: str, _: str) -> Iterator[NamedQuery]:
    import io

    # Not splitlines: a pasted query may hold what only that takes for the end of a line.
    for number, line in enumerate(io.StringIO(text, newline=None), 1):
        query = line.strip()
        if query and not query.startswith(("# ", "#\t")) and query != "#":
            yield NamedQuery(query, query, number)


def _of_csv(text: str, where: str) -> Iterator[NamedQuery]:
    rows = iter(_rows(text, where))
    first = next(rows, None)
    if first is None:
        return
    header = [cell.lower() for cell in first.cells]
    at = next((header.index(one) for one in _QUERY_COLUMNS if one in header), None)
    if at is None:
        for row in (first, *rows):
            yield _only_query(row, where)
        return
    names = header.index("name") if "name" in header else None
    for row in rows:
        yield _named_query(row, at, names, len(header), where)


def _rows(text: str, where: str) -> Iterator[_Row]:
    """The rows that hold something, without the empty cells at their ends."""
    import csv
    import io

    # A quote out of place is an error: else it would cut a query, or swallow the next ones.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    line = 1
    try:
        for cells in reader:
            cells = [cell.strip() for cell in cells]
            while cells and not cells[-1]:
                cells.pop()
            if cells:
                yield _Row(line, cells)
            line = reader.line_num + 1
    except csv.Error as error:
        raise QueryError(
            f"{where}, line {line}: {error}: put a query in quotes and write each quote in it "
            "twice, or give the file another ending than .csv"
        ) from None


def _delimiter(text: str) -> str:
    """The comma, unless only another one shows a header; spreadsheets write those too."""
    header = text.lstrip().partition("\n")[0].lower()
    for delimiter in _DELIMITERS:
        cells = [cell.strip().strip('"') for cell in header.split(delimiter)]
        if len(cells) > 1 and not set(cells).isdisjoint(_QUERY_COLUMNS):
            return delimiter
    return ","


def _only_query(row: _Row, where: str) -> NamedQuery:
    if len(row.cells) > 1:
        raise QueryError(
            f"{where}, line {row.line}: {len(row.cells)} cells, and no header that says which is "
            "the query: begin the file with 'name,query', or put a query with commas in quotes"
        )
    (query,) = row.cells
    return NamedQuery(query, query, row.line)


def _named_query(row: _Row, at: int, names: int | None, columns: int, where: str) -> NamedQuery:
    if len(row.cells) > columns:
        raise QueryError(
            f"{where}, line {row.line}: {len(row.cells)} cells, but {columns} in the header: put "
            "a query with commas in quotes"
        )
    query = row.cells[at] if len(row.cells) > at else ""
    if not query:
        raise QueryError(f"{where}, line {row.line}: no query: write one, or delete the line")
    name = row.cells[names] if names is not None and len(row.cells) > names else ""
    return NamedQuery(name or query, query, row.line)


def _distinct(found: Iterable[NamedQuery]) -> Iterator[NamedQuery]:
    """Each with a name of one line that none before it has."""
    taken: set[str] = set()
    last: dict[str, int] = {}
    for one in found:
        plain = name = " ".join(one.name.splitlines())
        while name in taken:
            last[plain] = last.get(plain, 1) + 1
            name = f"{plain} ({last[plain]})"
        taken.add(name)
        yield one._replace(name=name)
