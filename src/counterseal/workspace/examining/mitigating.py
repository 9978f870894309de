"""Mitigation of an estate on disk: what could be done, what it costs, and a plan for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from counterseal.assess.levels import Concern
from counterseal.assess.mitigating.costs import Costs, parse, priced
from counterseal.assess.mitigating.document import document
from counterseal.assess.mitigating.measures import coarsenings, measures_of
from counterseal.assess.mitigating.plan import mitigate
from counterseal.assess.side import model_of
from counterseal.errors import UsageError
from counterseal.review.paths import is_enforceable
from counterseal.workspace.files import read_bytes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from counterseal.assess.mitigating.measures import Countermeasure
    from counterseal.assess.mitigating.plan import Effort
    from counterseal.canon import Json
    from counterseal.catalog.catalog import Catalog
    from counterseal.estate.estate import Estate
    from counterseal.workspace.project import Project

__all__ = ["concern_of", "measures_for", "mitigate_estate"]

FAMILIES = {"integrity": "records", "knowledge": "items"}
"""Concerns that are no use, with their subject."""


def mitigate_estate(
    project: Project,
    catalog: Catalog,
    concern: Concern,
    *,
    budget: float,
    effort: Effort,
    costs: Path | None = None,
    seed: int = 0,
    workers: int | None = None,
    advance: Callable[[int, int], None] = lambda _done, _total: None,
) -> dict[str, Json]:
    """Return a plan for one concern as a document.

    Args:
        project: The estate's project.
        catalog: Of the project.
        concern: See ``concern_of``.
        budget: In the unit of the costs.
        effort: How much to compute.
        costs: A cost file; every measure costs 1 without.
        seed: Of the draws.
        workers: Threads; the result does not depend on it.
        advance: Told of stages done, out of all.

    Raises:
        InvalidDocumentError: The estate or the cost file is not valid.
    """
    estate = project.estate(catalog)
    every, bound = measures_for(estate, catalog, concern)
    declared = Costs()
    if costs is not None:
        ids = [measure.id for measure in every]
        declared = parse(read_bytes(costs), file=costs.name, measures=ids)
    allowed = priced(bound, declared)
    affordable = [measure for measure in allowed if measure.cost <= budget]
    found = mitigate(
        estate,
        catalog,
        allowed,
        concern=concern,
        budget=budget,
        effort=effort,
        seed=seed,
        workers=workers,
        advance=advance,
    )
    left_out = {
        "not in the owner's power": len(every) - len(bound),
        "declared impossible": len(bound) - len(allowed),
        "dearer than the budget": len(allowed) - len(affordable),
        "without effect on this concern": len(allowed) - found.pool,
    }
    unit = declared.unit if costs is not None else ""
    return {
        **document(found, left_out=left_out, unit=unit),
        "estate": estate.digest,
        "catalog": catalog.digest,
    }


def concern_of(catalog: Catalog, adversary: str, use: str) -> Concern:
    """Return the concern that a use, ``integrity`` or ``knowledge`` stands for.

    Raises:
        UsageError: The adversary is not after it.
    """
    aims = catalog.adversaries[adversary].objectives
    known = [*aims.uses]
    known += ["integrity"] if aims.integrity else []
    known += ["knowledge"] if aims.knowledge else []
    if use not in known:
        raise UsageError(
            f"{adversary} is not after {use!r}", hint=f"it is after: {', '.join(known)}"
        )
    if use in FAMILIES:
        return Concern(adversary=adversary, family=use, subject=FAMILIES[use])
    return Concern(adversary=adversary, family="use", subject=use)


def measures_for(
    estate: Estate, catalog: Catalog, concern: Concern
) -> tuple[tuple[Countermeasure, ...], tuple[Countermeasure, ...]]:
    """Return every measure that there is, and those that the owner can see to."""
    model = model_of(estate, catalog, adversaries=[concern.adversary])
    parameters = {
        **model.graphs[concern.adversary].parameters,
        **model.valuations[concern.adversary].parameters,
    }
    every = measures_of(estate, catalog, parameters)
    if concern.family == "use":
        every = (*every, *coarsenings(estate, catalog.uses[concern.subject]))
    bound = tuple(one for one in every if is_enforceable(estate, one.element))
    return every, bound
