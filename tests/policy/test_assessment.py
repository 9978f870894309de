"""An assessment is whole, typed and finite, or it is not judged."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.errors import NotEvaluableError
from counterseal.policy.assessment import (
    FIELDS,
    RATIO_CAP,
    baseline,
    bindings,
    bounded_ratio,
    check,
    declarations,
    overridden,
)


def test_the_neutral_assessment_fits_the_schema() -> None:
    assert check(baseline()) == ()


def test_every_field_says_what_it_means_in_a_sentence() -> None:
    assert all(
        field.meaning.endswith(".") and field.meaning[0].isupper() for field in FIELDS.values()
    )


@pytest.mark.parametrize("path", sorted(FIELDS))
def test_a_missing_field_is_a_fault(path: str) -> None:
    group, _, name = path.partition(".")
    assessment = baseline()
    del assessment[group][name]
    assert [fault.message for fault in check(assessment)] == [f"{path} is missing"]


@pytest.mark.parametrize("path", sorted(FIELDS))
def test_an_unknown_field_fits_the_schema_and_is_not_bound(path: str) -> None:
    assessment = overridden(baseline(), {path: None})
    assert check(assessment) == ()
    values = bindings(assessment)
    assert path not in values
    assert values[f"known.{path}"] is False


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("exposure.p_worse", True),
        ("exposure.p_worse", "0.5"),
        ("exposure.p_worse", 1.01),
        ("exposure.p_worse", -0.01),
        ("exposure.p_worse", math.nan),
        ("exposure.ratio", math.inf),
        ("precedence.late", 1),
        ("precedence.late", "true"),
        ("authority.legal_basis", True),
        ("exposure.worse_uses", "coerce"),
        ("exposure.worse_uses", [1]),
        ("data.bulk_people", [1.0]),
    ],
)
def test_a_value_of_the_wrong_kind_or_range_is_a_fault_and_is_never_bound(
    path: str, value: object
) -> None:
    assessment = overridden(baseline(), {path: value})  # type: ignore[dict-item]
    (fault,) = check(assessment)
    assert fault.message.startswith(path)
    with pytest.raises(NotEvaluableError):
        bindings(assessment)


def test_a_field_that_is_not_in_the_schema_is_a_fault() -> None:
    assessment = baseline()
    assessment["exposure"]["p_wors"] = 0.5
    assert [fault.message for fault in check(assessment)] == [
        "exposure.p_wors is not a field of an assessment"
    ]


def test_a_group_that_is_no_mapping_is_a_fault() -> None:
    assert check({**baseline(), "exposure": 3.0})


def test_completing_an_assessment_never_makes_up_a_value() -> None:
    completed = overridden({}, {"exposure.p_worse": 0.2})
    assert completed["exposure"]["p_worse"] == 0.2
    others = [v for group in completed.values() for k, v in group.items() if k != "p_worse"]
    assert set(others) == {None}


def test_overriding_a_field_that_does_not_exist_is_refused() -> None:
    with pytest.raises(KeyError):
        overridden(baseline(), {"exposure.p_wors": 0.5})


def test_every_bound_value_is_declared() -> None:
    assert bindings(baseline()).keys() == declarations().keys()


@given(before=st.floats(0, 1e300), after=st.floats(0, 1e300))
def test_a_bounded_ratio_is_finite_and_keeps_the_direction(before: float, after: float) -> None:
    ratio = bounded_ratio(before, after)
    assert 0.0 <= ratio <= RATIO_CAP
    assert (ratio > 1.0) <= (after > before)
    assert (ratio < 1.0) <= (after < before)


def test_a_ratio_over_nothing_is_the_cap_and_nothing_over_nothing_is_one() -> None:
    assert bounded_ratio(0.0, 5.0) == RATIO_CAP
    assert bounded_ratio(0.0, 0.0) == 1.0
