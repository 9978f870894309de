"""A plan within a budget: lazy greedy choice, by gain and by gain for the cost, then exchanges.

Lazy evaluation (Minoux 1978, "Accelerated greedy algorithms for maximizing submodular set
functions") keeps old gains as if they were upper bounds and asks again only about the measure
on top. They are upper bounds only when gains diminish, and here they need not: where two ways
in are parallel, closing one gains nothing until the other is closed too. So no share of the
best reduction is guaranteed, pairs are tried where no single measure gains, and the result is
verified: each member is exchanged against each measure outside while that helps. What is
guaranteed is the gap to a bound (``bounding``), and nothing else.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from counterseal.assess.mitigating.searching.stakes import Levels

__all__ = ["Chosen", "best_within", "greedy_plan"]

MOST_STARTS = 24
"""Starts of a partial enumeration: all plans of one or two measures, if they are this few."""

MOST_PAIRS = 400
"""Pairs tried where no single measure gains anything."""

ROUNDING = 1e-12
"""Share of the level below which a difference is a matter of rounding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A plan and what it leaves.

    Attributes:
        measures: Numbers of the measures, in the order in which they were chosen.
        level: What the plan leaves.
        cost: What it costs.
        exchanges: Exchanges by which the verification improved it.
    """

    measures: tuple[int, ...]
    level: float
    cost: float
    exchanges: int = 0


def best_within(levels: Levels, costs: Sequence[float], budget: float) -> Chosen:
    """Return the best of the greedy plans within ``budget``, verified by exchanges.

    Both orders are used (by gain; by gain for the cost), from nothing, and from every plan of
    at most two measures where these are few (partial enumeration; Sviridenko 2004).
    """
    starts = [(), *_starts(costs, budget)]
    plans = [
        greedy_plan(levels, costs, budget, start=start, by_cost=by_cost)
        for start in starts
        for by_cost in (False, True)
    ]
    return _exchanged(levels, costs, budget, min(plans, key=_merit))


def greedy_plan(
    levels: Levels,
    costs: Sequence[float],
    budget: float,
    *,
    start: Iterable[int] = (),
    by_cost: bool,
) -> Chosen:
    """Return what lazy greedy choice adds to ``start`` within ``budget``.

    Args:
        levels: What plans leave.
        costs: Cost of each measure, above 0.
        budget: What the plan may cost, ``start`` included.
        start: Measures that are taken in any case.
        by_cost: Whether gains are divided by costs.
    """
    chosen = list(start)
    queue = [(-float("inf"), one, -1) for one in range(len(costs)) if one not in chosen]
    while queue:
        best = _next(levels, costs, budget, chosen, queue, by_cost=by_cost)
        if best is None:
            break
        chosen.extend(best)
        queue = [row for row in queue if row[1] not in best]
        heapq.heapify(queue)
    return _plan(levels, costs, _needed(levels, chosen))


def _next(
    levels: Levels,
    costs: Sequence[float],
    budget: float,
    chosen: Sequence[int],
    queue: list[tuple[float, int, int]],
    *,
    by_cost: bool,
) -> tuple[int, ...] | None:
    """Take the next measure off the queue, or a pair; ``None`` when nothing gains."""
    left = budget - sum(costs[one] for one in chosen)
    size, aside = len(chosen), []
    found: tuple[int, ...] | None = None
    while queue:
        key, one, asked = heapq.heappop(queue)
        if costs[one] > left + ROUNDING * budget:
            continue
        if asked == size:
            if key < 0.0:
                found = (one,)
            else:
                aside.append((key, one, asked))
            break
        gain = _gain(levels, chosen, (one,)) / (costs[one] if by_cost else 1.0)
        heapq.heappush(queue, (-gain, one, size))
    queue.extend(aside)
    return found or _pair(levels, costs, left, chosen, [row[1] for row in queue])


def _pair(
    levels: Levels,
    costs: Sequence[float],
    left: float,
    chosen: Sequence[int],
    open_: Sequence[int],
) -> tuple[int, ...] | None:
    """Return the best pair that gains where no single measure does."""
    affordable = [
        pair for pair in combinations(sorted(open_), 2) if sum(costs[i] for i in pair) <= left
    ]
    gains = [(_gain(levels, chosen, pair), pair) for pair in affordable[:MOST_PAIRS]]
    best = min(((-gain, pair) for gain, pair in gains if gain > 0.0), default=None)
    return best[1] if best else None


def _gain(levels: Levels, chosen: Sequence[int], more: Sequence[int]) -> float:
    """Return what adding ``more`` gains; a difference of rounding is none."""
    before, after = levels.of(chosen), levels.of([*chosen, *more])
    gain = before - after
    return gain if gain > ROUNDING * before else 0.0


def _needed(levels: Levels, chosen: Sequence[int]) -> list[int]:
    """Return the measures without those that gain nothing once the others are there."""
    kept = list(chosen)
    for one in reversed(chosen):
        rest = [other for other in kept if other != one]
        if levels.of(rest) <= levels.of(kept) * (1.0 + ROUNDING):
            kept = rest
    return kept


def _exchanged(levels: Levels, costs: Sequence[float], budget: float, plan: Chosen) -> Chosen:
    """Return the plan after exchanging one member for one other while that helps."""
    exchanges = 0
    while True:
        levels.stakes.anchor(plan.measures)
        better = min(_neighbours(levels, costs, budget, plan), key=_merit, default=plan)
        if better.level >= plan.level * (1.0 - ROUNDING):
            return Chosen(
                measures=plan.measures, level=plan.level, cost=plan.cost, exchanges=exchanges
            )
        plan, exchanges = better, exchanges + 1


def _neighbours(
    levels: Levels, costs: Sequence[float], budget: float, plan: Chosen
) -> Iterator[Chosen]:
    for out in plan.measures:
        rest = [one for one in plan.measures if one != out]
        spent = sum(costs[one] for one in rest)
        for one in range(len(costs)):
            if one not in plan.measures and spent + costs[one] <= budget:
                yield _plan(levels, costs, [*rest, one])


def _starts(costs: Sequence[float], budget: float) -> list[tuple[int, ...]]:
    many = len(costs)
    sizes = [
        size for size in (1, 2) if sum(comb(many, k) for k in range(1, size + 1)) <= MOST_STARTS
    ]
    return [
        start
        for size in sizes
        for start in combinations(range(many), size)
        if sum(costs[one] for one in start) <= budget
    ]


def _plan(levels: Levels, costs: Sequence[float], measures: Sequence[int]) -> Chosen:
    cost = sum(costs[one] for one in measures)
    return Chosen(measures=tuple(measures), level=levels.of(measures), cost=cost)


def _merit(plan: Chosen) -> tuple[float, float, tuple[int, ...]]:
    return (plan.level, plan.cost, plan.measures)
