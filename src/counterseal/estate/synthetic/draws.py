"""Counter-based draws that are the same on every machine.

SplitMix64 (Steele, Lea and Flood 2014, OOPSLA, fig. 17) applied to a counter, keyed by the seed
and a label. A label always gives the same sequence whatever else was drawn before it, and a
longer sequence begins with the shorter one.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["Draws", "heavy_tail", "splitmix64"]

T = TypeVar("T")

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draws:
    """Sequences of numbers by label.

    Attributes:
        seed: Any integer; only its value modulo 2**64 counts.
    """

    seed: int

    def uniform(self, label: str, count: int) -> NDArray[np.float64]:
        """Return ``count`` numbers in [0, 1) with 53 random bits each."""
        key = hashlib.sha256(f"{self.seed % 2**64}/{label}".encode()).digest()[:8]
        words = splitmix64(int.from_bytes(key, "big"), count)
        return (words >> np.uint64(11)).astype(np.float64) * 2.0**-53

    def rolls(self, label: str, count: int) -> list[float]:
        """Return the same numbers as ``uniform``, as a list."""
        numbers: list[float] = self.uniform(label, count).tolist()
        return numbers

    def weighted(
        self, label: str, count: int, weights: NDArray[np.float64]
    ) -> NDArray[np.int64]:
        """Return ``count`` indexes, each with the probability of its weight."""
        edges = np.cumsum(weights)
        places = self.uniform(label, count) * edges[-1]
        found: NDArray[np.int64] = np.searchsorted(edges, places, side="right")
        return found

    def pick(
        self, label: str, count: int, options: Sequence[T], weights: Sequence[float] = ()
    ) -> list[T]:
        """Return ``count`` of ``options``, equally likely unless weighted."""
        shares = np.array(weights or [1.0] * len(options), dtype=np.float64)
        return [options[index] for index in self.weighted(label, count, shares)]

    def order(self, label: str, count: int) -> NDArray[np.int64]:
        """Return the indexes below ``count`` in a random order."""
        return np.argsort(self.uniform(label, count), kind="stable")


def splitmix64(start: int, count: int) -> NDArray[np.uint64]:
    """Return the first ``count`` words of SplitMix64 from the 64-bit state ``start``."""
    state = np.uint64(start) + _GOLDEN * np.arange(1, count + 1, dtype=np.uint64)
    state = (state ^ (state >> np.uint64(30))) * _MIX_1
    state = (state ^ (state >> np.uint64(27))) * _MIX_2
    return state ^ (state >> np.uint64(31))


def heavy_tail(ranks: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return weights falling with the rank to the power 3/4, flat over the first few.

    Computed with square roots only, which IEEE 754 rounds the same everywhere; ``pow`` is not.
    """
    shifted = ranks.astype(np.float64) + 3.0
    root = np.sqrt(shifted)
    return 1.0 / (root * np.sqrt(root))
