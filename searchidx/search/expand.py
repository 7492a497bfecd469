"""A query tree to a plan: words cut and stemmed, unseen ones corrected, beginnings expanded."""

from __future__ import annotations

from typing import NamedTuple

from searchidx.analysis import is_cjk, normalize, stems, tokenize, words
from searchidx.analysis.function_words import FUNCTION_WORDS
from searchidx.errors import QueryError
from searchidx.knowledge import Spelling, spellings
from searchidx.query import (
    And,
    AtLeast,
    Boost,
    Caps,
    Citation,
    DateRange,
    Every,
    Fuzzy,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Proximity,
    SameParagraph,
    SameSentence,
    Term,
    Wildcard,
    Within,
    to_text,
)
from searchidx.search import leaves
from searchidx.search.leaves import (
    AllOf,
    AnyOf,
    Between,
    Boosted,
    Either,
    Everything,
    Leaf,
    Pair,
    Pattern,
    Plan,
    Slot,
    Without,
    slots_of,
    width,
    words_of,
)
from searchidx.search.results import Correction
from searchidx.search.vocabulary import Vocabulary, edit_budget
from searchidx.segment import BODY_GAP

__all__ = ["Understanding", "corrected_throughout", "understand"]

_MOST_KNOWN = 10_000
_NEVER_CORRECTED = frozenset(["id", "url", "language", "date"])


class Understanding(NamedTuple):
    """What a query turned out to ask: ``tree`` has the corrections in it, ``plan`` answers it."""

    tree: Node
    plan: Plan
    corrections: tuple[Correction, ...]
    warnings: tuple[str, ...]


def understand(tree: Node, vocabulary: Vocabulary, *, correct: bool) -> Understanding:
    """Plan a query against the words that the index holds.

    With ``correct``, a word that no article holds is replaced by the nearest that one does. A
    run of Chinese that stands nowhere as it was typed is divided into the longest parts that do.
    """
    expansion = _Expansion(vocabulary, correct)
    understood, plan = expansion.expand(tree)
    return Understanding(
        understood,
        plan,
        tuple(dict.fromkeys(expansion.corrections)),
        tuple(dict.fromkeys(expansion.warnings)),
    )


def corrected_throughout(tree: Node, vocabulary: Vocabulary) -> Node:
    """The tree with every word corrected that no article holds, in quotes too."""
    match tree:
        case And(children) | Or(children):
            return type(tree)(tuple(corrected_throughout(one, vocabulary) for one in children))
        case Within() | SameSentence() | SameParagraph():
            return tree._replace(
                left=corrected_throughout(tree.left, vocabulary),
                right=corrected_throughout(tree.right, vocabulary),
            )
        case AtLeast(child=child) | Boost(child=child):
            return tree._replace(child=corrected_throughout(child, vocabulary))
        case Term(text, field) | Phrase(text, field) | Near(text, field=field):
            if field in _NEVER_CORRECTED:
                return tree
            return tree._replace(text=_corrected_text(text, field, vocabulary))
        case _:
            return tree


def _corrected_text(text: str, field: str | None, vocabulary: Vocabulary) -> str:
    looked_in = None if _stemmed(field) else field
    # From the last token on, so that the offsets of those before stay true.
    for token in reversed(list(tokenize(text))):
        if is_cjk(token.word) or vocabulary.holds(token.word, looked_in):
            continue
        best = vocabulary.correction(token.word, looked_in)
        if best:
            text = text[: token.start] + best[0] + text[token.end :]
    return text


