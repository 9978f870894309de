"""What the reach of a target would do if a fact were otherwise: every fact from one run.

A fact acts through the numbers of steps and causes. Each is asked in the trials in which the
target cannot be reached without it: only there does it matter, and there its effect has a
closed form (``scores``). So the derivative of reach in every fact comes from the critical trees
and from about half a sweep, in which what is on them is taken away; no fact needs a run of its
own. ``confirm`` then runs the few that matter at both ends, on common random numbers.

Unbiased for success, causes and, where a delay of the step delays the target by as much, for
times; where other steps could make up for a delay the effect is overstated, and so is a single
derivative stretched over a wide range. Point times have no density and are left out. The
estimate therefore ranks; the confirmed change is the number to quote.

References:
    Birnbaum (1969), On the importance of different components in a multicomponent system.
    Gong and Ho (1987), Smoothed (conditional) perturbation analysis, IEEE Trans. Autom. Control
    32(10):858-866.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from counterseal.attackgraph.model import ParameterFamily
from counterseal.reach.explaining.removal import tried
from counterseal.reach.explaining.scores import REENTRY, weights
from counterseal.reach.explaining.units import cause_units, step_units
from counterseal.reach.special import log, njit
from counterseal.reach.values import Values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from counterseal.attackgraph.model import Parameter
    from counterseal.reach.explaining.derivations import Derivations
    from counterseal.reach.explaining.removal import Tried
    from counterseal.reach.program import Links, Products, Program

__all__ = ["Confirmed", "Sensitivity", "confirm", "sensitivities"]

_Z95 = 1.959963984540054
_FEW = 8
"""Draws below which scatter says nothing; a change is then taken to be as wide as itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity:
    """How much reach would change with one fact, to first order.

    Attributes:
        parameter: Its id.
        start, end: The values compared: the ends of its range; of a known one, what it is and
            the value at which it is best for the defender.
        change: Change of reach from ``start`` to ``end``.
        standard_error: Of the change, over the epistemic draws.
    """

    parameter: str
    start: float
    end: float
    change: float
    standard_error: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """The same with the fact set to either end, on the same draws.

    Attributes:
        parameter: Its id.
        at_start, at_end: Reach.
        change: Their difference.
        low, high: 95 % interval of the difference, paired by epistemic draw.
    """

    parameter: str
    at_start: float
    at_end: float
    change: float
    low: float
    high: float


def sensitivities(
    found: Derivations, *, most_tries: int | None = None
) -> tuple[Sensitivity, ...]:
    """Return every fact that moves the reach of a target, what is surely great first.

    The order is by the change less one standard error, without its sign.

    Args:
        found: The critical trees of the target.
        most_tries: About how many removals of steps to try, and of causes; with more on the
            trees, each so many-th tree is asked. A quarter of the trials when ``None``: all in
            all half a sweep.
    """
    most = found.engine.draws.trials // 4 if most_tries is None else most_tries
    entries = _Entries(found)
    entries.add_steps(most)
    entries.add_causes(most)
    rows = _by_parameter(found, entries)
    return tuple(sorted(rows, key=lambda r: (r.standard_error - abs(r.change), r.parameter)))


def confirm(
    found: Derivations, rows: Sequence[Sensitivity], *, most: int = 10
) -> tuple[Confirmed, ...]:
    """Set each of the first ``most`` facts to both ends, on the same draws."""
    return tuple(_confirmed(found, row) for row in rows[:most])


def _confirmed(found: Derivations, row: Sensitivity) -> Confirmed:
    engine = found.engine
    shape = (engine.draws.outer, engine.draws.lanes)
    ends = []
    for value in (row.start, row.end):
        ticks = engine.run(overrides={row.parameter: value}).row(found.target)
        ends.append((ticks <= found.limit).reshape(shape).mean(axis=1))
    difference = ends[1] - ends[0]
    change, error = _mean(difference)
    return Confirmed(
        parameter=row.parameter,
        at_start=float(ends[0].mean()),
        at_end=float(ends[1].mean()),
        change=change,
        low=change - _Z95 * error,
        high=change + _Z95 * error,
    )


def _mean(values: NDArray[np.float64]) -> tuple[float, float]:
    """Return the mean over draws and its standard error; infinite for a single draw."""
    size = values.size
    error = float(values.std(ddof=1)) / float(np.sqrt(size)) if size > 1 else float("inf")
    return float(values.mean()), error


