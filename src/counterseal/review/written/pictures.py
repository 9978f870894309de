"""Numbers for pictures: arrival over time, and value over 25 years by attribute class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from counterseal.assess.comparison import band
from counterseal.canon import significant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from counterseal.assess.campaign import Campaign, Outcome
    from counterseal.assess.side import Side
    from counterseal.canon import Json
    from counterseal.consequence.valuation import Exposure
    from counterseal.review.gate import Findings

__all__ = ["curves_section", "value_section"]

POINTS = 40
MOST_CURVES = 3


def curves_section(found: Findings) -> list[Json]:
    """Share of trials that have reached each leading objective, by day, before and after."""
    concern = found.concern
    if concern is None:
        return []
    return [
        {
            "adversary": concern.adversary,
            "objective": objective.step,
            "label": f"{objective.kind} {objective.element}",
            "before": _curve(found.contrast.before, concern.adversary, objective.step),
            "after": _curve(found.contrast.after, concern.adversary, objective.step),
        }
        for objective in found.objectives.get(concern.adversary, ())[:MOST_CURVES]
    ]


def value_section(found: Findings) -> list[Json]:
    """Expected usable person-years by attribute class, leading adversary, before and after.

    Every class of which anything is usable is there, the most moved first: the catalog bounds
    how many there are.
    """
    if found.concern is None:
        return []
    before = _detail(found.searched.contrast.before, found.concern.adversary)
    after = _detail(found.searched.contrast.after, found.concern.adversary)
    years = list(after.horizons_years)
    attributes = sorted({*before.attributes, *after.attributes})
    catalog = found.inputs.catalog
    rows = []
    for attribute in attributes:
        old, new = _years_of(before, attribute), _years_of(after, attribute)
        size = float(np.median(new[-1])) + float(np.median(old[-1]))
        moved = abs(float(np.median(new[-1])) - float(np.median(old[-1])))
        row: Json = {
            "attribute": attribute,
            "name": catalog.attributes[attribute].name,
            "kind": catalog.attributes[attribute].kind.value,
            "years": years,
            "before": [band(draws).as_json() for draws in old],
            "after": [band(draws).as_json() for draws in new],
        }
        rows.append((-moved, -size, attribute, row))
    rows.sort(key=lambda ranked: ranked[:3])
    return [row for _, size, _, row in rows if size < 0]


def _run(side: Side, adversary: str) -> tuple[Campaign, Outcome]:
    pairs = zip(side.campaigns, side.base, strict=True)
    return next(pair for pair in pairs if pair[0].adversary.id == adversary)


def _detail(side: Side, adversary: str) -> Exposure:
    return _run(side, adversary)[0].detail()


def _curve(side: Side, adversary: str, step: str) -> Sequence[Json]:
    campaign, outcome = _run(side, adversary)
    if step not in outcome.arrivals.steps:
        return []
    days = outcome.arrivals.days(step).reshape(-1, campaign.draws.lanes)
    grid = np.linspace(0.0, campaign.horizon_days, POINTS + 1)[1:]
    return [_point(float(day), (days <= day).mean(axis=1)) for day in grid]


def _point(day: float, share: NDArray[np.float64]) -> Json:
    low, high = (float(q) for q in np.quantile(share, [0.05, 0.95]))
    return {
        "days": significant(day),
        "p": significant(float(share.mean())),
        "low": significant(low),
        "high": significant(high),
    }


def _years_of(exposure: Exposure, attribute: str) -> NDArray[np.float64]:
    if attribute in exposure.attributes:
        rows: NDArray[np.float64] = exposure.attribute_years[
            exposure.attributes.index(attribute)
        ]
        return rows
    return np.zeros((len(exposure.horizons_years), 1))
