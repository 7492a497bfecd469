"""What the README shows is what happens."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT

README = (ROOT / "README.md").read_text("utf-8")


def test_the_python_example_runs(tmp_path: Path) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", cwd=tmp_path
    )
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    # What its comments say is printed.
    assert lines[0] == "minor OR crimes OR governance"
    assert lines[1] == "governance ← governence (1 edit)"
    assert lines[2] == "2024-06-28 Two courts agree on minor crimes"
    assert "title ['minor', 'crimes']" in lines
    assert any("<mark>governance</mark>" in line for line in lines)


def test_the_demo_is_what_is_printed(seeds_dir: Path) -> None:
    demo = README.split("$ make demo\n")[1].split("```")[0]
    command = [sys.executable, "-m", "searchidx", "query", "minor crimes governance"]
    done = subprocess.run(
        [*command, "--limit", "3", "--index-dir", str(seeds_dir)],
        capture_output=True,
        encoding="utf-8",
    )
    shown = " ".join(demo.partition("\n\n")[2].partition(", …")[0].split())
    printed = " ".join(done.stdout.split())
    took = r"in [\d.]+ ms"
    assert re.sub(took, "", shown) in re.sub(took, "", printed)
