"""What was taken down for good: known by digests, so that the list itself tells nothing."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

__all__ = ["Takedowns"]


class Takedowns:
    """The articles, and files of one article, that are not to be indexed again.

    An article whose id is a digest of its text would have another id after the smallest change
    of its file: the file is remembered with it.
    """

    def __init__(self, digests: Iterable[str] = ()) -> None:
        self._digests = set(digests)

    def __len__(self) -> int:
        return len(self._digests)

    @property
    def digests(self) -> tuple[str, ...]:
        """What to store."""
        return tuple(sorted(self._digests))

    def add(self, article_id: str, path: str | None = None) -> None:
        """Take an article down, and with it the file that holds nothing else."""
        self._digests.add(_digest("article", article_id))
        if path is not None:
            self._digests.add(_digest("file", path))

    def lift(self, article_id: str) -> bool:
        """Let the article be indexed again; False where it was not taken down."""
        digest = _digest("article", article_id)
        if digest not in self._digests:
            return False
        self._digests.remove(digest)
        return True

    def lift_file(self, path: str) -> None:
        """Let the article of the file be indexed again."""
        self._digests.discard(_digest("file", path))

    def covers(self, article_id: str) -> bool:
        """Whether the article was taken down."""
        return bool(self._digests) and _digest("article", article_id) in self._digests

    def covers_file(self, path: str) -> bool:
        """Whether the one article of the file was taken down."""
        return bool(self._digests) and _digest("file", path) in self._digests


def _digest(kind: str, name: str) -> str:
    text = f"{kind}\0{name}".encode("utf-8", "surrogatepass")
    return f"{kind}-{blake2b(text, digest_size=16).hexdigest()}"
