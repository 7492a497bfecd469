"""Files -> Articles: text, HTML, JSON and JSON lines, each field with the rule that found it."""

from searchidx.ingest.files import find_files, read_file, read_files
from searchidx.ingest.reading import MAX_BYTES, LeftOut, Reader, Reading
from searchidx.ingest.text import render_text

__all__ = [
    "MAX_BYTES",
    "LeftOut",
    "Reader",
    "Reading",
    "find_files",
    "read_file",
    "read_files",
    "render_text",
]
