"""Variance goals on compiled estates: tilts, and common random numbers before and after."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from counterseal.attackgraph.compile import compile_graph
from counterseal.estate.change import parse as parse_change
from counterseal.estate.loading import parse
from counterseal.estate.patch import apply
from counterseal.reach.draws import Draws
from counterseal.reach.engine import Engine
from counterseal.reach.rare import rare_reach
from counterseal.testing.catalogs import catalog

if TYPE_CHECKING:
    from counterseal.attackgraph.model import AttackGraph
    from counterseal.estate.estate import Estate
    from counterseal.reach.rare import RareReach

EXAMPLES = Path(__file__).parents[3] / "examples"
YEARS = 3 * 365.25


@cache
def estate(name: str) -> Estate:
    folder = EXAMPLES / name / "estate"
    files = {path.name: path.read_bytes() for path in sorted(folder.rglob("*.yaml"))}
    return parse(files, attributes=catalog().attributes)


@cache
def compiled(name: str, adversary: str) -> AttackGraph:
    return compile_graph(estate(name), catalog().adversaries[adversary], catalog())


def altered(seed: int, *, trials: int = 20_000) -> RareReach:
    """Return how likely records of a claims system are altered within ten days."""
    made = compiled("public-record", "humint-enabled")
    draws = Draws(seed=seed, outer=trials, lanes=1)
    return rare_reach(made, "cms-data#alter", draws=draws, horizon_days=10.0, workers=1)


def shares(made: AttackGraph, targets: list[str], seed: int) -> list[float]:
    """Return how often each target is reached within three years."""
    draws = Draws(seed=seed, outer=64, lanes=8)
    engine = Engine(made, draws=draws, targets=targets, workers=1, memory_bytes=0)
    arrivals = engine.run()
    return [float(arrivals.reached(target, YEARS).mean()) for target in targets]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_an_estate_needs_a_twentieth_of_the_work_of_counting(seed: int) -> None:
    found = altered(seed)
    assert found.estimate is not None
    assert found.standard_error is not None
    assert 2e-5 < found.estimate < 2e-4
    assert found.warnings == ()
    counting = found.estimate * (1.0 - found.estimate)
    assert counting / (found.standard_error**2 * (20_000 + found.pilot_trials)) > 20.0


@pytest.mark.slow
def test_standard_errors_are_those_between_seeds_and_counting_agrees() -> None:
    runs = [altered(seed, trials=10_000) for seed in range(100, 124)]
    estimates = np.array([one.estimate for one in runs], dtype=np.float64)
    errors = np.array([one.standard_error for one in runs], dtype=np.float64)
    assert 0.6 < estimates.std(ddof=1) / np.sqrt((errors**2).mean()) < 1.6
    made = compiled("public-record", "humint-enabled")
    draws = Draws(seed=77, outer=600_000, lanes=1)
    engine = Engine(made, draws=draws, targets=["cms-data#alter"], workers=1, memory_bytes=0)
    counted = engine.run().reached("cms-data#alter", 10.0).mean()
    error = np.hypot(estimates.std() / len(runs) ** 0.5, (estimates.mean() / 600_000) ** 0.5)
    assert abs(counted - estimates.mean()) < 4.0 * error


@pytest.mark.slow
def test_common_random_numbers_cut_the_variance_of_a_difference_to_a_third() -> None:
    """For every objective of a change to a compiled estate; independent runs add variances."""
    before = estate("meridian")
    change = EXAMPLES / "meridian" / "changes" / "search-hub.yaml"
    patch = parse_change(change.read_bytes(), file="search-hub.yaml").patch
    after = apply(before, patch, attributes=catalog().attributes)
    adversary = catalog().adversaries["cyber-espionage"]
    sides = [compile_graph(one, adversary, catalog()) for one in (before, after)]
    targets = [o.step for o in sides[0].objectives if o.step in sides[1].index]
    means = np.array([[shares(side, targets, seed) for seed in range(16)] for side in sides])
    common = (means[1] - means[0]).var(axis=0, ddof=1)
    independent = means.var(axis=1, ddof=1).sum(axis=0)
    changed = (common > 0.0) & (independent > 0.0)
    assert changed.sum() > 20
    assert (common[changed] / independent[changed]).max() <= 1.0 / 3.0
