"""What Whoosh asks of every segment: how many documents it has, and which are deleted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from whoosh.codec import base

__all__ = ["CountedSegment"]


class CountedSegment(base.Segment):
    """A segment in one file, which counts its documents and remembers those deleted."""

    def __init__(self, indexname: str, doc_count: int = 0, deleted: Iterable[int] = ()) -> None:
        super().__init__(indexname)
        self._doc_count = doc_count
        self._deleted = set(deleted)

    def doc_count_all(self) -> int:
        return self._doc_count

    def set_doc_count(self, doccount: int) -> None:
        self._doc_count = doccount

    def deleted_count(self) -> int:
        return len(self._deleted)

    def deleted_docs(self) -> Iterator[int]:
        return iter(sorted(self._deleted))

    def is_deleted(self, docnum: int) -> bool:
        return docnum in self._deleted

    def delete_document(self, docnum: int, delete: bool = True) -> None:
        if delete:
            self._deleted.add(docnum)
        else:
            self._deleted.discard(docnum)

    def should_assemble(self) -> bool:
        return False
