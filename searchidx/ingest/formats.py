"""Which reader a file is for, and the reading of files inside other files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path, PurePath
from typing import BinaryIO, cast

from searchidx.errors import ReadError
from searchidx.ingest.containers import MAX_DEPTH, Budget, Container, ContainerError
from searchidx.ingest.field_map import FieldMap
from searchidx.ingest.plugins import plugin_for
from searchidx.ingest.readers.archives import TarArchive, ZipArchive
from searchidx.ingest.readers.compressed import COMPRESSED_SUFFIXES, CompressedFile, Compression
from searchidx.ingest.readers.csv_records import CsvReader
from searchidx.ingest.readers.docx import DocxReader
from searchidx.ingest.readers.feeds import FeedReader
from searchidx.ingest.readers.html import HtmlReader
from searchidx.ingest.readers.json_records import JsonLinesReader, JsonReader
from searchidx.ingest.readers.mail import MailReader, MboxReader
from searchidx.ingest.readers.markdown import MarkdownReader
from searchidx.ingest.readers.pdf import PdfReader
from searchidx.ingest.readers.text import TextReader
from searchidx.ingest.readers.warc import WarcReader
from searchidx.ingest.reading import LeftOut, OnLeftOut, Reader, Reading, beginning
from searchidx.ingest.sniff import SNIFFED_BYTES, Content, binary_kind, content_of

__all__ = ["Formats"]

_TEXT, _HTML, _MARKDOWN, _FEED = TextReader(), HtmlReader(), MarkdownReader(), FeedReader()
_MAIL, _MBOX, _WARC, _PDF, _DOCX = (
    MailReader(),
    MboxReader(),
    WarcReader(),
    PdfReader(),
    DocxReader(),
)
_ZIP, _TAR = ZipArchive(), TarArchive()
_COMPRESSED = {kind: CompressedFile(kind) for kind in COMPRESSED_SUFFIXES.values()}
_ALWAYS_SO: dict[Content, Reader] = {"feed": _FEED, "mbox": _MBOX, "warc": _WARC}

_Format = Reader | Container


class Formats:
    """Every format that is read. ``field_map`` goes from others' names of fields to ours."""

    def __init__(self, field_map: Mapping[str, str] | None = None) -> None:
        names = FieldMap(field_map or {})
        self._json = JsonReader(names)
        self._json_lines = JsonLinesReader(names)
        readers = (_TEXT, _HTML, _MARKDOWN, _FEED, _MAIL, _MBOX, _WARC, _PDF, _DOCX)
        records = (self._json, self._json_lines, CsvReader(names))
        self._by_suffix: dict[str, _Format] = {
            suffix: cast(Reader, reader)
            for reader in (*readers, *records)
            for suffix in reader.suffixes
        }
        self._by_suffix |= {
            suffix: _COMPRESSED[kind] for suffix, kind in COMPRESSED_SUFFIXES.items()
        }
        self._by_suffix |= {".zip": _ZIP, ".tar": _TAR}

    def read(
        self, file: BinaryIO, path: Path, left_out: OnLeftOut, budget: Budget
    ) -> Iterator[Reading]:
        """The articles of an open file, and of the files inside it.

        Raises ReadError where the file, or the rest of it, cannot be read.
        """
        try:
            yield from self._read(file, path, path.name, left_out, budget, 0)
        finally:
            if budget.too_deep:
                # Once a file, not once a member: a bomb has thousands of them.
                left_out(LeftOut(path, f"archives nested more than {MAX_DEPTH} deep"))

    def _read(
        self,
        file: BinaryIO,
        path: Path,
        name: str,
        left_out: OnLeftOut,
        budget: Budget,
        depth: int,
    ) -> Iterator[Reading]:
        form = self._format(PurePath(name).suffix.lower(), beginning(file, SNIFFED_BYTES))
        if isinstance(form, ZipArchive | TarArchive | CompressedFile):
            yield from self._read_members(form, file, path, left_out, budget, depth)
        else:
            yield from cast(Reader, form).read(file, path, left_out)

    def _read_members(
        self,
        container: Container,
        file: BinaryIO,
        path: Path,
        left_out: OnLeftOut,
        budget: Budget,
        depth: int,
    ) -> Iterator[Reading]:
        if depth == MAX_DEPTH:
            budget.too_deep = True
            return
        for member in container.members(file, path, left_out, budget, depth):
            below = depth + 1
            if isinstance(container, CompressedFile) and _is_tar(member.file, member.name):
                below = depth  # a .tar.gz is one archive
            try:
                yield from self._read(
                    member.file, member.path, member.name, left_out, budget, below
                )
            except ContainerError as error:
                if error.depth <= depth:
                    raise
                left_out(LeftOut(member.path, error.reason))
            except ReadError as error:
                left_out(LeftOut(member.path, error.reason))
            except OSError:
                raise
            except Exception as error:  # a fault of ours costs the member that shows it
                left_out(LeftOut(member.path, f"cannot be read ({type(error).__name__})"))

    def _format(self, suffix: str, head: bytes) -> _Format:
        """What the file holds, or else what it is called. Raises ReadError."""
        named = self._by_suffix.get(suffix)
        binary = binary_kind(head)
        found = self._by_content(named, suffix, binary, head)
        if found is None and named is None:
            found = plugin_for(suffix, head)
        if found is not None:
            return found
        if named is None:
            raise ReadError(f"unknown file type {suffix}".rstrip())
        if binary is not None and named not in (_PDF, _DOCX, _ZIP, _TAR, *_COMPRESSED.values()):
            raise ReadError(f"binary file ({binary})")
        return named

    def _by_content(
        self, named: _Format | None, suffix: str, binary: str | None, head: bytes
    ) -> _Format | None:
        """The format that the beginning of a file shows, where its name does not forbid it."""
        if binary is not None:
            return self._by_magic(named, suffix, binary)
        if named is self._json_lines:
            return named
        content = content_of(head)
        if content is None:
            return None
        if content in _ALWAYS_SO:
            return _ALWAYS_SO[content]
        if content == "html" and not (named is _MARKDOWN and b"<html" not in head.lower()):
            return _HTML
        if content == "json" and named in (None, _HTML, self._json):
            return self._json
        if content == "front matter" and named in (None, _HTML):
            return _MARKDOWN
        return _MAIL if content == "mail" and named is None else None

    def _by_magic(self, named: _Format | None, suffix: str, binary: str) -> _Format | None:
        if named is self._json_lines and binary == "unknown kind":
            return named
        packed = named in (_ZIP, _TAR, *_COMPRESSED.values())
        if not packed and not (named is None and not suffix) and binary != "pdf":
            # A zip may be an office document, and one of an unknown name is not searched.
            return None
        if binary == "zip":
            return _ZIP
        if binary == "tar":
            return _TAR
        if binary == "pdf" and (packed or named is None):
            return _PDF
        return _COMPRESSED.get(cast(Compression, binary))


def _is_tar(file: BinaryIO, name: str) -> bool:
    return name.lower().endswith(".tar") or binary_kind(beginning(file, SNIFFED_BYTES)) == "tar"
