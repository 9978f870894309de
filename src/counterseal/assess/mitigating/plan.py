"""A plan of measures on an estate under a budget, with the gap to the best possible one.

One concern is planned for at a time; no score adds concerns up. On trials of its own the search
keeps a shortlist, chooses by lazy greedy choice and exchanges, and bounds what any plan of the
shortlist within the budget can leave; then the plan is tried on fresh draws, for every concern.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from counterseal.assess.mitigating.critical import by_criticality
from counterseal.assess.mitigating.holdout import hold_out
from counterseal.assess.mitigating.measures import VALUE
from counterseal.assess.mitigating.sample import Sample
from counterseal.assess.mitigating.searching.bounding import Bounding
from counterseal.assess.mitigating.searching.greedy import best_within
from counterseal.assess.mitigating.searching.shortlist import shortlist
from counterseal.assess.mitigating.searching.stakes import Levels
from counterseal.assess.side import model_of
from counterseal.errors import UsageError
from counterseal.reach.draws import Draws

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from counterseal.assess.campaign import Campaign
    from counterseal.assess.levels import Concern
    from counterseal.assess.mitigating.holdout import HoldOut
    from counterseal.assess.mitigating.measures import Countermeasure
    from counterseal.assess.side import Model
    from counterseal.catalog.catalog import Catalog
    from counterseal.estate.estate import Estate

__all__ = ["Effort", "Mitigation", "Point", "mitigate"]

MOST_TIMES = 8
"""How many times the trials asked for there may be."""

MOST_POINTS = 6
"""Budgets on the curve."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How much is computed; every stop is a count.

    Attributes:
        trials: Draws that a plan is chosen on, of one lane each: at least so many.
        telling: Trials in which something is at stake that are wanted; the draws are doubled,
            at most three times, until there are as many.
        fresh: Epistemic draws that it is tried on.
        lanes: Trials in each of these.
        candidates: Measures on the shortlist, at most.
        rounds: Rounds of cuts for each budget.
    """

    trials: int = 512
    telling: int = 256
    fresh: int = 128
    lanes: int = 32
    candidates: int = 60
    rounds: int = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """The best plan found within one budget.

    Attributes:
        budget: What a plan may cost.
        plan: Measures, in the order in which each adds most.
        cost: What they cost.
        level: What they leave.
        greedy: What the greedy plan leaves, before the bound's search found others.
        least: No plan of the shortlist within the budget leaves less.
    """

    budget: float
    plan: tuple[Countermeasure, ...]
    cost: float
    level: float
    greedy: float
    least: float


@dataclass(frozen=True, kw_only=True)
class Mitigation:
    """What to do first, and what is known of doing better.

    Levels are means over the trials that the plan was chosen on, in the unit of the concern.

    Attributes:
        concern: What was planned for.
        effort: How much was to be computed.
        trials: Draws that the plan was chosen on.
        telling: Of these, those in which something is at stake.
        seed: Of the trials; the fresh draws have the next one.
        base: Level without measures.
        everything: Level with every measure of the pool, whatever it costs.
        pool: Measures that could be taken and could matter.
        shortlist: Measures that were planned with.
        points: Best plan by budget; the last one is within the whole budget.
        leaves: Level after each measure of the last point's plan.
        critical: The plan made of the most critical steps, and what it leaves.
        rounds, cuts, plans: Rounds of the bound, its cuts, and plans asked about.
        sound: Whether more measures left no more in every trial and question.
        holdout: The plan on fresh draws.
    """

    concern: Concern
    effort: Effort
    trials: int
    telling: int
    seed: int
    base: float
    everything: float
    pool: int
    shortlist: tuple[Countermeasure, ...]
    points: tuple[Point, ...]
    leaves: tuple[float, ...]
    critical: tuple[tuple[Countermeasure, ...], float]
    rounds: int
    cuts: int
    plans: int
    sound: bool
    holdout: HoldOut = field(repr=False)

    @property
    def chosen(self) -> Point:
        """The plan within the whole budget."""
        return self.points[-1]

    @property
    def gap(self) -> float:
        """How much less any plan of the shortlist could leave, as a share of ``base``."""
        return share(self.chosen.level - self.chosen.least, self.base)


def share(part: float, whole: float) -> float:
    """Return ``part / whole``, and 0 where there is no whole."""
    return part / whole if whole > 0 else 0.0


def mitigate(
    estate: Estate,
    catalog: Catalog,
    measures: Sequence[Countermeasure],
    *,
    concern: Concern,
    budget: float,
    effort: Effort | None = None,
    seed: int = 0,
    workers: int | None = None,
    advance: Callable[[int, int], None] = lambda _done, _total: None,
) -> Mitigation:
    """Return a plan within ``budget``.

    Args:
        estate: What is to be bettered.
        catalog: What it is compiled with.
        measures: What could be done, with costs.
        concern: One concern of one adversary.
        budget: In the unit of the costs, at least 0.
        effort: How much to compute.
        seed: Of the draws.
        workers: Threads; results do not depend on it.
        advance: Told of stages done, out of all.

    Raises:
        UsageError: The budget is negative, or the adversary has no such concern.
    """
    if budget < 0:
        raise UsageError(f"a budget of {budget:g} is less than nothing")
    effort = effort or Effort()
    advance(0, 3)
    model = model_of(estate, catalog, adversaries=[concern.adversary])
    campaign = _campaign(model, concern, effort, seed=seed, workers=workers)
    ground = _ground(
        campaign, concern, measures, catalog, most=effort.candidates, budget=budget
    )
    advance(1, 3)
    costs = [measure.cost for measure in ground.chosen]
    bounding = Bounding(levels=ground.levels, costs=costs, rounds=effort.rounds)
    points, rounds = _curve(ground, bounding, budget)
    advance(2, 3)
    fresh = Draws(seed=seed + 1, outer=effort.fresh, lanes=effort.lanes)
    return Mitigation(
        concern=concern,
        effort=effort,
        trials=campaign.draws.trials,
        telling=_telling(campaign, concern),
        seed=seed,
        base=ground.levels.of(()),
        everything=ground.everything,
        pool=ground.pool,
        shortlist=ground.chosen,
        points=points,
        leaves=ground.steps(points[-1].plan),
        critical=ground.critical(budget),
        rounds=rounds,
        cuts=bounding.cuts,
        plans=len(ground.levels.known),
        sound=bounding.sound,
        holdout=hold_out(estate, catalog, points[-1].plan, draws=fresh, workers=workers),
    )


@dataclass(frozen=True, kw_only=True)
class _Ground:
    """What is planned on.

    Attributes:
        campaign: The adversary, on draws of one lane each.
        targets: Steps by which the concern is served.
        pool: Measures that could be taken and could matter.
        everything: Level with all of these in place.
        chosen: The shortlist.
        levels: What plans of the shortlist leave.
    """

    campaign: Campaign
    targets: frozenset[str]
    pool: int
    everything: float
    chosen: tuple[Countermeasure, ...]
    levels: Levels

    def steps(self, plan: Sequence[Countermeasure]) -> tuple[float, ...]:
        """Return the level after each measure of a plan."""
        numbers = {measure.id: number for number, measure in enumerate(self.chosen)}
        order = [numbers[measure.id] for measure in plan]
        return tuple(self.levels.of(order[: n + 1]) for n in range(len(order)))

    def critical(self, budget: float) -> tuple[tuple[Countermeasure, ...], float]:
        """Return the plan made of the most critical steps, and what it leaves."""
        plan = by_criticality(self.campaign, sorted(self.targets), self.chosen, budget=budget)
        return tuple(self.chosen[one] for one in plan), self.levels.of(plan)


def _campaign(
    model: Model, concern: Concern, effort: Effort, *, seed: int, workers: int | None
) -> Campaign:
    """Return the adversary on enough draws of one lane each.

    Raises:
        UsageError: The adversary has no such concern.
    """
    outer = effort.trials
    while True:
        draws = Draws(seed=seed, outer=outer, lanes=1)
        [campaign] = model.side(draws, workers=workers).campaigns
        if concern not in campaign.base.levels:
            raise UsageError(f"{concern.adversary} has no concern {concern.subject!r} here")
        if _telling(campaign, concern) >= effort.telling or outer >= MOST_TIMES * effort.trials:
            return campaign
        outer *= 2


def _telling(campaign: Campaign, concern: Concern) -> int:
    """Return the trials in which something is at stake."""
    return int((campaign.base.levels[concern] > 0).sum())


def _ground(
    campaign: Campaign,
    concern: Concern,
    measures: Sequence[Countermeasure],
    catalog: Catalog,
    *,
    most: int,
    budget: float,
) -> _Ground:
    """Keep a shortlist of at most ``most`` measures."""
    targets = _targets(campaign, concern)
    is_idle = not campaign.base.levels[concern].any()
    pool = () if is_idle else _that_matter(campaign, measures, targets)
    whole = Levels(stakes=Sample(campaign, concern, pool, catalog=catalog, together=1))
    numbers = shortlist(whole, [measure.cost for measure in pool], budget, most=most)
    chosen = tuple(pool[one] for one in numbers)
    return _Ground(
        campaign=campaign,
        targets=targets,
        pool=len(pool),
        everything=whole.of(range(len(pool))),
        chosen=chosen,
        levels=Levels(stakes=Sample(campaign, concern, chosen, catalog=catalog)),
    )


def _targets(campaign: Campaign, concern: Concern) -> frozenset[str]:
    """Return the steps by which the concern is served."""
    aims = campaign.adversary.objectives
    kinds = {"knowledge": {"learn"}, "integrity": {aim.value for aim in aims.integrity}}
    if concern.family != "use":
        wanted = kinds[concern.family]
        return frozenset(o.step for o in campaign.graph.objectives if o.kind in wanted)
    layout = campaign.valuation.sampler.layout
    items = {layout.items[item] for item in layout.joint[concern.subject].cells.item.tolist()}
    return frozenset(
        o.step
        for o in campaign.graph.objectives
        if o.kind == "exfiltrate" and o.element in items
    )


def _that_matter(
    campaign: Campaign, measures: Sequence[Countermeasure], targets: frozenset[str]
) -> tuple[Countermeasure, ...]:
    """Return the measures that touch a step or a holding on which the concern can depend.

    In order of element, so that neighbours concern the same place.
    """
    held = {o.element for o in campaign.graph.objectives if o.step in targets}
    known = campaign.graph.parameters
    found = [
        measure
        for measure in measures
        if (measure.kind in VALUE and measure.element in held)
        or campaign.engine.touched([key for key in measure.overrides if key in known])
    ]
    return tuple(sorted(found, key=lambda measure: (measure.element, measure.id)))


def _curve(ground: _Ground, bounding: Bounding, budget: float) -> tuple[tuple[Point, ...], int]:
    """Return the best plan for each budget, and the rounds that the bounds took.

    A bound for a budget is one for any smaller budget, and a plan within a budget is one within
    any larger budget: so with more budget, neither gets worse.
    """
    levels, costs = ground.levels, bounding.costs
    budgets = _budgets(costs, budget)
    greedy = [best_within(levels, costs, some).level for some in budgets]
    bounds = [bounding.within(some) for some in reversed(budgets)][::-1]
    points = []
    for number, some in enumerate(budgets):
        plan = _in_order(levels, levels.best(costs, some))
        points.append(
            Point(
                budget=some,
                plan=tuple(ground.chosen[one] for one in plan),
                cost=sum(costs[one] for one in plan),
                level=levels.of(plan),
                greedy=min(greedy[: number + 1]),
                least=min(max(bound.least for bound in bounds[number:]), levels.of(plan)),
            )
        )
    return tuple(points), sum(bound.rounds for bound in bounds)


def _budgets(costs: Sequence[float], budget: float) -> list[float]:
    """Return at most ``MOST_POINTS`` budgets, evenly spaced, the last one ``budget``."""
    affordable = [cost for cost in costs if cost <= budget]
    if not affordable:
        return [budget]
    points = min(MOST_POINTS, max(1, int(budget // min(affordable))))
    return [budget * (number + 1) / points for number in range(points)]


def _in_order(levels: Levels, plan: Sequence[int]) -> list[int]:
    """Return a plan with the measure that leaves least first, then the one that adds most."""
    ordered: list[int] = []
    while len(ordered) < len(plan):
        rest = [one for one in plan if one not in ordered]
        ordered.append(min(rest, key=lambda one: (levels.of([*ordered, one]), one)))
    return ordered
