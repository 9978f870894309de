"""Measure the reach engine against named peers, as ratios within one run.

``python benchmarks/run.py`` prints; ``--write`` also writes ``docs/benchmarks.md``. Times are
of the processor, of one thread, medians of several runs, kernels compiled beforehand.
Ratios under 1.3 are ties on a noisy machine.
"""

from __future__ import annotations

import argparse
import platform
import statistics
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import igraph
import networkx as nx
import numba
import numpy as np
import rustworkx
from reviews import whole_reviews
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from counterseal.attackgraph.model import (
    AttackGraph,
    Family,
    LocalTime,
    Objective,
    Parameter,
    ParameterFamily,
    Power,
    Step,
    StepKind,
)
from counterseal.documents.evidence import Grade
from counterseal.reach.dijkstra import settle_trial
from counterseal.reach.draws import Draws
from counterseal.reach.engine import Engine
from counterseal.reach.sampling import sample_tiles
from counterseal.reach.sweep import settle

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Found = Callable[[], list[float] | np.ndarray | Mapping[int, float]]

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
SIZES = (1_000, 10_000, 100_000)
ENTRIES = 5
SWEEP_NOTE = """\
Sweep, one thread, processor time, kernels compiled beforehand. Mean degree 7, hubs, cycles,
20 % and-steps; the peers get the same graph and the same local times, and give the same
arrivals. An edge-trial is one edge of the graph in one trial, however often the sweep looks at
it; drawing local times is apart."""
REVIEW_NOTE = """\
A review, processor time of all threads together: 1,500 steps, 100 targets, 128 x 64 trials,
200 uncertain controls, drawing included."""
PEERS_NOTE = """\
`/ plain Python` is a binary-heap Dijkstra for and/or graphs, `reach/dijkstra.py`: the oracle of
the tests, which lists children anew in each trial and keeps derivations, so a leaner heap would
come closer. The others are Dijkstra's algorithm of `scipy.sparse.csgraph`, igraph, rustworkx
and networkx on one trial at a time; they have no and-steps. `copy of arrivals` is what a plain
copy reads and writes of the sweep's result: a bound on any sweep."""
WHOLE_NOTE = """\
Whole reviews, from the bytes of the files to the document: five adversaries, alternatives,
conditions, falsehoods and evidence; kernels compiled beforehand. The generated estate has
20,000 links and 88,000 steps for each adversary."""
SLOW = LocalTime(family=Family.LOGNORMAL, scale=(Power(base=10.0),), shape=(Power(base=1.0),))


def made(size: int, *, ands: float, degree: float = 7.0, seed: int = 1) -> AttackGraph:
    """Return a graph with hubs and cycles, mean degree ``degree``, a share of and-steps."""
    rng = np.random.default_rng(seed)
    steps = []
    width = len(str(size))
    for i in range(size):
        every = bool(rng.random() < ands)
        count = 2 if every else 1 + int(rng.poisson((degree - 1 - ands) / (1 - ands)))
        parents = {int(p) for p in rng.random(count) ** 1.5 * size} - {i} or {(i + 1) % size}
        steps.append(
            Step(
                id=f"s{i:0{width}}",
                kind=StepKind.AND if every else StepKind.OR,
                parents=tuple(sorted(f"s{p:0{width}}" for p in parents)),
                entry=i < ENTRIES,
                time=SLOW,
            )
        )
    return AttackGraph(steps=tuple(steps))


def clocked(work: Callable[[], object], *, runs: int = 5) -> float:
    """Return the median processor time of ``work`` in seconds, after one run unmeasured."""
    work()
    found = []
    for _ in range(runs):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return statistics.median(found)


