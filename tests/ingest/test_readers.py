"""A module a format: what each reader takes from its files, and what it leaves out."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import json
import mailbox
import zipfile
from collections.abc import Mapping
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from searchidx import Article
from searchidx.ingest import LeftOut, Reading, read_file, read_stream

DAY = dt.date(2024, 6, 28)
PARAGRAPHS = (
    "The commercial court in Port Ardale on Friday voided the lease of the grain terminal, finding "
    "that the tender had been written for a single bidder.",
    "The port authority said that it would read the ruling before it decided whether to appeal.",
)


def read(path: Path, field_map: Mapping[str, str] | None = None) -> tuple[list[Reading], list[str]]:
    told: list[LeftOut] = []
    readings = list(read_file(path, told.append, field_map))
    return readings, [str(one).removeprefix(f"{path}: ") for one in told]


def one(path: Path, content: str | bytes, field_map: Mapping[str, str] | None = None) -> Article:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    readings, told = read(path, field_map)
    assert told == []
    (reading,) = readings
    article = reading.article
    filled = {
        name for name, value in article.to_dict().items() if value and name not in ("id", "title")
    }
    assert filled - set(reading.rules) <= {"language", "standing"}
    return article


# Markdown


def test_a_post_of_jekyll(tmp_path: Path) -> None:
    article = one(
        tmp_path / "2024-06-28-grain-lease.md",
        f"""---
layout: post
title: "Court voids lease: what it means"
author: Ann Lee and Bob Ray
categories: [Courts, Ports]
tags: tenders, leases
permalink: /2024/06/28/lease.html
canonical_url: https://docket.example/2024/06/28/lease.html
---
{{% include banner.html %}}

# Court voids lease: what it means

