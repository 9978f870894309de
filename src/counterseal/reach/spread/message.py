"""A job as bytes: the graph, its targets and the draws, for another process.

The bytes are plain JSON, as ``AttackGraph.as_json`` has it, and are read back by a closed
schema: whatever they hold, reading them runs nothing. A job has one spelling, with sorted keys,
and floating-point numbers come back to the bit; it is not that of RFC 8785, which takes four
times as long and serves digests that outlive the program.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

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
from counterseal.documents.evidence import Grade
from counterseal.errors import GraphError
from counterseal.estate.pause import without_collection
from counterseal.reach.draws import Draws

if TYPE_CHECKING:
    from counterseal.attackgraph.model import Product

__all__ = ["FORMAT", "Job", "decode", "encode"]

FORMAT = "counterseal-trials/1"

_ENCODER = json.JSONEncoder(allow_nan=False, sort_keys=True, separators=(",", ":"))

_Product = tuple[tuple[float | str, float | str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is to be simulated.

    Attributes:
        graph: The graph.
        targets: Steps whose arrivals are wanted.
        draws: Seed, epistemic draws, trials in each.
    """

    graph: AttackGraph
    targets: tuple[str, ...]
    draws: Draws


def encode(job: Job) -> bytes:
    """Return the bytes of a job; objectives and source positions are left out.

    Raises:
        GraphError: The steps are known as columns only, so there is no content to write.
        ValueError: A number is not finite.
    """
    if len(job.graph.steps) != len(job.graph.index):
        raise GraphError("a graph of columns without steps cannot be sent")
    with without_collection():
        content = job.graph.as_json()
        del content["objectives"]  # who simulates is told the targets, not what they are for
        draws = job.draws
        message = {
            "format": FORMAT,
            "graph": content,
            "targets": list(job.targets),
            "draws": {"seed": draws.seed, "outer": draws.outer, "lanes": draws.lanes},
        }
        return _ENCODER.encode(message).encode()


def decode(data: bytes) -> Job:
    """Return the job that ``encode`` made into ``data``.

    Raises:
        GraphError: The bytes are not such a job.
    """
    with without_collection():
        try:
            found = _Message.model_validate(json.loads(data))
        except (ValidationError, ValueError, RecursionError) as error:
            raise GraphError(f"not a job of the format {FORMAT}") from error
        draws = found.draws
        return Job(
            graph=_graph(found.graph),
            targets=found.targets,
            draws=Draws(seed=draws.seed, outer=draws.outer, lanes=draws.lanes),
        )


class _Closed(BaseModel):
    """A record with the keys as written here and no other."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class _Time(_Closed):
    family: Family
    scale: _Product
    shape: _Product
    zero: bool
    latent: str
    loading: float


class _Step(_Closed):
    id: str
    kind: StepKind
    parents: tuple[str, ...]
    entry: bool
    time: _Time
    success: _Product
    unseen: _Product
    seen_by: str
    requires: tuple[str, ...]
    technique: str
    element: str
    rule: str
    vector: str


class _Cause(_Closed):
    id: str
    probability: _Product
    level: CauseLevel


class _Parameter(_Closed):
    id: str
    family: ParameterFamily
    mode: float
    low: float
    high: float
    grade: Grade


class _Graph(_Closed):
    adversary: str
    steps: tuple[_Step, ...]
    causes: tuple[_Cause, ...]
    parameters: tuple[_Parameter, ...]
    horizon_days: float
    max_attempts: int
    reentry: _Product


class _Draws(_Closed):
    seed: int
    outer: int
    lanes: int


class _Message(_Closed):
    format: Literal["counterseal-trials/1"]
    graph: _Graph
    targets: tuple[str, ...]
    draws: _Draws


def _graph(found: _Graph) -> AttackGraph:
    return AttackGraph(
        adversary=found.adversary,
        steps=tuple(_step(step) for step in found.steps),
        causes={
            one.id: Cause(id=one.id, probability=_product(one.probability), level=one.level)
            for one in found.causes
        },
        parameters={
            one.id: Parameter(
                id=one.id,
                family=one.family,
                mode=one.mode,
                low=one.low,
                high=one.high,
                grade=one.grade,
            )
            for one in found.parameters
        },
        horizon_days=found.horizon_days,
        max_attempts=found.max_attempts,
        reentry=_product(found.reentry),
    )


def _step(found: _Step) -> Step:
    time = found.time
    return Step(
        id=found.id,
        kind=found.kind,
        parents=found.parents,
        entry=found.entry,
        time=LocalTime(
            family=time.family,
            scale=_product(time.scale),
            shape=_product(time.shape),
            zero=time.zero,
            latent=time.latent,
            loading=time.loading,
        ),
        success=_product(found.success),
        unseen=_product(found.unseen),
        seen_by=found.seen_by,
        requires=found.requires,
        technique=found.technique,
        element=found.element,
        rule=found.rule,
        vector=found.vector,
    )


def _product(powers: _Product) -> Product:
    return tuple(Power(base=base, exponent=exponent) for base, exponent in powers)
