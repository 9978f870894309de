"""Holdings ranked under published weightings, and how much of each order is the weights.

V = sum over classes of weight times usable person-years. Adding classes needs weights, and no
weights are right for everybody; so there are several published sets side by side, and for each
pair of holdings the share of random weightings in which the first stays above the second
(``measures.md`` D.0). Weights are drawn evenly over all that add up to one (a flat Dirichlet
distribution), as the gaps between sorted uniform numbers. Nothing here is ever a headline.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from counterseal.consequence.durability import HORIZONS_YEARS
from counterseal.consequence.taken.ranges import NOTHING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from counterseal.canon import Json
    from counterseal.catalog.attributes import Attribute
    from counterseal.catalog.catalog import Catalog
    from counterseal.catalog.weights import WeightSet
    from counterseal.consequence.taken.holdings import HoldingValue
    from counterseal.consequence.taken.ranges import Range

__all__ = ["DRAWS", "Ranked", "Weighting", "Weightings", "weightings"]

LEADING = 20
"""Places of a set whose pairs are all told."""

DRAWS = 1_000
"""Weightings that are drawn."""

_YEARS = HORIZONS_YEARS[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """One item in the order of a set.

    Attributes:
        item: Its id.
        value: Weighted person-years; in no unit that could be compared between sets.
        above_next: Share of drawn weightings in which it is above the next one in this order
            (a draw in which both are equal counts half); ``None`` for the last.
        above_rest: Least such share over all that stand below it; ``None`` for the last.
    """

    item: str
    value: Range
    above_next: float | None
    above_rest: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighting:
    """The order under one published set.

    Attributes:
        weights: The set.
        order: Items that the set gives any weight, highest first, ties by id.
        silent: Items about which the set says nothing.
    """

    weights: WeightSet
    order: tuple[Ranked, ...]
    silent: tuple[str, ...]

    def as_json(self) -> dict[str, Json]:
        """Return the section of one set."""
        return {
            "id": self.weights.id,
            "name": self.weights.name,
            "grade": self.weights.grade.value,
            "statement": self.weights.statement,
            "citations": list(self.weights.citations),
            "order": [
                {
                    "item": row.item,
                    "value": row.value.as_json(),
                    "above_next": row.above_next,
                    "above_rest": row.above_rest,
                }
                for row in self.order
            ],
            "silent": list(self.silent),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Weightings:
    """Every set, and what holds whatever the weights.

    Attributes:
        sets: By id.
        agreed: Pairs (above, below) that stand in this order under every set that ranks both.
        pairs: (above, below, share) of every pair among the leading items of any set, the
            one first that is above in more of the drawn weightings.
        certain: Among all pairs of items, the share whose order no drawn weighting turned.
        draws: Weightings drawn.
    """

    sets: tuple[Weighting, ...]
    agreed: tuple[tuple[str, str], ...]
    pairs: tuple[tuple[str, str, float], ...]
    certain: float
    draws: int

    def as_json(self) -> dict[str, Json]:
        """Return the section ``weightings`` for ``counterseal consequence --weights``."""
        return {
            "draws": self.draws,
            "sets": [one.as_json() for one in self.sets],
            "agreed": [list(pair) for pair in self.agreed],
            "pairs": [
                {"above": above, "below": below, "share": share}
                for above, below, share in self.pairs
            ],
            "share_of_pairs_no_weighting_turns": self.certain,
        }


def weightings(
    rows: Sequence[HoldingValue],
    catalog: Catalog,
    *,
    rng: np.random.Generator,
    draws: int = DRAWS,
) -> Weightings:
    """Rank items under every weight set of a catalog.

    Args:
        rows: Items by themselves.
        catalog: Weight sets and thresholds.
        rng: Draws the weightings.
        draws: How many.
    """
    known = [row for row in rows if row.attribute_years and row.people.value > 0]
    above = _above(known, rng, draws)
    place = {row.id: index for index, row in enumerate(known)}
    sets = tuple(
        _weighting(known, one, catalog.attributes, above, place)
        for one in catalog.weights.values()
    )
    every = above[np.triu_indices(len(known), k=1)]
    settled = float(np.mean((every == 0) | (every == 1))) if every.size else 1.0
    pairs = _pairs(sets, above, place)
    return Weightings(
        sets=sets, agreed=_agreed(sets), pairs=pairs, certain=settled, draws=draws
    )


def _pairs(
    sets: Sequence[Weighting], above: NDArray[np.float64], place: Mapping[str, int]
) -> tuple[tuple[str, str, float], ...]:
    """Return every pair of leading items with the share in which the first is above."""
    leading = sorted({row.item for one in sets for row in one.order[:LEADING]})
    found = []
    for number, first in enumerate(leading):
        for second in leading[number + 1 :]:
            share = float(above[place[first], place[second]])
            other = float(above[place[second], place[first]])
            pair = (first, second, share) if share >= other else (second, first, other)
            found.append(pair)
    return tuple(found)


def _weighting(
    rows: Sequence[HoldingValue],
    one: WeightSet,
    attributes: Mapping[str, Attribute],
    above: NDArray[np.float64],
    place: Mapping[str, int],
) -> Weighting:
    weights = one.of(attributes)
    values = {row.id: _value(row, weights) for row in rows}
    spoken = [item for item, value in values.items() if value.high > 0]
    order = sorted(spoken, key=lambda item: (-values[item].value, item))
    ranked = []
    for rank, item in enumerate(order):
        below = [float(above[place[item], place[other]]) for other in order[rank + 1 :]]
        ranked.append(
            Ranked(
                item=item,
                value=values[item],
                above_next=below[0] if below else None,
                above_rest=min(below, default=None),
            )
        )
    silent = tuple(sorted(set(values) - set(spoken)))
    return Weighting(weights=one, order=tuple(ranked), silent=silent)


def _value(row: HoldingValue, weights: Mapping[str, float]) -> Range:
    total = NOTHING
    for name, by_years in row.attribute_years.items():
        total = total.plus(by_years[_YEARS].scaled(weights.get(name, 0.0)))
    return total


def _above(
    rows: Sequence[HoldingValue], rng: np.random.Generator, draws: int
) -> NDArray[np.float64]:
    """Return (items, items): share of drawn weightings in which one is above the other."""
    classes = sorted({name for row in rows for name in row.attribute_years})
    weights = _flat_dirichlet(len(classes), rng, draws)
    values = np.zeros((draws, len(rows)))
    for column, name in enumerate(classes):  # in order, so that sums are equal on any machine
        years = [_central(row, name) for row in rows]
        values += weights[:, column, np.newaxis] * np.array(years)
    above = np.zeros((len(rows), len(rows)))
    for item in range(len(rows)):
        own = values[:, item, np.newaxis]
        above[item] = (
            np.sum(own > values, axis=0) + 0.5 * np.sum(own == values, axis=0)
        ) / draws
    return above


def _central(row: HoldingValue, name: str) -> float:
    by_years = row.attribute_years.get(name)
    return by_years[_YEARS].value if by_years is not None else 0.0


def _flat_dirichlet(classes: int, rng: np.random.Generator, draws: int) -> NDArray[np.float64]:
    """Return (draws, classes) weights that add up to 1: the gaps of sorted uniform numbers."""
    cuts = np.sort(rng.random((draws, max(classes - 1, 0))), axis=1)
    ends = np.zeros((draws, 1)), np.ones((draws, 1))
    gaps: NDArray[np.float64] = np.diff(np.hstack([ends[0], cuts, ends[1]]), axis=1)
    return gaps


def _agreed(sets: Sequence[Weighting]) -> tuple[tuple[str, str], ...]:
    """Return the pairs that every set which ranks both puts in one order; two sets at least."""
    places = [{row.item: rank for rank, row in enumerate(one.order)} for one in sets]
    items = sorted({item for ranks in places for item in ranks})
    found = []
    for first in items:
        for second in items:
            both = [ranks for ranks in places if first in ranks and second in ranks]
            if len(both) > 1 and all(ranks[first] < ranks[second] for ranks in both):
                found.append((first, second))
    return tuple(found)
