"""A segment of any schema in Whoosh's table of contents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from whoosh.codec import base

if TYPE_CHECKING:
    from searchidx.segment.whoosh_codec.drop_in.drafts import Draft

__all__ = ["DropInSegment"]


class DropInSegment(base.Segment):
    """Its name, how many documents it has, and which of them are deleted."""

    def __init__(self, codec: base.Codec, indexname: str) -> None:
        super().__init__(indexname)
        self._codec = codec
        self._doc_count = 0
        self._deleted: set[int] = set()
        self.draft: Draft | None = None  # what its writers have not yet put in the file

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"draft": None}

    @property
    def filename(self) -> str:
        """The file of its arrays."""
        return self.make_filename(".parts")

    def column_filename(self, fieldname: str) -> str:
        """The file of a column that whoosh.sorting.add_sortable adds; a merge takes it in."""
        return self.make_filename(f".{fieldname}.col")

    def codec(self, **_: Any) -> base.Codec:
        return self._codec

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
        return False  # it is one file already
