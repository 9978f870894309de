"""The first of many draws: cut out of the state of more of them, not drawn again.

A trial depends on its number within its draw, and a draw on its number; neither on how many
there are (see ``Draws``). So a run on the first draws, and on the first trials of each, is a
part of the run on all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from counterseal.reach.special import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from counterseal.reach.draws import Draws
    from counterseal.reach.tiling import Tiling

__all__ = ["contains", "cut", "first_trials", "is_full"]


def contains(wide: Draws, narrow: Draws) -> bool:
    """Whether the trials of ``narrow`` are among those of ``wide``."""
    enough = wide.outer >= narrow.outer and wide.lanes >= narrow.lanes
    return wide.seed == narrow.seed and enough


def is_full(layout: Tiling) -> bool:
    """Whether every lane of every tile is a trial."""
    return layout.outer * layout.trials == layout.tiles * layout.width


def first_trials(wide: Draws, narrow: Draws) -> NDArray[np.int64]:
    """Return the number in ``wide`` of each trial of ``narrow``."""
    draw, lane = np.divmod(np.arange(narrow.trials, dtype=np.int64), narrow.lanes)
    trials: NDArray[np.int64] = draw * wide.lanes + lane
    return trials


@njit
def cut(
    wide: Tiling,
    narrow: Tiling,
    source: NDArray[np.uint16],
    first: int,
    out: NDArray[np.uint16],
) -> None:
    """Write the tiles of ``narrow`` from ``first`` on to ``out``; see ``is_full``.

    ``source`` and ``out`` have the shape (tiles, steps, width), each of its own layout.
    """
    width = narrow.draws * narrow.lanes
    tiles, places = np.empty(width, dtype=np.int64), np.empty(width, dtype=np.int64)
    for slot in range(out.shape[0]):
        tile = first + slot
        for i in range(width):
            draw = tile // narrow.parts * narrow.draws + i // narrow.lanes
            lane = tile % narrow.parts * narrow.lanes + i % narrow.lanes
            tiles[i] = draw // wide.draws * wide.parts + lane // wide.lanes
            places[i] = draw % wide.draws * wide.lanes + lane % wide.lanes
        start = 0
        while start < width:
            stop = _run(tiles, places, start)
            here = slice(places[start], places[start] + stop - start)
            for step in range(out.shape[1]):
                out[slot, step, start:stop] = source[tiles[start], step, here]
            start = stop


@njit
def _run(tiles: NDArray[np.int64], places: NDArray[np.int64], start: int) -> int:
    """Return where the lanes from ``start`` on cease to lie side by side."""
    stop = start + 1
    while (
        stop < places.size
        and tiles[stop] == tiles[start]
        and places[stop] == places[start] + stop - start
    ):
        stop += 1
    return stop
