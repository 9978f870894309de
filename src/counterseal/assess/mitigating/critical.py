"""What not to sell as a plan: the measures on the steps that are critical most often.

A critical step may be one of many ways in, and the next way may be a day longer: the share of
trials in which a step is critical says little about what is gained by closing it. The plan made
of it is worked out only to be shown beside one that was chosen by what it leaves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from counterseal.reach.explaining.critical import explain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from counterseal.assess.campaign import Campaign
    from counterseal.assess.mitigating.measures import Countermeasure

__all__ = ["by_criticality"]


def by_criticality(
    campaign: Campaign,
    targets: Sequence[str],
    measures: Sequence[Countermeasure],
    *,
    budget: float,
) -> tuple[int, ...]:
    """Return the numbers of the measures on the most critical steps, as the budget allows.

    Args:
        campaign: The adversary, on some draws.
        targets: Steps that the adversary is after.
        measures: What may be chosen; those that touch no step are left out.
        budget: What the choice may cost.
    """
    weights: dict[str, float] = {}
    for explanation in explain(campaign.engine, targets, most=1):
        for step, share in explanation.critical.items():
            weights[step] = weights.get(step, 0.0) + share * explanation.reached.estimate
    known = campaign.graph.parameters
    ranked = []
    for number, measure in enumerate(measures):
        keys = [key for key in measure.overrides if key in known]
        touched = campaign.engine.touched(keys) if keys else ()
        weight = sum(weights.get(step, 0.0) for step in touched)
        if weight > 0.0:
            ranked.append((-weight, number))
    chosen: list[int] = []
    for _, number in sorted(ranked):
        if sum(measures[one].cost for one in [*chosen, number]) <= budget:
            chosen.append(number)
    return tuple(chosen)
