"""Random numbers that belong to what they decide, not to when they were asked for.

A stream is named by what it is for and by the stable id it serves; its key is the SHA-256
of that name and the seed. Numbers come from Philox4x32-10, a counter-based generator (Salmon,
Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3", SC'11), at the
counter (lane, outer draw, block, last word of the key). So an unchanged step has the same
numbers before and after a change, in any graph, in any order and on any number of workers.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from counterseal.errors import UsageError
from counterseal.reach.special import njit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

__all__ = ["Draws", "Stream", "fill_uniforms", "keys", "philox", "uniform"]

_MOST_LANES = 2**31


@dataclass(frozen=True, slots=True, kw_only=True)
class Draws:
    """How many random trials, and from which seed.

    Attributes:
        seed: Any integer; 0 is a seed like any other.
        outer: Epistemic draws, at least 1.
        lanes: Trials within each epistemic draw, at least 1. Trial ``outer_index * lanes +
            lane``; a lane keeps its numbers when ``lanes`` or ``outer`` grow.
    """

    seed: int
    outer: int
    lanes: int

    def __post_init__(self) -> None:
        if min(self.outer, self.lanes) < 1 or max(self.outer, self.lanes) > _MOST_LANES:
            msg = f"outer={self.outer} and lanes={self.lanes} must both lie in 1 to 2**31"
            raise UsageError(msg)

    @property
    def trials(self) -> int:
        """All trials: ``outer * lanes``."""
        return self.outer * self.lanes


class Stream(StrEnum):
    """What a stream of numbers decides; streams of one id are independent of one another."""

    STEP = "step"
    CAUSE = "cause"
    LATENT = "latent"
    PARAMETER = "parameter"
    MIXTURE = "mixture"


def keys(stream: Stream, ids: Iterable[str], *, seed: int) -> NDArray[np.uint32]:
    """Return the key of each id, shape (ids, 3): two key words and one counter word.

    96 bits of SHA-256 make a shared stream among a million ids a one in 10**17 event.
    """
    head = f"counterseal-draw/1\0{stream.value}\0{seed}\0"
    parts = [hashlib.sha256((head + name).encode()).digest()[:12] for name in ids]
    words = np.frombuffer(b"".join(parts), dtype="<u4").astype(np.uint32)
    return words.reshape(len(parts), 3)


# The key schedule adds the golden ratio and sqrt(3) - 1 to the two words before each round
# but the first (Salmon et al. 2011, section 4); numba takes these as literal constants.
_W0 = 0x9E3779B9
_W1 = 0xBB67AE85
_M0 = np.uint64(0xD2511F53)
_M1 = np.uint64(0xCD9E8D57)
_WORD = np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)
_UNUSED_BITS = np.uint64(12)
_ONE = np.uint64(0x3FF0000000000000)


@njit
def _round(  # noqa: PLR0917 - four counter words and two key words
    c0: np.uint32, c1: np.uint32, c2: np.uint32, c3: np.uint32, k0: np.uint32, k1: np.uint32
) -> tuple[np.uint32, np.uint32, np.uint32, np.uint32]:
    p0 = _M0 * np.uint64(c0)
    p1 = _M1 * np.uint64(c2)
    high0 = np.uint32(p0 >> _WORD)
    high1 = np.uint32(p1 >> _WORD)
    return np.uint32(high1 ^ c1 ^ k0), np.uint32(p1), np.uint32(high0 ^ c3 ^ k1), np.uint32(p0)


@njit
def philox(  # noqa: PLR0917 - four counter words and two key words
    c0: np.uint32, c1: np.uint32, c2: np.uint32, c3: np.uint32, k0: np.uint32, k1: np.uint32
) -> tuple[np.uint32, np.uint32, np.uint32, np.uint32]:
    """Return the four words of Philox4x32-10 at counter (c0, c1, c2, c3) and key (k0, k1)."""
    for _ in range(10):
        c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
        k0 = np.uint32(k0 + np.uint32(_W0))
        k1 = np.uint32(k1 + np.uint32(_W1))
    return c0, c1, c2, c3


@njit
def _unit(low: np.uint32, high: np.uint32) -> float:
    """Return (k + 1/2) / 2**52 for the upper 52 bits k of the two words: in the open (0, 1)."""
    bits = ((np.uint64(low) | (np.uint64(high) << _WORD)) >> _UNUSED_BITS) | _ONE
    return np.uint64(bits).view(np.float64) - 0.99999999999999988898


@njit
def uniform(key: NDArray[np.uint32], outer: int, lane: int, block: int) -> tuple[float, float]:
    """Return the two uniforms of one block of one stream, each in the open interval (0, 1)."""
    c0, c1, c2, c3 = philox(
        np.uint32(lane), np.uint32(outer), np.uint32(block), key[2], key[0], key[1]
    )
    return _unit(c0, c1), _unit(c2, c3)


@njit
def fill_uniforms(  # noqa: PLR0917 - a kernel takes plain arguments
    key: NDArray[np.uint32],
    draws: NDArray[np.uint32],
    lanes: NDArray[np.uint32],
    count: int,
    block: int,
    first: NDArray[np.float64],
    second: NDArray[np.float64],
) -> None:
    """Write the two uniforms of ``block`` for the first ``count`` of ``draws`` and ``lanes``.

    The same numbers as ``uniform`` gives, several lanes at a time: every word stays in 64 bits,
    so that the loop becomes vectors of 32-bit products.
    """
    start2, start3 = np.uint64(block), np.uint64(key[2])
    for i in range(count):
        c0, c1, c2, c3 = np.uint64(lanes[i]), np.uint64(draws[i]), start2, start3
        k0, k1 = np.uint64(key[0]), np.uint64(key[1])
        for _ in range(10):
            p0 = _M0 * c0
            p1 = _M1 * c2
            c0, c2 = (p1 >> _WORD) ^ c1 ^ k0, (p0 >> _WORD) ^ c3 ^ k1
            c1, c3 = p1 & _LOW, p0 & _LOW
            k0 = (k0 + np.uint64(_W0)) & _LOW
            k1 = (k1 + np.uint64(_W1)) & _LOW
        low = np.uint64(((c0 | (c1 << _WORD)) >> _UNUSED_BITS) | _ONE)
        high = np.uint64(((c2 | (c3 << _WORD)) >> _UNUSED_BITS) | _ONE)
        first[i] = low.view(np.float64) - 0.99999999999999988898
        second[i] = high.view(np.float64) - 0.99999999999999988898
