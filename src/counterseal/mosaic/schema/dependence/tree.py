"""The most likely tree of dependence between attributes, from pairwise tables.

Chow and Liu (1968), IEEE Trans. Inf. Theory 14(3):462-467: among all distributions in which
each attribute depends on at most one other, the likeliest is the spanning tree with the
greatest sum of mutual information. It needs no order or scale of values, as nominal data has
none.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING, Final

import numpy as np

from counterseal.canon import significant

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from counterseal.mosaic.schema.dependence.marginal import PairTable

__all__ = ["Dependence", "mutual_information_bits", "spanning_forest"]

_ALIKE_DIGITS: Final = 10
"""Weights that agree to so many digits are equal, so that no last bit chooses a tree."""

_LEAST_BITS: Final = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependence:
    """An edge of the tree.

    Attributes:
        first, second: Ids of the two attributes.
        bits: Their mutual information.
    """

    first: str
    second: str
    bits: float


def mutual_information_bits(joint: NDArray[np.float64]) -> float:
    """Return the mutual information of two attributes, in bits; 0 where they are independent.

    Args:
        joint: Shares (values of the first, values of the second) that sum to 1.
    """
    product = joint.sum(axis=1)[:, None] * joint.sum(axis=0)[None, :]
    held = joint > 0
    terms = joint[held] * np.log(joint[held] / product[held])
    return max(0.0, float(terms.sum()) / _NATS_PER_BIT)


_NATS_PER_BIT: Final = log(2)


def spanning_forest(ids: Sequence[str], tables: Iterable[PairTable]) -> tuple[Dependence, ...]:
    """Return the edges of the likeliest tree, the strongest first.

    Attributes whose tables are not given stay independent of the others, so that the result
    may be a forest. Edges of equal weight are taken in the order of ``ids``.
    """
    rank = {name: index for index, name in enumerate(ids)}
    edges = [
        Dependence(
            first=table.first, second=table.second, bits=mutual_information_bits(table.array())
        )
        for table in tables
        if table.first in rank and table.second in rank
    ]
    edges.sort(key=lambda edge: _order(edge, rank))
    part = {name: name for name in ids}
    kept: list[Dependence] = []
    for edge in edges:
        one, other = _root(part, edge.first), _root(part, edge.second)
        if one != other and edge.bits > _LEAST_BITS:
            part[one] = other
            kept.append(edge)
    return tuple(kept)


def _order(edge: Dependence, rank: dict[str, int]) -> tuple[float, int, int]:
    low, high = sorted((rank[edge.first], rank[edge.second]))
    return -significant(edge.bits, digits=_ALIKE_DIGITS), low, high


def _root(part: dict[str, str], name: str) -> str:
    while part[name] != name:
        name = part[name]
    return name
