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

    def __init__(self, stored: Iterable[str] = ()) -> None:
        self._files: dict[str, str] = {}  # digests of paths, each with that of its article
        self._articles: set[str] = set()
        for one in stored:
            article, _, file = one.partition(" ")
            self._articles.add(article)
            if file:
                self._files[file] = article

    def __len__(self) -> int:
        return len(self._articles)

    @property
    def stored(self) -> tuple[str, ...]:
        """What to keep in the manifest."""
        files = {article: file for file, article in self._files.items()}
        return tuple(sorted(f"{one} {files.get(one, '')}".rstrip() for one in self._articles))

    def add(self, article_id: str, path: str | None = None) -> None:
        """Take an article down, and with it the file that holds nothing else."""
        article = _digest(article_id)
        self._articles.add(article)
        if path is not None:
            self._files[_digest(path)] = article

    def lift(self, article_id: str) -> bool:
        """Let the article be indexed again; False where it was not taken down."""
        article = _digest(article_id)
        if article not in self._articles:
            return False
        self._articles.remove(article)
        self._files = {file: one for file, one in self._files.items() if one != article}
        return True

    def covers(self, article_id: str) -> bool:
        """Whether the article was taken down."""
        return bool(self._articles) and _digest(article_id) in self._articles

    def covers_file(self, path: str) -> bool:
        """Whether the one article of the file was taken down."""
        return bool(self._files) and _digest(path) in self._files


def _digest(name: str) -> str:
    return blake2b(name.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
