"""An attack graph: AND/OR steps over an estate, as one adversary sees it. Deterministic.

Numbers that are not known for certain appear as ``Parameter`` (an epistemic distribution with
a grade and a source); steps refer to them through ``Power`` products, so that one fact can
move many steps, a changed fact moves only its own steps, and every step can say what its
numbers rest on. Sampling is not done here (``counterseal.reach``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from counterseal.canon import digest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from counterseal.attackgraph.columns import Columns
    from counterseal.canon import Json
    from counterseal.documents.evidence import Grade
    from counterseal.errors import Place

__all__ = [
    "AttackGraph",
    "Cause",
    "CauseLevel",
    "Family",
    "LocalTime",
    "Objective",
    "Parameter",
    "ParameterFamily",
    "Power",
    "Product",
    "Step",
    "StepKind",
]


class StepKind(StrEnum):
    """Whether any parent is enough (``or``) or all are needed (``and``)."""

    OR = "or"
    AND = "and"


class Family(StrEnum):
    """Families of local time, in days."""

    POINT = "point"
    EXPONENTIAL = "exponential"
    WEIBULL = "weibull"
    GAMMA = "gamma"
    LOGNORMAL = "lognormal"


class ParameterFamily(StrEnum):
    """Families of epistemic distributions.

    ``point``: always ``mode``. ``uniform``: on [low, high]. ``triangular``: on [low, high]
    with ``mode``. ``lognormal``: ``low`` and ``high`` are its 5 % and 95 % quantiles.
    ``bernoulli``: 1 with probability ``mode``, else 0.
    """

    POINT = "point"
    UNIFORM = "uniform"
    TRIANGULAR = "triangular"
    LOGNORMAL = "lognormal"
    BERNOULLI = "bernoulli"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One uncertain number.

    Attributes:
        id: Stable and unique: ``fact:ELEMENT.FIELD``, ``control:AC-2@ELEMENT``,
            ``link:LINK.exists``, ``class:moderate.median`` and the like.
        family: How it is distributed, with ``low``, ``mode``, ``high`` (see the family).
        grade: Evidence grade of the fact or table row it comes from.
        source: The fact's or row's source.
        element: The element it is about; empty for a catalog row.
        place: Where it was written, when in a file of the user.
        label: What a reader should call it.
        better: The value at which it is best for the defender, ``None`` when it has none.
    """

    id: str
    family: ParameterFamily
    mode: float
    low: float
    high: float
    grade: Grade
    source: str = ""
    element: str = ""
    place: Place | None = None
    label: str = ""
    better: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """``base ** exponent``; each is a constant or the id of a parameter. ``base`` is > 0."""

    base: float | str
    exponent: float | str = 1.0


Product = tuple[Power, ...]
"""The product of its powers; the empty product is 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalTime:
    """The time X(v) of one attempt at a step, in days.

    Attributes:
        family: ``point`` (scale is the value), ``exponential`` (scale is the mean),
            ``weibull`` and ``gamma`` (scale, shape), ``lognormal`` (scale is the median,
            shape is sigma).
        scale: Days, as a product; 0 is written as the family ``point`` with ``zero`` set.
        shape: Shape or sigma, as a product.
        zero: The step takes no time at all.
        latent: Id of a latent factor shared by steps (adversary skill, say); empty for none.
        loading: Correlation of the step's normal score with the latent factor, in [0, 1).
    """

    family: Family
    scale: Product = ()
    shape: Product = ()
    zero: bool = False
    latent: str = ""
    loading: float = 0.0


INSTANT = LocalTime(family=Family.POINT, zero=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One attack step on one element.

    Attributes:
        id: Stable: ``ELEMENT#STEP`` in a compiled graph. Random numbers are keyed by it.
        kind: OR or AND over ``parents``.
        parents: Step ids, sorted. An or-step without parents that is no entry is never reached.
        entry: The adversary may start here at time 0 (then X(v) still applies).
        time: Local time of one attempt.
        success: Probability that the step ever works, as a product in [0, 1].
        unseen: Probability that one attempt goes undetected, as a product in [0, 1].
        seen_by: Id of a latent factor shared by detections (defender skill); empty for none.
        requires: Ids of causes; each must hold in the trial or the step never works.
        technique: ATT&CK identifier, a label only.
        element: Element of the estate; empty in a bare graph.
        rule: Id of the catalog rule that made the step; empty in a bare graph.
        vector: Entry vector, for an entry.
        place: Source position of the element.
        label: What a reader should call the step.
    """

    id: str
    kind: StepKind
    parents: tuple[str, ...] = ()
    entry: bool = False
    time: LocalTime = INSTANT
    success: Product = ()
    unseen: Product = ()
    seen_by: str = ""
    requires: tuple[str, ...] = ()
    technique: str = ""
    element: str = ""
    rule: str = ""
    vector: str = ""
    place: Place | None = None
    label: str = ""


