"""How a case stands in an estate: how far it is reached, and how high its elements rank."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from counterseal.backtest.ranking import Measure, percentile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from counterseal.backtest.conversion import CaseEstate
    from counterseal.backtest.ranking import Candidates
    from counterseal.backtest.usage import Usage
    from counterseal.reach.engine import Engine

__all__ = ["HORIZONS_YEARS", "Standing", "places", "standing"]

HORIZONS_YEARS: Final = (1, 3, 25)
"""Years within which places are reached; the last is the horizon of the adversary."""

_DAYS_IN_YEAR = 365.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One case in one estate.

    Attributes:
        reach: Share of trials in which a place of the case is reached, mean over its places,
            by ``HORIZONS_YEARS``; each in [0, 1].
        rank: Mean percentile of the elements of the case in the model's ranking, over all
            measures of which they are candidates; in [0, 1].
    """

    reach: tuple[float, ...]
    rank: float


def places(case: CaseEstate) -> tuple[str, ...]:
    """Return the steps that stand for reaching a case.

    A session on each of its systems, and each of its holdings held abroad.
    """
    sessions = [f"{name}#session" for name in case.elements["systems"]]
    return (*sessions, *(f"{name}#exfiltrate" for name in case.elements["holdings"]))


def standing(engine: Engine, used: Usage, found: Candidates, case: CaseEstate) -> Standing:
    """Return how ``case`` stands in what ``engine`` simulated and ``used`` ranks."""
    days = engine.run().matrix(places(case))
    reach = tuple(
        float((days <= years * _DAYS_IN_YEAR).mean(dtype=np.float64))
        for years in HORIZONS_YEARS
    )
    ranks = list(_ranks(used, found, case))
    return Standing(reach=reach, rank=sum(ranks) / len(ranks))


def _ranks(used: Usage, found: Candidates, case: CaseEstate) -> Iterator[float]:
    own = set(case.ids.values())
    for measure in Measure:
        scores: Mapping[str, float] = used.entry if measure is Measure.ENTRY else used.edge
        among = found.of(measure)
        for name in among:
            if name in own:
                rank = percentile(scores, of=name, among=among)
                yield 0.5 if rank is None else rank
