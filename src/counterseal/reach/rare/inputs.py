"""The random inputs of a graph: every number in (0, 1) that could change an arrival."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from counterseal.attackgraph.model import ParameterFamily
from counterseal.reach.draws import Stream, keys
from counterseal.reach.kernels.attempts import POINT, SCALE, SUCCESS, UNSEEN
from counterseal.reach.kernels.bending import Where
from counterseal.reach.rare.tilts import Kind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from counterseal.reach.engine import Engine
    from counterseal.reach.program import Program

__all__ = ["Input", "collect", "where"]

_PLACES = {Kind.WORKS: (0, 0), Kind.TIME: (1, 0), Kind.SEEN: (1, 1)}

_NO_TABLE = np.ones((1, 1))


class Input(NamedTuple):
    """One random input.

    Attributes:
        kind: What it decides.
        id: Of the step, cause, latent factor or parameter.
        product: Row of the engine's table that has the chance of yes; -1 for a number.
        bound: What a number must be below for something to happen, where that is known; else 1.
    """

    kind: Kind
    id: str
    product: int = -1
    bound: float = 1.0


def collect(engine: Engine, *, steps: Collection[int]) -> tuple[Input, ...]:
    """Return the inputs that are random in ``engine``, at its level.

    Args:
        engine: The engine.
        steps: Positions of the steps whose inputs are wanted.
    """
    rows = np.array(sorted(steps), dtype=np.int64)
    found = list(_of_steps(engine, rows))
    causes = _causes(engine.program, rows)
    found += [
        Input(Kind.CAUSE, engine.program.causes[row], product)
        for row, product in _uncertain(engine, causes, engine.plan.cause_rows)
    ]
    return (*found, *_facts(engine.program, rows, causes))


def _of_steps(engine: Engine, rows: NDArray[np.int64]) -> Iterator[Input]:
    program, roles = engine.program, engine.plan.roles
    names = program.names
    for row, product in _uncertain(engine, rows, roles[SUCCESS]):
        yield Input(Kind.WORKS, names[row], product)
    days = engine.table[roles[SCALE, rows]].max(axis=1, initial=0.0)
    for row in rows[(program.families[rows] != POINT) & (days > 0.0)].tolist():
        yield Input(Kind.TIME, names[row])
    for row, product in _uncertain(engine, rows, roles[UNSEEN]):
        yield Input(Kind.SEEN, names[row], product if program.seen_by[row] < 0 else -1)
    loaded = program.latent[rows][program.loading[rows] > 0.0]
    for row in np.unique(np.concatenate([loaded, program.seen_by[rows]])).tolist():
        if row >= 0:
            yield Input(Kind.FACTOR, program.latents[row])


def _uncertain(
    engine: Engine, rows: NDArray[np.int64], products: NDArray[np.int32]
) -> Iterator[tuple[int, int]]:
    """Yield the positions whose product is below 1 in some draw, each with the product."""
    least = engine.table[products[rows]].min(axis=1, initial=1.0)
    for row in rows[least < 1.0].tolist():
        yield row, int(products[row])


def _causes(program: Program, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the causes that any of the steps requires."""
    found = {cause for row in rows.tolist() for cause in program.needs[row]}
    return np.array(sorted(found), dtype=np.int64)


def _facts(
    program: Program, rows: NDArray[np.int64], causes: NDArray[np.int64]
) -> Iterator[Input]:
    """Yield the facts that the steps and causes rest on."""
    products = program.products
    used = np.concatenate(
        [program.roles[:, rows].ravel(), program.cause_rows[causes], [program.reentry]]
    )
    chosen = np.repeat(np.isin(np.arange(products.row.size - 1), used), np.diff(products.row))
    values = np.unique(np.concatenate([products.base[chosen], products.exponent[chosen]]))
    for row in values.tolist():
        value = program.values[row]
        if not isinstance(value, str):
            continue
        parameter = program.graph.parameters[value]
        if parameter.family is ParameterFamily.BERNOULLI:
            if 0.0 < parameter.mode < 1.0:
                yield Input(Kind.FACT, value, bound=parameter.mode)
        elif parameter.family is not ParameterFamily.POINT:
            yield Input(Kind.FACT, value)


def where(
    engine: Engine,
    inputs: Sequence[Input],
    rows: Mapping[tuple[Kind, str], int],
) -> Where:
    """Return where the numbers of some inputs come from: the streams that the samplers use.

    Args:
        engine: The engine.
        inputs: Which.
        rows: Row of those that are bent.
    """
    program, seed = engine.program, engine.draws.seed
    number = {name: row for row, name in enumerate(program.causes)}
    found = np.empty((len(inputs), 3), dtype=np.uint32)
    places = np.zeros((len(inputs), 2), dtype=np.int64)
    other = {Kind.FACTOR: Stream.LATENT, Kind.FACT: Stream.PARAMETER}
    for row, one in enumerate(inputs):
        if one.kind in _PLACES:
            found[row] = engine.plan.keys[program.index[one.id]]
            places[row] = _PLACES[one.kind]
        elif one.kind is Kind.CAUSE:
            found[row] = engine.plan.cause_keys[number[one.id]]
        else:
            found[row] = keys(other[one.kind], [one.id], seed=seed)[0]
    bent = [rows.get((one.kind, one.id), -1) for one in inputs]
    return Where(
        rows=np.array(bent, dtype=np.int32),
        keys=found,
        places=places,
        products=np.array([one.product for one in inputs], dtype=np.int32),
        table=engine.table if any(one.product >= 0 for one in inputs) else _NO_TABLE,
        lanes=engine.draws.lanes,
    )
