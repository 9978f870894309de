"""Means over cases: pairs stay pairs, and what does not count is left out."""

from __future__ import annotations

import pytest

from counterseal.backtest.negative.standing import Standing
from counterseal.backtest.ranking import Measure
from counterseal.backtest.results.records import MODEL, WITHIN, CaseResult, TimeResult, Twin
from counterseal.backtest.results.summing import (
    hardened_summary,
    shuffled_summary,
    time_summary,
)
from counterseal.backtest.timing.calibration import Forecast
from counterseal.backtest.timing.clock import Recorded

BEFORE = Standing(reach=(0.4, 0.5, 0.6), rank=0.7)
LOWER = Standing(reach=(0.1, 0.2, 0.3), rank=0.2)
STUCK = Standing(reach=(0.1, 0.5, 0.3), rank=0.2)


def foretold(crps: float, *, covered: bool = True) -> Forecast:
    return Forecast(
        low=1, median=5, high=9, pit=0.4, is_covered=covered, crps=crps, crps_days=crps
    )


def result(
    name: str,
    *,
    ranks: tuple[float, float] = (0.8, 0.5),
    twins: tuple[Twin, ...] = (Twin(before=BEFORE, after=LOWER),),
    time: tuple[float, float] | None = None,
    reason: str = "",
) -> CaseResult:
    told = Recorded(days=7, since="", until=("s",), is_label=False, reason=reason)
    model, naive = (None, None) if time is None else map(foretold, time)
    return CaseResult(
        case=name,
        percentiles={Measure.SEAM: {MODEL: 0.1, WITHIN: ranks[0]}},
        wrong={},
        shuffled={Measure.SEAM: {MODEL: 0.2, WITHIN: ranks[1]}, Measure.ENTRY: {MODEL: 0.9}},
        twins=twins,
        time=TimeResult(
            recorded=told,
            trials=10,
            reached=5,
            timed=4,
            model=model,
            anywhere=model,
            reference=naive,
        ),
        key={},
        systems=(1, 1),
        campaigns=1,
        unmatched=(),
    )


def test_a_shuffle_is_compared_with_the_same_measure_of_the_same_case() -> None:
    rows = [result("a", ranks=(0.9, 0.4)), result("b", ranks=(0.7, 0.6))]
    found = shuffled_summary(rows, tuple(Measure), method=WITHIN, seed=1)
    assert (found.cases, found.as_it_is, found.mean) == (2, 0.8, 0.5)
    assert found.lost is not None
    assert found.lost == pytest.approx((0.1, 0.5))
    assert found.is_chance


def test_without_an_edge_there_is_nothing_to_judge() -> None:
    found = shuffled_summary([result("a")], (Measure.LAST_HOP,), method=WITHIN, seed=1)
    assert (found.cases, found.mean, found.is_chance) == (0, None, None)


def test_a_case_counts_as_fallen_only_if_every_pair_fell_at_every_horizon() -> None:
    good, bad = Twin(before=BEFORE, after=LOWER), Twin(before=BEFORE, after=STUCK)
    found = hardened_summary(
        [result("a", twins=(good, good)), result("b", twins=(good, bad))], seed=1
    )
    assert (found.cases, found.cases_fell, found.pairs) == (2, 1, 4)
    assert found.reach_fell == (4, 3, 4)
    assert found.rank_fell == 4
    assert found.before.rank == pytest.approx(0.7)
    assert found.after.reach == pytest.approx((0.1, 0.275, 0.3))


def test_only_figures_of_the_same_clock_are_scored() -> None:
    rows = [
        result("a", time=(1.0, 3.0)),
        result("b", time=(2.0, 3.0)),
        result("c", time=(9.0, 1.0), reason="another clock"),
        result("d"),
    ]
    found = time_summary(rows, anywhere=False, seed=1)
    assert found.pits == {"a": 0.4, "b": 0.4}
    assert (found.covered, found.reference_covered) == (2, 2)
    assert (found.crps, found.reference_crps) == (1.5, 3.0)
    assert found.gain == (1.0, 2.0)


def test_no_figure_at_all_gives_no_score() -> None:
    found = time_summary([result("a")], anywhere=True, seed=1)
    assert (found.pits, found.crps, found.gain) == ({}, None, None)
