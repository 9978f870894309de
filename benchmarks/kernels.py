"""The sweep against every peer, two threads against one, and what memory each takes."""

from __future__ import annotations

import argparse
import hashlib
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from graphs import ANDS, made
from measuring import Goal, Memory, Section, clocked, in_child, note, number, size, walled
from peers import AND_OR, OR_ONLY, SLOW, timed

from counterseal.reach.draws import Draws
from counterseal.reach.engine import Engine
from counterseal.reach.sampling import sample_tiles
from counterseal.reach.sweep import correct, settle

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from counterseal.attackgraph.model import AttackGraph
    from counterseal.reach.program import Links

__all__ = ["SIZES", "measured", "threads"]

SIZES = (1_000, 10_000, 100_000, 1_000_000)
LANES = 256
TARGETS = 100
TRIALS = {1_000: 2**14, 10_000: 2**12, 100_000: 2**10, 1_000_000: 2**9}
"""Trials with which threads are compared."""

SWEEP_NOTE = """\
One thread, processor time, 256 trials side by side, kernels compiled beforehand. The graph has
hubs, cycles, mean degree 7 and a fifth of and-steps; `or-only` has none, for peers that know
shortest paths alone. Every peer gets the same graph and the same local times, and has to find
the same arrivals, else the benchmark stops. An edge-trial is one edge in one trial, however
often the sweep looks at it (`looks`); drawing local times is apart (`draws/s`). A peer's time
is that of one trial after its own structures were built, so that building is not held
against it; beyond 100,000 steps peers are timed on a single trial, below it is the median of
three. `copy` is what numpy's copy of the arrivals reads and writes, and `sweep / copy` how
often the arrivals could be copied while they are worked out. `one pass` is what the sweep does
where it looks at every edge once and changes nothing: a bound on any sweep over rows."""
PEERS_NOTE = """\
`plain Python` is a lean binary heap for and/or graphs: children listed beforehand, one number
for an entry of the heap, no derivations. `buckets` is our own compiled oracle, one trial at a
time. `scipy` is `csgraph.dijkstra`, `igraph` `Graph.distances`, `rustworkx`
`dijkstra_shortest_path_lengths` and `networkx` `single_source_dijkstra_path_length`."""
MEMORY_NOTE = """\
Resident memory at most, less what was there before: for the sweep the compiled graph with local
times and arrivals of 256 trials, for a peer its structures and one trial."""
THREADS_NOTE = """\
Whole runs (drawing and settling, arrivals at 100 targets kept), time on the wall. The digest is
that of all arrivals at the targets; it has to be the same for one and for two threads."""


class Rates(NamedTuple):
    """What one process found of the sweep; per second, but for looks and bytes."""

    mixed: float
    single: float
    draws: float
    copies: float
    once: float
    looks: float
    held: int


def _rates(steps: int) -> Rates:
    """Return the rates of the sweep on graphs of that many steps."""
    _engine(made(50), LANES, workers=1).run()
    runs, warm = (1, False) if steps > SLOW else (3, True)
    rates, looks, held = [], [], []
    for ands in (ANDS, 0.0):
        graph = made(steps, ands=ands)
        memory = Memory()
        engine = _engine(graph, LANES, workers=1, memory_bytes=2**33)
        state = next(engine.states())
        held.append(memory.most)
        links, t = engine.program.links, np.zeros_like(state.t)
        seconds = clocked(
            lambda x=state.x, t=t, links=links: looks.append(settle(links, x, t)),  # type: ignore[misc]
            runs=runs,
            warm=warm,
        )
        assert np.array_equal(t, state.t)
        rates.append(links.parent.size * LANES / seconds)
        looks[-1] /= links.parent.size
    once = clocked(lambda: _once(links, state.x[0], t[0]), runs=3)
    copies = clocked(lambda: np.copyto(t, state.t), runs=3)
    draws = clocked(lambda: _draw(engine, t), runs=runs, warm=warm)
    return Rates(
        mixed=rates[0],
        single=rates[1],
        draws=t.size / draws,
        copies=2 * t.nbytes / copies,
        once=links.parent.size * LANES / once,
        looks=looks[-1],
        held=held[0],
    )


def _once(links: Links, x: np.ndarray, t: np.ndarray) -> None:
    """Work every step out from its parents' arrivals, which are settled."""
    dirty = np.ones(t.shape[0], dtype=np.uint8)
    row = np.empty(t.shape[1], dtype=np.uint16)
    found = correct(links, x, t, dirty, row, np.empty(0, dtype=np.uint8), t)
    assert found == links.parent.size


def _draw(engine: Engine, out: np.ndarray) -> None:
    rows = np.arange(out.shape[1], dtype=np.int64)
    tiles = np.arange(out.shape[0], dtype=np.int64)
    sample_tiles(engine.plan, engine.table, rows, tiles, rows, out)


