"""Which articles of an index tell the same story: a file beside its segments."""

from __future__ import annotations

import sys
from bisect import bisect_left
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from searchidx.segment.parts import Array, PartsFile, narrow, write_parts

__all__ = ["Stories"]


class Stories:
    """The articles that share a story with another one.

    Articles have numbers from 0 across all segments, in the order in which the manifest has
    those. Raises IndexCorrupt where the file is not what was written.
    """

    def __init__(self, path: Path) -> None:
        self.parts = PartsFile(path)

    @staticmethod
    def write(path: Path, labels: Array) -> None:
        """Write the stories of all articles (int, 0 for none) to a new file."""
        docs = np.flatnonzero(labels)
        # Numbers without gaps, so that a story can be counted by its number.
        _, dense = np.unique(labels[docs], return_inverse=True)
        write_parts(path, {}, {"docs": narrow(docs), "labels": narrow(dense + 1)})

    @cached_property
    def docs(self) -> Array:
        """The numbers of the articles: int64, ascending."""
        return self.parts["docs"].astype(np.int64)

    @cached_property
    def labels(self) -> Array:
        """The story of each of them, counted from 1: int64."""
        return self.parts["labels"].astype(np.int64)

    def of(self, numbers: Array) -> Array:
        """The stories of articles (int64), 0 where one is alone in telling its own."""
        if not len(self.docs):
            return np.zeros(len(numbers), dtype=np.int64)
        at = np.minimum(self.docs.searchsorted(numbers), len(self.docs) - 1)
        found: Array = np.where(self.docs[at] == numbers, self.labels[at], 0)
        return found

    def of_few(self, numbers: Sequence[int]) -> list[int]:
        """What ``of`` gives, for a page of articles: quicker one by one than by arrays."""
        docs, labels = self._listed
        return [
            labels[at] if docs[at := bisect_left(docs, number)] == number else 0
            for number in numbers
        ]

    @cached_property
    def _listed(self) -> tuple[list[int], list[int]]:
        """As lists, with a last article that there is not."""
        return [*self.docs.tolist(), sys.maxsize], [*self.labels.tolist(), 0]

    def members(self, label: int) -> Array:
        """All articles that tell a story: int64, ascending."""
        starts, docs = self._by_label
        found: Array = docs[starts[label] : starts[label + 1]]
        return found

    @cached_property
    def _by_label(self) -> tuple[Array, Array]:
        """Where each story begins in the articles put in the order of their stories."""
        order = np.argsort(self.labels, kind="stable")
        highest = int(self.labels.max(initial=0))
        return self.labels[order].searchsorted(np.arange(highest + 2)), self.docs[order]
