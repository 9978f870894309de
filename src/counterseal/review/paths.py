"""How would they get in, and whose link is it? The worst path, hop by hop (question 3).

The path shown is the most common critical tree to the holding by which the leading concern
gains most. Hops that take no time and name no technique only pass the path on; they are left
out, and every hop that stays names its element, its place in the files and its owner.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterseal.assess.disclosure import subcontractors
from counterseal.assess.flows import OWN_KINDS
from counterseal.assess.possible import contributing
from counterseal.catalog.adversaries import IntegrityAim
from counterseal.reach.explaining.critical import explain

if TYPE_CHECKING:
    from counterseal.assess.campaign import Campaign, Outcome
    from counterseal.assess.levels import Concern
    from counterseal.attackgraph.model import Objective, Step
    from counterseal.catalog.catalog import Catalog
    from counterseal.estate.estate import Estate
    from counterseal.reach.explaining.critical import Explanation, Path

__all__ = [
    "Hop",
    "WorstPath",
    "is_enforceable",
    "leading_objectives",
    "owner_of_element",
    "worst_path",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One step of the path: when it is typically done, by how long, and whose element it is."""

    step: Step
    median_days: float
    owner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorstPath:
    """The most common way to one objective.

    Attributes:
        objective: What is reached.
        share: Share of the trials that reach it in which this is the way.
        undetected: Share of those trials in which nothing on the way was detected.
        hops: From an entry to the objective.
    """

    objective: Objective
    share: float
    undetected: float
    hops: tuple[Hop, ...]


def leading_objectives(
    campaign: Campaign,
    concern: Concern,
    catalog: Catalog,
    *,
    before: Outcome | None,
    after: Outcome,
    most: int = 6,
) -> tuple[Objective, ...]:
    """Return the objectives that matter to ``concern``, greatest growth in reach first.

    Ties go to the greater reach after the change, then to the id.
    """
    serving = _serving(campaign, concern, catalog)
    wanted = [o for o in campaign.graph.objectives if _serves(o, concern, serving)]
    weight = {o.step: _growth(o, campaign, before, after) for o in wanted}
    ranked = sorted(wanted, key=lambda o: (*(-part for part in weight[o.step]), o.step))
    return tuple(ranked[:most])


def worst_path(campaign: Campaign, objective: Objective) -> WorstPath | None:
    """Return the most common way to ``objective``, or ``None`` when it is never reached."""
    [explanation] = explain(campaign.engine, [objective.step], most=1)
    if not explanation.paths:
        return None
    path = explanation.paths[0]
    return WorstPath(
        objective=objective,
        share=path.trials.estimate,
        undetected=_undetected(explanation),
        hops=_hops(campaign, path),
    )


def owner_of_element(estate: Estate, element_id: str) -> str:
    """Return the organization that answers for an element; empty when none is named."""
    system = estate.systems.get(element_id)
    if system is not None:
        return system.accountable or system.owner
    zone = estate.zones.get(element_id)
    if zone is not None:
        return zone.operator
    if element_id in estate.organizations:
        return element_id
    via = _carrier(estate, element_id)
    return owner_of_element(estate, via) if via else ""


def is_enforceable(estate: Estate, element_id: str) -> bool:
    """Whether the owner of the estate can see to something on an element.

    It can within its own components, and by contract at its contractors and their
    subcontractors; it can ask, but not order, anybody else.
    """
    owner = owner_of_element(estate, element_id)
    organization = estate.organizations.get(owner)
    if organization is None or organization.kind in OWN_KINDS:
        return True
    return any(
        owner in {contract.contractor, *subcontractors(contract)}
        for contract in estate.contracts.values()
    )


def _carrier(estate: Estate, element_id: str) -> str:
    """Return the system or organization through which an element is answered for."""
    for kind, field in (
        ("holdings", "system"),
        ("grants", "system"),
        ("feeds", "broker"),
        ("contracts", "client"),
    ):
        element = estate.of_kind(kind).get(element_id)
        if element is not None:
            return str(getattr(element, field))
    link = estate.links.get(element_id)
    if link is not None:
        return link.owner or link.to
    item = estate.knowledge.get(element_id)
    return item.held_by[0] if item is not None and item.held_by else ""


def _serving(campaign: Campaign, concern: Concern, catalog: Catalog) -> frozenset[str]:
    """Return the holdings and feeds with something that the use of the concern needs."""
    if concern.family != "use":
        return frozenset()
    use = catalog.uses[concern.subject]
    about = contributing(campaign.estate, use)
    return frozenset(item for items in about.values() for item in items)


def _serves(objective: Objective, concern: Concern, serving: frozenset[str]) -> bool:
    if concern.family == "knowledge":
        return objective.kind == "learn"
    if concern.family == "integrity":
        return objective.kind in set(IntegrityAim)
    return objective.kind == "exfiltrate" and objective.element in serving


def _growth(
    objective: Objective, campaign: Campaign, before: Outcome | None, after: Outcome
) -> tuple[float, float]:
    days = campaign.horizon_days
    new = float(after.arrivals.reached(objective.step, horizon_days=days).mean())
    old = 0.0
    if before is not None and objective.step in before.arrivals.steps:
        old = float(before.arrivals.reached(objective.step, horizon_days=days).mean())
    return (new - old, new)


def _undetected(explanation: Explanation) -> float:
    reached = explanation.reached.hits
    return explanation.undetected.hits / reached if reached else 0.0


def _hops(campaign: Campaign, path: Path) -> tuple[Hop, ...]:
    graph, estate = campaign.graph, campaign.estate
    hops = []
    for taken in path.steps:
        step = graph.steps[graph.index[taken.step]]
        last = taken is path.steps[-1]
        if step.time.zero and not step.technique and not step.entry and not last:
            continue
        owner = owner_of_element(estate, step.element)
        hops.append(Hop(step=step, median_days=taken.median_days, owner=owner))
    return tuple(hops)
