"""The ranges of all parameters of a graph as arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from counterseal.attackgraph.compiling.compiled import (
    PARAMETER_CODES,
    ParameterTable,
    numbers_of,
)
from counterseal.attackgraph.model import ParameterFamily

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from counterseal.attackgraph.model import Parameter

__all__ = ["POINT", "Ranges", "ranges_of"]

POINT = PARAMETER_CODES[ParameterFamily.POINT]
"""The family of a number without a range."""


class Ranges(NamedTuple):
    """What decides the value of each parameter, beside its id, and how it is known.

    Attributes:
        names: Ids, sorted.
        family: Place of the family of each in ``ParameterFamily``.
        numbers: Mode, low and high of each; shape (parameters, 3).
        grade: Place of the grade of each in ``Grade``.
    """

    names: Sequence[str]
    family: NDArray[np.int8]
    numbers: NDArray[np.float64]
    grade: NDArray[np.int8]


def ranges_of(parameters: Mapping[str, Parameter]) -> Ranges:
    """Return the ranges of ``parameters``; a compiled graph has them at hand."""
    if isinstance(parameters, ParameterTable):
        return Ranges(parameters.names, parameters.family, parameters.numbers, parameters.grade)
    names = sorted(parameters)
    found = numbers_of([parameters[name] for name in names])
    return Ranges(names, found.family, found.numbers, found.grade)
