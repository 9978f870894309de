"""Reruns with one thing changed, against a run that begins with nothing."""

from __future__ import annotations

import statistics
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from graphs import made, with_facts
from measuring import Goal, Section, in_child, note, number

from counterseal.attackgraph.columns import ROLES, Products
from counterseal.attackgraph.model import AttackGraph, Parameter, ParameterFamily
from counterseal.documents.evidence import Grade
from counterseal.reach.draws import Draws
from counterseal.reach.engine import Engine

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["facts", "measured"]

STEPS = 100_000
LANES = 256
CHANGES = 40
TARGETS = 100
SLOWER = 5.0
NOTE = """\
100,000 steps, mean degree 7, 256 trials, one thread, processor time. A local change makes one
step five times as slow: forty steps, evenly spread, one at a time. A hub change does the same
to one of the ten steps that lead to most others. A rerun draws and settles everything, which
is what an engine has to do that keeps no state."""
FACTS_NOTE = """\
1,500 steps, mean degree 4, 100 targets, 128 x 64 trials, 200 uncertain controls on which the
times rest, both threads together, processor time, drawing included."""


def _with_levers(steps: int, rows: Sequence[int]) -> AttackGraph:
    """Return a graph in which the steps at ``rows`` take a factor of their own, 1 so far."""
    plain = made(steps)
    columns = plain.columns
    assert columns is not None
    names = [f"slower {row}" for row in rows]
    # Products: the median, the empty one, then the median times each factor.
    count = len(rows)
    base = [0, *(value for i in range(count) for value in (0, 2 + i))]
    ends = np.concatenate([[0, 1, 1], 1 + 2 * np.arange(1, count + 1)])
    roles = columns.roles.copy()
    roles[ROLES.index("scale"), list(rows)] = 2 + np.arange(count)
    products = Products(
        row=ends.astype(np.int32),
        base=np.array(base, dtype=np.int32),
        exponent=np.ones(len(base), dtype=np.int32),
    )
    values = (*columns.values, *names)
    known = {
        name: Parameter(
            id=name,
            family=ParameterFamily.POINT,
            mode=1.0,
            low=1.0,
            high=1.0,
            grade=Grade.ASSUMED,
        )
        for name in names
    }
    lever = replace(columns, roles=roles, products=products, values=values)
    return AttackGraph(parameters=known, columns=lever)


def _seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _changes(steps: int) -> tuple[float, list[float], list[float]]:
    """Return seconds of a rerun, of each local change and of each change of a hub."""
    plain = made(steps)
    assert plain.columns is not None
    children = np.bincount(plain.columns.parent, minlength=steps)
    hubs = np.argsort(-children, kind="stable")[:10].tolist()
    spread = np.linspace(steps // 2, steps - 1, CHANGES + 1).astype(int).tolist()
    rows = sorted({*hubs, *spread})
    graph = _with_levers(steps, rows)
    targets = plain.columns.names[:: steps // TARGETS]
    draws = Draws(seed=1, outer=1, lanes=LANES)

    def engine() -> Engine:
        return Engine(graph, draws=draws, targets=targets, workers=1, memory_bytes=2**31)

    engine().run(overrides={f"slower {spread[0]}": SLOWER})
    base = statistics.median(_seconds(fresh.run) for fresh in [engine() for _ in range(3)])
    held = engine()
    held.run(overrides={f"slower {spread[0]}": SLOWER})
    found = [
        [
            _seconds(lambda row=row: held.run(overrides={f"slower {row}": SLOWER}))
            for row in some
        ]  # type: ignore[misc]
        for some in (spread[1:], hubs)
    ]
    return base, found[0], found[1]


def measured(steps: int = STEPS) -> Section:
    """Return local changes and changes of hubs against a rerun."""
    note(f"incremental runs, {steps:,} steps")
    base, local, hubs = in_child(_changes, steps)
    rows = [
        [name, f"{number(1000 * seconds)} ms", f"{number(base / seconds)} x"]
        for name, seconds in (
            ("rerun", base),
            (f"local change, median of {len(local)}", statistics.median(local)),
            ("local change, slowest", max(local)),
            (f"hub change, median of {len(hubs)}", statistics.median(hubs)),
            ("hub change, slowest", max(hubs)),
        )
    ]
    slowest = max(*local, *hubs) / base
    goals = [
        Goal(
            number="4",
            text=f"local change, {steps:,} steps: rerun / change (median)",
            found=base / statistics.median(local),
            bound=100.0,
            unit=" x",
        ),
        Goal(
            number="4",
            text="slowest change / rerun",
            found=slowest,
            bound=1.7,
            most=True,
            unit=" x",
        ),
    ]
    head = ["run", "time", "rerun / it"]
    return Section(title="Incremental runs", note=NOTE, head=head, rows=rows, goals=goals)


def _fact_runs() -> dict[str, float]:
    """Return seconds of a base run and of reruns with a fact fixed."""
    graph, draws = with_facts(1_500), Draws(seed=1, outer=128, lanes=64)
    Engine(graph, draws=draws).run(overrides={"control 0": 1.0})
    engines = [Engine(graph, draws=draws) for _ in range(3)]
    base = [_seconds(engine.run) for engine in engines]
    engine = engines[-1]
    controls = [
        _seconds(lambda i=i: engine.run(overrides={f"control {i}": 1.0}))  # type: ignore[misc]
        for i in range(1, 1 + CHANGES)
    ]
    whole = [_seconds(lambda: engine.run(overrides={"median": 20.0})) for _ in range(3)]
    return {
        "base run": statistics.median(base),
        f"one control fixed (median of {CHANGES})": statistics.median(controls),
        f"one control fixed (slowest of {CHANGES})": max(controls),
        "a fact of every step fixed": statistics.median(whole),
    }


def facts() -> Section:
    """Return what fixing a fact costs in a graph of the size of a small review."""
    note("reruns with a fact fixed")
    rows = [[name, f"{value * 1000:,.1f} ms"] for name, value in in_child(_fact_runs).items()]
    return Section(title="A fact fixed", note=FACTS_NOTE, head=["run", "time"], rows=rows)


if __name__ == "__main__":
    measured().show()
    facts().show()
