"""Probability that a target is reached in time, when that is rare.

Pilot runs learn which few inputs to tilt (``pilot``); a final run, with numbers of its own,
draws those from their tilted densities and weighs each trial by honest over used density. Its
mean is unbiased whatever the pilot learned, for the used density is positive wherever the
honest one is: in a tenth of the trials nothing is tilted, which bounds every weight by ten.

References:
    Rubinstein and Kroese (2004), The Cross-Entropy Method, Springer.
    Owen (2013), Monte Carlo theory, methods and examples, chapter 9.
    Hesterberg (1995), Technometrics 37(2):185-194 (defensive mixtures).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from counterseal.attackgraph.model import CauseLevel
from counterseal.documents.wording import did_you_mean
from counterseal.errors import UsageError
from counterseal.reach.program import build
from counterseal.reach.rare.pilot import Pilot, Problem, learn
from counterseal.reach.rare.possibility import why_impossible
from counterseal.reach.rare.result import RareReach, weighted
from counterseal.reach.rare.tilts import Kind, TiltSet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from counterseal.attackgraph.model import AttackGraph
    from counterseal.reach.draws import Draws

__all__ = ["rare_reach"]


def rare_reach(
    graph: AttackGraph,
    target: str,
    *,
    draws: Draws,
    horizon_days: float | None = None,
    pilot: Pilot | None = None,
    workers: int | None = None,
) -> RareReach:
    """Estimate how likely ``target`` is reached; see ``RareReach`` for what exactly.

    Where the pilot finds that the target is not rare, or that no tilt would help, nothing is
    tilted and the estimate is the share of trials of an ordinary run with the same draws.

    Args:
        graph: The attack graph.
        target: Id of a step.
        draws: Of the final run. One trial in each draw lets facts be tilted.
        horizon_days: Until when; the horizon of the graph when ``None``.
        pilot: How much work goes into learning the tilts.
        workers: Threads; all processors when ``None``. Results do not depend on it.

    Raises:
        UsageError: There is no such step, or the horizon is not within that of the graph.
        GraphError: The graph is not well formed.
    """
    if target not in graph.index:
        raise UsageError(
            f"there is no step '{target}' in the graph",
            hint=did_you_mean(target, graph.index) or "Name a step by its id.",
        )
    limit = graph.horizon_days if horizon_days is None else horizon_days
    if not 0.0 < limit <= graph.horizon_days:
        msg = (
            f"a horizon of {limit:g} days is not within the {graph.horizon_days:g} of the graph"
        )
        raise UsageError(msg)
    program = build(graph, targets=(target,))
    found = RareReach(target=target, horizon_days=limit, estimate=None, draws=draws)
    why = why_impossible(program, horizon_days=limit)
    if why is not None:
        return _exactly_none(found, why)
    problem = Problem(
        program=program,
        seed=draws.seed,
        horizon_days=limit,
        workers=workers,
    )
    return _estimated(problem, found, pilot or Pilot())


def _exactly_none(found: RareReach, why: str) -> RareReach:
    return RareReach(
        target=found.target,
        horizon_days=found.horizon_days,
        estimate=0.0,
        standard_error=0.0,
        interval=(0.0, 0.0),
        reason=why,
        draws=found.draws,
    )


def _estimated(problem: Problem, found: RareReach, pilot: Pilot) -> RareReach:
    learned = learn(problem, pilot)
    sets = learned.sets if found.draws.lanes == 1 else _of_trials(learned.sets, problem)
    found = RareReach(
        target=found.target,
        horizon_days=found.horizon_days,
        estimate=None,
        reason="" if learned.reached else "no pilot run reached it often enough to learn from",
        draws=found.draws,
        sets=sets,
        rounds=learned.rounds,
    )
    if not learned.reached:
        return found
    engine = problem.engine(found.draws, sets)
    weights = engine.weights(np.arange(found.draws.trials, dtype=np.int64))
    return weighted(found, problem.hits(engine), weights)


def _of_trials(sets: Sequence[TiltSet], problem: Problem) -> tuple[TiltSet, ...]:
    """Return the tilts of what is drawn once per trial, without those drawn once per draw."""
    causes = problem.program.graph.causes
    fixed = {(Kind.CAUSE, c.id) for c in causes.values() if c.level is CauseLevel.DRAW}
    kept = [
        (
            one.share,
            [t for t in one.tilts if not (t.kind is Kind.FACT or (t.kind, t.id) in fixed)],
        )
        for one in sets
    ]
    return tuple(TiltSet(share=share, tilts=tuple(tilts)) for share, tilts in kept if tilts)