{PARAGRAPHS[0]}
See [the ruling](https://court.example/1) and `s 12(1)`.

## Next

* an *appeal*
* a **tender**

```
s 12 (1) text
```

Source: The Docket Wire
""",
    )
    assert article.title == "Court voids lease: what it means"
    assert article.date == DAY
    assert article.authors == ("Ann Lee", "Bob Ray")
    assert article.section == "Courts"
    assert article.tags == ("tenders", "leases", "Ports")
    assert article.url == "https://docket.example/2024/06/28/lease.html"
    assert article.source == "The Docket Wire"
    assert article.body.split("\n\n") == [
        f"{PARAGRAPHS[0]} See the ruling and s 12(1).",
        "Next",
        "- an appeal",
        "- a tender",
        "s 12 (1) text",
    ]


def test_a_page_of_hugo(tmp_path: Path) -> None:
    article = one(
        tmp_path / "x.md",
        '+++\ntitle = "江城法院宣判一起轻罪案件"\ndate = 2024-06-28T23:30:00-05:00\n'
        'lastmod = 2024-07-01\ntags = ["轻罪", "治理"]\n+++\n江城市中级人民法院\n二十八日宣判。\n',
    )
    assert (article.date, article.updated) == (DAY, dt.date(2024, 7, 1))
    assert article.tags == ("轻罪", "治理")
    assert article.body == "江城市中级人民法院二十八日宣判。"


def test_markdown_without_front_matter(tmp_path: Path) -> None:
    article = one(tmp_path / "x.md", f"# Court voids lease\n\nJune 28, 2024\n\n{PARAGRAPHS[0]}\n")
    assert (article.title, article.date, article.body) == ("Court voids lease", DAY, PARAGRAPHS[0])
    article = one(tmp_path / "2024-06-28-court-voids-lease.md", f"{PARAGRAPHS[0]}\n")
    assert (article.title, article.date, article.body) == ("Court voids lease", DAY, PARAGRAPHS[0])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("---\ntitle: [a\n---\nText\n", "line 3: front matter that is not valid YAML"),
        ("---\ndate: 2024-13-45\n---\nText\n", "line 1: front matter that is not valid YAML"),
        ("---\na: &a [x]\nb: [*a, *a]\n---\nText\n", "line 3: front matter with YAML aliases"),
        ("+++\ntitle = \n+++\nText\n", "line 1: front matter that is not valid TOML"),
        (f"---\ntitle: {'x' * 70_000}\n---\n", "line 1: front matter larger than 64 KiB"),
        ("---\n" + "[" * 5000 + "\n---\nText", "line 1: front matter that is not valid YAML"),
        (
            '---\ntitle: "\\ud800"\n---\nT',
            "line 1: front matter with half a character (a surrogate)",
        ),
    ],
)
def test_bad_front_matter(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "x.md").write_text(text)
    assert read(tmp_path / "x.md") == ([], [told])


# Records


@pytest.mark.parametrize(
    "record",
    [
        {"headline": "T", "text": "B", "published": "2024-06-28T23:30:00-05:00"},
        {"Heading": "T", "article_body": "B", "pubDate": "Fri, 28 Jun 2024 23:30:00 -0500"},
        {"title": {"rendered": "T"}, "content": {"rendered": "<p>B</p>"}, "date": 1719554400},
        {"title": "T", "body": "B", "date": "June 28, 2024"},
        {"title": "T", "body": "B", "datePublished": "28/06/2024"},
    ],
)
def test_common_names_are_known(tmp_path: Path, record: dict[str, Any]) -> None:
    article = one(tmp_path / "x.json", json.dumps(record))
    assert (article.title, article.body, article.date) == ("T", "B", DAY)


def test_people_outlets_and_tags_of_records(tmp_path: Path) -> None:
    record = {
        "headline": "T",
        "byline": "By Ann Lee and Bob Ray",
        "publisher": {"@type": "Organization", "name": "The Docket Wire"},
        "link": "https://docket.example/1",
        "keywords": "fraud, wire",
        "articleSection": "Courts",
        "inLanguage": "en-US",
    }
    article = one(tmp_path / "x.json", json.dumps(record))
    assert article.authors == ("Ann Lee", "Bob Ray")
    assert article.source == "The Docket Wire"
    assert article.url == article.id == "https://docket.example/1"
    assert article.tags == ("fraud", "wire")
    assert (article.section, article.language) == ("Courts", "en")
    record = {"title": "T", "author": [{"name": "Ann Lee"}, {"name": "Bob Ray"}]}
    assert one(tmp_path / "x.json", json.dumps(record)).authors == ("Ann Lee", "Bob Ray")


def test_a_field_map(tmp_path: Path) -> None:
    record = {"meta": {"titles": ["T"]}, "title": "not this", "story": "B", "when.at": "2024-06-28"}
    names = {"meta.titles.0": "title", "story": "body", "when.at": "date"}
    article = one(tmp_path / "x.json", json.dumps(record), names)
    assert (article.title, article.body, article.date) == ("T", "B", DAY)
    (tmp_path / "x.csv").write_text("t,story\nT,B\n")
    readings, _ = read(tmp_path / "x.csv", {"t": "title", "story": "body"})
    assert [(r.article.title, r.article.body) for r in readings] == [("T", "B")]
    assert readings[0].rules["title"] == "column t"
    with pytest.raises(ValueError, match="t=titel: no article has a field 'titel'"):
        read(tmp_path / "x.csv", {"t": "titel"})


def test_records_under_another_name(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"status": "ok", "results": [{"headline": "A"}, {"headline": "B"}]}))
    readings, told = read(path)
    assert [reading.article.title for reading in readings] == ["A", "B"] and told == []


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252", "gb18030"])
def test_tables(tmp_path: Path, delimiter: str, encoding: str) -> None:
    text = "江城法院，宣判" if encoding == "gb18030" else "Café “ruling”, naïve"
    rows = [
        ["Headline", "Author", "Published", "Text", "Seen"],
        [text, "Ann Lee; Bob Ray", "2024-06-28", f'"{text * 9}\n\nSecond; ""paragraph"".\t|"', "1"],
        ["", "", "", "", ""],
        ["too", "few"],
        ["Bad date", "", "yesterday", "x", ""],
        ["Too", "many", "", "", "", ""],
        ["Last", "", "", "x", ""],
    ]
    quoted = [
        [f'"{cell}"' if delimiter in cell and cell[0] != '"' else cell for cell in row]
        for row in rows
    ]
    path = tmp_path / "x.csv"
    path.write_bytes("\r\n".join(delimiter.join(row) for row in quoted).encode(encoding))
    readings, told = read(path)
    assert [reading.article.title for reading in readings] == [text, "Bad date", "Last"]
    assert readings[1].warnings == ("Published is no date that can be read: 'yesterday'",)
    article = readings[0].article
    assert article.authors == ("Ann Lee", "Bob Ray") and article.date == DAY
    assert article.body == f'{text * 9}\n\nSecond; "paragraph".\t|'
    assert told == [
        "line 6: row with fewer cells than the header",
        "line 8: row with more cells than the header",
    ]


def test_a_quotation_mark_that_never_closes_costs_one_line(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text('title,body\nA,a\nB,"b\nC,c\nD,d\n')
    readings, told = read(path)
    assert [reading.article.title for reading in readings] == ["A", "C", "D"]
    assert told == ["line 3: row with a quotation mark that is never closed"]


def test_cells_longer_than_the_csv_module_allows_of_itself(tmp_path: Path) -> None:
    assert len(one(tmp_path / "x.tsv", "title\tbody\nT\t" + "word " * 100_000).body) > 400_000


def test_a_table_without_articles(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("name,price\nx,1\n")
    assert read(tmp_path / "x.csv")[1] == ["no column for a title or a body in its first line"]


# Feeds

RSS = """<?xml version="1.0"?><!-- x --><rss version="2.0"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>The Docket Wire</title><link>https://docket.example/</link>
<item><title>Court &amp;amp; lease</title><link>https://docket.example/1</link>
<pubDate>Fri, 28 Jun 2024 23:30:00 -0500</pubDate><dc:creator>Ann Lee</dc:creator>
<category>Courts</category><category>Ports</category><description>Short.</description>
<content:encoded><![CDATA[<p>First <b>bold</b>&nbsp;text.</p><script>no</script><ul><li>an item</li></ul>
<p>Editor: Wu Ling</p>]]></content:encoded></item>
<item><title>Second</title><description>&lt;p&gt;Only a summary.&lt;/p&gt;</description></item>
<item></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title type="text">The Docket Wire</title>
<entry><title>Court voids lease</title><link href="https://docket.example/1"/><id>urn:1</id>
<published>2024-06-28T23:30:00-05:00</published><updated>2024-07-01T00:00:00Z</updated>
<author><name>Ann Lee</name></author><author><name>Bob Ray</name></author><rights>© Docket</rights>
<category term="Courts"/><summary>Short.</summary>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>First.</p><p>Second.</p></div></content>
</entry></feed>"""


@pytest.mark.parametrize("name", ["feed.rss", "feed.xml", "feed"])
def test_rss(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(RSS)
    readings, told = read(tmp_path / name)
    assert told == ["line 3: no article text found"]
    first, second = (reading.article for reading in readings)
    assert first.title == "Court & lease"
    assert first.body == "First bold text.\n\n- an item"
    assert (first.date, first.authors, first.tags) == (DAY, ("Ann Lee",), ("Courts", "Ports"))
    assert (first.source, first.editor) == ("The Docket Wire", "Wu Ling")
    assert first.id == "https://docket.example/1"
    assert (second.title, second.body) == ("Second", "Only a summary.")


def test_atom(tmp_path: Path) -> None:
    article = one(tmp_path / "feed.atom", ATOM)
    assert (article.title, article.body) == ("Court voids lease", "First.\n\nSecond.")
    assert (article.date, article.updated) == (DAY, dt.date(2024, 7, 1))
    assert article.authors == ("Ann Lee", "Bob Ray")
    assert (article.source, article.notice) == ("The Docket Wire", "© Docket")
    assert article.url == "https://docket.example/1"


def test_json_feed(tmp_path: Path) -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "The Docket Wire",
        "items": [
            {
                "id": "1",
                "url": "https://docket.example/1",
                "title": "Court voids lease",
                "content_html": "<p>First.</p><p>Second.</p>",
                "date_published": "2024-06-28T23:30:00-05:00",
                "authors": [{"name": "Ann Lee"}],
                "tags": ["Courts"],
            },
            {"id": "2"},
        ],
    }
    (tmp_path / "feed.json").write_text(json.dumps(feed))
    readings, told = read(tmp_path / "feed.json")
    assert told == ["line 2: no article text found"]
    article = readings[0].article
    assert (article.title, article.body, article.date) == (
        "Court voids lease",
        "First.\n\nSecond.",
        DAY,
    )
    assert (article.authors, article.tags, article.source) == (
        ("Ann Lee",),
        ("Courts",),
        "The Docket Wire",
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('<rss version="2.0"><channel><title>x</title></channel></rss>', "feed without entries"),
        ("<rss", "feed that cannot be parsed"),
        (RSS[: RSS.index("<item><title>Second")], "feed that is cut short"),
    ],
)
def test_bad_feeds(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "x.rss").write_text(text)
    assert read(tmp_path / "x.rss")[1] == [reason]


def test_xml_that_is_no_feed(tmp_path: Path) -> None:
    (tmp_path / "x.xml").write_text("<?xml version='1.0'?><catalog><feed/></catalog>")
    assert read(tmp_path / "x.xml")[1] == ["unknown file type .xml"]


# Mail


def mail(**headers: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Ann Lee <ann@docket.example>"
    message["Subject"] = "Court voids lease – 判决"
    message["Date"] = "Fri, 28 Jun 2024 23:30:00 -0500"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content("\n\n".join(PARAGRAPHS) + "\n\nSource: The Wire\n")
    return message


@pytest.mark.parametrize("name", ["x.eml", "1719.M1.host:2,S", "x"])
def test_a_message(tmp_path: Path, name: str) -> None:
    article = one(tmp_path / name, mail().as_bytes())
    assert article.title == "Court voids lease – 判决"
    assert article.date == DAY
    assert article.authors == ("Ann Lee",)
    assert article.body == "\n\n".join(PARAGRAPHS)
    assert article.source.split("; ")[0] == "docket.example"


def test_a_newsletter(tmp_path: Path) -> None:
    message = mail(
        List_Id='"Docket Daily" <daily.docket.example>', Archived_At="<https://d.example/1>"
    )
    body = "".join(f"<p>{one}</p>" for one in PARAGRAPHS * 3)
    message.add_alternative(f"<html><body>{body}</body></html>", subtype="html")
    message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="x.pdf")
    article = one(tmp_path / "x.eml", message.as_bytes())
    assert article.authors == ()
    assert article.source == "Ann Lee"
    assert article.url == "https://d.example/1"
    assert article.body.startswith(PARAGRAPHS[0])


def test_a_discussion_list(tmp_path: Path) -> None:
    headers = {"List_Id": "Court watchers <watch.example>", "List_Post": "<mailto:w@watch.example>"}
    article = one(tmp_path / "x.eml", mail(**headers).as_bytes())
    assert article.authors == ("Ann Lee",)
    assert article.source.split("; ")[0] == "Court watchers"


def test_a_mailbox(tmp_path: Path) -> None:
    box = mailbox.mbox(tmp_path / "box")
    for number in range(3):
        message = mail(Message_ID=f"<{number}@x>")
        message.replace_header("Subject", f"Number {number}")
        message.set_content("Said the court:\n\nFrom the bench it was read.\n")
        box.add(message)
    box.close()
    data = (tmp_path / "box").read_bytes()
    for name in ("x.mbox", "x.txt", "x"):
        (tmp_path / name).write_bytes(data)
        readings, told = read(tmp_path / name)
        assert told == []
        assert [reading.article.title for reading in readings] == [
            "Number 0",
            "Number 1",
            "Number 2",
        ]
        assert "From the bench" in readings[0].article.body


# Documents


def docx(*paragraphs: str, title: str = "", style: str = "Title") -> bytes:
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    body = "".join(
        f"<w:p><w:pPr><w:pStyle w:val='{style if not number else ''}'/></w:pPr>"
        f"<w:r><w:t>{text[:9]}</w:t></w:r><w:r><w:t xml:space='preserve'>{text[9:]}</w:t></w:r>"
        "<w:del><w:r><w:delText>deleted</w:delText></w:r></w:del></w:p>"
        for number, text in enumerate(paragraphs)
    )
    properties = (
        '<p:coreProperties xmlns:p="x" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{title}</dc:title></p:coreProperties>"
    )
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "word/document.xml", f"<w:document {space}><w:body>{body}</w:body></w:document>"
        )
        archive.writestr("docProps/core.xml", properties)
    return data.getvalue()


@pytest.mark.parametrize(
    ("title", "style"), [("", "Title"), ("Court voids lease", ""), ("Document1", "")]
)
def test_docx(tmp_path: Path, title: str, style: str) -> None:
    paragraphs = ("Court voids lease", "June 28, 2024", *PARAGRAPHS, "Editor: Wu Ling")
    article = one(tmp_path / "x.docx", docx(*paragraphs, title=title, style=style))
    assert (article.title, article.date, article.editor) == ("Court voids lease", DAY, "Wu Ling")
    assert article.body == "\n\n".join(PARAGRAPHS)


def test_docx_under_another_name(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(docx("x"))
    assert read(tmp_path / "x.zip")[1] == ["DOCX under another name: rename it to end in .docx"]
    (tmp_path / "x.xlsx").write_bytes(docx("x"))
    assert read(tmp_path / "x.xlsx")[1] == ["unknown file type .xlsx"]


def pdf(*pages: list[str], title: str = "") -> bytes:
    """A document with text in Helvetica, line below line, without compression."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    kids = []
    for lines in pages:
        shown = "".join(f"({line}) Tj T* " for line in lines)
        stream = f"BT /F1 11 Tf 14 TL 60 740 Td {shown} ET".encode()
        objects.append(b"<</Length %d>>\nstream\n%b\nendstream" % (len(stream), stream))
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<</Font<</F1 3 0 R>>>>"
            b"/Contents %d 0 R>>" % len(objects)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<</Type/Pages/Count %d/Kids[%b]>>" % (len(kids), b" ".join(kids))
    objects.append(f"<</Title({title})>>".encode())
    data = b"%PDF-1.4\n"
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    begin = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    data += b"".join(b"%010d 00000 n \n" % place for place in places)
    data += b"trailer<</Size %d/Root 1 0 R/Info %d 0 R>>\nstartxref\n%d\n%%%%EOF" % (
        len(objects) + 1,
        len(objects),
        begin,
    )
    return data


def wrapped(text: str, width: int = 70) -> list[str]:
    import textwrap

    return textwrap.wrap(text, width)


@pytest.mark.parametrize("title", ["", "Court voids lease", "Microsoft Word - lease.doc"])
def test_pdf(tmp_path: Path, title: str) -> None:
    pytest.importorskip("pypdf")
    pages = [
        ["Court voids lease", "June 28, 2024", *wrapped(PARAGRAPHS[0]), "Page 1 of 3"],
        ["Docket Wire", *wrapped(PARAGRAPHS[1]), "Page 2 of 3"],
        ["Docket Wire", *wrapped(PARAGRAPHS[1].replace("authority", "minis-try")), "Page 3 of 3"],
    ]
    pages[0].insert(0, "Docket Wire")
    article = one(tmp_path / "x.pdf", pdf(*pages, title=title))
    if title == "Court voids lease":
        assert article.title == title
    assert PARAGRAPHS[1] in article.body
    assert "Page 2" not in article.body
    assert article.body.count("Docket Wire") <= 1


def test_pdf_that_cannot_be_read(tmp_path: Path) -> None:
    pypdf = pytest.importorskip("pypdf")
    path = tmp_path / "x.pdf"
    path.write_bytes(pdf([]))
    assert read(path)[1] == ["PDF without text (scanned?)"]
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf(["Title", "Text."])))
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(path)
    assert read(path)[1] == ["encrypted PDF"]
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf(["Title", "Text."])))
    writer.encrypt("", owner_password="secret", algorithm="RC4-128")
    writer.write(path)
    assert [reading.article.title for reading in read(path)[0]] == ["Title"]


