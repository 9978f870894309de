"""Which measures are worth planning with, out of thousands.

More measures leave no more, so what a block of measures gains together bounds what each of it
gains: blocks that gain nothing are dropped whole, and the leading measures are found exactly by
splitting the most promising block first. That is done again with the best measure in place,
and so on, so that what only matters later is found too. Where no single measure gains anything
but all together do (parallel ways in), a smallest set that does is looked for by QuickXplain
(Junker 2004). Measures that are not on the list are not planned with; the result says so.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

from counterseal.assess.mitigating.searching.greedy import ROUNDING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from counterseal.assess.mitigating.searching.stakes import Levels

__all__ = ["leading", "shortlist", "smallest_together"]

EACH = 10
"""Leading measures taken over in each round."""


def shortlist(
    levels: Levels, costs: Sequence[float], budget: float, *, most: int
) -> tuple[int, ...]:
    """Return the numbers of at most ``most`` measures, in order of number.

    Args:
        levels: What plans leave; every measure that costs no more than ``budget`` is a
            candidate.
        costs: Of each measure.
        budget: What a plan may cost.
        most: All candidates are taken if there are no more than this.
    """
    open_ = [one for one in range(len(costs)) if costs[one] <= budget]
    if len(open_) <= most:
        return tuple(open_)
    found: dict[int, None] = {}
    plan: list[int] = []
    left = budget
    while len(found) < most:
        rest = [one for one in open_ if one not in plan and costs[one] <= left]
        levels.stakes.anchor(plan)
        best = leading(levels, plan, rest, costs, most=EACH)
        together = best[:1] or smallest_together(levels, plan, rest)
        cost = sum(costs[one] for one in together)
        if not together or cost > left:
            break
        found |= dict.fromkeys([*best, *together])
        plan.extend(together)
        left -= cost
    return tuple(sorted(list(found)[:most]))


def leading(
    levels: Levels,
    plan: Sequence[int],
    candidates: Sequence[int],
    costs: Sequence[float],
    *,
    most: int,
) -> list[int]:
    """Return the measures that gain most for their cost once ``plan`` is in place, best first.

    Exact, as far as more measures leave no more; measures that gain nothing are left out.
    """
    before = levels.of(plan)
    found: list[int] = []
    queue: list[tuple[float, int, int]] = []

    def push(low: int, high: int) -> None:
        block = candidates[low:high]
        gain = before - levels.of([*plan, *block]) if block else 0.0
        if gain > ROUNDING * before:
            heapq.heappush(queue, (-gain / min(costs[one] for one in block), low, high))

    push(0, len(candidates))
    while queue and len(found) < most:
        _, low, high = heapq.heappop(queue)
        if high - low == 1:
            found.append(candidates[low])
            continue
        middle = (low + high) // 2
        push(low, middle)
        push(middle, high)
    return found


def smallest_together(
    levels: Levels, plan: Sequence[int], candidates: Sequence[int]
) -> list[int]:
    """Return a set that gains together and of which no member can be spared; empty if none.

    Junker, U. (2004), "QUICKXPLAIN: preferred explanations and relaxations for over-constrained
    problems", AAAI-04.
    """
    before = levels.of(plan)

    def gains(some: Sequence[int]) -> bool:
        return before - levels.of([*plan, *some]) > ROUNDING * before

    def explain(fixed: list[int], has_new: bool, rest: list[int]) -> list[int]:  # noqa: FBT001
        if has_new and gains(fixed):
            return []
        if len(rest) == 1:
            return rest
        first, second = rest[: len(rest) // 2], rest[len(rest) // 2 :]
        later = explain([*fixed, *first], bool(first), second)
        sooner = explain([*fixed, *later], bool(later), first)
        return [*sooner, *later]

    every = list(candidates)
    return explain([], False, every) if every and gains(every) else []
