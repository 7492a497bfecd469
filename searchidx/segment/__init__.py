"""The store: immutable files of arrays that hold indexed articles."""

from searchidx.segment.builder import (
    FORMAT_VERSION,
    NO_DATE,
    WORD_FIELDS,
    SegmentBuilder,
    date_number,
)
from searchidx.segment.lexicon import Lexicon
from searchidx.segment.parts import Array
from searchidx.segment.postings import BODY_GAP, PostingList, Postings, TextPostings
from searchidx.segment.segment import Segment

__all__ = [
    "BODY_GAP",
    "FORMAT_VERSION",
    "NO_DATE",
    "WORD_FIELDS",
    "Array",
    "Lexicon",
    "PostingList",
    "Postings",
    "Segment",
    "SegmentBuilder",
    "TextPostings",
    "date_number",
]
