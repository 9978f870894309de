"""A plan as a document: shares of what is at stake first, levels for those who ask."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from counterseal.assess.comparison import band
from counterseal.assess.mitigating.measures import VALUE
from counterseal.assess.mitigating.plan import share
from counterseal.canon import significant

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from counterseal.assess.levels import Concern
    from counterseal.assess.mitigating.measures import Countermeasure
    from counterseal.assess.mitigating.plan import Mitigation, Point
    from counterseal.canon import Json

__all__ = ["GUARANTEE", "document"]

SCHEMA = "counterseal-mitigation/1"

GUARANTEE = (
    "What a measure gains can grow when others are in place (parallel ways in), so the greedy "
    "choice guarantees no share of the best reduction. What is proven is the gap: on these "
    "trials, no plan of these measures within the budget leaves less than the bound."
)

UNITS = {"use": "person-years", "integrity": "person-years", "knowledge": "items"}

DECIMALS = 4
"""Decimals of a share of what is at stake."""

GAPS = 1000
"""A gap is rounded up to parts of so many: what is finer than that is the solver's path."""


def document(found: Mitigation, *, left_out: Mapping[str, int], unit: str) -> dict[str, Json]:
    """Return a plan as JSON.

    Args:
        found: The plan.
        left_out: How many measures were not considered, by reason.
        unit: What costs are counted in; empty where no costs were declared.
    """
    concern, chosen = found.concern, found.chosen
    return {
        "schema": SCHEMA,
        "adversary": concern.adversary,
        "family": concern.family,
        "use": concern.subject,
        "unit": UNITS[concern.family],
        "seed": found.seed,
        "trials": found.trials,
        "telling_trials": found.telling,
        "budget": chosen.budget,
        "cost_unit": unit or None,
        "base": significant(found.base),
        "pool": found.pool,
        "everything": _share(found, found.everything),
        "shortlist": [measure.id for measure in found.shortlist],
        "left_out": dict(left_out),
        "plan": [
            {**_measure(measure), "leaves": _share(found, level)}
            for measure, level in zip(chosen.plan, found.leaves, strict=True)
        ],
        **_point(found, chosen),
        "guarantee": GUARANTEE,
        "curve": [
            {**_point(found, point), "measures": [measure.id for measure in point.plan]}
            for point in found.points
        ],
        "most_critical": {
            "measures": [measure.id for measure in found.critical[0]],
            "leaves": _share(found, found.critical[1]),
        },
        "method": {
            "rounds": found.rounds,
            "cuts": found.cuts,
            "plans": found.plans,
            "monotone": found.sound,
        },
        "fresh": _fresh(found),
        "limits": _limits(found, unit),
    }


def _point(found: Mitigation, point: Point) -> dict[str, Json]:
    leaves = _share(found, point.level)
    least = None
    if found.sound and leaves is not None:
        gap = ceil(share(point.level - point.least, found.base) * GAPS) / GAPS
        least = round(max(leaves - gap, 0.0), DECIMALS)
    return {
        "budget": point.budget,
        "cost": significant(point.cost),
        "leaves": leaves,
        "greedy_leaves": _share(found, point.greedy),
        "at_least": least,
        "gap": None if least is None or leaves is None else round(leaves - least, DECIMALS),
    }


def _share(found: Mitigation, level: float) -> float | None:
    """Return a level as a share of what is at stake today; ``None`` when nothing is."""
    return round(level / found.base, DECIMALS) if found.base > 0 else None


def _measure(measure: Countermeasure) -> dict[str, Json]:
    return {
        "id": measure.id,
        "kind": measure.kind.value,
        "reduces": "value" if measure.kind in VALUE else "reach",
        "element": measure.element,
        "statement": measure.statement,
        "cost": significant(measure.cost),
    }


def _fresh(found: Mitigation) -> dict[str, Json]:
    """Return the plan on the draws that it was not chosen on."""
    held = found.holdout
    own = held.rows.get(found.concern)
    defined = own is not None and own.mean_before > 0
    leaves = own.mean_after / own.mean_before if own is not None and defined else None
    ratio = own.ratio if own is not None else None
    return {
        "seed": held.draws.seed,
        "draws": held.draws.outer,
        "lanes": held.draws.lanes,
        "leaves": None if leaves is None else round(leaves, DECIMALS),
        "range": None if ratio is None else ratio.as_json(),
        "optimism": None
        if leaves is None
        else round(leaves - share(found.chosen.level, found.base), DECIMALS),
        "concerns": [
            {
                "adversary": concern.adversary,
                "family": concern.family,
                "subject": concern.subject,
                "before": significant(row.mean_before),
                "after": significant(row.mean_after),
                "leaves": round(row.mean_ratio, DECIMALS) if row.mean_before > 0 else None,
                "better": row.better.hits,
                "worse": row.worse.hits,
                "change": band(row.new - row.old).as_json(),
            }
            for concern, row in held.rows.items()
        ],
        "worse": [_name(concern) for concern in held.worse],
    }


def _name(concern: Concern) -> str:
    return f"{concern.adversary}/{concern.subject}"


def _limits(found: Mitigation, unit: str) -> list[Json]:
    costs = (
        f"costs are as declared, in {unit}"
        if unit
        else "no costs were declared: every measure costs 1, deleting a holding as much as a "
        "setting; declare costs (--costs) before using this as a plan"
    )
    outside = (
        f"measures outside the shortlist of {len(found.shortlist)} were not planned with; "
        f"all {found.pool} together are shown as 'everything'"
    )
    chosen = (
        f"measures are chosen on {found.telling} trials in which something is at stake (of "
        f"{found.trials}); fresh draws show the optimism"
    )
    shown: Sequence[str] = (
        "levels rest on elicited priors; compare, do not read them as frequencies",
        costs,
        chosen,
        "a measure is fully in place from the first day and works as the catalog has it",
        "deleting, tokenising and coarsening a holding are taken to include every copy of it",
        "not considered: what a measure breaks in the mission, and moving or dividing systems",
        outside,
    )
    return list(shown)
