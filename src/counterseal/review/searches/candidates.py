"""What could be required of this change: narrowing first, then controls on the critical steps.

Controls are taken where they can matter: a step that is on no critical tree of any trial
cannot make an arrival later by being slower, so controls that touch no critical step are left
out without loss; the rest are ranked by how often their steps are critical.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from counterseal.attackgraph.model import ParameterFamily
from counterseal.reach.explaining.critical import explain
from counterseal.review.paths import is_enforceable
from counterseal.review.searches.conditions import Candidate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from counterseal.assess.campaign import Campaign
    from counterseal.assess.side import Side
    from counterseal.catalog.catalog import Catalog
    from counterseal.estate.diff import Difference
    from counterseal.estate.estate import Estate
    from counterseal.reach.program import Program
    from counterseal.review.proposal import Proposal

__all__ = [
    "Critical",
    "candidates",
    "critical_steps",
    "in_place",
    "name_of",
    "weights_of",
    "weights_together",
]

Critical: TypeAlias = "Mapping[str, Mapping[str, float]]"
"""Share of trials by adversary and step; see ``critical_steps``."""

MOST_CONTROLS = 20
IN_PLACE = 1.0


def candidates(
    proposal: Proposal, after: Side, catalog: Catalog, *, critical: Critical
) -> tuple[Candidate, ...]:
    """Return every narrowing, and the controls on critical steps, most critical first.

    Args:
        proposal: The change.
        after: The changed estate's campaigns.
        catalog: For the names of controls.
        critical: Of the changed estate, from ``critical_steps``.
    """
    narrow = tuple(_narrowings(proposal, after))
    return (*narrow, *_controls(after, catalog, critical))


def critical_steps(side: Side, targets: Mapping[str, Sequence[str]]) -> Critical:
    """Return, by adversary and step, how often the step decides when a target is reached.

    The sum, over the adversary's targets, of the share of all trials in which the step lies on
    the critical tree of the target.
    """
    critical: dict[str, Mapping[str, float]] = {}
    for campaign in side.campaigns:
        wanted = targets.get(campaign.adversary.id, ())
        critical[campaign.adversary.id] = _shares(campaign, wanted) if wanted else {}
    return critical


def weights_of(side: Side, critical: Critical) -> Mapping[str, float]:
    """Return how often any step that depends on a parameter is critical, by parameter."""
    total: dict[str, float] = {}
    for program, weight in _by_row(side, critical):
        for name, sum_of_steps in program.weights_of(weight).items():
            total[name] = total.get(name, 0.0) + sum_of_steps
    return total


def weights_together(
    groups: Iterable[Sequence[str]], side: Side, critical: Critical
) -> tuple[float, ...]:
    """Return, for groups of parameters, how often any step that rests on one is critical."""
    rows = _by_row(side, critical)
    return tuple(
        sum(float(weight[p.steps_of(p.products_of(group))].sum()) for p, weight in rows)
        for group in groups
    )


def _by_row(side: Side, critical: Critical) -> list[tuple[Program, NDArray[np.float64]]]:
    """Return, of every adversary with critical steps, how often each step is critical."""
    found = []
    for campaign in side.campaigns:
        program = campaign.engine.program
        weight = np.zeros(len(program.index))
        for step, share in critical.get(campaign.adversary.id, {}).items():
            if step in program.index:
                weight[program.index[step]] = share
        if weight.any():
            found.append((program, weight))
    return found


def _shares(campaign: Campaign, targets: Sequence[str]) -> Mapping[str, float]:
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


def in_place(estate: Estate, catalog: Catalog, control: str, element: str) -> str:
    """Return in words what it is to put a control in place on an element."""
    row = catalog.controls.get(control)
    title = f" ({row.title})" if row is not None else ""
    return f"Put {control}{title} in place on {name_of(estate, element)}."


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


def _controls(after: Side, catalog: Catalog, critical: Critical) -> tuple[Candidate, ...]:
    weights = weights_of(after, critical)
    ranked = sorted(weights, key=lambda key: (-weights[key], key))
    still_open = (key for key in ranked if _is_open(key, after))
    chosen = islice(still_open, MOST_CONTROLS)
    return tuple(_control(key, after.estate, catalog) for key in chosen)


def _is_open(key: str, side: Side) -> bool:
    """Whether a parameter is a control that could still be put further in place."""
    if not key.startswith("control:"):
        return False
    tables = [campaign.graph.parameters for campaign in side.campaigns]
    known = [table[key] for table in tables if key in table]
    return any(
        not (one.family is ParameterFamily.POINT and one.mode >= IN_PLACE) for one in known
    )


def _control(key: str, estate: Estate, catalog: Catalog) -> Candidate:
    control, _, element = key.removeprefix("control:").partition("@")
    binding = is_enforceable(estate, element)
    return Candidate(
        id=key,
        kind="control",
        elements=(element,),
        statement=in_place(estate, catalog, control, element),
        overrides={key: IN_PLACE},
        enforceable=binding,
    )
