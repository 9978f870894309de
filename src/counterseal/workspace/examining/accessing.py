"""Standing access of an estate, and what removing, binding or shortening it would change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from counterseal.assess.access.accounts import accounts
from counterseal.assess.access.remedies import effect, everywhere, of_grant
from counterseal.assess.side import model_of
from counterseal.canon import significant
from counterseal.reach.draws import Draws
from counterseal.review.searches.candidates import critical_steps, name_of, weights_together

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from counterseal.assess.access.accounts import Account
    from counterseal.assess.access.remedies import Remedy
    from counterseal.assess.levels import Concern
    from counterseal.assess.side import Side
    from counterseal.canon import Json
    from counterseal.catalog.catalog import Catalog
    from counterseal.estate.estate import Estate
    from counterseal.workspace.project import Project

__all__ = ["access_estate"]

TRIED = 12
"""Grants whose remedies are tried one by one: those whose steps are most often critical."""
OBJECTIVES = 8
"""Objectives of each adversary that say which steps are critical."""


def access_estate(
    project: Project,
    catalog: Catalog,
    adversaries: Sequence[str],
    *,
    seed: int,
    outer: int,
    lanes: int,
    workers: int | None = None,
    advance: Callable[[int, int], None] = lambda _done, _total: None,
) -> dict[str, Json]:
    """Return every grant with its accounts, and what would change what adversaries get.

    Remedies everywhere come first, then those of single grants, most effect first.

    Args:
        project: Folder of the estate.
        catalog: Profiles and rules.
        adversaries: Ids of profiles.
        seed: Any integer.
        outer: Epistemic draws.
        lanes: Trials in each.
        workers: Threads; results do not depend on it.
        advance: Told how much is done, and of how much.
    """
    estate = project.estate(catalog)
    draws = Draws(seed=seed, outer=outer, lanes=lanes)
    side = model_of(estate, catalog, adversaries=adversaries).side(draws, workers=workers)
    advance(0, 1)
    remedies = [*everywhere(side), *_tried(side)]
    found = []
    for number, remedy in enumerate(remedies):
        advance(number, len(remedies))
        best = effect(side, remedy)
        found.append((bool(remedy.grant), -best[1] if best else 0.0, number, remedy, best))
    rows = sorted(found, key=lambda row: row[:3])
    return {
        "schema": "counterseal-access/1",
        "estate": estate.digest,
        "seed": seed,
        "draws": outer,
        "lanes": lanes,
        "grants": [_account(estate, one) for one in accounts(estate)],
        "remedies": [_remedy(estate, catalog, *row[3:]) for row in rows],
        "limits": [
            "just-in-time and purpose-bound access buy at most what withdrawing access buys",
            "shares are of the use of which most is taken away, on the same draws",
        ],
    }


def _tried(side: Side) -> list[Remedy]:
    """Return the remedies of the grants whose steps are most often critical."""
    targets = {}
    for campaign in side.campaigns:
        arrivals = campaign.base.arrivals
        steps = [o.step for o in campaign.graph.objectives if o.kind == "exfiltrate"]
        reach = {s: int(arrivals.reached(s, campaign.horizon_days).sum()) for s in steps}
        ranked = sorted((s for s in steps if reach[s]), key=lambda s: (-reach[s], s))
        targets[campaign.adversary.id] = ranked[:OBJECTIVES]
    by_grant = {grant: of_grant(side.parameters, grant) for grant in side.estate.grants}
    groups = [[key for one in rows for key in one.overrides] for rows in by_grant.values()]
    weights = weights_together(groups, side, critical_steps(side, targets))
    heavy = sorted(zip(weights, by_grant, strict=True), key=lambda row: (-row[0], row[1]))
    return [one for weight, grant in heavy[:TRIED] if weight > 0.0 for one in by_grant[grant]]


def _remedy(
    estate: Estate, catalog: Catalog, remedy: Remedy, best: tuple[Concern, float] | None
) -> Json:
    return {
        "kind": remedy.kind,
        "grant": remedy.grant,
        "name": name_of(estate, remedy.grant) if remedy.grant else "",
        "less": None if best is None else significant(best[1], digits=2),
        "adversary": "" if best is None else best[0].adversary,
        "use": "" if best is None else catalog.uses[best[0].subject].name,
    }


def _account(estate: Estate, one: Account) -> Json:
    return {
        "id": one.grant,
        "name": name_of(estate, one.grant),
        "organization": one.organization,
        "role": one.role,
        "system": one.system,
        "privilege": one.privilege,
        "headcount": one.headcount,
        "dormant": None if one.dormant is None else significant(one.dormant, digits=3),
        "separated": None if one.separated is None else significant(one.separated, digits=3),
        "mfa": one.mfa,
        "expires": one.expires.isoformat() if one.expires else None,
        "review_days": one.review_days,
        "purpose": one.purpose,
    }
