"""The page of HTML: complete, well-formed, harmless, readable."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from searchidx import Article, Index
from searchidx.cli.report import html_report

MADE = dt.datetime(2024, 6, 28, 9, 30)
EVIL = "</title></style></article><script>alert('court')</script>\"'&amp;\\"
VOID = {"meta"}


class Balanced(HTMLParser):
    """Fails where a tag is closed that is not the last one open, or an attribute stands twice."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs)
        self.tags.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in VOID
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def written(answers: Any, heading: str = "A <report>") -> tuple[str, etree._Element]:
    """The page, and its tree as read by a parser that forgives nothing."""
    text = "".join(html_report(answers, heading=heading, made=MADE))
    text.encode("utf-8")
    balanced = Balanced()
    balanced.feed(text)
    balanced.close()
    assert balanced.open == []
    return text, etree.fromstring(text.encode(), etree.XMLParser(recover=False, huge_tree=True))


def page(index: Index, *queries: str, **options: Any) -> tuple[str, etree._Element]:
    return written([(query, index.search(query, **options)) for query in queries])


def said(element: etree._Element) -> str:
    return " ".join("".join(element.itertext()).split())


def texts(tree: etree._Element, path: str) -> list[str]:
    return [said(one) for one in tree.findall(path)]


def test_every_hit_is_in_it(seeds: Index) -> None:
    results = seeds.search("minor crimes governance")
    text, tree = written([("mine", results)])
    headings = [f"{n}. {' '.join(hit.article.title.split())}" for n, hit in enumerate(results, 1)]
    assert texts(tree, ".//article/h3") == headings
    assert "<mark>minor</mark> <mark>crimes</mark> <mark>governance</mark>" in text
    facts = texts(tree, ".//article/p")
    for hit, shown in zip(results, facts, strict=True):
        assert f"score {hit.score:.3f}" in shown
        for part in (str(hit.article.date), hit.article.source, hit.article.agency, hit.id):
            assert part in shown
    quotes = [one.text for hit in results for one in hit.snippets if one.field == "body"]
    assert len(texts(tree, ".//blockquote")) == len(quotes)
    assert tree.get("lang") == "en"
    assert tree.find(".//time").get("datetime") == "2024-06-28T09:30:00"


def test_what_is_said_of_all(seeds: Index) -> None:
    _, tree = page(seeds, "minor crimes governence", limit=2, offset=1)
    labels = dict(zip(texts(tree, ".//dt"), texts(tree, ".//dd"), strict=True))
    assert labels == {
        "Query": "minor crimes governence",
        "Interpreted as": "minor OR crimes OR governance",
        "Corrected": "governance ← governence (1 edit)",
        "Found": "4 articles, 2–3 shown",
    }
    assert "governance ← governence (1 edit)" in texts(tree, ".//article/p")
    assert texts(tree, ".//h3")[0].startswith("2. ")


def test_warnings_and_what_was_not_found(seeds: Index) -> None:
    results = seeds.search("zzzqqqxxx", fuzzy="off")
    _, tree = written([("none", results)])
    assert texts(tree, ".//dd")[-1] == "nothing"
    assert tree.findall(".//article") == []
    warned = seeds.search("a OR b /s c")
    assert warned.warnings
    _, tree = written([("odd", warned)])
    assert set(warned.warnings) <= set(texts(tree, ".//dd"))
    _, tree = page(seeds, "court", limit=0)
    assert "none shown" in texts(tree, ".//dd")[-1]


def test_several_have_contents_with_totals(seeds: Index) -> None:
    queries = ["court", "minor crimes governance", "zzzqqqxxx"]
    _, tree = page(seeds, *queries)
    totals = [seeds.search(query).total for query in queries]
    assert texts(tree, ".//nav/ol/li") == [
        f"{query} {total} article{'s' * (total != 1)}"
        for query, total in zip(queries, totals, strict=True)
    ]
    targets = {one.get("href") for one in tree.findall(".//nav//a")}
    assert targets == {f"#{one.get('id')}" for one in tree.findall(".//section")}
    assert texts(tree, ".//section/h2") == queries
    assert page(seeds, "court")[1].find(".//nav") is None


def test_no_answers_are_a_page_too() -> None:
    _, tree = written(iter(()))
    assert texts(tree, ".//h1") == ["A <report>"]


@pytest.mark.parametrize("queries", [("court",), ("court", "fine")])
def test_headings_go_down_one_by_one(seeds: Index, queries: tuple[str, ...]) -> None:
    _, tree = page(seeds, *queries, facets=("year",))
    levels = [int(one.tag[1]) for one in tree.iter("h1", "h2", "h3", "h4")]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    ids = [one.get("id") for one in tree.iter() if one.get("id")]
    assert len(set(ids)) == len(ids)
    labelled = {one.get("aria-labelledby") for one in tree.iter()} - {None}
    assert labelled <= set(ids)


def test_a_query_is_not_said_twice_as_heading(seeds: Index) -> None:
    _, tree = written([("court", seeds.search("court"))], heading="court")
    assert texts(tree, ".//h1") + texts(tree, ".//h2") == ["court", "Articles found"]


