"""What copies do to a holding's reach, apart from what its volume does to its worth.

The same data is simulated in all of its places and in the first alone, on the same draws.
Expected loss is people times reach: volume moves the one, copies move the other, and the two
factors are reported beside each other and not as one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from counterseal.assess.comparison import band, compare
from counterseal.assess.side import model_of
from counterseal.canon import significant
from counterseal.reach.draws import Draws
from counterseal.review.searches.candidates import name_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from counterseal.assess.campaign import Campaign
    from counterseal.canon import Json
    from counterseal.catalog.catalog import Catalog
    from counterseal.estate.estate import Estate
    from counterseal.workspace.project import Project

__all__ = ["in_one_place", "spread_estate"]


def in_one_place(estate: Estate) -> Estate:
    """Return the same holdings, each on its own system alone: same volume, no copies."""
    return replace(
        estate,
        holdings={
            holding.id: holding.model_copy(update={"copies": ()})
            for holding in estate.holdings.values()
        },
    )


def spread_estate(
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
    """Return, for each holding with copies, reach in one place and in all, by adversary."""
    estate = project.estate(catalog)
    draws = Draws(seed=seed, outer=outer, lanes=lanes)
    rows: list[Json] = []
    for number, name in enumerate(adversaries):
        advance(number, len(adversaries))
        one, all_ = (
            model_of(some, catalog, adversaries=[name])
            .side(draws, workers=workers)
            .campaigns[0]
            for some in (in_one_place(estate), estate)
        )
        rows.append(
            {
                "id": name,
                "name": all_.adversary.name,
                "horizon_years": all_.horizon_years,
                "holdings": _holdings(one, all_, estate),
            }
        )
    return {"seed": seed, "draws": outer, "lanes": lanes, "adversaries": rows}


def _holdings(one: Campaign, all_: Campaign, estate: Estate) -> list[Json]:
    single, every = _reached(one), _reached(all_)
    rows: list[Json] = []
    for holding in estate.holdings.values():
        step = f"{holding.id}#exfiltrate"
        places = 1 + len(set(holding.copies))
        if places > 1 and step in single and step in every:
            rows.append(
                {
                    "holding": holding.id,
                    "name": name_of(estate, holding.id),
                    "places": places,
                    **_compared(single[step], every[step], lanes=one.draws.lanes),
                }
            )
    return rows


def _compared(
    single: NDArray[np.float64], every: NDArray[np.float64], *, lanes: int
) -> dict[str, Json]:
    """Return reach in one place and in all, and how often and how much copies raise it."""
    found = compare(single, every, lanes=lanes)
    low, high = found.worse.wilson()
    before, after = float(single.mean()), float(every.mean())
    return {
        "one_place": band(found.old).as_json(),
        "all_places": band(found.new).as_json(),
        "p_more": significant(found.worse.estimate),
        "p_more_interval": [significant(low), significant(high)],
        "times": significant(after / before, digits=4) if before > 0 else None,
    }


def _reached(campaign: Campaign) -> dict[str, NDArray[np.float64]]:
    arrivals = campaign.engine.run()
    return {
        objective.step: arrivals.reached(objective.step, campaign.horizon_days).astype(float)
        for objective in campaign.graph.objectives
        if objective.kind == "exfiltrate"
    }
