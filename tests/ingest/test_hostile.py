"""Files made to do harm: each costs one warning and itself, and memory stays bounded."""

from __future__ import annotations

import io
import json
import os
import struct
import subprocess
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from searchidx.ingest import LeftOut, Reading, read_file, read_files

MEGABYTES_ALLOWED = 300
GOOD = "Court voids lease\n2024-06-28\nThe lease is void.\n"
READ_ALL = """
import json, pathlib, resource, sys
import bs4, feedparser, lxml.html, trafilatura
from searchidx.ingest import read_file, read_files
for warm in pathlib.Path(sys.argv[1]).glob("warm/*"):
    list(read_file(warm, lambda what: None))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
told = []
titles = [r.article.title for r in read_files([sys.argv[1] + "/in"], lambda what: told.append(str(what)))]
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps([titles, told, (after - before) // 1024]))
"""


def told_by_reading(folder: Path, seconds: int = 60) -> list[str]:
    """What is left out of ``folder/in``; beside it a good article must be read, in little memory."""
    inside = folder / "in"
    (inside / "good.txt").write_text(GOOD)
    (inside / "zz-good.txt").write_text(GOOD.replace("lease", "sale"))
    (folder / "warm").mkdir()
    (folder / "warm" / "x.txt").write_text(GOOD)
    (folder / "warm" / "x.html").write_text(f"<html><body><p>{GOOD * 9}</p></body></html>")
    done = subprocess.run(
        [sys.executable, "-c", READ_ALL, str(folder)],
        capture_output=True,
        encoding="utf-8",
        timeout=seconds,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stderr == ""
    titles, told, megabytes = json.loads(done.stdout)
    assert {"Court voids lease", "Court voids sale"} <= set(titles)
    assert megabytes < MEGABYTES_ALLOWED
    return [line.removeprefix(f"{inside}/") for line in told]


def deflated(size: int, letter: bytes = b"\x00") -> bytes:
    """A deflate stream of so many megabytes of one letter, made of one that is repeated."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    one = deflate.compress(letter * 1024**2) + deflate.flush(zlib.Z_FULL_FLUSH)
    return one * size + deflate.flush()


def zip_of(entries: list[tuple[str, bytes, int]], *, shared: bool = False) -> bytes:
    """A zip of (name, deflated content, claimed size); with ``shared`` all are the first one's bytes."""
    data, directory, place = [], [], 0
    for name, content, size in entries:
        fields = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 33, 0, len(content), size, len(name), 0)
        end = struct.pack("<HHHII", 0, 0, 0, 0, 0 if shared else place)
        directory.append(b"PK\x01\x02\x14\x00" + fields + end + name.encode())
        if not (shared and data):
            data.append(b"PK\x03\x04" + fields + name.encode() + content)
            place += len(data[-1])
    size = sum(map(len, directory))
    count = min(len(entries), 0xFFFF)
    end = struct.pack("<HHHHIIH", 0, 0, count, count, size, place, 0)
    return b"".join([*data, *directory, b"PK\x05\x06", end])


def gzip_of(deflated: bytes) -> bytes:
    return b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03" + deflated + bytes(8)


def nested_zip(levels: int, width: int = 16) -> bytes:
    data = b"words " * 10
    for level in range(levels):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(width):
                archive.writestr(f"{number}.{'zip' if level else 'txt'}", data)
        data = packed.getvalue()
    return data


