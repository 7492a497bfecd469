"""The index directory: generations, locks, commits, and the object that a user holds."""

from searchidx.index.added import Added
from searchidx.index.health import problems
from searchidx.index.history import Version
from searchidx.index.index import Index
from searchidx.index.statistics import IndexStats

__all__ = ["Added", "Index", "IndexStats", "Version", "problems"]