class _Expansion:
    def __init__(self, vocabulary: Vocabulary, correct: bool) -> None:
        self._vocabulary = vocabulary
        self._correct = correct
        self.corrections: list[Correction] = []
        self.warnings: list[str] = []
        self._expanded: dict[Node, tuple[Node, Plan]] = {}

    def expand(self, node: Node) -> tuple[Node, Plan]:
        """What became of the node in the tree, and its plan: the same for the same word."""
        match node:
            case Term():
                return self._known_term(node)
            case And(children):
                trees, plans = zip(*map(self.expand, children), strict=True)
                return And(trees), AllOf(plans)
            case Or(children):
                trees, plans = zip(*map(self.expand, children), strict=True)
                return Or(trees), AnyOf(plans)
        known = self._expanded.get(node)
        if known is None:
            known = self._expanded[node] = self._expand(node)
        return known

    def _expand(self, node: Node) -> tuple[Node, Plan]:
        match node:
            case Phrase(text, field):
                return node, Leaf(text, field, slots_of(text, stemmed=False), quoted=True)
            case Near():
                return node, _near(node)
            case Prefix(text, field):
                return node, Leaf(f"{text}*", field, _prefix_slots(text))
            case Wildcard(text, field):
                pattern = "".join(c if c in "*?" else normalize(c) for c in text)
                return node, Leaf(text, field, (Slot(wildcard=pattern),))
            case Caps(text, every, field):
                slots = slots_of(text, stemmed=False)
                capitals = "all" if every else "some"
                return node, Leaf(to_text(node), field, slots, quoted=True, capitals=capitals)
            case Citation(text, field):
                return node, _cited(text, field)
            case Within() | SameSentence() | SameParagraph():
                return self._proximity(node)
            case AtLeast(times, child):
                understood, plan = self.expand(child)
                asked = AtLeast(times, understood)
                leaf = _leaf_of(_pattern_of(plan), to_text(asked))
                return asked, leaf.at_least(times, to_text(asked))
            case Boost(child, factor):
                understood, plan = self.expand(child)
                return Boost(understood, factor), Boosted(plan, factor)
            case Fuzzy():
                return node, self._fuzzy(node)
            case DateRange(since, until):
                return node, Between(since, until)
            case Every():
                return node, Everything()
            case Not(child):
                # What is excluded is never corrected: it would exclude what was not named.
                understood, plan = _Expansion(self._vocabulary, correct=False).expand(child)
                return Not(understood), Without(plan)
            case _:
                raise AssertionError(node)

    def _proximity(self, node: Proximity) -> tuple[Node, Leaf]:
        left, left_plan = self.expand(node.left)
        right, right_plan = self.expand(node.right)
        understood = node._replace(left=left, right=right)
        sides = _pattern_of(left_plan), _pattern_of(right_plan)
        unit, distance = "paragraph" if isinstance(node, SameParagraph) else "sentence", 0
        if isinstance(node, Within):
            unit, distance = "words", node.distance
        if not all(word.in_text for side in sides for word in words_of(side)):
            # A short field is one sentence, and the values of one lie further apart.
            distance = min(distance or BODY_GAP, BODY_GAP)
            unit = "words"
        return understood, _leaf_of(Pair(*sides, unit, distance, node.ordered), to_text(understood))

    def _known_term(self, term: Term) -> tuple[Node, Plan]:
        """A word's plan, which depends on the vocabulary alone, is made once."""
        known = self._vocabulary.understood
        outcome = known.get((term, self._correct))
        if outcome is None:
            alone = _Expansion(self._vocabulary, self._correct)
            node, plan = alone._term(term)
            outcome = node, plan, alone.corrections, alone.warnings
            if len(known) >= _MOST_KNOWN:
                known.clear()
            known[term, self._correct] = outcome
        self.corrections += outcome[2]
        self.warnings += outcome[3]
        return outcome[0], outcome[1]

    def _term(self, term: Term) -> tuple[Node, Plan]:
        slots = slots_of(term.text, stemmed=_stemmed(term.field))
        light = _stemmed(term.field) and _is_function_word(term.text)
        leaf = Leaf(term.text, term.field, slots, light=light)
        if not self._correct or term.field in _NEVER_CORRECTED or not leaf.slots:
            return term, leaf
        if is_cjk(term.text) and len(term.text) > 1 and leaf.in_text:
            return self._parts(term, leaf)
        return self._corrected(term, leaf)

    def _corrected(self, term: Term, leaf: Leaf) -> tuple[Node, Plan]:
        if any(c.isdigit() for c in term.text) or "@" in term.text or "://" in term.text:
            return term, leaf
        vocabulary_field = None if leaf.in_text else leaf.field
        text = term.text
        edits = 0
        # From the last token on, so that the offsets of those before stay true.
        for token in reversed(list(tokenize(text))):
            if is_cjk(token.word) or self._vocabulary.holds(token.word, vocabulary_field):
                continue
            best = self._vocabulary.correction(token.word, vocabulary_field)
            if best is None:
                if not self._vocabulary.has_stem_of(token.word, vocabulary_field):
                    where = f" in its {term.field}" if term.field else ""
                    self.warnings.append(f"no article has the word '{token.word}'{where}")
                continue
            self.corrections.append(Correction(token.word, best[0], best[1]))
            text = text[: token.start] + best[0] + text[token.end :]
            edits += best[1]
        if not edits:
            return term, leaf
        corrected = term._replace(text=text)
        slots = slots_of(text, stemmed=_stemmed(term.field))
        return corrected, Leaf(term.text, term.field, slots, edits=edits)

    def _parts(self, term: Term, leaf: Leaf) -> tuple[Node, Plan]:
        if self._vocabulary.matches(leaf):
            return term, leaf
        parts = self._longest_parts(term)
        if len(parts) < 2 and parts != [term.text]:
            parts = parts or [term.text]
        if parts == [term.text]:
            self.warnings.append(f"no article has '{term.text}'")
            return term, leaf
        self.warnings.append(
            f"no article has '{term.text}' as written: searched for its parts {'、'.join(parts)}"
        )
        nodes = tuple(Term(part, term.field) for part in parts)
        plans = tuple(Leaf(part, term.field, slots_of(part, stemmed=True)) for part in parts)
        return (nodes[0], plans[0]) if len(nodes) == 1 else (Or(nodes), AnyOf(plans))

    def _longest_parts(self, term: Term) -> list[str]:
        text = term.text
        parts = []
        start = 0
        while start < len(text) - 1:
            end = start + 2
            longest = 0
            while end <= len(text):
                part = Leaf(text[start:end], term.field, slots_of(text[start:end], stemmed=True))
                if not self._vocabulary.matches(part):
                    break
                longest, end = end, end + 1
            if longest:
                parts.append(text[start:longest])
                start = longest
            else:
                start += 1
        return parts

    def _fuzzy(self, node: Fuzzy) -> Leaf:
        leaf_text = f"{node.text}~{'' if node.edits is None else node.edits}"
        slots = slots_of(node.text, stemmed=_stemmed(node.field))
        word = normalize(node.text)
        if len(slots) != 1 or not word or is_cjk(word):
            self.warnings.append(f"'{node.text}' is not one word: searched for without ~")
            return Leaf(node.text, node.field, slots)
        edits = node.edits if node.edits is not None else max(1, edit_budget(word))
        in_text = node.field in (None, "title", "body")
        near = self._vocabulary.within(word, edits, None if in_text else node.field)
        if in_text:
            own, *others = stems([word, *near])
            near = {
                other: edits
                for (other, edits), stemmed in zip(near.items(), others, strict=True)
                if stemmed != own
            }
        return Leaf(leaf_text, node.field, (slots[0]._replace(words={**slots[0].words, **near}),))