def tar_of(name: str, kind: bytes, size: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.type, info.size = kind, size
    return info.tobuf(tarfile.GNU_FORMAT)


def pdf_of(deflated_page: bytes) -> bytes:
    """A document of one page, without the table of where its objects lie."""
    return (
        b"%%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
        b"2 0 obj\n<</Type/Pages/Count 1/Kids[3 0 R]>>\nendobj\n"
        b"3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>\nendobj\n"
        b"4 0 obj\n<</Filter/FlateDecode/Length %d>>\nstream\n%b\nendstream\nendobj\n"
        b"trailer<</Size 5/Root 1 0 R>>\nstartxref\n0\n%%%%EOF"
        % (len(deflated_page), deflated_page)
    )


def bombs() -> Iterator[tuple[str, Callable[[], bytes], str]]:
    """A name, how its bytes are made, what is told of it."""
    ratio = "unpacks to more than 100 times its size"
    large = "larger than 32 MiB"
    most = 2**32 - 2
    yield (
        "lies.zip",
        lambda: zip_of([("x.txt", deflated(99), 9)]),
        ("lies.zip/x.txt: damaged in its archive"),
    )
    yield (
        "text.zip",
        lambda: zip_of([("x.txt", deflated(10_000, b"a"), most)]),
        (f"text.zip/x.txt: {large}"),
    )
    yield "lines.zip", lambda: zip_of([("x.jsonl", deflated(3_000), most)]), f"lines.zip: {ratio}"
    yield "x.txt.gz", lambda: gzip_of(deflated(10_000, b"a")), f"x.txt.gz: {large}"
    yield "x.jsonl.gz", lambda: gzip_of(deflated(3_000)), f"x.jsonl.gz: {ratio}"
    yield "x.mbox.gz", lambda: gzip_of(deflated(10_000)), "x.mbox.gz: binary file (unknown kind)"
    yield "x.tar.gz", lambda: gzip_of(deflated(10_000)), "x.tar.gz: archive without files"
    yield "42.zip", lambda: nested_zip(5), "42.zip: archives nested more than 3 deep"
    yield (
        "blank.jsonl.gz",
        lambda: gzip_of(deflated(200, b"\n")),
        ("blank.jsonl.gz: more than 1 MiB of empty lines"),
    )
    many = [(f"{n}.txt", deflated(31), 31 * 1024**2) for n in range(1000)]
    yield "shared.zip", lambda: zip_of(many, shared=True), "shared.zip: zip whose files overlap"
    apart = [(f"{n}.txt", deflated(31, b"\n"), 31 * 1024**2) for n in range(100)]
    yield "apart.zip", lambda: zip_of(apart), f"apart.zip: {ratio}"
    long_name = tar_of("x", tarfile.GNUTYPE_LONGNAME, 5 * 1024**3)
    yield "name.tar", lambda: long_name + bytes(9000), "name.tar: damaged or truncated tar"
    pax = tar_of("x", b"x", 8**10 - 1)
    yield (
        "pax.tar.gz",
        lambda: zlib.compress(pax + bytes(10**8), wbits=31),
        ("pax.tar.gz: damaged or truncated tar"),
    )
    short = [("x.txt", b"", 0)] * 200_001
    yield "many.zip", lambda: zip_of(short), "many.zip: holds more than 200000 files"
    record = b'{"title": "%b"}\n' % (b"x" * 40 * 1024**2)
    yield "line.jsonl", lambda: record, "line.jsonl: line 1: line larger than 32 MiB"
    page = b"\x78\x9c" + deflated(1_000, b" ")
    yield "page.pdf", lambda: pdf_of(page), "page.pdf: PDF without text (scanned?)"
    document = [("word/document.xml", deflated(10_000), most)]
    yield "docx.docx", lambda: zip_of(document), "docx.docx: DOCX with more than 32 MiB of text"


BOMBS = list(bombs())


@pytest.mark.parametrize(("name", "make", "told"), BOMBS, ids=[name for name, *_ in BOMBS])
def test_bombs(tmp_path: Path, name: str, make: Callable[[], bytes], told: str) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / name).write_bytes(make())
    seen = [line for line in told_by_reading(tmp_path) if not _is_of_a_member(line, name)]
    assert seen == [told]


def _is_of_a_member(line: str, name: str) -> bool:
    """Members of a large archive are told of one by one, until the archive is given up."""
    return name in ("apart.zip",) and f"{name}/" in line


ENTITIES = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
DOCTYPE = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "laugh">{ENTITIES}]>'


def nested_mail(parts: int) -> bytes:
    head = b"From: a@b.example\nSubject: Nested\nMIME-Version: 1.0\n"
    deep = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(parts)
    )
    return head + deep + b"Content-Type: text/plain\n\nwords\n"


def bomb_docx() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        text = '<w:p xmlns:w="x"><w:r><w:t>Title &e11; &file;</w:t></w:r></w:p>'
        doctype = DOCTYPE.replace("]>", '<!ENTITY file SYSTEM "file:///etc/passwd">]>')
        archive.writestr("word/document.xml", doctype + text)
    return data.getvalue()


