"""An attack graph as arrays: what simulation needs of every step, without an object per step.

A compiled graph comes with its columns; those of a graph given step by step are made here.
Positions are those of ``AttackGraph.steps``.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from counterseal.attackgraph.model import CauseLevel, Family, Power, StepKind
from counterseal.errors import GraphError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from numpy.typing import NDArray

    from counterseal.attackgraph.model import AttackGraph, Product, Step

__all__ = [
    "FAMILY_CODES",
    "ROLES",
    "ZERO",
    "Columns",
    "Products",
    "columns_of",
    "compressed",
    "items_of",
]

FAMILY_CODES = MappingProxyType({family: code for code, family in enumerate(Family)})
"""Code of each family of local time, in order of definition."""

ROLES = ("scale", "shape", "success", "unseen")
"""What the rows of ``Columns.roles`` are products for."""

ZERO: Product = (Power(base=0.0),)
"""The scale of a step that takes no time."""


class Products(NamedTuple):
    """Products of powers, in compressed rows over a table of values.

    Attributes:
        row: Where the powers of each product start; shape (products + 1,).
        base: Row of the value that is the base; shape (powers,).
        exponent: Row of the value that is the exponent; shape (powers,).
    """

    row: NDArray[np.int32]
    base: NDArray[np.int32]
    exponent: NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Columns:
    """The steps of one graph, column by column.

    Attributes:
        names: Step ids, sorted.
        kind: 1 for an and-step, else 0; shape (steps,).
        entry: 1 for an entry, else 0; shape (steps,).
        parent_row, parent: Positions of the parents of each step, in compressed rows.
        family: Code of the family of times, ``FAMILY_CODES``; shape (steps,).
        latents: Ids of latent factors, sorted.
        latent, seen_by: Position of the factor shared by times, and of the one shared by
            detections, in ``latents``; -1 for none; shape (steps,).
        loading: Loading on the factor shared by times; shape (steps,).
        roles: Product of each role of each step; shape (len(ROLES), steps).
        values: Parameter ids and constants: what products are made of.
        products: Distinct products over ``values``.
        need_row, need: Positions in ``causes`` of what each step requires, in compressed rows.
        causes: Ids of required causes, sorted.
        cause_product: Product of each cause's probability.
        cause_level: 1 for a cause drawn once per epistemic draw, 0 for one of every trial.
        reentry: Product of the days lost after a detected attempt.
    """

    names: Sequence[str]
    kind: NDArray[np.uint8]
    entry: NDArray[np.uint8]
    parent_row: NDArray[np.int32]
    parent: NDArray[np.int32]
    family: NDArray[np.int8]
    latents: tuple[str, ...]
    latent: NDArray[np.int32]
    seen_by: NDArray[np.int32]
    loading: NDArray[np.float64]
    roles: NDArray[np.int32]
    values: Sequence[str | float]
    products: Products
    need_row: NDArray[np.int32]
    need: NDArray[np.int32]
    causes: tuple[str, ...]
    cause_product: NDArray[np.int32]
    cause_level: NDArray[np.uint8]
    reentry: int


def columns_of(graph: AttackGraph) -> Columns:
    """Return the columns of ``graph``.

    Raises:
        GraphError: The graph refers to what it does not hold, or a step is not well formed.
    """
    if graph.columns is not None:
        return graph.columns
    _check(graph)
    return _encode(graph)


def compressed(rows: Sequence[Sequence[int]]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return ``rows`` of numbers as starts, one more than there are rows, and numbers."""
    ends = np.cumsum([0, *(len(row) for row in rows)]).astype(np.int32)
    return ends, np.array([item for row in rows for item in row], dtype=np.int32)


