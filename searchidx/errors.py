"""Everything that searchidx raises on purpose.

    SearchidxError
    ├── ReadError            a file could not be turned into articles
    ├── IndexDirectoryError  something about the index directory
    │   ├── IndexNotFound    there is no index here
    │   ├── IndexCorrupt     a file of the index is missing, damaged or of another format
    │   ├── IndexLocked      another process is writing to it
    │   └── RebuildRefused   the new index is not fit to replace the old one
    ├── ArticleNotFound      no article has that id
    ├── ArticleInvalid       a record that cannot be an article
    └── QueryError           a query that cannot be answered as asked
        ├── QueryTimeout     … because it took longer than it was given
        └── QuerySyntaxError    … because it cannot be read: says where, offers a repair

Each message is one line that says what is wrong, where, and what to do.
"""

from __future__ import annotations

__all__ = [
    "ArticleInvalid",
    "ArticleNotFound",
    "IndexCorrupt",
    "IndexDirectoryError",
    "IndexLocked",
    "IndexNotFound",
    "QueryError",
    "QuerySyntaxError",
    "QueryTimeout",
    "ReadError",
    "RebuildRefused",
    "SearchidxError",
]


class SearchidxError(Exception):
    """Base of every error that searchidx raises on purpose."""


class ReadError(SearchidxError):
    """A file could not be turned into articles; ``reason`` fits in a table cell."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class IndexDirectoryError(SearchidxError):
    """Something is wrong with an index directory."""


class IndexNotFound(IndexDirectoryError):
    """There is no index in the directory."""


class IndexCorrupt(IndexDirectoryError):
    """A file of the index is missing, damaged, or written by another format version."""


class IndexLocked(IndexDirectoryError):
    """Another process holds the index's writer lock."""


class RebuildRefused(IndexDirectoryError):
    """A rebuilt index was not put in place of the present one."""


class ArticleNotFound(SearchidxError):
    """No article of the index has the id."""


class ArticleInvalid(SearchidxError):
    """A record lacks what every article needs, or has a value of the wrong kind."""


_SHOWN = 300


class QueryError(SearchidxError):
    """A query that cannot be answered as it was asked."""


class QueryTimeout(QueryError):
    """A query took longer than it was given, and was cut."""


class QuerySyntaxError(QueryError):
    """A query that cannot be read.

    ``column`` counts characters from 0 to where the trouble is; ``repaired`` is a query
    that can be read and is near to what was meant, or ``None`` where there is none.
    """

    def __init__(self, reason: str, *, query: str, column: int, repaired: str | None) -> None:
        # A pasted page is repaired too, but a message stays a line.
        shown = repaired if repaired and len(repaired) <= _SHOWN else None
        advice = f"; did you mean: {shown}" if shown else ""
        super().__init__(f"{reason} at column {column + 1}{advice}")
        self.reason = reason
        self.query = query
        self.column = column
        self.repaired = repaired
