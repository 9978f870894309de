"""Steps and parameters of a compiled graph, made when they are asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, overload

import numpy as np

from counterseal.attackgraph.columns import FAMILY_CODES, ROLES, ZERO
from counterseal.attackgraph.compiling.drafts import MARKET
from counterseal.attackgraph.compiling.incidence import NONE
from counterseal.attackgraph.model import (
    INSTANT,
    LocalTime,
    Parameter,
    ParameterFamily,
    Power,
    Step,
    StepKind,
)
from counterseal.documents.evidence import Grade

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from counterseal.attackgraph.columns import Columns
    from counterseal.attackgraph.compiling.blueprint import Blueprint
    from counterseal.attackgraph.model import Product

__all__ = [
    "GRADE_CODES",
    "PARAMETER_CODES",
    "CompiledSteps",
    "Numbers",
    "ParameterTable",
    "numbers_of",
]

PARAMETER_CODES: Mapping[ParameterFamily, int] = {
    family: code for code, family in enumerate(ParameterFamily)
}
"""Code of each family of parameters, in order of definition."""

GRADE_CODES: Mapping[Grade, int] = {grade: code for code, grade in enumerate(Grade)}
"""Code of each grade, in order of definition."""

_SCALE, _SHAPE, _SUCCESS, _UNSEEN = range(len(ROLES))
_FAMILIES = tuple(FAMILY_CODES)


class Numbers(NamedTuple):
    """Numbers of parameters, by row.

    Attributes:
        family: Code of the family of each, ``PARAMETER_CODES``.
        numbers: Mode, low and high of each; shape (parameters, 3).
        grade: Code of the grade of each, ``GRADE_CODES``.
        sorted_rows: Rows of those that have an id, in order of id.
    """

    family: NDArray[np.int8]
    numbers: NDArray[np.float64]
    grade: NDArray[np.int8]
    sorted_rows: NDArray[np.int64]


def numbers_of(parameters: Sequence[Parameter]) -> Numbers:
    """Return the numbers of ``parameters``, in their order."""
    names = [parameter.id for parameter in parameters]
    return Numbers(
        np.array([PARAMETER_CODES[one.family] for one in parameters], dtype=np.int8),
        np.array([(p.mode, p.low, p.high) for p in parameters], np.float64).reshape(-1, 3),
        np.array([GRADE_CODES[one.grade] for one in parameters], dtype=np.int8),
        np.array(sorted(range(len(names)), key=names.__getitem__), dtype=np.int64),
    )


class ParameterTable(Mapping[str, Parameter]):
    """Parameters by id, with their numbers as arrays.

    Attributes:
        names: Ids, sorted.
        family: Code of the family of each, ``PARAMETER_CODES``.
        numbers: Mode, low and high of each; shape (parameters, 3).
        grade: Code of the grade of each, ``GRADE_CODES``.
    """

    def __init__(
        self,
        names: Sequence[str],
        family: NDArray[np.int8],
        numbers: NDArray[np.float64],
        grade: NDArray[np.int8],
        find: Callable[[str], Parameter],
    ) -> None:
        """Ask ``find`` for a parameter when it is wanted."""
        self.names = names
        self.family = family
        self.numbers = numbers
        self.grade = grade
        self._find = find
        self._known: frozenset[str] = frozenset(names)

    def __getitem__(self, name: str) -> Parameter:
        """Return one parameter."""
        if name not in self._known:
            raise KeyError(name)
        return self._find(name)

    def __contains__(self, name: object) -> bool:
        """Whether there is such a parameter."""
        return name in self._known

    def __iter__(self) -> Iterator[str]:
        """Yield ids, sorted."""
        return iter(self.names)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.names)


class CompiledSteps(Sequence[Step]):
    """The steps of a compiled graph."""

    def __init__(
        self,
        blueprint: Blueprint,
        columns: Columns,
        rows: NDArray[np.int64],
        made: NDArray[np.bool_],
    ) -> None:
        """Read steps from ``columns``, and what they are about from the drafts at ``rows``.

        ``made`` tells the steps that something leads to from objectives that nothing does.
        """
        self._blueprint = blueprint
        self._columns = columns
        self._rows = rows
        self._made = made

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._columns.names)

    @overload
    def __getitem__(self, index: int) -> Step: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Step]: ...

    def __getitem__(self, index: int | slice) -> Step | Sequence[Step]:
        """Return one step, or several."""
        if isinstance(index, slice):
            return tuple(self._step(row) for row in range(*index.indices(len(self))))
        size = len(self)
        if not -size <= index < size:
            raise IndexError(index)
        return self._step(int(index) % size)

    def __eq__(self, other: object) -> bool:
        """Whether another sequence has equal steps."""
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        """Steps of equal names have one hash."""
        return hash(tuple(self._columns.names))

    def _step(self, row: int) -> Step:
        position = int(self._rows[row])
        element = self._blueprint.element(position)
        name = self._columns.names[row]
        place = self._blueprint.estate.place(element.id)
        called = element.name or element.id
        if not self._made[row]:
            label = f"{name.partition('#')[2]}: {called}"
            return Step(id=name, kind=StepKind.OR, element=element.id, place=place, label=label)
        columns, drafts = self._columns, self._blueprint.drafts
        rule = drafts.rules[drafts.rule[position]]
        seen_by = int(columns.seen_by[row])
        needs = columns.need[columns.need_row[row] : columns.need_row[row + 1]]
        parents = columns.parent[columns.parent_row[row] : columns.parent_row[row + 1]]
        return Step(
            id=name,
            kind=StepKind.AND if columns.kind[row] else StepKind.OR,
            parents=tuple([columns.names[parent] for parent in parents.tolist()]),
            entry=bool(columns.entry[row]),
            time=self._time(row),
            success=self._product(_SUCCESS, row),
            unseen=self._product(_UNSEEN, row),
            seen_by="" if seen_by == NONE else columns.latents[seen_by],
            requires=tuple(sorted(columns.causes[cause] for cause in needs.tolist())),
            technique=rule.technique,
            element=element.id,
            rule=rule.id,
            vector=self._vector(position),
            place=place,
            label=f"{rule.label}: {called}",
        )

    def _vector(self, position: int) -> str:
        drafts = self._blueprint.drafts
        name = drafts.vectors[drafts.vector[position]]
        return "" if name == MARKET else name

    def _time(self, row: int) -> LocalTime:
        columns = self._columns
        scale = self._product(_SCALE, row)
        if scale == ZERO:
            return INSTANT
        latent = int(columns.latent[row])
        return LocalTime(
            family=_FAMILIES[columns.family[row]],
            scale=scale,
            shape=self._product(_SHAPE, row),
            latent="" if latent == NONE else columns.latents[latent],
            loading=float(columns.loading[row]),
        )

    def _product(self, role: int, row: int) -> Product:
        start, base, exponent = self._products
        number, values = self._columns.roles[role, row], self._columns.values
        return tuple(
            [
                Power(base=values[base[j]], exponent=values[exponent[j]])
                for j in range(start[number], start[number + 1])
            ]
        )

    @cached_property
    def _products(self) -> tuple[list[int], list[int], list[int]]:
        row, base, exponent = self._columns.products
        return row.tolist(), base.tolist(), exponent.tolist()
