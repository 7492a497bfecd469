"""Zip and tar archives: each file inside is read by the reader of its own format."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from searchidx.errors import ReadError
from searchidx.ingest.containers import (
    MAX_MEMBERS,
    Budget,
    ContainerError,
    Member,
    buffered,
    in_memory,
    member_path,
)
from searchidx.ingest.reading import LeftOut, OnLeftOut

if TYPE_CHECKING:
    import tarfile
    import zipfile

__all__ = ["TarArchive", "ZipArchive", "open_zip"]

_END_MARK = b"PK\x05\x06"
_END_SIZE = 22
_LONGEST_COMMENT = 65_535
_LARGEST_DIRECTORY = 16 * 1024**2
_LONGEST_TAR_NAME = 1024**2
_NAME_TYPES = (b"x", b"g", b"X", b"L", b"K")  # headers that hold names and not a file
_ENCRYPTED = 1


class ZipArchive:
    """Files stored or deflated, which is how nearly every zip keeps them."""

    def members(
        self, file: BinaryIO, path: Path, left_out: OnLeftOut, budget: Budget, depth: int
    ) -> Iterator[Member]:
        """The files in the order of the archive's directory."""
        with open_zip(in_memory(file)) as archive:
            if "word/document.xml" in archive.NameToInfo:
                raise ReadError("DOCX under another name: rename it to end in .docx")
            _check_overlaps(archive.filelist)
            files = [info for info in archive.filelist if not info.filename.endswith("/")]
            if not files:
                raise ReadError("archive without files")
            for info in files:
                shown = member_path(path, info.filename)
                if shown is None:
                    continue
                budget.count_member()
                try:
                    stream = _open_member(archive, info)
                except ReadError as error:
                    left_out(LeftOut(shown, error.reason))
                    continue
                yield Member(shown.name, shown, buffered(_ZipMember(stream, budget).take))


class _ZipMember:
    """A member's bytes, counted; damage costs this member alone."""

    def __init__(self, stream: BinaryIO, budget: Budget) -> None:
        self._stream = stream
        self._budget = budget

    def take(self, size: int) -> bytes:
        try:
            piece = self._stream.read(size)
        except Exception as error:  # zlib's, zipfile's, and EOFError at a cut
            if isinstance(error, ReadError) or (isinstance(error, OSError) and error.errno):
                raise
            raise ReadError("damaged in its archive") from None
        self._budget.spend(len(piece))
        return piece


def open_zip(file: BinaryIO) -> zipfile.ZipFile:
    """The archive, its directory read. Raises ReadError where it is damaged or too large."""
    import zipfile

    _check_directory(file)
    try:
        archive = zipfile.ZipFile(file)
    except Exception as error:  # damage shows as nearly anything
        if isinstance(error, OSError) and error.errno:
            raise
        raise ReadError("damaged or truncated zip") from None
    if len(archive.filelist) > MAX_MEMBERS:
        raise ReadError(f"holds more than {MAX_MEMBERS} files")
    return archive


def _check_directory(file: BinaryIO) -> None:
    """Refuse a directory that would fill the memory: zipfile holds all of it at once."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _END_SIZE - _LONGEST_COMMENT))
    end = file.read()
    at = end.rfind(_END_MARK)
    if at < 0:
        raise ReadError("damaged or truncated zip")
    directory_size = int.from_bytes(end[at + 12 : at + 16], "little")
    if directory_size == 0xFFFFFFFF:  # the record before this one, of zip64, has the true size
        wide = end.rfind(b"PK\x06\x06", 0, at)
        directory_size = int.from_bytes(end[wide + 40 : wide + 48], "little") if wide >= 0 else size
    if directory_size > _LARGEST_DIRECTORY:
        raise ReadError(f"holds more than {MAX_MEMBERS} files")
    file.seek(0)


def _check_overlaps(members: list[zipfile.ZipInfo]) -> None:
    """Refuse an archive in which files share bytes: a small one can then hold millions."""
    placed = sorted((info.header_offset, info.compress_size) for info in members)
    for (begin, size), (following, _) in pairwise(placed):
        if begin + size >= following:
            raise ReadError("zip whose files overlap")


def _open_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> BinaryIO:
    import zipfile

    if info.flag_bits & _ENCRYPTED:
        raise ReadError("encrypted")
    if stat.S_ISLNK(info.external_attr >> 16):
        raise ReadError("symbolic link in an archive")
    # The other methods are unpacked without a limit on what one read may give.
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ReadError("compressed by an unusual method")
    try:
        return archive.open(info)  # type: ignore[return-value]  # as good as a BinaryIO
    except Exception as error:  # damage shows as nearly anything
        if isinstance(error, OSError) and error.errno:
            raise
        raise ReadError("damaged in its archive") from None


class TarArchive:
    """A tape archive, read as a stream from front to end."""

    def members(
        self, file: BinaryIO, path: Path, left_out: OnLeftOut, budget: Budget, depth: int
    ) -> Iterator[Member]:
        """The regular files in the order in which they lie."""
        import tarfile

        header = _header_class()
        empty = True
        try:
            with tarfile.open(fileobj=file, mode="r|", tarinfo=header) as archive:
                for info in archive:
                    # The list of what has passed would grow with the archive.
                    archive.members = []  # type: ignore[attr-defined]
                    if info.isdir():
                        continue
                    empty = False
                    budget.count_member()
                    shown = member_path(path, info.name)
                    if shown is None:
                        continue
                    reason = _unreadable(info)
                    if reason:
                        left_out(LeftOut(shown, reason))
                        continue
                    member = archive.extractfile(info)
                    if member is not None:
                        take = _TarMember(member, depth).take  # type: ignore[arg-type]
                        yield Member(shown.name, shown, buffered(take))
        except (tarfile.TarError, RecursionError, EOFError, ValueError, OverflowError):
            raise ContainerError("damaged or truncated tar", depth) from None
        if not header.at_end:
            # tarfile takes a header that it cannot read for the end.
            raise ContainerError("damaged or truncated tar", depth)
        if empty:
            raise ReadError("archive without files")


class _TarMember:
    """A member's bytes. Damage costs the rest of the archive, for nothing can be skipped."""

    def __init__(self, stream: BinaryIO, depth: int) -> None:
        self._stream = stream
        self._depth = depth

    def take(self, size: int) -> bytes:
        import tarfile

        try:
            return self._stream.read(size)
        except (tarfile.TarError, EOFError, ValueError):
            raise ContainerError("damaged or truncated tar", self._depth) from None


def _unreadable(info: tarfile.TarInfo) -> str:
    if info.issym():
        return "symbolic link in an archive"
    if info.islnk():
        return "hard link in an archive"
    if info.issparse():
        return "sparse file in an archive"
    return "" if info.isreg() else "not a regular file"


def _header_class() -> Any:
    """Tar's header, for one archive: it knows whether the archive's end has been seen.

    It also limits long names, which tarfile would read whole, whatever their length. Made when it
    is needed: importing tarfile takes a fifth of Python's own start.
    """
    import tarfile

    class Header(tarfile.TarInfo):
        at_end = False

        @classmethod
        def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Header:
            cls.at_end = len(buf) == tarfile.BLOCKSIZE and not any(buf)
            header = super().frombuf(buf, encoding, errors)
            if header.type in _NAME_TYPES and header.size > _LONGEST_TAR_NAME:
                raise tarfile.ReadError("name too long")
            return header

    return Header
