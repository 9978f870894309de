"""An attack graph as arrays: only what can matter to the targets, in the order of the sweep.

A step stays when some target depends on it and when the adversary could reach it if every
uncertain thing went its way. Neither test looks at a number, so overriding a parameter never
changes which steps there are.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from counterseal.attackgraph.model import CauseLevel, Family, Power, StepKind
from counterseal.errors import GraphError
from counterseal.estate.pause import without_collection
from counterseal.reach.special import njit, power

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from counterseal.attackgraph.model import AttackGraph, Product, Step

__all__ = ["FAMILY_CODES", "Links", "Products", "Program", "build", "evaluate"]

FAMILY_CODES = MappingProxyType(
    {
        Family.POINT: 0,
        Family.EXPONENTIAL: 1,
        Family.WEIBULL: 2,
        Family.GAMMA: 3,
        Family.LOGNORMAL: 4,
    }
)
_ZERO: Product = (Power(base=0.0),)


class Links(NamedTuple):
    """Who leads to whom, in compressed rows; an entry has no parents here, for it needs none.

    Attributes:
        kind: 1 for an and-step, else 0; shape (steps,).
        entry: 1 for an entry, else 0; shape (steps,).
        parent_row: Where the parents of each step start in ``parent``; shape (steps + 1,).
        parent: Positions of parents.
        child_row: Where the children of each step start in ``child``; shape (steps + 1,).
        child: Positions of children.
    """

    kind: NDArray[np.uint8]
    entry: NDArray[np.uint8]
    parent_row: NDArray[np.int32]
    parent: NDArray[np.int32]
    child_row: NDArray[np.int32]
    child: NDArray[np.int32]


class Products(NamedTuple):
    """Distinct products of powers, in compressed rows over a table of values.

    Attributes:
        row: Where the powers of each product start; shape (products + 1,).
        base: Row of the value that is the base; shape (powers,).
        exponent: Row of the value that is the exponent; shape (powers,).
    """

    row: NDArray[np.int32]
    base: NDArray[np.int32]
    exponent: NDArray[np.int32]


@dataclass(frozen=True, kw_only=True)
class Program:
    """The arrays of one graph; positions count the steps that matter, in breadth-first order.

    Attributes:
        graph: The graph.
        steps: The steps that matter, entries first.
        targets: Ids asked for, in the order given.
        target_rows: Position of each target, -1 for one that can never be reached.
        links: The structure.
        values: Parameter ids and constants: the rows of the table of values.
        products: Distinct products.
        roles: Product row of each step's scale, shape, success, unseen; shape (4, steps).
        reentry: Product row of the re-entry delay.
        causes: Ids of required causes.
        cause_rows: Product row of each cause's probability.
        needs: Causes that each step requires, by position in ``causes``.
        latents: Ids of latent factors.
    """

    graph: AttackGraph
    steps: tuple[Step, ...]
    targets: tuple[str, ...]
    target_rows: NDArray[np.int64]
    links: Links
    values: tuple[str | float, ...]
    products: Products
    roles: NDArray[np.int32]
    reentry: int
    causes: tuple[str, ...]
    cause_rows: NDArray[np.int32]
    needs: tuple[tuple[int, ...], ...]
    latents: tuple[str, ...]

    @cached_property
    def index(self) -> Mapping[str, int]:
        """Position of every step that matters."""
        return {step.id: position for position, step in enumerate(self.steps)}

    @cached_property
    def _rows_by_parameter(self) -> Mapping[str, frozenset[int]]:
        rows: dict[str, set[int]] = {}
        row, base, exponent = self.products
        for product in range(row.size - 1):
            for power_ in range(row[product], row[product + 1]):
                for value in (base[power_], exponent[power_]):
                    name = self.values[value]
                    if isinstance(name, str):
                        rows.setdefault(name, set()).add(product)
        return {name: frozenset(found) for name, found in rows.items()}

    def products_of(self, parameters: Collection[str]) -> tuple[int, ...]:
        """Return the product rows that depend on any of ``parameters``, in order."""
        found: set[int] = set()
        for name in parameters:
            found |= self._rows_by_parameter.get(name, frozenset())
        return tuple(sorted(found))

    @cached_property
    def _steps_by_product(self) -> Mapping[int, frozenset[int]]:
        steps: dict[int, set[int]] = {}
        for position in range(len(self.steps)):
            rows = {int(row) for row in self.roles[:, position]}
            rows |= {int(self.cause_rows[cause]) for cause in self.needs[position]}
            if self.steps[position].unseen:
                rows.add(self.reentry)
            for row in rows:
                steps.setdefault(row, set()).add(position)
        return {row: frozenset(found) for row, found in steps.items()}

    def steps_of(self, products: Iterable[int]) -> NDArray[np.int64]:
        """Return the positions of the steps that depend on any product row, in order."""
        found: set[int] = set()
        for row in products:
            found |= self._steps_by_product.get(row, frozenset())
        return np.array(sorted(found), dtype=np.int64)


def build(graph: AttackGraph, *, targets: Sequence[str]) -> Program:
    """Return the arrays of ``graph`` as far as they matter to ``targets``.

    Raises:
        GraphError: The graph refers to what it does not hold, or a step is not well formed.
    """
    with without_collection():
        return _build(graph, targets)


def _build(graph: AttackGraph, targets: Sequence[str]) -> Program:
    _check(graph, targets)
    kept = _in_order(graph, _relevant(graph, targets))
    index = {step.id: position for position, step in enumerate(kept)}
    causes = tuple(sorted({cause for step in kept for cause in step.requires}))
    cause_index = {cause: position for position, cause in enumerate(causes)}
    table = _Table()
    roles = np.empty((4, len(kept)), dtype=np.int32)
    for position, step in enumerate(kept):
        scale = _ZERO if step.time.zero else step.time.scale
        for role, product in enumerate((scale, step.time.shape, step.success, step.unseen)):
            roles[role, position] = table.product(product)
    cause_rows = [table.product(graph.causes[cause].probability) for cause in causes]
    reentry = table.product(graph.reentry)
    products = table.encode()
    latents = {step.time.latent for step in kept} | {step.seen_by for step in kept}
    return Program(
        graph=graph,
        steps=kept,
        targets=tuple(targets),
        target_rows=np.array([index.get(target, -1) for target in targets], dtype=np.int64),
        links=_links(kept, index),
        values=tuple(table.values),
        products=products,
        roles=roles,
        reentry=reentry,
        causes=causes,
        cause_rows=np.array(cause_rows, dtype=np.int32),
        needs=tuple(tuple(cause_index[c] for c in step.requires) for step in kept),
        latents=tuple(sorted(latents - {""})),
    )


@njit
def evaluate(
    products: Products,
    rows: NDArray[np.int64],
    values: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None:
    """Write the products of ``rows`` to the rows of ``out``, one column per outer draw."""
    for k in range(rows.size):
        for outer in range(values.shape[1]):
            total = 1.0
            for j in range(products.row[rows[k]], products.row[rows[k] + 1]):
                factor = power(
                    values[products.base[j], outer], values[products.exponent[j], outer]
                )
                total = total * factor if factor > 0.0 else 0.0
            out[k, outer] = total


class _Table:
    """Collects distinct values and distinct products while a program is built."""

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


def _check(graph: AttackGraph, targets: Sequence[str]) -> None:
    """Refuse a graph whose references do not resolve."""
    known = {step.id for step in graph.steps}
    if len(known) != len(graph.steps):
        raise GraphError("two steps of the graph have the same id")
    missing = sorted(set(targets) - known)
    if missing:
        raise GraphError(f"no step {missing[0]} in the graph, yet it was asked for")
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


def _relevant(graph: AttackGraph, targets: Sequence[str]) -> set[int]:
    """Return the positions that some target depends on and that can be reached at all."""
    possible = _possible(graph)
    found = {graph.index[target] for target in targets} & possible
    queue = deque(found)
    while queue:
        step = graph.steps[queue.popleft()]
        if step.entry:
            continue
        for parent in step.parents:
            position = graph.index[parent]
            if position in possible and position not in found:
                found.add(position)
                queue.append(position)
    return found


def _possible(graph: AttackGraph) -> set[int]:
    """Return the positions that can be reached when every cause holds and every step works."""
    children: list[list[int]] = [[] for _ in graph.steps]
    missing = []
    for position, step in enumerate(graph.steps):
        missing.append(len(set(step.parents)) if step.kind is StepKind.AND else 1)
        for parent in set(step.parents):
            children[graph.index[parent]].append(position)
    queue = deque(position for position, step in enumerate(graph.steps) if step.entry)
    found = set(queue)
    while queue:
        for child in children[queue.popleft()]:
            missing[child] -= 1
            if missing[child] <= 0 and child not in found:
                found.add(child)
                queue.append(child)
    return found


def _in_order(graph: AttackGraph, kept: set[int]) -> tuple[Step, ...]:
    """Return the kept steps, breadth first from the entries, ties by position in the graph."""
    children: dict[int, list[int]] = {position: [] for position in kept}
    for position in sorted(kept):
        for parent in graph.steps[position].parents:
            if graph.index[parent] in children:
                children[graph.index[parent]].append(position)
    queue = deque(position for position in sorted(kept) if graph.steps[position].entry)
    seen = set(queue)
    order = []
    while queue:
        position = queue.popleft()
        order.append(graph.steps[position])
        for child in children[position]:
            if child not in seen:
                seen.add(child)
                queue.append(child)
    return tuple(order)


def _links(kept: Sequence[Step], index: Mapping[str, int]) -> Links:
    parents = [
        () if step.entry else tuple(sorted({index[p] for p in step.parents if p in index}))
        for step in kept
    ]
    children: list[list[int]] = [[] for _ in kept]
    for child, row in enumerate(parents):
        for parent in row:
            children[parent].append(child)
    upward, downward = _compressed(parents), _compressed(children)
    return Links(
        kind=np.array([step.kind is StepKind.AND for step in kept], dtype=np.uint8),
        entry=np.array([step.entry for step in kept], dtype=np.uint8),
        parent_row=upward[0],
        parent=upward[1],
        child_row=downward[0],
        child=downward[1],
    )


def _compressed(rows: Sequence[Sequence[int]]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    ends = np.cumsum([0, *(len(row) for row in rows)]).astype(np.int32)
    return ends, np.array([item for row in rows for item in row], dtype=np.int32)


def level_code(level: CauseLevel) -> int:
    """Return 1 for a cause drawn once per epistemic draw, 0 for one drawn in every trial."""
    return 1 if level is CauseLevel.DRAW else 0
