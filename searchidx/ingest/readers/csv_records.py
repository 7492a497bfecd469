"""Tables as text, CSV and TSV: a row is a record, the header has the names of its fields."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from searchidx.errors import ReadError
from searchidx.ingest.encodings import decode
from searchidx.ingest.field_map import FieldMap
from searchidx.ingest.reading import MAX_BYTES, LeftOut, OnLeftOut, Reading
from searchidx.ingest.records import record_reading

__all__ = ["CsvReader"]

_DELIMITERS = ",;\t|"
_RULE = "column"
_MOST_RETRIES = 100
_SEPARATOR_LINE = "sep="


class CsvReader:
    """An article a row. The delimiter is the one by which the header names most fields."""

    suffixes = frozenset({".csv", ".tsv", ".tab"})

    def __init__(self, names: FieldMap | None = None) -> None:
        self._names = names or FieldMap()

    def read(self, file: BinaryIO, path: Path, left_out: OnLeftOut) -> Iterator[Reading]:
        """A row that is no article, or has not as many cells as the header, costs that row."""
        # The limit is one of the process, and may only grow: others may rely on theirs.
        csv.field_size_limit(max(csv.field_size_limit(), MAX_BYTES))
        rows = _Rows(_text_lines(file))
        header = self._header(rows)
        empty = True
        for line, cells, reason in rows.after_header(len(header)):
            empty = False
            try:
                if reason:
                    raise ReadError(reason)
                record = dict(zip(header, cells, strict=True))
                yield record_reading(record, path, self._names, _RULE, cells=True)
            except ReadError as error:
                left_out(LeftOut(path, error.reason, line))
        if empty:
            raise ReadError("no rows below the header")

    def _header(self, rows: _Rows) -> list[str]:
        """The names of the columns. Raises ReadError where none is for a title or a body."""
        first = rows.next_line()
        while first is not None and not first.strip():
            first = rows.next_line()
        if first is None:
            raise ReadError("empty")
        told = first.strip().strip('"').lower()
        if told.startswith(_SEPARATOR_LINE) and len(told) == len(_SEPARATOR_LINE) + 1:
            rows.delimiter = told[-1]  # as Excel writes it
            first = rows.next_line() or ""
        else:
            rows.delimiter = max(_DELIMITERS, key=lambda one: self._fit(first, one))
        header = [name.strip() for name in _cells(first, rows.delimiter)]
        fields = [self._names.field_of(name) for name in header]
        if "title" not in fields and "body" not in fields:
            raise ReadError("no column for a title or a body in its first line")
        return [name or f"column {place}" for place, name in enumerate(header, start=1)]

    def _fit(self, line: str, delimiter: str) -> tuple[int, int]:
        cells = _cells(line, delimiter)
        return sum(self._names.field_of(cell.strip()) is not None for cell in cells), len(cells)


class _Rows:
    """Rows from lines. A quotation mark that never closes costs one line, not all that follow."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._again: list[str] = []  # lines to be read once more, the next one last
        self._row: list[str] = []  # lines of the present row
        self._size = 0
        self._unclosed = False  # a quotation mark, at the end of the file
        self._number = 0
        self.delimiter = ","

    def next_line(self) -> str | None:
        """The next line; None at the end."""
        line = self._again.pop() if self._again else next(self._lines, None)
        if line is not None:
            self._number += 1
        return line

    def after_header(self, width: int) -> Iterator[tuple[int, list[str], str]]:
        """The line where each row begins, its cells, and what is wrong with it."""
        retries = 0
        while True:
            self._row, self._size, self._unclosed = [], 0, False
            cells, reason = self._next_row()
            if not self._row:
                return
            begin = self._number - len(self._row) + 1
            if not reason and not any(map(str.strip, cells)):
                continue
            if self._unclosed:
                reason = "row with a quotation mark that is never closed"
            elif not reason and len(cells) != width:
                more = "more" if len(cells) > width else "fewer"
                reason = f"row with {more} cells than the header"
            if reason and len(self._row) > 1 and retries < _MOST_RETRIES:
                retries += 1
                self._again += reversed(self._row[1:])
                self._number = begin
            yield begin, cells, reason

    def _next_row(self) -> tuple[list[str], str]:
        try:
            return next(csv.reader(self._row_lines(), delimiter=self.delimiter), []), ""
        except csv.Error:
            return [], "row that cannot be read"

    def _row_lines(self) -> Iterator[str]:
        while (line := self.next_line()) is not None:
            self._size += len(line)
            self._row.append(line)
            if self._size > MAX_BYTES:
                raise csv.Error("row too large")
            yield line
        # A row that is asked for more than there is stands open.
        self._unclosed = bool(self._row)


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _text_lines(file: BinaryIO) -> Iterator[str]:
    """The lines of a table: decoded as a whole where it is small, else each by itself."""
    begun = file.read(MAX_BYTES + 1)
    if not begun.strip():
        raise ReadError("empty")
    if len(begun) <= MAX_BYTES:
        yield from io.StringIO(decode(begun).removeprefix("\ufeff"), newline="")
        return
    at = 0
    while (end := begun.find(b"\n", at)) >= 0:
        yield decode(begun[at : end + 1]).removeprefix("\ufeff")
        at = end + 1
    line = begun[at:] + file.readline(MAX_BYTES)
    while line:
        yield decode(line)
        line = file.readline(MAX_BYTES)
