"""The files under some paths: which there are, and whether they changed, without opening one."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from fnmatch import translate
from pathlib import Path
from re import compile as compile_pattern
from typing import NamedTuple

from searchidx.ingest.reading import LeftOut

__all__ = ["READING_VERSION", "FoundFile", "find_files", "os_reason", "walk"]

READING_VERSION = 1
"""Changes when files are read by other rules: what was read before is then read again."""


class FoundFile(NamedTuple):
    """A file, and what shows whether it is the one that was read before.

    ``path`` is as it was named, ``absolute`` as it is found from any folder. ``size`` is in bytes,
    ``modified`` the time of its last change in nanoseconds, ``inode`` is what a
    renamed file keeps.
    """

    path: str
    absolute: str
    size: int
    modified: int
    inode: int


_LARGEST = 2**63 - 1  # what a signed number of eight bytes holds


def walk(
    paths: Iterable[Path | str],
    left_out: Callable[[LeftOut], None],
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
) -> list[FoundFile]:
    """Every file under the paths in the order of their names, each real file once.

    Hidden files and folders are passed over, unless named in ``paths``. ``include`` and
    ``exclude`` are patterns as a shell has them: one with a slash is held against the path below
    the folder named, another against the name alone; an excluded folder is not entered. What is
    missing, cannot be entered, or leads back to a folder above it is told to ``left_out``.
    """
    walker = _Walker(left_out, _Patterns(include), _Patterns(exclude))
    for path in paths:
        walker.visit(os.fspath(path))
    return walker.sorted()


def find_files(paths: Iterable[Path | str], left_out: Callable[[LeftOut], None]) -> list[Path]:
    """The paths of ``walk``."""
    return [Path(file.path) for file in walk(paths, left_out)]


class _Patterns:
    """Shell patterns, some for names and some for paths."""

    def __init__(self, patterns: Sequence[str]) -> None:
        for_paths = [one.strip("/") for one in patterns if "/" in one.rstrip("/")]
        for_names = [one.rstrip("/") for one in patterns if "/" not in one.rstrip("/")]
        self._paths = [compile_pattern(translate(one)) for one in for_paths]
        self._names = [compile_pattern(translate(one)) for one in for_names]

    def __bool__(self) -> bool:
        return bool(self._paths or self._names)

    def match(self, name: str, below: str) -> bool:
        """Whether any pattern fits the name, or the path below the folder that was named."""
        return any(one.match(name) for one in self._names) or any(
            one.match(below) for one in self._paths
        )


class _Walker:
    def __init__(
        self, left_out: Callable[[LeftOut], None], include: _Patterns, exclude: _Patterns
    ) -> None:
        self._left_out = left_out
        self._include = include
        self._exclude = exclude
        self._found: list[FoundFile] = []
        # What may be there under another name as well: linked, or named by itself.
        self._linked: dict[tuple[int, int], FoundFile] = {}
        self._entered: set[tuple[int, int]] = set()

    def visit(self, path: str) -> None:
        """Take a path that was named: a file whatever its name, or all that is in a folder."""
        path = path.rstrip(os.sep) or path
        try:
            status = os.stat(path)  # noqa: PTH116  # a Path a file is most of a walk's time
        except (OSError, ValueError) as error:
            self._left_out(LeftOut(Path(path), os_reason(error)))
            return
        self._root, self._absolute = path, os.path.abspath(path)  # noqa: PTH100
        if not stat.S_ISDIR(status.st_mode):
            self._take_linked(path, status)
            return
        # Each folder to enter comes with those above it, by which a loop is known.
        waiting: list[tuple[str, os.stat_result, frozenset[tuple[int, int]]]] = []
        waiting.append((path, status, frozenset()))
        while waiting:
            folder, status, above = waiting.pop()
            identity = (status.st_dev, status.st_ino)
            if identity in above:
                self._left_out(LeftOut(Path(folder), "folder that contains itself"))
                continue
            if identity in self._entered:
                continue
            self._entered.add(identity)
            inside = above | {identity}
            folders = []
            for entry, status in self._entries(folder):
                if stat.S_ISDIR(status.st_mode):
                    folders.append((entry.path, status, inside))
                elif status.st_nlink > 1 or entry.is_symlink():
                    self._take_linked(entry.path, status)
                else:
                    self._found.append(self._file(entry.path, status))
            waiting += reversed(folders)

    def _entries(self, folder: str) -> Iterator[tuple[os.DirEntry[str], os.stat_result]]:
        try:
            with os.scandir(folder) as entries:
                listed = sorted(
                    (entry for entry in entries if not entry.name.startswith(".")),
                    key=lambda entry: entry.name,
                )
        except OSError as error:
            self._left_out(LeftOut(Path(folder), os_reason(error)))
            return
        chosen = bool(self._include or self._exclude)
        for entry in listed:
            try:
                status = entry.stat()
            except OSError as error:
                self._left_out(LeftOut(Path(entry.path), os_reason(error)))
                continue
            if chosen:
                below = entry.path[len(self._root) :].lstrip(os.sep)
                if self._exclude.match(entry.name, below):
                    continue
                is_file = not stat.S_ISDIR(status.st_mode)
                if is_file and self._include and not self._include.match(entry.name, below):
                    continue
            yield entry, status

    def _file(self, path: str, status: os.stat_result) -> FoundFile:
        return FoundFile(
            path,
            self._absolute + path[len(self._root) :],
            status.st_size,
            status.st_mtime_ns,
            status.st_ino & _LARGEST,
        )

    def _take_linked(self, path: str, status: os.stat_result) -> None:
        identity = (status.st_dev, status.st_ino)
        known = self._linked.get(identity)
        if known is None or path < known.path:
            self._linked[identity] = self._file(path, status)

    def sorted(self) -> list[FoundFile]:
        """The files in the order of their names, each real file once."""
        if self._linked:
            here = {file.inode for file in self._found}
            for (device, inode), file in self._linked.items():
                if inode & _LARGEST not in here or not self._is_found(device, inode):
                    self._found.append(file)
        return sorted(self._found)

    def _is_found(self, device: int, inode: int) -> bool:
        """Whether a file was found under a name that is no link."""
        for file in self._found:
            if file.inode == inode & _LARGEST:
                try:
                    if os.stat(file.path).st_dev == device:  # noqa: PTH116
                        return True
                except OSError:
                    continue
        return False


def os_reason(error: OSError | ValueError) -> str:
    """Why a file could not be read, in few words."""
    if isinstance(error, ValueError):
        return "no such file or folder"
    known = {
        errno.ENOENT: "no such file or folder",
        errno.ENOTDIR: "no such file or folder",
        errno.EACCES: "permission denied",
        errno.EPERM: "permission denied",
        errno.ELOOP: "symbolic link that leads to itself",
        errno.ENXIO: "not a regular file",
        errno.EISDIR: "not a regular file",
    }
    return known.get(error.errno or 0, (error.strerror or "cannot be read").lower())