def test_facets_are_tables_with_bars(seeds: Index) -> None:
    results = seeds.search("court", facets=("source", "year"))
    _, tree = written([("court", results)])
    assert texts(tree, ".//caption") == ["By source", "By year"]
    rows = [(said(row[0]), int(row[1].text)) for row in tree.iter("tr")]
    counts = [*results.facets["source"], *results.facets["year"]]
    assert rows == [(value or "(none)", count) for value, count in counts]
    widths = [one.get("style") for one in tree.findall(".//td/span")]
    assert len(widths) == len(rows) and "width: 100.0%" in widths


def evil_index(path: Any) -> Index:
    index = Index.create(path)
    index.add(
        [
            Article(
                f"court {EVIL}\x00\x1b[31m\x9b\ufffe\ud800",
                f"The court {EVIL} \x1b[31m said.",
                url="javascript:alert(1)",
                source=EVIL,
                agency="\u202eevil",
                language='en" onclick="alert(1)',
            ),
            Article("court " + "long" * 2500, "court " * 500, url=f"https://a.example/{EVIL}"),
            Article("المحكمة court تصدر حكما", "قالت court المحكمة.", language="ar", url="HTTP://b.example/1"),
            Article("", "A court without a title.", id="odd\nid\u202egpj"),
            Article("court", "no", url=" https://c.example/\u202egpj.exe"),
            Article("court", "no", url="data:text/html,<script>alert(1)</script>"),
        ]
    )  # fmt: skip
    return index


def test_hostile_articles_are_harmless(tmp_path: Any) -> None:
    results = evil_index(tmp_path / "i").search("court")
    text, tree = written([("court", results), (EVIL, results)], heading=EVIL)
    assert {one.tag for one in tree.iter()}.isdisjoint({"script", "img", "link", "iframe"})
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]", text)
    assert not any(name.startswith("on") for one in tree.iter() for name in one.attrib)
    links = [one.get("href") for one in tree.iter("a")]
    assert {urlsplit(link).scheme for link in links} == {"", "http", "https"}
    assert f"https://a.example/{EVIL}" in links
    assert all("\u202e" not in link for link in links)
    titles = texts(tree, ".//h3")
    assert len(titles) == 12
    assert any(title.endswith("(no title)") for title in titles)
    assert any("long" * 2500 in title for title in titles)
    assert any(f"court {EVIL}" in title for title in titles)
    assert {one.get("lang") for one in tree.iter("bdi")} == {None, "ar"}
    assert "odd%0Aid%E2%80%AEgpj" in text


def test_what_turns_text_stays_in_its_place(tmp_path: Any) -> None:
    _, tree = page(evil_index(tmp_path / "i"), "court")
    turned = [one for one in tree.iter() if "\u202e" in (one.text or "")]
    assert turned
    assert all(one.tag == "bdi" or one.get("dir") == "auto" for one in turned)


def test_nothing_is_loaded_from_elsewhere(seeds: Index) -> None:
    text, tree = page(seeds, "court", facets=("source",))
    assert not any("src" in one.attrib for one in tree.iter())
    (style,) = tree.iter("style")
    assert "url(" not in style.text and "@import" not in style.text
    assert "<script" not in re.sub(r"&lt;", "", text)


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1), st.text())
def test_any_name_and_heading_give_a_whole_page(seeds: Index, name: str, heading: str) -> None:
    results = seeds.search("court", limit=1)
    _, tree = written([(name, results), ("x", results)], heading=heading)
    assert len(list(tree.iter("article"))) == 2
    (style,) = tree.iter("style")
    assert style.text.count("{") == style.text.count("}")
    assert all(one.count('"') in (0, 2) for one in style.text.splitlines() if "top-left" in one)


def test_hits_are_written_as_they_come(seeds: Index) -> None:
    results = seeds.search("court", limit=100)
    pieces = list(html_report([("court", results)], heading="x", made=MADE))
    assert sum("<article>" in one for one in pieces) == len(results) > 10
    assert all(one.count("<article>") <= 1 for one in pieces)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def schemes(style: str) -> Iterator[dict[str, str]]:
    colours: dict[str, str] = {}
    for block in re.findall(r":root \{(.*?)\}", style, re.DOTALL):
        colours = {**colours, **dict(re.findall(r"--(\w+): (#\w{6})", block))}
        yield colours


def test_colours_can_be_told_apart() -> None:
    text = "".join(html_report([], heading="x", made=MADE))
    found = list(schemes(text))
    assert len(found) == 3
    for colours in found:
        for ink in ("ink", "faint", "link"):
            assert contrast(colours[ink], colours["page"]) >= 4.5
        assert contrast(colours["bar"], colours["page"]) >= 3 or colours is found[2]
    for colours in found[:2]:
        assert contrast(colours["ink"], colours["mark"]) >= 4.5
    assert (found[2]["page"], found[2]["ink"]) == ("#ffffff", "#000000")


def test_from_the_command_line(seeds_dir: Path, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    command = [sys.executable, "-m", "searchidx", "query", "--index-dir", str(seeds_dir)]
    done = subprocess.run([*command, "court /s fine", "--html", str(path)], capture_output=True)
    assert done.returncode == 0
    assert "<mark>fine</mark>" in path.read_text("utf-8")
