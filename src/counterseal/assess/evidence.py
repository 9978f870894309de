"""On what evidence does the answer rest? Share of variance by grade.

Total-order Sobol indices of groups of inputs by pick-freeze: the answer is computed again with
the parameters of one grade drawn afresh and all else held; half the mean squared change is
the variance that grade takes part in (Jansen 1999, Comput. Phys. Commun. 117:35-43). Shares
are the indices divided by their sum, so interactions are counted with every grade in them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from counterseal.assess.joined import Joined
from counterseal.attackgraph.model import ParameterFamily
from counterseal.documents.evidence import Grade
from counterseal.reach.draws import Draws
from counterseal.reach.parameters import sample

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from counterseal.assess.campaign import Campaign
    from counterseal.assess.levels import Concern
    from counterseal.attackgraph.model import Parameter

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


def evidence_shares(before: Campaign | None, after: Campaign, concern: Concern) -> Evidence:
    """Return the shares for the mean difference of ``concern`` per epistemic draw.

    A ``before`` of ``None`` gives the shares for the level after.
    """
    merged = after.parameters
    if before is not None:
        merged = Joined((before.parameters, after.parameters))
    uncertain = {k: p for k, p in merged.items() if p.family is not ParameterFamily.POINT}
    base = _difference(before, after, concern, values=None)
    index = {
        grade: _jansen(base, before, after, concern, _of_grade(uncertain, grade))
        for grade in Grade
    }
    total = sum(index.values())
    return Evidence(
        shares={grade: (part / total if total > 0 else 0.0) for grade, part in index.items()}
    )


def _of_grade(parameters: Mapping[str, Parameter], grade: Grade) -> Mapping[str, Parameter]:
    return {k: p for k, p in parameters.items() if p.grade is grade}


def _jansen(
    base: NDArray[np.float64],
    before: Campaign | None,
    after: Campaign,
    concern: Concern,
    group: Mapping[str, Parameter],
) -> float:
    if not group:
        return 0.0
    draws = after.draws
    fresh = Draws(seed=draws.seed + FRESH_SEED_OFFSET, outer=draws.outer, lanes=draws.lanes)
    moved = _difference(before, after, concern, values=sample(group, draws=fresh))
    return float(0.5 * np.mean((base - moved) ** 2))


def _difference(
    before: Campaign | None,
    after: Campaign,
    concern: Concern,
    *,
    values: Mapping[str, NDArray[np.float64]] | None,
) -> NDArray[np.float64]:
    """Return the mean difference per epistemic draw, shape ``(outer,)``."""
    new = _level(after, concern, values)
    if before is None:
        return new
    return new - _level(before, concern, values)


def _level(
    campaign: Campaign,
    concern: Concern,
    values: Mapping[str, NDArray[np.float64]] | None,
) -> NDArray[np.float64]:
    outcome = campaign.run(values=values)
    level = outcome.levels.get(concern)
    if level is None:
        return np.zeros(campaign.draws.outer)
    means: NDArray[np.float64] = level.reshape(-1, campaign.draws.lanes).mean(axis=1)
    return means
