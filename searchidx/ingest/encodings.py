"""Bytes -> text, for files that do not say, or say wrongly, how they are encoded."""

from __future__ import annotations

import codecs
import re

from searchidx.errors import ReadError

__all__ = ["bom_encoding", "declared_encoding", "decode", "undo_double_encoding"]

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark is its beginning
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]+)""", re.I)
_DECLARED_WITHIN = 4096
# Browsers read these names as the larger sets that pages in fact use.
_LARGER = {"gb2312": "gb18030", "gbk": "gb18030", "iso8859-1": "cp1252", "ascii": "cp1252"}
_MULTIBYTE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_NON_ASCII = re.compile(r"[^\x00-\x7f]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_ENCODED_TWICE = re.compile(
    r"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_C1_AFTER_LEAD = re.compile(r"[\xe2-\xef][\x80-\x9f][\x80-\xbf]")


def bom_encoding(data: bytes) -> str | None:
    """The encoding that a byte order mark tells, if the data begins with one."""
    return next((name for mark, name in _BOMS if data.startswith(mark)), None)


def declared_encoding(data: bytes) -> str | None:
    """The encoding that an HTML page declares near its beginning, by Python's name."""
    match = _DECLARED.search(data, 0, _DECLARED_WITHIN)
    if match is None:
        return None
    try:
        name = codecs.lookup(match[1].decode("ascii")).name
    except LookupError:
        return None
    return _LARGER.get(name, name)


def decode(data: bytes, declared: str | None = None) -> str:
    """The text of the data, by its mark, as UTF-8, as ``declared``, or by what is plausible.

    Raises ReadError("unknown encoding") where nothing gives sensible text.
    """
    marked = bom_encoding(data)
    if marked is not None:
        return _checked(_strict(data, marked))
    text = _strict(data, "utf-8")
    if text is not None:
        return _checked(text)
    if _is_mostly_utf8(data):
        return _checked(_with_stray_bytes(data))
    if declared not in (None, "utf-8"):
        text = _strict(data, declared)
        if text is not None:
            return _checked(text)
    text = _strict(data, "gb18030")
    if text is None or not _is_plausibly_chinese(text):
        text = _strict(data, "cp1252")
    return _checked(text)


def undo_double_encoding(text: str) -> str:
    """Text that was encoded as UTF-8 twice, as it was before the second time; or as it is.

    Only a page that shows the mark of it, C1 control characters in the place of UTF-8's second
    bytes, is touched: such characters stand in no text that was decoded rightly.
    """
    if _C1_AFTER_LEAD.search(text) is None:
        return text
    return _ENCODED_TWICE.sub(_decoded_again, text)


def _decoded_again(match: re.Match[str]) -> str:
    try:
        return match[0].encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return match[0]


def _strict(data: bytes, encoding: str | None) -> str | None:
    try:
        return data.decode(encoding or "utf-8")
    except (UnicodeError, LookupError, ValueError):
        return None


def _checked(text: str | None) -> str:
    """The text, unless too much of it is control characters to be text at all."""
    if text is None or len(_CONTROL.findall(text)) * 50 > len(text):
        raise ReadError("unknown encoding")
    if "\x00" in text:
        raise ReadError("unknown encoding")
    return text


def _is_mostly_utf8(data: bytes) -> bool:
    """Whether all but a few stray bytes, or a cut last character, is UTF-8."""
    sequences = _MULTIBYTE.findall(data)
    high = len(data) - len(data.translate(None, bytes(range(128, 256))))
    stray = high - sum(map(len, sequences))
    return stray * 10 <= len(sequences)


def _with_stray_bytes(data: bytes) -> str:
    parts: list[str] = []
    at = 0
    for match in _MULTIBYTE.finditer(data):
        parts.append(data[at : match.start()].decode("cp1252", "replace"))
        parts.append(match[0].decode("utf-8", "replace"))
        at = match.end()
    parts.append(data[at:].decode("cp1252", "replace"))
    return "".join(parts)


def _is_plausibly_chinese(text: str) -> bool:
    """Whether most that is not ASCII is punctuation or common Han of the set of 1980."""
    others = _NON_ASCII.findall(text)
    common = 0
    for character in set(others):
        try:
            first = character.encode("gb2312")[0]
        except UnicodeEncodeError:
            continue
        if first <= 0xA3 or 0xB0 <= first <= 0xD7:
            common += others.count(character) if len(others) < 2000 else text.count(character)
    return common * 10 >= len(others) * 7
