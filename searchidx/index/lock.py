"""The one writer: a lock that Whoosh's own writers respect too."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from searchidx.errors import IndexLocked

__all__ = ["writer_lock"]

_SECONDS = 10.0


@contextmanager
def writer_lock(directory: Path, seconds: float = _SECONDS) -> Iterator[None]:
    """Hold the directory's writer lock; the system frees it if the process dies.

    Raises IndexLocked where another writer keeps it for longer than ``seconds``.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from whoosh.util.filelock import FileLock, try_for

    lock = FileLock(str(directory / "MAIN_WRITELOCK"))
    if not try_for(lock.acquire, timeout=seconds, delay=0.05):
        raise IndexLocked(
            f"another process is writing to the index in {directory}: "
            "wait until it is done, then try again"
        )
    try:
        yield
    finally:
        lock.release()
