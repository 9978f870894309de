"""Measure trials over Spark beside threads of this machine: ``python benchmarks/spark.py``.

Runs take turns, so that whatever else the machine does falls on all of them; each has a seed of
its own, so that no worker keeps what it made of the job before. A run over Spark includes
everything after the session is up: the graph written, sent and read by each worker, the trials,
and the arrivals put together, which are compared with those of the threads, byte by byte.
"""

from __future__ import annotations

import argparse
import statistics
import time
from typing import TYPE_CHECKING

from graphs import MEDIAN_DAYS, made

from counterseal.attackgraph.model import (
    AttackGraph,
    Family,
    LocalTime,
    Power,
    Step,
    StepKind,
)
from counterseal.reach.draws import Draws
from counterseal.reach.engine import Engine
from counterseal.reach.spread import Job
from counterseal.workspace.spark import check_workers, opened, spread

if TYPE_CHECKING:
    from counterseal.reach.arrivals import Arrivals

MASTERS = ("local[2]", "local-cluster[2,1,1024]")
GOAL = 1.4
LEAST_SECONDS = 6.0


def with_steps(graph: AttackGraph) -> AttackGraph:
    """Return the graph of ``made`` as steps, which can be written and sent."""
    columns = graph.columns
    assert columns is not None
    slow = LocalTime(
        family=Family.LOGNORMAL, scale=(Power(base=MEDIAN_DAYS),), shape=(Power(base=1.0),)
    )
    names, row, parent = columns.names, columns.parent_row, columns.parent
    return AttackGraph(
        steps=tuple(
            Step(
                id=name,
                kind=StepKind.AND if columns.kind[i] else StepKind.OR,
                parents=tuple(sorted(names[p] for p in parent[row[i] : row[i + 1]])),
                entry=bool(columns.entry[i]),
                time=slow,
            )
            for i, name in enumerate(names)
        )
    )


def job(graph: AttackGraph, *, seed: int, trials: int) -> Job:
    """Return a job on ten targets."""
    targets = tuple(
        step.id for step in graph.steps[100 : len(graph.steps) : len(graph.steps) // 10]
    )
    return Job(graph=graph, targets=targets, draws=Draws(seed=seed, outer=1, lanes=trials))


def by_threads(asked: Job) -> Arrivals:
    """Simulate on two threads, keeping nothing."""
    engine = Engine(
        asked.graph, draws=asked.draws, targets=asked.targets, workers=2, memory_bytes=0
    )
    return engine.run()


def measured(master: str, graph: AttackGraph, *, trials: int, runs: int) -> float:
    """Print what every run takes; return the median of the ratios of neighbours."""
    start = time.perf_counter()
    with opened(master) as session:
        up = time.perf_counter()
        check_workers(session)
        ready = time.perf_counter()
        print(f"{master}: session {up - start:.1f} s, workers {ready - up:.1f} s (apart)")
        ratios = []
        for seed in range(runs):
            asked = job(graph, seed=seed, trials=trials)
            start = time.perf_counter()
            expected = by_threads(asked)
            middle = time.perf_counter()
            found = spread(session, asked)
            end = time.perf_counter()
            assert found.ticks.tobytes() == expected.ticks.tobytes()
            here, there = middle - start, end - middle
            ratios.append(there / here)
            print(f"  threads {here:.2f} s, Spark {there:.2f} s, ratio {ratios[-1]:.2f}")
            if here < LEAST_SECONDS:
                print(f"  shorter than the {LEAST_SECONDS:g} s of the goal; raise --trials")
    return statistics.median(ratios)


def main() -> None:
    """Measure both local masters."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=10_000)
    parser.add_argument("--trials", type=int, default=80_000)
    parser.add_argument("--runs", type=int, default=5)
    args = parser.parse_args()
    graph = with_steps(made(args.steps))
    by_threads(job(graph, seed=0, trials=512))  # kernels are compiled before
    print(f"{args.steps:,} steps, {args.trials:,} trials; the same bytes in every run")
    for master in MASTERS:
        ratio = measured(master, graph, trials=args.trials, runs=args.runs)
        verdict = "met" if ratio <= GOAL else "missed"
        print(f"{master}: median ratio {ratio:.2f}; goal at most {GOAL}: {verdict}")


if __name__ == "__main__":
    main()
