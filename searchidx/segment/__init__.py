"""The store: immutable files of arrays that hold indexed articles.

What reads is here. What writes is in ``builder`` and ``merging``, which a search has no use for
and does not wait to be loaded.
"""

from searchidx.segment.codes import radix_order
from searchidx.segment.lexicon import Lexicon
from searchidx.segment.parts import Array
from searchidx.segment.posting_list import PostingList, TermPlace
from searchidx.segment.postings import BODY_GAP, Postings, TextPostings
from searchidx.segment.rows import (
    EPOCH,
    KEYWORD_FIELDS,
    LIST_FIELDS,
    NO_DATE,
    WORD_FIELDS,
    Lineage,
    Row,
    article_of,
    digest,
    row_of,
)
from searchidx.segment.segment import FORMAT_VERSION, Segment
from searchidx.segment.stories import Stories

__all__ = [
    "BODY_GAP",
    "EPOCH",
    "FORMAT_VERSION",
    "KEYWORD_FIELDS",
    "LIST_FIELDS",
    "NO_DATE",
    "WORD_FIELDS",
    "Array",
    "Lexicon",
    "Lineage",
    "PostingList",
    "Postings",
    "Row",
    "Segment",
    "Stories",
    "TermPlace",
    "TextPostings",
    "article_of",
    "digest",
    "radix_order",
    "row_of",
]
