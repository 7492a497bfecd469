"""What there is to do to make an index equal to folders: which files to read, which are gone."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from searchidx.index.catalog import Catalog, FileRecord

if TYPE_CHECKING:
    from searchidx.ingest import FoundFile

__all__ = ["Plan", "note", "plan"]

_FINAL = ("unknown file type", "binary file", "empty", "not a regular file")


@dataclass(slots=True)
class Plan:
    """What is to be done to make an index equal to folders.

    ``moved`` are files found under another name; ``again`` are paths that were left out and may
    be readable now.
    """

    added: list[FoundFile] = field(default_factory=list)
    changed: list[FoundFile] = field(default_factory=list)
    again: list[FoundFile] = field(default_factory=list)
    moved: list[tuple[str, FoundFile]] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)

    @property
    def to_read(self) -> list[FoundFile]:
        """The files to read, in the order of their names."""
        return sorted([*self.added, *self.changed, *self.again])

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.changed or self.again or self.moved or self.removed)


def plan(
    catalog: Catalog,
    found: Sequence[FoundFile],
    roots: Sequence[str],
    unseen: Sequence[str],
    reading: dict[str, Any],
    *,
    remove: bool,
) -> Plan:
    """Compare what is in folders with what was read of them.

    ``roots`` are absolute paths; of files below those of ``unseen``, which could not be looked
    into, nothing is known, and nothing is removed.
    """
    result = Plan()
    known = catalog.files
    all_again = catalog.reading != reading
    present = set()
    new: list[FoundFile] = []
    for file in found:
        present.add(file.absolute)
        record = known.get(file.absolute)
        if record is None:
            new.append(file)
        elif all_again or record[1:4] != file[2:5]:
            result.changed.append(file)
        elif file.absolute in catalog.reasons and _may_be_read_now(catalog, file.absolute):
            result.again.append(file)
        else:
            result.unchanged.append(file.absolute)
    gone = [
        path
        for path in known
        if path not in present and _is_below(path, roots) and not _is_below(path, unseen)
    ]
    renamed = {} if all_again else {known[path][1:4]: path for path in gone}
    for file in new:
        before = renamed.get(file[2:5])
        if before is not None and Path(before).suffix == Path(file.path).suffix:
            del renamed[file[2:5]]
            result.moved.append((before, file))
        else:
            result.added.append(file)
    moved = {before for before, _ in result.moved}
    result.removed = [path for path in gone if path not in moved] if remove else []
    return result


def _may_be_read_now(catalog: Catalog, path: str) -> bool:
    """Whether nothing was read of a file, for a reason that may have gone."""
    if catalog.files[path].articles:
        return False
    return not all(reason.startswith(_FINAL) for reason, _ in catalog.reasons[path])


def _is_below(path: str, folders: Iterable[str]) -> bool:
    return any(path == one or path.startswith(one.rstrip(os.sep) + os.sep) for one in folders)


def note(made: Plan, catalog: Catalog) -> list[FileRecord]:
    """Note in the catalog what was moved and removed; gives the files that are gone."""
    for before, file in made.moved:
        record, reasons = catalog.files[before], catalog.reasons.get(before, ())
        catalog.forget(before)
        catalog.put(file.absolute, record, reasons)
    gone = []
    for path in made.removed:
        gone.append(catalog.files[path])
        catalog.forget(path)
    return gone
