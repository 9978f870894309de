"""One trial by each peer: the same graph, the same local times, and what memory it takes.

Each is timed in a process of its own, after its structures were built; what it finds is
compared with the sweep's arrivals, and a peer that finds others stops the benchmark.
"""

from __future__ import annotations

import argparse
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

import igraph
import networkx as nx
import numpy as np
import rustworkx
from graphs import ANDS, made
from measuring import Memory, Section, clocked, in_child, note, number, size
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from counterseal.reach.draws import Draws
from counterseal.reach.engine import Engine
from counterseal.reach.kernels.buckets import settle_by_buckets

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from counterseal.reach.program import Links

    Found = Callable[[], list[float] | np.ndarray | Mapping[int, float]]

__all__ = ["AND_OR", "OR_ONLY", "Network", "timed"]

NEVER = 65535
SLOW = 200_000
"""Beyond so many steps a peer is timed once, without a run before."""


class Network:
    """One trial of a graph: its steps, and as weighted edges from one source, the last vertex.

    Attributes:
        links: The structure.
        local: Local times in ticks.
        arrivals: What the sweep found.
        size: Vertices but for the source.
        tail, head: Ends of the edges.
        weight: Local time of the head of each edge, in ticks.
    """

    def __init__(self, links: Links, local: np.ndarray, arrivals: np.ndarray) -> None:
        """Lay the edges out; entries get one from the source."""
        self.links, self.local, self.arrivals = links, local, arrivals
        self.size = links.kind.size
        entries = np.flatnonzero(links.entry)
        children = np.repeat(np.arange(self.size), np.diff(links.parent_row))
        self.tail = np.concatenate([links.parent, np.full(entries.size, self.size)])
        self.head = np.concatenate([children, entries])
        self.weight = local[self.head].astype(float)

    @property
    def edges(self) -> list[tuple[int, int, float]]:
        """Tail, head and weight of each edge."""
        columns = self.tail.tolist(), self.head.tolist(), self.weight.tolist()
        return list(zip(*columns, strict=True))


def by_heap(network: Network) -> Found:
    """Return a trial by plain Python: Dijkstra's algorithm for and/or graphs, one binary heap.

    Lean: children are listed beforehand, a heap entry is one number, an entry that would not
    be earlier is not put on the heap, and nothing but arrivals is kept.
    """
    links, count = network.links, network.size
    children = _rows(links.child_row, links.child)
    every = links.kind.astype(bool).tolist()
    needed = np.diff(links.parent_row).tolist()
    entries = np.flatnonzero(links.entry).tolist()
    local = network.local.tolist()

    def trial() -> list[float]:
        missing = needed.copy()
        best = [NEVER] * count
        heap = []
        for step in entries:
            if local[step] < NEVER:
                best[step] = local[step]
                heap.append(local[step] * count + step)
        heapify(heap)
        while heap:
            time, step = divmod(heappop(heap), count)
            if time > best[step]:
                continue
            for child in children[step]:
                if every[child]:
                    missing[child] -= 1
                    if missing[child]:
                        continue
                arrival = time + local[child]
                if arrival < best[child]:
                    best[child] = arrival
                    heappush(heap, arrival * count + child)
        return best

    return trial


def _rows(start: np.ndarray, items: np.ndarray) -> list[list[int]]:
    ends = zip(start.tolist(), start.tolist()[1:], strict=False)
    return [items[low:high].tolist() for low, high in ends]


def by_buckets(network: Network) -> Found:
    """Return a trial by our own compiled oracle: a queue of buckets, one trial at a time."""
    return lambda: settle_by_buckets(network.links, network.local)


def by_scipy(network: Network) -> Found:
    """Return a trial by scipy.sparse.csgraph.dijkstra."""
    count, source = network.size, np.array([network.size])
    shape = (count + 1, count + 1)
    weights = csr_array((network.weight, (network.tail, network.head)), shape=shape)
    return lambda: dijkstra(weights, indices=source)[0, :count]


def by_igraph(network: Network) -> Found:
    """Return a trial by igraph's Graph.distances."""
    ends = np.column_stack([network.tail, network.head]).tolist()
    graph = igraph.Graph(n=network.size + 1, edges=ends, directed=True)
    weights = network.weight.tolist()
    return lambda: graph.distances(source=network.size, weights=weights)[0][:-1]


def by_rustworkx(network: Network) -> Found:
    """Return a trial by rustworkx.dijkstra_shortest_path_lengths."""
    graph = rustworkx.PyDiGraph()
    graph.add_nodes_from(range(network.size + 1))
    graph.add_edges_from(network.edges)
    return lambda: rustworkx.dijkstra_shortest_path_lengths(graph, network.size, float)


def by_networkx(network: Network) -> Found:
    """Return a trial by networkx.single_source_dijkstra_path_length."""
    graph = nx.DiGraph()
    graph.add_nodes_from(range(network.size + 1))
    graph.add_weighted_edges_from(network.edges)
    return lambda: nx.single_source_dijkstra_path_length(graph, network.size)


AND_OR = {"plain Python": by_heap, "buckets": by_buckets}
"""Peers that know and-steps."""

OR_ONLY = {
    "scipy": by_scipy,
    "igraph": by_igraph,
    "rustworkx": by_rustworkx,
    "networkx": by_networkx,
}
"""Peers that know shortest paths."""


def network_of(steps: int, *, ands: float) -> Network:
    """Return the first trial of a graph, settled by the sweep."""
    graph = made(steps, ands=ands)
    draws = Draws(seed=1, outer=1, lanes=1)
    engine = Engine(graph, draws=draws, targets=graph.columns.names, workers=1)  # type: ignore[union-attr] - made has columns
    state = next(engine.states())
    return Network(engine.program.links, state.x[0, :, 0].copy(), state.t[0, :, 0].copy())


def _timed(name: str, steps: int) -> tuple[float, float, int]:
    """Return edges per second of a peer, processor seconds of a trial, and bytes held."""
    network = network_of(steps, ands=ANDS if name in AND_OR else 0.0)
    memory = Memory()
    trial = {**AND_OR, **OR_ONLY}[name](network)
    slow = steps > SLOW
    found: list[object] = []
    seconds = clocked(lambda: found.append(trial()), runs=1 if slow else 3, warm=not slow)
    held = memory.most
    _check(name, network, found[-1])
    return network.links.parent.size / seconds, seconds, held


def _check(name: str, network: Network, found: object) -> None:
    if not isinstance(found, list | np.ndarray):
        times = dict(found.items())  # type: ignore[attr-defined] - a mapping then
        found = [times.get(i, np.inf) for i in range(network.size)]
    same = np.array_equal(np.minimum(found, NEVER).astype(np.uint16), network.arrivals)
    assert same, f"{name} found other arrivals"


def timed(name: str, steps: int) -> tuple[float, float, int]:
    """Return edges per second of a peer, processor seconds of a trial, and bytes held."""
    note(f"{name}, {steps:,} steps")
    return in_child(_timed, name, steps)


def measured(steps: int) -> Section:
    """Return every peer on a graph of that many steps."""
    rows = []
    for name in (*AND_OR, *OR_ONLY):
        rate, seconds, held = timed(name, steps)
        rows.append([name, f"{number(rate / 1e6)} M", f"{number(seconds)} s", size(held)])
    head = ["peer", "edges/s", "a trial", "memory"]
    return Section(title=f"Peers at {steps:,} steps", note=__doc__ or "", head=head, rows=rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=10_000)
    measured(parser.parse_args().steps).show()
