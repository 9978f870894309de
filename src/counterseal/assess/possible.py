"""What became possible that was not possible before, and who could do it? (questions 1, 2).

A use of a population is possible when, in some trial, everything the use needs is held within
the horizon. Over thousands of trials that is a statement about the graph as much as about
chance; it is made per adversary, use and population, and traced to holdings.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from counterseal.assess.levels import reached_rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from counterseal.assess.campaign import Campaign, Outcome
    from counterseal.catalog.catalog import Catalog
    from counterseal.catalog.uses import Use
    from counterseal.estate.estate import Estate
    from counterseal.estate.records import Feed, Holding

__all__ = ["Needs", "Possibility", "attained", "contributing_holdings", "needs_of"]

Needs = tuple[tuple[str, str, tuple[tuple[str, ...], ...]], ...]
"""(use, population, for each group of the use the items that meet it), sorted."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Possibility:
    """A use of a population by an adversary."""

    adversary: str
    use: str
    population: str


def needs_of(estate: Estate, catalog: Catalog) -> Needs:
    """Return every use and population for which the estate holds all that the use needs."""
    found = []
    for use in catalog.uses.values():
        for population in sorted(estate.populations):
            if not _concerns(use, estate, population):
                continue
            groups = tuple(
                _items(estate, population, set(group.any_of)) for group in use.groups
            )
            if all(groups):
                found.append((use.id, population, groups))
    return tuple(sorted(found))


def attained(campaign: Campaign, outcome: Outcome, needs: Needs) -> frozenset[Possibility]:
    """Return what some trial of ``outcome`` attains within the horizon."""
    held = _held(campaign, outcome)
    wanted = campaign.adversary.objectives.uses
    return frozenset(
        Possibility(adversary=campaign.adversary.id, use=use, population=population)
        for use, population, groups in needs
        if use in wanted and _is_met(groups, population, held, outcome.absent)
    )


def _held(campaign: Campaign, outcome: Outcome) -> Mapping[str, int]:
    """Return, by item, the trials in which it is held, as a number with a bit per trial."""
    steps = {o.element: o.step for o in campaign.graph.objectives if o.kind == "exfiltrate"}
    known = {item: s for item, s in steps.items() if s in outcome.arrivals.steps}
    rows = reached_rows(outcome.arrivals, list(known.values()), campaign.horizon_days)
    packed = np.packbits(rows, axis=1)
    return {
        item: int.from_bytes(bits.tobytes(), "big")
        for item, bits in zip(known, packed, strict=True)
    }


def _is_met(
    groups: tuple[tuple[str, ...], ...],
    population: str,
    held: Mapping[str, int],
    absent: frozenset[str],
) -> bool:
    """Whether in some trial every group has an item that is held and not absent."""
    ready = -1
    for items in groups:
        met = 0
        for item in items:
            if not absent or f"fact:{item}.populations.{population}" not in absent:
                met |= held.get(item, 0)
        ready &= met
        if not ready:
            return False
    return True


def contributing_holdings(estate: Estate, use: Use, population: str) -> tuple[str, ...]:
    """Return the holdings and feeds on ``population`` with an attribute that ``use`` needs."""
    needed = {attribute for group in use.groups for attribute in group.any_of}
    return _items(estate, population, needed)


def _items(estate: Estate, population: str, needed: set[str]) -> tuple[str, ...]:
    sources: Mapping[str, Holding | Feed] = {**estate.holdings, **estate.feeds}
    return tuple(
        sorted(
            key
            for key, item in sources.items()
            if needed & set(item.attributes)
            and any(row.population == population for row in item.populations)
        )
    )


def _concerns(use: Use, estate: Estate, population: str) -> bool:
    flags: Sequence[str] = [flag.value for flag in estate.populations[population].flags]
    return not use.populations or bool(set(flags) & set(use.populations))
