"""The index directory: generations, locks, commits, and the object that a user holds."""

from searchidx.index.added import Added
from searchidx.index.health import problems
from searchidx.index.index import Index, IndexStats

__all__ = ["Added", "Index", "IndexStats", "problems"]
