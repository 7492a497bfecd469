"""Which articles are found to be one story, beside twins in plain Python."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchidx.analysis import is_cjk, words
from searchidx.analysis.function_words import FUNCTION_WORDS
from searchidx.analysis.numbering import WordNumbers
from searchidx.analysis.shingles import NO_SHINGLE, WordHashes, figures, sketches
from searchidx.index.resemblance import Comparison, Words, hashed, resemblance
from searchidx.index.stories import THRESHOLD, candidates, shared, stories

Text = tuple[str, str]


def texts_of(articles: Sequence[Text]) -> Words:
    return hashed(
        lambda rows: [(articles[at][0].encode(), articles[at][1].encode()) for at in rows.tolist()]
    )


def numbered(articles: Sequence[Text]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    numbering = WordNumbers()
    found = numbering.number([text.encode() for article in articles for text in article])
    return found.numbers, found.counts.reshape(-1, 2).sum(axis=1), WordHashes(numbering).all()


def sketched(articles: Sequence[Text]) -> np.ndarray:
    return sketches(*numbered(articles))


def told(articles: Sequence[Text], steps: Sequence[int] = ()) -> list[int]:
    """The stories of articles that come in several steps."""
    labels = np.zeros(0, dtype=np.int64)
    hashes = sketched(articles)
    for end in [*steps, len(articles)]:
        labels, start = np.append(labels, np.zeros(end - len(labels), dtype=np.int64)), len(labels)
        labels = stories(labels, hashes[:end], start, texts_of(articles[:end]))
    return labels.tolist()


def groups(labels: Sequence[int]) -> set[frozenset[int]]:
    found: dict[int, set[int]] = {}
    for row, label in enumerate(labels):
        if label:
            found.setdefault(label, set()).add(row)
    return set(map(frozenset, found.values()))


class Press:
    """Writes articles of words of its own, and copies of them."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def words(self, count: int) -> list[str]:
        return ["".join(self.random.choices("abdegiklmnoprstu", k=6)) for _ in range(count)]

    def article(self, length: int = 120) -> Text:
        return " ".join(self.words(6)), " ".join(self.words(length))

    def copy(self, article: Text, share: float) -> Text:
        fresh = self.words(1000)
        body = [
            self.random.choice(fresh) if self.random.random() < share else word
            for word in article[1].split()
        ]
        return article[0], " ".join(body)


# ---- candidates

SKETCHES = st.lists(
    st.sets(st.integers(0, 40), max_size=4).map(lambda some: sorted(some)[:4]), max_size=40
)


@given(SKETCHES, st.integers(0, 40))
def test_candidates_share_two_hashes_and_do_not_depend_on_later_rows(
    rows: list[list[int]], at: int
) -> None:
    array = np.full((len(rows), 4), NO_SHINGLE, dtype=np.uint32)
    for row, hashes in enumerate(rows):
        array[row, : len(hashes)] = hashes
    every = {
        (one, other)
        for other in range(len(rows))
        for one in range(other)
        if len(set(rows[one]) & set(rows[other])) >= 2
    }
    left, right = candidates(array, 0)
    found = set(zip(left.tolist(), right.tolist(), strict=True))
    assert len(found) == len(left) and found <= every
    new_from = min(at, len(rows))
    left, right = candidates(array, new_from)
    later = set(zip(left.tolist(), right.tolist(), strict=True))
    assert later == {pair for pair in found if pair[1] >= new_from}


@given(SKETCHES, st.data())
def test_the_hashes_that_sketches_share_are_counted(
    rows: list[list[int]], data: st.DataObject
) -> None:
    array = np.full((len(rows), 4), NO_SHINGLE, dtype=np.uint32)
    for row, hashes in enumerate(rows):
        array[row, : len(hashes)] = hashes
    some = st.lists(st.integers(0, len(rows) - 1), max_size=9) if rows else st.just([])
    left = data.draw(some)
    right = left[::-1]
    found = shared(array, np.array(left, dtype=np.int64), np.array(right, dtype=np.int64))
    assert found.tolist() == [
        len(set(rows[one]) & set(rows[other])) for one, other in zip(left, right, strict=True)
    ]


@given(st.lists(st.integers(0, 3), max_size=60))
def test_candidates_join_all_that_have_the_same_sketch(kinds: list[int]) -> None:
    array = np.array([[kind * 10 + at for at in range(8)] for kind in kinds], dtype=np.uint32)
    found = list(zip(*(rows.tolist() for rows in candidates(array.reshape(-1, 8))), strict=True))
    joined = {other for _, other in found}
    assert all(kinds[one] == kinds[other] for one, other in found)
    assert joined == {row for row, kind in enumerate(kinds) if kind in kinds[:row]}