HOSTILE: dict[str, tuple[bytes, str]] = {
    "deep.html": (b"<html><body>" + b"<div>" * 100_000, "HTML nested too deeply"),
    "deep.json": (b"[" * 100_000, "not valid JSON"),
    "deep.jsonl": (b'{"a":' * 100_000, "line 1: not valid JSON"),
    "laughs.rss": (
        f"{DOCTYPE}<rss><channel><item><title>&e11;</title></item></channel></rss>".encode(),
        "",
    ),
    "nul.csv": (b"title,body\nA,\x00\n", "binary file (unknown kind)"),
    "late-nul.csv": (b"title,body\n" + b"A,b\n" * 5000 + b"A,\x00\n", "unknown encoding"),
    "nested.eml": (nested_mail(10_000), "mail with parts nested too deeply"),
    "garbage.pdf": (b"%PDF-1.7\n" + os.urandom(3_000_000), "damaged PDF"),
    "cut.pdf": (b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 1 0 R>>\nendobj", "damaged PDF"),
    "loop.pdf": (
        b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Count 1"
        b"/Kids[2 0 R]>>\nendobj\ntrailer<</Root 1 0 R>>\n%%EOF",
        "",
    ),
    "garbage.docx": (os.urandom(300), "damaged or truncated DOCX"),
    "garbage.zip": (b"PK\x03\x04" + os.urandom(300), "damaged or truncated zip"),
    "garbage.jsonl.gz": (b"\x1f\x8b" + os.urandom(300), "damaged gzip file"),
    "garbage.warc": (b"WARC/1.0\r\n" + os.urandom(300), ""),
    "garbage.mbox": (os.urandom(300), ""),
    "bad.txt": (b"\x81\x8d\x8f\x90 \x9d" * 200, "unknown encoding"),
    "bad16.txt": (b"\xff\xfe" + b"\x00\xd8" * 99 + b"a", "unknown encoding"),
    "brackets.md": (b"[" * 1_000_000, ""),
    "lines.md": (b"a\n" * 300_000, ""),
    "aliases.md": (
        b"---\na: &a [x]\n"
        + b"".join(b"b%d: &b%d [*a, *a]\n" % (n, n) for n in range(30))
        + b"---\ntext",
        "line 3: front matter with YAML aliases",
    ),
    "header.eml": (b"From: " + b"(" * 500_000 + b"\nSubject: x\n\nwords", ""),
}


def test_hostile_files(tmp_path: Path) -> None:
    inside = tmp_path / "in"
    inside.mkdir()
    for name, (data, _) in HOSTILE.items():
        (inside / name).write_bytes(data)
    (inside / "laughs.docx").write_bytes(bomb_docx())
    (inside / "a-loop").symlink_to("a-loop")
    (inside / "b-loop").symlink_to(inside)
    os.mkfifo(inside / "pipe.txt")
    told = told_by_reading(tmp_path, 120)
    by_file: dict[str, list[str]] = {}
    for line in told:
        by_file.setdefault(line.split(":")[0], []).append(line.partition(": ")[2])
    for name, (_, reason) in HOSTILE.items():
        if reason:
            (one,) = by_file[name]
            assert one.startswith(reason), name
        else:
            assert len(by_file.get(name, [])) <= 1, name
    assert by_file["a-loop"] == ["symbolic link that leads to itself"]
    assert by_file["b-loop"] == ["folder that contains itself"]
    assert by_file["pipe.txt"] == ["not a regular file"]
    assert not [line for line in told if "cannot be read (" in line]


def test_entities_are_not_fetched(tmp_path: Path) -> None:
    (tmp_path / "x.docx").write_bytes(bomb_docx())
    readings = list(read_file(tmp_path / "x.docx", lambda what: None))
    assert all("root" not in one.article.title + one.article.body for one in readings)
    assert all(len(one.article.title) < 1000 for one in readings)


# Files that change under the reader's hands


def reading_while(path: Path, disturb: Callable[[], object]) -> tuple[list[Reading], list[str]]:
    """What is read of a file where something happens after its first article."""
    told: list[LeftOut] = []
    readings = read_file(path, told.append)
    first = next(readings)
    disturb()
    return [first, *readings], [one.reason for one in told]


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    path = tmp_path / "x.jsonl"
    path.write_bytes(b"".join(b'{"title": "T%d"}\n' % number for number in range(20_000)))
    return path


def test_a_file_that_grows_while_it_is_read(lines: Path) -> None:
    def append() -> None:
        with lines.open("ab") as file:
            file.write(b'{"title": "half')

    readings, told = reading_while(lines, append)
    assert told == ["changed while it was read"]
    assert len({one.article.title for one in readings}) == len(readings)


def test_a_file_that_is_truncated_while_it_is_read(lines: Path) -> None:
    readings, told = reading_while(lines, lambda: os.truncate(lines, 250_003))
    assert told == ["changed while it was read"]
    assert 10_000 < len(readings) < 20_000


def test_a_file_that_vanishes_while_it_is_read_was_read_whole(lines: Path) -> None:
    readings, told = reading_while(lines, lines.unlink)
    assert (len(readings), told) == (20_000, [])
    left_out: list[LeftOut] = []
    assert list(read_file(lines, left_out.append)) == []
    assert [one.reason for one in left_out] == ["no such file or folder"]


def test_one_article_of_a_file_that_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from searchidx.ingest.readers import text

    path = tmp_path / "x.txt"
    path.write_text(GOOD)
    parse = text.parse_text

    def slow(content: str, where: Path) -> Reading:
        path.write_text(GOOD * 2)
        return parse(content, where)

    monkeypatch.setattr(text, "parse_text", slow)
    told: list[LeftOut] = []
    assert list(read_file(path, told.append)) == []
    assert [one.reason for one in told] == ["changed while it was read"]


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text(GOOD)
    (tmp_path / "b.txt").write_text(GOOD)
    really = os.open

    def forbidden(path: Any, *how: Any, **more: Any) -> int:
        if Path(path).name == "a.txt":
            raise PermissionError(13, "Permission denied")
        return really(path, *how, **more)

    monkeypatch.setattr(os, "open", forbidden)
    told: list[LeftOut] = []
    assert len(list(read_files([tmp_path], told.append))) == 1
    assert [(one.path.name, one.reason) for one in told] == [("a.txt", "permission denied")]
