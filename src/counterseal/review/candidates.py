"""What could be required of this change: narrowing first, then controls on the critical steps.

Controls are taken where they can matter: a step that is on no critical tree of any trial
cannot make an arrival later by being slower, so controls that touch no critical step are left
out without loss; the rest are ranked by how often their steps are critical.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from counterseal.attackgraph.model import ParameterFamily
from counterseal.reach.explain import explain
from counterseal.review.conditions import Candidate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from counterseal.assess.campaign import Campaign
    from counterseal.assess.contrast import Side
    from counterseal.catalog.catalog import Catalog
    from counterseal.estate.diff import Difference
    from counterseal.estate.estate import Estate
    from counterseal.review.proposal import Proposal

__all__ = ["candidates", "critical_shares", "name_of"]

MOST_CONTROLS = 40
IN_PLACE = 1.0


def candidates(
    proposal: Proposal, after: Side, catalog: Catalog, *, targets: Mapping[str, Sequence[str]]
) -> tuple[Candidate, ...]:
    """Return every narrowing, and the controls on critical steps, most critical first.

    Args:
        proposal: The change.
        after: The changed estate's campaigns.
        catalog: For the names of controls.
        targets: Objective steps that matter, by adversary.
    """
    narrow = tuple(_narrowings(proposal, after))
    return (*narrow, *_controls(after, catalog, targets))


def critical_shares(campaign: Campaign, targets: Sequence[str]) -> Mapping[str, float]:
    """Return, by step, the sum over ``targets`` of the share of trials it is critical in."""
    shares: dict[str, float] = {}
    for explanation in explain(campaign.engine, targets, most=1):
        weight = explanation.reached.estimate
        for step, share in explanation.critical.items():
            shares[step] = shares.get(step, 0.0) + weight * share
    return shares


def name_of(estate: Estate, element_id: str) -> str:
    """Return the name of an element, or its id when it has none."""
    kind = estate.kind_of.get(element_id)
    if kind is None:
        return element_id
    return estate.of_kind(kind)[element_id].name or element_id


def _narrowings(proposal: Proposal, after: Side) -> Iterator[Candidate]:
    for row in proposal.diff.added:
        if row.kind == "links":
            yield from _unopened(row, after, proposal.after)
        elif row.kind in {"holdings", "feeds"}:
            yield from _unkept(row, after, proposal.after)


def _unopened(row: Difference, after: Side, estate: Estate) -> Iterator[Candidate]:
    parameter = f"link:{row.element}.exists"
    if parameter in after.parameters:
        yield Candidate(
            id=f"without:{row.element}",
            kind="remove-link",
            elements=(row.element,),
            statement=f"Do not open {name_of(estate, row.element)}.",
            overrides={parameter: 0.0},
        )


def _unkept(row: Difference, after: Side, estate: Estate) -> Iterator[Candidate]:
    prefix = f"fact:{row.element}.populations."
    overrides = {key: 0.0 for key in after.parameters if key.startswith(prefix)}
    if overrides:
        yield Candidate(
            id=f"without:{row.element}",
            kind="narrow",
            elements=(row.element,),
            statement=f"Do not hold {name_of(estate, row.element)}.",
            overrides=overrides,
        )


def _controls(
    after: Side, catalog: Catalog, targets: Mapping[str, Sequence[str]]
) -> tuple[Candidate, ...]:
    weight: dict[str, float] = {}
    for campaign in after.campaigns:
        wanted = targets.get(campaign.adversary.id, ())
        if not wanted:
            continue
        shares = critical_shares(campaign, wanted)
        for parameter in _open_controls(campaign):
            touched = campaign.engine.touched([parameter])
            score = sum(shares.get(step, 0.0) for step in touched)
            if score > 0:
                weight[parameter] = weight.get(parameter, 0.0) + score
    ranked = sorted(weight, key=lambda key: (-weight[key], key))[:MOST_CONTROLS]
    return tuple(_control(key, after.estate, catalog) for key in ranked)


def _open_controls(campaign: Campaign) -> Iterable[str]:
    """Yield controls that could still be put further in place."""
    for key, parameter in campaign.graph.parameters.items():
        if not key.startswith("control:"):
            continue
        settled = parameter.family is ParameterFamily.POINT and parameter.mode >= IN_PLACE
        if not settled:
            yield key


def _control(key: str, estate: Estate, catalog: Catalog) -> Candidate:
    control, _, element = key.removeprefix("control:").partition("@")
    row = catalog.controls.get(control)
    title = f" ({row.title})" if row is not None else ""
    return Candidate(
        id=key,
        kind="control",
        elements=(element,),
        statement=f"Put {control}{title} in place on {name_of(estate, element)}.",
        overrides={key: IN_PLACE},
    )
