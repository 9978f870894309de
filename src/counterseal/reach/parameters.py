"""Epistemic draws: what the uncertain facts are taken to be in each outer draw.

Each parameter is its quantile function at a uniform number that belongs to its id and the outer
draw, so a fact that two graphs share has one value in both, and a fact whose range is narrowed
moves without changing its rank among the draws.
"""

from __future__ import annotations

from math import sqrt
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from counterseal.attackgraph.model import ParameterFamily
from counterseal.errors import GraphError
from counterseal.reach.draws import Stream, keys, uniform
from counterseal.reach.special import exp, log, njit, normal_quantile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from counterseal.attackgraph.model import Parameter
    from counterseal.reach.draws import Draws

__all__ = ["sample"]

_Z95 = 1.6448536269514722
"""The 95 % quantile of the standard normal distribution."""

_CODES = MappingProxyType(
    {
        ParameterFamily.POINT: 0,
        ParameterFamily.UNIFORM: 1,
        ParameterFamily.TRIANGULAR: 2,
        ParameterFamily.LOGNORMAL: 3,
        ParameterFamily.BERNOULLI: 4,
    }
)
_UNIFORM, _TRIANGULAR, _LOGNORMAL, _BERNOULLI = 1, 2, 3, 4
_NONE: Mapping[str, float] = MappingProxyType({})


def sample(
    parameters: Mapping[str, Parameter],
    *,
    draws: Draws,
    overrides: Mapping[str, float] = _NONE,
) -> Mapping[str, NDArray[np.float64]]:
    """Return the value of every parameter in every outer draw, each of shape (outer,).

    Args:
        parameters: By id.
        draws: Seed and number of outer draws; lanes do not matter.
        overrides: Values that hold in every draw instead; other ids change nothing.

    Raises:
        GraphError: A range is not one: out of order, or not positive for a lognormal.
    """
    names = sorted(parameters)
    for name in names:
        _check(parameters[name])
    if not names:
        return MappingProxyType({})
    shape = np.array(
        [[parameters[n].mode, parameters[n].low, parameters[n].high] for n in names],
        dtype=np.float64,
    )
    codes = np.array([_CODES[parameters[n].family] for n in names], dtype=np.int64)
    out = np.empty((len(names), draws.outer))
    _fill(keys(Stream.PARAMETER, names, seed=draws.seed), codes, shape, out)
    for row, name in enumerate(names):
        if name in overrides:
            out[row] = overrides[name]
    out.flags.writeable = False
    return MappingProxyType({name: out[row] for row, name in enumerate(names)})


def _check(parameter: Parameter) -> None:
    """Refuse a range that is none."""
    low, mode, high = parameter.low, parameter.mode, parameter.high
    if not all(np.isfinite((low, mode, high))):
        msg = f"parameter {parameter.id}: its range must be finite"
        raise GraphError(msg)
    wrong = False
    match parameter.family:
        case ParameterFamily.POINT:
            pass
        case ParameterFamily.UNIFORM:
            wrong = low > high
        case ParameterFamily.TRIANGULAR:
            wrong = not low <= mode <= high
        case ParameterFamily.LOGNORMAL:
            wrong = not 0.0 < low <= high
        case ParameterFamily.BERNOULLI:
            wrong = not 0.0 <= mode <= 1.0
    if wrong:
        msg = (
            f"parameter {parameter.id}: low={low:g}, mode={mode:g}, high={high:g} "
            f"do not describe a {parameter.family.value} distribution"
        )
        raise GraphError(msg)


@njit
def _triangular(u: float, mode: float, low: float, high: float) -> float:
    width = high - low
    if width <= 0.0:
        return mode
    split = (mode - low) / width
    if u < split:
        return low + sqrt(u * width * (mode - low))
    return high - sqrt((1.0 - u) * width * (high - mode))


@njit
def _lognormal(u: float, low: float, high: float) -> float:
    if low >= high:
        return low
    a = log(low)
    b = log(high)
    return exp(0.5 * (a + b) + 0.5 * (b - a) * (normal_quantile(u) / _Z95))


@njit
def _fill(
    key: NDArray[np.uint32],
    codes: NDArray[np.int64],
    shape: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None:
    """Write every parameter (row) at every outer draw (column)."""
    for row in range(out.shape[0]):
        mode, low, high = shape[row, 0], shape[row, 1], shape[row, 2]
        for outer in range(out.shape[1]):
            u, _ = uniform(key[row], outer, 0, 0)
            if codes[row] == _UNIFORM:
                value = low + u * (high - low)
            elif codes[row] == _TRIANGULAR:
                value = _triangular(u, mode, low, high)
            elif codes[row] == _LOGNORMAL:
                value = _lognormal(u, low, high)
            elif codes[row] == _BERNOULLI:
                value = 1.0 if u < mode else 0.0
            else:
                value = mode
            out[row, outer] = value
