"""What one foothold yields to one adversary who holds nothing else (``measures.md`` D.1).

Beside what is reached with patience stands what is reached without any attempt on the way
being detected, on the same draws.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from counterseal.assess.comparison import band
from counterseal.assess.side import model_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from counterseal.assess.blast.footholds import Foothold
    from counterseal.assess.campaign import Campaign
    from counterseal.assess.comparison import Band
    from counterseal.assess.levels import Concern
    from counterseal.assess.side import Side
    from counterseal.catalog.catalog import Catalog
    from counterseal.estate.estate import Estate
    from counterseal.reach.draws import Draws

__all__ = ["Radius", "Reached", "Yield", "radius"]

MEASURED_YEARS = (1.0, 3.0, 10.0)
DAYS_PER_YEAR = 365.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """One thing the adversary wants, from the foothold alone.

    Attributes:
        kind, element, step: Of the objective.
        share: Share of trials in which it is reached within 1, 3 and 10 years, over draws.
        unseen: The same within the last of them, with no attempt on the way detected.
    """

    kind: str
    element: str
    step: str
    share: Mapping[float, Band]
    unseen: Band


@dataclass(frozen=True, slots=True, kw_only=True)
class Yield:
    """What a concern comes to within the adversary's horizon.

    Attributes:
        concern: A use, integrity or knowledge.
        expected: Mean over trials, over draws.
        mean: Mean over all trials.
        p90: The level that one trial in ten exceeds, over all draws.
    """

    concern: Concern
    expected: Band
    mean: float
    p90: float


@dataclass(frozen=True, kw_only=True)
class Radius:
    """The blast radius of one foothold for one adversary.

    Attributes:
        foothold: Where the adversary is.
        side: The estate with the adversary who is there and nowhere else.
        reached: What is reached in some trial, most often first.
        yields: What that comes to, of every concern that is not zero, in order of concern.
    """

    foothold: Foothold
    side: Side
    reached: tuple[Reached, ...]
    yields: tuple[Yield, ...]


def radius(
    estate: Estate,
    catalog: Catalog,
    adversary: str,
    foothold: Foothold,
    *,
    draws: Draws,
    workers: int | None = None,
) -> Radius:
    """Return what ``adversary`` gets from ``foothold`` alone.

    Args:
        estate: The estate as it stands.
        catalog: Profiles, rules and attributes.
        adversary: Id of a profile.
        foothold: Of this estate.
        draws: What to draw.
        workers: Threads; the result does not depend on it.
    """
    model = model_of(estate, catalog, adversaries=[adversary], footholds=foothold.steps)
    patient, unseen = (one.side(draws, workers=workers) for one in (model, model.once()))
    return Radius(
        foothold=foothold,
        side=patient,
        reached=_reached(patient.campaigns[0], unseen.campaigns[0]),
        yields=_yields(patient.campaigns[0]),
    )


def _reached(patient: Campaign, unseen: Campaign) -> tuple[Reached, ...]:
    arrivals, quiet = patient.engine.run(), unseen.engine.run()
    last = MEASURED_YEARS[-1] * DAYS_PER_YEAR
    outer = patient.draws.outer
    rows = []
    for objective in patient.graph.objectives:
        share = {
            years: band(
                arrivals.reached(objective.step, years * DAYS_PER_YEAR)
                .reshape(outer, -1)
                .mean(axis=1)
            )
            for years in MEASURED_YEARS
        }
        level = arrivals.reached(objective.step, last).mean()
        if level > 0:
            alone = quiet.reached(objective.step, last).reshape(outer, -1).mean(axis=1)
            found = Reached(
                kind=objective.kind,
                element=objective.element,
                step=objective.step,
                share=share,
                unseen=band(alone),
            )
            rows.append((-float(level), objective.step, found))
    return tuple(found for _, _, found in sorted(rows, key=lambda row: row[:2]))


def _yields(campaign: Campaign) -> tuple[Yield, ...]:
    outer = campaign.draws.outer
    return tuple(
        Yield(
            concern=concern,
            expected=band(level.reshape(outer, -1).mean(axis=1)),
            mean=float(level.mean()),
            p90=float(np.quantile(level, 0.9)),
        )
        for concern, level in sorted(campaign.base.levels.items())
        if level.any()
    )
