"""What a set of holdings is worth to one adversary for one use, trial by trial.

The reach sets are those of the campaign: what is stolen together is valued together, and what
is left out of the set is not stolen at all. What the adversary may buy is held in any case.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from counterseal.assess.possible import contributing

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from counterseal.assess.campaign import Campaign
    from counterseal.catalog.catalog import Catalog
    from counterseal.catalog.uses import Use
    from counterseal.consequence.standing import Standing

__all__ = ["Worth"]

MOST_ITEMS = 12
"""Holdings that are combined; those that are worth most are taken."""


@dataclass(frozen=True, kw_only=True)
class Worth:
    """The worth of sets of holdings.

    Attributes:
        campaign: One adversary against one estate.
        catalog: What the estate was compiled with.
        use: For what.
        bought: Feeds that the adversary holds beside every set.
    """

    campaign: Campaign
    catalog: Catalog
    use: Use
    bought: frozenset[str] = frozenset()
    _known: dict[frozenset[str], NDArray[np.float64]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def of(self, items: Collection[str]) -> NDArray[np.float64]:
        """Return expected person-years in each draw, shape (draws,), if only ``items`` fall.

        Ids that the estate does not have add nothing.
        """
        held = frozenset(items) | self.bought
        if held not in self._known:
            self._known[held] = self._worked_out(held)
        return self._known[held]

    def together(self, items: Collection[str]) -> float:
        """Return the share of trials in which all of ``items`` are held within the horizon."""
        place = {item: row for row, item in enumerate(self.campaign.valuation.items)}
        rows = [place[item] for item in items]
        held = self.campaign.taken[rows] <= self.campaign.horizon_days
        return float(held.all(axis=0).mean())

    @cached_property
    def whole(self) -> NDArray[np.float64]:
        """Expected person-years in each draw of everything that falls."""
        return self._mean(self._standing.per_trial[self.use.id])

    @cached_property
    def items(self) -> tuple[str, ...]:
        """Holdings that bring something the use needs and fall in some trial, sorted.

        Where there are more than ``MOST_ITEMS``, those whose absence costs most.
        """
        estate, valuation = self.campaign.estate, self.campaign.valuation
        useful = {one for row in contributing(estate, self.use).values() for one in row}
        fallen: NDArray[np.bool_] = self.campaign.taken <= self.campaign.horizon_days
        found = [
            item
            for item, ever in zip(valuation.items, fallen, strict=True)
            if ever.any() and item in useful and item not in self.bought
        ]
        if len(found) > MOST_ITEMS:
            every = frozenset(found)
            left = {item: float(self.of(every - {item}).mean()) for item in found}
            alone = {item: float(self.of({item}).mean()) for item in found}
            found = sorted(found, key=lambda item: (left[item], -alone[item], item))
        return tuple(sorted(found[:MOST_ITEMS]))

    @cached_property
    def _standing(self) -> Standing:
        campaign = self.campaign
        valuation = campaign.valuation.narrowed([self.use.id])
        return valuation.standing(
            campaign.taken,
            valuation.sampler.draws(campaign.values, campaign.draws.outer),
            lanes=campaign.draws.lanes,
            headline_years=campaign.horizon_years,
            workers=campaign.workers,
        )

    def _worked_out(self, held: frozenset[str]) -> NDArray[np.float64]:
        items = self.campaign.valuation.items
        out = np.array([row for row, item in enumerate(items) if item not in held], np.int64)
        never = np.full((out.size, self.campaign.taken.shape[1]), np.inf, np.float32)
        return self._mean(self._standing.again(out, never)[self.use.id])

    def _mean(self, per_trial: NDArray[np.float64]) -> NDArray[np.float64]:
        draws = self.campaign.draws
        mean: NDArray[np.float64] = per_trial.reshape(draws.outer, draws.lanes).mean(axis=1)
        return mean
