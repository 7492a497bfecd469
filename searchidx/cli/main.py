"""The ``searchidx`` command: finds its subcommands, and turns errors into one line."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from io import TextIOWrapper

import click

from searchidx.errors import QuerySyntaxError, SearchidxError

__all__ = ["main"]

_MODULES = {
    "index": "indexing",
    "sync": "indexing",
    "rebuild": "indexing",
    "delete": "indexing",
    "compact": "indexing",
    "query": "asking",
    "similar": "asking",
    "suggest": "asking",
    "show": "asking",
    "copies": "versions",
    "history": "versions",
    "diff": "versions",
    "stats": "inspection",
    "check": "inspection",
}

EPILOG = """\b
Exit status, as in grep: 0 found (done), 1 nothing found, 2 trouble.
Completion for your shell, here bash:
  eval "$(_SEARCHIDX_COMPLETE=bash_source searchidx)"
"""


class _Commands(click.Group):
    """Imports a command's module when the command is asked for, so that a query starts fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = _MODULES.get(cmd_name)
        if module is None:
            return None
        command: click.Command = getattr(import_module(f"searchidx.cli.{module}"), cmd_name)
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]}, epilog=EPILOG)
@click.version_option(package_name="searchidx")
@click.option(
    "--index-dir",
    metavar="DIR",
    envvar="SEARCHIDX_INDEX",
    default="index",
    show_default=True,
    show_envvar=True,
    help="The index; every command takes this option too.",
)
@click.pass_context
def searchidx(ctx: click.Context, index_dir: str) -> None:
    """Full-text search for legal news.

    \b
    searchidx index articles/
    searchidx query "minor crimes governance"
    """
    ctx.obj = index_dir


def main() -> None:
    """Run the command and exit: 0 found, 1 nothing found, 2 trouble."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A terminal that lacks a character of an article still shows the rest.
            stream.reconfigure(errors="replace")
    try:
        status = searchidx.main(prog_name="searchidx", standalone_mode=False)
    except click.exceptions.Exit as leave:
        status = leave.exit_code
    except click.ClickException as error:
        click.echo(f"searchidx: {_one_line(error)}", err=True)
        status = 2
    except (click.Abort, KeyboardInterrupt):
        click.echo("searchidx: interrupted", err=True)
        status = 130
    except QuerySyntaxError as error:
        _explain(error)
        status = 2
    except SearchidxError as error:
        click.echo(f"searchidx: {error}", err=True)
        status = 2
    except BrokenPipeError:
        # The reader of our output has left, as `head` does: nothing is wrong.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        click.echo(f"searchidx: {where}{error.strerror or error}", err=True)
        status = 2
    except Exception as error:
        if os.environ.get("SEARCHIDX_DEBUG"):
            raise
        what = f"{type(error).__name__}: {error}".splitlines()[0]
        click.echo(
            f"searchidx: a fault of searchidx itself: {what}; please report it with what "
            "SEARCHIDX_DEBUG=1 prints",
            err=True,
        )
        status = 2
    sys.exit(status if isinstance(status, int) else 0)


def _one_line(error: click.ClickException) -> str:
    message = " ".join(error.format_message().split())
    if isinstance(error, click.NoSuchOption) and "query" in sys.argv[1:2]:
        return f"{message} A query that begins with a minus goes behind a --"
    if isinstance(error, click.UsageError) and error.ctx is not None:
        return f"{message} (see `{error.ctx.command_path} --help`)"
    return message


_SHOWN = 100


def _explain(error: QuerySyntaxError) -> None:
    """The message, and on a terminal the query with a pointer to the place."""
    click.echo(f"searchidx: {error}", err=True)
    query = "".join(c if c.isprintable() else " " for c in error.query)
    if sys.stderr.isatty() and len(query) <= _SHOWN and query.isascii():
        click.echo(f"  {query}\n  {' ' * error.column}^", err=True)
