"""Citations: docket and case numbers, statutes, judicial documents, however they are written.

``citation_at`` finds one in a query before words are cut, and gives it in one canonical form;
``spellings`` has the rows of words that a text may have for it. Neither knows whether the thing
cited exists.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import product

__all__ = ["Spelling", "citation_at", "spellings"]

Spelling = tuple[str | tuple[str, ...], ...]
"""Texts in a row; where there is a tuple, one of its words."""

_CIVIL = ("cv", "civ", "civil")
_CRIMINAL = ("cr", "crim", "criminal")
_OTHER_TYPES = ("mc", "mj", "md", "mdl", "bk", "ap", "po", "sw", "cm", "gj", "misc", "ct", "adv")
_TYPES = {**dict.fromkeys(_CIVIL, _CIVIL), **dict.fromkeys(_CRIMINAL, _CRIMINAL)}
_SECTION = ("section", "sections", "sec", "secs", "ss")
_CODES = {
    "usc": ("u s c", "usc", "united states code", "u s code", "us code", "u s c a", "usca"),
    "cfr": ("c f r", "cfr", "code of federal regulations"),
}
_CODE_NAMES = {"usc": "U.S.C.", "cfr": "C.F.R."}

_TYPE = "|".join((*_CIVIL, *_CRIMINAL, *_OTHER_TYPES))
_PARTS = r"(?:\([0-9A-Za-z]{1,5}\))*"
_SIGN = r"(?:§§?|sections?|secs?\.)"
_NAME = r"(?!(?:(?-i:AND|OR|NOT)|is|are|was|were|has|had|in|to|by|from)\b)[A-Za-z][\w'’-]*"
_LAW = (
    "(?:law|code|act|constitution|regulations?|rules|measures|provisions)"
    r"(?:\s+of\s+(?:criminal|civil|administrative)\s+procedure)?"
)
# What the letters before the year of a judicial document are made of, in pinyin.
_SYLLABLE = (
    "(?:ban|bao|cai|fa|fu|gao|gong|guo|han|hui|jian|jing|ling|min|ren|she|shi|shui|si|tong|wei|xing"
    "|yan|yin|zheng|zhong|zi)"
)
_CJK = r"\u4e00-\u9fff"

_PATTERNS: dict[str, str] = {
    # 1:21-cv-01234-ABC, 21-1234, 21 Civ. 1234
    "docket": rf"""
        (?:(?:(?:case|docket)\s+)?nos?\.\s*)?
        (?P<office>\d{{1,2}}:)?
        (?P<year>(?:(?:19|20)(?=\d\d-?[a-z\s]))?\d\d)
        (?: -(?P<number>\d{{3,6}})
          | -(?P<type>[A-Za-z]{{2,5}})-(?P<typed>\d{{1,6}})
          | [ ](?P<named>{_TYPE})\.?[ ](?P<serial>\d{{1,6}}) )
        (?P<judge>(?:-[A-Za-z0-9]{{1,5}}){{0,3}})""",
    # 18 U.S.C. § 1343(a), Title 18, United States Code, Section 1343
    "code": rf"""
        (?:title\s+)?(?P<title>\d{{1,3}}),?\s+
        (?:(?P<usc>U\.?\s?S\.?\s?C\.?(?:\s?A\.?)?|U\.?S\.?\s+Code|United\s+States\s+Code)
          |(?P<cfr>C\.?\s?F\.?\s?R\.?|Code\s+of\s+Federal\s+Regulations))
        ,?\s*(?:{_SIGN}\s*)?
        (?P<section>\d+[A-Za-z]{{0,3}}(?:[.-]\d+[A-Za-z]{{0,3}}(?:-\d+)?)?{_PARTS})""",
    # Section 1343 of Title 18
    "section": rf"""
        (?:§|sections?|sec\.)\s*(?P<of_section>\d+[A-Za-z]{{0,3}}{_PARTS})\s+of\s+
        title\s+(?P<of_title>\d{{1,3}})""",
    # Article 15 of the Criminal Law
    "article": rf"""
        (?:articles?|arts?\.)\s*(?P<article>\d+{_PARTS})\s+
        (?:of\s+(?:the\s+)?(?P<law>(?:{_NAME}\s+){{0,5}}?{_LAW})
          |(?:the\s+)?(?P<named_law>(?:{_NAME}\s+){{1,2}}?{_LAW}))""",
    # Fa Shi [2019] No. 18
    "document": rf"""
        (?P<issuer>{_SYLLABLE}(?:[ ]?{_SYLLABLE}){{1,5}})\s*
        [\[(（〔【［](?P<issued>(?:19|20)\d\d)[\])）〕】］]\s*no\.?\s*(?P<item>\d{{1,5}})""",
    # （2017）湘0405刑初149号, 法释〔2019〕18号
    "case": rf"""
        (?P<case>[{_CJK}]{{0,8}}[\[(（〔【［](?:19|20)\d\d[\])）〕】］]\s*[{_CJK}\w]{{0,20}}\d{{1,6}}号)""",
    # § 1343
    "sign": rf"""§§?\s*(?P<alone>\d[\w.-]*\w|\d){_PARTS}""",
}
_EDGE = r"(?=[.,;:!?]*(?:[\s()\"“”^]|\Z))"


@cache
def _pattern() -> re.Pattern[str]:
    kinds = "|".join(rf"(?P<is_{name}>{text})" for name, text in _PATTERNS.items())
    return re.compile(rf"(?:{kinds}){_EDGE}", re.VERBOSE | re.IGNORECASE)


def citation_at(text: str, at: int) -> tuple[str, int] | None:
    """The citation that begins here, in its canonical form, and where it ends in the text."""
    match = _pattern().match(text, at)
    if match is None:
        return None
    for kind, (canonical, _) in _KINDS.items():
        if match[f"is_{kind}"]:
            return canonical(match), match.end()
    raise AssertionError(match)


def spellings(citation: str) -> tuple[Spelling, ...]:
    """The ways to write a citation, given in its canonical form; none for other texts."""
    match = _pattern().fullmatch(citation)
    if match is None:
        return ()
    for kind, (_, spelt) in _KINDS.items():
        if match[f"is_{kind}"]:
            return tuple(dict.fromkeys(spelt(match)))
    raise AssertionError(match)


# ---- docket numbers


def _docket(match: re.Match[str]) -> str:
    kind = match["type"] or match["named"]
    number = match["number"] or match["typed"] or match["serial"]
    middle = f"{kind.lower()}-" if kind else ""
    return f"{match['office'] or ''}{match['year']}-{middle}{number}{match['judge'].upper()}"


def _docket_spellings(match: re.Match[str]) -> Iterator[Spelling]:
    """Year and number, in between the type of the case, if it is not another than was typed.

    The office before and the judge behind are often left out, and not compared.
    """
    year, kind = match["year"][-2:], (match["type"] or match["named"] or "").lower()
    century = match["year"][:-2] or "20"
    bare = (match["number"] or match["typed"] or match["serial"]).lstrip("0") or "0"
    numbers = tuple(dict.fromkeys([bare, *(bare.zfill(size) for size in (3, 4, 5, 6))]))
    years = (year, century + year)
    types = _TYPES.get(kind, (kind,)) if kind else (*_CIVIL, *_CRIMINAL, *_OTHER_TYPES)
    yield (years, numbers)
    yield (years, types, numbers)


# ---- statutes


def _code(match: re.Match[str]) -> str:
    name = _CODE_NAMES["usc" if match["usc"] else "cfr"]
    return f"{match['title']} {name} § {match['section']}"


def _code_spellings(match: re.Match[str]) -> Iterator[Spelling]:
    title, section = match["title"], match["section"]
    names = _CODES["usc" if match["usc"] else "cfr"]
    for name in names:
        yield (f"{title} {name} {section}",)
        yield (f"{title} {name}", _SECTION, section)
        yield (_SECTION, f"{section} of {title} {name}")
    yield (_SECTION, f"{section} of title {title}")


def _section(match: re.Match[str]) -> str:
    return f"{match['of_title']} U.S.C. § {match['of_section']}"


def _article(match: re.Match[str]) -> str:
    law = match["law"] or match["named_law"]
    return f"Article {match['article']} of the {' '.join(law.split())}"


def _article_spellings(match: re.Match[str]) -> Iterator[Spelling]:
    number, law = match["article"], match["law"] or match["named_law"]
    article = ("article", "articles", "art", "arts")
    for link in ("of the", "of", "the", ""):
        yield (article, f"{number} {link} {law}")
    yield (law, article, number)


def _sign(match: re.Match[str]) -> str:
    return "§ " + match["is_sign"].lstrip("§ \t")


def _sign_spellings(match: re.Match[str]) -> Iterator[Spelling]:
    # The sign itself is no word and not in the index.
    yield (match["is_sign"],)


# ---- judicial documents and Chinese case numbers


def _document(match: re.Match[str]) -> str:
    return f"{' '.join(match['issuer'].split())} [{match['issued']}] No. {match['item']}"


def _document_spellings(match: re.Match[str]) -> Iterator[Spelling]:
    apart = " ".join(match["issuer"].split())
    issuers = dict.fromkeys([apart, apart.replace(" ", "")])
    for issuer, number in product(issuers, ("no", "number", "")):
        yield (f"{issuer} {match['issued']} {number} {match['item']}",)
        yield (f"{issuer} {number} {match['item']} {match['issued']}",)


def _case(match: re.Match[str]) -> str:
    text = re.sub(r"\s", "", match["case"])
    return re.sub(r"[\[(〔【［]", "（", re.sub(r"[\])〕】］]", "）", text))


def _case_spellings(match: re.Match[str]) -> Iterator[Spelling]:
    yield (match["case"],)


_KINDS: dict[
    str, tuple[Callable[[re.Match[str]], str], Callable[[re.Match[str]], Iterator[Spelling]]]
] = {
    "docket": (_docket, _docket_spellings),
    "code": (_code, _code_spellings),
    "section": (_section, _code_spellings),
    "article": (_article, _article_spellings),
    "document": (_document, _document_spellings),
    "case": (_case, _case_spellings),
    "sign": (_sign, _sign_spellings),
}
