"""From what could be known before a breach to elements of an estate.

Everything that the case does not say is unknown; nothing is inferred from how a thing ended.
Ids of the case get the prefix ``case-``, what has to be made for it (zones, populations,
contracts, controls) the prefix ``of-case-``, so that no id can meet one of the surroundings.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from counterseal.backtest import wording
from counterseal.backtest.case import kebab_id
from counterseal.documents.evidence import Grade
from counterseal.estate.estate import KINDS
from counterseal.estate.kinds import (
    Authentication,
    LinkKind,
    OrganizationKind,
    Privilege,
    SystemKind,
    ZoneKind,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from counterseal.backtest.case import Before, CaseHolding, CaseSystem, CaseTrust
    from counterseal.estate.records import Element

__all__ = ["CaseEstate", "Controls", "Unmatched", "carried", "convert", "estate_id"]

_SUPPLIERS = frozenset({OrganizationKind.CONTRACTOR, OrganizationKind.VENDOR})
_TIERS = {OrganizationKind.COMPONENT: 0, OrganizationKind.SUBCONTRACTOR: 2}
_STRONG = frozenset({Authentication.MULTI_FACTOR, Authentication.MUTUAL_TLS})
_SMALLEST_POPULATION = 11
_MOST_PEOPLE = 10**11
_CONTEXT = {"grade": Grade.DOCUMENTED}


class Controls(Enum):
    """Which controls of a case are used."""

    KNOWN_BEFORE = "before"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmatched:
    """A wording that no rule knows, and what was taken instead."""

    element: str
    field: str
    text: str
    taken: str


@dataclass(frozen=True, kw_only=True)
class CaseEstate:
    """A case as elements.

    Attributes:
        elements: By kind (a key of ``KINDS``), then id. It is no estate on its own: the parent
            of its lead organization is in the surroundings.
        lead: Id of the organization whose estate it is.
        ids: Id of the element by id of the case.
        unmatched: Wordings that no rule knows, in order of the case.
    """

    elements: Mapping[str, Mapping[str, Element]]
    lead: str
    ids: Mapping[str, str]
    unmatched: tuple[Unmatched, ...]


@dataclass(slots=True, kw_only=True)
class _Sheet:
    """Rows written so far, as a document would have them."""

    before: Before
    lead: str
    rows: dict[str, list[dict[str, object]]] = field(
        default_factory=lambda: {kind: [] for kind in KINDS}
    )
    unmatched: list[Unmatched] = field(default_factory=list)

    def add(self, kinds: str, /, **row: object) -> None:
        """Write a row; a key that is ``None`` is left out."""
        kept = {key: value for key, value in row.items() if value is not None}
        self.rows[kinds].append(kept)

    def pass_over(self, element: str, what: str, said: object, *, taken: str) -> None:
        """List a value that says nothing to this program, unless nobody said anything."""
        if said is not None:
            row = Unmatched(element=element, field=what, text=str(said), taken=taken)
            self.unmatched.append(row)

    def read(
        self, rules: wording.Rules, text: str, *, default: str, element: str, what: str
    ) -> str:
        """Return what ``text`` means, else ``default``, and list it when no rule knows it."""
        found = wording.first_match(rules, text)
        if found is None and text:
            self.unmatched.append(
                Unmatched(element=element, field=what, text=text, taken=default)
            )
        return found or default


def convert(before: Before, *, parent: str, controls: Controls) -> CaseEstate:
    """Return the elements of a case.

    Args:
        before: What could be known.
        parent: Id of the organization of which the lead organization is a component.
        controls: Whether controls learnt after the breach are dropped.
    """
    sheet = _Sheet(before=before, lead=_lead(before))
    kinds = _organizations(sheet, parent=parent)
    _systems(sheet, kinds)
    for holding in before.holdings:
        _holding(sheet, holding)
    for edge in before.trust:
        _edge(sheet, edge)
    _contracts(sheet, kinds)
    _controls(sheet, controls)
    named = [row.id for row in before.orgs] + [row.id for row in before.systems]
    named += [row.id for row in before.holdings] + [row.id for row in before.trust]
    return CaseEstate(
        elements={kind: _records(kind, rows) for kind, rows in sheet.rows.items()},
        lead=estate_id(sheet.lead),
        ids={name: estate_id(name) for name in named},
        unmatched=tuple(sheet.unmatched),
    )


def estate_id(case_id: str) -> str:
    """Return the id in the estate of something of a case."""
    return f"case-{kebab_id(case_id)}"


def carried(
    kind: LinkKind, *, at_source: tuple[str, ...], at_target: tuple[str, ...]
) -> object:
    """Return the holdings that a link carries, as in generated estates.

    Those of the far end on a query or login, those of the near end on a copy.
    """
    if kind in {LinkKind.QUERY, LinkKind.LOGIN}:
        return at_target
    if kind in {LinkKind.REPLICATE, LinkKind.BATCH}:
        return at_source
    return ()


def _records(kind: str, rows: list[dict[str, object]]) -> dict[str, Element]:
    found = [KINDS[kind].model_validate(row, context=_CONTEXT) for row in rows]
    return {element.id: element for element in sorted(found, key=lambda row: row.id)}


def _lead(before: Before) -> str:
    """Return the agency or operator with most systems, the first of equals."""
    owned = Counter(system.owner for system in before.systems)
    heads = [row.id for row in before.orgs if row.kind in {"agency", "operator"}]
    return max(heads or [before.orgs[0].id], key=lambda org: owned[org])


def _organizations(sheet: _Sheet, *, parent: str) -> dict[str, OrganizationKind]:
    kinds: dict[str, OrganizationKind] = {}
    for row in sheet.before.orgs:
        word = wording.without_remarks(row.kind)
        kind = wording.ORGANIZATIONS.get(word, OrganizationKind.PARTNER)
        if word not in wording.ORGANIZATIONS:
            sheet.unmatched.append(
                Unmatched(element=row.id, field="kind", text=row.kind, taken=kind.value)
            )
        is_lead = row.id == sheet.lead
        kinds[row.id] = OrganizationKind.COMPONENT if is_lead else kind
        sheet.add(
            "organizations",
            id=estate_id(row.id),
            kind=kinds[row.id].value,
            parent=parent if is_lead else None,
            tier=_TIERS.get(kinds[row.id], 1),
        )
    return kinds


def _systems(sheet: _Sheet, kinds: Mapping[str, OrganizationKind]) -> None:
    zones: dict[tuple[str, str], str] = {}
    for row in sheet.before.systems:
        owner = estate_id(row.owner)
        zone_key = (row.owner, row.zone)
        if zone_key not in zones:
            zones[zone_key] = f"of-case-zone-{len(zones) + 1}"
            kind = wording.first_match(wording.ZONES, row.zone) or _home(kinds[row.owner])
            sheet.add("zones", id=zones[zone_key], name=row.zone, kind=kind, operator=owner)
        kind = sheet.read(
            wording.SYSTEMS,
            row.kind,
            default=SystemKind.APPLICATION,
            element=row.id,
            what="kind",
        )
        exposure = _exposure(sheet, row)
        sheet.add(
            "systems",
            id=estate_id(row.id),
            name=row.id,
            note=row.kind,
            kind=kind,
            zone=zones[zone_key],
            owner=owner,
            operator=owner,
            exposure=exposure,
        )


def _exposure(sheet: _Sheet, row: CaseSystem) -> str:
    """Return where a system can be reached from; anything but true and false is unknown."""
    if isinstance(row.internet_facing, bool):
        return "internet" if row.internet_facing else "internal"
    sheet.pass_over(row.id, "internet_facing", row.internet_facing, taken="unknown")
    return "unknown"


def _home(kind: OrganizationKind) -> ZoneKind:
    if kind is OrganizationKind.COMPONENT:
        return ZoneKind.ON_PREMISES
    return ZoneKind.PARTNER if kind is OrganizationKind.PARTNER else ZoneKind.CONTRACTOR


def _holding(sheet: _Sheet, row: CaseHolding) -> None:
    attributes: dict[str, None] = {}
    for category in row.categories:
        found = wording.all_matches(wording.ATTRIBUTES, category)
        attributes |= dict.fromkeys(found)
        if not found:
            sheet.unmatched.append(
                Unmatched(element=row.id, field="categories", text=category, taken="nothing")
            )
    population = f"of-case-people-{kebab_id(row.id)}"
    size = _size(sheet, row)
    sheet.add("populations", id=population, size=size)
    sheet.add(
        "holdings",
        id=estate_id(row.id),
        system=estate_id(row.system),
        attributes=list(attributes) or ["name"],
        populations=[{"population": population, "count": size}],
    )


def _size(sheet: _Sheet, row: CaseHolding) -> int | str:
    """Return how many people a holding covers; anything but a whole number is unknown."""
    count = row.count
    if isinstance(count, float) and count.is_integer():
        count = int(count)
    if isinstance(count, int) and not isinstance(count, bool) and 0 <= count <= _MOST_PEOPLE:
        return max(count, _SMALLEST_POPULATION)
    sheet.pass_over(row.id, "count", row.count, taken="unknown")
    return "unknown"


def _edge(sheet: _Sheet, row: CaseTrust) -> None:
    """Write an edge from an organization as a grant, any other as a link.

    An organization at the far end is stood for by a system of its own.
    """
    systems = {system.id for system in sheet.before.systems}
    said = row.auth.strip().lower() if isinstance(row.auth, str) else ""
    proof = wording.AUTHENTICATION.get(said)
    target = estate_id(row.to) if row.to in systems else _stand_in(sheet, row.to)
    if target == estate_id(row.from_) or row.from_ == row.to:
        sheet.pass_over(row.id, "to", row.to, taken="left out: an edge to where it begins")
        return
    if row.from_ not in systems:
        _grant(sheet, row, proof, target)
        return
    kind = sheet.read(
        wording.LINKS, row.kind, default=LinkKind.NETWORK, element=row.id, what="kind"
    )
    sheet.add(
        "links",
        id=estate_id(row.id),
        from_=estate_id(row.from_),
        to=target,
        kind=kind,
        carries=carried(
            LinkKind(kind), at_source=_on(sheet, row.from_), at_target=_on(sheet, row.to)
        ),
        authentication=proof.value if proof else "unknown",
    )


def _stand_in(sheet: _Sheet, organization: str) -> str:
    """Return a system that stands for an organization: its network, its first, or a new one."""
    owner = estate_id(organization)
    own = [row for row in sheet.rows["systems"] if row["owner"] == owner]
    networks = [row for row in own if row["kind"] == SystemKind.NETWORK]
    if own:
        return str((networks or own)[0]["id"])
    kind = next(row["kind"] for row in sheet.rows["organizations"] if row["id"] == owner)
    zone = f"of-case-home-{kebab_id(organization)}"
    sheet.add("zones", id=zone, kind=_home(OrganizationKind(str(kind))), operator=owner)
    name = f"{zone}-network"
    sheet.add(
        "systems",
        id=name,
        kind=SystemKind.NETWORK,
        zone=zone,
        owner=owner,
        operator=owner,
        exposure="unknown",
    )
    return name


def _grant(sheet: _Sheet, row: CaseTrust, proof: Authentication | None, system: str) -> None:
    privilege = sheet.read(
        wording.PRIVILEGES, row.kind, default=Privilege.USE, element=row.id, what="kind"
    )
    sheet.add(
        "grants",
        id=estate_id(row.id),
        organization=estate_id(row.from_),
        role=f"{privilege} role",
        system=system,
        privilege=privilege,
        mfa="unknown" if proof is None else proof in _STRONG,
    )


def _on(sheet: _Sheet, system: str) -> tuple[str, ...]:
    return tuple(estate_id(row.id) for row in sheet.before.holdings if row.system == system)


def _contracts(sheet: _Sheet, kinds: Mapping[str, OrganizationKind]) -> None:
    """Write a contract for each supplier; tiers that the case does not name are unknown."""
    suppliers = [org for org, kind in kinds.items() if kind in _SUPPLIERS]
    below = [org for org, kind in kinds.items() if kind is OrganizationKind.SUBCONTRACTOR]
    contractors = [org for org in suppliers if kinds[org] is OrganizationKind.CONTRACTOR]
    if len(contractors) != 1:  # nobody says whose subcontractors they are
        suppliers, below = [*suppliers, *below], []
    for org in suppliers:
        named = below if [org] == contractors else []
        grants = [
            row["id"] for row in sheet.rows["grants"] if row["organization"] == estate_id(org)
        ]
        sheet.add(
            "contracts",
            id=f"of-case-contract-{kebab_id(org)}",
            contractor=estate_id(org),
            client=estate_id(sheet.lead),
            service="support",
            subcontractors=[
                *({"organization": estate_id(sub)} for sub in named),
                {"organization": "unknown"},
            ],
            grants=grants,
        )


def _controls(sheet: _Sheet, which: Controls) -> None:
    stated: set[tuple[str, str]] = set()
    known = {str(row["id"]) for rows in sheet.rows.values() for row in rows}
    for row in sheet.before.controls:
        if which is Controls.KNOWN_BEFORE and row.known_when.strip().lower() != "before":
            continue
        if estate_id(row.applies_to) not in known:
            sheet.pass_over(row.control, "applies_to", row.applies_to, taken="left out")
            continue
        control = sheet.read(
            wording.CONTROLS,
            row.control,
            default="",
            element=row.applies_to,
            what="control",
        )
        key = (control, estate_id(row.applies_to))
        if not control or key in stated:
            continue
        stated.add(key)
        sheet.add(
            "controls",
            id=f"of-case-control-{len(stated)}",
            control=control,
            on=[estate_id(row.applies_to)],
            state=wording.first_match(wording.STATES, row.state) or "unknown",
        )
