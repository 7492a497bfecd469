"""The store: immutable files of arrays that hold indexed articles."""

from searchidx.segment.builder import FORMAT_VERSION, SegmentBuilder
from searchidx.segment.lexicon import Lexicon
from searchidx.segment.merging import merge
from searchidx.segment.parts import Array
from searchidx.segment.postings import BODY_GAP, PostingList, Postings, TextPostings
from searchidx.segment.rows import (
    KEYWORD_FIELDS,
    NO_DATE,
    WORD_FIELDS,
    Row,
    article_of,
    digest,
    row_of,
)
from searchidx.segment.segment import Segment

__all__ = [
    "BODY_GAP",
    "FORMAT_VERSION",
    "KEYWORD_FIELDS",
    "NO_DATE",
    "WORD_FIELDS",
    "Array",
    "Lexicon",
    "PostingList",
    "Postings",
    "Row",
    "Segment",
    "SegmentBuilder",
    "TextPostings",
    "article_of",
    "digest",
    "merge",
    "row_of",
]
