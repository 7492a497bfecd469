"""JSON and JSON lines: records under the names of an article's fields."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from searchidx.article import FIELD_NAMES, Article
from searchidx.errors import ArticleInvalid, ReadError
from searchidx.ingest.encodings import bom_encoding, decode
from searchidx.ingest.language import language_of
from searchidx.ingest.reading import MAX_BYTES, LeftOut, OnLeftOut, Reading, read_whole

__all__ = ["JsonLinesReader", "JsonReader"]

_RULE = "json field"


class JsonReader:
    """One record, a list of records, or an object with a list of them under "articles"."""

    suffixes = frozenset({".json"})

    def read(self, file: BinaryIO, path: Path, left_out: OnLeftOut) -> Iterator[Reading]:
        """A record that is no article costs that record; ``line`` of its LeftOut counts records."""
        text = decode(read_whole(file)).removeprefix("\ufeff")
        try:
            content = _parsed(text)
        except ReadError:
            # Records one a line are often kept under this name too.
            if not _is_record(text.lstrip().split("\n", 1)[0]):
                raise
            file.seek(0)
            yield from JsonLinesReader().read(file, path, left_out)
            return
        if isinstance(content, dict) and isinstance(content.get("articles"), list):
            content = content["articles"]
        if not isinstance(content, list):
            yield _reading(content, path)
            return
        for number, record in enumerate(content, start=1):
            try:
                reading = _reading(record, path)
            except ReadError as error:
                left_out(LeftOut(path, error.reason, number))
            else:
                yield reading


class JsonLinesReader:
    """A record a line, read line by line: a bad line costs that line."""

    suffixes = frozenset({".jsonl", ".ndjson"})

    def read(self, file: BinaryIO, path: Path, left_out: OnLeftOut) -> Iterator[Reading]:
        """A line over MAX_BYTES is passed over without being held."""
        empty = True
        for number, line in enumerate(_lines(file), start=1):
            if line is not None and not line.strip():
                continue
            empty = False
            try:
                if line is None:
                    raise ReadError(f"line larger than {MAX_BYTES // 1024**2} MiB")
                reading = _reading(_parsed(decode(line)), path)
            except ReadError as error:
                left_out(LeftOut(path, error.reason, number))
            else:
                yield reading
        if empty:
            raise ReadError("empty")


def _lines(file: BinaryIO) -> Iterator[bytes | None]:
    """The lines of a file as bytes of UTF-8 or as they are; None for one over the limit."""
    marked = bom_encoding(file.read(4))
    file.seek(0)
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


def _reading(record: Any, path: Path) -> Reading:
    """The reading of one record. Raises ReadError where it is no article."""
    if not isinstance(record, Mapping):
        raise ReadError("record is not a JSON object")
    rules = {name: _RULE for name in FIELD_NAMES if record.get(name)}
    try:
        article = Article.from_dict(record)
        if not article.language:
            language = language_of(f"{article.title}\n{article.body}")
            if language:
                article = Article.from_dict({**record, "language": language})
                rules["language"] = "script"
        json.dumps(article.to_dict(), ensure_ascii=False).encode("utf-8")
    except ArticleInvalid as error:
        raise ReadError(str(error)) from None
    except UnicodeEncodeError:
        raise ReadError("text with half a character (a lone surrogate)") from None
    return Reading(article, path, rules)
