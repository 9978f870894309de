"""A second evaluator in plain Python: the oracle that keeps the first one honest.

It shares no code with CEL and reads only the language of :mod:`counterseal.policy.syntax`.
``&&`` and ``||`` follow the CEL specification: an operand that decides the answer alone decides
it even when the other one has no value, on whichever side it stands.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Final, assert_never

from counterseal.policy.evaluator import EvaluationError
from counterseal.policy.syntax import Binary, Literal, Unary, Variable, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from counterseal.policy.evaluator import Condition
    from counterseal.policy.fields import Kind, Value
    from counterseal.policy.syntax import Node

__all__ = ["ReferenceEvaluator"]

_ORDER: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_ARITHMETIC: Final[Mapping[str, Callable[[float, float], float]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}


class ReferenceEvaluator:
    """Evaluates the syntax tree directly."""

    def compile(self, text: str, variables: Mapping[str, Kind], /) -> Condition:
        """Parse and type-check ``text``; see ``Evaluator.compile``."""
        return _ReferenceCondition(parse(text, variables))


class _ReferenceCondition:
    def __init__(self, node: Node) -> None:
        self._node = node

    def holds(self, values: Mapping[str, Value], /) -> bool:
        answer = _value(self._node, values)
        if isinstance(answer, bool):
            return answer
        raise EvaluationError("the condition is not a yes-or-no question")


def _value(node: Node, values: Mapping[str, Value]) -> Value:
    match node:
        case Literal(value=value):
            return value
        case Variable(name=name):
            if name not in values:
                raise EvaluationError(f"{name} is not known")
            return values[name]
        case Unary(mark=mark, operand=operand):
            value = _value(operand, values)
            return not value if mark == "!" else -_number(value)
        case Binary(mark="&&" | "||"):
            return _connective(node, values)
        case Binary():
            return _strict(node, values)
        case _:
            assert_never(node)


def _connective(node: Binary, values: Mapping[str, Value]) -> bool:
    """Return what ``&&`` or ``||`` says; ``decisive`` on either side settles it."""
    decisive = node.mark == "||"
    trouble: EvaluationError | None = None
    for operand in (node.left, node.right):
        try:
            if _value(operand, values) is decisive:
                return decisive
        except EvaluationError as error:
            trouble = trouble or error
    if trouble is not None:
        raise trouble
    return not decisive


def _strict(node: Binary, values: Mapping[str, Value]) -> Value:
    left, right = _value(node.left, values), _value(node.right, values)
    if node.mark == "==":
        return left == right
    if node.mark == "!=":
        return left != right
    if node.mark == "in":
        return isinstance(right, tuple) and left in right
    if node.mark in _ORDER:
        return _ORDER[node.mark](_number(left), _number(right))
    return _ARITHMETIC[node.mark](_number(left), _number(right))


def _number(value: Value) -> float:
    if isinstance(value, float):
        return value
    raise EvaluationError("a number was expected")
