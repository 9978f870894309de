"""Ten million edges: how long a run takes on two threads, and how much memory at most."""

from __future__ import annotations

import time

from graphs import DEGREE, made
from measuring import Goal, Memory, Section, in_child, note, number, size

from counterseal.reach.draws import Draws
from counterseal.reach.engine import Engine

__all__ = ["measured"]

EDGES = 10_000_000
TRIALS = 512
MOST_BYTES = 8e9
NOTE = """\
One graph in a process of its own, drawn and settled on two threads tile by tile, arrivals at
100 targets kept. `memory` is the peak of the whole process, interpreter and kernels included;
`graph` what is held of it once the graph is compiled."""


def _held(edges: int) -> tuple[int, int, float, float, int, int]:
    """Return steps, edges, seconds to compile and to run, bytes of the graph, bytes at most."""
    steps = round(edges / DEGREE * 1.003)
    memory = Memory()
    start = time.perf_counter()
    graph = made(steps)
    names = graph.columns.names  # type: ignore[union-attr] - made has columns
    draws = Draws(seed=1, outer=1, lanes=TRIALS)
    targets = names[:: steps // 100]
    engine = Engine(graph, draws=draws, targets=targets, workers=2, memory_bytes=0)
    graph_held, built = memory.held, time.perf_counter()
    engine.run()
    ran = time.perf_counter()
    found = engine.program.links.parent.size
    return steps, found, built - start, ran - built, graph_held, memory.peak


def measured(edges: int = EDGES) -> Section:
    """Return a graph of that many edges."""
    note(f"{edges:,} edges")
    steps, found, built, ran, graph, most = in_child(_held, edges)
    row = [
        f"{steps:,}",
        f"{found:,}",
        f"{TRIALS}",
        f"{number(built)} s",
        f"{number(ran)} s",
        size(graph),
        size(most),
    ]
    goal = Goal(
        number="3",
        text=f"{found:,} edges, peak memory",
        found=most / 1e9,
        bound=MOST_BYTES / 1e9,
        most=True,
        unit=" GB",
    )
    return Section(
        title="Ten million edges",
        note=NOTE,
        head=["steps", "edges", "trials", "made ready in", "run in", "graph", "memory"],
        rows=[row],
        goals=[goal],
    )


if __name__ == "__main__":
    measured().show()
