"""Pages, JSON, encodings and folders; whatever cannot be read costs itself only."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import os
import tarfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchidx import Article
from searchidx.ingest import LeftOut, find_files, read_file, read_files

PAGE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
<title>Court voids lease - The Docket Wire</title>
<link rel="canonical" href="https://docket.example/2024/06/28/lease.html">
<meta property="og:site_name" content="The Docket Wire">
<meta property="og:title" content="Court voids lease">
{head}</head><body><nav><a href="/">Home</a> <a href="/courts">Courts</a></nav>
<article><h1>Court voids lease</h1>{line}
<p>The commercial court in Port Ardale on Friday voided the lease of the grain terminal, finding that
the tender had been written for a single bidder and that nobody else could have met its terms.</p>
<p>The port authority said that it would read the ruling before it decided whether to appeal, and
that ships would be served as before until a new tender had been held.</p>
{tail}</article><footer>All about us</footer></body></html>"""
LD = """<script type="application/ld+json">{"@context":"https://schema.org","@graph":[{"@type":
"NewsArticle","headline":"Court voids lease","datePublished":"2024-06-28T09:00:00Z",
"author":[{"@type":"Person","name":"Ann Lee"}],"publisher":{"name":"The Docket Wire"}}]}</script>"""


def one(path: Path) -> Article:
    (reading,) = read_file(path, lambda what: pytest.fail(str(what)))
    return reading.article


def left_out_of(path: Path) -> str:
    left_out: list[LeftOut] = []
    assert list(read_file(path, left_out.append)) == []
    (entry,) = left_out
    assert str(path) in str(entry)
    return entry.reason


@pytest.mark.parametrize(
    ("head", "line"),
    [
        (LD, ""),
        ('<meta property="article:published_time" content="2024-06-28T09:00:00+08:00">', ""),
        ("", '<time datetime="2024-06-28">Friday</time>'),
        ("", "<p>June 28, 2024</p>"),
        ("<script type='application/ld+json'>{broken</script>", "<p>Friday, June 28, 2024</p>"),
    ],
)
def test_pages(tmp_path: Path, head: str, line: str) -> None:
    path = tmp_path / "page.html"
    path.write_text(PAGE.format(head=head, line=line, tail=""), "utf-8")
    article = one(path)
    assert article.title == "Court voids lease"
    assert article.date == dt.date(2024, 6, 28)
    assert article.source == "The Docket Wire"
    assert article.url == article.id == "https://docket.example/2024/06/28/lease.html"
    assert "voided the lease" in article.body
    assert "Home" not in article.body
    assert article.authors == (("Ann Lee",) if head == LD else ())


def test_the_tail_of_a_page_is_typed(tmp_path: Path) -> None:
    tail = "<p>Edit:Ying Ying Responsible editor:Shen Chen</p><p>Source:Legal Daily</p>"
    path = tmp_path / "page.html"
    path.write_text(PAGE.format(head="", line="<p>2024-06-28</p>", tail=tail), "utf-8")
    article = one(path)
    assert (article.editor, article.responsible_editor) == ("Ying Ying", "Shen Chen")
    assert article.source == "Legal Daily"
    assert "Ying Ying" not in article.body


