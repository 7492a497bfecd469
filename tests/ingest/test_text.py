"""The text form: every part into its own field, nothing lost, and printed back."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchidx import Article
from searchidx.ingest import LeftOut, read_file, render_text
from searchidx.ingest.readers.text import parse_text
from tests.conftest import SEEDS

SEED = SEEDS / "legal-daily-2024-06-28-work-exchange.txt"


def parsed(text: str) -> Article:
    return parse_text(text, Path("x.txt")).article


def test_the_seed_in_its_fields() -> None:
    (reading,) = read_file(SEED, print)
    article = reading.article
    assert article.title.startswith("The Supreme People's Court and Supreme People's Procuratorate")
    assert article.date == dt.date(2024, 6, 28)
    assert article.agency == "Lai Xin She"
    assert article.editor == "Ying Ying"
    assert article.responsible_editor == "Shen Chen"
    assert article.source == "http://www.legaldaily.com.cn"
    assert article.url == ""
    assert article.notice.startswith("Special statement: if the pictures")
    assert article.notice.endswith("email:lwxsd@liaowanghn.com")
    assert article.language == "en"
    assert article.authors == ()
    assert article.body.startswith("Zhang Jun, Secretary")
    assert article.body.endswith("attended the meeting.")
    for part in ("Edit:", "Responsible", "Source:", "Special statement", "Lai Xin She"):
        assert part not in article.body
    assert set(reading.rules) >= {"title", "date", "body", "agency", "editor", "source"}


def test_the_seed_is_printed_back_byte_for_byte() -> None:
    (reading,) = read_file(SEED, print)
    assert render_text(reading.article).encode() == SEED.read_bytes()


TAIL = [
    "Edit:Ann Lee",
    "Responsible editor: Wu Di",
    "Source: Legal Daily",
    "Special statement: all rights reserved.",
]


@pytest.mark.parametrize("order", [TAIL, TAIL[::-1], TAIL[2:] + TAIL[:2]])
@pytest.mark.parametrize("between", ["\n", "\n\n", "\n\n\n"])
def test_the_tail_in_any_order(order: list[str], between: str) -> None:
    article = parsed("Title\n2024-06-28\nBody text.\n" + between.join(order))
    assert (article.editor, article.responsible_editor) == ("Ann Lee", "Wu Di")
    assert article.source == "Legal Daily"
    assert article.notice == "Special statement: all rights reserved."
    assert article.body == "Body text."


@pytest.mark.parametrize("missing", range(4))
def test_a_part_of_the_tail_may_be_missing(missing: int) -> None:
    article = parsed(
        "Title\n2024-06-28\nBody text.\n" + "\n".join(TAIL[:missing] + TAIL[missing + 1 :])
    )
    values = [article.editor, article.responsible_editor, article.source, article.notice]
    assert [bool(value) for value in values] == [at != missing for at in range(4)]
    assert article.body == "Body text."


def test_chinese_labels() -> None:
    article = parsed(
        "江城法院宣判\n2024年6月30日\n法院作出判决。（来新社）\n编辑：应英 责任编辑：沈晨\n来源：江城法治报\n特别声明：请联系本站。"
    )
    assert article.date == dt.date(2024, 6, 30)
    assert (article.editor, article.responsible_editor) == ("应英", "沈晨")
    assert (article.source, article.agency) == ("江城法治报", "来新社")
    assert article.notice == "特别声明：请联系本站。"
    assert (article.body, article.language) == ("法院作出判决。", "zh")


def test_labels_in_prose_stay_in_the_body() -> None:
    body = "He named his source: a clerk.\n\nEdit: that was the word she used, and the judge agreed with her at length in the ruling.\n\nThe end came."
    assert parsed(f"Title\n2024-06-28\n{body}").body == body


@pytest.mark.parametrize(
    ("line", "source", "url"),
    [
        ("http://www.legaldaily.com.cn", "http://www.legaldaily.com.cn", ""),
        ("http://www.legaldaily.com.cn/", "http://www.legaldaily.com.cn/", ""),
        ("http://a.example/2024/06/28/x.html", "a.example", "http://a.example/2024/06/28/x.html"),
        ("Legal Daily http://a.example/n/1.html", "Legal Daily", "http://a.example/n/1.html"),
        ("Legal Daily", "Legal Daily", ""),
    ],
)
def test_a_home_page_is_no_article(line: str, source: str, url: str) -> None:
    article = parsed(f"Title\n2024-06-28\nBody.\nSource:{line}")
    assert (article.source, article.url) == (source, url)


@pytest.mark.parametrize(
    "line",
    ["2024-06-28", "June 28, 2024", "28 June 2024", "2024年6月28日", "2024/6/28", "2024-06-28 10:15",
     "Friday, June 28, 2024", "２０２４年６月２８日"],
)  # fmt: skip
def test_date_lines(line: str) -> None:
    article = parsed(f"Title\n{line}\nBody.")
    assert article.date == dt.date(2024, 6, 28)
    assert article.body == "Body."


WORDS = st.lists(
    st.sampled_from(
        ["the", "court", "ruled,", "on", "Friday", "that", "prosecutors", "appealed", "12", "times"]
    ),
    min_size=2,
    max_size=12,
).map(lambda words: " ".join(words).capitalize() + ".")
NAME = st.sampled_from(["", "Ann Lee", "Wu Di", "Ying Ying"])
ARTICLES = st.builds(
    Article,
    title=WORDS.map(lambda text: text.rstrip(".")),
    date=st.none() | st.dates(dt.date(1990, 1, 1), dt.date.today()),
    body=st.lists(WORDS, min_size=1, max_size=3).map("\n\n".join),
    source=st.sampled_from(["", "Legal Daily", "The Docket Wire", "http://www.legaldaily.com.cn"]),
    agency=st.sampled_from(["", "Lai Xin She"]),
    editor=NAME,
    responsible_editor=NAME,
    notice=st.sampled_from(["", "Special statement: write to us.", "Copyright 2024 Legal Daily"]),
    language=st.just("en"),
    translator=NAME,
    republisher=st.sampled_from(["", "New Era Outlook"]),
    section=st.sampled_from(["", "Courts"]),
    tags=st.sampled_from([(), ("lease",), ("lease", "port law")]),
    updated=st.none() | st.dates(dt.date(1990, 1, 1), dt.date.today()),
    standing=st.sampled_from(["", "corrected", "withdrawn"]),
)


@settings(max_examples=200, deadline=None)
@given(
    # Numbers alone have no language to tell.
    ARTICLES.filter(lambda a: a.date is not None and any(map(str.isalpha, a.title + a.body)))
)
def test_what_is_printed_is_read_as_the_same_article(article: Article) -> None:
    assert parsed(render_text(article)) == article


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_an_article_or_left_out(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = tmp_path_factory.mktemp("any") / "x.txt"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    left_out: list[LeftOut] = []
    readings = list(read_file(path, left_out.append))
    assert len(readings) + len(left_out) == 1


def test_every_field_is_printed_and_read_in_chinese_too() -> None:
    article = Article(
        "江城法院宣判",
        "法院作出判决。",
        dt.date(2024, 6, 30),
        source="法治日报",
        authors=("王芳", "李伟"),
        editor="应英",
        responsible_editor="沈晨",
        translator="陈波",
        republisher="新时代瞭望",
        section="法院",
        tags=("轻罪", "治理"),
        updated=dt.date(2024, 7, 1),
        standing="corrected",
        language="zh",
    )
    assert parsed(render_text(article)) == article
