"""What is compared: levels per trial of every concern of one adversary.

A use is measured in person-years, integrity in people whose records can be changed, and
knowledge in items learnt; the three are never added to each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from counterseal.attackgraph.model import AttackGraph
    from counterseal.catalog.adversaries import Adversary
    from counterseal.consequence.valuation import Exposure, Valuation
    from counterseal.reach.engine import Arrivals

__all__ = ["DAYS_PER_YEAR", "Concern", "levels_of", "reached_rows"]

DAYS_PER_YEAR = 365.25


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Concern:
    """Something a change may make worse for one adversary.

    ``family`` is ``use`` (``subject`` is a use of the catalog; level in person-years),
    ``integrity`` (level in people whose records can be changed) or ``knowledge`` (level in
    items learnt).
    """

    adversary: str
    family: str
    subject: str


def levels_of(
    adversary: Adversary,
    graph: AttackGraph,
    valuation: Valuation,
    *,
    arrivals: Arrivals,
    exposure: Exposure,
    values: Mapping[str, NDArray[np.float64]],
) -> Mapping[Concern, NDArray[np.float64]]:
    """Return the level of every concern, each of shape ``(trials,)``.

    Args:
        adversary: Whose concerns.
        graph: For its objectives.
        valuation: For the people behind a holding.
        arrivals: Of every objective.
        exposure: Of the same arrivals.
        values: Value per draw of the valuation's parameters.
    """
    levels: dict[Concern, NDArray[np.float64]] = {}
    wanted = adversary.objectives
    for row, use in enumerate(exposure.uses):
        if use in wanted.uses:
            levels[_concern(adversary, "use", use)] = exposure.per_trial[row]
    days = adversary.horizon_years * DAYS_PER_YEAR
    if wanted.integrity:
        tampered = _tampered(adversary, graph, valuation, arrivals, values)
        levels[_concern(adversary, "integrity", "records")] = tampered
    if wanted.knowledge:
        steps = [o.step for o in graph.objectives if o.kind == "learn"]
        learnt = reached_rows(arrivals, steps, days).sum(axis=0, dtype=np.float64)
        levels[_concern(adversary, "knowledge", "items")] = learnt
    return levels


def reached_rows(
    arrivals: Arrivals, steps: Sequence[str], horizon_days: float
) -> NDArray[np.bool_]:
    """Return which steps are reached within a horizon, shape ``(len(steps), trials)``."""
    rows = np.zeros((len(steps), arrivals.draws.trials), np.bool_)
    for row, step in enumerate(steps):
        rows[row] = arrivals.reached(step, horizon_days=horizon_days)
    return rows


def _concern(adversary: Adversary, family: str, subject: str) -> Concern:
    return Concern(adversary=adversary.id, family=family, subject=subject)


def _tampered(
    adversary: Adversary,
    graph: AttackGraph,
    valuation: Valuation,
    arrivals: Arrivals,
    values: Mapping[str, NDArray[np.float64]],
) -> NDArray[np.float64]:
    """Return the people whose records can be altered, inserted or suppressed, per trial."""
    days = adversary.horizon_years * DAYS_PER_YEAR
    steps: dict[str, list[str]] = {}
    for objective in graph.objectives:
        if objective.kind in adversary.objectives.integrity:
            steps.setdefault(objective.element, []).append(objective.step)
    draws = arrivals.draws
    total = np.zeros((draws.outer, draws.lanes))
    for holding, its_steps in sorted(steps.items()):
        reached = reached_rows(arrivals, its_steps, days).any(axis=0)
        if reached.any():
            people = valuation.people(holding, values)[:, np.newaxis]
            total += reached.reshape(draws.outer, draws.lanes) * people
    return total.reshape(-1)
