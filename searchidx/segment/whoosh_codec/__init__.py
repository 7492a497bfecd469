"""The segments as Whoosh sees them: ``whoosh.index.open_dir`` opens an index directory.

Whoosh keeps a pickled table of contents beside the segments; it names classes of this package,
so a program that opens the index with Whoosh needs searchidx installed. searchidx itself writes
that table and never reads it.

An index of articles is only read through Whoosh. In any other Whoosh index ColumnarCodec also
writes, whatever the schema: ``ix.writer(codec=ColumnarCodec())``; see `drop_in`.
"""

import warnings

with warnings.catch_warnings():
    # Whoosh 2.7.4 has string escapes that newer Pythons warn of.
    warnings.simplefilter("ignore")
    from searchidx.segment.whoosh_codec.codec import ColumnarCodec, ColumnarSegment, write_toc
    from searchidx.segment.whoosh_codec.schema import Words, schema

__all__ = ["ColumnarCodec", "ColumnarSegment", "Words", "schema", "write_toc"]