def test_candidates_of_a_common_phrase_stay_few() -> None:
    rng = np.random.default_rng(1)
    array = rng.integers(0, 1 << 32, (5000, 8), dtype=np.uint32)
    array[:, :3] = (1, 2, 3)  # what every article has
    left, _ = candidates(array, 0)
    assert 4999 <= len(left) < 40 * 5000
    left, right = candidates(array, 4999)
    assert 0 < len(left) < 40 and set(right.tolist()) == {4999}


# ---- resemblance


def twin(articles: Sequence[Text], one: int, other: int) -> float:
    """Resemblance in plain Python, of few articles."""
    bags = [
        Counter(word for text in article for word in words(text) if word not in FUNCTION_WORDS)
        for article in articles
    ]
    held = Counter(word for bag in bags for word in bag)

    def mass(bag: Counter[str]) -> float:
        total = 0.0
        for word, times in bag.items():
            share = math.log(max(held[word] - 1, 1)) / math.log(1000)
            total += times * max(1 - share, 0.2) ** 2
        return total

    def chinese(bag: Counter[str]) -> float:
        return sum(n for word, n in bag.items() if is_cjk(word)) / max(bag.total(), 1)

    first, second = bags[one], bags[other]
    alike = 2 * mass(first & second) / max(mass(first) + mass(second), 0.04)
    alike **= 1 - 0.3 * min(chinese(first), chinese(second))
    of, sizes, hashes = numbered(articles)
    values, counts = figures(hashes[of], sizes)
    numbers = [Counter(part.tolist()) for part in np.split(values, np.cumsum(counts))[:-1]]
    fewer = min(numbers[one].total(), numbers[other].total())
    same = (numbers[one] & numbers[other]).total() / fewer if fewer >= 3 else 0.8
    chance = 0.3 / math.sqrt(max(min(first.total(), second.total()), 1))
    return max(0.0, (alike + 0.2 * same) / 1.2 - chance)


WORDS = st.sampled_from(
    ["the", "court", "judge", "8", "3", "1987", "minister", "said", "law", "merger", "法院", "法"]
)
PROSE = st.lists(WORDS, max_size=60).map(" ".join)


@settings(deadline=None)
@given(st.lists(st.tuples(PROSE, PROSE), min_size=2, max_size=5))
def test_resemblance_agrees_with_its_twin(articles: list[Text]) -> None:
    pairs = [(one, other) for other in range(len(articles)) for one in range(other)]
    left, right = np.array(pairs).T
    found = resemblance(left, right, len(articles), texts_of(articles))
    expected = [twin(articles, one, other) for one, other in pairs]
    assert found.tolist() == pytest.approx(expected, abs=1e-9)
    for least in (0.2, 0.4, 0.6, 0.8):
        bounded = Comparison(len(articles), texts_of(articles)).of(left, right, least)
        assert (bounded >= found - 1e-9).all()
        assert bounded[bounded >= least].tolist() == found[found >= least].tolist()


@pytest.mark.parametrize("share", [0.0, 0.1, 0.2])
def test_copies_resemble(share: float) -> None:
    press = Press(1)
    some = [press.article() for _ in range(30)]
    copies = [press.copy(one, share) for one in some]
    rows = np.arange(30)
    same = resemblance(rows, rows + 30, 60, texts_of([*some, *copies]))
    assert (same >= THRESHOLD).mean() > 0.95
    others = resemblance(rows, np.roll(rows, 1) + 30, 60, texts_of([*some, *copies]))
    assert (others < THRESHOLD / 2).all()


# ---- stories

EARNINGS = (
    "Shr {} cts vs {} cts Net {},000 vs {},000 Revs {} mln vs {} mln Nine mths Shr {} cts vs {} cts"
    " Net {},000 vs {},000 Revs {} mln vs {} mln Avg shrs {},000 vs {},000 NOTE: prior year net"
    " includes gain from sale of assets and tax credits in the third quarter"
)


def test_reports_that_differ_in_names_and_figures_are_not_one_story() -> None:
    press = Press(2)
    some = [
        (
            f"{' '.join(press.words(2))} inc 3rd qtr net",
            EARNINGS.format(*(press.random.randint(10, 900) for _ in range(14))),
        )
        for _ in range(60)
    ]
    assert groups(told(some)) == set()


