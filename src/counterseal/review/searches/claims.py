"""What the estate claims, as things that could be false one at a time.

A claim is a fact with a range, a control that is recorded, a control baseline of a zone (all
that it implies at once), or the claim that no undeclared link exists between two zones. Rows
of the catalog are priors, not claims. Claims are ranked by how often the steps that rest on
them are critical, and the first ones are tried.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterseal.attackgraph.model import ParameterFamily
from counterseal.review.searches.candidates import name_of, weights_of, weights_together

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from counterseal.assess.side import Side
    from counterseal.attackgraph.model import Parameter
    from counterseal.estate.estate import Estate
    from counterseal.review.proposal import Proposal
    from counterseal.review.searches.candidates import Critical

__all__ = ["Claim", "claims", "screened"]


_BASELINE = "baseline:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Something that could be false.

    Attributes:
        id: Stable id.
        label: What is claimed, in words.
        element: What it is about.
        source: ``file:line:col``, or empty.
        stated: The value that is claimed, as a reader should see it.
        falsehoods: Overrides that make it false, with the value a reader should see.
    """

    id: str
    label: str
    element: str
    source: str
    stated: str
    falsehoods: tuple[tuple[str, Mapping[str, float]], ...]

    @property
    def parameters(self) -> tuple[str, ...]:
        """Ids of the parameters that it is about, sorted."""
        return tuple(sorted({key for _, overrides in self.falsehoods for key in overrides}))


def claims(estate: Estate, parameters: Mapping[str, Parameter]) -> tuple[Claim, ...]:
    """Return every claim behind ``parameters``, sorted by id."""
    sorts: dict[str, list[str]] = {"fact": [], "control": [], "undeclared": []}
    for key in parameters:
        sort = key.partition(":")[0]
        if sort in sorts:
            sorts[sort].append(key)
    found = [*_facts([parameters[key] for key in sorts["fact"]])]
    controls = [parameters[key] for key in sorts["control"]]
    found += [*_records(estate, controls), *_baselines(estate, controls)]
    found += _undeclared([parameters[key] for key in sorts["undeclared"]])
    return tuple(sorted((one for one in found if one.falsehoods), key=lambda one: one.id))


def screened(
    found: Sequence[Claim],
    side: Side,
    critical: Critical,
    proposal: Proposal,
    *,
    most: int,
    most_baselines: int,
) -> tuple[Claim, ...]:
    """Return the ``most`` claims that matter most, sorted by id.

    At most so many of them are baselines, each of which stands for hundreds of controls at
    once: a single fact is what somebody can go and verify. Counts and shares of what the change
    itself adds or alters come first, then claims by how often the steps that rest on them are
    critical; claims that touch neither are left out.
    """
    touched = {row.element for row in proposal.diff.differences}
    alone = weights_of(side, critical)
    several = [claim for claim in found if len(claim.parameters) > 1]
    groups = [claim.parameters for claim in several]
    joint = weights_together(groups, side, critical)
    together = dict(zip((claim.id for claim in several), joint, strict=True))
    weights = {}
    for claim in found:
        weight = together.get(claim.id, alone.get(claim.parameters[0], 0.0))
        weight += 1.0 if claim.element in touched else 0.0
        if weight > 0:
            weights[claim.id] = weight
    ranked = sorted(weights, key=lambda key: (-weights[key], key))
    beyond = frozenset([key for key in ranked if key.startswith(_BASELINE)][most_baselines:])
    chosen = frozenset([key for key in ranked if key not in beyond][:most])
    return tuple(claim for claim in found if claim.id in chosen)


def _facts(facts: Sequence[Parameter]) -> Iterator[Claim]:
    for fact in facts:
        key = fact.id
        ends = (1.0, 0.0) if fact.family is ParameterFamily.BERNOULLI else (fact.low, fact.high)
        yield Claim(
            id=key,
            label=fact.label or key,
            element=fact.element,
            source=_source(fact),
            stated=f"{fact.mode:.4g}",
            falsehoods=tuple((f"{end:.4g}", {key: end}) for end in ends if _moves(fact, end)),
        )


def _records(estate: Estate, controls: Sequence[Parameter]) -> Iterator[Claim]:
    """Yield controls that somebody recorded; what a baseline implies is not a record."""
    for control in controls:
        key = control.id
        if _is_implied(estate, control):
            continue
        yield Claim(
            id=key,
            label=control.label or key,
            element=control.element,
            source=_source(control),
            stated=f"{control.mode:.2g} in place",
            falsehoods=tuple(
                (words, {key: end})
                for words, end in (("absent", 0.0), ("in place", 1.0))
                if _moves(control, end)
            ),
        )


def _undeclared(links: Sequence[Parameter]) -> Iterator[Claim]:
    for link in links:
        key = link.id
        yield Claim(
            id=key,
            label=link.label or key,
            element=link.element,
            source=_source(link),
            stated="not declared",
            falsehoods=(("it exists", {key: 1.0}),),
        )


def _baselines(estate: Estate, controls: Sequence[Parameter]) -> Iterator[Claim]:
    """Yield, per zone, the claim that its control baseline is in place as implied."""
    implied: dict[str, dict[str, float]] = {}
    for control in controls:
        uncertain = control.family is not ParameterFamily.POINT
        if uncertain and _is_implied(estate, control):
            zone = _zone_of(estate, control.element)
            if zone:
                implied.setdefault(zone, {})[control.id] = 0.0
    for zone, overrides in sorted(implied.items()):
        fact = estate.zones[zone].baseline
        place = estate.place(zone, "baseline")
        yield Claim(
            id=f"{_BASELINE}{zone}",
            label=f"control baseline of {name_of(estate, zone)}",
            element=zone,
            source=str(place) if place else "",
            stated=fact.value.value if fact.value is not None else "unknown",
            falsehoods=(("none of it is in place", overrides),),
        )


def _zone_of(estate: Estate, element: str) -> str:
    if element in estate.zones:
        return element
    system = estate.systems.get(element)
    return system.zone if system is not None else ""


def _is_implied(estate: Estate, control: Parameter) -> bool:
    """Whether a control is implied by a baseline: its place is its element's own."""
    return control.place is None or control.place == estate.place(control.element)


def _moves(fact: Parameter, end: float) -> bool:
    return not (fact.family is ParameterFamily.POINT and fact.mode == end)


def _source(parameter: Parameter) -> str:
    return str(parameter.place) if parameter.place else ""
