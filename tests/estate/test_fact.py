"""A fact says how well it is known, reads in three forms, and is never blank."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from counterseal.documents.evidence import Grade
from counterseal.documents.record import Whole
from counterseal.estate.fact import Fact

WHOLE = Fact[Whole]
READING = {"grade": Grade.DOCUMENTED}


def test_a_short_fact_has_the_grade_of_its_file() -> None:
    assert WHOLE.model_validate(40, context=READING) == Fact(value=40, grade=Grade.DOCUMENTED)


def test_an_unknown_fact_is_assumed_whatever_the_file_says() -> None:
    for written in ("unknown", {"value": "unknown", "grade": "measured"}):
        fact = WHOLE.model_validate(written, context=READING)
        assert fact.is_unknown
        assert fact.grade is Grade.ASSUMED


def test_a_long_fact_keeps_what_it_says() -> None:
    written = {"value": 40, "low": 30, "high": 60, "source": "PIA", "as-of": "2021-03-01"}
    fact = WHOLE.model_validate(written, context=READING)
    assert (fact.low, fact.high, fact.as_of) == (30, 60, dt.date(2021, 3, 1))
    assert fact.grade is Grade.DOCUMENTED


@pytest.mark.parametrize(
    "written",
    [
        None,
        {"value": None},
        {"low": 3},
        True,
        "40",
        4.5,
        {"value": 3, "low": "2"},
        {"value": 3, "low": 4},
        {"value": 3, "high": 2},
        {"value": "unknown", "low": 3, "high": 2},
        {"value": 3, "grade": "sure"},
        {"value": 3, "as-of": 5},
        {"value": 3, "valu": 3},
    ],
)
def test_what_is_no_fact_is_refused(written: object) -> None:
    with pytest.raises(ValidationError):
        WHOLE.model_validate(written, context=READING)


@given(
    st.integers(0, 10**6) | st.none(),
    st.sampled_from(Grade),
    st.none() | st.text(max_size=8),
    st.none() | st.dates(),
)
def test_a_fact_reads_back_as_it_was_written(
    value: int | None, grade: Grade, source: str | None, as_of: dt.date | None
) -> None:
    known = Grade.ASSUMED if value is None else grade
    fact = WHOLE(value=value, grade=known, source=source, as_of=as_of)
    written = fact.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    assert WHOLE.model_validate(written, context={"grade": Grade.ASSUMED}) == fact


def test_the_shortest_form_is_written() -> None:
    def written(fact: Fact[int]) -> object:
        return fact.model_dump(mode="json", by_alias=True, exclude_defaults=True)

    assert written(WHOLE(value=40)) == 40
    assert written(WHOLE(value=None)) == "unknown"
    assert written(WHOLE(value=None, source="s")) == {"value": "unknown", "source": "s"}
