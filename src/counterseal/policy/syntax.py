"""The part of CEL in which conditions are written, as a syntax tree with types.

A small language on purpose: flags, numbers with a decimal point, text, lists of text; ``||``,
``&&``, ``!``; ``== != < <= > >= in``; ``+ - *``. There is no division (multiply instead), no
exponent and no function, so that no condition on finite values can overflow, loop or meet a
number that is not one. Grammar and precedence are those of the CEL specification (cel-spec,
``doc/langdef.md``, "Syntax").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from counterseal.policy.evaluator import ConditionError
from counterseal.policy.fields import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from counterseal.policy.fields import Value

__all__ = ["Binary", "Literal", "Node", "Unary", "Variable", "parse"]

MAX_LENGTH: Final = 1_000
MAX_DEPTH: Final = 40
_LEVELS: Final = (
    frozenset({"||"}),
    frozenset({"&&"}),
    frozenset({"==", "!=", "<", "<=", ">", ">=", "in"}),
    frozenset({"+", "-"}),
    frozenset({"*"}),
)
_TOKEN: Final = re.compile(
    r"""\s*(?:
        (?P<number>\d+\.\d+(?![\w.]))
      | (?P<text>"[^"\\\n]*"|'[^'\\\n]*')
      | (?P<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)
      | (?P<mark>\|\||&&|[=!<>]=|[<>!()\[\],+*-])
      | (?P<integer>\d+)
      | (?P<slash>/)
    )""",
    re.VERBOSE | re.ASCII,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Literal:
    """A value written in the condition."""

    value: Value
    kind: Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A field of the assessment, or a limit of the card."""

    name: str
    kind: Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Unary:
    """``!`` of a flag or ``-`` of a number."""

    mark: str
    operand: Node
    kind: Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Binary:
    """Two operands and what stands between them."""

    mark: str
    left: Node
    right: Node
    kind: Kind


Node: TypeAlias = Literal | Variable | Unary | Binary


@dataclass(frozen=True, slots=True)
class _Token:
    sort: str
    text: str
    offset: int


def parse(text: str, variables: Mapping[str, Kind]) -> Node:
    """Return the syntax tree of a condition.

    Args:
        text: The condition, at most 1,000 characters.
        variables: Kind of every variable that it may name.

    Raises:
        ConditionError: The text is outside the language, names an undeclared variable, applies
            an operator to the wrong kinds, or is not a yes-or-no question.
    """
    if len(text) > MAX_LENGTH:
        raise ConditionError(f"the condition is longer than {MAX_LENGTH} characters")
    parser = _Parser(_tokens(text), variables)
    node = parser.level(0, 0)
    parser.expect_end()
    if node.kind is not Kind.FLAG:
        raise ConditionError("the condition is not a yes-or-no question", offset=0)
    return node


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    position = 0
    end = len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            position += len(text[position:]) - len(text[position:].lstrip())
            raise ConditionError("a character that has no meaning here", offset=position)
        token = _Token(match.lastgroup, match[match.lastgroup], match.start(match.lastgroup))
        if token.sort == "integer":
            hint = "numbers are written with a decimal point: 1.0"
            raise ConditionError(
                "a number without a decimal point", offset=token.offset, hint=hint
            )
        if token.sort == "slash":
            hint = "multiply the other side instead, so that nothing is divided by zero"
            raise ConditionError("division is not allowed", offset=token.offset, hint=hint)
        if token.text == "in":
            token = _Token("mark", "in", token.offset)
        tokens.append(token)
        position = match.end()
    tokens.append(_Token("end", "the end", len(text)))
    return tokens


