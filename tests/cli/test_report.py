"""The page of HTML: well-formed, harmless, complete."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path

from lxml import etree

from searchidx import Article, Index
from searchidx.cli.report import html_report

MADE = dt.datetime(2024, 6, 28, 9, 30)


def page(index: Index, *queries: str) -> tuple[str, etree._Element]:
    answers = [(query, index.search(query, facets=("source",))) for query in queries]
    text = "".join(html_report(answers, heading="A <report>", made=MADE))
    parser = etree.HTMLParser(recover=False)
    return text, etree.fromstring(text.replace("<article>", "<div>").replace("</article>", "</div>").replace("<section>", "<div>").replace("</section>", "</div>").replace("<mark>", "<b>").replace("</mark>", "</b>"), parser)  # fmt: skip


def test_every_hit_and_mark_is_in_it(seeds: Index) -> None:
    text, tree = page(seeds, "minor crimes governance", "minro /s crimes")
    results = seeds.search("minor crimes governance")
    headings = ["".join(one.itertext()) for one in tree.iter("h3")]
    assert [f"{n}. {hit.article.title}" for n, hit in enumerate(results, 1)] == headings[:-1]
    assert "<mark>minor</mark> <mark>crimes</mark> <mark>governance</mark>" in text
    assert "interpreted as: minor OR crimes OR governance" in text
    assert [one.get("href") for one in tree.iter("a")][:2] == ["#q1", "#q2"]
    assert text.count("<caption>by source") == 2


def test_hostile_articles_are_harmless(tmp_path: Path) -> None:
    index = Index.create(tmp_path)
    evil = '<script>alert("court")</script>'
    index.add(
        [
            Article(
                f"court {evil}",
                f"court {evil} \x1b[31m'\"&",
                url="javascript:alert(1)",
                source=evil,
            ),
            Article("court", "court " * 5000, url='https://a.example/"><script>'),
        ]
    )
    text, tree = page(index, "court", f'"{evil}"'.replace('"', ""))
    assert not list(tree.iter("script"))
    assert "\x1b" not in text
    links = {one.get("href") for one in tree.iter("a")}
    assert links == {"#q1", "#q2", 'https://a.example/"><script>'}


def test_from_the_command_line(seeds_dir: Path, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    command = [sys.executable, "-m", "searchidx", "query", "--index-dir", str(seeds_dir)]
    done = subprocess.run([*command, "court /s fine", "--html", str(path)], capture_output=True)
    assert done.returncode == 0
    assert "<mark>fine</mark>" in path.read_text("utf-8")
