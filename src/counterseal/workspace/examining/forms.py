"""The same data in several forms: what is there, every alternative of a change, the change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterseal.assess.blast.bounds import drains_at
from counterseal.assess.blast.footholds import footholds_at
from counterseal.assess.blast.radius import radius
from counterseal.assess.combining.sources import seams_added, sources_held, sources_of
from counterseal.assess.comparison import band
from counterseal.assess.mitigating.measures import Kind
from counterseal.assess.mitigating.plan import Effort, mitigate
from counterseal.assess.side import model_of
from counterseal.canon import significant
from counterseal.errors import UsageError
from counterseal.estate.kinds import SystemKind
from counterseal.review.inputs import parse
from counterseal.review.proposal import propose
from counterseal.review.searches.candidates import name_of
from counterseal.workspace.examining.mitigating import concern_of, measures_for

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from counterseal.assess.campaign import Campaign
    from counterseal.assess.side import Side
    from counterseal.canon import Json
    from counterseal.catalog.catalog import Catalog
    from counterseal.estate.estate import Estate
    from counterseal.reach.draws import Draws
    from counterseal.review.inputs import Settings
    from counterseal.review.proposal import Proposal
    from counterseal.workspace.project import Project

__all__ = ["compare_forms"]

EFFORT = Effort(trials=256, telling=128, fresh=64, lanes=16, candidates=30, rounds=8)
LIMITS = (
    "levels rest on elicited priors; compare forms, do not read them as frequencies",
    "sources are what some form reads or copies; every form is held to the same list",
    "the budget is spent on each form by the same search; another search could do better",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    id: str
    title: str
    estate: Estate


def compare_forms(
    project: Project,
    change: Path,
    settings: Settings,
    *,
    adversary: str,
    use: str,
    draws: Draws,
    budget: float | None,
    workers: int | None = None,
    advance: Callable[[int, int], None] = lambda _done, _total: None,
) -> dict[str, Json]:
    """Return every form of a change side by side, on the same draws.

    Args:
        project: Folder of the estate.
        change: File of the change; its alternatives are the other forms.
        settings: For reading it.
        adversary: Id of a profile.
        use: What it is after.
        draws: What to draw.
        budget: Controls that are put in place in each form, of cost 1 each, by the same search;
            ``None``: forms are compared as they are.
        workers: Threads; results do not depend on it.
        advance: Told how much is done, and of how much.

    Raises:
        InvalidDocumentError: The change does not fit the estate.
        UsageError: The adversary is not there or not after the use, or there is nothing to
            compare with.
    """
    inputs = parse(project.inputs(change, settings))
    proposal, catalog = propose(inputs), inputs.catalog
    if adversary not in catalog.adversaries:
        known = ", ".join(sorted(catalog.adversaries))
        raise UsageError(f"there is no adversary '{adversary}'", hint=f"there are: {known}")
    concern_of(catalog, adversary, use)
    forms = _forms(proposal)
    sources = sources_of(proposal.before, [form.estate for form in forms])
    rows: list[Json] = []
    first: Side | None = None
    for number, form in enumerate(forms):
        advance(number, len(forms))
        model = model_of(form.estate, catalog, adversaries=[adversary])
        side = model.side(draws, workers=workers, like=first)
        first = first or side
        rows.append(
            {
                "id": form.id,
                "title": form.title,
                **_standing(side.campaigns[0], use, sources),
                "seams": list(seams_added(proposal.before, form.estate)),
                "session": _session(proposal, form, catalog, adversary, use, draws, workers),
                "budgeted": _budgeted(form, catalog, adversary, use, budget, draws, workers),
            }
        )
    return {
        "schema": "counterseal-mosaic-forms/1",
        "change": proposal.change.id,
        "adversary": adversary,
        "adversary_name": catalog.adversaries[adversary].name,
        "use": use,
        "use_name": catalog.uses[use].name,
        "horizon_years": catalog.adversaries[adversary].horizon_years,
        "seed": draws.seed,
        "draws": draws.outer,
        "lanes": draws.lanes,
        "sources": [{"item": one, "name": name_of(proposal.before, one)} for one in sources],
        "budget": budget,
        "forms": rows,
        "limits": list(LIMITS),
    }


def _forms(proposal: Proposal) -> tuple[_Form, ...]:
    """Return doing nothing, every alternative, and the change itself last."""
    return (
        _Form(id="as-it-is", title="As it is", estate=proposal.before),
        *(_Form(id=o.id, title=o.title, estate=o.estate) for o in proposal.options),
        _Form(id=proposal.change.id, title=proposal.change.title, estate=proposal.after),
    )


def _standing(campaign: Campaign, use: str, sources: Sequence[str]) -> dict[str, Json]:
    held = sources_held(campaign, sources)
    level = next(
        (row for concern, row in campaign.base.levels.items() if concern.subject == use), None
    )
    years = None if level is None else level.reshape(campaign.draws.outer, -1).mean(axis=1)
    return {
        "person_years": None if years is None else band(years).as_json(),
        "sources_held": held.expected.as_json(),
        "all_held": held.every.as_json(),
        "any_held": held.some.as_json(),
    }


def _session(  # noqa: PLR0917 - what every form is asked alike
    proposal: Proposal,
    form: _Form,
    catalog: Catalog,
    adversary: str,
    use: str,
    draws: Draws,
    workers: int | None,
) -> Json:
    """Return what one session of a user whom the form lets in yields, the best there is."""
    found: list[tuple[float, dict[str, Json]]] = []
    for system in _entered(proposal.before, form.estate):
        for foothold in footholds_at(form.estate, f"{system}:session"):
            one = radius(
                form.estate, catalog, adversary, foothold, draws=draws, workers=workers
            )
            yields = [row for row in one.yields if row.concern.subject == use]
            mean = yields[0].mean if yields else 0.0
            limits = [drain.per_day for drain in drains_at(form.estate, system)]
            found.append(
                (
                    mean,
                    {
                        "system": system,
                        "name": name_of(form.estate, system),
                        "of": 0,
                        "person_years": yields[0].expected.as_json() if yields else None,
                        "answers_per_day": significant(sum(limits)) if limits else None,
                        "attributes": _attributes(form.estate, system),
                    },
                )
            )
    if not found:
        return None
    best = max(found, key=lambda row: row[0])[1]
    return {**best, "of": len(found)}


def _entered(before: Estate, after: Estate) -> tuple[str, ...]:
    """Return the systems on which a form lets users in: search layers, or else new grants'."""
    granted = {
        grant.system for name, grant in after.grants.items() if name not in before.grants
    }
    layers = {one for one in granted if after.systems[one].kind is SystemKind.SEARCH_LAYER}
    return tuple(sorted(layers or granted))


