"""Simulation of a bare attack graph, as ``counterseal graph simulate`` prints it."""

from __future__ import annotations

from math import isinf
from typing import TYPE_CHECKING

from counterseal.canon import significant
from counterseal.reach.draws import Draws
from counterseal.reach.engine import Engine
from counterseal.reach.estimate import Proportion, quantile
from counterseal.reach.exact import exact_reach
from counterseal.reach.rare import rare_reach

if TYPE_CHECKING:
    from collections.abc import Callable

    from counterseal.attackgraph.interchange import BareGraph
    from counterseal.canon import Json
    from counterseal.reach.engine import Arrivals
    from counterseal.reach.rare import RareReach, Tilt

__all__ = ["exact_graph", "rare_graph", "simulate_graph"]

_QUANTILES = (0.1, 0.5, 0.9)


def simulate_graph(
    bare: BareGraph,
    *,
    trials: int,
    seed: int,
    clock: Callable[[], float],
    workers: int | None = None,
    run: Callable[[Draws], Arrivals] | None = None,
) -> dict[str, Json]:
    """Return reach and arrival times of the targets (``engine.md``, section 3).

    Args:
        bare: The graph and its targets.
        trials: Independent trials, at least 1.
        seed: Any integer.
        clock: Seconds from some fixed moment, for the speed; nothing else depends on it.
        workers: Threads; all processors when ``None``.
        run: What simulates some draws, kernels compiled; an engine on this machine when
            ``None``.

    Returns:
        ``targets``: for each, ``reach``, its Wilson 95 % ``interval``, and ``quantiles_days``
        over all trials, null where fewer reach it. ``trials``, ``seed``, and
        ``edge_trials_per_second``: edges of the document times trials over the time of the
        run, drawing included, compilation of kernels excluded.
    """
    graph, targets = bare.graph, bare.targets

    def here(draws: Draws) -> Arrivals:
        engine = Engine(graph, draws=draws, workers=workers, targets=targets, memory_bytes=0)
        return engine.run()

    if run is None:
        here(Draws(seed=seed, outer=1, lanes=1))
    start = clock()
    arrivals = (run or here)(Draws(seed=seed, outer=1, lanes=trials))
    seconds = max(clock() - start, 1e-9)
    edges = sum(len(step.parents) for step in graph.steps)
    return {
        "targets": {target: _target(arrivals, target) for target in targets},
        "trials": trials,
        "seed": seed,
        "edge_trials_per_second": significant(edges * trials / seconds, digits=3),
    }


def exact_graph(bare: BareGraph) -> dict[str, Json]:
    """Return the exact reach probability of every target.

    Raises:
        RefusedExactError: See ``exact_reach``.
    """
    return {target: exact_reach(bare.graph, target) for target in bare.targets}


def rare_graph(
    bare: BareGraph, target: str, *, trials: int, seed: int, workers: int | None = None
) -> dict[str, Json]:
    """Return the reach of a rare target by importance sampling (``counterseal.reach.rare``).

    Args:
        bare: The graph.
        target: Any of its steps.
        trials: Trials of the final run, at least 1.
        seed: Any integer.
        workers: Threads; all processors when ``None``.

    Returns:
        ``reach``, ``standard_error`` and ``interval``, all null where nothing could be
        estimated, with the ``reason``; ``hits``, ``effective`` numbers of hits and trials, what
        was ``tilted`` and how, the rounds of the ``pilot``, and ``warnings``.

    Raises:
        UsageError: There is no such step.
    """
    draws = Draws(seed=seed, outer=1, lanes=trials)
    found = rare_reach(bare.graph, target, draws=draws, workers=workers)
    return {
        "target": target,
        **_estimate(found),
        "reason": found.reason,
        "trials": trials,
        "hits": found.hits,
        "effective": {
            "hits": significant(found.effective_hits, digits=4),
            "trials": significant(found.effective_trials, digits=4),
        },
        "tilted": [
            {
                "share": significant(one.share, digits=4),
                "tilts": [_tilt(tilt) for tilt in one.tilts],
            }
            for one in found.sets
        ],
        "pilot": {
            "trials": found.pilot_trials,
            "rounds": [
                {
                    "level": significant(one.level, digits=4),
                    "trials": one.trials,
                    "hits": one.hits,
                    "effective_hits": significant(one.effective, digits=4),
                }
                for one in found.rounds
            ],
        },
        "warnings": list(found.warnings),
    }


def _estimate(found: RareReach) -> dict[str, Json]:
    ends = found.interval
    error = found.standard_error
    return {
        "reach": None if found.estimate is None else significant(found.estimate),
        "standard_error": None if error is None else significant(error),
        "interval": None if ends is None else [significant(end) for end in ends],
    }


def _tilt(tilt: Tilt) -> dict[str, Json]:
    head: dict[str, Json] = {
        "input": tilt.kind.value,
        "id": tilt.id,
        "gain": significant(tilt.gain, digits=3),
    }
    if not tilt.edges:
        return head | {"odds": significant(tilt.odds, digits=4)}
    return head | {
        "edges": [significant(edge) for edge in tilt.edges],
        "masses": [significant(mass) for mass in tilt.masses],
    }


def _target(arrivals: Arrivals, target: str) -> dict[str, Json]:
    days = arrivals.days(target)
    reach = Proportion(hits=int((days < float("inf")).sum()), trials=days.size)
    values = {str(p): quantile(days, p).value for p in _QUANTILES}
    return {
        "reach": reach.estimate,
        "interval": [significant(end) for end in reach.wilson()],
        "quantiles_days": {
            name: None if isinf(value) else significant(value) for name, value in values.items()
        },
    }
