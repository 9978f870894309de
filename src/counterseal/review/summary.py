"""The assessment that rule cards read: one nested mapping, every field always present.

Two parts. What the change *is* (dates, authority, what it discloses and adds) is read once.
What it *does* (exposure) is filled in from comparisons, again for every "what if".
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isfinite
from typing import TYPE_CHECKING

from counterseal.policy.assessment import bounded_ratio, overridden
from counterseal.review.judgement import leading

if TYPE_CHECKING:
    from collections.abc import Mapping

    from counterseal.assess.comparison import Comparison
    from counterseal.assess.contrast import Contrasted
    from counterseal.assess.levels import Concern
    from counterseal.canon import Json

__all__ = ["Summary", "bounded", "exposure_fields"]

COERCION = frozenset({"coerce", "coerce-through-kin"})
LIKELY = 0.5
"""A use counts as worse (or better) when the 95 % interval lies above one half."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """An assessment in the making, completed by comparisons.

    Attributes:
        fields: Fixed fields by path.
        people: Most people of each population that the changed estate covers.
    """

    fields: Mapping[str, Json]
    people: Mapping[str, float]

    def with_fields(self, **groups: Mapping[str, Json]) -> Summary:
        """Return the summary with more fields, given by group."""
        more = {
            f"{group}.{name}": value
            for group, values in groups.items()
            for name, value in values.items()
        }
        return replace(self, fields={**self.fields, **more})

    def assessment(self, contrasted: Contrasted) -> dict[str, dict[str, Json]]:
        """Return the complete assessment of one "what if"."""
        exposure = exposure_fields(contrasted.rows)
        people = sum(
            self.people.get(population, 0.0)
            for population in {found.population for found in contrasted.possible}
        )
        fields = {f"exposure.{name}": value for name, value in exposure.items()}
        new = bounded(people)
        return overridden({}, {**self.fields, **fields, "exposure.newly_possible": new})


def bounded(people: float) -> float | None:
    """Return a number of people, or ``None`` when it has no bound: then nobody knows it."""
    return people if isfinite(people) else None


def exposure_fields(comparisons: Mapping[Concern, Comparison]) -> dict[str, Json]:
    """Return the ``exposure`` group, less ``newly_possible``, of some comparisons."""
    uses = {c: row for c, row in comparisons.items() if c.family == "use"}
    worse = sorted({c.subject for c, row in uses.items() if row.worse.wilson()[0] >= LIKELY})
    better = sorted({c.subject for c, row in uses.items() if row.better.wilson()[0] >= LIKELY})
    lead = leading(comparisons)
    head = comparisons[lead] if lead is not None else None
    coercion = _worst({c: row for c, row in uses.items() if c.subject in COERCION}, "use")
    integrity = _worst(comparisons, "integrity")
    knowledge = _worst(comparisons, "knowledge")
    return {
        "worse_uses": worse,
        "better_uses": [use for use in better if use not in worse],
        "p_worse": head.p_worse if head else 0.0,
        "p_worse_low": head.worse.wilson()[0] if head else 0.0,
        "p_better": max((row.better.estimate for row in uses.values()), default=0.0),
        "ratio": _ratio(head),
        "coerce_p_worse_low": coercion.worse.wilson()[0] if coercion else 0.0,
        "coerce_ratio": _ratio(coercion),
        "integrity_p_worse": integrity.p_worse if integrity else 0.0,
        "integrity_ratio": _ratio(integrity),
        "knowledge_p_worse": knowledge.p_worse if knowledge else 0.0,
    }


def _worst(comparisons: Mapping[Concern, Comparison], family: str) -> Comparison | None:
    concern = leading(comparisons, family=family)
    return comparisons[concern] if concern is not None else None


def _ratio(row: Comparison | None) -> float:
    return bounded_ratio(row.mean_before, row.mean_after) if row is not None else 1.0
