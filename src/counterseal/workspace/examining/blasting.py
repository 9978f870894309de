"""What adversaries get from places they may already hold, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from counterseal.assess.blast.bounds import device_at, drains_at
from counterseal.assess.blast.footholds import footholds_at
from counterseal.assess.blast.radius import radius
from counterseal.canon import significant
from counterseal.reach.draws import Draws
from counterseal.review.searches.candidates import (
    critical_steps,
    in_place,
    name_of,
    weights_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from counterseal.assess.blast.footholds import Foothold
    from counterseal.assess.blast.radius import Radius, Reached, Yield
    from counterseal.canon import Json
    from counterseal.catalog.catalog import Catalog
    from counterseal.estate.estate import Estate
    from counterseal.workspace.project import Project

__all__ = ["blast_estate"]

TRIED, SHOWN = 12, 3
"""Cuts that are tried at each foothold, and how many of them are named."""
OBJECTIVES = 6
"""Objectives whose critical steps say which cuts are tried."""
SAVES = 0.005
"""What takes away less than that share is no cut."""


def blast_estate(
    project: Project,
    catalog: Catalog,
    adversaries: Sequence[str],
    *,
    places: Sequence[str],
    seed: int,
    outer: int,
    lanes: int,
    workers: int | None = None,
    advance: Callable[[int, int], None] = lambda _done, _total: None,
) -> dict[str, Json]:
    """Return the blast radius of every foothold for every adversary.

    Args:
        project: Folder of the estate.
        catalog: Profiles, rules and attributes.
        adversaries: Ids of profiles.
        places: ``ELEMENT`` or ``ELEMENT:WAY``; see ``footholds_at``.
        seed: Any integer.
        outer: Epistemic draws.
        lanes: Trials in each.
        workers: Threads; results do not depend on it.
        advance: Told how much is done, and of how much.

    Raises:
        UsageError: A place cannot be held.
    """
    estate = project.estate(catalog)
    held = [one for place in places for one in footholds_at(estate, place)]
    draws = Draws(seed=seed, outer=outer, lanes=lanes)
    rows: list[Json] = []
    for number, foothold in enumerate(held):
        found: list[Json] = []
        for turn, adversary in enumerate(adversaries):
            advance(number * len(adversaries) + turn, len(held) * len(adversaries))
            one = radius(estate, catalog, adversary, foothold, draws=draws, workers=workers)
            found.append(_adversary(one, catalog))
        rows.append({**_place(estate, foothold), "adversaries": found})
    return {
        "schema": "counterseal-blast/1",
        "estate": estate.digest,
        "seed": seed,
        "draws": outer,
        "lanes": lanes,
        "footholds": rows,
        "limits": ["levels rest on elicited priors; compare footholds, not levels"],
    }


def _place(estate: Estate, foothold: Foothold) -> dict[str, Json]:
    device = device_at(estate, foothold.element)
    return {
        "element": foothold.element,
        "name": name_of(estate, foothold.element),
        "way": foothold.way,
        "steps": list(foothold.steps),
        "device": None
        if device is None
        else {"records": device.records, "locked": device.locked, "count": device.count},
        "drains": [
            {
                "link": one.link,
                "holding": one.holding,
                "per_day": one.per_day,
                "days": None if one.days is None else significant(one.days, digits=2),
            }
            for one in drains_at(estate, foothold.element)
        ],
    }


def _adversary(found: Radius, catalog: Catalog) -> Json:
    campaign = found.side.campaigns[0]
    return {
        "id": campaign.adversary.id,
        "name": campaign.adversary.name,
        "horizon_years": campaign.horizon_years,
        "reached": [_reached(one, campaign.estate) for one in found.reached],
        "yields": [_yield(one) for one in found.yields],
        "cuts": list(_cuts(found, catalog)),
    }


def _reached(one: Reached, estate: Estate) -> Json:
    return {
        "kind": one.kind,
        "element": one.element,
        "name": name_of(estate, one.element),
        "reach": {f"{years:g}": found.as_json() for years, found in one.share.items()},
        "undetected": one.unseen.as_json(),
    }


def _yield(one: Yield) -> Json:
    return {
        "family": one.concern.family,
        "subject": one.concern.subject,
        "expected": one.expected.as_json(),
        "mean": significant(one.mean),
        "p90": significant(one.p90),
    }


def _cuts(found: Radius, catalog: Catalog) -> Iterator[Json]:
    """Yield what takes most away of what the foothold yields most, worked out as a what-if."""
    side = found.side
    campaign = side.campaigns[0]
    known = [one.step for one in found.reached[:OBJECTIVES]]
    if not known or not found.yields:
        return
    top = max(found.yields, key=lambda one: (one.concern.family == "use", one.expected.high))
    weights = weights_of(side, critical_steps(side, {campaign.adversary.id: known}))
    ranked = sorted(weights, key=lambda key: (-weights[key], key))
    keys = [key for key in ranked if _can_be_cut(key, weights)][:TRIED]
    base = float(campaign.base.levels[top.concern].mean())
    rows = []
    for key in keys:
        outcome = campaign.run(overrides={key: 1.0 if key.startswith("control:") else 0.0})
        rows.append((1.0 - float(outcome.levels[top.concern].mean()) / base, key))
    for less, key in sorted(rows, key=lambda row: (-row[0], row[1]))[:SHOWN]:
        if less > SAVES:
            yield {
                "parameter": key,
                "statement": _statement(key, campaign.estate, catalog),
                "of": top.concern.subject,
                "less": significant(less, digits=2),
            }


def _can_be_cut(key: str, weights: Mapping[str, float]) -> bool:
    named = key.startswith(("control:", "link:", "grant:"))
    return named and weights[key] > 0.0


def _statement(key: str, estate: Estate, catalog: Catalog) -> str:
    kind, _, rest = key.partition(":")
    if kind == "control":
        control, _, element = rest.partition("@")
        return in_place(estate, catalog, control, element)
    element = rest.removesuffix(".exists")
    verb = "Close" if kind == "link" else "Withdraw"
    return f"{verb} {name_of(estate, element)} [{element}]."
