"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

__all__ = ["format_option", "index_dir_option"]

Command = TypeVar("Command", bound=Callable[..., Any])


def _index_dir(ctx: click.Context, _: click.Parameter, value: str | None) -> str:
    """The command's own option, or else the group's, which knows the environment."""
    return value or ctx.obj or "index"


def index_dir_option(command: Command) -> Command:
    """``--index-dir``: which index the command works on."""
    return click.option(
        "--index-dir",
        metavar="DIR",
        callback=_index_dir,
        help="The index.  [default: $SEARCHIDX_INDEX, or ./index]",
    )(command)


def format_option(*names: str) -> Callable[[Command], Command]:
    """``--format``: text for people, the others with a stable form for programs."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(names),
        default=names[0],
        show_default=True,
        help="text is for people; the others keep their form.",
    )
