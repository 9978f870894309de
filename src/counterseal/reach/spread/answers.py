"""Known answers: one small run that passes through every sampler, and its digest.

Two processes that give the same digest have the same arithmetic where it was tried; a
processor, a compiler or a version that rounds otherwise gives another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from counterseal.attackgraph.model import (
    AttackGraph,
    Cause,
    CauseLevel,
    Family,
    LocalTime,
    Parameter,
    ParameterFamily,
    Power,
    Step,
    StepKind,
)
from counterseal.canon import digest_bytes
from counterseal.documents.evidence import Grade
from counterseal.reach.draws import Draws
from counterseal.reach.engine import Engine

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["known_answers"]

_DRAWS = Draws(seed=20_261_123, outer=3, lanes=300)
"""A draw is split over two tiles, and there are several draws."""


def known_answers() -> str:
    """Return the digest of the arrivals at every step of a fixed graph, on fixed draws."""
    graph = _graph()
    targets = tuple(step.id for step in graph.steps)
    ticks = Engine(graph, draws=_DRAWS, workers=1, targets=targets, memory_bytes=0).run().ticks
    return digest_bytes(ticks.astype("<u2").tobytes())


def _graph() -> AttackGraph:
    """Return a graph with every family of times and of parameters, causes, and detection."""
    parameters = {
        f"parameter {family.value}": Parameter(
            id=f"parameter {family.value}",
            family=family,
            mode=0.5,
            low=0.25,
            high=0.9,
            grade=Grade.ASSUMED,
        )
        for family in ParameterFamily
    }
    return AttackGraph(
        steps=tuple(sorted(_steps(tuple(parameters)), key=lambda step: step.id)),
        causes={
            level.value: Cause(id=level.value, probability=(Power(base=0.7),), level=level)
            for level in CauseLevel
        },
        parameters=parameters,
        horizon_days=1000.0,
        max_attempts=4,
        reentry=(Power(base=3.0),),
    )


def _steps(parameters: tuple[str, ...]) -> Iterator[Step]:
    """Yield a ring of steps for each family, and an and-step over all of them."""
    yield Step(id="in", kind=StepKind.OR, entry=True)
    ends = []
    for family in Family:
        before = "in"
        for place, parameter in enumerate(parameters):
            name = f"{family.value} {place}"
            yield Step(
                id=name,
                kind=StepKind.OR,
                parents=tuple(
                    sorted({before, f"{family.value} {len(parameters) - 1}"} - {name})
                ),
                time=_time(family, parameter, place),
                success=(Power(base=0.9),),
                unseen=(Power(base=0.6, exponent=parameter),) if place else (),
                seen_by="defender" if place % 2 else "",
                requires=((), ("trial",), ("draw",))[place % 3],
            )
            before = name
        ends.append(before)
    yield Step(id="out", kind=StepKind.AND, parents=tuple(sorted(ends[:3])))


def _time(family: Family, parameter: str, place: int) -> LocalTime:
    return LocalTime(
        family=family,
        scale=(Power(base=20.0), Power(base=2.5, exponent=parameter)),
        shape=(Power(base=0.8), Power(base=1.7, exponent=parameter)),
        latent="adversary" if place % 2 else "",
        loading=0.6 if place % 2 else 0.0,
    )
