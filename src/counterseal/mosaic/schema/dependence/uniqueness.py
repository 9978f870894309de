"""How many people a combination of attributes singles out, and how often a guess is right.

With N people whose cells are drawn independently and p the share of somebody's cell, nobody
else is in it with chance (1 - p)^(N - 1), and one of those in it, taken at random, is the right
one with chance (1 - (1 - p)^N) / (N p). Their means over people are the uniqueness and the
correctness of the combination: the sums over cells of p (1 - p)^(N - 1) and of
(1 - (1 - p)^N) / N. Means are taken over people drawn from the model, and exactly where all
cells can be listed.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from math import prod, sqrt
from typing import TYPE_CHECKING, Final

import numpy as np

from counterseal.mosaic.schema.dependence.model import Agreement, draw, mass, uniforms
from counterseal.mosaic.tables.source import Missing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from counterseal.mosaic.schema.dependence.model import Model

__all__ = [
    "LARGEST_TABLE",
    "Estimate",
    "Uniqueness",
    "agreements",
    "alone_chance",
    "enumerated",
    "right_chance",
    "sampled",
]

LARGEST_TABLE: Final = 200_000
"""Cells (a missing value counts as one) up to which they are listed and nothing is drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A mean over drawn people.

    Attributes:
        value: The mean.
        error: Its standard error; 0 where it is exact.
    """

    value: float
    error: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Uniqueness:
    """What a combination of attributes does in a population.

    Attributes:
        people: Size of the population, N.
        unique: Share of people who are alone in their cell.
        correct: Share of people whom a guess among those in their cell finds.
    """

    people: int
    unique: Estimate
    correct: Estimate


def alone_chance(share: NDArray[np.float64], people: float) -> NDArray[np.float64]:
    """Return the chance that none of ``people - 1`` others is in a cell of this share."""
    inner = np.minimum(share, 1.0 - 1e-16)
    return np.asarray(np.exp(max(people - 1.0, 0.0) * np.log1p(-inner)))


def right_chance(share: NDArray[np.float64], people: float) -> NDArray[np.float64]:
    """Return E[1 / (1 + K)], K the others in a cell of this share among ``people``."""
    size = max(people, 1.0)
    inner = np.clip(share, 1e-300, 1.0 - 1e-16)
    found = -np.expm1(size * np.log1p(-inner)) / (size * inner)
    return np.asarray(np.minimum(found, 1.0))


def agreements(
    missing: Mapping[str, float],
    *,
    policy: Missing,
    absent: Mapping[str, NDArray[np.bool_]],
    draws: int,
    groups: Mapping[str, NDArray[np.intp]] | None = None,
) -> dict[str, Agreement]:
    """Return when a record agrees with a drawn person, attribute by attribute.

    Args:
        missing: Share of records without a value, by attribute that is compared.
        policy: What a missing value means.
        absent: Whether the value of the drawn person is missing (draws,), by attribute; where
            an attribute is not named, it is there.
        draws: Number of people drawn.
        groups: Group of each value, by attribute that is compared coarsely.
    """
    found = {}
    for name, share in missing.items():
        gone = absent.get(name, np.zeros(draws, dtype=np.bool_))
        always, alike = _weights(share, gone, policy)
        found[name] = Agreement(always=always, alike=alike, groups=(groups or {}).get(name))
    return found


def _weights(
    share: float, gone: NDArray[np.bool_], policy: Missing
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if policy is Missing.OWN_VALUE:
        return np.where(gone, share, 0.0), np.where(gone, 0.0, 1.0 - share)
    return np.where(gone, 1.0, share), np.where(gone, 0.0, 1.0 - share)


def sampled(
    model: Model,
    missing: Mapping[str, float],
    *,
    people: int,
    seed: int,
    draws: int,
    policy: Missing = Missing.OWN_VALUE,
) -> Uniqueness:
    """Return uniqueness and correctness by Monte Carlo, with standard errors.

    Args:
        model: The population.
        missing: Share of records without a value, by attribute of the combination.
        people: Size of the population, at least 1.
        seed: Of every random number.
        draws: People drawn, at least 2.
        policy: What a missing value means.
    """
    width = len(model.ids)
    numbers = uniforms(seed, 2 * width, draws)
    drawn = draw(model, numbers[:width])
    index = {name: i for i, name in enumerate(model.ids)}
    absent = {name: numbers[width + index[name]] < share for name, share in missing.items()}
    shares = mass(model, drawn, agreements(missing, policy=policy, absent=absent, draws=draws))
    return Uniqueness(
        people=people,
        unique=_mean(alone_chance(shares, people)),
        correct=_mean(right_chance(shares, people)),
    )


def enumerated(
    model: Model,
    missing: Mapping[str, float],
    *,
    people: int,
    policy: Missing = Missing.OWN_VALUE,
) -> Uniqueness | None:
    """Return uniqueness and correctness over all cells, or ``None`` where they are too many.

    A cell says which values are missing too. Arguments are those of ``sampled``.
    """
    index = {name: i for i, name in enumerate(model.ids)}
    sizes = [len(model.shares[index[n]]) + (s > 0) for n, s in missing.items()]
    if prod(sizes) > LARGEST_TABLE:
        return None
    weights, alone, right = [], [], []
    for pattern in product(*((False, True) if s > 0 else (False,) for s in missing.values())):
        gone = dict(zip(missing, pattern, strict=True))
        cells = _cells(model, [n for n in missing if not gone[n]])
        count = cells.shape[1]
        present = {name: 0.0 for name in missing if not gone[name]}
        weight = mass(model, cells, agreements(present, policy=policy, absent={}, draws=count))
        weight = weight * prod(s if gone[n] else 1.0 - s for n, s in missing.items())
        absent = {name: np.full(count, gone[name]) for name in missing}
        shares = mass(
            model, cells, agreements(missing, policy=policy, absent=absent, draws=count)
        )
        weights.append(weight)
        alone.append(alone_chance(shares, people))
        right.append(right_chance(shares, people))
    weight = np.concatenate(weights)
    return Uniqueness(
        people=people,
        unique=Estimate(value=float((weight * np.concatenate(alone)).sum())),
        correct=Estimate(value=float((weight * np.concatenate(right)).sum())),
    )


def _cells(model: Model, names: Sequence[str]) -> NDArray[np.intp]:
    """Return every combination of values of the named attributes (attributes, cells)."""
    index = {name: i for i, name in enumerate(model.ids)}
    sizes = [len(model.shares[index[name]]) for name in names]
    grid = np.indices(sizes).reshape(len(sizes), -1) if sizes else np.zeros((0, 1), np.intp)
    cells = np.zeros((len(model.ids), grid.shape[1]), dtype=np.intp)
    for row, name in enumerate(names):
        cells[index[name]] = grid[row]
    return cells


def _mean(values: NDArray[np.float64]) -> Estimate:
    spread = float(values.std(ddof=1)) if len(values) > 1 else 0.0
    return Estimate(value=float(values.mean()), error=spread / sqrt(len(values)))
