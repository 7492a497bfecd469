"""Random strings through the parser: a tree that prints as itself, or a diagnosis, and soon.

    python -m tests.query.fuzz [NUMBER] [SEED]

Seven in eight are made of pieces of the language, the others of any characters; one in a hundred
has 1,000 characters. Times are the processor's, so that a busy machine does not count.
"""

from __future__ import annotations

import random
import sys
import time
from contextlib import suppress

from searchidx.errors import QuerySyntaxError
from searchidx.query import parse, to_text

PIECES = [
    "a", "b", "court", "crimes", "检察", "（", "）", "“", "”", '"', "(", ")", "[", "]", "AND", "OR",
    "NOT", "&", "|", "-", "*", "~", "~2", "~9", "^2", "^", "^0", "^1.5", "#", "+", "!", "?", ".",
    ",", ":", "'", "_", "§", "\x00\n", "title:", "titel:", "date:", "id:", "url:", "2024-01", "TO",
    "/s", "w/3", "+p", "+3", "/9999", "pre/2", "/p", "caps(", "atleast2(", "ATLEAST0(", "allcaps(",
    "://", ">=", "🙂", "18", "U.S.C.", "1343", "21-1234", "Article 15 of the", "law", "no.", "号",
    "Fa Shi [2019] No. 18", "（2017）湘0405刑初149号", "(2019)", "cv", "-14d", "past 3 months", "'s",
    "1:21-cv-01234", "法释",
]  # fmt: skip
RANGES = [(32, 126), (0, 0x2FFF), (0x4E00, 0x9FFF)]


def query(chance: random.Random) -> str:
    if chance.random() < 7 / 8:
        blanks = ["", "", "", " ", " ", " ", "\t"]
        size = chance.randint(0, 14)
        text = "".join(chance.choice(PIECES) + chance.choice(blanks) for _ in range(size))
    else:
        ends = [chance.choice(RANGES) for _ in range(chance.randint(0, 30))]
        text = "".join(chr(chance.randint(*end)) for end in ends)
    return (text * 1000)[:1000] if chance.random() < 0.01 else text


def check(text: str) -> None:
    try:
        tree = parse(text).tree
    except QuerySyntaxError as error:
        assert 0 <= error.column <= len(text)
        assert "\n" not in error.reason
        if error.repaired is not None:
            parse(error.repaired)
        return
    printed = to_text(tree)
    again = parse(printed).tree
    assert again == tree, f"{printed!r} is read as {to_text(again)!r}"


def main() -> None:
    number, seed = (int(one) for one in [*sys.argv[1:], "1000000", "1"][:2])
    chance = random.Random(seed)
    slowest, failed = 0.0, 0
    for _ in range(number):
        text = query(chance)
        began = time.process_time()
        try:
            with suppress(QuerySyntaxError):
                parse(text)
            slowest = max(slowest, time.process_time() - began)
            check(text)
        except Exception as error:
            failed += 1
            print(f"{text!r}: {type(error).__name__}: {error}")
    print(f"{number} strings, {failed} failed, the slowest took {slowest * 1e3:.1f} ms")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
