"""Formats: one module each, behind the ``Reader`` of ``ingest.reading``."""

__all__ = ()
