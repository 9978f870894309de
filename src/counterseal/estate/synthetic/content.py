"""What is put on a landscape: people, data, access, controls, knowledge and contracts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from counterseal.estate.kinds import (
    ChangeKind,
    ControlState,
    HoldingOrigin,
    KnowledgeClass,
    OrganizationKind,
    PopulationFlag,
    Privilege,
    ServiceKind,
    SystemKind,
)
from counterseal.estate.records import (
    Authority,
    Clauses,
    Contract,
    Control,
    Feed,
    Grant,
    HistoryEntry,
    Holding,
    Knowledge,
    Origin,
    Population,
    PopulationCount,
    Subcontract,
)
from counterseal.estate.synthetic.draws import heavy_tail
from counterseal.estate.synthetic.facts import (
    COUNT,
    DAY,
    FLAG,
    POSITIVE,
    SHARE,
    STATE,
    TEXT,
    day,
    drawn,
    known,
    number,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from counterseal.estate.records import Link
    from counterseal.estate.synthetic.draws import Draws
    from counterseal.estate.synthetic.landscape import Landscape

__all__ = [
    "authorities",
    "contracts",
    "controls",
    "feeds",
    "grants",
    "history",
    "holdings",
    "knowledge",
    "populations",
]

_STORES = frozenset(
    {
        SystemKind.DATABASE,
        SystemKind.FILE_SHARE,
        SystemKind.MATCHER,
        SystemKind.SEARCH_LAYER,
        SystemKind.ANALYTICS,
        SystemKind.DEVICE_FLEET,
    }
)
_PROFILES: tuple[tuple[str, ...], ...] = (
    ("name", "birth-date", "residential-address", "phone-number"),
    ("name", "birth-date", "nationality", "passport-number", "travel-history"),
    ("name", "immigration-status", "immigration-history", "spouse-link", "parent-child-link"),
    ("name", "asylum-claim", "case-narrative", "associate-link", "ethnicity-religion"),
    ("fingerprint", "face-template", "government-identifier"),
    ("face-image", "name", "birth-date"),
    ("name", "tax-record", "financial", "employer"),
    ("name", "health", "disability", "benefit-record"),
    ("precise-location", "device-identifier", "plate-reads"),
    ("name", "employer", "work-site", "background-investigation", "clearance-status"),
    ("name", "email-address", "password", "session-token"),
    ("query-log", "name"),
)
_CLASSES: tuple[tuple[str, float, tuple[PopulationFlag, ...]], ...] = (
    ("residents", 2.9e6, ()),
    ("travellers", 3.1e7, ()),
    ("diaspora", 3.0e5, (PopulationFlag.DIASPORA,)),
    ("dual-nationals", 1.2e6, (PopulationFlag.DUAL_NATIONAL,)),
    ("asylum-applicants", 9.0e4, (PopulationFlag.ASYLUM,)),
    ("relatives-abroad", 8.0e5, (PopulationFlag.RELATIVES,)),
    ("public", 4.0e7, (PopulationFlag.GENERAL_PUBLIC,)),
    ("staff", 1.2e4, (PopulationFlag.SENSITIVE_ACCESS_STAFF,)),
)
_PRIVILEGES = tuple(Privilege)
_PRIVILEGE_WEIGHTS = (40.0, 20.0, 20.0, 10.0, 8.0, 2.0)
_CONTROLS = (
    *("AC-2", "AC-3", "AC-4", "AC-6", "AC-17", "AU-6", "CM-7", "CP-9", "IA-2(1)", "IA-5"),
    *("MA-4", "PS-4", "RA-5", "SA-9", "SC-7", "SC-8", "SC-28(1)", "SI-2", "SI-4", "SI-7"),
)
_STATES = tuple(ControlState)
_STATE_WEIGHTS = (3.0, 2.0, 4.0, 6.0, 2.0)
_KNOWLEDGE = tuple(KnowledgeClass)
_CHANGES = 12


def populations(draws: Draws, *, prefix: str) -> tuple[Population, ...]:
    """Return eight classes of people."""
    rolls = draws.rolls("population", len(_CLASSES))
    return tuple(
        Population(
            id=f"{prefix}{name}",
            name=name.replace("-", " ").capitalize(),
            size=number(COUNT, round(size * (0.7 + 0.6 * roll))),
            inside_share=drawn(SHARE, round(0.2 + 0.8 * roll, 2), roll=roll),
            kin_extension=number(POSITIVE, round(1.0 + 4.0 * roll, 1), spread=0.4),
            flags=flags,
            mission=known(FLAG, not flags),
        )
        for (name, size, flags), roll in zip(_CLASSES, rolls, strict=True)
    )


def authorities(*, prefix: str) -> tuple[Authority, ...]:
    """Return the one authority under which everything is held."""
    mission = Authority(
        id=f"{prefix}mission",
        purpose="Carry out the mission",
        legal_basis=known(TEXT, "Mission Act"),
        necessity=known(TEXT, "Without the data the mission cannot be carried out"),
        reference_population=f"{prefix}public",
    )
    return (mission,)


def holdings(
    draws: Draws, land: Landscape, people: Sequence[Population], *, prefix: str
) -> tuple[Holding, ...]:
    """Return a holding on each store, a second on a third of them, few with large counts."""
    stores = [index for index, row in enumerate(land.systems) if row.kind in _STORES]
    places = [index for turn, index in enumerate(stores + stores) if turn % 6 in {0, 1, 2, 4}]
    profiles = draws.weighted("profile", len(places), heavy_tail(_ranks(len(_PROFILES))))
    first = draws.weighted("people", len(places), heavy_tail(_ranks(len(people))))
    share = draws.rolls("share", len(places))
    rolls = draws.rolls("holding", len(places))
    rows = []
    for number_, index in enumerate(places):
        system, tier = land.systems[index], land.tier_of_system[index]
        covered = (people[int(first[number_])], people[(int(first[number_]) + 3) % len(people)])
        part = share[number_] * share[number_] * share[number_]  # many small, few large
        rows.append(
            Holding(
                id=f"{prefix}holding-{number_ + 1}",
                name=f"Holding {number_ + 1}",
                system=system.id,
                attributes=_PROFILES[int(profiles[number_])],
                populations=tuple(_count(row, part) for row in covered[: 1 + number_ % 2]),
                retention_years=drawn(
                    POSITIVE, float(2 + number_ % 29), roll=rolls[number_], tier=tier
                ),
                origin=Origin(
                    mode=HoldingOrigin.COLLECTED if tier == 0 else HoldingOrigin.COPY
                ),
                pseudonymized=drawn(FLAG, number_ % 9 == 0, roll=rolls[number_], tier=tier),
                searchable=drawn(FLAG, number_ % 3 != 0, roll=rolls[number_], tier=tier),
            )
        )
    return tuple(rows)


def _count(row: Population, part: float) -> PopulationCount:
    size = row.size.value or 0
    return PopulationCount(
        population=row.id, count=number(COUNT, max(1, round(size * part * 0.8)))
    )


def _ranks(count: int) -> NDArray[np.int64]:
    return np.arange(count)


def grants(draws: Draws, land: Landscape, *, prefix: str) -> tuple[Grant, ...]:
    """Return accounts: on each system those of its owner, on some those of a supplier."""
    suppliers = land.of_kind(OrganizationKind.CONTRACTOR, OrganizationKind.SUBCONTRACTOR)
    count = len(land.systems) + len(land.systems) // 3
    privileges = draws.pick("privilege", count, _PRIVILEGES, _PRIVILEGE_WEIGHTS)
    rolls = draws.rolls("grant", count)
    heads = draws.rolls("headcount", count)
    stale = draws.rolls("stale", count)
    rows = []
    for index in range(count):
        place = index % len(land.systems)
        outside = index >= len(land.systems)
        holder = suppliers[index % len(suppliers)] if outside else land.systems[place].owner
        tier = 1 if outside else land.tier_of_system[place]
        rows.append(
            Grant(
                id=f"{prefix}grant-{index + 1}",
                organization=holder,
                role=f"{privileges[index]} role",
                system=land.systems[place].id,
                privilege=privileges[index],
                headcount=number(COUNT, round(3 + 300 * heads[index] * heads[index])),
                mfa=drawn(FLAG, rolls[index] > 0.4 + 0.2 * tier, roll=stale[index], tier=tier),
                expiry=drawn(DAY, day(2200 + index % 900), roll=heads[index], tier=tier + 1),
                review_days=drawn(COUNT, 90 + 30 * (index % 20), roll=stale[index], tier=tier),
                dormant_share=drawn(
                    SHARE, round(0.3 * heads[index], 2), roll=rolls[index], tier=tier
                ),
                separated_share=drawn(
                    SHARE, round(0.1 * stale[index], 2), roll=heads[index], tier=tier
                ),
            )
        )
    return tuple(rows)


def controls(draws: Draws, land: Landscape, *, prefix: str) -> tuple[Control, ...]:
    """Return five controls for every four systems, fewer and less known further out."""
    count = len(land.systems) * 5 // 4
    rolls = draws.rolls("control", count)
    families = draws.weighted("family", count, heavy_tail(_ranks(len(_CONTROLS)) * 3))
    states = draws.pick("state", count, _STATES, _STATE_WEIGHTS)
    seen: set[tuple[str, str]] = set()
    rows = []
    for index in range(count):
        place = (index * 7) % len(land.systems)
        key = (_CONTROLS[int(families[index])], land.systems[place].id)
        if key in seen:
            continue
        seen.add(key)
        tier = land.tier_of_system[place]
        owned = rolls[index] > 0.1 + 0.2 * tier
        rows.append(
            Control(
                id=f"{prefix}control-{index + 1}",
                control=key[0],
                on=(key[1],),
                state=drawn(STATE, states[index], roll=rolls[index], tier=tier),
                owner=land.systems[place].owner if owned else None,
            )
        )
    return tuple(rows)


def knowledge(
    draws: Draws, land: Landscape, links: Sequence[Link], *, prefix: str
) -> tuple[Knowledge, ...]:
    """Return facts about hubs and links, held by their owner and by suppliers."""
    count = max(3, len(land.systems) // 6)
    about = draws.weighted("about", count, land.weights)
    suppliers = land.of_kind(OrganizationKind.CONTRACTOR, OrganizationKind.SUBCONTRACTOR)
    stores = [row for row in land.systems if row.kind is SystemKind.FILE_SHARE]
    rows = []
    for index in range(count):
        system = land.systems[int(about[index])]
        link = links[(index * 13) % len(links)]
        held = {system.owner, suppliers[index % len(suppliers)]}
        rows.append(
            Knowledge(
                id=f"{prefix}knowledge-{index + 1}",
                name=f"Knowledge {index + 1}",
                about=(system.id, link.id),
                class_=_KNOWLEDGE[index % len(_KNOWLEDGE)],
                held_by=tuple(sorted(held)),
                stored_on=(stores[index % len(stores)].id,) if stores else (),
                still_true_years=number(POSITIVE, 1.0 + index % 6, spread=0.5),
                disclosed_on=day(37 * index % 2400),
            )
        )
    return tuple(rows)


def contracts(
    land: Landscape, access: Sequence[Grant], facts: Sequence[Knowledge], *, prefix: str
) -> tuple[Contract, ...]:
    """Return a contract for each contractor with its accounts, knowledge and tiers below."""
    owner = land.organizations[0].id
    below = land.of_kind(OrganizationKind.SUBCONTRACTOR)
    rows = []
    for index, contractor in enumerate(land.of_kind(OrganizationKind.CONTRACTOR)):
        unknown = Subcontract(organization="unknown")
        tier = Subcontract(organization=below[index % len(below)], subcontractors=(unknown,))
        bound = known(FLAG, index % 3 != 0)
        rows.append(
            Contract(
                id=f"{prefix}contract-{index + 1}",
                contractor=contractor,
                client=owner,
                service=tuple(ServiceKind)[index % len(ServiceKind)],
                subcontractors=(tier,) if index % 2 == 0 else (),
                grants=tuple(row.id for row in access if row.organization == contractor),
                knowledge=tuple(row.id for row in facts if contractor in row.held_by),
                clauses=Clauses(flow_down=bound, incident_notice=bound),
                starts=day(100 * index),
                ends=day(100 * index + 1500),
            )
        )
    return tuple(rows)


def feeds(land: Landscape, people: Sequence[Population], *, prefix: str) -> tuple[Feed, ...]:
    """Return a feed of each broker."""
    return tuple(
        Feed(
            id=f"{prefix}feed-{index + 1}",
            broker=broker,
            attributes=("precise-location", "device-identifier", "home-work-anchor"),
            populations=(_count(people[-2], 0.3),),
        )
        for index, broker in enumerate(land.of_kind(OrganizationKind.BROKER))
    )


def history(land: Landscape, links: Sequence[Link], *, prefix: str) -> tuple[HistoryEntry, ...]:
    """Return twelve approved changes and the systems and links they added."""
    kinds = tuple(ChangeKind)
    return tuple(
        HistoryEntry(
            id=f"{prefix}history-{index + 1}",
            date=day(180 * (index + 1)),
            kind=kinds[index % len(kinds)],
            title=f"Change {index + 1}",
            added=(
                land.systems[-1 - index % len(land.systems)].id,
                links[-1 - index % len(links)].id,
            ),
        )
        for index in range(_CHANGES)
    )
