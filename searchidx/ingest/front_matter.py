"""What stands above a Markdown text between two lines: YAML, TOML or JSON."""

from __future__ import annotations

import json
import re
from typing import Any

__all__ = ["FrontMatterError", "front_matter"]

_LARGEST = 64 * 1024
_YAML = re.compile(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S | re.M)
_ALIAS = re.compile(r"\*[\w-]")
_ESCAPED_HALF = re.compile(r"\\u[dD][89a-fA-F]")
_TOML = re.compile(r"\+\+\+[ \t]*\n(.*?)^\+\+\+[ \t]*(?:\n|\Z)", re.S | re.M)


class FrontMatterError(ValueError):
    """Front matter that cannot be read, and the line of the file where that shows."""

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


def front_matter(text: str) -> tuple[dict[str, Any], str]:
    """The values above the text, and the text. Raises FrontMatterError where they are no values."""
    for form, parse in ((_YAML, _parse_yaml), (_TOML, _parse_toml)):
        match = form.match(text)
        if match:
            if len(match[1]) > _LARGEST:
                raise FrontMatterError(f"front matter larger than {_LARGEST // 1024} KiB", 1)
            if _ESCAPED_HALF.search(match[1]):
                raise FrontMatterError("front matter with half a character (a surrogate)", 1)
            values = parse(match[1])
            # Two rules with prose between them are not front matter.
            return (values, text[match.end() :]) if isinstance(values, dict) else ({}, text)
    if text.startswith("{") and not _ESCAPED_HALF.search(text[:_LARGEST]):
        try:
            values, end = json.JSONDecoder().raw_decode(text)
        except (ValueError, RecursionError):
            return {}, text
        return (values, text[end:]) if isinstance(values, dict) else ({}, text)
    return {}, text


def _parse_yaml(text: str) -> Any:
    import yaml

    try:
        if _ALIAS.search(text):
            # A few lines of aliases of aliases make billions of values.
            for event in yaml.parse(text, yaml.SafeLoader):
                if isinstance(event, yaml.AliasEvent):
                    line = event.start_mark.line + 2
                    raise FrontMatterError("front matter with YAML aliases", line)
        return yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        raise FrontMatterError("front matter that is not valid YAML", line) from None
    except FrontMatterError:
        raise
    except (yaml.YAMLError, ValueError, RecursionError, TypeError, AttributeError):
        # A day that no month has is no YAML error to PyYAML.
        raise FrontMatterError("front matter that is not valid YAML", 1) from None


def _parse_toml(text: str) -> Any:
    import tomllib

    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError):
        raise FrontMatterError("front matter that is not valid TOML", 1) from None
