"""Shapley shares at two ends at once: exact for few players, over drawn orders for more.

The share of a player is its mean marginal contribution over all orders in which players may
join; shares add up to the value of all of them less that of none, at each end, exactly or over
drawn orders alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import factorial
from typing import TYPE_CHECKING, Final

import numpy as np

from counterseal.mosaic.schema.band import Band
from counterseal.mosaic.schema.dependence.model import uniforms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

__all__ = ["MOST_EXACT", "ORDERS", "Split", "Value", "shapley"]

MOST_EXACT: Final = 8
"""Players up to which all their sets are valued."""

ORDERS: Final = 32
"""Orders drawn for more players; half of them are the reverse of the other half."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """The worth of a set of players at either end.

    Attributes:
        low: At the lower end.
        high: At the upper end.
    """

    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Shares of players in what they reach together.

    Attributes:
        shares: By player: the share at both ends, in order of size.
        at_low, at_high: The same shares as they were computed at the lower and upper end of
            what is split.
        total: What is split: the value of all less that of none.
        orders: Orders that were drawn; 0 where the shares are exact.
    """

    shares: dict[str, Band]
    at_low: dict[str, float]
    at_high: dict[str, float]
    total: Band
    orders: int


def shapley(
    players: Sequence[str], value: Callable[[frozenset[str]], Value], *, seed: int
) -> Split:
    """Return the Shapley share of each player.

    A set is worth no more than one that holds it; where a value says otherwise it is cut.

    Args:
        players: Their ids, in any order.
        value: The worth of a set of them.
        seed: Of the orders that are drawn for more than ``MOST_EXACT`` players.
    """
    if len(players) <= MOST_EXACT:
        weighted = _exact(players, value)
        orders = 0
    else:
        weighted = _drawn(players, value, seed)
        orders = ORDERS
    low, high = ({one: weighted[one][end] for one in players} for end in (0, 1))
    ranked = sorted(players, key=lambda one: (-high[one], -low[one], players.index(one)))
    everyone, nobody = value(frozenset(players)), value(frozenset())
    ends = sorted((everyone.low - nobody.low, everyone.high - nobody.high))
    return Split(
        shares={one: _band(low[one], high[one]) for one in ranked},
        at_low=low,
        at_high=high,
        total=Band(low=ends[0], high=ends[1]),
        orders=orders,
    )


def _exact(
    players: Sequence[str], value: Callable[[frozenset[str]], Value]
) -> dict[str, tuple[float, float]]:
    worth = {members: _pair(value(members)) for members in _sets(players)}
    for members in sorted(worth, key=len, reverse=True):
        for one in sorted(set(players) - members):
            more = worth[members | {one}]
            if members:
                worth[members] = np.minimum(worth[members], more)
    count = len(players)
    shares = {one: np.zeros(2) for one in players}
    for members, own in worth.items():
        weight = (
            factorial(len(members)) * factorial(count - len(members) - 1) / factorial(count)
            if len(members) < count
            else 0.0
        )
        for one in sorted(set(players) - members):
            shares[one] = shares[one] + weight * (worth[members | {one}] - own)
    return {one: (float(found[0]), float(found[1])) for one, found in shares.items()}


def _drawn(
    players: Sequence[str], value: Callable[[frozenset[str]], Value], seed: int
) -> dict[str, tuple[float, float]]:
    shares = {one: np.zeros(2) for one in players}
    for order in _orders(players, seed):
        after = _pair(value(frozenset(players)))
        for i in range(len(order) - 1, -1, -1):
            before = _pair(value(frozenset(order[:i])))
            if i:
                before = np.minimum(before, after)
            shares[order[i]] = shares[order[i]] + (after - before) / ORDERS
            after = before
    return {one: (float(found[0]), float(found[1])) for one, found in shares.items()}


def _orders(players: Sequence[str], seed: int) -> Iterator[list[str]]:
    numbers = uniforms(seed, ORDERS // 2, len(players))
    for row in numbers:
        order = [players[int(i)] for i in np.argsort(row, kind="stable")]
        yield order
        yield order[::-1]


def _sets(players: Sequence[str]) -> Iterator[frozenset[str]]:
    for size in range(len(players) + 1):
        yield from (frozenset(some) for some in combinations(players, size))


def _pair(value: Value) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.array([value.low, value.high])


def _band(one: float, other: float) -> Band:
    return Band(low=min(one, other), high=max(one, other))
