"""Exact probability that a step is ever reached, where times do not matter."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from counterseal.attackgraph.model import Family, ParameterFamily
from counterseal.errors import RefusedExactError
from counterseal.reach.exact.fixpoint import solve
from counterseal.reach.exact.structure import structure
from counterseal.reach.program import build
from counterseal.reach.special import power

if TYPE_CHECKING:
    from collections.abc import Iterable

    from counterseal.attackgraph.model import AttackGraph, Product, Step

__all__ = ["MOST_NODES", "exact_reach"]

MOST_NODES = 4_000_000
"""Decision diagrams of this size take about 250 MB and ten seconds."""
_LAST_TICK = 65534


def exact_reach(graph: AttackGraph, step: str, *, most_nodes: int = MOST_NODES) -> float:
    """Return the probability that ``step`` is reached within the horizon.

    Args:
        graph: Point times whose sum fits in the horizon; parameters that are all known.
        step: Id of the step.
        most_nodes: Nodes of the decision diagram before giving up; a node takes some 40 bytes.

    Raises:
        RefusedExactError: Times or parameters are random, detections are correlated, or the
            diagram would take more than ``most_nodes`` nodes.
        GraphError: The graph is not well formed.
    """
    steps = tuple(build(graph, targets=(step,)).steps)
    _refuse_random_times(graph, steps)
    chances: dict[str, float] = {}
    needs = {}
    for one in steps:
        own = _chances(graph, one)
        if min(own.values()) > 0.0:
            chances |= own
            needs[one.id] = [event for event, chance in own.items() if chance < 1.0]
    found = structure(steps, step, needs)
    if found is None:
        return 0.0
    solution = solve(found.equations, most_nodes=most_nodes)
    return solution.probability([prod(chances[e] for e in events) for events in found.events])


def _chances(graph: AttackGraph, step: Step) -> dict[str, float]:
    """Return the probability of every event that the step needs."""
    needs: dict[str, float] = {
        f"cause {cause}": _clamped(graph, graph.causes[cause].probability)
        for cause in step.requires
    }
    needs[f"step {step.id}"] = _works(graph, step)
    return needs


def _works(graph: AttackGraph, step: Step) -> float:
    """Return the probability that the step works before patience runs out."""
    unseen = _clamped(graph, step.unseen)
    if step.seen_by and 0.0 < unseen < 1.0:
        msg = f"step {step.id}: detections that share a factor have no exact method here"
        raise RefusedExactError(msg, hint="Simulate instead.")
    caught: float = (1.0 - unseen) ** graph.max_attempts
    return _clamped(graph, step.success) * (1.0 - caught)


def _refuse_random_times(graph: AttackGraph, steps: Iterable[Step]) -> None:
    tick = graph.horizon_days / _LAST_TICK
    total = rounding = 0.0
    for step in steps:
        if step.time.family is not Family.POINT:
            msg = f"step {step.id} takes a random time ({step.time.family.value})"
            raise RefusedExactError(msg, hint="Give it a point time, or simulate.")
        days = 0.0 if step.time.zero else _known(graph, step.time.scale)
        tries = 1 if _clamped(graph, step.unseen) >= 1.0 else graph.max_attempts
        days = days * tries + (tries - 1) * (_known(graph, graph.reentry) if tries > 1 else 0.0)
        total += days
        rounding += tick / 2 if days > 0.0 else 0.0
    if total + rounding > graph.horizon_days:
        msg = f"the times add up to {total:g} days, more than the horizon"
        raise RefusedExactError(msg, hint="Give a longer horizon, or simulate.")


def _clamped(graph: AttackGraph, product: Product) -> float:
    return min(1.0, max(0.0, _known(graph, product)))


def _known(graph: AttackGraph, product: Product) -> float:
    """Return the value of a product whose parameters are all known."""
    total = 1.0
    for factor in product:
        total *= power(_value(graph, factor.base), _value(graph, factor.exponent))
    return total


def _value(graph: AttackGraph, value: float | str) -> float:
    if not isinstance(value, str):
        return float(value)
    parameter = graph.parameters[value]
    if parameter.family is not ParameterFamily.POINT:
        msg = f"parameter {parameter.id} is uncertain ({parameter.family.value})"
        raise RefusedExactError(msg, hint="Fix it to a point, or simulate.")
    return parameter.mode
