"""Full-text search for legal news.

>>> from searchidx import Article, Index
"""

from searchidx.article import Article
from searchidx.errors import (
    ArticleInvalid,
    ArticleNotFound,
    IndexCorrupt,
    IndexDirectoryError,
    IndexLocked,
    IndexNotFound,
    QueryError,
    QuerySyntaxError,
    QueryTimeout,
    ReadError,
    RebuildRefused,
    SearchidxError,
)
from searchidx.index import Added, Index, IndexStats, Version
from searchidx.search import Correction, Hit, Match, SearchResults, Snippet, Span

__all__ = [
    "Added",
    "Article",
    "ArticleInvalid",
    "ArticleNotFound",
    "Correction",
    "Hit",
    "Index",
    "IndexCorrupt",
    "IndexDirectoryError",
    "IndexLocked",
    "IndexNotFound",
    "IndexStats",
    "Match",
    "QueryError",
    "QuerySyntaxError",
    "QueryTimeout",
    "ReadError",
    "RebuildRefused",
    "SearchResults",
    "SearchidxError",
    "Snippet",
    "Span",
    "Version",
    "__version__",
]

__version__ = "0.1.0"
