"""Blocks of trials put together are one run of all trials, to the byte."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.attackgraph.compile import compile_graph
from counterseal.errors import UsageError
from counterseal.estate.generator import generate
from counterseal.reach.draws import Draws
from counterseal.reach.engine import Engine
from counterseal.reach.spread.blocks import Block, assemble, blocks_of, simulate_block
from counterseal.reach.spread.message import Job, decode, encode
from counterseal.reach.tiling import tiling
from counterseal.testing.catalogs import catalog
from counterseal.testing.graphs import network, tangle

if TYPE_CHECKING:
    from collections.abc import Sequence

DRAWS = st.builds(
    Draws,
    seed=st.integers(0, 2**53 - 1),
    outer=st.integers(1, 9),
    lanes=st.integers(1, 40) | st.integers(200, 900),
)


def compiled(seed: int) -> Job:
    """Return a job on the graph of a generated estate, with what such graphs have."""
    estate = generate(seed, systems=4, links=6)
    who = sorted(catalog().adversaries)[seed % 5]
    graph = compile_graph(estate, catalog().adversaries[who], catalog())
    targets = tuple(dict.fromkeys(objective.step for objective in graph.objectives))
    return Job(graph=graph, targets=targets, draws=Draws(seed=seed, outer=1, lanes=1))


def bare(seed: int) -> Job:
    """Return a job on a random graph of constants, with cycles and and-steps."""
    graph, target = tangle(np.random.default_rng(seed))
    others = tuple(step.id for step in graph.steps[:3])
    targets = tuple(dict.fromkeys((target, *others)))
    return Job(graph=graph, targets=targets, draws=Draws(seed=seed, outer=1, lanes=1))


def cut(draws: Draws, ends: Sequence[int]) -> tuple[Block, ...]:
    """Return the blocks between some tiles."""
    tiles = tiling(draws).tiles
    inner = sorted({end % tiles for end in ends} - {0})
    bounds = [0, *inner, tiles]
    return tuple(
        Block(number=i, first=first, stop=stop)
        for i, (first, stop) in enumerate(itertools.pairwise(bounds))
    )


def whole(job: Job) -> bytes:
    return (
        Engine(job.graph, draws=job.draws, targets=job.targets, workers=1).run().ticks.tobytes()
    )


def spread(job: Job, blocks: Sequence[Block]) -> bytes:
    """Simulate each block in an engine of its own, made from the bytes of the job."""
    data = encode(job)
    found = []
    for block in blocks:
        here = decode(data)
        engine = Engine(here.graph, draws=here.draws, targets=here.targets, memory_bytes=0)
        found.append((block, simulate_block(engine, block)))
    return assemble(job, reversed(found)).ticks.tobytes()


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 300),
    draws=DRAWS,
    ends=st.lists(st.integers(0, 100), max_size=4),
)
def test_blocks_of_any_partition_are_one_run_of_any_bare_graph(
    seed: int, draws: Draws, ends: list[int]
) -> None:
    made = bare(seed)
    job = Job(graph=made.graph, targets=made.targets, draws=draws)
    assert spread(job, cut(draws, ends)) == whole(job)


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 60), draws=DRAWS, ends=st.lists(st.integers(0, 100), max_size=2))
def test_blocks_of_any_partition_are_one_run_of_any_compiled_graph(
    seed: int, draws: Draws, ends: list[int]
) -> None:
    made = compiled(seed)
    job = Job(graph=made.graph, targets=made.targets, draws=draws)
    assert spread(job, cut(draws, ends)) == whole(job)


@given(draws=DRAWS, count=st.integers(1, 50))
def test_blocks_are_all_tiles_in_order_and_nearly_equal(draws: Draws, count: int) -> None:
    blocks = blocks_of(draws, count=count)
    tiles = [tile for block in blocks for tile in range(block.first, block.stop)]
    assert tiles == list(range(tiling(draws).tiles))
    assert [block.number for block in blocks] == list(range(min(count, len(tiles))))
    sizes = {block.stop - block.first for block in blocks}
    assert max(sizes) - min(sizes) <= 1


def test_arrivals_that_are_put_together_say_what_those_of_a_run_say() -> None:
    made = compiled(7)
    job = Job(graph=made.graph, targets=made.targets, draws=Draws(seed=7, outer=5, lanes=90))
    engine = Engine(job.graph, draws=job.draws, targets=job.targets, workers=1)
    blocks = blocks_of(job.draws, count=2)
    found = assemble(job, [(block, simulate_block(engine, block)) for block in blocks])
    run = engine.run()
    assert found.steps == run.steps
    assert found.tick_days == run.tick_days
    assert found.draws == run.draws
    assert not found.ticks.flags.writeable
    assert np.array_equal(found.days(job.targets[0]), run.days(job.targets[0]))


def test_a_target_that_cannot_be_reached_is_never_reached_in_any_block() -> None:
    graph = network([("a", "b"), ("c", "d")], p=0.5, source="a", terminals=["d"])
    draws = Draws(seed=1, outer=1, lanes=600)
    job = Job(graph=graph, targets=("all", "node b"), draws=draws)
    assert spread(job, blocks_of(draws, count=3)) == whole(job)
    alone = Job(graph=graph, targets=("all",), draws=draws)
    assert set(spread(alone, blocks_of(draws, count=2))) == {255}


def pieces() -> tuple[Job, list[tuple[Block, np.ndarray]]]:
    made = bare(3)
    draws = Draws(seed=3, outer=1, lanes=1000)
    engine = Engine(made.graph, draws=draws, targets=made.targets)
    blocks = blocks_of(draws, count=3)
    job = Job(graph=made.graph, targets=made.targets, draws=draws)
    return job, [(block, simulate_block(engine, block)) for block in blocks]


def test_a_missing_block_is_refused() -> None:
    job, found = pieces()
    with pytest.raises(UsageError, match="not all trials"):
        assemble(job, found[1:])


def test_a_block_that_comes_twice_is_refused() -> None:
    job, found = pieces()
    with pytest.raises(UsageError, match="each once"):
        assemble(job, [*found, found[0]])


def test_a_block_of_the_wrong_shape_is_refused() -> None:
    job, found = pieces()
    block, ticks = found[0]
    with pytest.raises(UsageError, match="shape"):
        assemble(job, [(block, ticks[:, 1:]), *found[1:]])


def test_no_blocks_at_all_are_refused() -> None:
    with pytest.raises(UsageError, match="at least one"):
        blocks_of(Draws(seed=0, outer=1, lanes=1), count=0)
