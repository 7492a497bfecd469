"""Which terms of a segment a slot accepts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import takewhile

from searchidx.search.leaves import Slot
from searchidx.segment import Lexicon, Postings, TextPostings

__all__ = ["Accepted", "accepted_terms", "begun", "wildcard_pattern"]

Accepted = dict[int, int | dict[int, int]]
"""Terms with their edits: one number for every form of the term, or by variant."""


def wildcard_pattern(wildcard: str) -> re.Pattern[str]:
    """What matches the words, in normal form, that a wildcard stands for."""
    parts = {"*": r"\w*", "?": r"\w"}
    return re.compile("".join(parts.get(c) or re.escape(c) for c in wildcard))


def begun(slot: Slot, lexicon: Lexicon) -> Iterable[int]:
    """The numbers of the words that a slot's beginning or wildcard stands for, ascending."""
    if slot.prefix is not None:
        return lexicon.prefixed(slot.prefix)
    if slot.wildcard is None:
        return ()
    first = "".join(takewhile(str.isalnum, slot.wildcard))
    fits = wildcard_pattern(slot.wildcard).fullmatch
    return [number for number in lexicon.prefixed(first) if fits(lexicon[number])]


def accepted_terms(slot: Slot, postings: Postings) -> Accepted:
    """The terms of the slot's words, stem and beginning."""
    if isinstance(postings, TextPostings):
        return _of_text(slot, postings)
    # The short fields are not stemmed: a term is a word.
    found: Accepted = {}
    wanted = dict(slot.words) if slot.stem is None else {**slot.words, slot.stem: 0}
    for word, distance in wanted.items():
        number = postings.lexicon.find(word)
        if number is not None:
            found[number] = distance
    found.update(dict.fromkeys(begun(slot, postings.lexicon), 0))
    return found


def _of_text(slot: Slot, postings: TextPostings) -> Accepted:
    found: Accepted = {}
    if slot.stem is not None:
        term = postings.lexicon.find(slot.stem)
        if term is not None:
            found[term] = 0
    surfaces = dict.fromkeys(begun(slot, postings.surfaces), 0)
    for word, distance in slot.words.items():
        number = postings.surfaces.find(word)
        if number is not None:
            surfaces.setdefault(number, distance)
    for surface, distance in surfaces.items():
        variants = found.setdefault(int(postings.surface_terms[surface]), {})
        if isinstance(variants, dict):
            variants[postings.variant_of(surface)] = distance
    for term, variants in found.items():
        # Every form accepted, and none of them corrected: the whole list, nothing looked up.
        if isinstance(variants, dict) and not any(variants.values()):
            if len(variants) < len(postings.surfaces_of(term)):
                continue
            found[term] = 0
    return found
