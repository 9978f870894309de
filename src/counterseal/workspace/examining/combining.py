"""What combining the holdings of an estate adds, of all of them or of those a change brings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from counterseal.assess.combining.granularity import granularity
from counterseal.assess.combining.pairs import combined, pairs
from counterseal.assess.combining.saying_less import fields_spared
from counterseal.assess.combining.shares import growth, shapley
from counterseal.assess.combining.worth import Worth
from counterseal.assess.comparison import band
from counterseal.assess.side import model_of
from counterseal.canon import significant
from counterseal.errors import UsageError
from counterseal.mosaic.completing import completions
from counterseal.reach.draws import Draws
from counterseal.review.inputs import parse
from counterseal.review.proposal import propose
from counterseal.review.searches.candidates import name_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from counterseal.assess.campaign import Campaign
    from counterseal.assess.combining.granularity import Granularity
    from counterseal.assess.combining.pairs import Pair
    from counterseal.assess.combining.saying_less import Spared
    from counterseal.assess.side import Side
    from counterseal.canon import Json
    from counterseal.catalog.catalog import Catalog
    from counterseal.estate.estate import Estate
    from counterseal.estate.records import Feed, Holding
    from counterseal.mosaic.joins import Join
    from counterseal.review.inputs import Settings
    from counterseal.workspace.project import Project

__all__ = ["combine_change", "combine_estate"]

NOTHING: frozenset[str] = frozenset()
MOST_COMPLETIONS = 200
"""Pairs that are written down; all of them are counted."""
LIMITS = (
    "levels rest on elicited priors; compare combinations, do not read them as frequencies",
    "chances of joins are elicited ranges of the catalog (keys.yaml)",
    "a use that needs more than two holdings needs more than one join; a pair shows one",
)


def combine_estate(
    project: Project,
    catalog: Catalog,
    adversaries: Sequence[str],
    *,
    use: str | None,
    seed: int,
    outer: int,
    lanes: int,
    workers: int | None = None,
    advance: Callable[[int, int], None] = lambda _done, _total: None,
) -> dict[str, Json]:
    """Return what combining the holdings of an estate adds, adversary by adversary.

    Args:
        project: Folder of the estate.
        catalog: Profiles, rules and attributes.
        adversaries: Ids of profiles.
        use: One use; ``None``: of each adversary the one that yields most.
        seed: Any integer.
        outer: Epistemic draws.
        lanes: Trials in each.
        workers: Threads; results do not depend on it.
        advance: Told how much is done, and of how much.

    Raises:
        UsageError: No adversary is after the use.
    """
    estate = project.estate(catalog)
    _check(catalog, adversaries, use)
    draws = Draws(seed=seed, outer=outer, lanes=lanes)
    side = model_of(estate, catalog, adversaries=adversaries).side(draws, workers=workers)
    return {
        **_head(estate, draws),
        "change": None,
        "combinations": _combinations(None, side, catalog, use, NOTHING, advance),
        "completions": _completions(estate, catalog, None),
        "profiles": _profiles(None, side, catalog, sorted(estate.populations), seed),
    }


def combine_change(
    project: Project,
    change: Path,
    settings: Settings,
    *,
    draws: Draws,
    adversary: str | None,
    use: str | None,
    workers: int | None = None,
    advance: Callable[[int, int], None] = lambda _done, _total: None,
) -> dict[str, Json]:
    """Return what combining adds once a change is made, and what of it the change brings.

    Raises:
        InvalidDocumentError: The change does not fit the estate.
        UsageError: There is no such adversary, or it is not after the use.
    """
    inputs = parse(project.inputs(change, settings))
    proposal = propose(inputs)
    catalog = inputs.catalog
    if adversary is not None and adversary not in catalog.adversaries:
        raise UsageError(f"there is no adversary '{adversary}'")
    chosen = [adversary] if adversary is not None else sorted(catalog.adversaries)
    _check(catalog, chosen, use)
    old = model_of(proposal.before, catalog, adversaries=chosen).side(draws, workers=workers)
    side = model_of(proposal.after, catalog, adversaries=chosen).side(
        draws, workers=workers, like=old
    )
    before = {*proposal.before.holdings, *proposal.before.feeds}
    new = frozenset({*proposal.after.holdings, *proposal.after.feeds} - before)
    return {
        **_head(proposal.after, draws),
        "change": proposal.change.id,
        "combinations": _combinations(old, side, catalog, use, new, advance),
        "completions": _completions(proposal.after, catalog, new),
        "profiles": _profiles(old, side, catalog, _about(proposal.after, new), draws.seed),
    }


def _completions(
    estate: Estate, catalog: Catalog, among: Collection[str] | None
) -> dict[str, Json]:
    """Return the pairs that complete a use that neither has, those about most people first."""
    found = sorted(
        completions(estate, catalog, among=among),
        key=lambda one: (-one.correct[1] * (one.people or 0.0), one.use, one.items),
    )
    return {
        "known": len(found),
        "rows": [
            {
                "use": one.use,
                "use_name": catalog.uses[one.use].name,
                "population": one.population,
                "items": [
                    {"item": item, "name": name_of(estate, item), "brings": list(needs)}
                    for item, needs in zip(one.items, one.brings, strict=True)
                ],
                "join": _join(one.joins[0]) if one.joins else None,
                "people": one.people,
            }
            for one in found[:MOST_COMPLETIONS]
        ],
    }


def _about(estate: Estate, items: Collection[str]) -> list[str]:
    """Return the populations that some of ``items`` are about, sorted."""
    sources: Mapping[str, Holding | Feed] = {**estate.holdings, **estate.feeds}
    return sorted({row.population for item in items for row in sources[item].populations})


def _profiles(
    before: Side | None, after: Side, catalog: Catalog, populations: Sequence[str], seed: int
) -> list[Json]:
    """Return how much is known together about one person, adversary by adversary."""
    rows: list[Json] = []
    for campaign in after.campaigns:
        old = before.campaign(campaign.adversary.id) if before is not None else None
        for population in populations:
            now = granularity(campaign, catalog, population, seed=seed)
            then = granularity(old, catalog, population, seed=seed) if old is not None else None
            rows.append(
                {
                    "adversary": campaign.adversary.id,
                    "adversary_name": campaign.adversary.name,
                    "population": population,
                    "before": _profile(then) if then is not None else None,
                    "after": _profile(now),
                }
            )
    return rows


def _profile(found: Granularity) -> dict[str, Json]:
    return {
        "median": found.quantile(0.5),
        "p90": found.quantile(0.9),
        "mean": significant(found.mean, digits=3),
        "shares": [significant(share, digits=4) for share in found.shares],
    }


def _check(catalog: Catalog, adversaries: Sequence[str], use: str | None) -> None:
    known = sorted(
        {u for name in adversaries for u in catalog.adversaries[name].objectives.uses}
    )
    if use is not None and use not in known:
        raise UsageError(f"nobody of them is after {use!r}", hint=f"uses: {', '.join(known)}")


def _head(estate: Estate, draws: Draws) -> dict[str, Json]:
    return {
        "schema": "counterseal-mosaic-combine/1",
        "estate": estate.digest,
        "seed": draws.seed,
        "draws": draws.outer,
        "lanes": draws.lanes,
        "limits": list(LIMITS),
    }


def _combinations(  # noqa: PLR0917 - both sides, and what is asked of them
    before: Side | None,
    side: Side,
    catalog: Catalog,
    use: str | None,
    new: frozenset[str],
    advance: Callable[[int, int], None],
) -> list[Json]:
    rows: list[Json] = []
    for number, campaign in enumerate(side.campaigns):
        advance(number, len(side.campaigns))
        old = before.campaign(campaign.adversary.id) if before is not None else None
        worth = _worth(old, campaign, catalog, use)
        if worth is not None:
            rows.append(_combination(old, worth, new))
    return rows


def _worth(
    before: Campaign | None, campaign: Campaign, catalog: Catalog, use: str | None
) -> Worth | None:
    """Return what sets of holdings are worth for one use, if the adversary gets anything.

    Without ``use`` it is the one that grows most, or else yields most.
    """
    levels = {
        name: (float((level - _level(before, name, level)).mean()), float(level.mean()))
        for name, level in _levels(campaign).items()
        if use in {None, name} and level.any()
    }
    if not levels:
        return None
    best = max(sorted(levels), key=lambda name: levels[name])
    buys = campaign.adversary.buys_feeds
    feeds = frozenset(campaign.estate.feeds) if buys else NOTHING
    return Worth(campaign=campaign, catalog=catalog, use=catalog.uses[best], bought=feeds)


def _levels(campaign: Campaign) -> Mapping[str, NDArray[np.float64]]:
    """Return the level of every use, trial by trial."""
    return {
        concern.subject: level
        for concern, level in campaign.base.levels.items()
        if concern.family == "use"
    }


def _level(
    campaign: Campaign | None, use: str, otherwise: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the level of a use before; what is given where there is no before."""
    return otherwise if campaign is None else _levels(campaign)[use]


