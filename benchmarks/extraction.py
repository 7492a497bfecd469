"""How well pages are read, beside other extractors: the body, the title, the date.

    python benchmarks/extraction.py [--data ../shared/data] [--out docs/extraction.md] [--verbose]

The body is held against the ground truth of Zyte's article extraction benchmark, by the measure
of its evaluate.py: words are runs of ``\\w``, a text is the multiset of its runs of four words,
precision and recall are taken page by page and averaged, F1 is their harmonic mean. Titles and
dates are held against the Attorney General's own list: a title is right if it is the same but for
white space, a date if it is the same day.

The rules of this package were made on the pages of even number, in the order of their file; those
of odd number were kept aside, so their figures say what to expect of pages never seen. An engine
that is not installed is named and passed over.
"""

from __future__ import annotations

import argparse
import gzip
import html
import json
import logging
import re
import statistics
import tarfile
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

from searchidx.ingest import read_file

_WORD = re.compile(r"\w+")
_RUN = 4


@dataclass(frozen=True)
class Extracted:
    """What an engine made of a page; the date as ISO has it."""

    title: str = ""
    date: str = ""
    body: str = ""


Engine = Callable[[Path], Extracted]


@dataclass
class Measured:
    """The pages of one engine: its time, and what was right."""

    seconds: float = 0.0
    pages: int = 0
    shares: list[tuple[float, float, float]] = field(default_factory=list)
    titles: int = 0
    dates: int = 0


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, help="a Markdown file for the tables")
    parser.add_argument("--verbose", action="store_true", help="show what was read wrongly")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    engines = _installed()
    with tempfile.TemporaryDirectory() as directory:
        bodies = _bodies(options.data / "extraction" / "zyte", Path(directory), engines)
        headings = _headings(options.data / "legal", Path(directory), engines, options.verbose)
    report = _report(bodies, headings)
    print(report)
    if options.out:
        options.out.write_text(report, "utf-8")


def _searchidx(path: Path) -> Extracted:
    for reading in read_file(path, lambda left_out: None):
        article = reading.article
        date = article.date.isoformat() if article.date else ""
        return Extracted(article.title, date, article.body)
    return Extracted()


def _trafilatura(path: Path) -> Extracted:
    import trafilatura

    document = trafilatura.bare_extraction(
        path.read_bytes(), include_comments=False, with_metadata=True
    )
    if document is None:
        return Extracted()
    return Extracted(document.title or "", (document.date or "")[:10], document.text or "")


def _newspaper(path: Path) -> Extracted:
    import newspaper

    # Else it downloads the page's pictures, to see how large they are.
    config = newspaper.Config()
    config.fetch_images = False
    article = newspaper.Article("http://localhost/", config=config)
    article.download(input_html=_text(path))
    article.parse()
    date = article.publish_date
    return Extracted(article.title or "", date.date().isoformat() if date else "", article.text)


def _readability(path: Path) -> Extracted:
    import lxml.html
    import readability

    document = readability.Document(_text(path))
    body = lxml.html.fromstring(document.summary()).text_content()
    return Extracted(document.short_title(), "", body)


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "replace")


_ENGINES: tuple[tuple[str, Engine], ...] = (
    ("searchidx", _searchidx),
    ("trafilatura", _trafilatura),
    ("newspaper4k", _newspaper),
    ("readability-lxml", _readability),
)


def _installed() -> dict[str, Engine]:
    engines: dict[str, Engine] = {}
    for name, engine in _ENGINES:
        try:
            engines[f"{name} {metadata.version(name)}"] = engine
        except metadata.PackageNotFoundError:
            print(f"{name} is not installed: passed over")
    return engines


def _extract(engine: Engine, path: Path, measured: Measured) -> Extracted:
    """What the engine makes of the page; nothing at all where it fails."""
    began = time.perf_counter()
    try:
        return engine(path)
    except Exception:  # any engine, any page
        return Extracted()
    finally:
        measured.seconds += time.perf_counter() - began
        measured.pages += 1


def _bodies(folder: Path, directory: Path, engines: dict[str, Engine]) -> dict[str, Measured]:
    """Every engine over the pages of the benchmark, with the shares of each page's runs."""
    with gzip.open(folder / "ground-truth.json.gz", "rt", encoding="utf-8") as file:
        gold = json.load(file)
    with tarfile.open(folder / "html.tar.gz") as archive:
        archive.extractall(directory, filter="data")
    pages = {path.name.split(".")[0]: path for path in directory.rglob("*.html.gz")}
    measured = {name: Measured() for name in engines}
    page = directory / "page.html"
    for key, truth in gold.items():
        page.write_bytes(gzip.decompress(pages[key].read_bytes()))
        for name, engine in engines.items():
            body = _extract(engine, page, measured[name]).body
            measured[name].shares.append(shares(truth.get("articleBody", ""), body))
    return measured


