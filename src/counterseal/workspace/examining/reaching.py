"""Reach of an estate on its own: every objective of every adversary, most reached first.

Beside it stands the reach of a single campaign: the same adversary on the same draws, who does
not come back to a step at which an attempt was detected.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from counterseal.assess.comparison import band
from counterseal.assess.levels import DAYS_PER_YEAR
from counterseal.assess.side import model_of
from counterseal.canon import significant
from counterseal.reach.draws import Draws
from counterseal.review.paths import worst_path
from counterseal.review.searches.candidates import name_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from counterseal.assess.campaign import Campaign
    from counterseal.attackgraph.model import Objective
    from counterseal.canon import Json
    from counterseal.catalog.catalog import Catalog
    from counterseal.reach.engine import Arrivals
    from counterseal.workspace.project import Project

__all__ = ["reach_estate"]

HORIZONS_YEARS = (1, 3, 10, 25)
EXPLAINED = 12
"""Objectives per adversary whose way in is named; each costs about a sweep."""


def reach_estate(
    project: Project,
    catalog: Catalog,
    adversaries: Sequence[str],
    *,
    seed: int,
    outer: int,
    lanes: int,
    workers: int | None = None,
    advance: Callable[[int, int], None] = lambda _done, _total: None,
) -> dict[str, Json]:
    """Return reach by horizon of every objective, with bands over epistemic draws."""
    estate = project.estate(catalog)
    draws = Draws(seed=seed, outer=outer, lanes=lanes)
    rows: list[Json] = []
    for number, name in enumerate(adversaries):
        advance(number, len(adversaries))
        model = model_of(estate, catalog, adversaries=[name])
        side, once = (one.side(draws, workers=workers) for one in (model, model.once()))
        pairs = zip(side.campaigns, once.campaigns, strict=True)
        rows.extend(_adversary(campaign, single) for campaign, single in pairs)
    return {
        "schema": "counterseal-reach/1",
        "estate": estate.digest,
        "seed": seed,
        "draws": outer,
        "lanes": lanes,
        "adversaries": rows,
        "limits": ["levels rest on elicited priors; compare, do not read them as frequencies"],
    }


def _adversary(campaign: Campaign, single: Campaign) -> Json:
    arrivals, once = campaign.engine.run(), single.engine.run()
    ranked = sorted(
        campaign.graph.objectives,
        key=lambda o: (-float(arrivals.reached(o.step, campaign.horizon_days).mean()), o.step),
    )
    return {
        "id": campaign.adversary.id,
        "name": campaign.adversary.name,
        "objectives": [
            {
                **_objective(campaign, arrivals, objective, explained=rank < EXPLAINED),
                "single_campaign": _by_horizon(campaign, once, objective),
            }
            for rank, objective in enumerate(ranked)
        ],
    }


def _objective(
    campaign: Campaign, arrivals: Arrivals, objective: Objective, *, explained: bool
) -> dict[str, Json]:
    path = worst_path(campaign, objective) if explained else None
    first = path.hops[0] if path is not None and path.hops else None
    estate = campaign.estate
    return {
        "kind": objective.kind,
        "element": objective.element,
        "name": name_of(estate, objective.element),
        "reach": _by_horizon(campaign, arrivals, objective),
        "undetected": significant(path.undetected, digits=2) if path else None,
        "owner": name_of(estate, first.owner) if first is not None and first.owner else "",
        "path": [hop.step.id for hop in path.hops] if path is not None else [],
    }


def _by_horizon(campaign: Campaign, arrivals: Arrivals, objective: Objective) -> Json:
    return {str(years): _band(campaign, arrivals, objective, years) for years in HORIZONS_YEARS}


def _band(campaign: Campaign, arrivals: Arrivals, objective: Objective, years: int) -> Json:
    reached = arrivals.reached(objective.step, years * DAYS_PER_YEAR)
    share = reached.reshape(-1, campaign.draws.lanes).mean(axis=1)
    return band(share).as_json()
