"""Queries to hits: expand, match, score, rank, mark."""

from searchidx.search.results import Correction, Hit, Match, SearchResults, Snippet, Span
from searchidx.search.searcher import Searcher

__all__ = ["Correction", "Hit", "Match", "SearchResults", "Searcher", "Snippet", "Span"]
