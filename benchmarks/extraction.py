"""How well pages are read: title and date of the Attorney General releases, whose own list is gold.

    python benchmarks/extraction.py [--data ../shared/data] [--verbose]

A title is right if it is the same but for white space, a date if it is the same day.
"""

from __future__ import annotations

import argparse
import gzip
import json
import tarfile
import tempfile
from pathlib import Path

from searchidx.ingest import read_file


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--verbose", action="store_true", help="show what was read wrongly")
    options = parser.parse_args()
    with gzip.open(options.data / "legal" / "mn_ag.jsonl.gz", "rt", encoding="utf-8") as lines:
        gold = [json.loads(line) for line in lines]
    titles = dates = bodies = 0
    with tempfile.TemporaryDirectory() as directory:
        with tarfile.open(options.data / "legal" / "mn_ag_html.tar.gz") as archive:
            archive.extractall(directory, filter="data")
        for record in gold:
            readings = list(read_file(Path(directory) / record["html"], print))
            article = readings[0].article if readings else None
            title = " ".join(article.title.split()) if article else ""
            date = article.date.isoformat() if article and article.date else ""
            title_right = title == " ".join(record["title"].split())
            date_right = date == record["date"]
            titles += title_right
            dates += date_right
            bodies += bool(article and len(article.body) > 200)
            if options.verbose and not (title_right and date_right):
                print(f"{record['html']}\n  read {date} {title}")
                print(f"  gold {record['date']} {record['title']}")
    count = len(gold)
    print(f"{count} pages: title exact {titles / count:.2%}, date exact {dates / count:.2%}, "
          f"body over 200 characters {bodies / count:.2%}")  # fmt: skip


if __name__ == "__main__":
    main()