def test_an_extra_that_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "pypdf", None)
    (tmp_path / "x.pdf").write_bytes(pdf(["x"]))
    assert read(tmp_path / "x.pdf")[1] == ['PDF needs pip install "searchidx[pdf]"']
    monkeypatch.setitem(sys.modules, "warcio.archiveiterator", None)
    (tmp_path / "x.warc").write_bytes(b"WARC/1.0\r\n")
    assert read(tmp_path / "x.warc")[1] == ['WARC needs pip install "searchidx[warc]"']


# Web archives


def warc(*pages: tuple[str, str, str, str], gzipped: bool = False) -> bytes:
    """Records of (address, status, content type, content)."""
    pytest.importorskip("warcio")
    data = b""
    for url, status, kind, content in pages:
        body = content.encode()
        response = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n\r\n".encode() + body
        head = (
            "WARC/1.0\r\nWARC-Type: response\r\nWARC-Date: 2026-01-01T00:00:00Z\r\n"
            f"WARC-Target-URI: {url}\r\nContent-Type: application/http; msgtype=response\r\n"
            f"Content-Length: {len(response)}\r\n\r\n"
        )
        record = head.encode() + response + b"\r\n\r\n"
        data += gzip.compress(record) if gzipped else record
    return data


@pytest.mark.parametrize(("name", "gzipped"), [("x.warc", False), ("x.warc.gz", True), ("x", True)])
def test_warc(tmp_path: Path, name: str, gzipped: bool) -> None:
    page = "<html><head><title>{}</title></head><body><article>{}</article></body></html>"
    text = "".join(f"<p>{one}</p>" for one in PARAGRAPHS * 2)
    data = warc(
        (
            "https://docket.example/1",
            "200 OK",
            "text/html; charset=utf-8",
            page.format("One", text),
        ),
        ("https://docket.example/2", "404 Not Found", "text/html", page.format("No", text)),
        ("https://docket.example/3", "200 OK", "image/png", "\x89PNG"),
        ("https://docket.example/4", "200 OK", "text/html", " "),
        ("https://docket.example/5", "200 OK", "text/html", page.format("Five", text)),
        gzipped=gzipped,
    )
    (tmp_path / name).write_bytes(data)
    readings, told = read(tmp_path / name)
    assert told == ["line 4: empty"]
    assert [reading.article.title for reading in readings] == ["One", "Five"]
    article = readings[0].article
    assert article.url == article.id == "https://docket.example/1"
    assert article.date is None  # when a page was fetched is not when it was written


