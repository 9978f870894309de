"""How trials lie side by side in tiles: the rows that the kernels work on.

A tile is a row of lanes for every step. Where the trials of a draw are few, a tile holds
several whole draws; where they are many, a draw is split over several tiles. Either way the
trials of a tile are a run of the trials outside, so results do not depend on the layout.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from counterseal.reach.draws import Draws

__all__ = ["Tiling", "tiling"]

_MOST = 256
"""Lanes of a tile: looking a step up costs as much as 200 lanes of it, so that wide rows are
faster although their edges are looked at a little more often; measured from 2,000 to 90,000
steps against 64 (twice as slow), 128 and 512 (faster, but too few tiles for two threads)."""


class Tiling(NamedTuple):
    """The layout of all trials.

    Attributes:
        outer: Epistemic draws.
        trials: Trials in each.
        draws: Draws in a tile; the last tile may hold fewer.
        parts: Tiles of a draw; above 1 only where ``draws`` is 1.
        lanes: Places of each draw in a tile.
        tiles: Number of tiles.
    """

    outer: int
    trials: int
    draws: int
    parts: int
    lanes: int
    tiles: int

    @property
    def width(self) -> int:
        """Lanes of a tile."""
        return self.draws * self.lanes

    def first_draw(self, tile: int) -> int:
        """Return the first epistemic draw of a tile."""
        return tile // self.parts * self.draws

    def span(self, tile: int) -> slice:
        """Return which trials a tile holds: those of its first lanes, in order."""
        if self.parts == 1:
            first = tile * self.width
            return slice(first, min(first + self.width, self.outer * self.trials))
        draw, start = tile // self.parts, tile % self.parts * self.lanes
        first = draw * self.trials + start
        return slice(first, first + min(self.lanes, self.trials - start))

    @property
    def spans(self) -> NDArray[np.int64]:
        """First trial of each tile, and the one after its last; shape (tiles, 2)."""
        spans = [self.span(tile) for tile in range(self.tiles)]
        return np.array([(span.start, span.stop) for span in spans], dtype=np.int64)

    def holding(self, draws: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return the tiles that hold any of the draws marked in ``draws``, shape (outer,)."""
        groups = np.logical_or.reduceat(draws, np.arange(0, self.outer, self.draws))
        return np.flatnonzero(np.repeat(groups, self.parts))


def tiling(draws: Draws) -> Tiling:
    """Return the layout of some draws."""
    parts = -(-draws.lanes // _MOST)
    together = min(draws.outer, max(1, _MOST // draws.lanes))
    tiles = -(-draws.outer // together)
    together = -(-draws.outer // tiles)
    return Tiling(
        outer=draws.outer,
        trials=draws.lanes,
        draws=together,
        parts=parts,
        lanes=-(-draws.lanes // parts),
        tiles=-(-draws.outer // together) * parts,
    )
