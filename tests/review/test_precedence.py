"""The dates of a change file show whether the review came before the choice."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.estate.change import parse
from counterseal.policy.assessment import baseline, check
from counterseal.review.precedence import course_of, findings, precedence_fields
from counterseal.review.stages import is_evaluated_at_design

if TYPE_CHECKING:
    from counterseal.estate.change import Change

DAYS = st.dates(dt.date(2026, 1, 1), dt.date(2026, 3, 1))


def change(stage: str = "requirement", **dates: str | dt.date) -> Change:
    given = ", ".join(f"{name}: {value}" for name, value in dates.items())
    text = f"{{id: c, kind: integration, title: A change, stage: {stage}, dates: {{{given}}}}}"
    return parse(text.encode(), file="c.yaml")


def codes(given: Change) -> list[str]:
    return [finding.code for finding in findings(given)]


@pytest.mark.parametrize(
    ("stage", "dates", "expected"),
    [
        ("need", {}, []),
        ("requirement", {"proposed": "2026-01-01"}, []),
        ("solicitation", {"proposed": "2026-01-01", "assessed": "2026-02-01"}, []),
        ("selection", {"assessed": "2026-02-01", "selected": "2026-03-01"}, []),
        (
            "selection",
            {"selected": "2026-02-01", "assessed": "2026-03-01"},
            ["assessed-after-selection"],
        ),
        (
            "selection",
            {"selected": "2026-02-01", "assessed": "2026-02-01"},
            ["assessed-after-selection"],
        ),
        ("selection", {"selected": "2026-02-01"}, ["never-assessed"]),
        ("selection", {"assessed": "2026-02-01"}, ["selection-undated"]),
        ("operation", {}, ["selection-undated"]),
        (
            "operation",
            {
                "assessed": "2026-01-01",
                "selected": "2026-02-01",
                "piloted": "2026-03-01",
                "operated": "2026-06-01",
            },
            ["pilot-unreviewed"],
        ),
        (
            "pilot",
            {"awarded": "2026-02-01", "assessed": "2026-02-10", "piloted": "2026-03-01"},
            ["assessed-after-selection"],
        ),
    ],
)
def test_the_order_of_the_dates_is_judged(
    stage: str, dates: dict[str, str], expected: list[str]
) -> None:
    assert codes(change(stage, **dates)) == expected


def test_selection_is_the_earlier_of_selected_and_awarded() -> None:
    given = change(
        "selection", assessed="2026-01-20", selected="2026-01-10", awarded="2026-02-01"
    )
    assert codes(given) == ["assessed-after-selection"]
    assert precedence_fields(given)["selected"] == "2026-01-10"


def test_the_fields_of_a_late_review_say_late_and_both_days() -> None:
    given = change("selection", selected="2026-02-01", assessed="2026-03-01")
    assert precedence_fields(given) == {
        "violations": 1,
        "late": True,
        "assessed": "2026-03-01",
        "selected": "2026-02-01",
    }


def test_an_undated_selection_is_unknown_to_the_rules_and_not_blank() -> None:
    assert precedence_fields(change("operation"))["selected"] is None


def test_the_fields_fit_the_schema_of_an_assessment() -> None:
    fields = precedence_fields(
        change("selection", selected="2026-02-01", assessed="2026-03-01")
    )
    assert check({**baseline(), "precedence": fields}) == ()


@given(selected=DAYS, assessed=st.one_of(st.none(), DAYS))
def test_late_says_exactly_that_no_review_came_before_the_choice(
    selected: dt.date, assessed: dt.date | None
) -> None:
    dates = {"selected": selected} | ({"assessed": assessed} if assessed else {})
    given = change("selection", **dates)
    late = assessed is None or assessed >= selected
    assert precedence_fields(given)["late"] is late
    assert is_evaluated_at_design(course_of(given)) is not late
