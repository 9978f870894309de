"""What a holding that says less would buy: one field left out of it, everything else alike."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from counterseal.assess.comparison import band
from counterseal.consequence.valuation import Valuation

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from numpy.typing import NDArray

    from counterseal.assess.combining.worth import Worth
    from counterseal.assess.comparison import Band
    from counterseal.estate.estate import Estate
    from counterseal.estate.records import Feed, Holding

__all__ = ["Spared", "fields_spared"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spared:
    """One field left out of one holding, or made so coarse that it serves no use.

    Attributes:
        item: The holding.
        attribute: The field.
        years: Expected person-years that are spared, over draws.
        share: Share of the whole that is spared, in [0, 1], of the means.
        shared_with: Whether other holdings bring the field to the same people: if so, little
            is spared by this one alone.
    """

    item: str
    attribute: str
    years: Band
    share: float
    shared_with: tuple[str, ...]


def fields_spared(
    worth: Worth,
    items: Collection[str],
    *,
    advance: Callable[[int, int], None] = lambda _done, _total: None,
) -> tuple[Spared, ...]:
    """Return what leaving a field out of a holding would spare, most first.

    Every field of ``items`` that the use asks for is tried, one at a time, on the same draws.
    Fields that spare nothing are left out.
    """
    estate = worth.campaign.estate
    wanted = {attribute for group in worth.use.groups for attribute in group.any_of}
    tried = [
        (item, attribute)
        for item in sorted(set(items) & set(estate.holdings))
        for attribute in estate.holdings[item].attributes
        if attribute in wanted
    ]
    found = []
    for number, (item, attribute) in enumerate(tried):
        advance(number, len(tried))
        left = worth.whole - _without(worth, _spoken_less(estate, item, attribute))
        if left.any():
            whole = float(worth.whole.mean())
            found.append(
                Spared(
                    item=item,
                    attribute=attribute,
                    years=band(left),
                    share=float(left.mean()) / whole if whole > 0 else 0.0,
                    shared_with=_others(estate, item, attribute),
                )
            )
    return tuple(sorted(found, key=lambda one: (-one.share, one.item, one.attribute)))


def _spoken_less(estate: Estate, item: str, attribute: str) -> Estate:
    holding = estate.holdings[item]
    kept = tuple(one for one in holding.attributes if one != attribute)
    changed = holding.model_copy(update={"attributes": kept})
    return replace(estate, holdings={**estate.holdings, item: changed})


def _without(worth: Worth, estate: Estate) -> NDArray[np.float64]:
    """Return the worth of everything in each draw where ``estate`` says what holdings say."""
    campaign = worth.campaign
    valuation = Valuation(estate, worth.catalog).narrowed([worth.use.id])
    standing = valuation.standing(
        campaign.taken,
        valuation.sampler.draws(campaign.values, campaign.draws.outer),
        lanes=campaign.draws.lanes,
        headline_years=campaign.horizon_years,
        workers=campaign.workers,
    )
    rows = standing.per_trial.get(worth.use.id)
    if rows is None:
        return np.zeros(campaign.draws.outer)
    mean: NDArray[np.float64] = rows.reshape(campaign.draws.outer, -1).mean(axis=1)
    return mean


def _others(estate: Estate, item: str, attribute: str) -> tuple[str, ...]:
    """Return the other holdings and feeds that have the field about some of the same people."""
    about = {row.population for row in estate.holdings[item].populations}
    every: Mapping[str, Holding | Feed] = {**estate.holdings, **estate.feeds}
    return tuple(
        name
        for name, other in sorted(every.items())
        if name != item
        and attribute in other.attributes
        and about & {row.population for row in other.populations}
    )
