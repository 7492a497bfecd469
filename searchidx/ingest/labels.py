"""Labelled parts of an article's head and tail: ``Edit:``, ``Source:``, ``责任编辑：`` and such.

A label counts only where it stands at the beginning of a line of the head or tail, or after
another labelled part on such a line, and only with a value short enough for a name. The same
words inside prose are prose.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from searchidx.ingest.dates import leading_date, trailing_date, whole_date

__all__ = [
    "Part",
    "closing_parts",
    "head_parts",
    "is_agency",
    "labelled_parts",
    "opening_agency",
    "tail_parts",
]

Kind = Literal[
    "authors",
    "editor",
    "responsible_editor",
    "translator",
    "source",
    "republisher",
    "url",
    "agency",
    "date",
    "updated",
    "section",
    "tags",
    "standing",
    "notice",
]


@dataclass(frozen=True, slots=True)
class Part:
    """A value that belongs to the field ``kind``, and the rule that found it."""

    kind: Kind
    value: str
    rule: str = "label"


_LABELS: dict[Kind, str] = {
    "responsible_editor": (
        r"responsible\s+editors?|editors?[\s-]in[\s-](?:charge|chief)|managing\s+editor"
        r"|责任编辑|责编|责任编校|执行主编"
    ),
    "editor": r"edit|editors?|edited\s+by|web\s+editor|编辑|网络编辑|实习编辑|编\s辑",
    "translator": r"translators?|translated\s+by|translation(?:\s+by)?|翻译|译者|编译|译文",
    "authors": (
        r"authors?|reporters?|written\s+by|reported\s+by|by|correspondents?"
        r"|作者|记者|本报记者|本网记者|通讯员|撰文|撰稿|文字"
    ),
    "source": (
        r"sources?|original\s+source|(?:reprinted|reposted|republished)\s+(?:from|with\s+permission"
        r"\s+(?:from|of))|(?:originally|first)\s+(?:published|appeared)(?:\s+(?:in|by|on|at))?"
        r"|来源|稿件来源|文章来源|信息来源|新闻来源|稿源|转载自|转自|原载|摘自|本文(?:转载自|转自|来源)"
    ),
    "republisher": r"republishers?|republished\s+by|reprinted\s+by|转载(?:媒体|平台|者|单位)",
    "url": r"url|link|original\s+link|permalink|原文链接|本文链接|网址|链接",
    "agency": r"(?:news\s+)?agency|通讯社",
    "date": (
        r"(?:publication\s+|release\s+)?date|published(?:\s+on)?|posted(?:\s+on)?|released"
        r"|发布时间|发布日期|发表时间|时间|日期"
    ),
    "updated": (
        r"(?:last\s+)?updated?(?:\s+(?:on|at))?|(?:last\s+)?modified(?:\s+on)?"
        r"|更新时间|更新日期|最后更新(?:时间)?|修改时间"
    ),
    "section": r"section|category|rubric|栏目|频道|所属栏目",
    "tags": r"tags?|keywords?|topics?|filed\s+under|标签|关键词|关键字",
    "standing": r"standing",
    "notice": (
        r"special\s+(?:statement|notice)|(?:copyright|legal|editor'?s?)\s+(?:statement|notice)"
        r"|copyright|disclaimer|statement|notice|original\s+title"
        r"|特别声明|特别提示|版权声明|版权所有|免责声明|郑重声明|声明|原标题"
    ),
}
_KIND_OF: dict[str, Kind] = {f"k_{kind}": kind for kind in _LABELS}


@cache
def _label() -> re.Pattern[str]:
    """Any label. It takes a tenth of a second to compile: not before a text is read."""
    return re.compile(
        "|".join(
            rf"(?P<k_{kind}>(?<![\w-])(?:{names})|(?<=[\u3400-\u9fff\d])(?=[\u3400-\u9fff])(?:{names}))"
            r"\s*[:：]\s*"
            for kind, names in _LABELS.items()
        ),
        re.I,
    )


_BARE_NOTICE = re.compile(
    r"(?:©|\(c\)\s*(?:copyright|\d{4})|copyright\s+(?:©|\(c\)|\d{4}|by\b)|all rights reserved"
    r"|版权所有)",
    re.I,
)
_BARE_BYLINE = re.compile(
    r"(?:(?:(?P<role>translated|edited)\s+|(?:written|reported)\s+)?by\s+"
    r"(?=[A-Z]\S*\s+(?:\S+\s+)*[A-Z])|(?:本报|本网)?记者\s+(?=[\u3400-\u9fff]))(?P<names>.{2,80})",
    re.I,
)
_BY = re.compile(r"by\s+(.{2,60})", re.I)
_ORIGIN = re.compile(
    r"(?:(?:this|the)\s+(?:article|story|piece|report|post|item)\s+)?(?:(?:was|is|has\s+been)\s+)?"
    r"(?:(?:originally|first)\s+(?:published|appeared|posted|printed)\s+(?:in|by|on|at|with)"
    r"|(?:reprinted|reposted|republished)\s+(?:with\s+permission\s+(?:from|of)|from))"
    r"\s+(?P<outlet>(?:the\s+)?[A-Z\u3400-\u9fff][^.,;:]{1,60}?|https?://\S+?)"
    r"(?:,?\s+on\s+(?P<date>[^.]{6,40}))?(?:,?\s+and\s+(?:is|was|has)\s.{0,80})?\.?"
    r"|(?:本文)?(?:转载自|转自|原载于?|摘自)\s*[:：]?\s*[《“]?(?P<han>[\u3400-\u9fff\w·]{2,20}?)[》”]?。?",
    re.I,
)
_UPDATED = re.compile(
    r"(?:last\s+)?(?P<how>updated|modified|published|posted)(?:\s+on)?\s+(?P<when>\S.{5,45})", re.I
)
_LOWER_WORD = re.compile(r"\b(?!and\b|de\b|van\b|von\b|der\b|la\b|bin\b|al\b|of\b)[a-z]{2,}\b")
_NOTICE_WORDS = re.compile(
    r"copyright|infring|reproduc|reprint|©|all rights|contact|e-?mail|permission|this (?:site|web)"
    r"|版权|侵权|转载|联系|本网|本站|邮箱|违者|授权",
    re.I,
)
_WRAPPED = re.compile(r"[({【[（](.*)[)}】\]）]", re.S)
_CLOSING = re.compile(r"\s*[(（【\[]([^()（）【】\[\]\n]{2,80})[)）】\]]\s*\Z")
_AGENCY = re.compile(
    r"(?:[A-Z][\w.&'-]*\s+(?:(?:of|the|and|for)\s+)?){1,6}"
    r"(?:She|News Agency|Agency|News Service|Newswire|Press|Wire|Xinwen)"
    r"|Xinhua|Reuters|AP|AFP|UPI|TASS|Kyodo|Bloomberg|CNS|Yonhap|DPA|EFE|ANSA"
    r"|[\u3400-\u9fff]{1,10}(?:社|通讯社)"
)
_OPENING = re.compile(
    r"[A-Z][\w .,’'/-]{1,60}?\s*[(（](?P<latin>[^()（）]{2,40})[)）]\s*[-–—:]"
    r"|[(（]?(?P<han>[\u3400-\u9fff]{1,4}社)[\u3400-\u9fff]{0,6}\d{1,2}月\d{1,2}日[电讯]"
)
_BRACKET = re.compile(r"[)）】]\s*")
_SENTENCE_END = re.compile(r"[.!?。！？][\"”’)]?\s*\Z")
_INNER_SENTENCE_END = re.compile(r"(?<![A-Z.])[.!?][\"”’)]?\s+[A-Z]|[。！？；]")

_EMPHASIS = ("**", "__")  # Markdown's, around a label
_LONGEST_NAME = 100
_LONGEST_TAGS = 600
_LONGEST_CLOSING = 1_000  # what closes a paragraph is at its end; the rest is not looked at
_LONGEST_LINE = 4_000
_TAIL_LINES = 40
_NOTICE_CONTINUED = 6
_WRAPPED_LINE = 120

_DIVIDERS = " \t\u3000|;；,，·"  # what stands between parts on one line


def labelled_parts(line: str) -> tuple[Part, ...]:
    """The parts of a line that is nothing but labelled parts; empty for any other line."""
    text = line.strip()
    if len(text) > _LONGEST_LINE:
        return ()
    if text.startswith(_EMPHASIS):
        text = "".join(re.split(r"\*\*|__", text)).strip()
    if _BARE_NOTICE.match(text):
        return (Part("notice", text),)
    label = _label().match(text)
    if label is None and (inner := _WRAPPED.fullmatch(text)):
        text = inner[1].strip()
        label = _label().match(text)
    if label is None:
        return _bare_origin(text) or _bare_date(text) or _bare_byline(text)
    parts: list[Part] = []
    while label is not None:
        kind = _KIND_OF[label.lastgroup or ""]
        if kind == "notice":
            parts.append(Part(kind, text[label.start() :]))
            break
        following = _next_label(text, label.end())
        end = following.start() if following else len(text)
        value = text[label.end() : end].lstrip(_DIVIDERS + "/").rstrip(_DIVIDERS)
        if value.endswith((" /", "\t/")):
            value = value[:-1].rstrip(_DIVIDERS)
        if not _fits(kind, value):
            return ()
        if value:
            parts.append(Part(kind, value))
        label = following
    return tuple(parts)


def head_parts(line: str) -> tuple[Part, ...]:
    """The parts of a line of the head: a date line, labelled parts, or both in one line."""
    text = line.strip()
    found = leading_date(text)
    if found is not None:
        date = Part("date", found[0].isoformat(), "date line")
        rest = found[1].strip(" \t\u3000|,，.-–—·")
        if not rest:
            return (date,)
        labelled = labelled_parts(rest)
        if labelled:
            return (date, *labelled)
        named = len(rest) <= 40 and len(rest.split()) <= 5 and not _LOWER_WORD.search(rest)
        if named and rest[0].isalpha() and not _SENTENCE_END.search(rest):
            return (date, Part("source", rest, "date line"))
        return ()
    parts: list[Part] = []
    for part in labelled_parts(text):
        if part.kind == "notice":
            return ()
        ending = trailing_date(part.value) if part.kind in ("source", "authors") else None
        if ending and ending[0] and "://" not in part.value:
            parts.append(Part(part.kind, ending[0], part.rule))
            parts.append(Part("date", ending[1].isoformat(), "date line"))
        else:
            parts.append(part)
    return tuple(parts)


def tail_parts(lines: Sequence[str]) -> tuple[int, tuple[Part, ...]]:
    """Where the tail begins, as an index into the lines, and its parts in the order written."""
    begin = len(lines)
    parts: list[Part] = []
    pending: list[str] = []
    for index in range(len(lines) - 1, max(-1, len(lines) - 1 - _TAIL_LINES), -1):
        line = lines[index].strip()
        if not line:
            continue
        found = labelled_parts(line)
        if not found:
            pending.insert(0, line)
            if len(pending) > _NOTICE_CONTINUED:
                break
            continue
        if pending:
            if found[-1].kind != "notice" or not _continues(found[-1].value, pending):
                break
            found = (*found[:-1], Part("notice", "\n".join([found[-1].value, *pending])))
            pending = []
        parts[:0] = found
        begin = index
    return begin, tuple(parts)


def closing_parts(paragraph: str) -> tuple[str, tuple[Part, ...]]:
    """The last paragraph without what closes it, an agency or labels in brackets, and those."""
    parts: list[Part] = []
    for bracket in _BRACKET.finditer(paragraph, max(0, len(paragraph) - _LONGEST_CLOSING)):
        if _label().match(paragraph, bracket.end()):
            found = labelled_parts(paragraph[bracket.end() :])
            if found:
                parts.extend(found)
                paragraph = paragraph[: bracket.end()].rstrip()
                break
    while closing := _CLOSING.search(paragraph):
        inner = closing[1].strip()
        found = labelled_parts(inner)
        if not found and _AGENCY.fullmatch(inner):
            found = (Part("agency", inner, "closing brackets"),)
        if not found:
            break
        parts[:0] = found
        paragraph = paragraph[: closing.start()]
    return paragraph, tuple(parts)


def is_agency(name: str) -> bool:
    """Whether a name in a byline is a news agency's."""
    return _AGENCY.fullmatch(name.strip()) is not None


