"""Who contributes what to a whole: Shapley shares, and what every further join adds.

The Shapley value (Shapley 1953) of a holding is its mean marginal contribution over all orders
in which holdings could be added. With few holdings it is worked out over all coalitions; with
more it is estimated over orders drawn in pairs, each with its reverse, and says how sure it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import factorial, sqrt
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from counterseal.assess.combining.worth import Worth

__all__ = ["Joined", "Share", "growth", "shapley"]

EXACT = 8
"""Holdings up to which all coalitions are valued."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one holding contributes.

    Attributes:
        item: Its id.
        years: Expected person-years that are its own share of the whole.
        error: Standard error over the orders drawn; 0 where all coalitions were valued.
        without: Expected person-years that would be left without it.
    """

    item: str
    years: float
    error: float
    without: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """One further holding that is joined.

    Attributes:
        item: Its id.
        years: Expected person-years with it and all before it.
        added: What it adds.
    """

    item: str
    years: float
    added: float


def shapley(
    worth: Worth,
    items: Sequence[str],
    *,
    seed: int,
    orders: int = 16,
    advance: Callable[[int, int], None] = lambda _done, _total: None,
) -> tuple[Share, ...]:
    """Return the share of each of ``items``, greatest first.

    Shares sum to the worth of all of them less that of none (what is bought in any case).

    Args:
        worth: Values of sets.
        items: Ids, no two alike.
        seed: Of the orders; without meaning up to ``EXACT`` holdings.
        orders: Pairs of orders that are drawn.
        advance: Told how much is done, and of how much.
    """
    names = sorted(items)
    if len(names) <= EXACT:
        years, error = _exact(worth, names), np.zeros(len(names))
    else:
        rows = np.array(list(_drawn(worth, names, seed, orders, advance)))
        years = rows.mean(axis=0)
        error = rows.std(axis=0, ddof=1) / sqrt(len(rows))
    every = frozenset(names)
    found = [
        Share(
            item=name,
            years=float(years[row]),
            error=float(error[row]),
            without=float(worth.of(every - {name}).mean()),
        )
        for row, name in enumerate(names)
    ]
    return tuple(sorted(found, key=lambda share: (-share.years, share.item)))


def growth(worth: Worth, items: Sequence[str]) -> tuple[Joined, ...]:
    """Return the holdings in the order in which each adds most to those before it (R42)."""
    left, held = sorted(items), frozenset[str]()
    before = float(worth.of(held).mean())
    found = []
    while left:
        values = {item: float(worth.of(held | {item}).mean()) for item in left}
        best = max(left, key=lambda item: values[item])
        found.append(Joined(item=best, years=values[best], added=values[best] - before))
        held, before = held | {best}, values[best]
        left.remove(best)
    return tuple(found)


def _exact(worth: Worth, names: Sequence[str]) -> NDArray[np.float64]:
    """Return the Shapley values over all coalitions: 2^n values of sets."""
    many = len(names)
    total = np.zeros(many)
    for row, name in enumerate(names):
        others = [other for other in names if other != name]
        for size in range(many):
            weight = factorial(size) * factorial(many - size - 1) / factorial(many)
            for some in combinations(others, size):
                added = worth.of({*some, name}).mean() - worth.of(some).mean()
                total[row] += weight * float(added)
    return total


def _drawn(
    worth: Worth,
    names: Sequence[str],
    seed: int,
    orders: int,
    advance: Callable[[int, int], None],
) -> Iterator[NDArray[np.float64]]:
    """Yield the mean marginal contributions of an order and its reverse."""
    draw = np.random.Generator(np.random.Philox(key=seed))
    for number in range(orders):
        advance(number, orders)
        order = draw.permutation(len(names))
        yield (_marginal(worth, names, order) + _marginal(worth, names, order[::-1])) / 2.0


def _marginal(
    worth: Worth, names: Sequence[str], order: NDArray[np.int64]
) -> NDArray[np.float64]:
    found, held = np.zeros(len(names)), frozenset[str]()
    before = float(worth.of(held).mean())
    for row in order.tolist():
        held |= {names[row]}
        now = float(worth.of(held).mean())
        found[row], before = now - before, now
    return found
