"""JSON and JSON lines: records under the names of an article's fields, or others' names."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from searchidx.errors import ReadError
from searchidx.ingest.encodings import bom_encoding, decode
from searchidx.ingest.field_map import FieldMap
from searchidx.ingest.readers.feeds import is_json_feed, json_feed_readings
from searchidx.ingest.reading import (
    MAX_BYTES,
    LeftOut,
    OnLeftOut,
    Reading,
    beginning,
    read_whole,
)
from searchidx.ingest.records import record_fields, record_reading

__all__ = ["JsonLinesReader", "JsonReader"]

_RULE = "json field"
_MOST_BLANK = 1024**2
_LISTS = ("articles", "items", "results", "entries", "posts", "docs", "documents", "records")


class JsonReader:
    """One record, a list of records, or an object with a list of them under "articles" or so."""

    suffixes = frozenset({".json"})

    def __init__(self, names: FieldMap | None = None) -> None:
        self._names = names or FieldMap()

    def read(self, file: BinaryIO, path: Path, left_out: OnLeftOut) -> Iterator[Reading]:
        """A record that is no article costs that record; ``line`` of its LeftOut counts records."""
        data = read_whole(file)
        text = decode(data).removeprefix("\ufeff")
        try:
            content = _parsed(text)
        except ReadError:
            # Records one a line are often kept under this name too.
            if not _is_record(text.lstrip().split("\n", 1)[0]):
                raise
            yield from JsonLinesReader(self._names).read(io.BytesIO(data), path, left_out)
            return
        if is_json_feed(content):
            yield from json_feed_readings(content, path, left_out)
            return
        records = self._records(content)
        if records is None:
            yield _reading(content, path, self._names)
            return
        for number, record in enumerate(records, start=1):
            try:
                reading = _reading(record, path, self._names)
            except ReadError as error:
                left_out(LeftOut(path, error.reason, number))
            else:
                yield reading

    def _records(self, content: Any) -> list[Any] | None:
        """The records, where there are several; None where the content is one itself."""
        if isinstance(content, list):
            return content
        if not isinstance(content, dict):
            return None
        if isinstance(content.get("articles"), list):
            return list(content["articles"])
        fields, _ = record_fields(content, self._names, _RULE)
        if "title" in fields or "body" in fields:
            return None
        for name in _LISTS:
            records = content.get(name)
            if isinstance(records, list) and all(isinstance(one, dict) for one in records):
                return records
        return None


class JsonLinesReader:
    """A record a line, read line by line: a bad line costs that line."""

    suffixes = frozenset({".jsonl", ".ndjson"})

    def __init__(self, names: FieldMap | None = None) -> None:
        self._names = names or FieldMap()

    def read(self, file: BinaryIO, path: Path, left_out: OnLeftOut) -> Iterator[Reading]:
        """A line over MAX_BYTES is passed over without being held."""
        empty = True
        blank = 0  # bytes of empty lines since the last record
        for number, line in enumerate(_lines(file), start=1):
            if line is not None and not line.strip():
                blank += len(line)
                if blank > _MOST_BLANK:
                    raise ReadError("more than 1 MiB of empty lines")
                continue
            empty = False
            blank = 0
            try:
                if line is None:
                    raise ReadError(f"line larger than {MAX_BYTES // 1024**2} MiB")
                reading = _reading(_parsed(decode(line)), path, self._names)
            except ReadError as error:
                left_out(LeftOut(path, error.reason, number))
            else:
                yield reading
        if empty:
            raise ReadError("empty")


def _lines(file: BinaryIO) -> Iterator[bytes | None]:
    """The lines of a file as bytes of UTF-8 or as they are; None for one over the limit."""
    marked = bom_encoding(beginning(file, 4))
    if marked in ("utf-16", "utf-32"):
        wide = io.TextIOWrapper(file, marked, newline="\n")
        try:
            while text := wide.readline(MAX_BYTES):
                yield text.encode("utf-8", "replace")
        except UnicodeError:
            raise ReadError("unknown encoding") from None
        finally:
            wide.detach()
        return
    while line := file.readline(MAX_BYTES + 1):
        if len(line) <= MAX_BYTES:
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = file.readline(MAX_BYTES)
        yield None


def _parsed(text: str) -> Any:
    try:
        return json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        raise ReadError("not valid JSON") from None


def _is_record(line: str) -> bool:
    try:
        return isinstance(_parsed(line), dict)
    except ReadError:
        return False


def _reading(record: Any, path: Path, names: FieldMap) -> Reading:
    """The reading of one record. Raises ReadError where it is no article."""
    if not isinstance(record, Mapping):
        raise ReadError("record is not a JSON object")
    return record_reading(record, path, names, _RULE)
