"""What has been found of an article so far, and by which rule."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from searchidx.article import Article
from searchidx.errors import ReadError
from searchidx.ingest.labels import Part
from searchidx.ingest.language import language_of
from searchidx.ingest.names import split_names
from searchidx.ingest.reading import Reading

__all__ = ["Findings", "is_article_url"]

_URL = re.compile(r"https?://\S+", re.I)
_FRONT_PAGE = re.compile(r"(?:index|default|home|main)\b[^/]*", re.I)


class Findings:
    """Fields of one article, gathered rule by rule, the most trusted first: the first one stays."""

    def __init__(self) -> None:
        self._values: dict[str, Any] = {}
        self._rules: dict[str, str] = {}

    def __contains__(self, field: str) -> bool:
        return field in self._values

    def __getitem__(self, field: str) -> Any:
        return self._values[field]

    def offer(self, field: str, value: Any, rule: str) -> None:
        """Take the value for the field, if it is one and the field has none."""
        if value and field not in self._values:
            self._values[field] = value
            self._rules[field] = rule

    def offer_parts(self, parts: Iterable[Part]) -> None:
        """Take labelled parts; a second value for a field that has one from a label is added."""
        for part in parts:
            if part.kind == "date":
                self.offer("date", dt.date.fromisoformat(part.value), part.rule)
            elif part.kind == "authors":
                names = (*self._values.get("authors", ()), *split_names(part.value))
                self._set("authors", tuple(dict.fromkeys(names)), part.rule)
            elif part.kind == "source":
                self._offer_source(part)
            elif part.kind == "url":
                self.offer("url", part.value, part.rule)
            else:
                self._add(part.kind, part.value, part.rule)

    def take_over(self, other: Findings) -> None:
        """Take every field that another has; what its labels say of an outlet counts for more."""
        for field, value in other._values.items():
            if field in ("source", "authors") and other._rules[field] == "label":
                self._values[field] = value
                self._rules[field] = other._rules[field]
            self.offer(field, value, other._rules[field])

    def reading(self, path: Path) -> Reading:
        """The article of what was found. Raises ReadError where there is no title and no body."""
        title, body = self._values.get("title", ""), self._values.get("body", "")
        if not title and not body:
            raise ReadError("no article text found")
        self.offer("language", language_of(f"{title}\n{body}"), "script")
        article = Article(**{"title": "", **self._values})
        return Reading(article, path, dict(self._rules))

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
