"""Good files of every format, damaged at random: whatever is left of them, nothing is raised."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchidx.ingest import LeftOut, read_file
from tests.ingest.test_archives import PACKERS, RECORD, TEXT, tarred, zipped
from tests.ingest.test_readers import ATOM, PARAGRAPHS, RSS, docx, mail, pdf, warc

ENVELOPE = b"From a@b Fri Jun 28 00:00:00 2024\n"
NESTED = {"headline": "T", "author": [{"name": "x"}], "published": "2024-06-28", "tags": ["a", 1]}
MARKDOWN = b"""---
title: "T"
date: 2024-06-28
tags: [a, b]
---
# T

* a

| a | b |
|---|---|
| 1 | 2 |

<div>x</div>
"""


def samples() -> dict[str, bytes]:
    """A good file of every format."""
    page = f"<html><body><p>{PARAGRAPHS[0]}</p></body></html>"
    found = {
        "x.rss": RSS.encode(),
        "x.atom": ATOM.encode(),
        "x.eml": mail(List_Id='"D" <d.x>').as_bytes(),
        "x.mbox": (ENVELOPE + mail().as_bytes() + b"\n\n") * 2,
        "x.docx": docx("Title", "June 28, 2024", *PARAGRAPHS, title="T"),
        "x.pdf": pdf(["Title", "June 28, 2024", "Text."], title="x"),
        "x.zip": zipped({"a.txt": TEXT, "b.jsonl": RECORD * 3, "c.zip": zipped({"d.txt": TEXT})}),
        "x.tar": tarred({"a.txt": TEXT, "b.jsonl": RECORD * 3}),
        "x.md": MARKDOWN,
        "y.md": b'+++\ntitle="T"\ndate=2024-06-28\n+++\ntext',
        "x.csv": b'title,body,date\nA,"b ""q"" c",2024-06-28\nB,"x\ny",\n',
        "x.json": json.dumps({"articles": [NESTED]}).encode(),
        "x.warc": warc(("https://d.example/1", "200 OK", "text/html", page)),
    }
    for suffix, pack in PACKERS.items():
        found[f"x.jsonl{suffix}"] = pack(RECORD * 50)
        found[f"t.tar{suffix}"] = pack(tarred({"a.txt": TEXT}))
    return found


@pytest.fixture(scope="module")
def good() -> dict[str, bytes]:
    """The samples; skipped where an extra is missing."""
    pytest.importorskip("pypdf")
    return samples()


TOKENS = (
    *(b"<", b'"', b"\n", b"\x00", b"---", b"{", b"(", b"*a", b"2024-13-99", b"9" * 20),
    *(b"\xed\xa0\x80", b"&#xD800;", b"\\ud800", b"=?utf-8?b?"),
)
PIECES = st.one_of(st.binary(max_size=3), st.sampled_from(TOKENS))


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_damaged_files(
    good: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(good)))
    content = good[name]
    for _ in range(data.draw(st.integers(1, 4))):
        begin = data.draw(st.integers(0, len(content)))
        end = min(len(content), begin + data.draw(st.integers(0, 30)))
        content = content[:begin] + data.draw(PIECES) + content[end:]
    path = tmp_path_factory.mktemp("damaged") / name
    path.write_bytes(content)
    told: list[LeftOut] = []
    readings = list(read_file(path, told.append))
    assert readings or told
    assert not [one.reason for one in told if one.reason.startswith("cannot be read (")]
    for reading in readings:
        json.dumps(reading.article.to_dict(), ensure_ascii=False).encode()