class _Parser:
    def __init__(self, tokens: list[_Token], variables: Mapping[str, Kind]) -> None:
        self._tokens = tokens
        self._variables = variables
        self._at = 0

    def level(self, level: int, depth: int) -> Node:
        """Parse left-associative operators from precedence ``level`` upwards."""
        if depth > MAX_DEPTH:
            raise ConditionError("nested too deeply", offset=self._peek().offset)
        if level == len(_LEVELS):
            return self._unary(depth)
        node = self.level(level + 1, depth)
        while self._peek().sort == "mark" and self._peek().text in _LEVELS[level]:
            token = self._next()
            node = _binary(token, node, self.level(level + 1, depth))
        return node

    def expect_end(self) -> None:
        """Refuse anything that is left over."""
        self._expect("the end", "end")

    def _peek(self) -> _Token:
        return self._tokens[self._at]

    def _next(self) -> _Token:
        token = self._tokens[self._at]
        self._at += 1
        return token

    def _expect(self, text: str, sort: str = "mark") -> None:
        token = self._peek()
        if token.sort != sort or token.text != text:
            message = f"expected {text}, found {token.text}"
            raise ConditionError(message, offset=token.offset)
        self._at += 1

    def _unary(self, depth: int) -> Node:
        token = self._peek()
        if token.sort != "mark" or token.text not in {"!", "-"}:
            return self._primary(depth)
        count = 0
        while self._peek().sort == "mark" and self._peek().text == token.text:
            self._at += 1
            count += 1
        node = self._primary(depth)
        kind = Kind.FLAG if token.text == "!" else Kind.NUMBER
        if node.kind is not kind:
            message = f"{token.text} needs a {kind.value}, not a {node.kind.value}"
            raise ConditionError(message, offset=token.offset)
        for _ in range(count % 2 or 2):
            node = Unary(mark=token.text, operand=node, kind=kind)
        return node

    def _primary(self, depth: int) -> Node:
        token = self._next()
        match token.sort:
            case "number":
                return Literal(value=float(token.text), kind=Kind.NUMBER)
            case "text":
                return Literal(value=token.text[1:-1], kind=Kind.TEXT)
            case "name":
                return self._name(token)
            case _ if token.text == "(":
                node = self.level(0, depth + 1)
                self._expect(")")
                return node
            case _ if token.text == "[":
                return self._list(token)
            case _:
                message = f"expected a value, found {token.text}"
                raise ConditionError(message, offset=token.offset)

    def _name(self, token: _Token) -> Node:
        if token.text in {"true", "false"}:
            return Literal(value=token.text == "true", kind=Kind.FLAG)
        kind = self._variables.get(token.text)
        if kind is None:
            raise ConditionError(f"there is no field {token.text}", offset=token.offset)
        return Variable(name=token.text, kind=kind)

    def _list(self, token: _Token) -> Node:
        items: list[str] = []
        while self._peek().sort == "text":
            items.append(self._next().text[1:-1])
            if self._peek().text != ",":
                break
            self._at += 1
        if not items:
            raise ConditionError("a list holds at least one text", offset=token.offset)
        self._expect("]")
        return Literal(value=tuple(items), kind=Kind.TEXTS)


def _binary(token: _Token, left: Node, right: Node) -> Node:
    """Return the node, or refuse operands of the wrong kinds."""
    mark, kinds = token.text, (left.kind, right.kind)
    if mark in {"||", "&&"}:
        fits, kind = kinds == (Kind.FLAG, Kind.FLAG), Kind.FLAG
    elif mark in {"==", "!="}:
        fits, kind = left.kind is right.kind and left.kind is not Kind.TEXTS, Kind.FLAG
    elif mark == "in":
        fits, kind = kinds == (Kind.TEXT, Kind.TEXTS), Kind.FLAG
    else:
        fits = kinds == (Kind.NUMBER, Kind.NUMBER)
        kind = Kind.NUMBER if mark in {"+", "-", "*"} else Kind.FLAG
    if not fits:
        message = f"{mark} does not fit a {left.kind.value} and a {right.kind.value}"
        raise ConditionError(message, offset=token.offset)
    return Binary(mark=mark, left=left, right=right, kind=kind)
