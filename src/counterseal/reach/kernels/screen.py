"""Which steps are reached at all, without times: sixty-four trials in a word.

A step that works is reached when a parent is (or), when all are (and), or when it is an entry;
the least fixpoint over bits is what the sweep would find if nothing took any time and the
horizon never came. So it holds every arrival of the sweep, and where no time limits reach it is
the very same set. It shares no code with the sweep.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from counterseal.reach.special import inlined, njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from counterseal.reach.program import Links

__all__ = ["LANES", "reachable", "screen", "unpacked"]

LANES = 64
"""Trials in a word."""

_NEVER = np.uint16(65535)
_NONE = np.uint64(0)
_ONE = np.uint64(1)


def reachable(links: Links, x: NDArray[np.uint16]) -> NDArray[np.bool_]:
    """Return which steps could be reached in which trials, given time.

    Args:
        links: The structure.
        x: Local times of one tile, shape (steps, width); 65535 is never.

    Returns:
        The same shape; true wherever the sweep's arrival is not "never", and maybe elsewhere.
    """
    return unpacked(screen(links, _works(np.ascontiguousarray(x))), x.shape[1])


def unpacked(words: NDArray[np.uint64], width: int) -> NDArray[np.bool_]:
    """Return the bits of rows of words as booleans, shape (rows, width)."""
    lanes = np.arange(width)
    return (words[:, lanes // LANES] >> (lanes % LANES).astype(np.uint64) & _ONE).astype(bool)


@njit
def _works(x: NDArray[np.uint16]) -> NDArray[np.uint64]:
    """Return in which trials each step works, shape (steps, words)."""
    words = (x.shape[1] + LANES - 1) // LANES
    out = np.zeros((x.shape[0], words), dtype=np.uint64)
    for step in range(x.shape[0]):
        for word in range(words):
            first = word * LANES
            bits = _NONE
            for lane in range(first, min(first + LANES, x.shape[1])):
                bits |= np.uint64(x[step, lane] != _NEVER) << np.uint64(lane - first)
            out[step, word] = bits
    return out


@inlined
def _gains(
    links: Links,
    step: int,
    child: int,
    works: NDArray[np.uint64],
    reached: NDArray[np.uint64],
) -> bool:
    """Add the trials in which a child is now reached; return whether there are any."""
    gained = _NONE
    for word in range(works.shape[1]):
        more = works[child, word] & reached[step, word] & ~reached[child, word]
        if links.kind[child] == 1 and more != _NONE:
            for j in range(links.parent_row[child], links.parent_row[child + 1]):
                more &= reached[links.parent[j], word]
        reached[child, word] |= more
        gained |= more
    return bool(gained != _NONE)


@njit
def screen(links: Links, works: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return in which trials each step is reached, where ``works`` says when it can be.

    Both have the shape (steps, words). Steps that gained trials are gone through in order,
    again and again, until none does; each hands on only what it gained.
    """
    steps, words = works.shape
    reached = np.zeros((steps, words), dtype=np.uint64)
    fresh = np.zeros(steps, dtype=np.uint8)
    for step in range(steps):
        if links.entry[step] == 1:
            reached[step] = works[step]
            fresh[step] = 1
    again = True
    while again:
        again = False
        for step in range(steps):
            if fresh[step] == 0:
                continue
            fresh[step] = 0
            for j in range(links.child_row[step], links.child_row[step + 1]):
                child = links.child[j]
                if _gains(links, step, child, works, reached):
                    fresh[child] = 1
                    again = again or child <= step
    return reached
