"""Segments of any Whoosh schema as numpy arrays in one file: ``ix.writer(codec=ColumnarCodec())``.

The arrays of one segment (``name`` stands for a field's):

- ``field:name.…``: its terms, and of each term the documents, weights and encoded positions
- ``lengths:name``: the words of the field in each document
- ``column:name``: its sortable column, in the bytes of Whoosh's own column type
- ``vector:name.…``: its term vectors
- ``stored.…``: the stored fields, compressed in blocks

Field lengths are rounded as Whoosh's own codec rounds them, so that scores are the same too;
``ColumnarCodec(exact_lengths=True)`` keeps them as they are.
"""

from searchidx.segment.whoosh_codec.drop_in.documents import DropInDocuments
from searchidx.segment.whoosh_codec.drop_in.documents_writer import DropInDocumentsWriter
from searchidx.segment.whoosh_codec.drop_in.fields_writer import DropInFieldsWriter
from searchidx.segment.whoosh_codec.drop_in.lengths import LengthRule, exact, rounded
from searchidx.segment.whoosh_codec.drop_in.segment import DropInSegment
from searchidx.segment.whoosh_codec.drop_in.terms import DropInTerms

__all__ = [
    "DropInDocuments",
    "DropInDocumentsWriter",
    "DropInFieldsWriter",
    "DropInSegment",
    "DropInTerms",
    "LengthRule",
    "exact",
    "rounded",
]
