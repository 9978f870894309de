"""The review document and its sections, as typed, read-only values.

A section that a review could not fill is empty; keys that this version does not know are
ignored, so that a newer review can still be read.
"""

from __future__ import annotations

import json
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

__all__ = [
    "Alternative",
    "BreadthDepth",
    "BreadthPoint",
    "ChangeSection",
    "ConditionLine",
    "Curve",
    "CurvePoint",
    "CutLine",
    "Difference",
    "Digests",
    "Estimate",
    "EvidenceSection",
    "FiredRule",
    "FlipFact",
    "FlipSection",
    "HeadlineLine",
    "Hop",
    "MeasureLine",
    "NewlyPossible",
    "PastChange",
    "PeopleRange",
    "PrecedenceNote",
    "ReviewDocument",
    "Section",
    "Text",
    "ValueLine",
    "VerdictSection",
    "VerdictWord",
]

VerdictWord = Literal["no objection", "conditions", "redesign", "refuse", "not evaluable"]


def _words(value: object) -> object:
    """Return numbers, truth values and nothing as text: sources write facts of any type."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, float):
        return f"{value:.3g}"
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)


_ANY = {"type": ["string", "number", "boolean", "null", "array", "object"]}
Text = Annotated[str, BeforeValidator(_words), WithJsonSchema(_ANY)]
Interval = tuple[float, float]


class Section(BaseModel):
    """A part of the document: frozen; unknown keys are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Estimate(Section):
    """A median with its 90 % range; all three are ``None`` when nothing can be said."""

    median: float | None = None
    low: float | None = None
    high: float | None = None


class Difference(Section):
    """One thing that the change adds, removes or sets; ``source`` is ``file:line:col``."""

    op: Literal["add", "remove", "set"]
    kind: str
    element: str
    name: Text = ""
    field: Text = ""
    before: Text = ""
    after: Text = ""
    source: Text = ""


class ChangeSection(Section):
    """What is proposed; ``unchanged`` counts the elements it leaves alone, by kind."""

    id: str
    kind: Text = ""
    title: Text = ""
    stage: Text = ""
    sponsor: Text = ""
    differences: tuple[Difference, ...] = ()
    unchanged: dict[str, int] = {}


class FiredRule(Section):
    """A rule card that fired, with the elements it is about."""

    rule: str
    effect: Text = ""
    statement: Text = ""
    authority: Text = ""
    elements: tuple[str, ...] = ()


class VerdictSection(Section):
    """What the gate computed; a decision is what accountable people sign."""

    word: VerdictWord
    rules: tuple[FiredRule, ...] = ()
    disclaimer: Text = ""


class HeadlineLine(Section):
    """P(after worse than before) for one adversary and use, with its 95 % interval."""

    adversary: str
    adversary_name: Text = ""
    use: Text = ""
    use_name: Text = ""
    family: Text = "use"
    p_worse: float | None = None
    interval: Interval | None = None
    p_better: float | None = None
    ratio: Estimate | None = None
    newly_possible: bool = False


class MeasureLine(Section):
    """One measure before and after, its change, and the limit a policy sets, if any."""

    id: str
    name: Text = ""
    unit: Text = ""
    before: Estimate | None = None
    after: Estimate | None = None
    change: Estimate | None = None
    limit: float | None = None
    crossed: bool = False
    grade: Text = ""


class PeopleRange(Section):
    """A number of people, as a range."""

    low: float | None = None
    high: float | None = None


class NewlyPossible(Section):
    """What an adversary can do after the change and could not do before."""

    adversary: Text = ""
    use: Text = ""
    population: Text = ""
    statement: Text
    elements: tuple[str, ...] = ()
    people: PeopleRange | None = None


class Hop(Section):
    """One step of the worst path; ``source`` is ``file:line:col``, ``owner`` whose it is."""

    step: str
    element: Text = ""
    name: Text = ""
    technique: Text = ""
    source: Text = ""
    label: Text = ""
    median_days: float | None = None
    owner: Text = ""

    @property
    def done(self) -> str:
        """What is done at this step, without the name of where it is done."""
        said = self.label or self.step
        return said.removesuffix(f": {self.name}") if self.name else said


class CutLine(Section):
    """A defensive action that cuts the worst path, and what it does to the headline."""

    id: str
    statement: Text
    element: Text = ""
    kind: Text = "control"
    p_worse_after: float | None = None
    reduction: float | None = None


class ConditionLine(Section):
    """A condition that was tried on the same draws; ``chosen`` ones make the smallest set."""

    id: str
    statement: Text
    kind: Text = ""
    elements: tuple[str, ...] = ()
    owner: Text = ""
    expires: Text = ""
    retest: Text = ""
    p_worse_after: float | None = None
    chosen: bool = False


class Alternative(Section):
    """Another form of the change, compared with the state before on the same draws."""

    id: str
    title: Text = ""
    p_worse: float | None = None
    interval: Interval | None = None
    ratio: Estimate | None = None
    note: Text = ""


