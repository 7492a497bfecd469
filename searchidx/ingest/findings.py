"""What has been found of an article so far, and by which rule."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from searchidx.article import Article
from searchidx.errors import ReadError
from searchidx.ingest.dates import lies_ahead, whole_date
from searchidx.ingest.labels import Part
from searchidx.ingest.language import detected_language
from searchidx.ingest.names import split_names, split_tags
from searchidx.ingest.reading import Reading
from searchidx.ingest.standing import standing_of

__all__ = ["SAID", "Findings", "is_article_url"]

SAID = ("label", "original source")
"""The rules by which an article itself names its outlet."""

_URL = re.compile(r"https?://\S+", re.I)
_DAYS = ("date", "updated")
_FRONT_PAGE = re.compile(r"(?:index|default|home|main)\b[^/]*", re.I)


class Findings:
    """Fields of one article, gathered rule by rule, the most trusted first: the first one stays."""

    def __init__(self) -> None:
        self._values: dict[str, Any] = {}
        self._rules: dict[str, str] = {}
        self._warnings: list[str] = []

    def __contains__(self, field: str) -> bool:
        return field in self._values

    def __getitem__(self, field: str) -> Any:
        return self._values[field]

    def get(self, field: str) -> Any:
        """What the field has; None where it has nothing."""
        return self._values.get(field)

    def rule(self, field: str) -> str:
        """The rule that found the field."""
        return self._rules[field]

    def offer(self, field: str, value: Any, rule: str) -> None:
        """Take the value for the field, if it is one and the field has none.

        A day that has not come yet is kept out, and told: no news comes from tomorrow.
        """
        if not value or field in self._values:
            return
        if field in _DAYS and lies_ahead(value):
            self.warn(f"{field} {value} ({rule}) lies in the future: not taken")
            return
        self._values[field] = value
        self._rules[field] = rule

    def withdraw(self, field: str) -> None:
        """Forget what was found for the field."""
        self._values.pop(field, None)
        self._rules.pop(field, None)

    def warn(self, warning: str) -> None:
        """Tell something of the article that its reader should know, once."""
        if warning not in self._warnings:
            self._warnings.append(warning)

    def offer_parts(self, parts: Iterable[Part]) -> None:
        """Take labelled parts; a second value for a field that has one from a label is added."""
        for part in parts:
            if part.kind in _DAYS:
                self.offer(part.kind, whole_date(part.value), part.rule)
            elif part.kind == "authors":
                names = (*self._values.get("authors", ()), *split_names(part.value))
                self._set("authors", tuple(dict.fromkeys(names)), part.rule)
            elif part.kind == "tags":
                self.offer("tags", split_tags(part.value), part.rule)
            elif part.kind == "source":
                self._offer_source(part)
            elif part.kind in ("url", "section", "standing"):
                value = part.value.casefold() if part.kind == "standing" else part.value
                self.offer(part.kind, value, part.rule)
            else:
                self._add(part.kind, part.value, part.rule)

    def take_over(self, other: Findings) -> None:
        """Take every field that another has; what its labels say of an outlet counts for more.

        An outlet that a label names is the source: the page's own outlet, if it is another one,
        shows the article again.
        """
        for field, value in other._values.items():
            rule = other._rules[field]
            if field in ("source", "authors") and rule in SAID:
                if field == "source":
                    self.offer_source(value, rule)
                self._values[field] = value
                self._rules[field] = rule
            self.offer(field, value, rule)
        for warning in other._warnings:
            self.warn(warning)

    def offer_source(self, outlet: str, rule: str) -> None:
        """Take the outlet that the article names; the one known before becomes the republisher."""
        before = self._values.get("source", "")
        if before and not _same_outlet(before, outlet):
            self.offer("republisher", before, self._rules["source"])
        self._values["source"] = outlet
        self._rules["source"] = rule

    def reading(self, path: Path) -> Reading:
        """The article of what was found. Raises ReadError where there is no title and no body."""
        title, body = self._values.get("title", ""), self._values.get("body", "")
        if not title and not body:
            raise ReadError("no article text found")
        self.offer("language", *detected_language(f"{title}\n{body}"))
        self.offer("standing", *standing_of(title, [*body.split("\n\n"), *self._notice()]))
        article = Article(**{"title": "", **self._values})
        return Reading(article, path, dict(self._rules), tuple(self._warnings))

    def _notice(self) -> list[str]:
        return [text] if (text := self._values.get("notice", "")) else []

    def _set(self, field: str, value: Any, rule: str) -> None:
        if value:
            self._values[field] = value
            self._rules.setdefault(field, rule)

    def _add(self, field: str, value: str, rule: str) -> None:
        before = self._values.get(field, "")
        if value not in before:
            between = "\n" if field == "notice" else "; "
            self._set(field, f"{before}{between}{value}" if before else value, rule)

    def _offer_source(self, part: Part) -> None:
        """A source may be a name, an outlet's home page, or the article's own address."""
        match = _URL.search(part.value)
        if match is None or not is_article_url(match[0]):
            self._add("source", part.value, part.rule)
            return
        name = (part.value[: match.start()] + part.value[match.end() :]).strip(" ()（）|,，-–—")
        self._add("source", name or urlsplit(match[0]).hostname or "", part.rule)
        self.offer("url", match[0], part.rule)


def is_article_url(url: str) -> bool:
    """Whether an address can be one article's own: not its outlet's home or a front page.

    The address is what an article is known by, so an outlet's home page taken for it would
    make each of the outlet's articles replace the one before.
    """
    try:
        address = urlsplit(url.strip())
    except ValueError:
        return False
    if address.scheme not in ("http", "https") or not address.hostname:
        return False
    segments = [segment for segment in address.path.split("/") if segment]
    if segments and _FRONT_PAGE.fullmatch(segments[-1]):
        segments.pop()
    if any(character.isdigit() for character in address.query):
        return True
    if len(segments) == 1:
        return bool(re.search(r"[\d._-]", segments[0]))
    return len(segments) > 1


def _same_outlet(one: str, other: str) -> bool:
    """Whether two names are of one outlet: equal, or one the other's host."""
    first, second = (_letters(urlsplit(name).hostname or name) for name in (one, other))
    if first == second:
        return True
    hosts = [name for name in (one, other) if "." in name and " " not in name.strip()]
    return bool(hosts and first and second) and (first in second or second in first)


def _letters(name: str) -> str:
    return re.sub(r"^the(?=\w{4})|^www|\W", "", name.casefold().replace("the ", ""))