def test_html_is_known_by_its_content(tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    path.write_text(PAGE.format(head=LD, line="", tail=""), "utf-8")
    assert one(path).title == "Court voids lease"


def test_html_nested_very_deep(tmp_path: Path) -> None:
    path = tmp_path / "deep.html"
    path.write_text("<html><body>" + "<div>" * 100_000 + "x", "utf-8")
    assert left_out_of(path) == "HTML nested too deeply"


def test_json_and_jsonl(tmp_path: Path) -> None:
    record = {
        "title": "One",
        "body": "text",
        "date": "2024-06-28",
        "authors": ["Ann Lee"],
        "extra": 1,
    }
    (tmp_path / "one.json").write_text(json.dumps(record))
    assert one(tmp_path / "one.json") == Article.from_dict({**record, "language": "en"})
    lines = [
        json.dumps(record),
        "{broken",
        "",
        json.dumps({"title": 7}),
        json.dumps({**record, "title": "Two"}),
    ]
    (tmp_path / "many.jsonl").write_text("\n".join(lines))
    left_out: list[LeftOut] = []
    readings = list(read_file(tmp_path / "many.jsonl", left_out.append))
    assert [reading.article.title for reading in readings] == ["One", "Two"]
    assert [entry.line for entry in left_out] == [2, 4]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8-sig", "Café ruling"),
        ("utf-16", "Café ruling"),
        ("cp1252", "Café “ruling” – naïve"),
        ("gb18030", "江城法院宣判一起轻罪案件"),
    ],
)
def test_encodings(tmp_path: Path, encoding: str, text: str) -> None:
    path = tmp_path / "x.txt"
    path.write_bytes(f"{text}\n2024-06-28\n{text} {text}\n".encode(encoding))
    article = one(path)
    assert article.title == text
    assert article.date == dt.date(2024, 6, 28)


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.txt", b"", "empty"),
        ("a.txt", b" \n\t ", "empty"),
        ("a.docx", b"PK\x03\x04", "damaged or truncated DOCX"),
        ("a.txt", b"%PDF-1.7 \x00", "binary file (pdf)"),
        ("a.txt", os.urandom(64) + b"\x00" * 9, "binary file (unknown kind)"),
        ("a.json", b"{", "not valid JSON"),
        ("noname", b"text", "unknown file type"),
    ],
)
def test_what_is_left_out_and_why(tmp_path: Path, name: str, data: bytes, reason: str) -> None:
    (tmp_path / name).write_bytes(data)
    assert left_out_of(tmp_path / name).startswith(reason)


def test_a_file_of_fifty_megabytes(tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    path.write_bytes(b"Title\n2024-06-28\n" + b"words and words " * 3_300_000)
    assert left_out_of(path) == "larger than 32 MiB"


def test_folders(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for name in ("b/two.txt", "one.txt", ".hidden.txt"):
        (tmp_path / name).write_text("Title\n2024-06-28\nBody.")
    (tmp_path / "b" / "loop").symlink_to(tmp_path)
    (tmp_path / "same.txt").symlink_to(tmp_path / "one.txt")
    os.mkfifo(tmp_path / "pipe.txt")
    left_out: list[LeftOut] = []
    found = find_files([tmp_path, tmp_path / "b", "missing"], left_out.append)
    assert [path.name for path in found] == ["two.txt", "one.txt", "pipe.txt"]
    assert sorted(entry.path.name for entry in left_out) == ["loop", "missing"]
    assert len(list(read_files([tmp_path], left_out.append))) == 2
    assert left_out[-1].reason == "not a regular file"


@settings(max_examples=60, deadline=None)
@given(
    st.binary(max_size=300),
    st.sampled_from([".txt", ".html", ".json", ".jsonl", ".asp", ".md", ".csv", ".rss", ".eml"]),
)
def test_any_bytes_at_all(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, suffix: str
) -> None:
    path = tmp_path_factory.mktemp("any") / f"x{suffix}"
    path.write_bytes(data)
    left_out: list[LeftOut] = []
    readings = list(read_file(path, left_out.append))
    assert readings or left_out or suffix == ".jsonl"


def test_attorney_general_pages(data: Path, tmp_path: Path) -> None:
    """Accuracy on a sample; benchmarks/extraction.py measures all 690."""
    with gzip.open(data / "legal" / "mn_ag.jsonl.gz", "rt", encoding="utf-8") as lines:
        gold = [json.loads(line) for line in lines][::6]
    with tarfile.open(data / "legal" / "mn_ag_html.tar.gz") as archive:
        archive.extractall(tmp_path, filter="data")
    titles = dates = 0
    for record in gold:
        article = one(tmp_path / record["html"])
        titles += " ".join(article.title.split()) == " ".join(record["title"].split())
        dates += article.date is not None and article.date.isoformat() == record["date"]
    assert titles / len(gold) >= 0.95
    assert dates / len(gold) >= 0.95
