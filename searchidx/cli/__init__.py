"""The command line: one thin module a family of commands."""

from searchidx.cli.main import main

__all__ = ["main"]
