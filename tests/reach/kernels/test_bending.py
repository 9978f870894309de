"""Bent numbers have the density they are said to have, and nothing else changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import stats

from counterseal.reach.draws import Stream, keys
from counterseal.reach.kernels.bending import STRAIGHT, Bends, Where, bend, gather, weigh

if TYPE_CHECKING:
    from numpy.typing import NDArray

TRIALS = 40_000
CHANCE = 0.02
EDGES = np.array([0.0, 0.1, 0.5, 1.0])
MASSES = np.array([0.7, 0.2, 0.1])


def bends(left_alone: float) -> Bends:
    """Return two sets: the first bends a yes or no and a number, the second the number."""
    edges = np.ones((2, 2, 4))
    below = np.ones((2, 2, 4))
    edges[:, :, 0] = below[:, :, 0] = 0.0
    densities = np.ones((2, 2, 3))
    for k, masses in ((0, MASSES), (1, MASSES[::-1])):
        edges[k, 1] = EDGES
        below[k, 1] = np.concatenate([[0.0], np.cumsum(masses)[:-1], [1.0]])
        densities[k, 1] = masses / np.diff(EDGES)
    return Bends(
        steps=np.array([[0], [1], [-1]], dtype=np.int32),
        causes=np.array([-1], dtype=np.int32),
        tilted=np.array([[1, 1], [0, 1]], dtype=np.uint8),
        chosen=np.array([1, 0], dtype=np.uint8),
        odds=np.array([[50.0, 1.0], [1.0, 1.0]]),
        edges=edges,
        below=below,
        densities=densities,
        key=keys(Stream.MIXTURE, ["rare"], seed=1)[0],
        shares=np.array([left_alone, left_alone + 0.5 * (1.0 - left_alone), 1.0]),
    )


def where() -> Where:
    return Where(
        rows=np.array([0, 1], dtype=np.int32),
        keys=keys(Stream.STEP, ["a", "b"], seed=1),
        places=np.array([[0, 0], [1, 1]], dtype=np.int64),
        products=np.array([0, -1], dtype=np.int32),
        table=np.full((1, 1), CHANCE),
        lanes=TRIALS,
    )


@pytest.fixture(scope="module")
def drawn() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Numbers of both inputs, shape (2, trials), and the weights."""
    trials = np.arange(TRIALS, dtype=np.int64)
    numbers, weights = np.empty((2, TRIALS)), np.empty(TRIALS)
    gather(bends(0.1), where(), trials, numbers)
    weigh(bends(0.1), where(), trials, weights)
    return numbers, weights


def test_numbers_stay_inside_the_open_interval(
    drawn: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> None:
    assert 0.0 < drawn[0].min() < drawn[0].max() < 1.0


def test_yes_is_as_likely_as_the_mixture_says(
    drawn: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> None:
    changed = CHANCE * 50.0 / (1.0 - CHANCE + CHANCE * 50.0)
    expected = 0.55 * CHANCE + 0.45 * changed
    assert stats.binomtest(int((drawn[0][0] < CHANCE).sum()), TRIALS, expected).pvalue > 1e-4


def test_numbers_fall_into_cells_as_often_as_the_mixture_says(
    drawn: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> None:
    expected = 0.1 * np.diff(EDGES) + 0.45 * (MASSES + MASSES[::-1])
    found = np.histogram(drawn[0][1], EDGES)[0]
    assert stats.chisquare(found, expected * TRIALS).pvalue > 1e-4


def test_weights_are_one_over_the_density_of_the_mixture(
    drawn: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> None:
    numbers, weights = drawn
    changed = CHANCE * 50.0 / (1.0 - CHANCE + CHANCE * 50.0)
    yes = np.where(numbers[0] < CHANCE, changed / CHANCE, (1.0 - changed) / (1.0 - CHANCE))
    cell = np.searchsorted(EDGES, numbers[1], side="right") - 1
    first, second = (m[cell] / np.diff(EDGES)[cell] for m in (MASSES, MASSES[::-1]))
    assert weights == pytest.approx(1.0 / (0.1 + 0.45 * yes * first + 0.45 * second), rel=1e-12)
    assert weights.max() <= 10.0


def test_weighted_means_are_those_of_honest_numbers(
    drawn: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> None:
    numbers, weights = drawn
    for value, truth in (
        (np.ones(TRIALS), 1.0),
        ((numbers[0] < CHANCE).astype(np.float64), CHANCE),
        (numbers[1], 0.5),
        ((numbers[0] < CHANCE) * numbers[1], CHANCE / 2.0),
    ):
        worth = value * weights
        assert abs(worth.mean() - truth) < 4.0 * worth.std() / TRIALS**0.5


def test_bend_gives_the_numbers_that_gather_reports() -> None:
    trials = np.arange(200, dtype=np.int64)
    lanes = trials.astype(np.uint32)
    numbers, honest = np.empty((2, 200)), np.empty((2, 200))
    gather(bends(0.1), where(), trials, numbers)
    gather(bends(0.1), where()._replace(rows=np.full(2, -1, dtype=np.int32)), trials, honest)
    draws = np.zeros(200, dtype=np.uint32)
    for row in range(2):
        out = honest[row].copy()
        bend(bends(0.1), row, 0, np.full(1, CHANCE), draws, lanes, 200, out)
        assert np.array_equal(out, numbers[row])
        assert not np.array_equal(out, honest[row])


def test_without_bends_nothing_changes() -> None:
    lanes = np.arange(9, dtype=np.uint32)
    out = np.random.default_rng(0).random(9)
    before = out.copy()
    bend(STRAIGHT, 0, 0, np.full(1, CHANCE), np.zeros(9, dtype=np.uint32), lanes, 9, out)
    assert np.array_equal(out, before)


def test_what_no_set_bends_and_chances_of_nought_and_one_stay_as_they_are() -> None:
    lanes = np.arange(200, dtype=np.uint32)
    draws = np.zeros(200, dtype=np.uint32)
    honest = np.random.default_rng(0).random(200)
    for row, chance in ((2, 0.5), (0, 0.0), (0, 1.0)):  # row 2 is bent by no set
        out = honest.copy()
        bend(bends(0.1), row, 0, np.full(1, chance), draws, lanes, 200, out)
        assert np.array_equal(out, honest)
