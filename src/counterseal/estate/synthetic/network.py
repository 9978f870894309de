"""Links between the systems of a landscape: connected, clustered, and with hubs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from counterseal.estate.kinds import Authentication, LinkKind, SystemKind
from counterseal.estate.records import Link
from counterseal.estate.synthetic.facts import AUTHENTICATION, FLAG, drawn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from counterseal.estate.records import Holding, System
    from counterseal.estate.synthetic.draws import Draws
    from counterseal.estate.synthetic.landscape import Landscape

__all__ = ["links"]

_LOCAL = 0.6  # share of links that stay with one owner
_ORDINARY = (LinkKind.QUERY, LinkKind.REPLICATE, LinkKind.BATCH, LinkKind.NETWORK)
_ORDINARY_WEIGHTS = (50.0, 15.0, 20.0, 15.0)
_OUTSIDE = (LinkKind.LOGIN, LinkKind.QUERY, LinkKind.UPDATE, LinkKind.ADMIN, LinkKind.PHYSICAL)
_OUTSIDE_WEIGHTS = (35.0, 35.0, 15.0, 10.0, 5.0)
_AUTHENTICATION = tuple(Authentication)
_AUTHENTICATION_WEIGHTS = (8.0, 27.0, 35.0, 20.0, 10.0)
_ROUNDS = 8
_OVERDRAWN = 1.3  # candidates for each link still wanted: some are drawn twice


def links(
    draws: Draws, land: Landscape, data: Sequence[Holding], *, count: int, prefix: str
) -> tuple[Link, ...]:
    """Return up to ``count`` links, no two between the same systems in the same direction.

    The first ones are a tree, so that whoever is on one system can in principle get to any
    other; fewer than ``count`` come out when the systems have no more pairs to join.
    """
    pairs = _pairs(draws, land, count=max(count, len(land.systems) - 1))
    ordinary = draws.pick("kind of link", len(pairs), _ORDINARY, _ORDINARY_WEIGHTS)
    outside = draws.pick("kind of entry", len(pairs), _OUTSIDE, _OUTSIDE_WEIGHTS)
    proofs = draws.pick("proof", len(pairs), _AUTHENTICATION, _AUTHENTICATION_WEIGHTS)
    rolls = draws.rolls("link", len(pairs))
    kept: dict[str, tuple[str, ...]] = {}
    for row in data:
        kept[row.system] = (*kept.get(row.system, ()), row.id)
    rows = []
    for index, (tail, head) in enumerate(pairs):
        source, target = land.systems[tail], land.systems[head]
        tier = max(land.tier_of_system[tail], land.tier_of_system[head])
        inward = land.tier_of_system[tail] > land.tier_of_system[head]
        kind = _kind(source, outside[index] if inward else ordinary[index])
        rows.append(
            Link(
                id=f"{prefix}link-{index + 1}",
                from_=source.id,
                to=target.id,
                kind=kind,
                carries=_carried(kind, source, target, kept),
                authentication=drawn(
                    AUTHENTICATION, proofs[index], roll=rolls[index], tier=tier
                ),
                onward_sharing=drawn(FLAG, index % 5 == 0, roll=rolls[index], tier=tier),
                owner=target.owner,
            )
        )
    return tuple(rows)


def _kind(source: System, otherwise: LinkKind) -> LinkKind:
    if source.kind is SystemKind.ADMIN_PLANE:
        return LinkKind.ADMIN
    if source.kind is SystemKind.DEVICE_FLEET:
        return LinkKind.LOGIN
    return otherwise


def _carried(
    kind: LinkKind, source: System, target: System, kept: Mapping[str, tuple[str, ...]]
) -> tuple[str, ...]:
    """Return what flows: from the target on a query or login, from the source on a copy."""
    if kind in {LinkKind.QUERY, LinkKind.LOGIN}:
        return kept.get(target.id, ())
    if kind in {LinkKind.REPLICATE, LinkKind.BATCH}:
        return kept.get(source.id, ())
    return ()


def _pairs(draws: Draws, land: Landscape, *, count: int) -> list[tuple[int, int]]:
    """Return pairs (from, to): a tree grown towards hubs, then draws among all, then local."""
    size = len(land.systems)
    wanted = min(count, size * (size - 1))
    chosen = dict.fromkeys(_tree(draws, land.weights))
    neighbours = _neighbours(land.systems, land.weights)
    for turn in range(_ROUNDS):
        if len(chosen) >= wanted:
            break
        more = int((wanted - len(chosen)) * _OVERDRAWN) + 8
        tails = draws.weighted(f"from/{turn}", more, np.sqrt(land.weights))
        heads = draws.weighted(f"to/{turn}", more, land.weights)
        local = draws.rolls(f"local/{turn}", more)
        for tail, head, roll in zip(tails.tolist(), heads.tolist(), local, strict=True):
            near = neighbours[tail]
            part = roll / _LOCAL
            end = near[int(part * part * len(near))] if roll < _LOCAL else head
            if end != tail and len(chosen) < wanted:
                chosen[tail, end] = None
    return list(chosen)


def _tree(draws: Draws, weights: NDArray[np.float64]) -> list[tuple[int, int]]:
    """Return a link of each system with an earlier one, likelier a hub, either way round."""
    size = len(weights)
    edges = np.cumsum(weights)
    rolls = draws.rolls("tree", size)
    turned = draws.pick("turned", size, (False, True))
    pairs = []
    for index in range(1, size):
        place = rolls[index] * edges[index - 1]
        earlier = int(np.searchsorted(edges[:index], place, side="right"))
        pairs.append((earlier, index) if turned[index] else (index, earlier))
    return pairs


def _neighbours(systems: Sequence[System], weights: NDArray[np.float64]) -> list[list[int]]:
    """Return, for each system, those of the same owner (itself among them), hubs first."""
    by_owner: dict[str, list[int]] = {}
    for index in np.argsort(-weights, kind="stable").tolist():
        by_owner.setdefault(systems[index].owner, []).append(index)
    return [by_owner[row.owner] for row in systems]
