"""The running text of a page: what belongs to the article and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from searchidx import Article
from searchidx.ingest import Reading, read_file

FIRST = "The commercial court in Port Ardale on Friday voided the lease of the grain terminal, finding that the tender had been written for a single bidder."
SECOND = "The port authority said that it would read the ruling before it decided whether to appeal, and that ships would be served as before until then."
THIRD = "A new tender will be held in the autumn, the ministry said in a statement, and it will be open to every bidder that can meet the terms."
PAGE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Court voids lease</title>
{head}</head><body><nav><a href="/">Home</a> <a href="/courts">Courts</a></nav>
<div id="story"><h1>Court voids lease</h1>{body}</div><footer>All about us</footer></body></html>"""


def reading(folder: Path, body: str, head: str = "") -> Reading:
    path = folder / "page.html"
    path.write_text(PAGE.format(head=head, body=body), "utf-8")
    (only,) = read_file(path, lambda what: pytest.fail(str(what)))
    return only


def body_of(folder: Path, body: str, head: str = "") -> str:
    return reading(folder, body, head).article.body


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


WHOLE = "\n\n".join([FIRST, SECOND, THIRD])


@pytest.mark.parametrize(
    "aside",
    [
        '<p><a href="/other">MINISTER DEFENDS THE TENDER IN PARLIAMENT</a></p>',
        "<p>Related: Minister defends the tender in parliament</p>",
        "<p>Read more: Minister defends the tender in parliament</p>",
        "<p>Sign up for our newsletter and never miss a ruling.</p>",
        "<p>Follow us on Twitter</p>",
        "<p>Click here to subscribe to the court desk</p>",
        "<p>Advertisement</p>",
        "<p>相关阅读：部长为招标辩护</p>",
    ],
)
@pytest.mark.parametrize("place", [1, 2, 3])
def test_what_points_elsewhere_is_left_out(tmp_path: Path, aside: str, place: int) -> None:
    texts = [f"<p>{text}</p>" for text in (FIRST, SECOND, THIRD)]
    texts.insert(place, aside)
    assert body_of(tmp_path, "".join(texts)) == WHOLE


def test_a_list_of_other_articles_ends_with_the_next_paragraph(tmp_path: Path) -> None:
    listed = "<p>Don't miss</p><p>Minister defends the tender [VIDEO]</p><p>Port workers strike</p>"
    found = body_of(tmp_path, paragraphs(FIRST, SECOND) + listed + paragraphs(THIRD))
    assert found == WHOLE


def test_prose_that_begins_like_an_aside_stays(tmp_path: Path) -> None:
    prose = "Related companies of the operator had bid as well, the judges found, and none of them had disclosed who owned it when the offers were opened."
    found = body_of(tmp_path, paragraphs(FIRST, prose, THIRD))
    assert found == "\n\n".join([FIRST, prose, THIRD])


@pytest.mark.parametrize(
    "prose",
    [
        "Sponsored by Senator Lee, the bill passed on Friday.",
        "Advertisements that mislead are unlawful, the court held.",
        "Join us on Tuesday for the hearing, the mayor said.",
        "Recommended: a fine of 500 dollars and two years of probation",
        '<a href="/ruling.pdf">A copy of the ruling is available here.</a>',
    ],
)
def test_what_only_looks_like_an_aside_stays(tmp_path: Path, prose: str) -> None:
    found = body_of(tmp_path, paragraphs(FIRST, prose, SECOND, THIRD))
    assert prose.partition(">")[2].removesuffix("</a>") in found or prose in found


def test_a_linked_list_at_the_end_is_left_out(tmp_path: Path) -> None:
    listed = '<ul><li><a href="/1">Mission Tavern, Merrifield</a></li><li><a href="/2">Pour House, Clarks Grove</a></li></ul>'
    assert body_of(tmp_path, paragraphs(FIRST, SECOND, THIRD) + listed) == WHOLE


def test_the_line_below_a_chinese_title(tmp_path: Path) -> None:
    line = "<div class='info'><span>发布时间：2024-06-28 10:15</span><span>来源：法治日报</span><span>责任编辑：沈晨</span><span>更新时间：2024-06-29</span></div>"
    site = '<meta property="og:site_name" content="新时代瞭望">'
    text = "江城市人民法院周五公开宣判，认定粮食码头的租约无效，理由是招标文件只适合一家投标人，其他企业无法满足其中的条件。"
    article = reading(tmp_path, line + paragraphs(text, text[::-1]), site).article
    assert (str(article.date), str(article.updated)) == ("2024-06-28", "2024-06-29")
    assert (article.source, article.republisher) == ("法治日报", "新时代瞭望")
    assert (article.responsible_editor, article.language) == ("沈晨", "zh")
    assert article.body == f"{text}\n\n{text[::-1]}"


