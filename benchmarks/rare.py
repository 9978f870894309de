"""Variance: common random numbers against independent ones, tilted trials against counting."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

import numpy as np
from measuring import Goal, Section, in_child, note, number
from reviews import EXAMPLES

from counterseal.attackgraph.compile import compile_graph
from counterseal.estate.change import parse as parse_change
from counterseal.estate.patch import apply
from counterseal.reach.draws import Draws
from counterseal.reach.engine import Engine
from counterseal.reach.exact import exact_reach
from counterseal.reach.rare import rare_reach
from counterseal.testing.graphs import graph, step
from counterseal.workspace.project import open_project

if TYPE_CHECKING:
    from counterseal.attackgraph.model import AttackGraph

__all__ = ["measured"]

SEEDS = 16
TRIALS = 20_000
YEARS = 3 * 365.25
NOTE = """\
`common random numbers`: the change *search-hub* of Meridian as cyber espionage sees it, reach
within three years before and after, 64 x 8 trials, 16 seeds; the variance between seeds of the
difference on the same numbers, over that of the difference of two independent runs. Every
objective whose reach changes counts; the goal is judged by the worst.

`rare events`: how many times the trials of plain counting would be needed for the same standard
error, the pilot's trials counted as work; median of three seeds. `time` is the same in
processor time, with the time that counting takes for a trial measured here. *Effective* is
Kish's effective number of hits."""


def _common() -> tuple[float, float, int]:
    """Return the median and the greatest ratio of variances, and of how many objectives."""
    project = open_project(EXAMPLES / "meridian")
    known = project.catalog()
    before = project.estate(known)
    change = (EXAMPLES / "meridian" / "changes" / "search-hub.yaml").read_bytes()
    patch = parse_change(change, file="search-hub.yaml").patch
    after = apply(before, patch, attributes=known.attributes)
    adversary = known.adversaries["cyber-espionage"]
    sides = [compile_graph(one, adversary, known) for one in (before, after)]
    targets = [o.step for o in sides[0].objectives if o.step in sides[1].index]
    means = np.array([[_shares(one, targets, s) for s in range(SEEDS)] for one in sides])
    common = (means[1] - means[0]).var(axis=0, ddof=1)
    independent = means.var(axis=1, ddof=1).sum(axis=0)
    changed = (common > 0.0) & (independent > 0.0)
    ratios = common[changed] / independent[changed]
    return float(np.median(ratios)), float(ratios.max()), int(changed.sum())


def _shares(made: AttackGraph, targets: list[str], seed: int) -> list[float]:
    draws = Draws(seed=seed, outer=64, lanes=8)
    found = Engine(made, draws=draws, targets=targets, memory_bytes=0).run()
    return [float(found.reached(target, YEARS).mean()) for target in targets]


def _chain() -> AttackGraph:
    """Return five steps in a row of which each works once in six or seven tries."""
    return graph(
        step(f"s{i}", [f"s{i - 1}"] if i else [], entry=i == 0, success=0.15) for i in range(5)
    )


def _two_ways() -> AttackGraph:
    """Return a target with a short way and a long one, in a cycle."""
    steps = [
        step("in", entry=True),
        step("short", ["in"], success=1e-4),
        step("a", ["in", "c"], success=0.05),
        step("b", ["a"], success=0.05, unseen=0.2),
        step("c", ["b"], success=0.1),
        step("end", ["short", "c"]),
    ]
    return graph(steps, max_attempts=2)


def _estate() -> AttackGraph:
    project = open_project(EXAMPLES / "public-record")
    known = project.catalog()
    return compile_graph(project.estate(known), known.adversaries["humint-enabled"], known)


CASES = {
    "five steps in a row": (_chain, "s4", None),
    "two ways in a cycle": (_two_ways, "end", None),
    "public record, cms-data#alter in ten days": (_estate, "cms-data#alter", 10.0),
}


def _rare(name: str) -> tuple[float, float, float, float, float]:
    """Return estimate, gain by trials, gain by time, effective hits and the exact value."""
    make, target, horizon = CASES[name]
    made = make()
    draws = Draws(seed=0, outer=TRIALS, lanes=1)
    counting = Engine(made, draws=draws, targets=[target], workers=1, memory_bytes=0)
    start = time.process_time()
    counting.run()
    each = (time.process_time() - start) / TRIALS
    gains = []
    for seed in range(1, 4):
        start = time.process_time()
        found = rare_reach(
            made,
            target,
            draws=Draws(seed=seed, outer=TRIALS, lanes=1),
            horizon_days=horizon,
            workers=1,
        )
        spent = time.process_time() - start
        assert found.estimate
        assert found.standard_error
        trials = found.estimate * (1.0 - found.estimate) / found.standard_error**2
        work = TRIALS + found.pilot_trials
        gains.append(
            (trials / work, trials * each / spent, found.estimate, found.effective_hits)
        )
    by_trials, by_time, estimate, effective = (
        statistics.median(column) for column in zip(*gains, strict=True)
    )
    exact = exact_reach(made, target) if horizon is None else float("nan")
    return estimate, by_trials, by_time, effective, exact


def measured() -> Section:
    """Return ratios of variances."""
    note("common random numbers")
    median, most, objectives = in_child(_common)
    text = f"common random numbers, {objectives} objectives"
    rows = [
        [text, f"median {number(median)} x, worst {number(most)} x the variance", "", "", ""]
    ]
    goals = [
        Goal(
            number="5",
            text="variance, common / independent (worst objective)",
            found=most,
            bound=1 / 3,
            most=True,
            unit=" x",
        )
    ]
    for name in CASES:
        note(f"rare events, {name}")
        estimate, by_trials, by_time, effective, exact = in_child(_rare, name)
        truth = "" if np.isnan(exact) else f" (exactly {exact:.3g})"
        rows.append(
            [
                f"rare events: {name}",
                f"p = {estimate:.3g}{truth}",
                f"{number(by_trials)} x",
                f"{number(by_time)} x",
                f"{effective:,.0f}",
            ]
        )
        goals.append(
            Goal(
                number="5",
                text=f"rare events, {name}: trials",
                found=by_trials,
                bound=20.0,
                unit=" x",
            )
        )
    head = ["what", "found", "trials saved", "time saved", "effective hits"]
    return Section(title="Variance", note=NOTE, head=head, rows=rows, goals=goals)


if __name__ == "__main__":
    measured().show()
