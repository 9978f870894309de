"""The recorded clock: where it starts, where it stops, and when it does not count."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from counterseal.backtest.case import Case, TruthStep
from counterseal.backtest.timing.clock import INSIDE, NO_FIGURE, NO_TARGET, recorded

if TYPE_CHECKING:
    from collections.abc import Mapping

FIGURE: Mapping[str, object] = {"access_to_objective": 40, "access_to_detection": 90}


def changed(case: Case, **truth: object) -> Case:
    return Case(before=case.before, truth=case.truth.model_copy(update=truth))


def test_the_figure_is_that_to_the_objective_and_not_to_detection(case: Case) -> None:
    assert recorded(changed(case, durations_days=FIGURE)).days == 40


@pytest.mark.parametrize("figure", [None, True, "40", -1, float("inf"), float("nan")])
def test_anything_but_a_number_of_days_is_no_figure(case: Case, figure: object) -> None:
    told = recorded(changed(case, durations_days={"access_to_objective": figure}))
    assert (told.days, told.reason) == (None, NO_FIGURE)
    assert not told.counts


@pytest.mark.parametrize("date", ["2031-02-02", dt.date(2031, 2, 2)])
def test_the_clock_starts_where_the_step_of_the_date_led(case: Case, date: object) -> None:
    told = recorded(changed(case, durations_days=FIGURE, dates={"initial_access": date}))
    assert (told.since, told.counts) == ("office", True)


def test_without_a_date_the_clock_starts_at_the_first_step(case: Case) -> None:
    told = recorded(changed(case, durations_days=FIGURE))
    assert (told.since, told.counts) == ("tug_co", True)


def test_a_path_that_begins_with_somebody_of_the_case_is_shown_and_not_counted(
    case: Case,
) -> None:
    path = (TruthStep(from_="rope_co", to="desk"), *case.truth.path[1:])
    told = recorded(changed(case, durations_days=FIGURE, path=path))
    assert (told.days, told.reason) == (40, INSIDE)


def test_a_later_step_may_begin_within_the_case(case: Case) -> None:
    dates = {"initial_access": "2031-03-02"}
    assert recorded(changed(case, durations_days=FIGURE, dates=dates)).counts


def test_the_clock_stops_at_the_objective_or_at_the_system_of_its_holdings(case: Case) -> None:
    assert recorded(changed(case, durations_days=FIGURE)).until == ("register",)
    told = changed(case, objective="the lot", objective_holdings=("h_register",))
    assert (recorded(told).until, recorded(told).is_label) == (("register",), False)
    assert recorded(changed(case, objective="h_register")).until == ("register",)


def test_a_label_means_any_holding_of_the_case(case: Case) -> None:
    told = recorded(changed(case, objective="the lot", durations_days=FIGURE))
    assert (told.until, told.is_label, told.counts) == (("register",), True, True)


def test_a_label_without_holdings_has_no_end(case: Case) -> None:
    bare = Case(
        before=case.before.model_copy(update={"holdings": ()}),
        truth=case.truth.model_copy(update={"objective": "x", "durations_days": FIGURE}),
    )
    assert recorded(bare).reason == NO_TARGET


def test_a_case_without_a_path_starts_anywhere(case: Case) -> None:
    told = recorded(changed(case, path=(), durations_days=FIGURE))
    assert (told.since, told.counts) == ("", True)
