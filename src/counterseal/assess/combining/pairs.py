"""What holdings together are worth beyond the better part of them, with joins that miss."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, product
from typing import TYPE_CHECKING

import numpy as np

from counterseal.assess.comparison import Band, band
from counterseal.mosaic.joins import best_join

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from counterseal.assess.combining.worth import Worth
    from counterseal.mosaic.joins import Join

__all__ = ["Pair", "combined", "pairs"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two parts of an estate, for one use.

    Attributes:
        left, right: Ids of holdings and feeds of each part.
        join: The best key between one of the left and one of the right; ``None``: nothing joins
            them, and nothing is gained.
        alone: Expected person-years of each part alone.
        together: Of both, if every person in both were joined rightly.
        synergy: ``together`` less the better part, draw by draw: what exists through the
            combination only. The bound of a perfect join.
        gain: The same with the chance of a right join. Its low end takes the low end of that
            chance and counts nobody for whom either part is enough; its high end takes the high
            end of both.
        completes: Whether neither part gives the use to anybody alone, and both together do.
        held: Share of trials in which all of both fall within the horizon.
    """

    left: tuple[str, ...]
    right: tuple[str, ...]
    join: Join | None
    alone: tuple[Band, Band]
    together: Band
    synergy: Band
    gain: Band
    completes: bool
    held: float


def combined(worth: Worth, left: Sequence[str], right: Sequence[str]) -> Pair:
    """Return what two parts are worth alone and together."""
    estate, catalog = worth.campaign.estate, worth.catalog
    one, other, both = worth.of(left), worth.of(right), worth.of([*left, *right])
    joins = (best_join(estate, catalog, a, b) for a, b in product(left, right))
    join = max((found for found in joins if found), key=lambda j: j.correct[1], default=None)
    low, central, high = join.correct if join is not None else (0.0, 0.0, 0.0)
    beyond = band(both - np.maximum(one, other))
    apart = band(both - np.minimum(one + other, both))
    return Pair(
        left=tuple(left),
        right=tuple(right),
        join=join,
        alone=(band(one), band(other)),
        together=band(both),
        synergy=beyond,
        gain=Band(
            median=central * beyond.median,
            low=min(low * apart.low, central * beyond.median),
            high=high * beyond.high,
        ),
        completes=bool(both.any()) and not one.any() and not other.any(),
        held=worth.together([*left, *right]),
    )


def pairs(
    worth: Worth,
    items: Sequence[str],
    *,
    advance: Callable[[int, int], None] = lambda _done, _total: None,
) -> tuple[Pair, ...]:
    """Return every two of ``items`` that give more together than apart, greatest gain first."""
    every = list(combinations(sorted(items), 2))
    found = []
    for number, (left, right) in enumerate(every):
        advance(number, len(every))
        better = np.maximum(worth.of([left]), worth.of([right]))
        if (worth.of([left, right]) > better).any():
            found.append(combined(worth, [left], [right]))
    return tuple(
        sorted(found, key=lambda p: (-p.gain.median, -p.synergy.median, p.left, p.right))
    )
