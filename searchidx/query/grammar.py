"""Tokens to a tree. The grammar, loosest binding first::

either   = both { OR both }
both     = close { AND close }
close    = row { connector row }  w/5, pre/5, /s, +s, /p, +p: see proximity
row      = item item …            any of the words may match, what NOT excludes must not
item     = unit | NOT unit { connector unit }
unit     = ( word | "phrase" | "near words"~5 | ( either ) | caps(…) | atleast3(…) | field : unit )
           [ ^factor ]
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from searchidx.errors import QuerySyntaxError
from searchidx.query.dates import DATE_FORMS, date_range
from searchidx.query.fields import FIELDS, near_field
from searchidx.query.lexer import Problem, Token, tokens
from searchidx.query.nodes import (
    And,
    Caps,
    Citation,
    DateRange,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Term,
    depth,
)
from searchidx.query.proximity import MOST_COUNTED, counted, joined
from searchidx.query.words import boosted, read_word

__all__ = ["read"]

_DEEPEST = 100
_MOST_BETWEEN = 100  # words among those of "a b"~n
_MOST_NEAR = 20  # words in its quotes
_MOST_REPAIRS = 25
_MOST_REREAD = 3000  # characters
_BETWEEN = ("and", "or", "connector")
_UNREAD_WRAPPERS = ("nocaps", "singular", "plural")
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
    for _ in range(min(_MOST_REPAIRS, _MOST_REREAD // max(1, len(text)))):
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
        if depth(node) > _DEEPEST:
            # Its canonical form, with every parenthesis, could not be read.
            raise Problem(f"groups lie more than {_DEEPEST} deep", 0, (0, len(self._text)))
        return node

    # Each of these gives None where all it read was punctuation.

    def _either(self, field: str | None) -> Node | None:
        begin = self._at
        found = [self._both(field)]
        while self._goes_on("or"):
            found.append(self._both(field))
        node = _joined(Or, found)
        if len(found) > 1:
            self._state_or(begin)
        return node

    def _both(self, field: str | None) -> Node | None:
        found = [self._close(field)]
        while self._goes_on("and"):
            found.append(self._close(field))
        return _joined(And, found)

    def _goes_on(self, operator: str) -> bool:
        token = self._peek()
        if token is None or token.kind != operator:
            return False
        self._at += 1
        self._needs_operand(token)
        return True

    def _close(self, field: str | None) -> Node | None:
        """Rows joined by connectors; what any of them excludes holds for all."""
        wanted, required = self._row(field)
        operands = [wanted]
        connectors: list[Token] = []
        while (token := self._peek()) and token.kind == "connector":
            self._at += 1
            self._needs_operand(token)
            connectors.append(token)
            wanted, more = self._row(field)
            operands.append(wanted)
            required += more
        if connectors:
            operands = [self._connected(operands, connectors)]
        if not required:
            return operands[0]
        return _joined(And, [*operands, *required])

    def _connected(self, operands: list[Node | None], connectors: list[Token]) -> Node:
        sides = [node for node in operands if node is not None]
        if len(sides) < len(operands):
            raise _dangling(connectors[max(0, operands.index(None) - 1)])
        if any(isinstance(side, And) for side in sides):
            self.warnings.append("each word joined by AND was joined to the other side by itself")
        return joined(sides, connectors)

    def _row(self, field: str | None) -> tuple[Node | None, list[Node]]:
        """What is wanted, any of it, and what must or must not be."""
        wanted: list[Node] = []
        required: list[Node] = []
        token = self._peek()
        if token is not None and token.kind in _BETWEEN:
            raise _dangling(token)
        while (token := self._peek()) and token.kind not in (*_BETWEEN, "close"):
            node = self._item(field)
            if isinstance(node, Not | DateRange):
                required.append(node)
            elif node is not None:
                wanted.append(node)
        return _joined(Or, wanted), required

    def _item(self, field: str | None) -> Node | None:
        negations = 0
        while (token := self._peek()) and token.kind == "not":
            self._at += 1
            negations += 1
            self._needs_operand(token)
        node = self._unit(field)
        if negations:
            node = self._excluded(node, field)
        if node is None:
            return None
        # NOT NOT x is x, so that no number of them makes a deep tree.
        return Not(node) if negations % 2 else node

    def _excluded(self, first: Node | None, field: str | None) -> Node | None:
        """NOT holds for all that connectors join behind it."""
        operands = [first]
        connectors: list[Token] = []
        while (token := self._peek()) and token.kind == "connector":
            self._at += 1
            self._needs_operand(token)
            connectors.append(token)
            following = self._peek()
            if following is not None and following.kind == "not":
                raise Problem(
                    f"NOT cannot stand beside {token.text}", token.start, token[2:], "AND"
                )
            operands.append(self._unit(field))
        return self._connected(operands, connectors) if connectors else first

    def _state_or(self, begin: int) -> None:
        """Legal databases let OR bind tighter than connectors: the other reading is said."""
        level = 0
        for token in self._tokens[begin : self._at]:
            level += (token.kind == "open") - (token.kind == "close")
            if token.kind == "connector" and not level:
                self.warnings.append(
                    f"OR joins what {token.text} has joined: where it is meant the other way, "
                    "write (a OR b) in parentheses"
                )
                return

    def _unit(self, field: str | None) -> Node | None:
        node = self._plain_unit(field)
        while (token := self._peek()) and token.kind == "boost":
            self._at += 1
            node = boosted(node, token.text.lstrip("^"), token)
        return node

    def _plain_unit(self, field: str | None) -> Node | None:
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
                return self._wrapped(token, field)
            case "citation":
                literal = field in ("id", "url")
                return Phrase(token.text, field) if literal else Citation(token.text, field)
            case "boost":
                raise Problem("'^' has nothing before it", token.start, token[2:])
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

    def _wrapped(self, token: Token, field: str | None) -> Node | None:
        """``atleast3(…)``, ``caps(…)``, ``allcaps(…)``."""
        name = token.text.lower()
        if name in _UNREAD_WRAPPERS:
            raise Problem(
                f"{token.text}(…) is not part of the query language", token.start, token[2:]
            )
        opening = self._tokens[self._at]
        self._at += 1
        node = self._group(opening, field)
        if node is None:
            return None
        if not name.startswith("atleast"):
            return _cased(node, name == "allcaps", token)
        digits = name.removeprefix("atleast")
        if len(digits) > 5 or not 1 <= int(digits) <= MOST_COUNTED:
            reason = f"'atleast' takes a number from 1 to {MOST_COUNTED}"
            put = f"atleast{MOST_COUNTED if digits.strip('0') else 1}"
            raise Problem(reason, token.start, token[2:], put)
        return counted(int(digits), node, token)

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
            everything = (0, len(self._text))
            reason = f"parentheses are nested more than {_DEEPEST} deep"
            raise Problem(reason, opening.start, everything)
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
        if following is None or following.kind in ("close", *_BETWEEN):
            raise Problem(f"'{token.text}:' has nothing behind its colon", token.start, token[2:])
        if outer is not None:
            raise Problem(f"'{token.text}:' stands inside '{outer}:'", token.start, token[2:])
        if name == "date":
            return self._date(following)
        return self._plain_unit(name)

    def _date(self, token: Token) -> Node:
        self._at += 1
        found = date_range(token.text) if token.kind in ("word", "range", "phrase") else None
        if found is None:
            start, end = token.start, token.end
            words = re.sub(r"[^\w\s]", " ", token.text)
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
        if token is None or token.kind in ("close", *_BETWEEN):
            raise _dangling(operator)

    def _pass_over(self, token: Token) -> None:
        shown = self._text[token.start : token.end]
        self.warnings.append(f"'{shown}' has no letter or digit and was not searched for")

    def _peek(self) -> Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None


def _cased(node: Node, every: bool, token: Token) -> Node:
    match node:
        case Term(text, field) | Phrase(text, field) if field not in ("id", "url"):
            return Caps(text, every, field)
        case Or(children):
            return Or(tuple(_cased(child, every, token) for child in children))
        case _:
            reason = f"{token.text}(…) takes words and phrases alone"
            raise Problem(reason, token.start, token[2:])


def _joined(kind: type[And] | type[Or], nodes: Sequence[Node | None]) -> Node | None:
    """One node of them all, those of the same kind taken apart."""
    flat: list[Node] = []
    for node in nodes:
        if node is None:
            continue
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
