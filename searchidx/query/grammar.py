"""Tokens to a tree. The grammar, loosest binding first::

either   = both { OR both }
both     = row { AND row }
row      = item item …            any of the words may match, what NOT excludes must not
item     = { NOT } unit
unit     = word | "phrase" | "near words"~5 | ( either ) | field : unit
"""

from __future__ import annotations

import re

from searchidx.errors import QuerySyntaxError
from searchidx.query.dates import DATE_FORMS, date_range
from searchidx.query.fields import FIELDS, near_field
from searchidx.query.lexer import Problem, Token, tokens
from searchidx.query.nodes import And, DateRange, Near, Node, Not, Or, Phrase
from searchidx.query.words import read_word

__all__ = ["read"]

_DEEPEST = 100
_MOST_BETWEEN = 100  # words among those of "a b"~n
_MOST_NEAR = 20  # words in its quotes
_MOST_REPAIRS = 25
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def read(text: str) -> tuple[Node, tuple[str, ...]]:
    """The tree, and what was passed over in reading it. Raises QuerySyntaxError, with a repaired
    query where there is one."""
    spaced = _CONTROL.sub(" ", text)
    try:
        parser = _Parser(spaced)
        return parser.tree(), tuple(parser.warnings)
    except Problem as problem:
        raise QuerySyntaxError(
            problem.reason,
            query=text,
            column=problem.column,
            repaired=_repaired(spaced, problem),
        ) from None