def _combination(before: Campaign | None, worth: Worth, new: frozenset[str]) -> dict[str, Json]:
    items, seed = worth.items, worth.campaign.draws.seed
    return {
        "adversary": worth.campaign.adversary.id,
        "adversary_name": worth.campaign.adversary.name,
        "use": worth.use.id,
        "use_name": worth.use.name,
        "horizon_years": worth.campaign.horizon_years,
        "whole": band(worth.whole).as_json(),
        "bought": [_named(worth, item) for item in sorted(worth.bought)],
        "bought_years": significant(float(worth.of(()).mean())),
        "shares": _shares(worth, items, new, seed),
        "pairs": [_pair(worth, pair) for pair in pairs(worth, items)],
        "growth": [
            {
                **_named(worth, one.item),
                "years": significant(one.years),
                "added": significant(one.added),
            }
            for one in growth(worth, items)
        ],
        "fields": [_field(worth, one) for one in fields_spared(worth, items)],
        "before": _before(before, worth),
        "brought": _brought(worth, new),
    }


def _shares(worth: Worth, items: Sequence[str], new: Collection[str], seed: int) -> list[Json]:
    whole = float(worth.of(items).mean())
    return [
        {
            **_named(worth, one.item),
            "new": one.item in new,
            "years": significant(one.years),
            "error": significant(one.error, digits=2),
            "share": significant(_part(one.years, whole), digits=3),
            "without": significant(_part(one.without, whole), digits=3),
        }
        for one in shapley(worth, items, seed=seed)
    ]


