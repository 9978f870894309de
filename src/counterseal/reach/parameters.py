"""Epistemic draws: what the uncertain facts are taken to be in each outer draw.

Each parameter is its quantile function at a uniform number that belongs to its id and the outer
draw, so a fact that two graphs share has one value in both, and a fact whose range is narrowed
moves without changing its rank among the draws.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from counterseal.attackgraph.model import ParameterFamily
from counterseal.attackgraph.ranges import ranges_of
from counterseal.errors import GraphError
from counterseal.reach.draws import Stream, fill_uniforms, keys
from counterseal.reach.special import exp, log, njit, normal_quantile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from counterseal.attackgraph.model import Parameter
    from counterseal.reach.draws import Draws

__all__ = ["quantiles", "sample", "sample_ranges"]

_Z95 = 1.6448536269514722
"""The 95 % quantile of the standard normal distribution."""

_CODES = MappingProxyType({family: code for code, family in enumerate(ParameterFamily)})
_POINT, _UNIFORM, _TRIANGULAR, _LOGNORMAL, _BERNOULLI = 0, 1, 2, 3, 4
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
    names, family, numbers, _ = ranges_of(parameters)
    table = np.empty((len(names), draws.outer))
    every = np.arange(len(names), dtype=np.int64)
    sample_ranges(names, family, numbers, every, table, draws=draws)
    if any(name in parameters for name in overrides):
        for row, name in enumerate(names):
            if name in overrides:
                table[row] = overrides[name]
    table.flags.writeable = False
    return MappingProxyType(dict(zip(names, table, strict=True)))


def sample_ranges(
    names: Sequence[str],
    family: NDArray[np.integer],
    numbers: NDArray[np.float64],
    rows: NDArray[np.int64],
    out: NDArray[np.float64],
    *,
    draws: Draws,
) -> None:
    """Write the values of some parameters in every outer draw to some rows of a table.

    Args:
        names: Id of each.
        family: Place of the family of each in ``ParameterFamily``.
        numbers: Mode, low and high of each; shape (parameters, 3).
        rows: The row of each.
        out: Shape (any, outer).
        draws: See ``sample``.

    Raises:
        GraphError: See ``sample``.
    """
    codes = family.astype(np.int64)
    for wrong in np.flatnonzero(~_sound(codes, numbers))[:1]:
        raise GraphError(_complaint(names[wrong], codes[wrong], numbers[wrong]))
    drawn = np.flatnonzero(codes != _POINT).tolist()
    stream = keys(Stream.PARAMETER, [names[row] for row in drawn], seed=draws.seed)
    _fill(stream, codes, np.ascontiguousarray(numbers), rows, out)


def quantiles(parameter: Parameter, u: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the quantiles of a parameter that is no point at numbers ``u`` in (0, 1)."""
    out = np.empty(u.size)
    code = _CODES[parameter.family]
    _quantiles(code, parameter.mode, parameter.low, parameter.high, u, out)
    return out


def _sound(codes: NDArray[np.int64], shape: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which ranges are ranges of their family."""
    mode, low, high = shape.T
    sound = np.isfinite(shape).all(axis=1)
    sound &= (codes != _UNIFORM) | (low <= high)
    sound &= (codes != _TRIANGULAR) | ((low <= mode) & (mode <= high))
    sound &= (codes != _LOGNORMAL) | ((low > 0.0) & (low <= high))
    sound &= (codes != _BERNOULLI) | ((mode >= 0.0) & (mode <= 1.0))
    return np.asarray(sound, dtype=np.bool_)


def _complaint(name: str, code: int, numbers: NDArray[np.float64]) -> str:
    """Return what is wrong with a range that is none."""
    mode, low, high = numbers.tolist()
    if not np.isfinite(numbers).all():
        return f"parameter {name}: its range must be finite"
    family = tuple(ParameterFamily)[code].value
    return (
        f"parameter {name}: low={low:g}, mode={mode:g}, high={high:g} "
        f"do not describe a {family} distribution"
    )


@njit
def _triangular(
    u: NDArray[np.float64], mode: float, low: float, high: float, out: NDArray[np.float64]
) -> None:
    width = high - low
    if width <= 0.0:
        out[:] = mode
        return
    split = (mode - low) / width
    for i in range(out.size):
        head = low + np.sqrt(u[i] * width * (mode - low))
        tail = high - np.sqrt((1.0 - u[i]) * width * (high - mode))
        out[i] = head if u[i] < split else tail


@njit
def _lognormal(
    u: NDArray[np.float64], low: float, high: float, out: NDArray[np.float64]
) -> None:
    if low >= high:
        out[:] = low
        return
    a = log(low)
    b = log(high)
    for i in range(out.size):
        out[i] = exp(0.5 * (a + b) + 0.5 * (b - a) * (normal_quantile(u[i]) / _Z95))


@njit
def _fill(
    key: NDArray[np.uint32],
    codes: NDArray[np.int64],
    shape: NDArray[np.float64],
    rows: NDArray[np.int64],
    out: NDArray[np.float64],
) -> None:
    """Write every parameter at every outer draw; ``key`` has a row for all but the points."""
    u, unused = np.empty(out.shape[1]), np.empty(out.shape[1])
    draws = np.arange(out.shape[1]).astype(np.uint32)
    lanes = np.zeros(out.shape[1], dtype=np.uint32)
    drawn = 0
    for k in range(rows.size):
        mode, low, high = shape[k, 0], shape[k, 1], shape[k, 2]
        row = out[rows[k]]
        if codes[k] == _POINT:
            row[:] = mode
            continue
        fill_uniforms(key[drawn], draws, lanes, u.size, 0, u, unused)
        drawn += 1
        _quantiles(codes[k], mode, low, high, u, row)


@njit
def _quantiles(  # noqa: PLR0917 - a kernel takes plain arguments
    code: int,
    mode: float,
    low: float,
    high: float,
    u: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None:
    """Write the quantiles of one family at ``u``."""
    if code == _UNIFORM:
        for i in range(u.size):
            out[i] = low + u[i] * (high - low)
    elif code == _TRIANGULAR:
        _triangular(u, mode, low, high, out)
    elif code == _LOGNORMAL:
        _lognormal(u, low, high, out)
    else:
        for i in range(u.size):
            out[i] = 1.0 if u[i] < mode else 0.0
