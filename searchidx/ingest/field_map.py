"""Other people's names of fields -> ours: those told, and those that are common."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from searchidx.article import FIELD_NAMES
from searchidx.ingest.field_values import date_of, names_of, tags_of, text_of

__all__ = ["FieldMap", "value_for"]

_ALIASES = {
    "title": "headline heading articletitle articleheadline pagetitle webtitle posttitle",
    "body": (
        "text content articlebody bodytext fulltext articletext maintext plaintext contenttext "
        "articlecontent contenthtml bodyhtml postcontent"
    ),
    "date": (
        "published pubdate datepublished publicationdate publishedat publishdate publishedon "
        "publisheddate publishedtime publishtime publicationtime webpublicationdate "
        "firstpublished dateissued issued postdate articledate releasedate"
    ),
    "updated": (
        "modified datemodified lastmodified modifieddate dateupdated updatedat lastupdated "
        "updateddate lastmod"
    ),
    "url": "link permalink weburl canonicalurl articleurl sourceurl originalurl pageurl uri",
    "authors": "author byline creator creators reporter reporters writer writers",
    "source": "publisher outlet sitename publication newspaper sourcename feedname website",
    "agency": "newsagency wire wireservice",
    "editor": "editors editedby",
    "section": "category categories channel sectionname articlesection rubric",
    "tags": "keywords keyword tag topics subjects",
    "language": "lang inlanguage languagecode",
    "notice": "copyright rights copyrightnotice disclaimer",
    "translator": "translators translatedby",
}
_FIELD_OF = {name.replace("_", ""): name for name in FIELD_NAMES}  # "Title", "Responsible editor"
_FIELD_OF |= {alias: field for field, aliases in _ALIASES.items() for alias in aliases.split()}
_ORDER = {alias: place for place, alias in enumerate(_FIELD_OF)}
_NOT_LETTERS = re.compile(r"[\W_]+")
_LANGUAGE = re.compile(r"([a-z]{2})(?:[-_].*)?", re.I)
_ADDRESS = re.compile(r"https?://\S+", re.I)


class FieldMap:
    """Finds an article's fields in a record.

    ``told`` goes from names of theirs to ours; a name with dots, ``meta.title``, is a way into
    records inside the record. Raises ValueError where a name is no field of an article.
    """

    def __init__(self, told: Mapping[str, str] | None = None) -> None:
        self._told = dict(told or {})
        for theirs, ours in self._told.items():
            if ours not in FIELD_NAMES:
                fields = ", ".join(FIELD_NAMES)
                raise ValueError(
                    f"field map: {theirs}={ours}: no article has a field {ours!r}; use one of "
                    + fields
                )

    def told(self, record: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
        """Our name, their name and the value of each field that the map leads to."""
        for theirs, ours in self._told.items():
            value = _at(record, theirs)
            if value not in (None, "", [], ()):
                yield ours, theirs, value

    def known(self, record: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
        """Our name, their name and the value of each field under a common name, likeliest first."""
        found = []
        for name, value in record.items():
            if isinstance(name, str) and name not in self._told and name not in FIELD_NAMES:
                alias = _folded(name)
                if alias in _FIELD_OF and value not in (None, "", [], ()):
                    found.append((_ORDER[alias], name, value))
        for _, name, value in sorted(found, key=lambda one: one[0]):
            yield _FIELD_OF[_folded(name)], name, value

    def field_of(self, name: str) -> str | None:
        """The field that a column of this name is for."""
        return self._told.get(name) or _FIELD_OF.get(_folded(name))


def value_for(field: str, value: object) -> Any:
    """The value as the field takes it; None where it is of another kind."""
    found = _CONVERTERS.get(field, text_of)(value)
    if not found:
        return None
    if field == "url":
        match = _ADDRESS.fullmatch(found)
        return match and match[0]
    if field == "language":
        code = _LANGUAGE.fullmatch(found)
        return code and code[1].lower()
    return found


def _section(value: object) -> str | None:
    """The first of several; where there are more they are tags too, if the reader keeps them."""
    if isinstance(value, list | tuple):
        return next(iter(tags_of(value) or ()), None)
    return text_of(value)


_CONVERTERS: dict[str, Callable[[object], Any]] = {
    "date": date_of,
    "updated": date_of,
    "authors": names_of,
    "tags": tags_of,
    "section": _section,
}


def _folded(name: str) -> str:
    return _NOT_LETTERS.sub("", name).lower()


def _at(record: Mapping[str, Any], way: str) -> Any:
    """The value under a name, or at the end of a way of names and places in lists."""
    if way in record:
        return record[way]
    value: Any = record
    for step in way.split("."):
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value
