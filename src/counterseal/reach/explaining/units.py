"""What can be removed: a unit is a name for some steps that become impossible together.

An element of the estate is a unit of all its steps; a step of a bare graph is a unit by itself;
a cause is a unit of the steps that require it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from counterseal.reach.program import Program

__all__ = ["Units", "cause_units", "element_units", "step_units", "units_of"]


@dataclass(frozen=True, kw_only=True)
class Units:
    """Named sets of steps, both ways round.

    Attributes:
        names: Ids, sorted.
        row, step: The steps of each unit, in compressed rows.
        unit_row, unit: The units of each step, in compressed rows.
    """

    names: tuple[str, ...]
    row: NDArray[np.int64]
    step: NDArray[np.int64]
    unit_row: NDArray[np.int64]
    unit: NDArray[np.int64]

    def steps(self, name: str) -> NDArray[np.int64]:
        """Return the positions of the steps of a unit; none for an unknown name."""
        if name not in self.names:
            return np.empty(0, dtype=np.int64)
        number = self.names.index(name)
        return self.step[self.row[number] : self.row[number + 1]]


def units_of(members: Mapping[str, Iterable[int]], *, steps: int) -> Units:
    """Return units with the given members, positions of a program of ``steps`` steps."""
    names = tuple(sorted(members))
    pairs = sorted({(number, step) for number, n in enumerate(names) for step in members[n]})
    table = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    by_step = table[np.lexsort((table[:, 0], table[:, 1]))]
    return Units(
        names=names,
        row=np.searchsorted(table[:, 0], np.arange(len(names) + 1)),
        step=np.ascontiguousarray(table[:, 1]),
        unit_row=np.searchsorted(by_step[:, 1], np.arange(steps + 1)),
        unit=np.ascontiguousarray(by_step[:, 0]),
    )


def element_units(program: Program) -> Units:
    """Return a unit per element of the estate; a step without one is its own unit."""
    members: dict[str, list[int]] = {}
    owners = [step.element or step.id for step in program.steps]
    for position, owner in enumerate(owners):
        members.setdefault(owner, []).append(position)
    return units_of(members, steps=len(program.names))


def step_units(program: Program, names: Sequence[str] | None = None) -> Units:
    """Return a unit per step, or per step in ``names`` that matters to the targets."""
    known = program.index
    wanted = program.names if names is None else [name for name in names if name in known]
    return units_of({name: (known[name],) for name in wanted}, steps=len(program.names))


def cause_units(program: Program, names: Sequence[str] | None = None) -> Units:
    """Return a unit per cause, or per cause in ``names`` that some step requires."""
    members: dict[str, list[int]] = {}
    for position, needs in enumerate(program.needs):
        for cause in needs:
            members.setdefault(program.causes[cause], []).append(position)
    if names is not None:
        members = {name: members[name] for name in names if name in members}
    return units_of(members, steps=len(program.names))