def opening_agency(paragraph: str) -> str:
    """The agency of a dateline that opens the text, as in ``GENEVA (Reuters) -``; or nothing."""
    match = _OPENING.match(paragraph)
    name = (match["latin"] or match["han"] or "").strip() if match else ""
    return name if is_agency(name) else ""


def _next_label(text: str, start: int) -> re.Match[str] | None:
    """The next label that could begin a part: behind a space, a dividing mark, or Han."""
    for match in _label().finditer(text, start):
        before = text[match.start() - 1]
        if before.isspace() or before in "|;；,，/)）】" or before.isdigit() or _is_han(before):
            return match
    return None


def _is_han(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff"


def _fits(kind: Kind, value: str) -> bool:
    if kind in ("date", "updated"):
        return whole_date(value) is not None
    if kind == "standing":
        return value.casefold() in ("corrected", "withdrawn")
    if kind == "tags":
        return len(value) <= _LONGEST_TAGS and not _INNER_SENTENCE_END.search(
            value.replace("；", "")
        )
    if kind == "url":
        return "://" in value and len(value.split()) == 1
    if "://" in value:
        return kind == "source" and len(value.split()) <= 8
    if len(value) > _LONGEST_NAME or _INNER_SENTENCE_END.search(value):
        return False
    return not (_SENTENCE_END.search(value) and len(_LOWER_WORD.findall(value)) > 1)


def _bare_origin(text: str) -> tuple[Part, ...]:
    """The outlet that a line names as the article's first, in a sentence instead of a label."""
    match = _ORIGIN.fullmatch(text)
    if match is None:
        return ()
    outlet = (match["outlet"] or match["han"]).strip()
    ending = trailing_date(outlet)
    if ending and ending[0]:
        outlet = ending[0].removesuffix(" on").strip()
    named = len(outlet.split()) <= 8 and len(_LOWER_WORD.findall(outlet)) <= 2
    return (Part("source", outlet, "original source"),) if named or "://" in outlet else ()


def _bare_date(text: str) -> tuple[Part, ...]:
    """A line that says, without a colon, when the article was published or updated."""
    match = _UPDATED.fullmatch(text)
    if match is None or whole_date(match["when"]) is None:
        return ()
    kind: Kind = "updated" if match["how"].lower() in ("updated", "modified") else "date"
    return (Part(kind, match["when"]),)


def _bare_byline(text: str) -> tuple[Part, ...]:
    agency = _BY.fullmatch(text)
    if agency and is_agency(agency[1]):
        return (Part("agency", agency[1], "byline"),)
    match = _BARE_BYLINE.fullmatch(text)
    if match is None or (_SENTENCE_END.search(text) and not text.endswith(("Jr.", "Sr."))):
        return ()
    if _LOWER_WORD.search(match["names"]) or len(text.split()) > 12:
        return ()
    kind: Kind = "authors"
    if match["role"]:
        kind = "translator" if match["role"].lower() == "translated" else "editor"
    return (Part(kind, match["names"], "byline"),)


def _continues(notice: str, lines: Sequence[str]) -> bool:
    """Whether each line goes on with the notice: wrapped from the one before, or of its words."""
    before = notice
    for line in lines:
        wrapped = len(before) <= _WRAPPED_LINE and not _SENTENCE_END.search(before)
        if not (wrapped and len(line) <= _WRAPPED_LINE) and not _NOTICE_WORDS.search(line):
            return False
        before = line
    return True
