"""What became possible that was not possible before, and who could do it? (questions 1, 2).

Possible means: some trial of some draw attains it. Over thousands of trials that is a
statement about the graph as much as about chance, and it is made per adversary, use and
population, each traced to the holdings that make the use complete.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from counterseal.assess.campaign import Campaign, Outcome
    from counterseal.catalog.uses import Use
    from counterseal.estate.estate import Estate

__all__ = ["Possibility", "became_possible", "contributing_holdings"]


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Possibility:
    """A use of a population that an adversary attains only after the change."""

    adversary: str
    use: str
    population: str


def became_possible(
    campaigns: Sequence[Campaign],
    before: Sequence[Outcome],
    after: Sequence[Outcome],
) -> tuple[Possibility, ...]:
    """Return what no trial of ``before`` attained and some trial of ``after`` does, sorted.

    All three are in the same order, one entry per adversary; ``campaigns`` are the changed
    estate's.
    """
    found = []
    for campaign, old, new in zip(campaigns, before, after, strict=True):
        wanted = campaign.adversary.objectives.uses
        for use, population in sorted(_attained(new) - _attained(old)):
            if use in wanted:
                found.append(
                    Possibility(adversary=campaign.adversary.id, use=use, population=population)
                )
    return tuple(found)


def contributing_holdings(estate: Estate, use: Use, population: str) -> tuple[str, ...]:
    """Return the holdings and feeds on ``population`` with an attribute that ``use`` needs."""
    needed = {attribute for group in use.groups for attribute in group.any_of}
    sources: Mapping[str, object] = {**estate.holdings, **estate.feeds}
    return tuple(
        sorted(
            key
            for key, item in sources.items()
            if needed & set(getattr(item, "attributes", ()))
            and any(row.population == population for row in getattr(item, "populations", ()))
        )
    )


def _attained(outcome: Outcome) -> set[tuple[str, str]]:
    exposure = outcome.exposure
    positive = exposure.person_years.max(axis=(2, 3)) > 0
    return {
        (use, population)
        for i, use in enumerate(exposure.uses)
        for j, population in enumerate(exposure.populations)
        if positive[i, j]
    }