def sweep_rates(size: int) -> dict[str, float]:
    """Return edge-trials per second of the sweep and of two peers, same graph and X."""
    rates: dict[str, float] = {}
    for name, ands in (("mixed", 0.2), ("or-only", 0.0)):
        graph = made(size, ands=ands)
        lanes = 256
        targets = [step.id for step in graph.steps]
        draws = Draws(seed=1, outer=1, lanes=lanes)
        engine = Engine(graph, draws=draws, targets=targets, workers=1)
        state = next(engine.states())
        links = engine.program.links
        edges = links.parent.size
        t = np.empty_like(state.t)
        sweep = clocked(lambda t=t, links=links, x=state.x: settle(links, x, t), runs=3)  # type: ignore[misc]
        rates[f"sweep {name}"] = edges * lanes / sweep
        if name == "mixed":
            rates["draws per second"] = draw_rate(engine, state.x.shape)
            rates["python"] = edges / python_trial(engine, state.x[0, :, 0])
        else:
            rates["copies"] = copy_rate(t)
            network = Network(engine, state.x[0, :, 0])
            for name_of_peer, peer in PEERS.items():
                rates[name_of_peer] = edges / peer_trial(network, peer, state.t[0, :, 0])
    return rates


def draw_rate(engine: Engine, shape: tuple[int, ...]) -> float:
    """Return local times drawn per second."""
    x = np.empty(shape, dtype=np.uint16)
    tiles, rows = np.arange(shape[0], dtype=np.int64), np.arange(shape[1], dtype=np.int64)
    return x.size / clocked(
        lambda: sample_tiles(engine.plan, engine.table, rows, tiles, rows, x), runs=3
    )


def python_trial(engine: Engine, local: np.ndarray) -> float:
    """Return seconds of one trial by the plain-Python heap."""
    links = engine.program.links
    rows = zip(links.parent_row, links.parent_row[1:], strict=False)
    parents = [links.parent[low:high].tolist() for low, high in rows]
    every, entries = links.kind.astype(bool).tolist(), links.entry.astype(bool).tolist()
    x = local.tolist()
    return clocked(
        lambda: settle_trial(x, parents=parents, every=every, entries=entries), runs=3
    )


def copy_rate(t: np.ndarray) -> float:
    """Return bytes read and written per second by a plain copy of the arrivals."""
    out = np.empty_like(t)
    return 2 * t.nbytes / clocked(lambda: np.copyto(out, t), runs=3)


class Network:
    """One trial of an or-only graph as weighted edges from one source, the last vertex.

    Attributes:
        size: Vertices but for the source.
        tail, head: Ends of the edges.
        weight: Local time of the head of each edge, in ticks.
    """

    def __init__(self, engine: Engine, local: np.ndarray) -> None:
        """Lay the edges out; entries get one from the source."""
        links = engine.program.links
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


def by_scipy(network: Network) -> Found:
    """Return a trial by scipy.sparse.csgraph.dijkstra."""
    size, source = network.size, np.array([network.size])
    shape = (size + 1, size + 1)
    weights = csr_array((network.weight, (network.tail, network.head)), shape=shape)
    return lambda: dijkstra(weights, indices=source)[0, :size]


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


PEERS = {
    "scipy": by_scipy,
    "igraph": by_igraph,
    "rustworkx": by_rustworkx,
    "networkx": by_networkx,
}


def peer_trial(
    network: Network, peer: Callable[[Network], Found], arrivals: np.ndarray
) -> float:
    """Return seconds of one trial by a peer, which must give the same arrivals."""
    trial = peer(network)
    found = trial()
    if not isinstance(found, list | np.ndarray):
        times = dict(found.items())
        found = [times.get(i, np.inf) for i in range(network.size)]
    assert np.array_equal(np.minimum(found, 65535).astype(np.uint16), arrivals)
    return clocked(trial, runs=3)


