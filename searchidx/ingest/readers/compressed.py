"""Files compressed by gzip, bzip2, xz or zstandard: unpacked as a stream, with limits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, Literal, Protocol, cast

from searchidx.ingest.containers import Budget, ContainerError, Member, buffered
from searchidx.ingest.reading import OnLeftOut

__all__ = ["COMPRESSED_SUFFIXES", "CompressedFile", "Compression"]

Compression = Literal["gzip", "bzip2", "xz", "zstandard"]

COMPRESSED_SUFFIXES: dict[str, Compression] = {
    ".gz": "gzip",
    ".tgz": "gzip",
    ".bz2": "bzip2",
    ".tbz2": "bzip2",
    ".xz": "xz",
    ".txz": "xz",
    ".zst": "zstandard",
}
"""What files compressed so are called."""

_TAR_SUFFIXES = frozenset([".tgz", ".tbz2", ".txz"])
_PIECE = 64 * 1024
_ZSTANDARD_PIECE = 512  # what comes from a few bytes comes at once, and a block may be 128 KiB
_MEMORY = 128 * 1024**2  # that a decompressor may take for its window


class CompressedFile:
    """A container of one file."""

    def __init__(self, compression: Compression) -> None:
        self.compression = compression

    def members(
        self, file: BinaryIO, path: Path, left_out: OnLeftOut, budget: Budget, depth: int
    ) -> Iterator[Member]:
        """The one file inside, under the path of the file itself."""
        stream = _Stream(file, self.compression, budget, depth)
        yield Member(_inner_name(path.name), path, buffered(stream.take))


class _Decompressor(Protocol):
    """What zlib, bz2, lzma and zstandard objects have in common, or are made to have."""

    @property
    def eof(self) -> bool: ...

    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


class _Stream:
    """The unpacked bytes of a file, compressed in one stream or several end to end."""

    def __init__(
        self, file: BinaryIO, compression: Compression, budget: Budget, depth: int
    ) -> None:
        self._file = file
        self._compression = compression
        self._piece_size = _ZSTANDARD_PIECE if compression == "zstandard" else _PIECE
        self._budget = budget
        self._depth = depth
        self._waiting = b""
        self._decompressor: _Decompressor | None = _new(compression)

    def take(self, size: int) -> bytes:
        """Up to so many bytes; none at the end."""
        while self._decompressor is not None:
            # What bz2 and lzma are given too early they keep, however much it is.
            hungry = not self._waiting and getattr(self._decompressor, "needs_input", True)
            if hungry:
                self._waiting = self._file.read(self._piece_size)
            at_end = hungry and not self._waiting
            piece = self._piece(self._decompressor, size)
            self._budget.spend(len(piece))
            if self._decompressor.eof:
                self._begin_next()
            elif not piece and at_end:
                raise ContainerError(f"{self._compression} file that is cut short", self._depth)
            if piece:
                return piece
        return b""

    def _piece(self, decompressor: Any, size: int) -> bytes:
        try:
            data = cast(bytes, decompressor.decompress(self._waiting, size))
        except Exception as error:  # each library has its own
            if isinstance(error, OSError) and error.errno:
                raise
            raise ContainerError(f"damaged {self._compression} file", self._depth) from None
        # zlib gives back what it did not use; the others keep it.
        self._waiting = getattr(decompressor, "unconsumed_tail", b"")
        if decompressor.eof:
            self._waiting = decompressor.unused_data
        return data

    def _begin_next(self) -> None:
        """Go on with the next stream of the file, behind padding with zeros."""
        while True:
            self._waiting = self._waiting.lstrip(b"\x00")
            if self._waiting:
                break
            self._waiting = self._file.read(_PIECE)
            if not self._waiting:
                self._decompressor = None
                return
        self._decompressor = _new(self._compression)


class _Zstandard:
    """Zstandard's decompressor with the manners of the others."""

    def __init__(self) -> None:
        import zstandard

        self._object = zstandard.ZstdDecompressor(max_window_size=_MEMORY).decompressobj()
        self._out = b""
        self.eof = False
        self.unused_data = b""

    @property
    def needs_input(self) -> bool:
        return not self._out

    def decompress(self, data: bytes, max_length: int) -> bytes:
        if data:
            self._out = self._object.decompress(data)
        piece, self._out = self._out[:max_length], self._out[max_length:]
        if self._object.eof and not self._out:
            self.eof = True
            self.unused_data = self._object.unused_data
        return piece


def _new(compression: Compression) -> _Decompressor:
    if compression == "gzip":
        import zlib

        return zlib.decompressobj(wbits=31)
    if compression == "bzip2":
        import bz2

        return bz2.BZ2Decompressor()
    if compression == "xz":
        import lzma

        return lzma.LZMADecompressor(memlimit=_MEMORY)
    return _Zstandard()


def _inner_name(name: str) -> str:
    outer = PurePosixPath(name)
    suffix = outer.suffix.lower()
    if suffix not in COMPRESSED_SUFFIXES:
        return name
    return outer.stem + (".tar" if suffix in _TAR_SUFFIXES else "")
