"""How much is known about one person once what fell is joined: how full a profile is (R66).

A person of the population is followed through every trial: in which of the holdings that fell
they are, and which of these a key joins to the fullest of them. Joins that fail leave a profile
poorer; coverage and overlap are those of the draw.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from counterseal.mosaic.joins import best_join

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from counterseal.assess.campaign import Campaign
    from counterseal.catalog.catalog import Catalog
    from counterseal.estate.records import Feed, Holding

__all__ = ["Granularity", "granularity"]

PERSONS = 8
"""People who are followed in each trial."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Granularity:
    """Classes of data in the fullest profile of a person, over people and trials.

    Attributes:
        population: Whose.
        shares: Share of people with 0, 1, 2, … classes known together; sums to 1.
    """

    population: str
    shares: tuple[float, ...]

    def quantile(self, share: float) -> int:
        """Return the number of classes that ``share`` of people do not exceed."""
        total = np.cumsum(self.shares)
        return int(np.searchsorted(total, share - 1e-12))

    @property
    def mean(self) -> float:
        """Mean number of classes."""
        return float(np.dot(np.arange(len(self.shares)), self.shares))


def granularity(
    campaign: Campaign, catalog: Catalog, population: str, *, seed: int
) -> Granularity:
    """Return how many classes of data an adversary knows together about people of a population.

    Args:
        campaign: One adversary against one estate, on some draws.
        catalog: For the keys.
        population: Its id.
        seed: Of the people that are followed.
    """
    estate = campaign.estate
    drawn = campaign.valuation.sampler.draws(campaign.values, campaign.draws.outer)
    layout = campaign.valuation.sampler.layout
    rows = [row for row, (_, whose) in enumerate(layout.counts) if whose == population]
    names = [layout.counts[row][0] for row in rows]
    sources: Mapping[str, Holding | Feed] = {**estate.holdings, **estate.feeds}
    classes = sorted({a for name in names for a in sources[name].attributes})
    has = np.array(
        [[one in sources[name].attributes for one in classes] for name in names], np.bool_
    ).reshape(len(names), len(classes))
    fullest = np.argsort(-has.sum(axis=1), kind="stable")
    names, has = [names[row] for row in fullest], has[fullest]
    place = layout.populations.index(population)
    coverage = np.minimum(drawn.amounts[np.array(rows, np.int64)[fullest]], drawn.totals[place])
    held = _held(campaign, names)
    joined = _joined(campaign, catalog, names)
    draw = np.random.Generator(np.random.Philox(key=seed))
    counts = np.zeros(len(classes) + 1, np.int64)
    for _ in range(PERSONS):
        inside = _inside(draw, coverage / drawn.totals[place], drawn.overlaps[place], campaign)
        known = _known(draw, held & inside, joined, has)
        counts += np.bincount(known.sum(axis=1), minlength=counts.size)
    return Granularity(
        population=population, shares=tuple((counts / max(counts.sum(), 1)).tolist())
    )


def _held(campaign: Campaign, names: Sequence[str]) -> NDArray[np.bool_]:
    """Return in which trials each holding is held, (names, trials)."""
    place = {item: row for row, item in enumerate(campaign.valuation.items)}
    rows = np.array([place[name] for name in names], np.int64)
    held: NDArray[np.bool_] = campaign.taken[rows] <= campaign.horizon_days
    return held


def _joined(campaign: Campaign, catalog: Catalog, names: Sequence[str]) -> NDArray[np.float64]:
    """Return the chance that a person of each holding is found in each other one."""
    found = np.eye(len(names))
    for one, left in enumerate(names):
        for other in range(one + 1, len(names)):
            join = best_join(campaign.estate, catalog, left, names[other])
            found[one, other] = found[other, one] = join.correct[1] if join else 0.0
    return found


def _inside(
    draw: np.random.Generator,
    share: NDArray[np.float64],
    overlap: NDArray[np.float64],
    campaign: Campaign,
) -> NDArray[np.bool_]:
    """Return in which holdings one person of every trial is, (names, trials).

    With the chance ``overlap`` holdings are nested, the small in the large; otherwise they are
    filled apart from each other.
    """
    lanes, trials = campaign.draws.lanes, campaign.draws.trials
    shares = np.repeat(share, lanes, axis=1)
    nested = draw.random(trials) < np.repeat(overlap, lanes)
    apart = draw.random((share.shape[0], trials))
    together = draw.random(trials)
    inside: NDArray[np.bool_] = np.where(nested, together, apart) < shares
    return inside


def _known(
    draw: np.random.Generator,
    there: NDArray[np.bool_],
    joined: NDArray[np.float64],
    has: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Return which classes are known together about the person of every trial.

    ``there`` (names, trials) is in order of fullness; the first that holds the person is what
    the others are joined to.
    """
    trials = there.shape[1]
    known = np.zeros((trials, has.shape[1]), np.bool_)
    luck = draw.random(there.shape)
    if not there.size:
        return known
    anchor = there.argmax(axis=0)
    linked = there & (luck < joined[anchor].T) & there.any(axis=0)
    for row in range(there.shape[0]):
        known[linked[row]] |= has[row]
    return known
