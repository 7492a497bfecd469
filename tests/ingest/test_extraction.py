"""Fields of an article, whatever form it comes in, each with the rule that found it."""

from __future__ import annotations

import datetime as dt
import gzip
import html
import json
import tarfile
from pathlib import Path

import pytest

from benchmarks.extraction import shares, summary
from searchidx import Article
from searchidx.ingest import Reading, read_file
from tests.conftest import SEEDS

SEED = SEEDS / "legal-daily-2024-06-28-work-exchange.txt"
BODY = "The commercial court in Port Ardale on Friday voided the lease of the grain terminal, finding that the tender had been written for a single bidder.\n\nThe port authority said that it would read the ruling before it decided whether to appeal, and that ships would be served as before."
TODAY = dt.date.today()


def read(path: Path) -> Reading:
    (reading,) = read_file(path, lambda what: pytest.fail(str(what)))
    return reading


def from_text(
    folder: Path, *tail: str, title: str = "Court voids lease", body: str = BODY
) -> Reading:
    path = folder / "article.txt"
    path.write_text("\n".join([title, "2024-06-28", body, *tail]), "utf-8")
    return read(path)


def from_page(
    folder: Path, *tail: str, head: str = "", title: str = "Court voids lease"
) -> Reading:
    texts = "".join(f"<p>{html.escape(text)}</p>" for text in [*BODY.split("\n\n"), *tail])
    path = folder / "article.html"
    path.write_text(
        f'<html><head><meta charset="utf-8"><title>{title}</title>{head}</head><body><nav><a href="/">'
        f"Home</a></nav><article><h1>{title}</h1><p>2024-06-28</p>{texts}</article></body></html>",
        "utf-8",
    )
    return read(path)


FORMS = [from_text, from_page]


