"""Measure trials over Spark beside threads of this machine: ``python benchmarks/spark.py``.

Runs take turns, so that whatever else the machine does falls on all of them; each has a seed of
its own, so that no worker keeps what it made of the job before. A run over Spark includes
everything after the session is up: the graph written, sent and read by each worker, the trials,
and the arrivals put together, which are compared with those of the threads, byte by byte.
Processor time is that of this process and of all below it: it does not depend on what else the
machine does, and its ratio is what the ratio of times would be on an idle machine, if work were
spread evenly.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from pathlib import Path
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
TICKS = os.sysconf("SC_CLK_TCK")
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


def processor_seconds() -> float:
    """Return processor time of this process and of every process below it, so far."""
    parent, spent = {}, {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        number = int(path.parent.name)
        parent[number], spent[number] = int(words[1]), sum(map(int, words[11:15]))
    return sum(ticks for number, ticks in spent.items() if _is_ours(number, parent)) / TICKS


def _is_ours(number: int, parent: dict[int, int]) -> bool:
    while number > 1 and number != os.getpid():
        number = parent.get(number, 0)
    return number == os.getpid()


def measured(master: str, graph: AttackGraph, *, trials: int, runs: int) -> tuple[float, float]:
    """Print what every run takes; return medians of ratios of neighbours: time, processor."""
    start = time.perf_counter()
    with opened(master) as session:
        up = time.perf_counter()
        check_workers(session)
        ready = time.perf_counter()
        print(f"{master}: session {up - start:.1f} s, workers {ready - up:.1f} s (apart)")
        ratios, loads = [], []
        for seed in range(runs):
            asked = job(graph, seed=seed, trials=trials)
            start, spent = time.perf_counter(), processor_seconds()
            expected = by_threads(asked)
            middle, half = time.perf_counter(), processor_seconds()
            found = spread(session, asked)
            end, all_ = time.perf_counter(), processor_seconds()
            assert found.ticks.tobytes() == expected.ticks.tobytes()
            here, there = middle - start, end - middle
            ratios.append(there / here)
            loads.append((all_ - half) / (half - spent))
            print(
                f"  threads {here:.1f} s, Spark {there:.1f} s, ratio {ratios[-1]:.2f}; "
                f"processor {half - spent:.1f} s, {all_ - half:.1f} s, ratio {loads[-1]:.2f}"
            )
            if here < LEAST_SECONDS:
                print(f"  shorter than the {LEAST_SECONDS:g} s of the goal; raise --trials")
    return statistics.median(ratios), statistics.median(loads)


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
        ratio, load = measured(master, graph, trials=args.trials, runs=args.runs)
        verdict = "met" if ratio <= GOAL else "missed"
        print(
            f"{master}: median ratio {ratio:.2f} (processor {load:.2f}); "
            f"goal at most {GOAL}: {verdict}"
        )


if __name__ == "__main__":
    main()
