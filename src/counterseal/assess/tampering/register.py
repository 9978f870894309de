"""Which records could be made false, by whom, for how long, and what would help most.

For each holding and adversary: how often it says what is not so within the horizon, for how
long, by which aim, and how soon that is noticed. Levels rest on elicited rates; what a control
takes away is worked out on the same draws.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from counterseal.assess.comparison import Band, band
from counterseal.assess.tampering.standing import DAYS_PER_YEAR, Tampering

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from counterseal.assess.campaign import Campaign
    from counterseal.catalog.catalog import Catalog
    from counterseal.reach.engine import Arrivals

__all__ = ["Aim", "Help", "Row", "helps", "register"]

ACTIONS = frozenset({"alter", "insert", "suppress", "poison", "notice"})
"""Actions of which the controls keep records true, or show that they are not."""

IN_PLACE = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """One thing that may be done to the records of a holding.

    Attributes:
        kind: ``alter``, ``insert``, ``suppress`` or ``poison``.
        reach: Share of trials in which it is done, by horizon in years, over draws.
        lag_days: Days until it is noticed, over the trials in which it is done; never, or only
            after the horizon, is infinite. ``None`` where it is never done.
    """

    kind: str
    reach: Mapping[int, Band]
    lag_days: Band | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One holding under one adversary.

    Attributes:
        holding: Its id.
        aims: What may be done to it directly, in order of kind.
        years: Expected years for which it says what is not so, over draws.
        person_years: The same, times the people in it.
    """

    holding: str
    aims: tuple[Aim, ...]
    years: Band
    person_years: Band


@dataclass(frozen=True, slots=True, kw_only=True)
class Help:
    """A control at one element, put in place.

    Attributes:
        control: Its identifier in SP 800-53.
        element: Where.
        less: Share of the adversary's expected person-years of false records that it takes
            away, in [0, 1].
    """

    control: str
    element: str
    less: float


def register(campaign: Campaign, *, horizons_years: Sequence[int]) -> tuple[Row, ...]:
    """Return every holding that the adversary could make false, most person-years first."""
    arrivals = campaign.engine.run()
    tampering = _tampering(campaign, arrivals)
    years = tampering.years(arrivals, horizon_days=campaign.horizon_days)
    drawn = campaign.people_in(tampering.holdings)
    rows = []
    for holding, stands, people in zip(tampering.holdings, years, drawn, strict=True):
        by_draw = stands.reshape(campaign.draws.outer, -1).mean(axis=1)
        if by_draw.any():
            rows.append(
                Row(
                    holding=holding,
                    aims=tuple(_aims(campaign, arrivals, holding, horizons_years)),
                    years=band(by_draw),
                    person_years=band(by_draw * people),
                )
            )
    return tuple(sorted(rows, key=lambda row: (-row.person_years.median, row.holding)))


def helps(
    campaign: Campaign, catalog: Catalog, elements: Sequence[str], *, most: int
) -> tuple[Help, ...]:
    """Return the controls at some elements that take most away, most first.

    Args:
        campaign: The adversary.
        catalog: For which controls bear on records.
        elements: Where a control may be put.
        most: At most so many; what takes nothing away is left out.
    """
    base = _expected(campaign, {})
    if base <= 0.0:
        return ()
    found = []
    for control in catalog.controls.values():
        if not any(effect.action in ACTIONS for effect in control.effects):
            continue
        for element in elements:
            key = f"control:{control.id}@{element}"
            if key in campaign.parameters:
                less = 1.0 - _expected(campaign, {key: IN_PLACE}) / base
                found.append(Help(control=control.id, element=element, less=less))
    ranked = sorted(found, key=lambda one: (-one.less, one.control, one.element))
    return tuple(one for one in ranked[:most] if one.less > 0.0)


def _expected(campaign: Campaign, overrides: Mapping[str, float]) -> float:
    outcome = campaign.run(overrides=overrides) if overrides else campaign.base
    levels = [level for c, level in outcome.levels.items() if c.family == "integrity"]
    return float(sum(level.mean() for level in levels))


def _tampering(campaign: Campaign, arrivals: Arrivals) -> Tampering:
    return Tampering(
        estate=campaign.estate,
        graph=campaign.graph,
        adversary=campaign.adversary,
        steps=arrivals.steps,
    )


def _aims(
    campaign: Campaign, arrivals: Arrivals, holding: str, horizons_years: Sequence[int]
) -> Iterator[Aim]:
    wanted = campaign.adversary.objectives.integrity
    for objective in campaign.graph.objectives:
        if objective.element == holding and objective.kind in wanted:
            yield Aim(
                kind=objective.kind,
                reach={
                    years: band(_by_draw(campaign, arrivals, objective.step, years))
                    for years in horizons_years
                },
                lag_days=_lag(campaign, arrivals, objective.step, objective.ends),
            )


def _by_draw(
    campaign: Campaign, arrivals: Arrivals, step: str, years: int
) -> NDArray[np.float64]:
    reached = arrivals.reached(step, years * DAYS_PER_YEAR)
    return np.asarray(reached.reshape(campaign.draws.outer, -1).mean(axis=1))


def _lag(campaign: Campaign, arrivals: Arrivals, step: str, ends: str) -> Band | None:
    """Return the days from doing to noticing, over the trials in which it is done."""
    done = arrivals.reached(step, campaign.horizon_days)
    if not done.any() or not ends:
        return None
    begin, end = arrivals.days(step)[done], arrivals.days(ends)[done]
    end = np.where(end > campaign.horizon_days, np.inf, end)
    low, median, high = np.quantile(end - begin, [0.05, 0.5, 0.95], method="higher").tolist()
    return Band(low=low, median=median, high=high)
