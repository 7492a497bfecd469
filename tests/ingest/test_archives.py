"""Files inside other files: every format again, whatever it is packed in."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from searchidx.ingest import LeftOut, read_file

TEXT = b"Court voids lease\n2024-06-28\nThe lease is void."
RECORD = b'{"title": "Court voids lease", "body": "The lease is void."}\n'
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": zstandard.compress,
}


def read(path: Path) -> tuple[list[tuple[str, str]], list[str]]:
    """Where each article lies, below the folder of the archive, and its title; what is left out."""
    told: list[LeftOut] = []
    readings = list(read_file(path, told.append))
    return (
        [(str(one.path.relative_to(path.parent)), one.article.title) for one in readings],
        [str(one).removeprefix(f"{path.parent}/") for one in told],
    )


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()


def tarred(files: dict[str, bytes]) -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return data.getvalue()


@pytest.mark.parametrize("suffix", sorted(PACKERS))
@pytest.mark.parametrize("name", ["x.txt{}", "x{}", "x.jsonl{}", "x.bin"])
def test_compressed(tmp_path: Path, suffix: str, name: str) -> None:
    path = tmp_path / name.format(suffix)
    content = TEXT if name == "x.txt{}" else RECORD * 3
    path.write_bytes(PACKERS[suffix](content))
    found, told = read(path)
    if name == "x.bin":
        assert (found, told) == ([], ["x.bin: unknown file type .bin"])
        return
    count = 1 if name == "x.txt{}" else 3
    assert found == [(path.name, "Court voids lease")] * count
    assert told == []


def test_compressed_in_several_streams(tmp_path: Path) -> None:
    for suffix, packer in PACKERS.items():
        path = tmp_path / f"x.jsonl{suffix}"
        path.write_bytes(packer(RECORD * 2) + packer(b"") + packer(RECORD) + b"\x00" * 9)
        found, told = read(path)
        assert (len(found), told) == (3, []), suffix


def test_large_lines_by_lines(tmp_path: Path) -> None:
    """A dump may unpack to more than a file may have, for only lines are held."""
    path = tmp_path / "x.jsonl.gz"
    with gzip.open(path, "wb", compresslevel=1) as packed:
        for _ in range(40):
            packed.write(b'{"title": "T", "other": "%b"}\n' % (b"words " * 150_000))
    found, told = read(path)
    assert (len(found), told) == (40, [])


@pytest.mark.parametrize("form", ["zip", "tar", "tar.gz", "tgz", "tar.bz2", "tar.xz", "none"])
def test_archives(tmp_path: Path, form: str) -> None:
    files = {
        "a.txt": TEXT,
        "deep/er/b.json": RECORD,
        "c.jsonl.gz": gzip.compress(RECORD * 2),
        "empty.txt": b"",
        "d.xlsx": b"x",
        ".hidden.txt": TEXT,
        "__MACOSX/._a.txt": TEXT,
        "bad.jsonl": b"{\n" + RECORD,
    }
    path = tmp_path / ("x" if form == "none" else f"x.{form}")
    data = zipped(files) if form in ("zip", "none") else tarred(files)
    packer = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}
    packer["tgz"] = packer["gz"]
    path.write_bytes(packer.get(form.rpartition(".")[2], lambda data: data)(data))
    found, told = read(path)
    assert [place.removeprefix(path.name + "/") for place, _ in found] == [
        "a.txt",
        "deep/er/b.json",
        "c.jsonl.gz",
        "c.jsonl.gz",
        "bad.jsonl",
    ]
    assert [line.removeprefix(path.name + "/") for line in told] == [
        "empty.txt: empty",
        "d.xlsx: unknown file type .xlsx",
        "bad.jsonl: line 1: not valid JSON",
    ]


def test_archives_in_archives(tmp_path: Path) -> None:
    data = zipped({"x.txt": TEXT})
    for depth, whole in ((1, True), (2, True), (3, False)):
        data = tarred({f"{depth}.zip": data, "beside.txt": TEXT}) if depth == 2 else data
        data = zipped({f"{depth}.zip": data, "beside.txt": TEXT}) if depth != 2 else data
        suffix = "tar" if depth == 2 else "zip"
        path = tmp_path / f"top{depth}.{suffix}"
        path.write_bytes(data)
        found, told = read(path)
        assert all(title == "Court voids lease" for _, title in found)
        if whole:
            assert told == [] and len(found) == depth + 1
        else:
            assert told == [f"top{depth}.zip: archives nested more than 3 deep"]
        if depth == 2:
            data = zipped({"tar.tar": data})


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_names_are_only_names(tmp_path: Path, pack: Callable[[dict[str, bytes]], bytes]) -> None:
    names = ["../../etc/up.txt", "/abs.txt", "a\\b.txt", "x\x1b[31m\n.txt", "C:/x.txt", "a/./b.txt"]
    suffix = "zip" if pack is zipped else "tar"
    folder = tmp_path / "in"
    folder.mkdir()
    path = folder / f"x.{suffix}"
    path.write_bytes(pack(dict.fromkeys(names, TEXT)))
    found, told = read(path)
    assert told == []
    assert [place.removeprefix(f"x.{suffix}/") for place, _ in found] == [
        "etc/up.txt",
        "abs.txt",
        "a/b.txt",
        "x�[31m�.txt",
        "C:/x.txt",
        "a/b.txt",
    ]
    assert [one.name for one in tmp_path.rglob("*")] == ["in", path.name]


def test_links_and_devices_are_left_out(tmp_path: Path) -> None:
    kinds = {
        "sym.txt": tarfile.SYMTYPE,
        "hard.txt": tarfile.LNKTYPE,
        "fifo.txt": tarfile.FIFOTYPE,
        "dev.txt": tarfile.CHRTYPE,
    }
    path = tmp_path / "x.tar"
    with tarfile.open(path, "w") as archive:
        for name, kind in kinds.items():
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
        info = tarfile.TarInfo("last.txt")
        info.size = len(TEXT)
        archive.addfile(info, io.BytesIO(TEXT))
    found, told = read(path)
    assert len(found) == 1
    assert told == [
        "x.tar/sym.txt: symbolic link in an archive",
        "x.tar/hard.txt: hard link in an archive",
        "x.tar/fifo.txt: not a regular file",
        "x.tar/dev.txt: not a regular file",
    ]
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        link = zipfile.ZipInfo("sym.txt")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("last.txt", TEXT)
    found, told = read(path)
    assert (len(found), told) == (1, ["x.zip/sym.txt: symbolic link in an archive"])


def test_members_that_cannot_be_read_cost_themselves(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.txt": TEXT * 9, "b.txt": TEXT}))
    data[50] ^= 0xFF
    path = tmp_path / "x.zip"
    path.write_bytes(data)
    assert read(path) == (
        [("x.zip/b.txt", "Court voids lease")],
        ["x.zip/a.txt: damaged in its archive"],
    )
    data = bytearray(zipped({"a.txt": TEXT, "b.txt": TEXT}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + place] |= 1
    path.write_bytes(data)
    assert read(path)[1] == ["x.zip/a.txt: encrypted"]
    path.write_bytes(zipped({"a.txt": TEXT}, zipfile.ZIP_LZMA))
    assert read(path)[1] == ["x.zip/a.txt: compressed by an unusual method"]


@pytest.mark.parametrize("suffix", sorted(PACKERS))
def test_cut_short(tmp_path: Path, suffix: str) -> None:
    kind = {".gz": "gzip", ".bz2": "bzip2", ".xz": "xz", ".zst": "zstandard"}[suffix]
    lines = b"".join(b'{"title": "T%d"}\n' % number for number in range(40_000))
    for name in ("x.jsonl", "x.tar"):
        data = PACKERS[suffix](lines if name == "x.jsonl" else tarred({"x.txt": lines}))
        path = tmp_path / f"{name}{suffix}"
        path.write_bytes(data[: len(data) // 2])
        assert read(path)[1] == [f"{path.name}: {kind} file that is cut short"]
        path.write_bytes(data[:20] + bytes(400) + data[420:])
        assert len(read(path)[1]) == 1


@pytest.mark.parametrize("cut", [1, 200, 700, 1300, 2000])
def test_tar_cut_short(tmp_path: Path, cut: int) -> None:
    data = tarred({"a.txt": TEXT, "b.txt": TEXT, "c.jsonl": RECORD * 20})
    path = tmp_path / "x.tar"
    path.write_bytes(data[:cut])
    assert read(path)[1] == ["x.tar: damaged or truncated tar"]
    path.write_bytes(data[:1030] + b"\xff" * 300 + data[1330:])
    assert read(path) == (
        [("x.tar/a.txt", "Court voids lease")],
        ["x.tar: damaged or truncated tar"],
    )


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.99])
def test_zip_cut_short(tmp_path: Path, part: float) -> None:
    data = zipped({"a.txt": TEXT, "b.txt": TEXT})
    path = tmp_path / "x.zip"
    path.write_bytes(data[: int(len(data) * part)])
    assert read(path) == ([], ["x.zip: damaged or truncated zip"])


def test_zip_that_lies_about_its_directory(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.txt": TEXT}))
    struct.pack_into("<I", data, len(data) - 10, 0x7FFFFFFF)
    path = tmp_path / "x.zip"
    path.write_bytes(data)
    assert len(read(path)[1]) == 1
