"""The bare attack-graph format ``counterseal-attack-graph/1``: JSON in, a graph out, and back.

It lets anyone test the engine without an estate. An undirected link is two or-steps that
require the same cause.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from counterseal.attackgraph.model import (
    INSTANT,
    AttackGraph,
    Cause,
    Family,
    LocalTime,
    Power,
    Step,
    StepKind,
)
from counterseal.documents.tree import parse as parse_tree
from counterseal.documents.validation import by_place, validate
from counterseal.documents.wording import did_you_mean
from counterseal.errors import Fault, GraphError, InvalidDocumentError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from counterseal.attackgraph.model import Product
    from counterseal.canon import Json
    from counterseal.documents.tree import Document

__all__ = ["FORMAT", "BareGraph", "dump", "parse"]

FORMAT = "counterseal-attack-graph/1"
_MOST_STEPS = 200_000
_FIELDS = MappingProxyType(
    {
        Family.POINT: ("value",),
        Family.EXPONENTIAL: ("mean",),
        Family.WEIBULL: ("shape", "scale"),
        Family.GAMMA: ("shape", "scale"),
        Family.LOGNORMAL: ("median", "sigma"),
    }
)

_Id = Annotated[str, Field(min_length=1, max_length=200)]
_Probability = Annotated[float, Field(ge=0.0, le=1.0)]
_Days = Annotated[float, Field(gt=0.0, allow_inf_nan=False)]


@dataclass(frozen=True, slots=True, kw_only=True)
class BareGraph:
    """A graph without an estate, and the steps that are asked about.

    Attributes:
        graph: Its times and probabilities are constants.
        targets: Step ids, in the order of the document.
    """

    graph: AttackGraph
    targets: tuple[str, ...]


class _Closed(BaseModel):
    """A record of the format: frozen, with the keys as written here and no other."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class _Cause(_Closed):
    id: _Id
    probability: _Probability


class _Time(_Closed):
    family: Family
    value: Annotated[float, Field(ge=0.0, allow_inf_nan=False)] | None = None
    mean: _Days | None = None
    shape: _Days | None = None
    scale: _Days | None = None
    median: _Days | None = None
    sigma: Annotated[float, Field(ge=0.0, allow_inf_nan=False)] | None = None
    success: _Probability = 1.0

    @model_validator(mode="after")
    def _has_the_keys_of_its_family(self) -> Self:
        wanted = _FIELDS[self.family]
        given = self.model_fields_set - {"family", "success"}
        if given != set(wanted) or any(getattr(self, name) is None for name in wanted):
            keys = " and ".join(f"'{name}'" for name in wanted)
            msg = f"{self.family.value} takes {keys}, no other key but 'family' and 'success'"
            raise ValueError(msg)
        return self


class _Step(_Closed):
    id: _Id
    kind: StepKind
    parents: tuple[_Id, ...] = ()
    entry: bool = False
    requires: tuple[_Id, ...] = ()
    time_days: _Time = _Time(family=Family.POINT, value=0.0)


class _Graph(_Closed):
    format: Literal["counterseal-attack-graph/1"]
    causes: tuple[_Cause, ...] = ()
    steps: Annotated[tuple[_Step, ...], Field(min_length=1, max_length=_MOST_STEPS)]
    targets: Annotated[tuple[_Id, ...], Field(min_length=1)]
    horizon_days: _Days


def parse(data: bytes, *, file: str) -> BareGraph:
    """Read a bare graph.

    Args:
        data: The document.
        file: Its name, for faults.

    Raises:
        InvalidDocumentError: With every fault: of the text, of keys and values (CS11x), an id
            used twice (CS253), a name that nothing has (CS254), no entry (CS255), an and-step
            without parents that is no entry (CS256).
    """
    document = parse_tree(data, file=file)
    found = validate(_Graph, document.value, document=document)
    faults = by_place(_faults(found, document))
    if faults:
        raise InvalidDocumentError(f"{file} is not valid", faults=faults)
    steps = tuple(_step(step) for step in sorted(found.steps, key=lambda step: step.id))
    causes = {c.id: Cause(id=c.id, probability=_constant(c.probability)) for c in found.causes}
    graph = AttackGraph(steps=steps, causes=causes, horizon_days=found.horizon_days)
    return BareGraph(graph=graph, targets=tuple(dict.fromkeys(found.targets)))


