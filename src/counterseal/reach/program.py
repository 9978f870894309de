"""An attack graph as arrays: only what can matter to the targets, in the order of the sweep.

A step stays when some target depends on it and when the adversary could reach it if every
uncertain thing went its way. Neither test looks at a number, so overriding a parameter never
changes which steps there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from counterseal.attackgraph.closure import (
    blocks,
    breadth_first,
    leading,
    possible,
    reversed_rows,
    selected,
)
from counterseal.attackgraph.columns import ROLES, Products, columns_of, items_of
from counterseal.attackgraph.distinct import distinct
from counterseal.errors import GraphError
from counterseal.estate.pause import without_collection

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from counterseal.attackgraph.columns import Columns
    from counterseal.attackgraph.model import AttackGraph, Step

__all__ = ["Links", "Products", "Program", "build"]

_UNSEEN = ROLES.index("unseen")


class Links(NamedTuple):
    """Who leads to whom, in compressed rows; an entry has no parents here, for it needs none.

    Attributes:
        kind: 1 for an and-step, else 0; shape (steps,).
        entry: 1 for an entry, else 0; shape (steps,).
        parent_row: Where the parents of each step start in ``parent``; shape (steps + 1,).
        parent: Positions of parents.
        child_row: Where the children of each step start in ``child``; shape (steps + 1,).
        child: Positions of children.
        ends: Where each of three blocks ends. No edge leads to an earlier block, and within
            the first and the last none leads back.
    """

    kind: NDArray[np.uint8]
    entry: NDArray[np.uint8]
    parent_row: NDArray[np.int32]
    parent: NDArray[np.int32]
    child_row: NDArray[np.int32]
    child: NDArray[np.int32]
    ends: NDArray[np.int32]


@dataclass(frozen=True, kw_only=True)
class Program:
    """The arrays of one graph; positions count the steps that matter, ordered by ``blocks``.

    Attributes:
        graph: The graph.
        names: Ids of the steps that matter, entries first.
        rows: Their positions in the graph.
        targets: Ids asked for, in the order given.
        target_rows: Position of each target, -1 for one that can never be reached.
        links: The structure.
        values: Parameter ids and constants: the rows of the table of values.
        products: Distinct products.
        roles: Product row of each step's scale, shape, success, unseen; shape (4, steps).
        reentry: Product row of the re-entry delay.
        families: Code of the family of times of each step.
        latents: Ids of latent factors.
        latent, seen_by: Position of the factor shared by times and by detections; -1: none.
        loading: Loading on the factor shared by times.
        causes: Ids of causes.
        cause_rows: Product row of each cause's probability.
        cause_level: 1 for a cause drawn once per epistemic draw.
        need_row, need: Causes that each step requires, by position in ``causes``.
    """

    graph: AttackGraph
    names: tuple[str, ...]
    rows: NDArray[np.int32]
    targets: tuple[str, ...]
    target_rows: NDArray[np.int64]
    links: Links
    values: Sequence[str | float]
    products: Products
    roles: NDArray[np.int32]
    reentry: int
    families: NDArray[np.int8]
    latents: tuple[str, ...]
    latent: NDArray[np.int32]
    seen_by: NDArray[np.int32]
    loading: NDArray[np.float64]
    causes: tuple[str, ...]
    cause_rows: NDArray[np.int32]
    cause_level: NDArray[np.uint8]
    need_row: NDArray[np.int32]
    need: NDArray[np.int32]

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The steps that matter, as objects; making them takes time on a large graph."""
        return tuple(self.graph.steps[row] for row in self.rows)

    @cached_property
    def needs(self) -> tuple[tuple[int, ...], ...]:
        """The causes that each step requires, by position in ``causes``."""
        ends, items = self.need_row.tolist(), self.need.tolist()
        return tuple(tuple(items[a:b]) for a, b in pairwise(ends))

    @cached_property
    def index(self) -> Mapping[str, int]:
        """Position of every step that matters."""
        return {name: position for position, name in enumerate(self.names)}

    @cached_property
    def row_of_value(self) -> Mapping[str | float, int]:
        """Position in ``values`` of each."""
        return {value: row for row, value in enumerate(self.values)}

    @cached_property
    def _products_by_value(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where the products of each value start, and the products, each once for a value."""
        row, base, exponent = self.products
        product = np.repeat(np.arange(row.size - 1, dtype=np.int64), np.diff(row))
        return _gathered(
            np.concatenate([base, exponent]),
            np.concatenate([product, product]),
            len(self.values),
        )

    def products_of(self, parameters: Collection[str]) -> tuple[int, ...]:
        """Return the product rows that depend on any of ``parameters``, in order."""
        start, product = self._products_by_value
        found: set[int] = set()
        for name in parameters:
            row = self.row_of_value.get(name, -1)
            if row >= 0:
                found.update(product[start[row] : start[row + 1]].tolist())
        return tuple(sorted(found))

    @cached_property
    def _steps_by_product(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        steps = np.arange(len(self.names), dtype=np.int64)
        detected = steps[np.diff(self.products.row)[self.roles[_UNSEEN]] > 0]
        needing = np.repeat(steps, np.diff(self.need_row))
        return _gathered(
            np.concatenate(
                [*self.roles, self.cause_rows[self.need], self._reentries(detected)]
            ),
            np.concatenate([*[steps] * len(ROLES), needing, detected]),
            self.products.row.size - 1,
        )

    def _reentries(self, detected: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.full(detected.size, self.reentry, dtype=np.int64)

    def steps_of(self, products: Iterable[int]) -> NDArray[np.int64]:
        """Return the positions of the steps that depend on any product row, in order."""
        start, step = self._steps_by_product
        rows = [step[start[row] : start[row + 1]] for row in products]
        return distinct(np.concatenate(rows)) if rows else np.empty(0, dtype=np.int64)

    def weights_of(self, weight: NDArray[np.float64]) -> Mapping[str, float]:
        """Return, by parameter, the sum of ``weight`` (steps,) over the steps that rest on it.

        Parameters that no weighted step rests on are left out.
        """
        start, product = self._products_by_value
        first, step = self._steps_by_product
        weighty = np.add.reduceat(np.append(weight[step], 0.0), first[:-1])
        weighty[first[1:] == first[:-1]] = 0.0
        value = np.repeat(np.arange(len(self.values), dtype=np.int64), np.diff(start))
        some = np.flatnonzero(weighty[product] > 0.0)
        owner, places = items_of(first, product[some])
        pairs = distinct(value[some][owner] * len(self.names) + step[places])
        owner, steps = np.divmod(pairs, max(1, len(self.names)))
        total = np.bincount(owner, weights=weight[steps], minlength=len(self.values))
        return {
            name: float(total[row])
            for row in np.flatnonzero(total > 0.0).tolist()
            if isinstance(name := self.values[row], str)
        }


def _gathered(
    key: NDArray[np.integer], item: NDArray[np.int64], size: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where the items of each of ``size`` keys start, and the items, each once."""
    many = int(item.max(initial=0)) + 1
    pairs = distinct(key.astype(np.int64) * many + item)
    start = np.searchsorted(pairs, np.arange(size + 1, dtype=np.int64) * many)
    return start, pairs % many


def build(graph: AttackGraph, *, targets: Sequence[str]) -> Program:
    """Return the arrays of ``graph`` as far as they matter to ``targets``.

    Raises:
        GraphError: The graph refers to what it does not hold, or a step is not well formed.
    """
    with without_collection():
        return _build(graph, tuple(targets))


def _build(graph: AttackGraph, targets: tuple[str, ...]) -> Program:
    columns = columns_of(graph)
    missing = sorted(target for target in set(targets) if target not in graph.index)
    if missing:
        raise GraphError(f"no step {missing[0]} in the graph, yet it was asked for")
    wanted = np.array([graph.index[target] for target in targets], dtype=np.int32)
    rows, ends = _in_order(columns, wanted)
    place = np.full(len(columns.names), -1, dtype=np.int32)
    place[rows] = np.arange(rows.size, dtype=np.int32)
    causes, cause_place = _used(
        columns.need, _rows(columns.need_row, rows), len(columns.causes)
    )
    need_row, need = selected(columns.need_row, columns.need, rows, cause_place)
    roles = columns.roles[:, rows]
    chances = columns.cause_product[causes]
    products, values, product_place = _table(columns, roles, chances)
    return Program(
        graph=graph,
        names=tuple([columns.names[row] for row in rows.tolist()]),
        rows=rows,
        targets=targets,
        target_rows=place[wanted].astype(np.int64),
        links=_links(columns, rows, place, ends),
        values=values,
        products=products,
        roles=product_place[roles],
        reentry=int(product_place[columns.reentry]),
        families=columns.family[rows],
        latents=columns.latents,
        latent=columns.latent[rows],
        seen_by=columns.seen_by[rows],
        loading=columns.loading[rows],
        causes=tuple(columns.causes[cause] for cause in causes.tolist()),
        cause_rows=product_place[chances],
        cause_level=columns.cause_level[causes],
        need_row=need_row,
        need=need,
    )


def _in_order(
    columns: Columns, targets: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return the positions of the steps that matter, in order, and the ends of blocks."""
    size = len(columns.names)
    down, child = reversed_rows(columns.parent_row, columns.parent, size)
    parents = np.diff(columns.parent_row)
    missing = np.where(columns.kind == 1, parents, 1).astype(np.int32)
    every = np.ones(size, dtype=np.uint8)
    able = possible(missing, columns.entry, every, down, child)
    kept = leading(targets, able, columns.entry, columns.parent_row, columns.parent)
    order = breadth_first(kept, columns.entry, down, child)
    return blocks(order, columns.entry, columns.parent_row, columns.parent, down, child)


def _rows(row: NDArray[np.int32], steps: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Return which items of compressed rows belong to ``steps``."""
    wanted = np.zeros(row.size - 1, dtype=np.bool_)
    wanted[steps] = True
    return np.repeat(wanted, np.diff(row))


def _used(
    items: NDArray[np.int32], wanted: NDArray[np.bool_], size: int
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return the items that are wanted, in order, and the new number of each (-1: none)."""
    found = _marked(size, items[wanted])
    place = np.full(size, -1, dtype=np.int32)
    place[found] = np.arange(found.size, dtype=np.int32)
    return found, place


def _marked(size: int, *rows: NDArray[np.integer]) -> NDArray[np.int32]:
    """Return the distinct numbers of ``rows``, all below ``size``, in order."""
    wanted = np.zeros(size, dtype=np.bool_)
    for some in rows:
        wanted[some] = True
    return np.flatnonzero(wanted).astype(np.int32)


def _table(
    columns: Columns, roles: NDArray[np.int32], chances: NDArray[np.int32]
) -> tuple[Products, tuple[str | float, ...], NDArray[np.int32]]:
    """Return the products that are used, their values, and the new number of each product."""
    row, base, exponent = columns.products
    used = _marked(row.size - 1, roles.reshape(-1), chances, np.array([columns.reentry]))
    place = np.full(row.size - 1, -1, dtype=np.int32)
    place[used] = np.arange(used.size, dtype=np.int32)
    powers = np.flatnonzero(_rows(row, used.astype(np.int32)))
    values = _marked(len(columns.values), base[powers], exponent[powers])
    number = np.full(len(columns.values), -1, dtype=np.int32)
    number[values] = np.arange(values.size, dtype=np.int32)
    products = Products(
        row=np.concatenate([[0], np.cumsum(np.diff(row)[used])]).astype(np.int32),
        base=number[base[powers]],
        exponent=number[exponent[powers]],
    )
    return products, tuple([columns.values[value] for value in values.tolist()]), place


def _links(
    columns: Columns,
    rows: NDArray[np.int32],
    place: NDArray[np.int32],
    ends: NDArray[np.int32],
) -> Links:
    entry = columns.entry[rows]
    upward = selected(columns.parent_row, columns.parent, rows, place)
    held = np.repeat(entry == 0, np.diff(upward[0]))
    counts = np.where(entry == 0, np.diff(upward[0]), 0)
    parent_row = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    parent = upward[1][held]
    child_row, child = reversed_rows(parent_row, parent, rows.size)
    return Links(
        kind=columns.kind[rows],
        entry=entry,
        parent_row=parent_row,
        parent=parent,
        child_row=child_row,
        child=child,
        ends=ends,
    )
