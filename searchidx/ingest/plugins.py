"""Readers of formats that other packages bring, by the entry point group ``searchidx.readers``."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from searchidx.errors import ReadError
from searchidx.ingest.reading import OnLeftOut, Reader, Reading

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

__all__ = ["GROUP", "plugin_for"]

GROUP = "searchidx.readers"
"""The entry point group. An entry is a reader, or a class that makes one without arguments."""


def plugin_for(suffix: str, head: bytes) -> Reader | None:
    """The first reader that recognises how a file begins, or else that has its suffix.

    A reader that cannot be loaded, or that fails in recognising, costs a warning and is then
    passed over.
    """
    readers = _readers()
    for reader in list(readers.values()):
        if reader.recognises(head):
            return reader
    return next((one for one in readers.values() if suffix and suffix in one.suffixes), None)


@cache
def _readers() -> dict[str, _Plugin]:
    """The readers by the names of their entries, looked up once, when a file first needs it."""
    from importlib.metadata import entry_points

    readers: dict[str, _Plugin] = {}
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: (entry.name, entry.value)):
        try:
            readers.setdefault(entry.name, _Plugin(entry))
        except Exception as error:  # whatever a stranger's code raises
            _warn(entry.name, error)
    return readers


class _Plugin:
    """A stranger's reader, whose failures stay its own."""

    def __init__(self, entry: EntryPoint) -> None:
        self._name = entry.name
        loaded = entry.load()
        self._reader: Any = loaded() if isinstance(loaded, type) else loaded
        if not callable(getattr(self._reader, "read", None)):
            raise TypeError("it has no method read")
        self.suffixes = frozenset(map(str.lower, self._reader.suffixes))
        self._recognises = getattr(self._reader, "recognises", None)

    def recognises(self, head: bytes) -> bool:
        """Whether the reader says that a file that begins so is its own."""
        try:
            return self._recognises is not None and bool(self._recognises(head))
        except Exception as error:  # whatever a stranger's code raises
            _warn(self._name, error)
            self._recognises = None
            return False

    def read(self, file: BinaryIO, path: Path, left_out: OnLeftOut) -> Iterator[Reading]:
        """What the reader reads. What it raises unasked costs the file, and is warned of."""
        try:
            yield from self._reader.read(file, path, left_out)
        except (ReadError, OSError):
            raise
        except Exception as error:  # whatever a stranger's code raises
            _warn(self._name, error)
            raise ReadError(f"reader {self._name} failed ({type(error).__name__})") from None


def _warn(name: str, error: Exception) -> None:
    reason = " ".join(str(error).split()) or type(error).__name__
    warnings.warn(
        f"reader {name!r} of {GROUP} failed: {reason}; update or uninstall the package it is from",
        RuntimeWarning,
        stacklevel=2,
    )
