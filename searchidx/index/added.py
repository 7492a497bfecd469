"""What a change did, in numbers."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Added"]


@dataclass(frozen=True, slots=True)
class Added:
    """What became of the articles given to ``add``."""

    added: int = 0
    replaced: int = 0
    skipped: int = 0

    @property
    def total(self) -> int:
        return self.added + self.replaced + self.skipped
