"""Whether an article says of itself that it was corrected, or withdrawn.

Only what stands plainly at its edges counts: in the title, the first paragraph or the last ones.
News about corrections, withdrawals and retractions uses the same words in its prose.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["standing_of"]

_WORK = r"(?:article|story|report|piece|post|item|column|version|release|dispatch|paper)"
# "The report was withdrawn" is news; "this report" and "the article has been" are the page itself.
_SELF = (
    rf"(?:(?:this|our)\s+(?:\w+\s+)?{_WORK}\s+(?:(?:has|have)\s+(?:since\s+)?been|was|is)"
    r"|the\s+(?:article|story)\s+(?:above\s+)?has\s+(?:since\s+)?been"
    rf"|an\s+earlier\s+version\s+of\s+(?:this|the)\s+{_WORK}\s+(?:has\s+been|was))"
)

_TITLE_WITHDRAWN = re.compile(
    r"(?:retracted|retraction|withdrawn|withdrawal\s+notice|story\s+removed)\s*[:：–—|-]\s*\S"
    r"|[\[(（【](?:retracted|retraction|withdrawn)[\])）】]|.*[\[(（【](?:retracted|withdrawn)[\])）】]\s*\Z"
    r"|[\[(（【]?(?:撤稿|撤回|撤稿声明|撤回声明)[\])）】]?\s*[:：|]\s*\S|[\[(（【](?:撤稿|撤回)[\])）】]",
    re.I,
)
_TITLE_CORRECTED = re.compile(
    r"(?:correct(?:ed|ion)s?(?:\s+(?:version|and\s+clarifications?))?|correcting\s+and\s+replacing"
    r"|erratum|corrigendum)\s*(?:\d+\s*)?(?:[:：–—|]|\s-\s)\s*\S"
    r"|[\[(（【]correct(?:ed|ion)[\])）】]|.*[\[(（【](?:corrected|correction)(?:\s+version)?[\])）】]\s*\Z"
    r"|(?:更正|更正声明|更正启事|勘误)\s*[:：|]\s*\S|[\[(（【](?:更正|已更正)[\])）】]|更正(?:声明|启事)\s*\Z"
    r"|.*[\[(（【](?:已?更正|更正版)[\])）】]\s*\Z",
    re.I,
)
_TEXT_WITHDRAWN = re.compile(
    rf"(?:editor[’']?s?\s+note\s*[:：]\s*)?{_SELF}\s+(?:formally\s+|now\s+)?"
    r"(?:retracted|withdrawn|taken\s+down|unpublished)\b"
    r"(?!\s+from\s+(?:sale|the\s+market|circulation))"
    r"|(?:retraction|withdrawn|retracted)\s*[:：]\s"
    rf"|we\s+(?:have\s+|hereby\s+)?(?:retract(?:ed)?|withdr[ae]wn?)\s+(?:this|the)\s+{_WORK}\b"
    r"|(?:本文|本报道|该报道|该文|此文|本稿|此稿|该稿)(?:件|章)?(?:现)?(?:已|予以|被)(?:被)?(?:撤回|撤稿|撤销)"
    r"|(?:撤稿|撤回)(?:声明|说明)?\s*[:：]",
    re.I,
)
_TEXT_CORRECTED = re.compile(
    r"corrections?(?:\s+and\s+clarifications?)?\s*(?:\([^)]{1,40}\)|,\s*\w+\.?\s+\d{1,2}(?:,\s*\d{4})?)?\s*[:：–—]\s*\S"
    r"|(?:corrected|correcting)\s*[:：]\s*\S|corrected\s+version\b"
    r"|corrects\s+(?:the\s+)?(?:spelling|name|title|date|day|year|figure|number|headline|typo|byline"
    r"|attribution|reference|paragraph|first|second|to|in)\b"
    rf"|(?:editor[’']?s?\s+note\s*[:：]\s*)?{_SELF}\s+"
    r"(?:corrected\b|(?:updated|amended|revised|changed|edited)\s+to\s+correct\b)"
    r"|(?:editor[’']?s?\s+note\s*[:：]\s*)?(?:an|a\s+previous|the)\s+(?:earlier|previous|original|"
    rf"version)?\s*(?:version\s+of\s+)?(?:this|the)\s+{_WORK}\s+"
    r"(?:mis(?:stated|spelled|identified|quoted|attributed)|incorrectly|erroneously|wrongly)\b"
    r"|(?:更正(?:声明|启事|说明)?|勘误)\s*[:：]"
    r"|(?:本文|本报道|此文|本稿)(?:件|章)?(?:已|现)(?:作|做|予以)?(?:了)?更正",
    re.I,
)
_EDGE = 2  # paragraphs at the end that may say it: a notice often stands behind a byline


def standing_of(title: str, paragraphs: Sequence[str]) -> tuple[str, str]:
    """``"withdrawn"``, ``"corrected"`` or ``""``, and where it says so."""
    title = " ".join(title.split())
    edges = [(title, "title", _TITLE_WITHDRAWN, _TITLE_CORRECTED)]
    texts = [(text, "first paragraph") for text in paragraphs[:1]]
    texts += [(text, "last paragraph") for text in paragraphs[1:][-_EDGE:]]
    for text, where in texts:
        for line in text.split("\n"):
            bare = line.strip(" \t*_#>()[]（）【】")
            edges.append((bare, where, _TEXT_WITHDRAWN, _TEXT_CORRECTED))
    for text, where, withdrawn, _ in edges:
        if withdrawn.match(text):
            return "withdrawn", where
    for text, where, _, corrected in edges:
        if corrected.match(text):
            return "corrected", where
    return "", ""