def _repaired(text: str, problem: Problem) -> str | None:
    """The query after the edits that its problems ask for, one after the other."""
    for _ in range(_MOST_REPAIRS):
        start, end = problem.cut
        text = " ".join(f"{text[:start]}{problem.put}{text[end:]}".split())
        if not text:
            return None
        try:
            _Parser(text).tree()
        except Problem as next_problem:
            problem = next_problem
        else:
            return text
    return None


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = list(tokens(text))
        self._at = 0
        self._depth = 0
        self.warnings: list[str] = []

    def tree(self) -> Node:
        if not self._text.strip():
            raise Problem("the query is empty: type a word", 0, (0, 0))
        node = self._either(None)
        if self._at < len(self._tokens):
            token = self._tokens[self._at]
            raise Problem("a ) has no (", token.start, (token.start, token.end))
        if node is None:
            raise Problem(
                "there is nothing to search for: no letter or digit", 0, (0, len(self._text))
            )
        return node

    # Each of these gives None where all it read was punctuation.

    def _either(self, field: str | None) -> Node | None:
        return _joined(Or, self._operands("or", self._both, field))

    def _both(self, field: str | None) -> Node | None:
        return _joined(And, self._operands("and", self._row, field))

    def _operands(self, operator: str, operand: object, field: str | None) -> list[Node]:
        assert callable(operand)
        found = [operand(field)]
        while (token := self._peek()) and token.kind == operator:
            self._at += 1
            self._needs_operand(token)
            found.append(operand(field))
        return [node for node in found if node is not None]

    def _row(self, field: str | None) -> Node | None:
        wanted: list[Node] = []
        required: list[Node] = []
        token = self._peek()
        if token is not None and token.kind in ("and", "or"):
            raise _dangling(token)
        while (token := self._peek()) and token.kind not in ("and", "or", "close"):
            node = self._item(field)
            if isinstance(node, Not | DateRange):
                required.append(node)
            elif node is not None:
                wanted.append(node)
        any_wanted = _joined(Or, wanted)
        return _joined(And, [*([any_wanted] if any_wanted else []), *required])

    def _item(self, field: str | None) -> Node | None:
        negations = 0
        while (token := self._peek()) and token.kind == "not":
            self._at += 1
            negations += 1
            self._needs_operand(token)
        node = self._unit(field)
        if node is None:
            return None
        # NOT NOT x is x, so that no number of them makes a deep tree.
        return Not(node) if negations % 2 else node

    def _unit(self, field: str | None) -> Node | None:
        token = self._tokens[self._at]
        self._at += 1
        match token.kind:
            case "phrase":
                return self._phrase(token, field)
            case "near":
                return self._near(token, field)
            case "open":
                return self._group(token, field)
            case "field":
                return self._field(token, field)
            case "wrapper":
                raise Problem(
                    f"{token.text}(…) is not part of the query language yet",
                    token.start,
                    (token.start, token.end),
                )
            case "range":
                words = token.text.strip("[]").replace(" TO ", " ")
                raise Problem(
                    "a range needs date: before it", token.start, (token.start, token.end), words
                )
            case _:
                node = read_word(token, field)
                if node is None:
                    self._pass_over(token)
                return node

    def _phrase(self, token: Token, field: str | None) -> Node | None:
        text = " ".join(token.text.split())
        if not text:
            raise Problem("there is nothing between the quotes", token.start, token[2:])
        if not any(c.isalnum() for c in text):
            self._pass_over(token)
            return None
        return Phrase(text, field)

    def _near(self, token: Token, field: str | None) -> Node | None:
        quoted, _, distance = token.text.rpartition("~")
        start = token.end - len(distance) - 1
        if not distance.isdecimal() or len(distance) > 4 or int(distance) > _MOST_BETWEEN:
            reason = f"'~' behind a phrase takes a number of words from 0 to {_MOST_BETWEEN}"
            put = f"~{_MOST_BETWEEN}" if distance.isdecimal() else ""
            raise Problem(reason, start, (start, token.end), put)
        phrase = self._phrase(token._replace(text=quoted, end=start), field)
        if not isinstance(phrase, Phrase) or len(phrase.text.split()) < 2:
            return phrase
        if len(phrase.text.split()) > _MOST_NEAR:
            raise Problem(
                f"'~' behind a phrase takes at most {_MOST_NEAR} words", start, (start, token.end)
            )
        return Near(phrase.text, int(distance), field)

    def _group(self, opening: Token, field: str | None) -> Node | None:
        token = self._peek()
        if token is not None and token.kind == "close":
            raise Problem(
                "there is nothing between the parentheses",
                opening.start,
                (opening.start, token.end),
            )
        self._depth += 1
        if self._depth > _DEEPEST:
            raise Problem(
                f"parentheses are nested more than {_DEEPEST} deep", opening.start, opening[2:]
            )
        node = self._either(field)
        self._depth -= 1
        if self._peek() is None:
            end = len(self._text)
            raise Problem("a ( is not closed", opening.start, (end, end), ")")
        self._at += 1
        return node

    def _field(self, token: Token, outer: str | None) -> Node | None:
        name = FIELDS.get(token.text.lower())
        following = self._peek()
        if name is None:
            raise self._unknown_field(token, following)
        if following is None or following.kind in ("close", "and", "or"):
            raise Problem(f"'{token.text}:' has nothing behind its colon", token.start, token[2:])
        if outer is not None:
            raise Problem(f"'{token.text}:' stands inside '{outer}:'", token.start, token[2:])
        if name == "date":
            return self._date(following)
        return self._unit(name)

    def _date(self, token: Token) -> Node:
        self._at += 1
        found = date_range(token.text) if token.kind in ("word", "range", "phrase") else None
        if found is None:
            start, end = token.start, token.end
            words = re.sub(r"[^\w\s-]", " ", token.text)
            raise Problem(
                f"'{token.text}' is no date: write {DATE_FORMS}",
                start,
                (start - len("date:"), end),
                f'"{words.strip()}"' if words.strip() else "",
            )
        return found

    def _unknown_field(self, token: Token, following: Token | None) -> Problem:
        near = near_field(token.text.lower())
        reason = f"there is no field '{token.text}'"
        if near:
            return Problem(reason, token.start, token[2:], f"{near}:")
        if following is not None and following.kind == "word" and following.start == token.end:
            words = f'"{token.text} {following.text}"'
            return Problem(reason, token.start, (token.start, following.end), words)
        return Problem(reason, token.start, token[2:], f"{token.text} ")

    def _needs_operand(self, operator: Token) -> None:
        token = self._peek()
        if token is None or token.kind in ("close", "and", "or"):
            raise _dangling(operator)

    def _pass_over(self, token: Token) -> None:
        shown = self._text[token.start : token.end]
        self.warnings.append(f"'{shown}' has no letter or digit and was not searched for")

    def _peek(self) -> Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None


def _joined(kind: type[And] | type[Or], nodes: list[Node]) -> Node | None:
    """One node of them all, those of the same kind taken apart."""
    flat: list[Node] = []
    for node in nodes:
        flat.extend(node.children if isinstance(node, kind) else (node,))
    if len(flat) < 2:
        return flat[0] if flat else None
    return kind(tuple(flat))


def _dangling(token: Token) -> Problem:
    return Problem(
        f"{token.text} needs something on either side"
        if token.kind != "not"
        else f"{token.text} needs something behind it",
        token.start,
        (token.start, token.end),
        " ",
    )