# Standard input


def test_streams(tmp_path: Path) -> None:
    class Pipe(io.RawIOBase):
        """What gives a few bytes at a time and cannot seek."""

        def __init__(self, data: bytes) -> None:
            self._rest = io.BytesIO(data)

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            piece = self._rest.read(min(7, len(buffer)))
            buffer[: len(piece)] = piece
            return len(piece)

    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as writing:
        writing.writestr("x.json", '{"title": "T"}')
    for data in (
        b'{"title": "T"}\n',
        b'{"title": "T"}\n{"title": "T"}\n',
        RSS.encode(),
        archive.getvalue(),
    ):
        told: list[LeftOut] = []
        readings = list(read_stream(io.BufferedReader(Pipe(data), 16), "-", told.append))
        assert readings and readings[0].path.parts[0] == "-"
    told = []
    assert list(read_stream(io.BytesIO(b"words"), "-", told.append)) == []
    assert [str(one) for one in told] == ["-: unknown file type"]
    assert len(list(read_stream(io.BytesIO(b"Title\n\nwords"), "-.txt", told.append))) == 1


def test_a_record_from_the_future_is_not_dated(tmp_path: Path) -> None:
    path = tmp_path / "dump.jsonl"
    path.write_text(
        '{"title": "To come", "body": "x", "date": "2098-01-01", "updated": "2024-01-01"}\n'
    )
    (reading,) = read_file(path, print)
    assert (reading.article.date, str(reading.article.updated)) == (None, "2024-01-01")
    assert reading.warnings == ("date 2098-01-01 (json field) lies in the future: not taken",)
    assert "date" not in reading.rules
