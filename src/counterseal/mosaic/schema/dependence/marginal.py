"""How an attribute is distributed: listed shares, an assumed shape, or a value of its own each.

A shape is a statement about what nobody has counted, so it comes with two ends: the flattest
and the steepest distribution that it may stand for. Everything computed from it spans both.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from counterseal.documents.evidence import Grade

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["Coarsening", "Marginal", "PairTable", "bins", "listed", "zipf"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coarsening:
    """A coarser form of an attribute: values that are no longer told apart.

    Attributes:
        name: What the coarser form is called.
        groups: For each value of the attribute, the number of its group, from 0.
    """

    name: str
    groups: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Marginal:
    """The distribution of one attribute in a population.

    Attributes:
        id: Its id.
        name: What a reader calls it.
        shares: Share of the population with each value, among those whose value is known; they
            sum to 1. Empty where everybody has a value of their own (an identifier).
        labels: Names of the values, where they are listed; empty otherwise.
        flattest, steepest: Ends of an assumed shape; empty where the shares are known.
        missing: Share of records without a value, missing completely at random, in [0, 1).
        coarser: Forms in which it could be given instead.
        grade: How the distribution is known.
        source: Where it is from.
    """

    id: str
    name: str
    shares: tuple[float, ...]
    labels: tuple[str, ...] = ()
    flattest: tuple[float, ...] = ()
    steepest: tuple[float, ...] = ()
    missing: float = 0.0
    coarser: tuple[Coarsening, ...] = ()
    grade: Grade = Grade.ASSUMED
    source: str = ""

    @property
    def is_identifier(self) -> bool:
        """Whether everybody has a value of their own."""
        return not self.shares

    @property
    def cardinality(self) -> int | None:
        """Number of values; ``None`` for an identifier."""
        return len(self.shares) or None

    def flattened(self) -> Marginal:
        """Return the attribute with the flattest distribution that it may have."""
        return replace(self, shares=self.flattest or self.shares)

    def steepened(self) -> Marginal:
        """Return the attribute with the steepest distribution that it may have."""
        return replace(self, shares=self.steepest or self.shares)


@dataclass(frozen=True, slots=True, kw_only=True)
class PairTable:
    """How two attributes are distributed together.

    Attributes:
        first, second: Their ids.
        shares: A row for each value of the first, a column for each value of the second; all
            of them sum to 1.
        source: Where it is from.
    """

    first: str
    second: str
    shares: tuple[tuple[float, ...], ...]
    source: str = ""

    def array(self) -> NDArray[np.float64]:
        """Return the shares as an array (values of the first, values of the second)."""
        return np.array(self.shares, dtype=np.float64)


def listed(weights: Sequence[float]) -> tuple[float, ...]:
    """Return counts or shares as shares that sum to 1.

    Raises:
        ValueError: A weight is negative, or all are 0.
    """
    total = float(sum(weights))
    if min(weights, default=-1.0) < 0 or total <= 0:
        msg = "counts or shares have to be at least 0, and some above 0"
        raise ValueError(msg)
    return tuple(weight / total for weight in weights)


def zipf(cardinality: int, exponent: float) -> tuple[float, ...]:
    """Return shares that fall with the rank as ``rank ** -exponent``; 0 is uniform.

    Zipf (1949), Human Behavior and the Principle of Least Effort: many counted things fall
    about so, with an exponent about 1. It is an assumption wherever it is used.
    """
    ranks = np.arange(1, cardinality + 1, dtype=np.float64)
    weights = ranks**-exponent
    return tuple((weights / weights.sum()).tolist())


def bins(cardinality: int, width: int, *, name: str) -> Coarsening:
    """Return the coarsening that joins every ``width`` neighbouring values of an order."""
    return Coarsening(name=name, groups=tuple(i // width for i in range(cardinality)))