def seed_forms() -> list[tuple[str, str, str]]:
    title, date, body, *tail = SEED.read_text("utf-8").split("\n")
    top = f'<html><head><meta charset="utf-8"><title>{title}</title></head><body><div><a href="/">Home</a></div>'
    top += f"<h1>{title}</h1><p>{date}</p>"
    wrapped = "".join(f"<p>{line}</p>" for line in tail)
    boxed = "".join(f"<div>{line}</div>" for line in tail)
    bold = wrapped.replace("Edit:", "<b>Edit:</b>").replace("Source:", "<b>Source:</b> ")
    linked = wrapped.replace(
        tail[1], 'Source:<a href="http://www.legaldaily.com.cn">http://www.legaldaily.com.cn</a>'
    )
    return [
        ("paragraphs", ".html", f"{top}<div><p>{body}</p>{wrapped}</div></body></html>"),
        ("breaks", ".html", f"{top}<div><p>{body}<br>{'<br>'.join(tail)}</p></div></body></html>"),
        ("boxes", ".html", f"{top}<article><p>{body}</p>{boxed}</article></body></html>"),
        ("footer", ".html", f"{top}<article><p>{body}</p></article><footer>{wrapped}</footer></body></html>"),
        ("bold", ".html", f"{top}<article><p>{body}</p>{bold}</article></body></html>"),
        ("link", ".html", f"{top}<article><p>{body}</p>{linked}</article></body></html>"),
        ("text", ".txt", "\n\n".join([title, date, body, *tail])),
        ("markdown", ".md", "\n\n".join([f"# {title}", date, body, *tail])),
        ("bold markdown", ".md", "\n\n".join([f"# {title}", date, body, tail[0].replace("Edit:", "**Edit:** ").replace("Responsible editor:", "**Responsible editor:** "), *tail[1:]])),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "suffix", "content"), seed_forms(), ids=lambda value: str(value)[:12]
)
def test_the_seed_is_the_same_article_in_every_form(
    tmp_path: Path, name: str, suffix: str, content: str
) -> None:
    path = tmp_path / f"seed{suffix}"
    path.write_text(content, "utf-8")
    wanted = read(SEED).article
    article = read(path).article
    for field in ("title", "date", "agency", "editor", "responsible_editor", "source", "notice"):
        assert getattr(article, field) == getattr(wanted, field), field
    assert article.body == wanted.body
    assert (article.translator, article.standing, article.republisher) == ("", "", "")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("Translator: Li Wei", "translator", "Li Wei"),
        ("Translated by Li Wei", "translator", "Li Wei"),
        ("译者：李伟", "translator", "李伟"),
        ("编译：王芳 责任编辑：沈晨", "translator", "王芳"),
        ("翻译：李伟 来源：法治日报", "source", "法治日报"),
        ("Author: Ann Lee / Translator: Li Wei / Editor: Bo Chen", "editor", "Bo Chen"),
        ("Edited by Bo Chen", "editor", "Bo Chen"),
        ("Editor-in-chief: Ma Li", "responsible_editor", "Ma Li"),
        ("By Ann Lee and Bo Chen", "authors", ("Ann Lee", "Bo Chen")),
        ("By Reuters", "agency", "Reuters"),
        ("Reprinted from Legal Daily", "source", "Legal Daily"),
        ("This article was originally published in The Docket Wire on June 27, 2024.", "source", "The Docket Wire"),
        ("This story was first published by Legal Daily and is reproduced here with permission.", "source", "Legal Daily"),
        ("转载自《法治日报》", "source", "法治日报"),
        ("本文转自：法治日报", "source", "法治日报"),
        ("来源：法治日报", "source", "法治日报"),
        ("Updated: June 29, 2024", "updated", dt.date(2024, 6, 29)),
        ("Last updated on June 29, 2024", "updated", dt.date(2024, 6, 29)),
        ("更新时间：2024-06-29 10:15", "updated", dt.date(2024, 6, 29)),
        ("Section: Courts", "section", "Courts"),
        ("Tags: lease, port law", "tags", ("lease", "port law")),
    ],
)  # fmt: skip
def test_lines_of_the_tail(tmp_path: Path, form, line: str, field: str, value: object) -> None:  # type: ignore[no-untyped-def]
    reading = form(tmp_path, line)
    assert getattr(reading.article, field) == value
    assert reading.article.date == dt.date(2024, 6, 28)
    assert reading.article.body == BODY
    assert reading.rules[field] in ("label", "byline", "original source")


def test_the_site_that_shows_another_outlets_article(tmp_path: Path) -> None:
    head = '<meta property="og:site_name" content="New Era Outlook">'
    article = from_page(tmp_path, "Source: Legal Daily", head=head).article
    assert (article.source, article.republisher) == ("Legal Daily", "New Era Outlook")
    article = from_page(tmp_path, "Source: New Era Outlook", head=head).article
    assert (article.source, article.republisher) == ("New Era Outlook", "")
    article = from_page(tmp_path, head=head).article
    assert (article.source, article.republisher) == ("New Era Outlook", "")
    host = '<link rel="canonical" href="https://www.legaldaily.com.cn/2024/06/28/lease.html">'
    article = from_page(tmp_path, "Source: Legal Daily", head=host).article
    assert (article.source, article.republisher) == ("Legal Daily", "")


LD = {
    "@type": "NewsArticle", "headline": "Court voids lease", "datePublished": "2024-06-28",
    "dateModified": "2024-06-30T08:00:00Z", "articleSection": "Courts", "keywords": ["lease", "port"],
    "author": [{"name": "Ann Lee"}, {"@type": "Organization", "name": "Reuters"}],
    "translator": {"name": "Li Wei"}, "publisher": {"name": "The Docket Wire"},
}  # fmt: skip
META = (
    '<meta property="article:section" content="Courts"><meta property="article:tag" content="lease">'
    '<meta property="article:tag" content="port"><meta property="article:modified_time" content="2024-06-30">'
)