class FlipFact(Section):
    """A fact whose falsity gives another verdict."""

    parameter: str
    label: Text = ""
    element: Text = ""
    source: Text = ""
    value: Text = ""
    flips_at: Text = ""
    verdict: Text = ""


class FlipSection(Section):
    """The fewest facts whose falsity reverses the verdict; ``None`` when no set was found."""

    distance: int | None = None
    facts: tuple[FlipFact, ...] = ()
    method: Text = ""


class EvidenceSection(Section):
    """Share of the variance of the result by evidence grade; shares are in [0, 1]."""

    shares: dict[str, float] = {}
    assumption_dominated: bool = False
    method: Text = ""


class BreadthPoint(Section):
    """One state: ``x`` is ln V (what can be lost), ``y`` is -ln P (what keeps it)."""

    label: Text = ""
    x: float
    y: float


class PastChange(Section):
    """A change approved before: its day, and how many elements it added that still stand."""

    date: Text = ""
    title: Text = ""
    kind: Text = ""
    added: int = 0


class BreadthDepth(Section):
    """How far breadth and depth moved, in nats; ``index`` above 0: breadth outpaces depth.

    ``date`` is the day of the change under review, ``history`` what was approved before it.
    """

    breadth: float | None = None
    depth: float | None = None
    index: float | None = None
    points: tuple[BreadthPoint, ...] = ()
    date: Text = ""
    history: tuple[PastChange, ...] = ()


class PrecedenceNote(Section):
    """What is wrong with the order of assessment and decision."""

    code: Text = ""
    statement: Text


class CurvePoint(Section):
    """Share of draws in which an objective is reached by ``days``, with its interval."""

    days: float
    p: float
    low: float | None = None
    high: float | None = None


class Curve(Section):
    """Arrival times of one adversary at one objective, before and after."""

    adversary: Text = ""
    objective: Text = ""
    label: Text = ""
    before: tuple[CurvePoint, ...] = ()
    after: tuple[CurvePoint, ...] = ()


def _estimates(value: object) -> object:
    """Accept plain numbers as estimates without a range."""
    if not isinstance(value, list | tuple):
        return value
    return [{"median": v} if isinstance(v, int | float) else v for v in value]


_ROWS = {"type": "array", "items": {"type": ["object", "number", "null"]}}
Estimates = Annotated[
    tuple[Estimate | None, ...], BeforeValidator(_estimates), WithJsonSchema(_ROWS)
]


class ValueLine(Section):
    """Usable person-years of one attribute class over each horizon of ``years``."""

    attribute: str
    name: Text = ""
    kind: Text = ""
    years: tuple[float, ...] = ()
    before: Estimates = ()
    after: Estimates = ()


class Digests(Section):
    """What the result was computed from: enough to compute it again."""

    model_config = ConfigDict(frozen=True, extra="allow")

    estate_before: Text = ""
    estate_after: Text = ""
    change: Text = ""
    catalog: Text = ""
    rules: Text = ""
    engine: Text = ""
    seed: Text = ""
    draws: Text = ""

    def rows(self) -> tuple[tuple[str, str], ...]:
        """Return every digest that is stated, by name, in the order of the document."""
        return tuple((key, str(value)) for key, value in self if str(value))


class ReviewDocument(Section):
    """Everything that a report says about one reviewed change."""

    schema_: Literal["counterseal-review/1"] = Field(alias="schema")
    change: ChangeSection
    verdict: VerdictSection
    headline: tuple[HeadlineLine, ...] = ()
    measures: tuple[MeasureLine, ...] = ()
    became_possible: tuple[NewlyPossible, ...] = ()
    worst_path: tuple[Hop, ...] = ()
    cuts: tuple[CutLine, ...] = ()
    conditions: tuple[ConditionLine, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    flip: FlipSection = FlipSection()
    evidence: EvidenceSection = EvidenceSection()
    breadth_depth: BreadthDepth | None = None
    precedence: tuple[PrecedenceNote, ...] = ()
    limits: tuple[Text, ...] = ()
    curves: tuple[Curve, ...] = ()
    value: tuple[ValueLine, ...] = ()
    digests: Digests = Digests()
    exit: int = Field(default=0, ge=0, le=5)

    @property
    def shown_path(self) -> tuple[Hop, ...]:
        """The worst path, or nothing when no cut goes with it (requirement N5)."""
        return self.worst_path if self.cuts else ()

    @property
    def chosen_conditions(self) -> tuple[ConditionLine, ...]:
        """The smallest set of conditions found that changes the verdict."""
        return tuple(line for line in self.conditions if line.chosen)

    @property
    def worst_headline(self) -> HeadlineLine | None:
        """The comparison most probably worse after than before; the first among equals."""
        known = [line for line in self.headline if line.p_worse is not None]
        return max(known, key=lambda line: line.p_worse or 0.0, default=None)
