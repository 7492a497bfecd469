"""Files -> Articles: a module a format, each field with the rule that found it."""

from searchidx.ingest.files import find_files, read_file, read_files, read_stream
from searchidx.ingest.readers.text import render_text
from searchidx.ingest.reading import MAX_BYTES, LeftOut, Reader, Reading
from searchidx.ingest.walking import READING_VERSION, FoundFile, walk

__all__ = [
    "MAX_BYTES",
    "READING_VERSION",
    "FoundFile",
    "LeftOut",
    "Reader",
    "Reading",
    "find_files",
    "read_file",
    "read_files",
    "read_stream",
    "render_text",
    "walk",
]
