"""On what evidence does the answer rest? Share of variance by grade.

Total-order Sobol indices of groups of inputs by pick-freeze: the answer is computed again with
the parameters of one grade drawn afresh and all else held; half the mean squared change is
the variance that grade takes part in (Jansen 1999, Comput. Phys. Commun. 117:35-43). Shares
are the indices divided by their sum, so interactions are counted with every grade in them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from counterseal.assess.many import each
from counterseal.attackgraph.ranges import POINT, ranges_of
from counterseal.documents.evidence import Grade
from counterseal.reach.parameters import sample_ranges

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from counterseal.assess.campaign import Campaign
    from counterseal.assess.levels import Concern
    from counterseal.attackgraph.ranges import Ranges

    Values = Mapping[str, NDArray[np.float64]]

__all__ = ["Evidence", "evidence_shares"]

FRESH_SEED_OFFSET = 1_000_003
"""Added to the seed for the second, independent set of epistemic draws."""

DOMINATED = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Share of the answer's epistemic variance by grade; all zero when nothing varies."""

    shares: Mapping[Grade, float]

    @property
    def assumed(self) -> float:
        """Share of the variance that comes from assumed inputs."""
        return self.shares[Grade.ASSUMED]

    @property
    def assumption_dominated(self) -> bool:
        """Whether more than half of the variance comes from assumed inputs."""
        return self.assumed > DOMINATED


def evidence_shares(
    before: Campaign | None, after: Campaign, concern: Concern, *, workers: int = 1
) -> Evidence:
    """Return the shares for the mean difference of ``concern`` per epistemic draw.

    A ``before`` of ``None`` gives the shares for the level after.

    Args:
        before: The adversary against the estate as it is.
        after: The same adversary against the changed estate, on the same draws.
        concern: What is compared.
        workers: Threads; the result does not depend on it.
    """
    sides = (after,) if before is None else (after, before)
    fresh = _afresh(sides)
    cases = [(side, values) for values in ({}, *fresh) for side in sides]
    found = each(lambda case: _level(case[0], concern, case[1]), cases, workers=workers)
    levels = np.array(list(found)).reshape(len(fresh) + 1, len(sides), -1)
    answers = levels[:, 0] - levels[:, 1:].sum(axis=1)
    index = [float(0.5 * np.mean((answers[0] - moved) ** 2)) for moved in answers[1:]]
    total = sum(index)
    return Evidence(
        shares={
            grade: (part / total if total > 0 else 0.0)
            for grade, part in zip(Grade, index, strict=True)
        }
    )


def _afresh(sides: tuple[Campaign, ...]) -> list[Values]:
    """Return other values of the uncertain parameters of every grade, grade by grade.

    Where the sides differ on a parameter, the first of them has it.
    """
    draws = replace(sides[0].draws, seed=sides[0].draws.seed + FRESH_SEED_OFFSET)
    fresh: list[dict[str, NDArray[np.float64]]] = [{} for _ in Grade]
    known: set[str] = set()
    for ranges in (table for side in sides for table in _tables(side)):
        uncertain = np.flatnonzero(ranges.family != POINT).tolist()
        rows = [row for row in uncertain if ranges.names[row] not in known]
        known.update(ranges.names)
        values = np.empty((len(rows), draws.outer))
        names = [ranges.names[row] for row in rows]
        every = np.arange(len(rows), dtype=np.int64)
        sample_ranges(
            names, ranges.family[rows], ranges.numbers[rows], every, values, draws=draws
        )
        for name, grade, value in zip(names, ranges.grade[rows].tolist(), values, strict=True):
            fresh[grade][name] = value
    return list(fresh)


def _tables(side: Campaign) -> tuple[Ranges, Ranges]:
    """Return the parameters of a campaign; those of the valuation count first."""
    return ranges_of(side.valuation.parameters), ranges_of(side.graph.parameters)


def _level(campaign: Campaign, concern: Concern, values: Values) -> NDArray[np.float64]:
    """Return the mean level per epistemic draw, shape ``(outer,)``."""
    outcome = campaign.run(values=values) if values else campaign.base
    level = outcome.levels.get(concern)
    if level is None:
        return np.zeros(campaign.draws.outer)
    means: NDArray[np.float64] = level.reshape(-1, campaign.draws.lanes).mean(axis=1)
    return means