def _attributes(estate: Estate, system: str) -> int:
    """Return how many classes of data one question can bring: here, and over query links."""
    carried = {
        one
        for link in estate.links.values()
        if link.from_ == system
        for one in link.carries
        if one in estate.holdings
    }
    here = {holding.id for holding in estate.holdings.values() if holding.system == system}
    return len({a for one in carried | here for a in estate.holdings[one].attributes})


def _budgeted(  # noqa: PLR0917 - what every form is asked alike
    form: _Form,
    catalog: Catalog,
    adversary: str,
    use: str,
    budget: float | None,
    draws: Draws,
    workers: int | None,
) -> Json:
    """Return what is left once the same budget is spent, chosen for each form alike."""
    if budget is None:
        return None
    concern = concern_of(catalog, adversary, use)
    _, bound = measures_for(form.estate, catalog, concern)
    controls = [measure for measure in bound if measure.kind is Kind.CONTROL]
    found = mitigate(
        form.estate,
        catalog,
        controls,
        concern=concern,
        budget=budget,
        effort=EFFORT,
        seed=draws.seed,
        workers=workers,
    )
    return {
        "left": significant(found.chosen.level),
        "before": significant(found.base),
        "share": significant(found.chosen.level / found.base if found.base else 0.0, digits=3),
        "measures": [one.statement for one in found.chosen.plan],
    }