def _headings(
    folder: Path, directory: Path, engines: dict[str, Engine], verbose: bool
) -> dict[str, Measured]:
    """Every engine over the Attorney General's pages, with the titles and dates it got right."""
    with gzip.open(folder / "mn_ag.jsonl.gz", "rt", encoding="utf-8") as lines:
        gold = [json.loads(line) for line in lines]
    with tarfile.open(folder / "mn_ag_html.tar.gz") as archive:
        archive.extractall(directory, filter="data")
    measured = {name: Measured() for name in engines}
    for record in gold:
        for name, engine in engines.items():
            read = _extract(engine, directory / record["html"], measured[name])
            title_right = read.title.split() == _plain(record["title"]).split()
            date_right = read.date == record["date"]
            measured[name].titles += title_right
            measured[name].dates += date_right
            if verbose and engine is _searchidx and not (title_right and date_right):
                print(f"{record['html']}\n  read {read.date} {read.title}")
                print(f"  gold {record['date']} {record['title']}")
    return measured


def _plain(title: str) -> str:
    """A title of the office's list without its markup: some are HTML, with italics and &amp;."""
    return html.unescape(re.sub(r"</?[a-z]+>", "", title))


def shares(truth: str, read: str) -> tuple[float, float, float]:
    """The parts that hits, false hits and misses are of all runs of words in either text."""
    wanted, got = _runs(truth), _runs(read)
    hits = (wanted & got).total()
    false, missed = got.total() - hits, wanted.total() - hits
    whole = hits + false + missed or 1
    return hits / whole, false / whole, missed / whole


def _runs(text: str) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(text)
    # A text shorter than a run is one run.
    starts = range(max(1, len(words) - _RUN + 1)) if words else ()
    return Counter(tuple(words[start : start + _RUN]) for start in starts)


def summary(pages: Iterable[tuple[float, float, float]]) -> tuple[float, float, float]:
    """F1, precision and recall over the shares of pages."""
    pages = list(pages)
    precision = statistics.mean(_of(hits, false, missed) for hits, false, missed in pages
                                if hits + false > 0)  # fmt: skip
    recall = statistics.mean(_of(hits, missed, false) for hits, false, missed in pages
                             if hits + missed > 0)  # fmt: skip
    return 2 * precision * recall / (precision + recall or 1), precision, recall


def _of(hits: float, wrong: float, other: float) -> float:
    if wrong == other == 0:
        return 1.0
    return hits / (hits + wrong) if hits + wrong else 0.0


def _report(bodies: dict[str, Measured], headings: dict[str, Measured]) -> str:
    halves = (("all", slice(None)), ("even", slice(0, None, 2)), ("odd", slice(1, None, 2)))
    pages = max((measured.pages for measured in bodies.values()), default=0)
    lines = [
        "# How well pages are read",
        "",
        "Made by `make extraction`: every engine over the same pages in the same run.",
        "",
        f"## The body: {pages} news pages of Zyte's article extraction benchmark",
        "",
        "F1 of runs of four words, as that benchmark defines it. The rules of searchidx were made",
        "on the pages of even number; those of odd number were kept aside.",
        "",
        "| engine | F1 | precision | recall | F1 even | F1 odd | ms a page |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, measured in bodies.items():
        by_half = {half: summary(measured.shares[pick]) for half, pick in halves}
        f1, precision, recall = by_half["all"]
        time_taken = measured.seconds / max(1, measured.pages) * 1000
        lines.append(
            f"| {name} | {f1:.3f} | {precision:.3f} | {recall:.3f} | {by_half['even'][0]:.3f} "
            f"| {by_half['odd'][0]:.3f} | {time_taken:.0f} |"
        )
    pages = max((measured.pages for measured in headings.values()), default=0)
    lines += [
        "",
        f"## Title and date: {pages} releases of the Minnesota Attorney General",
        "",
        "Exactly the title and the day of the office's own list, whose titles are HTML, read as",
        "such. Most titles that differ do so in the page too: a straight apostrophe where the",
        "list has a curly one, another word. readability gives no dates.",
        "",
        "| engine | title exact | date exact | ms a page |",
        "|---|---|---|---|",
    ]
    for name, measured in headings.items():
        count = max(1, measured.pages)
        lines.append(
            f"| {name} | {measured.titles / count:.2%} | {measured.dates / count:.2%} "
            f"| {measured.seconds / count * 1000:.0f} |"
        )
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    main()
