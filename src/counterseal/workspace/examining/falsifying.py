"""Integrity of an estate alone: which records could be made false, by whom, for how long."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from counterseal.assess.side import model_of
from counterseal.assess.tampering.register import helps, register
from counterseal.assess.tampering.reliance import reliance
from counterseal.assess.tampering.writers import writers_of
from counterseal.canon import significant
from counterseal.reach.draws import Draws
from counterseal.review.searches.candidates import in_place, name_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from counterseal.assess.campaign import Campaign
    from counterseal.assess.comparison import Band
    from counterseal.assess.tampering.register import Aim, Help, Row
    from counterseal.assess.tampering.writers import Writer
    from counterseal.canon import Json
    from counterseal.catalog.catalog import Catalog
    from counterseal.estate.estate import Estate
    from counterseal.workspace.project import Project

__all__ = ["falsifiable", "integrity_estate"]

HORIZONS_YEARS = (1, 3, 10, 25)
HELPED = 5
"""Holdings of each adversary for which controls are tried; each control costs a what-if."""
HELPS = 3
LIMITS = (
    "levels rest on elicited rates: compare them, do not read them as frequencies",
    "what is noticed counts as put right at once, and is not done again",
)


def falsifiable(catalog: Catalog) -> tuple[str, ...]:
    """Return the adversaries of a catalog that want to make records false, sorted."""
    return tuple(
        sorted(name for name, row in catalog.adversaries.items() if row.objectives.integrity)
    )


def integrity_estate(
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
    """Return, for each adversary, the holdings whose records it could make false.

    Args:
        project: Folder of the estate.
        catalog: Profiles, rules and controls.
        adversaries: Ids; see ``falsifiable``.
        seed: Any integer.
        outer: Epistemic draws.
        lanes: Trials in each.
        workers: Threads; results do not depend on it.
        advance: Told how many adversaries are done, and of how many.
    """
    estate = project.estate(catalog)
    draws = Draws(seed=seed, outer=outer, lanes=lanes)
    found: list[Json] = []
    named: dict[str, None] = {}
    for number, name in enumerate(adversaries):
        advance(number, len(adversaries))
        side = model_of(estate, catalog, adversaries=[name]).side(draws, workers=workers)
        for campaign in side.campaigns:
            rows = register(campaign, horizons_years=HORIZONS_YEARS)
            named |= dict.fromkeys(row.holding for row in rows)
            found.append(_adversary(campaign, catalog, rows))
    return {
        "schema": "counterseal-integrity/1",
        "estate": estate.digest,
        "seed": seed,
        "draws": outer,
        "lanes": lanes,
        "adversaries": found,
        "holdings": [_holding(estate, holding) for holding in named],
        "limits": list(LIMITS),
    }


def _adversary(campaign: Campaign, catalog: Catalog, rows: Sequence[Row]) -> Json:
    estate = campaign.estate
    places = dict.fromkeys(
        place
        for row in rows[:HELPED]
        for place in (estate.holdings[row.holding].system, row.holding)
    )
    return {
        "id": campaign.adversary.id,
        "name": campaign.adversary.name,
        "horizon_years": campaign.horizon_years,
        "holdings": [
            {
                "id": row.holding,
                "aims": [_aim(aim) for aim in row.aims],
                "years": row.years.as_json(),
                "person_years": row.person_years.as_json(),
            }
            for row in rows
        ],
        "helps": [
            _help(estate, catalog, one)
            for one in helps(campaign, catalog, tuple(places), most=HELPS)
        ],
    }


def _aim(aim: Aim) -> Json:
    lag = aim.lag_days
    return {
        "kind": aim.kind,
        "reach": {str(years): found.as_json() for years, found in aim.reach.items()},
        "lag_days": None if lag is None else _finite(lag),
    }


def _finite(lag: Band) -> dict[str, Json]:
    """Return the band of a lag; null is not within the horizon."""
    ends = {"median": lag.median, "low": lag.low, "high": lag.high}
    return {
        name: significant(days, digits=3) if isfinite(days) else None
        for name, days in ends.items()
    }


def _help(estate: Estate, catalog: Catalog, one: Help) -> Json:
    return {
        "control": one.control,
        "element": one.element,
        "statement": in_place(estate, catalog, one.control, one.element),
        "less": significant(one.less, digits=2),
    }


def _holding(estate: Estate, holding: str) -> Json:
    rests = reliance(estate, holding)
    return {
        "id": holding,
        "name": name_of(estate, holding),
        "system": estate.holdings[holding].system,
        "writers": [_writer(estate, one) for one in writers_of(estate, holding)],
        "tainted": list(rests.tainted[1:]),
        "readers": list(rests.readers),
        "decisions": [
            {"id": one, "purpose": estate.authorities[one].purpose} for one in rests.decisions
        ],
    }


def _writer(estate: Estate, one: Writer) -> Json:
    return {
        "organization": one.organization,
        "name": name_of(estate, one.organization),
        "means": one.means,
        "element": one.element,
        "role": one.role,
        "headcount": one.headcount,
    }
