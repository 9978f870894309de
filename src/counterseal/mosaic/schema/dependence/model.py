"""A population as a forest of attributes: people are drawn from it, and cells are weighed.

Each attribute depends on at most one other (its parent), or on none. Independence is the forest
without edges. The share of the population that agrees with somebody on any part of the
attributes, exactly or coarsely, follows by passing messages from leaves to roots, without
approximation.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from counterseal.mosaic.schema.dependence.tree import spanning_forest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from counterseal.mosaic.schema.dependence.marginal import Marginal, PairTable
    from counterseal.mosaic.schema.dependence.tree import Dependence

__all__ = ["Agreement", "Model", "build", "draw", "mass", "uniforms"]

_CHUNK_CELLS: Final = 4_000_000
"""Numbers of one intermediate array, so that memory stays near 32 MB."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Model:
    """Attributes with their shares, and what each depends on.

    Attributes:
        ids: Ids of the attributes, in order; identifiers are not among them.
        shares: Of each attribute, the shares of its values.
        parents: Of each attribute, the index of the one it depends on; -1 for none.
        conditionals: Of each attribute with a parent, shares (values of the parent, values).
        order: Indexes, parents before children.
        edges: The tree as it was found.
    """

    ids: tuple[str, ...]
    shares: tuple[NDArray[np.float64], ...]
    parents: tuple[int, ...]
    conditionals: Mapping[int, NDArray[np.float64]]
    order: tuple[int, ...]
    edges: tuple[Dependence, ...] = ()
    children: Mapping[int, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Agreement:
    """When the record of somebody else agrees with that of a drawn person on one attribute.

    Attributes:
        always: Chance that it agrees whatever the value is (draws,): a value is missing.
        alike: Chance that it agrees because the values do (draws,).
        groups: Group of each value where values are compared coarsely; ``None`` for exactly.
    """

    always: NDArray[np.float64]
    alike: NDArray[np.float64]
    groups: NDArray[np.intp] | None = None

    @property
    def is_exact(self) -> bool:
        """Whether only the very same value agrees."""
        return self.groups is None and not self.always.any()

    def rows(self, start: int, stop: int) -> Agreement:
        """Return the part for some of the draws."""
        return Agreement(
            always=self.always[start:stop], alike=self.alike[start:stop], groups=self.groups
        )


def build(marginals: Sequence[Marginal], pairs: Iterable[PairTable] = ()) -> Model:
    """Return the model of attributes: a forest along ``pairs``, independent without them.

    Identifiers are left out: nobody else agrees on them.
    """
    known = [one for one in marginals if not one.is_identifier]
    ids = tuple(one.id for one in known)
    tables = {frozenset((t.first, t.second)): t for t in pairs}
    edges = spanning_forest(ids, tables.values())
    index = {name: i for i, name in enumerate(ids)}
    parents, order = _rooted(len(ids), [(index[e.first], index[e.second]) for e in edges])
    conditionals = {
        child: _conditional(
            tables[frozenset((ids[parent], ids[child]))], ids[parent], known[child].shares
        )
        for child, parent in enumerate(parents)
        if parent >= 0
    }
    children: dict[int, tuple[int, ...]] = {}
    for child in order:
        if parents[child] >= 0:
            children[parents[child]] = (*children.get(parents[child], ()), child)
    return Model(
        ids=ids,
        shares=tuple(np.array(one.shares, dtype=np.float64) for one in known),
        parents=parents,
        conditionals=conditionals,
        order=order,
        edges=edges,
        children=children,
    )


def _rooted(
    size: int, edges: Sequence[tuple[int, int]]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the parent of each node and an order, each tree rooted at its first node."""
    beside: dict[int, list[int]] = {i: [] for i in range(size)}
    for one, other in edges:
        beside[one].append(other)
        beside[other].append(one)
    parents, order = [-1] * size, list[int]()
    seen: set[int] = set()
    for start in range(size):
        pending = [] if start in seen else [start]
        seen.add(start)
        while pending:
            node = pending.pop(0)
            order.append(node)
            for other in sorted(set(beside[node]) - seen):
                parents[other] = node
                seen.add(other)
                pending.append(other)
    return tuple(parents), tuple(order)


def _conditional(
    table: PairTable, parent: str, fallback: Sequence[float]
) -> NDArray[np.float64]:
    """Return shares of values given those of the parent; a value that no one has gets all."""
    joint = table.array() if table.first == parent else table.array().T
    totals = joint.sum(axis=1, keepdims=True)
    empty = np.broadcast_to(np.array(fallback, dtype=np.float64), joint.shape)
    return np.where(totals > 0, joint / np.where(totals > 0, totals, 1.0), empty)


def uniforms(seed: int, rows: int, draws: int) -> NDArray[np.float64]:
    """Return numbers in [0, 1) (rows, draws): the upper 53 bits of PCG64, alike everywhere."""
    raw = np.random.PCG64(seed).random_raw(rows * draws)
    upper = np.right_shift(np.asarray(raw, dtype=np.uint64), np.uint64(11))
    return np.asarray(upper.astype(np.float64) * 2.0**-53).reshape(rows, draws)


def draw(model: Model, numbers: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return people as values of each attribute (attributes, draws).

    Args:
        model: The population.
        numbers: Uniform in [0, 1), a row for each attribute.
    """
    people = np.zeros((len(model.ids), numbers.shape[1]), dtype=np.intp)
    for node in model.order:
        parent = model.parents[node]
        if parent < 0:
            people[node] = _inverse(model.shares[node], numbers[node])
            continue
        for value in np.unique(people[parent]):
            those = people[parent] == value
            people[node, those] = _inverse(
                model.conditionals[node][value], numbers[node, those]
            )
    return people


def _inverse(shares: NDArray[np.float64], numbers: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the value at which the running sum of shares passes each number."""
    sums = np.cumsum(shares)
    found = np.searchsorted(sums, numbers * sums[-1], side="right")
    last = int(np.flatnonzero(shares > 0)[-1])
    return np.asarray(np.minimum(found, last))


def mass(
    model: Model, people: NDArray[np.intp], agreements: Mapping[str, Agreement]
) -> NDArray[np.float64]:
    """Return the share of the population that agrees with each drawn person (draws,).

    Args:
        model: The population.
        people: Values of each attribute (attributes, draws), as ``draw`` gives them.
        agreements: By id of each attribute that is compared; others are not looked at.
    """
    draws = people.shape[1]
    widest = max((len(shares) for shares in model.shares), default=1)
    step = max(1, _CHUNK_CELLS // widest)
    index = {name: i for i, name in enumerate(model.ids)}
    looked = {index[name]: agreement for name, agreement in agreements.items()}
    parts = [
        _Weighing(
            model,
            people[:, start : start + step],
            {i: one.rows(start, start + step) for i, one in looked.items()},
        ).all()
        for start in range(0, draws, step)
    ]
    return np.concatenate(parts) if parts else np.zeros(0)


class _Weighing:
    """Messages from leaves to roots, for some of the draws."""

    def __init__(
        self,
        model: Model,
        people: NDArray[np.intp],
        agreements: Mapping[int, Agreement],
    ) -> None:
        self._model = model
        self._people = people
        self._agreements = agreements
        self._relevant = set(agreements)
        for node in reversed(model.order):
            if node in self._relevant and model.parents[node] >= 0:
                self._relevant.add(model.parents[node])

    def all(self) -> NDArray[np.float64]:
        """Return the product over the trees of the forest."""
        total = np.ones(self._people.shape[1])
        for node in self._model.order:
            if self._model.parents[node] < 0 and node in self._relevant:
                total = total * self._at_root(node)
        return total

    def _at_root(self, node: int) -> NDArray[np.float64]:
        shares = self._model.shares[node]
        agreement = self._agreements.get(node)
        if agreement is not None and agreement.is_exact:
            value = self._people[node]
            return np.asarray(shares[value] * agreement.alike * self._below(node, value))
        if agreement is not None and not self._relevant.intersection(
            self._model.children.get(node, ())
        ):
            return _coarsely(shares, self._people[node], agreement)
        return np.asarray(self._belief(node) @ shares)

    def _below(self, node: int, value: NDArray[np.intp]) -> NDArray[np.float64]:
        """Return what the children of ``node`` say where it has the given values (draws,)."""
        total = np.ones(self._people.shape[1])
        for child in self._model.children.get(node, ()):
            if child in self._relevant:
                total = total * self._given(child, value)
        return total

    def _given(self, node: int, parent_value: NDArray[np.intp]) -> NDArray[np.float64]:
        """Return the chance of agreeing at and below ``node``, given its parent's value."""
        table = self._model.conditionals[node]
        agreement = self._agreements.get(node)
        if agreement is not None and agreement.is_exact:
            value = self._people[node]
            chance = table[parent_value, value] * agreement.alike
            return np.asarray(chance * self._below(node, value))
        return np.asarray(np.einsum("dv,dv->d", table[parent_value], self._belief(node)))

    def _belief(self, node: int) -> NDArray[np.float64]:
        """Return the same for each value of ``node`` (draws, values)."""
        belief = self._evidence(node)
        for child in self._model.children.get(node, ()):
            if child in self._relevant:
                belief = belief * self._message(child)
        return belief

    def _message(self, node: int) -> NDArray[np.float64]:
        """Return the same for each value of the parent (draws, values of the parent)."""
        table = self._model.conditionals[node]
        agreement = self._agreements.get(node)
        if agreement is not None and agreement.is_exact:
            value = self._people[node]
            factor = agreement.alike * self._below(node, value)
            return np.asarray(table.T[value] * factor[:, None])
        return np.asarray(self._belief(node) @ table.T)

    def _evidence(self, node: int) -> NDArray[np.float64]:
        values = len(self._model.shares[node])
        agreement = self._agreements.get(node)
        if agreement is None:
            return np.ones((self._people.shape[1], values))
        groups = np.arange(values) if agreement.groups is None else agreement.groups
        same = groups[None, :] == groups[self._people[node]][:, None]
        weights = agreement.always[:, None] + agreement.alike[:, None] * same
        return np.asarray(weights)


def _coarsely(
    shares: NDArray[np.float64], values: NDArray[np.intp], agreement: Agreement
) -> NDArray[np.float64]:
    """Return the chance of agreeing on one attribute that nothing else hangs on."""
    groups = np.arange(len(shares)) if agreement.groups is None else agreement.groups
    sums = np.bincount(groups, weights=shares)
    return np.asarray(agreement.always + agreement.alike * sums[groups[values]])
