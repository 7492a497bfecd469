"""What a change did, in numbers."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Added"]


class Added(NamedTuple):
    """What became of the articles given to ``add``; ``withheld`` were taken down before."""

    added: int = 0
    replaced: int = 0
    skipped: int = 0
    withheld: int = 0

    @property
    def total(self) -> int:
        return sum(self)
