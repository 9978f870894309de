"""Conditions are parsed with CEL's precedence; what is outside the language is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.policy.evaluator import ConditionError
from counterseal.policy.fields import Kind
from counterseal.policy.syntax import Binary, Literal, Unary, Variable, parse

if TYPE_CHECKING:
    from counterseal.policy.syntax import Node

NAMES = {"a": Kind.FLAG, "b": Kind.FLAG, "n": Kind.NUMBER, "t": Kind.TEXT, "u": Kind.TEXTS}


def shape(node: Node) -> str:
    match node:
        case Literal(value=value):
            return repr(value)
        case Variable(name=name):
            return name
        case Unary(mark=mark, operand=operand):
            return f"({mark}{shape(operand)})"
        case Binary(mark=mark, left=left, right=right):
            return f"({shape(left)} {mark} {shape(right)})"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a || b && a", "(a || (b && a))"),
        ("a && b || a", "((a && b) || a)"),
        ("!a == b", "((!a) == b)"),
        ("!(a == b)", "(!(a == b))"),
        ("n + 1.0 * 2.0 > 3.0", "((n + (1.0 * 2.0)) > 3.0)"),
        ("n - 1.0 - 2.0 < -n", "(((n - 1.0) - 2.0) < (-n))"),
        ("t in ['x', \"y\"] && a", "((t in ('x', 'y')) && a)"),
        ("t in u == a", "((t in u) == a)"),
        ("n > 1.0 == n < 2.0", None),
        ("(n > 1.0) == (n < 2.0)", "((n > 1.0) == (n < 2.0))"),
    ],
)
def test_operators_bind_as_in_the_specification(text: str, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(ConditionError):
            parse(text, NAMES)
    else:
        assert shape(parse(text, NAMES)) == expected


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("a && n > 1", 9),
        ("n / 2.0 > 1.0", 2),
        ("a && c", 5),
        ("a ? b : a", 2),
        ("a && (b", 7),
        ("t in []", 5),
        ("n > 1e3", 4),
        ("t == 'x\\n'", 5),
        ("a b", 2),
    ],
)
def test_what_is_outside_the_language_is_refused_with_its_place(text: str, offset: int) -> None:
    with pytest.raises(ConditionError) as raised:
        parse(text, NAMES)
    assert raised.value.offset == offset


@pytest.mark.parametrize("text", ["(" * 500 + "a" + ")" * 500, "a || " * 300 + "a", "(" * 200])
def test_a_hostile_condition_is_refused_and_exhausts_nothing(text: str) -> None:
    with pytest.raises(ConditionError):
        parse(text, NAMES)


@given(st.text(alphabet="abntu.!&|=<>()[]'\"+-*/ 01", max_size=60))
def test_any_text_parses_or_is_refused_as_a_condition(text: str) -> None:
    try:
        node = parse(text, NAMES)
    except ConditionError:
        return
    assert node.kind is Kind.FLAG