def test_a_list_among_whose_items_are_links_stays(tmp_path: Path) -> None:
    items = '<ul><li>The lease of 1998</li><li><a href="/t">The tender of 2019</a></li></ul>'
    assert "The tender of 2019" in body_of(tmp_path, paragraphs(FIRST, SECOND) + items)


def test_the_marked_body_is_the_whole_article(tmp_path: Path) -> None:
    marked = f'<div itemprop="articleBody">{paragraphs(FIRST, SECOND, THIRD)}</div>'
    beside = (
        "<p>The harbour master of Port Ardale retires this summer after thirty years in office.</p>"
    )
    assert body_of(tmp_path, marked + beside) == WHOLE


def test_a_body_in_json_ld_that_the_page_does_not_show(tmp_path: Path) -> None:
    record = f'{{"@type":"NewsArticle","headline":"Court voids lease","articleBody":"{FIRST}\\n{SECOND}\\n{THIRD}"}}'
    head = f'<script type="application/ld+json">{record}</script>'
    assert body_of(tmp_path, "<p>Loading…</p>", head) == WHOLE


def test_an_article_that_the_page_holds_twice(tmp_path: Path) -> None:
    assert body_of(tmp_path, paragraphs(FIRST, SECOND, THIRD) * 2).count(FIRST) == 1


def test_a_caption_is_no_paragraph(tmp_path: Path) -> None:
    figure = "<figure><img src='x.jpg'><figcaption>The terminal at dawn, seen from the outer mole.</figcaption></figure>"
    assert body_of(tmp_path, paragraphs(FIRST) + figure + paragraphs(SECOND, THIRD)) == WHOLE


def test_the_second_line_of_a_title_is_no_paragraph(tmp_path: Path) -> None:
    deck = '<p class="subtitle">Judges find that the tender suited one bidder</p>'
    assert body_of(tmp_path, deck + paragraphs(FIRST, SECOND, THIRD)) == WHOLE


def test_words_in_inline_elements_keep_their_place(tmp_path: Path) -> None:
    marked = f'<div itemprop="articleBody"><p>{FIRST} It sits at <b>Quay</b> <a href="/7">Seven</a>.</p>{paragraphs(SECOND)}</div>'
    assert "It sits at Quay Seven." in body_of(tmp_path, marked)


BAD = '<meta property="og:url" content="https://a.example/2024/06/20_{slug}.asp">'


@pytest.mark.parametrize(
    ("slug", "day", "believed"),
    [
        ("CourtVoidsLease", "2024-06-20", True),
        ("CourtVoidsLease", "2024-06-28", True),  # a word of the title
        ("GrainTerminal", "2024-06-20", True),  # a word of the text, and the same day
        ("GrainTerminal", "2024-06-28", False),
        ("PharmacyFines", "2024-06-20", False),
        ("12345", "2024-06-28", True),
    ],
)
def test_an_address_copied_from_another_page(
    tmp_path: Path, slug: str, day: str, believed: bool
) -> None:
    time = f'<time datetime="{day}">{day}</time>'
    found = reading(tmp_path, time + paragraphs(FIRST, SECOND, THIRD), BAD.format(slug=slug))
    assert bool(found.article.url) is believed
    assert bool(found.warnings) is not believed
    canonical = '<link rel="canonical" href="https://a.example/2024/06/20_{slug}.asp">'
    found = reading(tmp_path, paragraphs(FIRST, SECOND), canonical.format(slug=slug))
    assert found.article.url.endswith(f"{slug}.asp")


def test_pages_with_one_address_keep_different_ids(tmp_path: Path) -> None:
    ids = set()
    for name in ("harbour", "pharmacy"):
        body = paragraphs(FIRST.replace("grain", name), SECOND, THIRD)
        ids.add(reading(tmp_path, body, BAD.format(slug="Harbour")).article.id)
    assert len(ids) == 2


def test_a_label_of_two_dates_is_no_error(tmp_path: Path) -> None:
    line = "<div>Published: Monday, November 18th, 2019 at 11:08 a.m.</div>"
    found: Article = reading(tmp_path, line + paragraphs(FIRST, SECOND, THIRD)).article
    assert str(found.date) == "2019-11-18"