def with_facts(size: int) -> AttackGraph:
    """Return a graph whose times rest on 200 uncertain controls, one class, one sigma."""
    rng = np.random.default_rng(3)
    graph = made(size, ands=0.2, degree=4.0)
    controls = [
        Parameter(
            id=f"control {i}",
            family=ParameterFamily.UNIFORM,
            mode=0.5,
            low=0.0,
            high=1.0,
            grade=Grade.ASSUMED,
        )
        for i in range(200)
    ]
    median = Parameter(
        id="median",
        family=ParameterFamily.LOGNORMAL,
        mode=10.0,
        low=2.0,
        high=40.0,
        grade=Grade.ELICITED,
    )
    steps = []
    for step in graph.steps:
        control = controls[int(rng.integers(200))].id
        slowed = (Power(base="median"), Power(base=3.0, exponent=control))
        law = LocalTime(family=Family.LOGNORMAL, scale=slowed, shape=(Power(base=1.0),))
        steps.append(
            Step(
                id=step.id,
                kind=step.kind,
                parents=step.parents,
                entry=step.entry,
                time=law,
                unseen=(Power(base=0.8),) if rng.random() < 0.5 else (),  # noqa: PLR2004 - half
            )
        )
    ends = sorted({int(i) for i in rng.integers(size // 2, size, 100)})
    return AttackGraph(
        steps=tuple(steps),
        parameters={p.id: p for p in (*controls, median)},
        objectives=tuple(
            Objective(kind="exfiltrate", element=f"h{i}", step=steps[i].id) for i in ends
        ),
        max_attempts=5,
        reentry=(Power(base=30.0),),
    )


def review_times() -> dict[str, float]:
    """Return processor seconds of a base run and of reruns, 1,500 steps, 128 x 64 trials."""
    graph, draws = with_facts(1_500), Draws(seed=1, outer=128, lanes=64)
    Engine(graph, draws=draws).run(overrides={"control 0": 1.0})

    def seconds(work: Callable[[], object]) -> float:
        start = time.process_time()
        work()
        return time.process_time() - start

    base = []
    for _ in range(3):
        engine = Engine(graph, draws=draws)
        base.append(seconds(engine.run))
    controls = [
        seconds(lambda i=i: engine.run(overrides={f"control {i}": 1.0}))  # type: ignore[misc]
        for i in range(1, 41)
    ]
    whole = [seconds(lambda: engine.run(overrides={"median": 20.0})) for _ in range(3)]
    return {
        "base run": statistics.median(base),
        "one control fixed (median of 40)": statistics.median(controls),
        "one control fixed (slowest of 40)": max(controls),
        "a fact of every step fixed": statistics.median(whole),
    }


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def page(sizes: Sequence[int]) -> str:
    """Measure everything and return the page."""
    rates = {size: sweep_rates(size) for size in sizes}
    rows = []
    for size, found in rates.items():
        mixed, single = found["sweep mixed"], found["sweep or-only"]
        rows.append(
            [
                f"{size:,}",
                f"{mixed / 1e6:,.0f} M",
                f"{mixed / found['python']:,.0f}",
                *(f"{single / found[peer]:,.0f}" for peer in PEERS),
                f"{found['draws per second'] / 1e6:,.1f} M",
                f"{found['copies'] / 1e9:,.1f} GB/s",
            ]
        )
    peers = [f"/ {peer} (or-only)" for peer in PEERS]
    head = ["steps", "edge-trials/s", "/ plain Python", *peers, "draws/s", "copy of arrivals"]
    review = [[name, f"{value * 1000:,.1f} ms"] for name, value in review_times().items()]
    names = ("numba", *PEERS)
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    versions = f"Python {platform.python_version()}, {versions}"
    when = datetime.now(tz=UTC)  # noqa: TID251 - a measurement has a date
    head_line = (
        f"Written by `make bench` on {when:%Y-%m-%d}: {cpu()}, "
        f"{numba.get_num_threads()} threads, shared with other work"
    )
    return "\n\n".join(
        (
            "# Benchmarks",
            f"{head_line}. {versions}.",
            SWEEP_NOTE,
            table(head, rows),
            REVIEW_NOTE,
            table(["run", "time"], review),
            PEERS_NOTE,
            WHOLE_NOTE,
            table(["review", "draws", "time", "processor time"], whole_reviews()),
        )
    )


def cpu() -> str:
    """Return the processor's name as the system gives it."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def main() -> None:
    """Print the page; write it when asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    parser.add_argument("--most", type=int, default=SIZES[-1], help="largest graph, in steps")
    asked = parser.parse_args()
    text = page([size for size in SIZES if size <= asked.most])
    print(text)
    if asked.write:
        PAGE.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
