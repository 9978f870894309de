"""Who there is, in which environments, and the systems that stand in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from counterseal.estate.kinds import (
    Baseline,
    Exposure,
    OrganizationKind,
    Stage,
    SystemKind,
    ZoneKind,
)
from counterseal.estate.records import Organization, System, Zone
from counterseal.estate.synthetic.draws import heavy_tail
from counterseal.estate.synthetic.facts import (
    BASELINE,
    COUNT,
    EXPOSURE,
    FLAG,
    STAGE,
    drawn,
    known,
    number,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from counterseal.estate.synthetic.draws import Draws

__all__ = ["Landscape", "landscape"]

_BASELINES = (Baseline.NONE, Baseline.LOW, Baseline.MODERATE, Baseline.HIGH)
_WEIGHT_INSIDE = (1.0, 4.0, 10.0, 3.0)
_WEIGHT_OUTSIDE = (3.0, 6.0, 5.0, 1.0)
_KINDS = (
    (SystemKind.APPLICATION, 40.0),
    (SystemKind.DATABASE, 22.0),
    (SystemKind.FILE_SHARE, 9.0),
    (SystemKind.GATEWAY, 8.0),
    (SystemKind.ANALYTICS, 6.0),
    (SystemKind.NETWORK, 4.0),
    (SystemKind.DEVICE_FLEET, 4.0),
    (SystemKind.SEARCH_LAYER, 3.0),
    (SystemKind.MATCHER, 2.0),
    (SystemKind.FEED, 2.0),
)
_FIXED = (SystemKind.IDENTITY_PROVIDER, SystemKind.ADMIN_PLANE, SystemKind.GATEWAY)
_EXPOSURES = (Exposure.INTERNET, Exposure.PARTNER, Exposure.INTERNAL, Exposure.ISOLATED)
_EXPOSURE_WEIGHTS = (12.0, 8.0, 70.0, 10.0)
_DEEPER = 0.6  # share of subcontractors at the second step; the others are a step further
_SIGNED_ON = 0.7  # share of the owner's systems behind an identity provider
_CRITICAL = 0.8  # share of systems that nobody calls critical
_UNLOCKED = 0.3  # share of fleets without a lock
_PRODUCTS = 24  # products of one vendor fail together, so there must be fewer than systems


@dataclass(frozen=True, slots=True, kw_only=True)
class Landscape:
    """What content is put on.

    Attributes:
        organizations: All organizations, the owner first.
        zones: Environments.
        systems: Systems.
        tier_of_system: Supply steps of each system from the owner, shape (systems,).
        weights: How much each system attracts links, heavy-tailed, shape (systems,).
    """

    organizations: tuple[Organization, ...]
    zones: tuple[Zone, ...]
    systems: tuple[System, ...]
    tier_of_system: tuple[int, ...]
    weights: NDArray[np.float64]

    def of_kind(self, *kinds: OrganizationKind) -> tuple[str, ...]:
        """Return the ids of the organizations of any of ``kinds``."""
        return tuple(row.id for row in self.organizations if row.kind in kinds)


def landscape(draws: Draws, *, systems: int, prefix: str) -> Landscape:
    """Draw ``systems`` systems (at least 3) with the organizations and zones they need."""
    organizations = _organizations(draws, systems=systems, prefix=prefix)
    tiers = {row.id: row.tier.value or 0 for row in organizations}
    zones = _zones(draws, organizations, tiers, systems=systems, prefix=prefix)
    rows = _systems(draws, organizations, zones, tiers, count=systems, prefix=prefix)
    ranks = np.argsort(draws.order("rank", systems), kind="stable")
    for index, row in enumerate(rows):
        if row.kind in _FIXED:
            ranks[index] //= 8  # shared services are where links meet
    return Landscape(
        organizations=organizations,
        zones=zones,
        systems=rows,
        tier_of_system=tuple(tiers[row.owner] for row in rows),
        weights=heavy_tail(ranks),
    )


def _organizations(draws: Draws, *, systems: int, prefix: str) -> tuple[Organization, ...]:
    """Return one owner, and the others in numbers that grow with the estate."""
    root = max(1, round(systems**0.5))
    counts = (
        (OrganizationKind.COMPONENT, 0, 2 + root // 4),
        (OrganizationKind.PARTNER, 1, 1 + root // 3),
        (OrganizationKind.CONTRACTOR, 1, 2 + root // 2),
        (OrganizationKind.SUBCONTRACTOR, 2, 2 + root // 2),
        (OrganizationKind.VENDOR, 1, 2 + root // 4),
        (OrganizationKind.BROKER, 1, 1 + root // 12),
        (OrganizationKind.OVERSEER, 0, 1),
    )
    owner = f"{prefix}owner"
    rows = [
        Organization(id=owner, name="Owner", kind=OrganizationKind.OWNER, tier=known(COUNT, 0))
    ]
    for kind, tier, count in counts:
        postures = _baselines(draws, f"posture/{kind}", count, inside=tier == 0)
        deeper = draws.rolls(f"tier/{kind}", count)
        for index in range(count):
            steps = tier + int(
                kind is OrganizationKind.SUBCONTRACTOR and deeper[index] > _DEEPER
            )
            rows.append(
                Organization(
                    id=f"{prefix}{kind}-{index + 1}",
                    name=f"{kind.replace('-', ' ').capitalize()} {index + 1}",
                    kind=kind,
                    parent=owner if kind is OrganizationKind.COMPONENT else None,
                    posture=drawn(BASELINE, postures[index], roll=deeper[index], tier=tier),
                    tier=known(COUNT, steps),
                )
            )
    return tuple(rows)


def _zones(
    draws: Draws,
    organizations: Sequence[Organization],
    tiers: dict[str, int],
    *,
    systems: int,
    prefix: str,
) -> tuple[Zone, ...]:
    """Return a zone for each organization that runs systems, and more for components."""
    places: list[tuple[str, ZoneKind]] = []
    for row in organizations:
        places += [(row.id, kind) for kind in _zone_kinds(row.kind, systems)]
    baselines = {
        inside: _baselines(draws, f"baseline/{inside}", len(places), inside=inside)
        for inside in (True, False)
    }
    rolls = draws.rolls("zone", len(places))
    watched = draws.rolls("watched", len(places))
    rows = []
    for index, (operator, kind) in enumerate(places):
        tier = tiers[operator]
        value = baselines[tier == 0][index]
        rows.append(
            Zone(
                id=f"{prefix}zone-{index + 1}",
                name=f"Zone {index + 1}",
                kind=kind,
                operator=operator,
                baseline=drawn(BASELINE, value, roll=rolls[index], tier=tier),
                monitored_by=operator if watched[index] > 0.2 + 0.2 * tier else None,
            )
        )
    return tuple(rows)


def _zone_kinds(kind: OrganizationKind, systems: int) -> tuple[ZoneKind, ...]:
    if kind is OrganizationKind.COMPONENT:
        extra = (ZoneKind.ON_PREMISES,) * min(6, systems // 200)
        return (ZoneKind.ON_PREMISES, ZoneKind.CLOUD_TENANT, *extra)
    if kind is OrganizationKind.OWNER:
        return (ZoneKind.ON_PREMISES, ZoneKind.PUBLIC, ZoneKind.FIELD)
    if kind is OrganizationKind.VENDOR:
        return (ZoneKind.CLOUD_CONTROL_PLANE,)
    if kind in {OrganizationKind.CONTRACTOR, OrganizationKind.SUBCONTRACTOR}:
        return (ZoneKind.CONTRACTOR,)
    if kind in {OrganizationKind.PARTNER, OrganizationKind.BROKER}:
        return (ZoneKind.PARTNER,)
    return ()


def _systems(
    draws: Draws,
    organizations: Sequence[Organization],
    zones: Sequence[Zone],
    tiers: dict[str, int],
    *,
    count: int,
    prefix: str,
) -> tuple[System, ...]:
    """Return the systems: the shared services first, then by kind."""
    inside = np.array([6.0 if tiers[zone.operator] == 0 else 1.0 for zone in zones])
    where = draws.weighted("where", count, inside)
    kinds = draws.pick("kind", count, [k for k, _ in _KINDS], [w for _, w in _KINDS])
    shared = min(count, 3 * max(1, count // 250))
    kinds[:shared] = [_FIXED[index % 3] for index in range(shared)]
    vendors = [row.id for row in organizations if row.kind is OrganizationKind.VENDOR]
    product = draws.weighted("product", count, heavy_tail(np.arange(_PRODUCTS) * 5))
    exposures = draws.pick("exposure", count, _EXPOSURES, _EXPOSURE_WEIGHTS)
    rolls = draws.rolls("system", count)
    signed = draws.rolls("sign-on", count)
    sizes = draws.rolls("fleet", count)
    rows = []
    for index in range(count):
        zone = zones[int(where[index])] if index >= shared else zones[index % 2]
        kind, tier = kinds[index], tiers[zone.operator]
        provider = index >= shared and tier == 0 and signed[index] < _SIGNED_ON
        rows.append(
            System(
                id=f"{prefix}system-{index + 1}",
                name=f"{kind.replace('-', ' ').capitalize()} {index + 1}",
                kind=kind,
                zone=zone.id,
                owner=zone.operator,
                operator=zone.operator,
                vendor=vendors[int(product[index]) % len(vendors)],
                product=f"Product {int(product[index]) + 1}",
                authenticates_via=f"{prefix}system-{_provider(index, shared)}"
                if provider
                else None,
                exposure=drawn(EXPOSURE, exposures[index], roll=rolls[index], tier=tier),
                stage=known(STAGE, Stage.OPERATION),
                critical=drawn(FLAG, rolls[index] > _CRITICAL, roll=rolls[index], tier=tier),
                **_fleet(kind, sizes[index]),
            )
        )
    return tuple(rows)


def _provider(index: int, shared: int) -> int:
    """Return the number of the identity provider of a system: there is one in three shared."""
    return 3 * (index % (shared // 3)) + 1


def _fleet(kind: SystemKind, size: float) -> dict[str, object]:
    if kind is not SystemKind.DEVICE_FLEET:
        return {}
    return {
        "count": number(COUNT, round(50 + 2000 * size)),
        "cached_records": drawn(COUNT, round(500 * size), roll=size, tier=1),
        "lock": drawn(FLAG, size > _UNLOCKED, roll=size, tier=1),
    }


def _baselines(draws: Draws, label: str, count: int, *, inside: bool) -> list[Baseline]:
    weights = _WEIGHT_INSIDE if inside else _WEIGHT_OUTSIDE
    return draws.pick(label, count, _BASELINES, weights)