class CauseLevel(StrEnum):
    """How often a shared cause is drawn: once per trial, or once per epistemic draw."""

    TRIAL = "trial"
    DRAW = "draw"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """An event shared by every step that requires it; a failed cause blocks them all."""

    id: str
    probability: Product
    level: CauseLevel = CauseLevel.TRIAL
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """Something the adversary wants.

    ``kind`` is one of read, exfiltrate, alter, insert, suppress, poison and learn;
    ``element`` is the holding, feed or knowledge item; ``step`` the id of its step. ``ends`` is
    the id of the step at which what was done is noticed; empty where nothing undoes it.
    """

    kind: str
    element: str
    step: str
    ends: str = ""


@dataclass(frozen=True, kw_only=True)
class AttackGraph:
    """Steps, causes and parameters of one adversary against one estate.

    Attributes:
        adversary: Catalog id; empty for a bare graph.
        steps: Sorted by id; parents refer to steps of the same graph.
        causes: By id.
        parameters: By id; every id that a ``Power`` names is here.
        objectives: Sorted by (kind, element).
        horizon_days: Nothing after it is of interest.
        max_attempts: Attempts an adversary makes at one step before giving up (>= 1).
        reentry: Days lost after a detected attempt, as a product.
        columns: The same steps as arrays, when the graph was compiled; its content is that of
            the other fields, and steps and parameters are then made when they are asked for.
    """

    adversary: str = ""
    steps: Sequence[Step] = ()
    causes: Mapping[str, Cause] = field(default_factory=dict)
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    objectives: tuple[Objective, ...] = ()
    horizon_days: float = 9131.25
    max_attempts: int = 1
    reentry: Product = ()
    columns: Columns | None = field(default=None, compare=False, repr=False)

    @cached_property
    def index(self) -> Mapping[str, int]:
        """Position of every step in ``steps``."""
        names = (s.id for s in self.steps) if self.columns is None else self.columns.names
        return {name: position for position, name in enumerate(names)}

    @property
    def targets(self) -> tuple[str, ...]:
        """The steps that objectives are about, each once: where they begin, where they end."""
        begin = [objective.step for objective in self.objectives]
        ends = [objective.ends for objective in self.objectives if objective.ends]
        return tuple(dict.fromkeys([*begin, *ends]))

    def as_json(self) -> dict[str, Json]:
        """Return the content of the graph, without source positions, for digests and dumps."""
        return {
            "adversary": self.adversary,
            "steps": [_step_json(step) for step in self.steps],
            "causes": [
                {"id": c.id, "probability": _product(c.probability), "level": c.level.value}
                for _, c in sorted(self.causes.items())
            ],
            "parameters": [
                {
                    "id": p.id,
                    "family": p.family.value,
                    "mode": p.mode,
                    "low": p.low,
                    "high": p.high,
                    "grade": p.grade.value,
                }
                for _, p in sorted(self.parameters.items())
            ],
            "objectives": [
                [o.kind, o.element, o.step, *([o.ends] if o.ends else [])]
                for o in self.objectives
            ],
            "horizon_days": self.horizon_days,
            "max_attempts": self.max_attempts,
            "reentry": _product(self.reentry),
        }

    @cached_property
    def digest(self) -> str:
        """``sha256:`` digest of the content."""
        return digest(self.as_json())


def _product(product: Product) -> list[Json]:
    return [[power.base, power.exponent] for power in product]


def _step_json(step: Step) -> dict[str, Json]:
    time = step.time
    return {
        "id": step.id,
        "kind": step.kind.value,
        "parents": list(step.parents),
        "entry": step.entry,
        "time": {
            "family": time.family.value,
            "scale": _product(time.scale),
            "shape": _product(time.shape),
            "zero": time.zero,
            "latent": time.latent,
            "loading": time.loading,
        },
        "success": _product(step.success),
        "unseen": _product(step.unseen),
        "seen_by": step.seen_by,
        "requires": list(step.requires),
        "technique": step.technique,
        "element": step.element,
        "rule": step.rule,
        "vector": step.vector,
    }
