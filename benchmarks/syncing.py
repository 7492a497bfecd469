"""What keeping an index equal to a folder costs: everything new, nothing changed, one file changed.

    python benchmarks/syncing.py [--files 100000] [--folder DIR]

Files are small articles in the text form, a thousand a folder. Each figure is that of a process
of its own, `searchidx sync`, start and all.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from news import Newsroom

from searchidx import Article
from searchidx.ingest import render_text

LONGEST = 1200


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, help="keep the files there, or use those it has")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.folder or Path(scratch) / "articles"
        if not folder.exists():
            _fill(folder, options.files)
        index = Path(scratch) / "index"
        first = _sync(folder, index)
        again = _sync(folder, index)
        changed = sorted(folder.rglob("*.txt"))[options.files // 2]
        before = changed.read_text("utf-8")
        segments = {path.name for path in index.glob("*.sidx")}
        changed.write_text(before.replace("\n", "\nCorrected since. ", 1), "utf-8")
        one = _sync(folder, index)
        changed.write_text(before, "utf-8")
        new = [path.stat().st_size for path in index.glob("*.sidx") if path.name not in segments]
    print(f"{options.files:,} files, seconds of a whole process, and files read")
    for name, (seconds, read) in {
        "first": first,
        "nothing changed": again,
        "one changed": one,
    }.items():
        print(f"{name:16} {seconds:8.2f} s {read:8,} read  {seconds / first[0]:.1%} of the first")
    print(f"segments that the one changed file made: {', '.join(map(str, sorted(new)))} bytes")


def _fill(folder: Path, count: int) -> None:
    for at, record in enumerate(Newsroom(seed=3).articles(count)):
        inner = folder / f"{at // 1000:03d}"
        if at % 1000 == 0:
            inner.mkdir(parents=True)
        article = Article.from_dict({**record, "body": record["body"][:LONGEST]})
        (inner / f"{at:06d}.txt").write_text(render_text(article), "utf-8")


def _sync(folder: Path, index: Path) -> tuple[float, int]:
    began = time.perf_counter()
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "searchidx",
            "sync",
            str(folder),
            "--index-dir",
            str(index),
            "--json",
        ],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    seconds = time.perf_counter() - began
    files = json.loads(done.stdout)["files"]
    return seconds, files["added"] + files["changed"] + files["read_again"]


if __name__ == "__main__":
    main()
