"""Every trial lies in one tile, in order, whatever the numbers of draws and lanes."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from counterseal.reach.draws import Draws
from counterseal.reach.tiling import tiling


@given(outer=st.integers(1, 300), lanes=st.integers(1, 700))
def test_the_spans_of_the_tiles_are_all_trials_in_order(outer: int, lanes: int) -> None:
    draws = Draws(seed=0, outer=outer, lanes=lanes)
    made = tiling(draws)
    spans = [made.span(tile) for tile in range(made.tiles)]
    assert np.array_equal(
        np.concatenate([np.arange(span.start, span.stop) for span in spans]),
        np.arange(draws.trials),
    )
    assert all(0 < span.stop - span.start <= made.width for span in spans)
    assert made.width <= 256


@given(outer=st.integers(1, 300), lanes=st.integers(1, 700))
def test_a_tile_begins_with_its_first_draw(outer: int, lanes: int) -> None:
    made = tiling(Draws(seed=0, outer=outer, lanes=lanes))
    for tile in range(made.tiles):
        assert made.span(tile).start // lanes == made.first_draw(tile)


def test_few_lanes_share_a_tile_and_many_are_split() -> None:
    few = tiling(Draws(seed=0, outer=128, lanes=16))
    assert (few.draws, few.parts, few.tiles, few.width) == (16, 1, 8, 256)
    many = tiling(Draws(seed=0, outer=3, lanes=600))
    assert (many.draws, many.parts, many.tiles, many.width) == (1, 3, 9, 200)


@given(outer=st.integers(1, 60), lanes=st.integers(1, 300), data=st.data())
def test_the_tiles_that_hold_a_draw_are_found(
    outer: int, lanes: int, data: st.DataObject
) -> None:
    made = tiling(Draws(seed=0, outer=outer, lanes=lanes))
    marked = np.array(data.draw(st.lists(st.booleans(), min_size=outer, max_size=outer)))
    spans = [made.span(tile) for tile in range(made.tiles)]
    wanted = [
        tile
        for tile, span in enumerate(spans)
        if marked[span.start // lanes : (span.stop - 1) // lanes + 1].any()
    ]
    assert made.holding(marked).tolist() == wanted