@pytest.mark.parametrize(
    "head", [f'<script type="application/ld+json">{json.dumps(LD)}</script>', META]
)
def test_what_a_page_says_of_itself(tmp_path: Path, head: str) -> None:
    reading = from_page(tmp_path, head=head)
    article = reading.article
    assert (article.section, article.tags) == ("Courts", ("lease", "port"))
    assert (article.date, article.updated) == (dt.date(2024, 6, 28), dt.date(2024, 6, 30))
    if head != META:
        assert (article.authors, article.agency) == (("Ann Lee",), "Reuters")
        assert article.translator == "Li Wei"
        assert {reading.rules[name] for name in ("tags", "updated", "agency")} == {"json-ld"}


@pytest.mark.parametrize(
    ("days", "taken"), [(-1, True), (0, True), (1, True), (2, False), (4000, False)]
)
def test_a_day_that_has_not_come_is_kept_out_and_told(
    tmp_path: Path, days: int, taken: bool
) -> None:
    day = TODAY + dt.timedelta(days)
    path = tmp_path / "article.txt"
    path.write_text(f"Court voids lease\n{day}\n{BODY}\nUpdated: {day}", "utf-8")
    reading = read(path)
    assert reading.article.date == reading.article.updated == (day if taken else None)
    assert len(reading.warnings) == (0 if taken else 2)
    assert taken or str(day) in reading.warnings[0]
    head = f'<meta property="article:published_time" content="{day}">'
    found = from_page(tmp_path, head=head)
    assert found.article.date == (day if taken else dt.date(2024, 6, 28))


@pytest.mark.parametrize(
    ("opening", "agency"),
    [
        ("GENEVA (Reuters) - The court", "Reuters"),
        ("ST. PAUL, Minn. (AP) — The court", "AP"),
        ("新华社北京6月28日电 法院作出判决。", "新华社"),
        ("The court (in full session) - and nobody else", ""),
    ],
)
def test_an_agency_in_the_dateline(tmp_path: Path, opening: str, agency: str) -> None:
    reading = from_text(tmp_path, body=f"{opening} ruled on it.\n\n{BODY}")
    assert reading.article.agency == agency
    assert reading.article.body.startswith(opening)


@pytest.mark.parametrize(
    ("title", "first", "last", "standing"),
    [
        ("Correction: Port lease", "", "", "corrected"),
        ("CORRECTED - Court voids lease", "", "", "corrected"),
        ("Tribunal voids lease (corrected)", "", "", "corrected"),
        ("Lease", "", "Correction: An earlier version misstated the year.", "corrected"),
        (
            "Lease",
            "",
            "This article has been updated to correct the name of the judge.",
            "corrected",
        ),
        ("Lease", "", "An earlier version of this story misspelled the name.", "corrected"),
        ("Lease", "(Corrects spelling of name in paragraph 3)", "", "corrected"),
        ("Lease", "Editor's note: This article has been corrected.", "", "corrected"),
        ("更正：江城法院宣判", "", "", "corrected"),
        ("江城法院宣判", "", "更正：上文日期有误。", "corrected"),
        ("RETRACTED: Court voids lease", "", "", "withdrawn"),
        ("Withdrawn: Court voids lease", "", "", "withdrawn"),
        ("Lease", "This story has been retracted.", "", "withdrawn"),
        ("Lease", "", "The article has been withdrawn.", "withdrawn"),
        ("江城法院宣判", "", "本文已撤回。", "withdrawn"),
        ("撤稿声明：江城法院宣判", "", "", "withdrawn"),
        ("Department of Corrections: new rules", "", "", ""),
        ("Corrections officers sue the county", "", "", ""),
        ("Market correction: what it means", "Correction territory is ten percent.", "", ""),
        ("Senator withdrew the bill", "The bill has been withdrawn.", "", ""),
        ("Lease", "The report was withdrawn by the ministry on Friday.", "", ""),
        ("Lease", "", "The paper was retracted in 2020, the court heard.", ""),
        ("Lease", "", "He said the correction: too late, was an insult.", ""),
        ("法院更正判决书", "法院更正了判决。", "检察院撤回起诉。", ""),
    ],
)
def test_standing(tmp_path: Path, title: str, first: str, last: str, standing: str) -> None:
    body = "\n\n".join(text for text in (first, BODY, last) if text)
    reading = from_text(tmp_path, title=title, body=body)
    assert reading.article.standing == standing
    assert ("standing" in reading.rules) is bool(standing)