def items_of(
    start: NDArray[np.integer], rows: NDArray[np.integer]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the items of some compressed rows: number of the row, place of the item."""
    counts = np.diff(start)[rows].astype(np.int64)
    owner = np.repeat(np.arange(rows.size, dtype=np.int64), counts)
    before = np.cumsum(counts) - counts
    return owner, np.arange(owner.size, dtype=np.int64) + (start[rows] - before)[owner]


def _encode(graph: AttackGraph) -> Columns:
    steps, position = graph.steps, graph.index
    causes = tuple(sorted({cause for step in steps for cause in step.requires}))
    place = {cause: row for row, cause in enumerate(causes)}
    latents = tuple(sorted(_factors(steps)))
    factor = {name: row for row, name in enumerate(latents)}
    table = _Table()
    roles = np.empty((len(ROLES), len(steps)), dtype=np.int32)
    for row, step in enumerate(steps):
        scale = ZERO if step.time.zero else step.time.scale
        for role, product in enumerate((scale, step.time.shape, step.success, step.unseen)):
            roles[role, row] = table.product(product)
    chances = [table.product(graph.causes[cause].probability) for cause in causes]
    levels = [graph.causes[cause].level is CauseLevel.DRAW for cause in causes]
    reentry = table.product(graph.reentry)
    products = table.encode()
    upward = compressed([sorted({position[p] for p in step.parents}) for step in steps])
    needs = compressed([[place[cause] for cause in step.requires] for step in steps])
    return Columns(
        names=[step.id for step in steps],
        kind=np.array([step.kind is StepKind.AND for step in steps], dtype=np.uint8),
        entry=np.array([step.entry for step in steps], dtype=np.uint8),
        parent_row=upward[0],
        parent=upward[1],
        family=np.array([FAMILY_CODES[step.time.family] for step in steps], dtype=np.int8),
        latents=latents,
        latent=np.array([factor.get(s.time.latent, -1) for s in steps], dtype=np.int32),
        seen_by=np.array([factor.get(s.seen_by, -1) for s in steps], dtype=np.int32),
        loading=np.array([step.time.loading for step in steps], dtype=np.float64),
        roles=roles,
        values=tuple(table.values),
        products=products,
        need_row=needs[0],
        need=needs[1],
        causes=causes,
        cause_product=np.array(chances, dtype=np.int32),
        cause_level=np.array(levels, dtype=np.uint8),
        reentry=reentry,
    )


def _factors(steps: Iterable[Step]) -> set[str]:
    return {name for step in steps for name in (step.time.latent, step.seen_by)} - {""}


class _Table:
    """Collects distinct values and distinct products."""

    def __init__(self) -> None:
        self.values: dict[str | float, int] = {}
        self.rows: dict[Product, int] = {}

    def _value(self, value: float | str) -> int:
        key = value if isinstance(value, str) else float(value)
        return self.values.setdefault(key, len(self.values))

    def product(self, product: Product) -> int:
        """Return the row of ``product``."""
        return self.rows.setdefault(product, len(self.rows))

    def encode(self) -> Products:
        """Return the products in compressed rows."""
        ends = np.cumsum([0, *(len(product) for product in self.rows)])
        powers = [p for product in self.rows for p in product]
        return Products(
            row=ends.astype(np.int32),
            base=np.array([self._value(p.base) for p in powers], dtype=np.int32),
            exponent=np.array([self._value(p.exponent) for p in powers], dtype=np.int32),
        )


def _check(graph: AttackGraph) -> None:
    """Refuse a graph whose references do not resolve."""
    known = {step.id for step in graph.steps}
    if len(known) != len(graph.steps):
        raise GraphError("two steps of the graph have the same id")
    if graph.max_attempts < 1 or not graph.horizon_days > 0.0:
        raise GraphError("a graph needs a horizon above 0 and at least one attempt")
    for step in graph.steps:
        _check_step(step, graph, known)
    for cause in graph.causes.values():
        _check_product(cause.probability, graph, f"cause {cause.id}")
    _check_product(graph.reentry, graph, "re-entry")


def _check_step(step: Step, graph: AttackGraph, known: Collection[str]) -> None:
    for parent in step.parents:
        if parent not in known:
            raise GraphError(f"step {step.id}: no step {parent}, yet it is a parent")
    for cause in step.requires:
        if cause not in graph.causes:
            raise GraphError(f"step {step.id}: no cause {cause}, yet it is required")
    if step.kind is StepKind.AND and not step.parents and not step.entry:
        raise GraphError(f"step {step.id}: an and-step without parents must be an entry")
    if not 0.0 <= step.time.loading < 1.0:
        raise GraphError(f"step {step.id}: a loading of {step.time.loading:g} is not in [0, 1)")
    for product in (step.time.scale, step.time.shape, step.success, step.unseen):
        _check_product(product, graph, f"step {step.id}")


def _check_product(product: Product, graph: AttackGraph, where: str) -> None:
    for factor in product:
        for value in (factor.base, factor.exponent):
            if isinstance(value, str) and value not in graph.parameters:
                raise GraphError(f"{where}: no parameter {value}, yet a product names it")
