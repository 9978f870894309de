"""All sensitivities in one pass, against the simulation that they come from."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

import numpy as np
from graphs import with_facts
from measuring import Goal, Section, in_child, note, number
from reviews import EXAMPLES

from counterseal.attackgraph.compile import compile_graph
from counterseal.reach.draws import Draws
from counterseal.reach.engine import Engine
from counterseal.reach.explaining.derivations import derive
from counterseal.reach.explaining.sensitivity import sensitivities
from counterseal.workspace.project import open_project

if TYPE_CHECKING:
    from counterseal.attackgraph.model import AttackGraph

__all__ = ["measured"]

NOTE = """\
One target. `simulation` draws and settles every step that can matter to it; `pass` takes the
critical trees of that run and gives the derivative of reach in every uncertain fact, without
another run. The made graph is asked by its median time of arrival. One thread, processor time,
median of three, each on an engine of its own."""
RUNS = 3
MADE = "made, 10,000 steps"
CASES = {
    "Meridian, asylum-files#exfiltrate": ("meridian", "transnational-repression"),
    "Harbour, passes#exfiltrate": ("harbour", "cyber-espionage"),
}


def _case(name: str) -> tuple[AttackGraph, str, Draws]:
    """Return a graph, a target and draws."""
    if name in CASES:
        example, adversary = CASES[name]
        project = open_project(EXAMPLES / example)
        known = project.catalog()
        graph = compile_graph(project.estate(known), known.adversaries[adversary], known)
        return graph, name.partition(", ")[2], Draws(seed=0, outer=128, lanes=32)
    graph = with_facts(10_000)
    return graph, graph.objectives[0].step, Draws(seed=0, outer=128, lanes=32)


def _seconds(name: str) -> tuple[float, float, int, int]:
    """Return seconds of a simulation and of a pass, steps that matter, and facts found."""
    graph, target, draws = _case(name)
    simulations, passes, steps, facts = [], [], 0, 0
    horizon = None
    if name == MADE:  # nearly every trial reaches it in 25 years
        first = Engine(graph, draws=draws, targets=[target], workers=1).run()
        horizon = float(np.median(first.days(target)))
    for run in range(RUNS + 1):
        engine = Engine(graph, draws=draws, targets=[target], workers=1)
        start = time.process_time()
        engine.run()
        middle = time.process_time()
        rows = sensitivities(derive(engine, target, horizon_days=horizon))
        if run:
            simulations.append(middle - start)
            passes.append(time.process_time() - middle)
        steps, facts = len(engine.program.names), len(rows)
    return statistics.median(simulations), statistics.median(passes), steps, facts


def measured() -> Section:
    """Return the pass against the simulation, for examples and for a made graph."""
    rows, goals = [], []
    for name in (*CASES, MADE):
        note(f"sensitivities, {name}")
        simulation, one_pass, steps, facts = in_child(_seconds, name)
        ratio = one_pass / simulation
        rows.append(
            [
                name,
                f"{steps:,}",
                f"{facts:,}",
                f"{number(1000 * simulation)} ms",
                f"{number(1000 * one_pass)} ms",
                number(ratio),
            ]
        )
        text = f"sensitivities, {name}"
        goals.append(Goal(number="6", text=text, found=ratio, bound=0.3, most=True, unit=" x"))
    head = ["graph", "steps that matter", "facts that move it", "simulation", "pass", "ratio"]
    return Section(title="Sensitivities", note=NOTE, head=head, rows=rows, goals=goals)


if __name__ == "__main__":
    measured().show()