def _pattern_of(plan: Plan) -> Pattern:
    match plan:
        case Leaf():
            # What it is made of, so that each word is marked as itself.
            return plan.pattern or plan
        case AnyOf(children):
            return Either(tuple(_pattern_of(child) for child in children))
        case _:
            raise AssertionError(plan)


def _leaf_of(pattern: Pattern, typed: str) -> Leaf:
    """The leaf that a pattern is; where a part of it was corrected, so was the whole."""
    if isinstance(pattern, Leaf):
        return pattern
    words = list(words_of(pattern))
    field = next((word.field for word in words if not word.in_text), None)
    return Leaf(typed, field, (), edits=_edits(pattern), pattern=pattern)


def _edits(pattern: Pattern) -> int:
    match pattern:
        case Leaf():
            return pattern.edits
        case Pair(left, right):
            return _edits(left) + _edits(right)
        case Either(children):
            return min(map(_edits, children))


def _cited(text: str, field: str | None) -> Leaf:
    rows = [Leaf(text, field, _spelt(row), quoted=True) for row in spellings(text)]
    if len(rows) == 1:
        return rows[0]
    return Leaf(text, field, (), quoted=True, pattern=Either(tuple(rows)))


def _spelt(row: Spelling) -> tuple[Slot, ...]:
    slots: list[Slot] = []
    for part in row:
        begin = width(tuple(slots)) if slots else 0
        if isinstance(part, tuple):
            slots.append(Slot(begin, words=dict.fromkeys(part, 0)))
        else:
            more = slots_of(part, stemmed=False)
            slots += [slot._replace(offset=begin + slot.offset) for slot in more]
    return tuple(slots)


def _near(node: Near) -> Leaf:
    rows: dict[tuple[str, ...], tuple[tuple[Slot, ...], int]] = {}
    for word in node.text.split():
        slots = slots_of(word, stemmed=False)
        if slots:
            key = tuple(words(word))
            rows[key] = slots, rows.get(key, (slots, 0))[1] + 1
    near = leaves.Near(tuple(rows.values()), node.others)
    if near.reach > BODY_GAP:
        raise QueryError(f'"{node.text}"~{node.others} reaches over more than {BODY_GAP} words')
    return Leaf(f'"{node.text}"~{node.others}', node.field, (), quoted=True, near=near)


def _is_function_word(text: str) -> bool:
    found = words(text)
    return len(found) == 1 and found[0] in FUNCTION_WORDS


def _stemmed(field: str | None) -> bool:
    return field in (None, "title", "body")


def _prefix_slots(text: str) -> tuple[Slot, ...]:
    slots = slots_of(text, stemmed=False)
    if not slots:
        return ()
    last = slots[-1]
    tokens = list(tokenize(text))
    if is_cjk(tokens[-1].word):
        return slots
    (word,) = last.words
    return (*slots[:-1], Slot(last.offset, prefix=word))
