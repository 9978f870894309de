"""CEL and the plain-Python reference answer alike, or neither answers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.policy.assessment import FIELDS, bindings, declarations, overridden
from counterseal.policy.cards import parse
from counterseal.policy.cel import CelEvaluator
from counterseal.policy.evaluator import ConditionError, EvaluationError
from counterseal.policy.fields import Kind
from counterseal.policy.reference import ReferenceEvaluator

if TYPE_CHECKING:
    from collections.abc import Mapping

    from counterseal.canon import Json
    from counterseal.policy.evaluator import Condition
    from counterseal.policy.fields import Field, Value

RULES = Path(__file__).parents[2] / "src/counterseal/policy/data/rules"
FILES = {path.name: path.read_bytes() for path in RULES.glob("*.yaml")}
BOTH = (CelEvaluator(), ReferenceEvaluator())
VARIABLES = {
    "a.flag": Kind.FLAG,
    "b.flag": Kind.FLAG,
    "a.number": Kind.NUMBER,
    "b.number": Kind.NUMBER,
    "a.text": Kind.TEXT,
    "a.texts": Kind.TEXTS,
}
USES = ("identify", "locate", "coerce", "coerce-through-kin", "influence")


def answer(condition: Condition, values: Mapping[str, Value]) -> bool | None:
    try:
        return condition.holds(values)
    except EvaluationError:
        return None


def texts(inner: st.SearchStrategy[str], *forms: str) -> st.SearchStrategy[str]:
    pairs = st.tuples(inner, inner)
    return st.one_of(*(pairs.map(lambda p, f=form: f.format(*p)) for form in forms))  # type: ignore[misc]


NUMBERS = st.recursive(
    st.sampled_from(["a.number", "b.number", "0.5", "2.0", "0.0", "-1.0", "--3.25"]),
    lambda n: texts(n, "({} + {})", "({} - {})", "{} * {}", "-({} + {})"),
    max_leaves=4,
)
TEXTS = st.sampled_from(["a.text", '"x"', "'coerce'", '""'])
QUESTIONS = st.one_of(
    st.sampled_from(["a.flag", "b.flag", "true", "false", "!a.flag", "!!b.flag"]),
    texts(NUMBERS, "{} < {}", "{} <= {}", "{} > {}", "{} >= {}", "{} == {}", "{} != {}"),
    texts(TEXTS, "{} == {}", "{} != {}"),
    TEXTS.map(lambda t: f"{t} in ['x', 'coerce']"),
    TEXTS.map(lambda t: f"{t} in a.texts"),
)
CONDITIONS = st.recursive(
    QUESTIONS,
    lambda q: texts(q, "{} && {}", "{} || {}", "({} || {})", "!({} && {})", "({}) == ({})"),
    max_leaves=8,
)
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "a.flag": st.booleans(),
        "b.flag": st.booleans(),
        "a.number": st.sampled_from([0.0, -0.0, 0.5, 2.0, -7.5, 1e15]),
        "b.number": st.floats(-1e15, 1e15),
        "a.text": st.sampled_from(["", "x", "coerce", "é"]),
        "a.texts": st.lists(st.sampled_from(["x", "coerce"]), max_size=2).map(tuple),
    },
)


@given(condition=CONDITIONS, values=VALUES)
def test_both_evaluators_give_the_same_answer_to_any_condition(
    condition: str, values: dict[str, Value]
) -> None:
    cel, reference = (evaluator.compile(condition, VARIABLES) for evaluator in BOTH)
    assert answer(cel, values) == answer(reference, values)


def random_value(field: Field, generator: np.random.Generator) -> Json:
    if generator.random() < 0.06:
        return None
    pick = int(generator.integers(8))
    match field.kind:
        case Kind.FLAG:
            return pick < 4
        case Kind.NUMBER if field.high <= 1.0:
            return (0.0, 0.2, 0.5, 0.55, 0.8, 0.9, 1.0, float(generator.random()))[pick]
        case Kind.NUMBER:
            return (0.0, 0.0, 1.0, 1.5, 1e3, 1e4, 1e5, 1e5 * float(generator.random()))[pick]
        case Kind.TEXT:
            return "" if pick < 2 else "some text"
        case Kind.TEXTS:
            return tuple(use for bit, use in enumerate(USES) if (pick + bit) % 3 == 0)


def differences(
    assessments: int, *, seed: int
) -> tuple[list[str], dict[str, set[bool | None]]]:
    """Return rules on which the evaluators differ, and every answer that each rule gave."""
    rules = parse(FILES)
    generator = np.random.default_rng(seed)
    found: list[str] = []
    answers: dict[str, set[bool | None]] = {rule: set() for rule in rules.cards}
    for _ in range(assessments):
        drawn = {path: random_value(field, generator) for path, field in FIELDS.items()}
        values = bindings(overridden({}, drawn))
        for rule, card in rules.cards.items():
            limits = {f"limit.{name}": limit.value for name, limit in card.limits.items()}
            reference, cel = (answer(c, values | limits) for c in rules.conditions[rule])
            answers[rule].add(reference)
            if cel is not reference:
                found.append(rule)
    return found, answers


@pytest.mark.slow
def test_both_evaluators_agree_on_every_default_rule_over_ten_thousand_assessments() -> None:
    found, answers = differences(10_000, seed=20260101)
    assert found == []
    stuck = {rule for rule, seen in answers.items() if not {True, False} <= seen}
    assert stuck == set()


@pytest.mark.parametrize("seed", range(5))
def test_both_evaluators_agree_on_every_default_rule_over_two_thousand_assessments(
    seed: int,
) -> None:
    assert differences(400, seed=seed)[0] == []


@pytest.mark.parametrize("evaluator", BOTH)
@pytest.mark.parametrize(
    "condition",
    [
        "exposure.p_wors >= 0.5",  # misspelt
        "exposure.p_worse >= 1",  # a whole number where a number is meant
        "exposure.p_worse",  # not a question
        "exposure.p_worse && true",
        "change.kind == 3.0",
        "change.kind > 1.0",
        "!exposure.p_worse",
        "precedence.late == null",
        "exposure.p_worse >=",
        "(precedence.late",
        "precedence.late precedence.late",
        "has(exposure.p_worse)",
        "1.0 < 2.0 < 3.0",
        "precedence",
        "",
    ],
)
def test_a_condition_that_is_no_question_over_known_fields_does_not_compile(
    evaluator: CelEvaluator | ReferenceEvaluator, condition: str
) -> None:
    with pytest.raises(ConditionError):
        evaluator.compile(condition, declarations())


@pytest.mark.parametrize(
    "condition",
    [
        "a.flag",
        "!a.flag",
        "a.flag && true",
        "a.flag || false",
        "a.flag == a.flag",
        "a.number > 0.0",
        "a.number != 0.0",
        "a.text == 'x'",
        "'x' in a.texts",
    ],
)
@pytest.mark.parametrize("evaluator", BOTH)
def test_an_unknown_value_has_no_answer(
    evaluator: CelEvaluator | ReferenceEvaluator, condition: str
) -> None:
    with pytest.raises(EvaluationError):
        evaluator.compile(condition, VARIABLES).holds({})


@pytest.mark.parametrize("evaluator", BOTH)
def test_an_unknown_value_does_not_matter_where_the_other_operand_decides(
    evaluator: CelEvaluator | ReferenceEvaluator,
) -> None:
    for condition in (
        "a.flag || true",
        "true || a.flag",
        "!(a.flag && false)",
        "!(false && a.flag)",
    ):
        assert evaluator.compile(condition, VARIABLES).holds({}) is True


@pytest.mark.parametrize("evaluator", BOTH)
@pytest.mark.parametrize("value", [0.5, "true", ("a",)])
def test_a_value_of_the_wrong_kind_is_never_an_answer(
    evaluator: CelEvaluator | ReferenceEvaluator, value: Value
) -> None:
    with pytest.raises(EvaluationError):
        evaluator.compile("a.flag", VARIABLES).holds({"a.flag": value})


@pytest.mark.parametrize("evaluator", BOTH)
def test_text_where_a_number_is_declared_is_never_an_answer(
    evaluator: CelEvaluator | ReferenceEvaluator,
) -> None:
    with pytest.raises(EvaluationError):
        evaluator.compile("a.number > 0.0", VARIABLES).holds({"a.number": "9"})
