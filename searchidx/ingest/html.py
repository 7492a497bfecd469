"""HTML pages: what the page says of itself, and trafilatura for the body."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from searchidx.ingest.encodings import declared_encoding, decode
from searchidx.ingest.findings import Findings
from searchidx.ingest.reading import OnLeftOut, Reading, read_whole
from searchidx.ingest.text import offer_body

__all__ = ["HtmlReader"]


class HtmlReader:
    suffixes = frozenset({".html", ".htm"})

    def read(self, file: BinaryIO, path: Path, left_out: OnLeftOut) -> Iterator[Reading]:
        import trafilatura
        from bs4 import BeautifulSoup

        data = read_whole(file)
        text = decode(data, declared_encoding(data))
        found = Findings()
        soup = BeautifulSoup(text, "lxml")
        heading = soup.find("h1")
        found.offer("title", heading.get_text(" ", strip=True) if heading else "", "h1")
        offer_body((trafilatura.extract(text) or "").split("\n"), found, "trafilatura")
        yield found.reading(path)