def _before(campaign: Campaign | None, worth: Worth) -> Json:
    """Return the level before the change, and what it adds, draw by draw."""
    if campaign is None:
        return None
    level = _levels(campaign)[worth.use.id]
    years = level.reshape(campaign.draws.outer, -1).mean(axis=1)
    return {"years": band(years).as_json(), "added": band(worth.whole - years).as_json()}


def _brought(worth: Worth, new: frozenset[str]) -> Json:
    """Return what the change brings, beside what was there: alone, together, and the gain."""
    useful = {*worth.items, *worth.bought}
    brought = sorted(new & useful)
    if not brought:
        return None
    old = sorted(useful - new)
    without = Worth(
        campaign=worth.campaign,
        catalog=worth.catalog,
        use=worth.use,
        bought=worth.bought - new,
    )
    return {**_pair(worth, combined(without, old, brought)), "held": None}


def _pair(worth: Worth, pair: Pair) -> dict[str, Json]:
    return {
        "left": [_named(worth, item) for item in pair.left],
        "right": [_named(worth, item) for item in pair.right],
        "join": _join(pair.join),
        "alone": [one.as_json() for one in pair.alone],
        "together": pair.together.as_json(),
        "synergy": pair.synergy.as_json(),
        "gain": pair.gain.as_json(),
        "completes": pair.completes,
        "held": significant(pair.held, digits=3),
    }


def _join(join: Join | None) -> Json:
    if join is None:
        return None
    return {
        "key": join.key,
        "name": join.name,
        "people": join.gallery,
        "correct": [significant(one, digits=3) for one in join.correct],
        "innocent": [significant(one, digits=3) for one in join.innocent],
    }


def _field(worth: Worth, one: Spared) -> dict[str, Json]:
    return {
        **_named(worth, one.item),
        "attribute": one.attribute,
        "attribute_name": worth.catalog.attributes[one.attribute].name,
        "years": one.years.as_json(),
        "share": significant(one.share, digits=3),
        "also_in": list(one.shared_with),
    }


def _named(worth: Worth, item: str) -> dict[str, Json]:
    return {"item": item, "name": name_of(worth.campaign.estate, item)}


def _part(part: float, whole: float) -> float:
    return part / whole if whole > 0.0 else 0.0