class _Entries:
    """Derivatives of reach in the logs of products, trial by trial."""

    def __init__(self, found: Derivations) -> None:
        self._found = found
        self.free = _free(found.engine.program)
        self._varied = _varied(found.engine.program, self.free)
        self.product: list[NDArray[np.int64]] = []
        self.draw: list[NDArray[np.int64]] = []
        self.weight: list[NDArray[np.float64]] = []

    def add_steps(self, most: int) -> None:
        """Add the numbers of steps that are needed in their trials."""
        found, program = self._found, self._found.engine.program
        again = np.full((1, len(program.names)), program.reentry)
        rows = np.concatenate([program.roles, again])
        moved = np.logical_or.reduce(np.take(self._varied, program.roles))
        names = [program.names[step] for step in np.unique(found.step) if moved[step]]
        units = step_units(program, names)
        step_of = np.array([program.index[name] for name in units.names], dtype=np.int64)
        tree, unit, scale = _needed(found, tried(found, units, most=most))
        step = step_of[unit] if unit.size else np.empty(0, dtype=np.int64)
        slack = _slack(found, tree, step)
        out = _weights(found, tree, step, slack)
        draw = found.draw[tree]
        for role in range(REENTRY + 1):
            self._add(rows[role][step], draw, out[:, role] * scale)

    def add_causes(self, most: int) -> None:
        """Add the probabilities of causes that are needed in their trials."""
        found, program = self._found, self._found.engine.program
        chance = {name: int(program.cause_rows[i]) for i, name in enumerate(program.causes)}
        names = [name for name, row in chance.items() if self._varied[row]]
        units = cause_units(program, names)
        tree, unit, scale = _needed(found, tried(found, units, most=most))
        rows = np.array([chance[name] for name in units.names], dtype=np.int64)
        draw = found.draw[tree]
        row = rows[unit] if unit.size else np.empty(0, dtype=np.int64)
        below = found.engine.table[row, draw] <= 1.0
        self._add(row, draw, np.where(below, scale, 0.0))

    def _add(
        self, product: NDArray[np.int64], draw: NDArray[np.int64], weight: NDArray[np.float64]
    ) -> None:
        kept = (weight != 0.0) & self._varied[product]
        self.product.append(product[kept].astype(np.int64))
        self.draw.append(draw[kept])
        self.weight.append(weight[kept])


def _ends(parameter: Parameter) -> tuple[float, float] | None:
    """Return the values between which a fact is compared, or ``None`` if it cannot vary."""
    if parameter.family is ParameterFamily.POINT:
        better = parameter.mode if parameter.better is None else parameter.better
        return (parameter.mode, better) if better != parameter.mode else None
    if parameter.family is ParameterFamily.BERNOULLI:
        return (0.0, 1.0) if 0.0 < parameter.mode < 1.0 else None
    return (parameter.low, parameter.high) if parameter.low < parameter.high else None


def _free(program: Program) -> NDArray[np.int64]:
    """Return the rows of the values that are facts that can vary."""
    known = program.graph.parameters
    rows = [
        row
        for row, value in enumerate(program.values)
        if isinstance(value, str) and _ends(known[value]) is not None
    ]
    return np.array(rows, dtype=np.int64)