def test_a_correction_in_the_middle_is_prose(tmp_path: Path) -> None:
    middle = "Correction: the word that the judge used was another one, the lawyer said."
    body = "\n\n".join(
        [BODY, middle, *(["The hearing goes on, and nobody knows when it ends."] * 4)]
    )
    assert from_text(tmp_path, body=body).article.standing == ""


LANGUAGES = [
    ("en", "The court said on Friday that it had not decided whether the lease was void, and that it would hear the parties again."),
    ("de", "Das Gericht hat am Freitag entschieden, dass der Vertrag nichtig ist und die Parteien noch einmal gehört werden sollen."),
    ("fr", "Le tribunal a décidé vendredi que le contrat était nul et que les parties seraient entendues une nouvelle fois avant la fin de l'année."),
    ("es", "El tribunal decidió el viernes que el contrato era nulo y que las partes serían oídas otra vez antes de que termine el año."),
    ("ru", "Суд постановил в пятницу, что договор недействителен и что стороны будут заслушаны ещё раз до конца года."),
    ("zh", "江城法院周五宣判，认定租约无效，并将再次听取双方意见。"),
    ("ja", "裁判所は金曜日に契約が無効であると判断し、当事者からもう一度事情を聴くと述べた。"),
    ("ko", "법원은 금요일에 계약이 무효라고 판결하고 당사자들의 의견을 다시 듣겠다고 밝혔다."),
    ("en", "Lease void"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text"), LANGUAGES)
def test_languages(tmp_path: Path, language: str, text: str) -> None:
    path = tmp_path / "x.txt"
    path.write_text(f"{text}\n2024-06-28\n{text}", "utf-8")
    assert read(path).article.language == language


def test_bodies_of_real_pages(data: Path, tmp_path: Path) -> None:
    """F1 on a sample of Zyte's pages; benchmarks/extraction.py measures all 181."""
    folder = data / "extraction" / "zyte"
    with gzip.open(folder / "ground-truth.json.gz", "rt", encoding="utf-8") as file:
        gold = json.load(file)
    with tarfile.open(folder / "html.tar.gz") as archive:
        archive.extractall(tmp_path, filter="data")
    pages = {path.name.split(".")[0]: path for path in tmp_path.rglob("*.html.gz")}
    measured = []
    page = tmp_path / "page.html"
    for key in list(gold)[::6]:
        page.write_bytes(gzip.decompress(pages[key].read_bytes()))
        bodies = [reading.article.body for reading in read_file(page, print)]
        measured.append(shares(gold[key]["articleBody"], "".join(bodies)))
    assert summary(measured)[0] >= 0.95


def test_shares_of_runs() -> None:
    assert shares("a b c d e", "a b c d e") == (1.0, 0.0, 0.0)
    assert shares("a b c d e", "a b c d") == (0.5, 0.0, 0.5)
    assert shares("a b", "a b") == (1.0, 0.0, 0.0)
    assert shares("a b c d", "") == (0.0, 0.0, 1.0)
    assert summary([(1.0, 0.0, 0.0), (0.5, 0.0, 0.5)]) == pytest.approx((6 / 7, 1.0, 0.75))


def test_an_article_keeps_its_fields_as_a_record(tmp_path: Path) -> None:
    article = from_text(tmp_path, "Translator: Li Wei", "Tags: lease, port").article
    assert Article.from_dict(article.to_dict()) == article
