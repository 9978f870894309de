"""Exact probability that a step is ever reached, for small graphs whose times do not matter.

Factoring: condition on one random event at a time, in an order that starts at the entries;
simplify what is left until nothing certain remains in it; look the residual graph up among
those already solved. On a long narrow graph the residuals are few, as with the frontiers of
Hardy, Lucet and Limnios (2007, IEEE Trans. Reliab. 56(3):506-515), of which this is a form for
and/or graphs with cycles and shared causes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterseal.attackgraph.model import Family, ParameterFamily, StepKind
from counterseal.errors import RefusedExactError
from counterseal.reach.program import build
from counterseal.reach.special import power

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from counterseal.attackgraph.model import AttackGraph, Product, Step

__all__ = ["exact_reach"]

_MOST_EVENTS = 400
_LAST_TICK = 65534


@dataclass(frozen=True, slots=True)
class _Node:
    """A step not yet decided: it needs one member of every clause, and every pending event.

    Clauses and pending events are sets of positions, written as the bits of a number.
    """

    clauses: frozenset[int]
    pending: int


_State = dict[int, _Node]


def exact_reach(graph: AttackGraph, step: str, *, most_states: int = 200_000) -> float:
    """Return the probability that ``step`` is reached within the horizon.

    Args:
        graph: Point times whose sum fits in the horizon; parameters that are all known.
        step: Id of the step.
        most_states: Residual graphs to solve before giving up.

    Raises:
        RefusedExactError: Times or parameters are random, detections are correlated, or the
            graph needs more than 400 random events or more than ``most_states`` residuals.
        GraphError: The graph is not well formed.
    """
    program = build(graph, targets=(step,))
    target = program.index.get(step)
    if target is None:
        return 0.0
    _refuse_random_times(graph, program.steps)
    chances: list[float] = []
    nodes = _nodes(graph, program.steps, chances)
    if len(chances) > _MOST_EVENTS:
        msg = f"{len(chances)} random events are too many for the exact method ({_MOST_EVENTS})"
        raise RefusedExactError(msg, hint="Simulate instead.")
    return _Solver(target=target, chances=chances, most=most_states).probability(nodes)


def _nodes(graph: AttackGraph, steps: tuple[Step, ...], chances: list[float]) -> _State:
    """Return the undecided graph; ``chances`` receives the probability of each event."""
    index = {step.id: position for position, step in enumerate(steps)}
    bits: dict[str, int] = {}
    state: _State = {}
    for position, step in enumerate(steps):
        pending = 0
        own = _works(graph, step)
        needs = {
            f"cause {c}": _clamped(graph, graph.causes[c].probability) for c in step.requires
        }
        needs[f"step {step.id}"] = own
        if min(needs.values()) <= 0.0:
            continue
        for name, chance in needs.items():
            if chance < 1.0:
                if name not in bits:
                    bits[name] = len(chances)
                    chances.append(chance)
                pending |= 1 << bits[name]
        state[position] = _Node(_clauses(step, index), pending)
    return state


def _clauses(step: Step, index: Mapping[str, int]) -> frozenset[int]:
    if step.entry:
        return frozenset()
    parents = [1 << index[parent] for parent in set(step.parents) if parent in index]
    if step.kind is StepKind.AND:
        return frozenset(parents)
    return frozenset({sum(parents)})


def _works(graph: AttackGraph, step: Step) -> float:
    """Return the probability that the step works before patience runs out."""
    unseen = _clamped(graph, step.unseen)
    if step.seen_by and 0.0 < unseen < 1.0:
        msg = f"step {step.id}: detections that share a factor have no exact method here"
        raise RefusedExactError(msg, hint="Simulate instead.")
    caught: float = (1.0 - unseen) ** graph.max_attempts
    return _clamped(graph, step.success) * (1.0 - caught)


def _refuse_random_times(graph: AttackGraph, steps: tuple[Step, ...]) -> None:
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


class _Solver:
    """Factoring with memory of the residual graphs already solved."""

    def __init__(self, *, target: int, chances: list[float], most: int) -> None:
        self._target = target
        self._chances = chances
        self._most = most
        self._solved: dict[object, float] = {}

    def probability(self, state: _State) -> float:
        """Return the probability that the target is reached from ``state`` on."""
        state = _simplified(state, self._target)
        node = state.get(self._target)
        if node is None:
            return 0.0
        if not node.clauses and not node.pending:
            return 1.0
        key = frozenset(state.items())
        if key in self._solved:
            return self._solved[key]
        if len(self._solved) >= self._most:
            msg = f"more than {self._most} residual graphs"
            raise RefusedExactError(msg, hint="Simulate instead.")
        event = min((n.pending & -n.pending).bit_length() for n in state.values() if n.pending)
        bit = 1 << (event - 1)
        chance = self._chances[event - 1]
        held = {k: _Node(n.clauses, n.pending & ~bit) for k, n in state.items()}
        failed = {k: n for k, n in state.items() if not n.pending & bit}
        found = chance * self.probability(held) + (1.0 - chance) * self.probability(failed)
        self._solved[key] = found
        return found


def _simplified(state: _State, target: int) -> _State:
    """Return an equivalent state with nothing reached, dead, irrelevant or certain in it."""
    state = dict(state)
    while True:
        size = len(state)
        _settle_reached(state, target)
        _keep_possible(state)
        _keep_relevant(state, target)
        _replace_certain(state, target)
        _merge_equal(state, target)
        if len(state) == size:
            return state


def _settle_reached(state: _State, target: int) -> None:
    """Drop clauses that hold because a member is reached, until no more step is."""
    while True:
        reached = sum(
            1 << k for k, n in state.items() if not n.clauses and not n.pending and k != target
        )
        if not reached:
            return
        for k in [k for k in state if reached >> k & 1]:
            del state[k]
        for k, node in state.items():
            left = frozenset(clause for clause in node.clauses if not clause & reached)
            if len(left) < len(node.clauses):
                state[k] = _Node(left, node.pending)


def _keep_possible(state: _State) -> None:
    """Drop steps that cannot be reached any more, and from clauses those that are gone."""
    possible = 0
    growing = True
    while growing:
        growing = False
        for k, node in state.items():
            if not possible >> k & 1 and all(clause & possible for clause in node.clauses):
                possible |= 1 << k
                growing = True
    for k in list(state):
        if not possible >> k & 1:
            del state[k]
            continue
        mask = possible & ~(1 << k)
        state[k] = _Node(
            _absorbed(clause & mask for clause in state[k].clauses), state[k].pending
        )


def _absorbed(clauses: Iterable[int]) -> frozenset[int]:
    """Return the clauses without those that another implies."""
    distinct = sorted(set(clauses), key=int.bit_count)
    kept: list[int] = []
    for clause in distinct:
        if not any(other & clause == other for other in kept):
            kept.append(clause)
    return frozenset(kept)


def _keep_relevant(state: _State, target: int) -> None:
    """Drop steps on which the target does not depend."""
    if target not in state:
        state.clear()
        return
    needed, pending = 0, [target]
    while pending:
        k = pending.pop()
        if needed >> k & 1:
            continue
        needed |= 1 << k
        below = 0
        for clause in state[k].clauses:
            below |= clause
        pending.extend(j for j in state if below >> j & 1)
    for k in [k for k in state if not needed >> k & 1]:
        del state[k]


def _replace_certain(state: _State, target: int) -> None:
    """Write the one clause of a step without events in place of the step, everywhere."""
    for k in sorted(state):
        node = state[k]
        if k == target or node.pending or len(node.clauses) != 1:
            continue
        (own,) = node.clauses
        own &= ~(1 << k)
        del state[k]
        for j, other in state.items():
            if any(clause >> k & 1 for clause in other.clauses):
                keep = ~((1 << k) | (1 << j))
                clauses = (
                    (clause | own) & keep if clause >> k & 1 else clause
                    for clause in other.clauses
                )
                state[j] = _Node(_absorbed(clauses), other.pending)


def _merge_equal(state: _State, target: int) -> None:
    """Write one step for several without events that need the same."""
    first: dict[frozenset[int], int] = {}
    for k in sorted(state):
        node = state[k]
        if k == target or node.pending:
            continue
        kept = first.setdefault(node.clauses, k)
        if kept == k:
            continue
        del state[k]
        for j, other in state.items():
            if any(clause >> k & 1 for clause in other.clauses):
                clauses = (
                    (clause & ~(1 << k)) | (1 << kept) if clause >> k & 1 else clause
                    for clause in other.clauses
                )
                state[j] = _Node(_absorbed(clauses), other.pending)
