"""What holds the design: imports run downwards, names are exported, commands are documented."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import searchidx
from searchidx.cli.main import _MODULES as COMMANDS

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "searchidx"

# Each room may import from those named behind it, and from itself.
BELOW = {
    "errors": set(),
    "article": {"errors"},
    "analysis": {"errors", "article"},
    "segment": {"errors", "article", "analysis"},
    "knowledge": {"errors", "article", "analysis"},
    "query": {"errors", "article", "analysis", "knowledge"},
    "ingest": {"errors", "article", "analysis"},
    "search": {"errors", "article", "analysis", "knowledge", "segment", "query"},
    "index": {"errors", "article", "analysis", "segment", "query", "search", "ingest"},
    "cli": {"errors", "article", "index", "search", "query", "ingest"},
}  # fmt: skip
MODULES = sorted(PACKAGE.rglob("*.py"))


def imported(path: Path) -> set[str]:
    rooms = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        for name in names:
            if name.startswith("searchidx."):
                rooms.add(name.split(".")[1])
    return rooms


@pytest.mark.parametrize("path", MODULES, ids=[str(p.relative_to(PACKAGE)) for p in MODULES])
def test_imports_run_downwards(path: Path) -> None:
    room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if room in ("__init__", "__main__"):
        return
    assert imported(path) <= BELOW[room] | {room}


def test_every_room_is_in_the_picture() -> None:
    rooms = {path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in MODULES}
    assert rooms - {"__init__", "__main__"} == set(BELOW)


@pytest.mark.parametrize(
    "name", [m.name for m in pkgutil.walk_packages([str(PACKAGE)], "searchidx.")]
)
def test_exported_names_exist_and_are_documented(name: str) -> None:
    if name == "searchidx.__main__":
        return
    module = importlib.import_module(name)
    assert module.__doc__
    exported = module.__all__
    assert len(set(exported)) == len(exported)
    for one in exported:
        assert hasattr(module, one)


def test_the_public_names_are_what_is_bound() -> None:
    bound = {
        name
        for name, value in vars(searchidx).items()
        if not name.startswith("_") and getattr(value, "__module__", "").startswith("searchidx")
    }
    assert bound == set(searchidx.__all__) - {"__version__"}
    for name in bound:
        assert getattr(searchidx, name).__doc__


def test_inits_hold_no_logic() -> None:
    for path in PACKAGE.rglob("__init__.py"):
        for node in ast.parse(path.read_text("utf-8")).body:
            assert isinstance(
                node, ast.Expr | ast.Import | ast.ImportFrom | ast.Assign | ast.With
            ), path


def test_every_command_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    for command in COMMANDS:
        assert f"searchidx {command}" in readme


@pytest.mark.parametrize(
    "name",
    [
        "README.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "docs/query-language.md",
        "docs/keeping.md",
    ],
)
def test_links_are_alive(name: str) -> None:
    path = ROOT / name
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", path.read_text("utf-8")):
        if "://" not in target:
            assert (path.parent / target).exists(), target


def test_the_files_that_architecture_names_exist() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    named = set(re.findall(r"`(searchidx/[\w/]+\.py|tests/[\w/.]+)`", text))
    assert len(named) > 10
    for one in named:
        assert (ROOT / one).exists(), one


def test_whoosh_and_heavy_readers_are_not_imported_by_a_query() -> None:
    import subprocess
    import sys

    code = (
        "import sys; import searchidx.cli.asking, searchidx.cli.answers, searchidx.index;"
        "print([m for m in ('whoosh', 'bs4', 'trafilatura', 'rich', 'rapidfuzz', 'lxml') "
        "if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8")
    assert done.stdout.strip() == "[]"
