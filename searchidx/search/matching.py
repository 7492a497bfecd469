"""Which articles of a segment match a leaf, and how often."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from searchidx.search.leaves import Leaf, Slot
from searchidx.search.scoring import FUZZY_DISCOUNT
from searchidx.segment import Array, Postings, Segment, TextPostings

__all__ = ["LeafDocs", "match_leaf"]


@dataclass(frozen=True, slots=True)
class LeafDocs:
    """The live articles of one segment that match a leaf.

    ``docs`` ascend; ``title_freqs`` and ``body_freqs`` (for other fields: 0 and the frequency)
    are float64 beside them, fuzzy occurrences discounted. ``exact`` (bool) tells which articles
    match without any correction.
    """

    docs: Array
    title_freqs: Array
    body_freqs: Array
    exact: Array


@dataclass(frozen=True, slots=True)
class _Occurrences:
    """Places in the order of ``keys``: article and position packed into one int64."""

    keys: Array
    edits: Array


def match_leaf(leaf: Leaf, segment: Segment) -> LeafDocs:
    """Find the leaf in one segment."""
    if leaf.field == "id":
        doc = segment.doc_of(leaf.typed)
        docs = np.array([] if doc is None else [doc], dtype=np.int64)
        return LeafDocs(docs, np.zeros(len(docs)), np.ones(len(docs)), np.ones(len(docs), bool))
    if not leaf.slots:
        return _none()
    if leaf.in_text:
        whole_list = _whole_list(leaf, segment)
        if whole_list is not None:
            return _only_live(whole_list, segment)
        postings: Postings = segment.text
    else:
        postings = segment.field(leaf.field or "")
    found = _places(leaf, postings)
    return _only_live(_counted(leaf, segment, found), segment)


def _whole_list(leaf: Leaf, segment: Segment) -> LeafDocs | None:
    """A single stem, in any form: its posting list has the frequencies ready."""
    slot = leaf.slots[0]
    if len(leaf.slots) > 1 or slot.stem is None or slot.words:
        return None
    term = segment.text.lexicon.find(slot.stem)
    if term is None:
        return _none()
    postings = segment.text[term]
    assert postings.title_freqs is not None
    titles = postings.title_freqs.astype(np.float64)
    bodies = postings.freqs - titles
    docs = postings.doc_ids.astype(np.int64)
    if leaf.field is not None:
        kept = (titles if leaf.field == "title" else bodies) > 0
        docs, titles, bodies = docs[kept], titles[kept], bodies[kept]
        (bodies if leaf.field == "title" else titles)[:] = 0
    return LeafDocs(docs, titles, bodies, np.full(len(docs), leaf.edits == 0))


def _places(leaf: Leaf, postings: Postings) -> _Occurrences:
    """Where the slots stand in a row: the places of the first."""
    rows = [(slot, _slot_places(slot, postings)) for slot in leaf.slots]
    # From the rarest on, so that the shortest list is looked up in the longer ones.
    rows.sort(key=lambda row: len(row[1].keys))
    slot, found = rows[0]
    keys, edits = found.keys - slot.offset, found.edits
    for slot, others in rows[1:]:
        wanted = keys + slot.offset
        at = np.minimum(np.searchsorted(others.keys, wanted), len(others.keys) - 1)
        if not len(keys):
            break
        kept = others.keys[at] == wanted
        keys, edits = keys[kept], edits[kept] + others.edits[at[kept]]
    return _Occurrences(keys, edits)


def _slot_places(slot: Slot, postings: Postings) -> _Occurrences:
    keys: list[Array] = []
    edits: list[Array] = []
    for term, accepted in _terms(slot, postings).items():
        listed = postings[term]
        packed = (listed.occurrence_docs().astype(np.int64) << 32) | listed.positions
        if isinstance(accepted, int):
            keys.append(packed)
            edits.append(np.full(len(packed), accepted))
            continue
        assert listed.variants is not None
        distance_of = np.full(int(listed.variants.max()) + 1, -1)
        for variant, distance in accepted.items():
            distance_of[variant] = distance
        distances = distance_of[listed.variants]
        kept = distances >= 0
        keys.append(packed[kept])
        edits.append(distances[kept])
    if not keys:
        none = np.zeros(0, dtype=np.int64)
        return _Occurrences(none, none)
    if len(keys) == 1:
        return _Occurrences(keys[0], edits[0])
    together = np.concatenate(keys)
    order = np.argsort(together, kind="stable")
    return _Occurrences(together[order], np.concatenate(edits)[order])


def _terms(slot: Slot, postings: Postings) -> dict[int, int | dict[int, int]]:
    """The terms that a slot accepts, with their edits: one number for all forms, or by variant."""
    found: dict[int, int | dict[int, int]] = {}
    if not isinstance(postings, TextPostings):
        # The short fields are not stemmed: a term is a word.
        wanted = dict(slot.words) if slot.stem is None else {**slot.words, slot.stem: 0}
        for word, distance in wanted.items():
            number = postings.lexicon.find(word)
            if number is not None:
                found[number] = distance
        if slot.prefix is not None:
            found.update(dict.fromkeys(postings.lexicon.prefixed(slot.prefix), 0))
        return found

    def accept(surface: int, distance: int) -> None:
        variants = found.setdefault(int(postings.surface_terms[surface]), {})
        if isinstance(variants, dict):
            variants.setdefault(int(postings.surface_variants[surface]), distance)

    if slot.stem is not None:
        term = postings.lexicon.find(slot.stem)
        if term is not None:
            found[term] = 0
    if slot.prefix is not None:
        for surface in postings.surfaces.prefixed(slot.prefix):
            accept(surface, 0)
    for word, distance in slot.words.items():
        number = postings.surfaces.find(word)
        if number is not None:
            accept(number, distance)
    return found


def _counted(leaf: Leaf, segment: Segment, found: _Occurrences) -> LeafDocs:
    """Occurrences to articles and frequencies, in the zone that the leaf names."""
    occurrence_docs = found.keys >> 32
    if leaf.in_text:
        in_title = (found.keys & 0xFFFFFFFF) < segment.title_lengths[occurrence_docs]
    else:
        in_title = np.zeros(len(occurrence_docs), dtype=bool)
    edits = found.edits
    if leaf.field in ("title", "body"):
        kept = in_title == (leaf.field == "title")
        occurrence_docs, in_title, edits = occurrence_docs[kept], in_title[kept], edits[kept]
    if not len(occurrence_docs):
        return _none()
    # Sorted keys keep each article's occurrences together.
    firsts = np.flatnonzero(np.r_[True, occurrence_docs[1:] != occurrence_docs[:-1]])
    worth = FUZZY_DISCOUNT ** edits.astype(np.float64)
    return LeafDocs(
        docs=occurrence_docs[firsts],
        title_freqs=np.add.reduceat(worth * in_title, firsts),
        body_freqs=np.add.reduceat(worth * ~in_title, firsts),
        exact=np.logical_or.reduceat(edits == 0, firsts) & (leaf.edits == 0),
    )


def _only_live(matched: LeafDocs, segment: Segment) -> LeafDocs:
    if segment.live is None:
        return matched
    kept = segment.live[matched.docs]
    return LeafDocs(
        matched.docs[kept],
        matched.title_freqs[kept],
        matched.body_freqs[kept],
        matched.exact[kept],
    )


def _none() -> LeafDocs:
    nothing = np.zeros(0)
    return LeafDocs(np.zeros(0, dtype=np.int64), nothing, nothing, np.zeros(0, dtype=bool))
