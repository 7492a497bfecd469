"""A segment of any schema in Whoosh's table of contents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from whoosh.codec import base

from searchidx.segment.whoosh_codec.counted import CountedSegment

if TYPE_CHECKING:
    from searchidx.segment.whoosh_codec.drop_in.drafts import Draft

__all__ = ["DropInSegment"]


class DropInSegment(CountedSegment):
    """Its name and files, and the codec that reads it."""

    def __init__(self, codec: base.Codec, indexname: str) -> None:
        super().__init__(indexname)
        self._codec = codec
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
