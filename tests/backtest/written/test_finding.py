"""What is said of a study follows from its intervals, whichever way it falls."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from counterseal.backtest.baselines import BASELINES
from counterseal.backtest.negative.standing import Standing
from counterseal.backtest.ranking import Measure
from counterseal.backtest.results.records import (
    MODEL,
    WRONG_KEY,
    HardenedSummary,
    Settings,
    ShuffledSummary,
    Study,
    Summary,
    TimeSummary,
)
from counterseal.backtest.written.finding import findings

if TYPE_CHECKING:
    from counterseal.backtest.written.finding import Finding

NONE = (-0.1, 0.1)
LOW, HIGH = Standing(reach=(0.1, 0.2, 0.3), rank=0.2), Standing(reach=(0.4, 0.5, 0.6), rank=0.6)


def summary(
    mean: float, interval: tuple[float, float], **against: tuple[float, float]
) -> Summary:
    return Summary(
        cases=6,
        means={MODEL: mean},
        intervals={MODEL: interval},
        wrong={MODEL: 0.5},
        advantage=dict.fromkeys((WRONG_KEY, *BASELINES), NONE) | against,
        chance=None,
    )


def study(
    overall: Summary | None = None,
    *,
    shuffled: ShuffledSummary | None = None,
    fell: int = 6,
    gain: tuple[float, float] | None = NONE,
) -> Study:
    row = overall or summary(0.5, (0.4, 0.6))
    left = shuffled or ShuffledSummary(
        cases=6, as_it_is=0.7, mean=0.5, interval=(0.4, 0.6), lost=NONE
    )
    times = TimeSummary(
        pits={"a": 0.3, "b": 0.95},
        covered=1,
        reference_covered=2,
        crps=0.9,
        reference_crps=1.0,
        gain=gain,
    )
    return Study(
        settings=Settings(),
        results=(),
        measures=dict.fromkeys(Measure, row),
        overall=row,
        shuffled=dict.fromkeys(Measure, left),
        shuffled_within=left,
        hardened=HardenedSummary(
            before=HIGH,
            after=LOW,
            reach=(None, None, None),
            rank=None,
            pairs=120,
            reach_fell=(120, 120, 120),
            rank_fell=120,
            cases=6,
            cases_fell=fell,
        ),
        time=times,
        time_anywhere=times,
    )


def found(name: str, of: Study) -> Finding:
    return next(row for row in findings(of) if row.id == name)


@pytest.mark.parametrize(
    ("interval", "holds", "words"),
    [
        ((0.51, 0.7), True, "above chance"),
        ((0.2, 0.49), False, "below chance"),
        ((0.4, 0.6), None, "not told apart from chance"),
    ],
)
def test_chance_is_left_only_where_the_interval_leaves_it(
    interval: tuple[float, float], *, holds: bool | None, words: str
) -> None:
    row = found("chance", study(summary(0.55, interval)))
    assert row.holds is holds
    assert row.statement.startswith(words)


def test_a_naive_method_that_is_ahead_is_named() -> None:
    row = found("baselines", study(summary(0.5, NONE, degree=(-0.3, -0.1), random=(0.1, 0.2))))
    assert "better than random; worse than degree;" in row.statement
    assert row.holds is False


def test_only_a_method_ahead_of_all_naive_ones_has_that_for_it() -> None:
    some = summary(0.5, NONE, random=(0.1, 0.2))
    every = summary(0.5, NONE, **dict.fromkeys(BASELINES, (0.1, 0.2)))
    assert found("baselines", study(some)).holds is None
    assert found("baselines", study(every)).holds is True


@pytest.mark.parametrize(
    ("interval", "holds"), [((0.1, 0.2), True), ((-0.2, -0.1), False), (NONE, None)]
)
def test_the_wrong_key_is_told_with_its_sign(
    interval: tuple[float, float], *, holds: bool | None
) -> None:
    row = found("wrong_key", study(summary(0.5, NONE, **{WRONG_KEY: interval})))
    assert row.holds is holds


@pytest.mark.parametrize(
    ("left", "lost", "holds", "words"),
    [
        ((0.4, 0.6), (0.1, 0.3), True, "its place does tell"),
        ((0.4, 0.6), NONE, None, "nothing shows"),
        ((0.6, 0.7), (0.1, 0.3), False, "NOT at chance"),
        (None, None, None, "one case, no interval"),
    ],
)
def test_a_shuffle_speaks_for_the_method_only_if_rank_is_lost_and_chance_is_left(
    left: tuple[float, float] | None,
    lost: tuple[float, float] | None,
    *,
    holds: bool | None,
    words: str,
) -> None:
    row = found(
        "shuffled",
        study(
            shuffled=ShuffledSummary(cases=5, as_it_is=0.7, mean=0.5, interval=left, lost=lost)
        ),
    )
    assert row.holds is holds
    assert words in row.statement


@pytest.mark.parametrize(("fell", "words"), [(6, "as they must"), (5, "NOT as they must")])
def test_a_hardened_case_that_does_not_fall_speaks_against_it(fell: int, words: str) -> None:
    row = found("hardened", study(fell=fell))
    assert row.holds is (fell == 6)
    assert f"{fell} of 6 cases" in row.statement
    assert words in row.statement


@pytest.mark.parametrize(
    ("gain", "holds", "words"),
    [
        ((0.1, 0.2), True, "better than one lognormal"),
        ((-0.2, -0.1), False, "worse than one lognormal"),
        (NONE, None, "not told apart from one lognormal"),
        (None, None, "not told apart from one lognormal"),
    ],
)
def test_times_are_better_only_where_the_score_is(
    gain: tuple[float, float] | None, *, holds: bool | None, words: str
) -> None:
    row = found("time", study(gain=gain))
    assert row.holds is holds
    assert words in row.statement
    assert row.statement.startswith("1 of 2 recorded figures in the central 80 %")


def test_a_study_without_any_key_or_figure_says_so() -> None:
    empty = Summary(cases=0, means={}, intervals={}, wrong={}, advantage={}, chance=(0.0, 1.0))
    bare = study(
        empty,
        shuffled=ShuffledSummary(cases=0, as_it_is=None, mean=None, interval=None, lost=None),
    )
    none = replace(bare.time, pits={}, crps=None, reference_crps=None, gain=None)
    rows = {row.id: row for row in findings(replace(bare, time=none))}
    assert rows["chance"].statement.startswith("no case says what was used")
    assert rows["shuffled"].statement == "no edge to look up"
    assert rows["time"].statement.startswith("no case can be compared")
    assert {rows[name].holds for name in ("chance", "shuffled", "time")} == {None}