def _varied(program: Program, free: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which products depend on a fact that can vary."""
    names = [str(program.values[row]) for row in free]
    varied = np.zeros(program.products.row.size - 1, dtype=np.bool_)
    varied[list(program.products_of(names))] = True
    return varied


def _needed(
    found: Derivations, tries: Tried
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return the tries without which the target is not reached, and what each counts for."""
    lost = tries.arrival > found.limit
    weight = np.full(int(lost.sum()), tries.stride / found.engine.draws.lanes)
    return tries.tree[lost], tries.unit[lost], weight


def _weights(
    found: Derivations,
    tree: NDArray[np.int64],
    step: NDArray[np.int64],
    slack: NDArray[np.float64],
) -> NDArray[np.float64]:
    engine = found.engine
    out = np.zeros((step.size, REENTRY + 1))
    trial = found.trial[tree]
    draw, lane = trial // engine.draws.lanes, trial % engine.draws.lanes
    column = found.tile[tree] * engine.layout.width + found.lane[tree]
    weights(engine.plan, engine.table, step, draw, lane, column, slack, out)
    return out


def _slack(
    found: Derivations, tree: NDArray[np.int64], step: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return how many days later a step could end and its tree still be in time."""
    links, size = found.engine.program.links, len(found.engine.program.names)
    ends = (found.start, found.step, found.chosen)
    latest = _latest(links, *ends, found.local, found.limit, np.zeros(size, dtype=np.int64))
    out = np.zeros(step.size)
    _look_up(found.start, found.step, latest - found.arrival, tree, step, out)
    return out * found.engine.tick_days


@njit
def _latest(  # noqa: PLR0917 - a kernel takes plain arguments
    links: Links,
    start: NDArray[np.int64],
    step: NDArray[np.int64],
    chosen: NDArray[np.int64],
    local: NDArray[np.uint16],
    limit: int,
    place: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Return the last tick at which each item of each tree may be done."""
    out = np.full(step.size, 1 << 40)
    for tree in range(start.size - 1):
        first, last = start[tree], start[tree + 1]
        for i in range(first, last):
            place[step[i]] = i
        out[last - 1] = limit
        for i in range(last - 1, first - 1, -1):
            before = out[i] - local[i]
            if chosen[i] >= 0:
                out[place[chosen[i]]] = min(out[place[chosen[i]]], before)
                continue
            for j in range(links.parent_row[step[i]], links.parent_row[step[i] + 1]):
                parent = place[links.parent[j]]
                out[parent] = min(out[parent], before)
    return out


@njit
def _look_up(  # noqa: PLR0917 - a kernel takes plain arguments
    start: NDArray[np.int64],
    step: NDArray[np.int64],
    value: NDArray[np.int64],
    tree: NDArray[np.int64],
    wanted: NDArray[np.int64],
    out: NDArray[np.float64],
) -> None:
    """Write the value of the item that is a wanted step of a tree."""
    for k in range(tree.size):
        for i in range(start[tree[k]], start[tree[k] + 1]):
            if step[i] == wanted[k]:
                out[k] = value[i]


def _by_parameter(found: Derivations, entries: _Entries) -> list[Sensitivity]:
    """Carry derivatives from products to facts, and stretch them over the ranges."""
    engine, program = found.engine, found.engine.program
    free = entries.free
    number = np.full(len(program.values), -1, dtype=np.int64)
    number[free] = np.arange(free.size)
    held = Values(engine.draws)
    rows = held.rows_of(program)
    values = held.table[rows]
    sums = np.zeros((free.size, engine.draws.outer))
    joined = (np.concatenate(entries.product), np.concatenate(entries.draw))
    _carry(program.products, *joined, np.concatenate(entries.weight), values, number, sums)
    moved = np.flatnonzero(sums.any(axis=1))
    known = [engine.graph.parameters[str(program.values[free[i]])] for i in moved]
    return _stretched(known, sums[moved], values[free[moved]])


@njit
def _carry(  # noqa: PLR0917 - a kernel takes plain arguments
    products: Products,
    product: NDArray[np.int64],
    draw: NDArray[np.int64],
    weight: NDArray[np.float64],
    values: NDArray[np.float64],
    number: NDArray[np.int64],
    out: NDArray[np.float64],
) -> None:
    """Add the derivative of every entry in every fact of its product."""
    for k in range(product.size):
        for j in range(products.row[product[k]], products.row[product[k] + 1]):
            base, exponent = products.base[j], products.exponent[j]
            value, power = values[base, draw[k]], values[exponent, draw[k]]
            if value <= 0.0:
                continue
            if number[base] >= 0:
                out[number[base], draw[k]] += weight[k] * power / value
            if number[exponent] >= 0:
                out[number[exponent], draw[k]] += weight[k] * log(value)


def _stretched(
    facts: Sequence[Parameter], slopes: NDArray[np.float64], values: NDArray[np.float64]
) -> list[Sensitivity]:
    """Return the change over the range of each fact, from its slope in every draw."""
    ends = np.array([_ends(fact) or (0.0, 0.0) for fact in facts]).reshape(-1, 2)
    scale = np.repeat((ends[:, 1] - ends[:, 0])[:, None], slopes.shape[1], axis=1)
    even = np.array([f.family is ParameterFamily.LOGNORMAL for f in facts], dtype=np.bool_)
    scale[even] = values[even] * np.log(ends[even, 1] / ends[even, 0])[:, None]
    asked = np.ones(slopes.shape, dtype=np.bool_)
    there = np.array([f.family is ParameterFamily.BERNOULLI for f in facts], dtype=np.bool_)
    asked[there] = values[there] > 0.0  # what is not there has no slope, and says nothing
    parts = slopes * scale * asked
    count = asked.sum(axis=1)
    change = parts.sum(axis=1) / count
    rest = ((parts - change[:, None]) * asked) ** 2
    error = np.sqrt(rest.sum(axis=1) / np.maximum(count - 1, 1) / count)
    error = np.where(count < _FEW, np.maximum(error, np.abs(change)), error)
    return [
        Sensitivity(
            parameter=fact.id,
            start=float(ends[i, 0]),
            end=float(ends[i, 1]),
            change=float(change[i]),
            standard_error=float(error[i]),
        )
        for i, fact in enumerate(facts)
    ]
