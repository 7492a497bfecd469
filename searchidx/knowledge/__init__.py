"""What the law knows about its own texts: how they are cited."""

from searchidx.knowledge.citations import Spelling, citation_at, spellings

__all__ = ["Spelling", "citation_at", "spellings"]
