"""The words that tell an article apart, by which articles like it are found.

A word weighs ``(1 + ln tf) · idf``: ``tf`` is how often the article has words of its stem, those
of the title as often again as ``FIELD_WEIGHTS`` says, and the idf is that of scoring. (G. Salton
and C. Buckley, "Term-weighting approaches in automatic text retrieval", IP&M 24(5), 1988.)
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from searchidx.analysis import is_cjk, stems, tokenize
from searchidx.article import TEXT_FIELDS, Article
from searchidx.search.scoring import FIELD_WEIGHTS

__all__ = ["TellingWord", "telling_words"]

_SHORTEST = 3
_SHORTEST_CJK = 2


class TellingWord(NamedTuple):
    """A word as it stands in an article, and how much it tells: the most telling word has 1."""

    word: str
    weight: float


def telling_words(
    article: Article, doc_frequency: Callable[[str], int], article_count: int, most: int = 25
) -> list[TellingWord]:
    """The words that tell an article apart from the others, the most telling first.

    ``doc_frequency`` gives how many of ``article_count`` articles have a stem in title or body.
    One word stands for all of a stem, the form that the article has most often. Left out are
    stems of a single article, which can lead to no other, words without letters, and words of
    fewer than three letters, or one Chinese character. Ties go to the word that stands first.
    """
    weights = {}
    forms = _forms(article)
    for stem, frequencies in forms.items():
        held = doc_frequency(stem)
        if held > 1:
            idf = math.log(1 + (article_count - held + 0.5) / (held + 0.5))
            weights[stem] = (1 + math.log(sum(frequencies.values()))) * idf
    # Sorting is stable, and the first of equals is the greatest: ties stay as they stand.
    ranked = sorted(weights, key=lambda stem: -weights[stem])[:most]
    return [
        TellingWord(
            max(forms[stem], key=forms[stem].__getitem__), weights[stem] / weights[ranked[0]]
        )
        for stem in ranked
    ]


def _forms(article: Article) -> dict[str, dict[str, float]]:
    """By stem, how often each form of it stands in the article, in order; in the title more."""
    stem_of: dict[str, str] = {}
    forms: dict[str, dict[str, float]] = {}
    for field in TEXT_FIELDS:
        text = getattr(article, field)
        tokens = [token for token in tokenize(text) if _tells(token.word)]
        new = list({token.word for token in tokens} - stem_of.keys())
        stem_of.update(zip(new, stems(new), strict=True))
        for word, start, end in tokens:
            of_stem = forms.setdefault(stem_of[word], {})
            form = text[start:end]
            of_stem[form] = of_stem.get(form, 0) + FIELD_WEIGHTS[field]
    return forms


def _tells(word: str) -> bool:
    """Whether a word is of a kind to tell what an article is about."""
    if not any(letter.isalpha() for letter in word):
        return False
    return len(word) >= (_SHORTEST_CJK if is_cjk(word) else _SHORTEST)
