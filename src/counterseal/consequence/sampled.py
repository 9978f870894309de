"""Values per draw as arrays for the kernel, and what of them moves in a "what if"."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from counterseal.consequence.arrays import Draws
from counterseal.consequence.facts import count_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from counterseal.attackgraph.model import Parameter
    from counterseal.consequence.cells import Layout, Part

    Values = Mapping[str, NDArray[np.float64]]

__all__ = ["Moved", "Sampler"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Which numbers differ, draw by draw; shaped as in ``Draws``, ``None`` for none of them."""

    amounts: NDArray[np.bool_] | None = None
    hidden: NDArray[np.bool_] | None = None
    totals: NDArray[np.bool_] | None = None
    overlaps: NDArray[np.bool_] | None = None
    kin: NDArray[np.bool_] | None = None
    places: NDArray[np.bool_] | None = None

    def years(self, part: Part) -> bool:
        """Return whether usable years of a use differ in some draw."""
        return self.places is not None and bool(self.places[np.unique(part.form.curve)].any())

    def cells(self, part: Part, draws: int) -> NDArray[np.bool_]:
        """Return the cells of a use whose worth may differ, shape (cells, draws)."""
        cells = part.cells
        moved = np.zeros((cells.population.size, draws), np.bool_)
        for by_population in (self.totals, self.overlaps, self.kin if part.relatives else None):
            if by_population is not None:
                moved |= by_population[cells.population]
        for rows, row in ((self.amounts, cells.number), (self.hidden, cells.item)):
            if rows is not None:
                moved |= np.logical_or.reduceat(rows[row], cells.first[:-1], axis=0)
        if self.places is not None:
            moved |= self.places[np.unique(part.form.curve)].any(axis=0)
        return moved


@dataclass(frozen=True, kw_only=True)
class Sampler:
    """Turns values by parameter id into arrays.

    A parameter that has no value given has its mode; a certain curve and the facts of a feed
    have no parameter, and are constants.
    """

    layout: Layout
    parameters: Mapping[str, Parameter]

    def draws(self, values: Values, draws: int, *, captured: float = 1.0) -> Draws:
        """Return every number in every draw.

        Args:
            values: Value per draw, shape (draws,), by parameter id.
            draws: How many.
            captured: Share of the records of every item that is obtained.
        """
        layout = self.layout
        totals = self._stack((f"fact:{p}.size" for p in layout.populations), values, draws)
        people = self._stack((count_id(*count) for count in layout.counts), values, draws)
        return Draws(
            amounts=np.minimum(people, totals[self._population]) * captured,
            hidden=self._stack(
                (f"fact:{item}.pseudonymized" for item in layout.items), values, draws
            ),
            totals=totals,
            overlaps=self._stack((f"overlap:{p}" for p in layout.populations), values, draws),
            kin=self._stack(
                (f"fact:{p}.kin-extension" for p in layout.populations), values, draws
            ),
            places=self._stack((curve.id for curve in layout.curves), values, draws),
        )

    def patched(self, base: Draws, values: Values, held: Iterable[str]) -> tuple[Draws, Moved]:
        """Return ``base``, all records of which are captured, with other values; what moved.

        Args:
            base: What ``draws`` gave for other values of the parameters that are ``held``.
            values: Values of every parameter.
            held: Ids of those that differ; ids of others do no harm.
        """
        fields: dict[str, NDArray[np.float64]] = {}
        stale: set[int] = set()
        for key in held:
            stale.update(self._counted.get(key, ()))
            if key in self._rows:
                field, row = self._rows[key]
                if field not in fields:
                    fields[field] = getattr(base, field).copy()
                fields[field][row] = values[key]
        if stale:
            rows = np.array(sorted(stale), np.int64)
            totals = fields.get("totals", base.totals)[self._population[rows]]
            ids = (count_id(*self.layout.counts[row]) for row in rows)
            people = self._stack(ids, values, totals.shape[1])
            fields["amounts"] = base.amounts.copy()
            fields["amounts"][rows] = np.minimum(people, totals)
        moved = {field: fresh != getattr(base, field) for field, fresh in fields.items()}
        return base._replace(**fields), Moved(**moved)

    @cached_property
    def _population(self) -> NDArray[np.int64]:
        """Population of each count."""
        place = {name: index for index, name in enumerate(self.layout.populations)}
        return np.array([place[population] for _, population in self.layout.counts], np.int64)

    @cached_property
    def _counted(self) -> Mapping[str, tuple[int, ...]]:
        """Rows of ``Draws.amounts`` that rest on a parameter."""
        rows: dict[str, list[int]] = {}
        for row, (item, population) in enumerate(self.layout.counts):
            rows.setdefault(count_id(item, population), []).append(row)
            rows.setdefault(f"fact:{population}.size", []).append(row)
        return {key: tuple(found) for key, found in rows.items()}

    @cached_property
    def _rows(self) -> Mapping[str, tuple[str, int]]:
        """Field of ``Draws`` and row of it in which a parameter stands as it is."""
        layout = self.layout
        rows = {curve.id: ("places", row) for row, curve in enumerate(layout.curves)}
        for row, item in enumerate(layout.items):
            rows[f"fact:{item}.pseudonymized"] = ("hidden", row)
        for row, population in enumerate(layout.populations):
            rows[f"fact:{population}.size"] = ("totals", row)
            rows[f"overlap:{population}"] = ("overlaps", row)
            rows[f"fact:{population}.kin-extension"] = ("kin", row)
        return rows

    def inside(self, values: Values, draws: int) -> NDArray[np.float64]:
        """Return the share of each population inside the jurisdiction, (populations, draws)."""
        ids = (f"fact:{population}.inside-share" for population in self.layout.populations)
        return self._stack(ids, values, draws)

    def _stack(self, ids: Iterable[str], values: Values, draws: int) -> NDArray[np.float64]:
        rows = [self._value(one, values, draws) for one in ids]
        stacked = np.array(rows, dtype=np.float64).reshape(len(rows), draws)
        return np.ascontiguousarray(stacked)

    def _value(self, parameter: str, values: Values, draws: int) -> NDArray[np.float64]:
        """Return the draws of a parameter; a constant for a certain curve, or a feed's fact."""
        if parameter in values:
            return np.asarray(values[parameter], dtype=np.float64)
        known = self.parameters.get(parameter)
        mode = known.mode if known else (0.5 if parameter.startswith("survival:") else 0.0)
        return np.full(draws, mode)