def _engine(graph: AttackGraph, trials: int, *, workers: int, memory_bytes: int = 0) -> Engine:
    """Return an engine; it keeps nothing but arrivals at some targets unless it may."""
    names = graph.columns.names  # type: ignore[union-attr] - made has columns
    return Engine(
        graph,
        draws=Draws(seed=1, outer=1, lanes=trials),
        targets=names[:: max(1, len(names) // TARGETS)],
        workers=workers,
        memory_bytes=memory_bytes,
    )


def measured(sizes: Sequence[int]) -> list[Section]:
    """Return the sweep against its peers at every size, and their memory."""
    rows, memory, goals = [], [], []
    for steps in sizes:
        note(f"sweep, {steps:,} steps")
        ours = in_child(_rates, steps)
        found = {name: timed(name, steps) for name in (*AND_OR, *OR_ONLY)}
        ratios = {name: ours.mixed / found[name][0] for name in AND_OR}
        ratios |= {name: ours.single / found[name][0] for name in OR_ONLY}
        rows.append(
            [
                f"{steps:,}",
                f"{ours.mixed / 1e6:,.0f} M",
                f"{ours.single / 1e6:,.0f} M",
                f"{ours.looks:.1f}",
                f"{ours.once / 1e6:,.0f} M",
                *(number(ratio) for ratio in ratios.values()),
                f"{ours.draws / 1e6:,.1f} M",
                f"{ours.copies / 1e9:,.1f} GB/s",
                number(ours.copies / 4 * 7 / ours.mixed),
            ]
        )
        held = [size(found[name][2]) for name in ratios]
        memory.append([f"{steps:,}", size(ours.held), *held])
        goals += _goals(steps, ratios)
    names = [f"/ {name}" for name in AND_OR] + [f"/ {name} (or-only)" for name in OR_ONLY]
    speed = ["steps", "edge-trials/s", "or-only", "looks", "one pass", *names]
    sweep = Section(
        title="The sweep against peers",
        note=SWEEP_NOTE,
        head=[*speed, "draws/s", "copy", "sweep / copy"],
        rows=rows,
        goals=goals,
        after=PEERS_NOTE,
    )
    held_by = Section(
        title="Memory",
        note=MEMORY_NOTE,
        head=["steps", "256 trials of ours", *AND_OR, *OR_ONLY],
        rows=memory,
    )
    return [sweep, held_by]


def _goals(steps: int, ratios: Mapping[str, float]) -> list[Goal]:
    wanted = {"plain Python": 150.0, "scipy": 16.0}
    if steps == 100_000:  # noqa: PLR2004 - the size that the goal names
        wanted |= {"igraph": 100.0, "rustworkx": 100.0, "networkx": 1_000.0}
    return [
        Goal(
            number="1",
            text=f"{name}, {steps:,} steps",
            found=ratios[name],
            bound=bound,
            unit=" x",
        )
        for name, bound in wanted.items()
    ]


class Threads(NamedTuple):
    """Seconds with one thread and with two, and a digest of the arrivals of each."""

    one: float
    two: float
    digests: tuple[str, str]


def _threads(steps: int) -> Threads:
    graph = made(steps)
    _engine(made(50), LANES, workers=1).run()
    runs = 1 if steps > SLOW else 3
    seconds, digests = [], []
    for workers in (1, 2):
        engines = [_engine(graph, TRIALS[steps], workers=workers) for _ in range(runs)]
        for engine in engines:
            assert engine.plan.keys.size
            assert engine.table.size
        left = iter(engines)
        seconds.append(walled(lambda left=left: next(left).run(), runs=runs, warm=False))  # type: ignore[misc]
        ticks = engines[0].run().ticks.tobytes()
        digests.append(hashlib.sha256(ticks).hexdigest()[:16])
    return Threads(seconds[0], seconds[1], (digests[0], digests[1]))


def threads(sizes: Sequence[int]) -> Section:
    """Return one thread against two at every size."""
    rows, goals = [], []
    for steps in sizes:
        note(f"threads, {steps:,} steps")
        found = in_child(_threads, steps)
        one, two = found.digests
        assert one == two, "two threads gave other bytes than one"
        ratio = found.one / found.two
        rows.append(
            [
                f"{steps:,}",
                f"{TRIALS[steps]:,}",
                f"{number(found.one)} s",
                f"{number(found.two)} s",
                f"{ratio:.2f}",
                f"`{one}` = `{two}`",
            ]
        )
        bound = 1.7 if steps <= 10_000 else 1.4  # noqa: PLR2004 - as the goal says
        text = f"two threads, {steps:,} steps"
        goals.append(Goal(number="3", text=text, found=ratio, bound=bound, unit=" x"))
    return Section(
        title="Two threads",
        note=THREADS_NOTE,
        head=["steps", "trials", "one thread", "two threads", "ratio", "digest of arrivals"],
        rows=rows,
        goals=goals,
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=10_000)
    asked = [steps for steps in SIZES if steps <= parser.parse_args().most]
    for section in (*measured(asked), threads(asked)):
        section.show()