def test_short_articles_are_not_joined() -> None:
    assert (
        told([("Markets", "*** no text"), ("Markets", "*** no text"), ("", ""), ("", "")])
        == [0] * 4
    )


def test_another_headline_and_a_tail_do_not_part_a_story() -> None:
    press = Press(3)
    title, body = press.article()
    tail = " ".join(press.words(40))
    some = [(title, body), ("Another headline of the day", body), (title, f"{body}\n\n{tail}")]
    assert told([*some, press.article()]) == [1, 1, 1, 0]


def test_a_common_tail_joins_nothing() -> None:
    press = Press(4)
    tail = " ".join(press.words(60))
    assert (
        groups(
            told([(one[0], f"{one[1]}\n{tail}") for one in (press.article(40) for _ in range(80))])
        )
        == set()
    )


def test_chinese_copies() -> None:
    body = (
        "最高人民检察院日前发布依法惩治网络犯罪典型案例，要求各地检察机关准确把握法律政策界限，加强与公安机关、"
        "人民法院的协作配合，形成打击合力，切实维护人民群众合法权益和网络空间秩序，推动源头治理取得实效。"
    )
    other = (
        "国务院常务会议研究部署农业生产工作，强调要落实粮食安全责任，保障春耕物资供应，稳定农民收入预期。"
        * 2
    )
    assert told(
        [("高检发布案例", body), ("新闻", body.replace("日前", "昨天")), ("春耕", other)]
    ) == [1, 1, 0]


def test_a_large_story_is_found_whole() -> None:
    press = Press(5)
    original = press.article(200)
    some = [press.copy(original, press.choice) for press.choice in [0.05] * 150]
    some += [press.article() for _ in range(1500)]
    press.random.shuffle(some)
    (found,) = groups(told(some))
    assert len(found) >= 148


def test_a_running_story_does_not_become_one_by_its_chain() -> None:
    press = Press(6)
    told_so_far = press.words(30 * 30)
    # Each report repeats three quarters of the last.
    some = [("report", " ".join(told_so_far[30 * at : 30 * at + 120])) for at in range(25)]
    found = groups(told(some))
    assert found and max(map(len, found)) < 8


def test_later_articles_join_what_is_there() -> None:
    press = Press(7)
    first, second, alone = press.article(), press.article(), press.article()
    some = [
        first,
        press.copy(first, 0.1),
        second,
        alone,
        press.copy(second, 0.1),
        press.copy(first, 0.1),
    ]
    assert told(some, [4]) == told(some) == [1, 1, 2, 0, 2, 1]
    assert told(some, [1, 2, 3, 4, 5]) == [1, 1, 2, 0, 2, 1]


def test_numbers_are_kept_and_of_two_the_smaller_stays() -> None:
    press = Press(8)
    first = press.article()
    some = [first, first, press.article(), first, first]
    hashes, texts = sketched(some), texts_of(some)
    assert stories(np.array([7, 7, 0, 3, 0]), hashes, 4, texts).tolist() == [3, 3, 0, 3, 3]
    assert stories(np.array([7, 7, 0, 0, 0]), hashes, 3, texts).tolist() == [7, 7, 0, 7, 7]
    labels = np.array([9, 0, 9, 0, 0])
    assert stories(labels, hashes, 3, texts).tolist() == [9, 9, 9, 9, 9]
    assert labels.tolist() == [9, 0, 9, 0, 0]  # what is given stays
    assert stories(np.zeros(0, np.int64), hashes[:0], 0, texts).tolist() == []
    assert stories(np.array([5, 5, 0, 0, 0]), hashes, 5, texts).tolist() == [5, 5, 0, 0, 0]


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10**6), st.lists(st.integers(0, 40), max_size=4))
def test_neither_order_nor_steps_change_well_separated_stories(seed: int, steps: list[int]) -> None:
    press = Press(seed)
    some = [(press.article(), number) for number in range(12)]
    some += [(press.copy(some[at][0], 0.08), at) for at in press.random.choices(range(12), k=28)]
    press.random.shuffle(some)
    expected: dict[int, set[int]] = {}
    for row, (_, number) in enumerate(some):
        expected.setdefault(number, set()).add(row)
    articles = [article for article, _ in some]
    found = groups(told(articles, sorted(steps)))
    assert found == {frozenset(rows) for rows in expected.values() if len(rows) > 1}