def dump(bare: BareGraph) -> dict[str, Json]:
    """Return the document that ``parse`` reads as ``bare``.

    Raises:
        GraphError: The graph says what the format cannot: uncertain parameters, detection, or
            latent factors.
    """
    graph = bare.graph
    return {
        "format": FORMAT,
        "causes": [
            {"id": name, "probability": _number(cause.probability, f"cause {name}")}
            for name, cause in sorted(graph.causes.items())
        ],
        "steps": [_step_json(step) for step in graph.steps],
        "targets": list(bare.targets),
        "horizon_days": graph.horizon_days,
    }


def _faults(found: _Graph, document: Document) -> Iterator[Fault]:
    steps = [step.id for step in found.steps]
    causes = [cause.id for cause in found.causes]
    yield from _repeated(steps, "steps", document)
    yield from _repeated(causes, "causes", document)
    known, events = set(steps), set(causes)
    for i, step in enumerate(found.steps):
        for j, parent in enumerate(step.parents):
            if parent not in known:
                yield _unknown(parent, "step", known, document, ("steps", i, "parents", j))
        for j, cause in enumerate(step.requires):
            if cause not in events:
                yield _unknown(cause, "cause", events, document, ("steps", i, "requires", j))
        if step.kind is StepKind.AND and not step.parents and not step.entry:
            yield Fault(
                code="CS256",
                message=f"and-step '{step.id}' has no parents and is no entry",
                place=document.place(("steps", i)),
                hint="Name its parents, or say '\"entry\": true'.",
            )
    for j, target in enumerate(found.targets):
        if target not in known:
            yield _unknown(target, "step", known, document, ("targets", j))
    if not any(step.entry for step in found.steps):
        yield Fault(
            code="CS255",
            message="no step is an entry, so nothing can be reached",
            place=document.place(("steps",)),
            hint="Say '\"entry\": true' where the adversary may start.",
        )


def _repeated(ids: list[str], kind: str, document: Document) -> Iterator[Fault]:
    often = {name for name, count in Counter(ids).items() if count > 1}
    seen: dict[str, int] = {}
    for i, name in enumerate(ids):
        if name in often and name in seen:
            first = document.place((kind, seen[name]))
            yield Fault(
                code="CS253",
                message=f"the id '{name}' is used twice among the {kind}; first at {first}",
                place=document.place((kind, i, "id")),
                hint="Give one of them another id.",
            )
        seen.setdefault(name, i)


def _unknown(
    name: str,
    kind: str,
    known: Collection[str],
    document: Document,
    path: tuple[str | int, ...],
) -> Fault:
    return Fault(
        code="CS254",
        message=f"there is no {kind} '{name}'",
        place=document.place(path),
        hint=did_you_mean(name, sorted(known))
        or f"Add a {kind} with this id, or mend the name.",
    )


def _constant(value: float) -> Product:
    return () if value == 1.0 else (Power(base=value),)


def _step(step: _Step) -> Step:
    return Step(
        id=step.id,
        kind=step.kind,
        parents=tuple(sorted(set(step.parents))),
        entry=step.entry,
        time=_time(step.time_days),
        success=_constant(step.time_days.success),
        requires=tuple(sorted(set(step.requires))),
        label=step.id,
    )


def _time(time: _Time) -> LocalTime:
    if time.family is Family.POINT and not time.value:
        return INSTANT
    scale = next(v for v in (time.value, time.mean, time.scale, time.median) if v is not None)
    shape = time.sigma if time.family is Family.LOGNORMAL else time.shape
    return LocalTime(
        family=time.family,
        scale=_constant(scale),
        shape=() if shape is None else _constant(shape),
    )


def _step_json(step: Step) -> dict[str, Json]:
    where = f"step {step.id}"
    if step.unseen or step.time.latent:
        raise GraphError(f"{where}: the format has no detection and no latent factors")
    names = _FIELDS[step.time.family]
    values = {"shape": step.time.shape, "sigma": step.time.shape}
    time: dict[str, Json] = {"family": step.time.family.value}
    for name in names:
        product = values.get(name, step.time.scale)
        time[name] = 0.0 if step.time.zero else _number(product, where)
    if step.success:
        time["success"] = _number(step.success, where)
    return {
        "id": step.id,
        "kind": step.kind.value,
        "parents": list(step.parents),
        "entry": step.entry,
        "requires": list(step.requires),
        "time_days": time,
    }


def _number(product: Product, where: str) -> float:
    """Return the value of a product of constants, which here has at most one factor."""
    match product:
        case ():
            return 1.0
        case (Power(base=float(base), exponent=1.0),):
            return base
        case _:
            pass
    raise GraphError(f"{where}: the format has constants only, no parameters and no products")
