"""WARC, what web archives keep: each page that was served is an article. Needs warcio."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

from searchidx.errors import ReadError
from searchidx.ingest.readers.html import HtmlReader
from searchidx.ingest.reading import MAX_BYTES, LeftOut, OnLeftOut, Reading

__all__ = ["WarcReader"]

_PAGES = ("text/html", "application/xhtml+xml")
_HTML = HtmlReader()


class WarcReader:
    """The pages of an archive: records of responses with status 200 that are HTML.

    A page's address is the one that it was fetched from. When that was is not the article's date.
    """

    suffixes = frozenset({".warc"})

    def read(self, file: BinaryIO, path: Path, left_out: OnLeftOut) -> Iterator[Reading]:
        """A bad page costs that page; ``line`` of its LeftOut counts records."""
        pages = 0
        for number, record in _records(file):
            if not _is_page(record):
                continue
            pages += 1
            try:
                yield _reading(record, path)
            except ReadError as error:
                left_out(LeftOut(path, error.reason, number))
        if not pages:
            raise ReadError("WARC without HTML pages")


def _records(file: BinaryIO) -> Iterator[tuple[int, Any]]:
    try:
        from warcio.archiveiterator import ArchiveIterator
    except ImportError:
        raise ReadError('WARC needs pip install "searchidx[warc]"') from None
    number = 0
    records: Any = None
    while True:
        # warcio writes what it finds odd to standard error.
        with contextlib.redirect_stderr(io.StringIO()):
            try:
                records = ArchiveIterator(file) if records is None else records
                record = next(records)
            except StopIteration:
                return
            except (ReadError, OSError):
                raise
            except Exception as error:  # a third party's parser, and any archive at all
                raise ReadError(f"damaged WARC ({type(error).__name__})") from None
        number += 1
        yield number, record


def _is_page(record: Any) -> bool:
    headers = record.http_headers
    if record.rec_type != "response" or headers is None or headers.get_statuscode() != "200":
        return False
    kind = (headers.get_header("Content-Type") or "").split(";")[0].strip().lower()
    return kind in _PAGES


def _reading(record: Any, path: Path) -> Reading:
    try:
        data = record.content_stream().read(MAX_BYTES + 1)
    except (ReadError, OSError):
        raise
    except Exception as error:  # a third party's parser, and any page at all
        raise ReadError(f"damaged WARC record ({type(error).__name__})") from None
    reading = next(_HTML.read(io.BytesIO(data), path, lambda what: None))
    url = record.rec_headers.get_header("WARC-Target-URI") or ""
    url = url.strip("<> ")  # so written by WARC 1.0's own examples
    if not url.startswith(("http://", "https://")):
        return reading
    # Without its id, so that the page is known by the address.
    article = reading.article.with_fields(url=url, id="")
    return replace(reading, article=article, rules={**reading.rules, "url": "warc-target-uri"})
