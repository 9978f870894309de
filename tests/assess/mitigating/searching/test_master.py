"""The solver's answer is a bound however early it stops, and it prints nothing."""

from __future__ import annotations

import numpy as np
import pytest

from counterseal.assess.mitigating.searching import master
from counterseal.assess.mitigating.searching.bounding import Bounding
from counterseal.assess.mitigating.searching.chains import Cuts
from counterseal.assess.mitigating.searching.master import Master
from counterseal.assess.mitigating.searching.stakes import Levels
from counterseal.testing.stakes import best_of_all, random_stakes


def _two_trials(budget: float) -> Master:
    """Two trials of 10 and 5; measure 0 saves the first, 1 or 2 the second."""
    made = Master(
        costs=[1.0, 1.0, 1.0],
        budget=budget,
        most=np.array([[10.0, 5.0]]),
        least=np.zeros((1, 2)),
    )
    slopes = np.array([[10.0, 0.0, 0.0], [0.0, 5.0, 5.0]])
    made.add(Cuts(part=0, trial=np.arange(2), constant=slopes.max(axis=1), slopes=slopes))
    return made


@pytest.mark.parametrize(("budget", "left"), [(0.0, 7.5), (1.0, 2.5), (2.0, 0.0), (3.0, 0.0)])
def test_a_covering_problem_is_solved(budget: float, left: float) -> None:
    solution = _two_trials(budget).solve(whole=True)
    assert solution.bound == pytest.approx(left, abs=1e-4)
    assert solution.bound <= left
    assert solution.y.sum() <= budget + 1e-9
    assert solution.z.mean() == pytest.approx(left, abs=1e-6)


def test_shares_of_measures_leave_no_more_than_whole_ones() -> None:
    problem = _two_trials(1.5)
    shares = problem.solve(whole=False).bound
    assert shares < problem.solve(whole=True).bound
    assert problem.solve(whole=False).bound == pytest.approx(shares)


def test_what_no_measure_moves_is_left_in_any_case() -> None:
    most = np.array([[4.0, 2.0]])
    problem = Master(costs=[1.0], budget=1.0, most=most, least=np.array([[4.0, 0.0]]))
    none = Cuts(
        part=0, trial=np.zeros(1, np.int64), constant=np.array([9.0]), slopes=np.zeros((1, 1))
    )
    problem.add(none)  # of a trial that is settled: it has no say
    assert problem.solve(whole=True).bound == pytest.approx(2.0, abs=1e-4)


def test_slopes_too_small_for_the_solver_make_a_cut_weaker_not_wrong() -> None:
    problem = Master(costs=[1.0], budget=1.0, most=np.array([[1.0]]), least=np.array([[0.0]]))
    tiny = Cuts(
        part=0,
        trial=np.zeros(1, np.int64),
        constant=np.array([0.5]),
        slopes=np.array([[1e-8]]),
    )
    problem.add(tiny)
    assert 0.4999 < problem.solve(whole=True).bound <= 0.5 - 1e-8


@pytest.mark.parametrize("seed", range(6))
def test_a_search_that_stops_after_one_node_still_bounds(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(master, "MOST_NODES", 1)
    stakes = random_stakes(seed, measures=8, steps=14)
    costs = [1.0, 2.0, 3.0, 1.0, 2.0, 3.0, 1.0, 2.0]
    bound = Bounding(levels=Levels(stakes=stakes), costs=costs, rounds=6).within(5.0)
    assert bound.least <= best_of_all(stakes, costs, 5.0) + 1e-9


def test_the_solver_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    _two_trials(1.0).solve(whole=True)
    assert capfd.readouterr() == ("", "")
