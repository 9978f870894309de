"""A case inside a generated estate, so that what was really used is not picked from six.

Each system of the case is given a twin among the generated systems on the same side (run by
the owner or by somebody else), drawn in proportion to its links. From its twin it takes what
the case does not tell: product, vendor, sign-on, owner's accounts, and copies of the twin's
links with the twin's end moved to the case's system, until it has as many links as its twin
and one at least. Each organization takes accounts and knowledge of a twin of its kind in the
same way. So an attached link is a generated link with one end moved, and degrees follow those
of the surroundings.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from counterseal.backtest.conversion import carried, convert
from counterseal.estate.estate import KINDS, Estate
from counterseal.estate.generator import surroundings
from counterseal.estate.kinds import OrganizationKind
from counterseal.estate.synthetic.draws import Draws

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from counterseal.backtest.case import Before
    from counterseal.backtest.conversion import CaseEstate, Controls
    from counterseal.estate.records import (
        Contract,
        Element,
        Grant,
        Knowledge,
        Link,
        Organization,
        System,
    )

__all__ = ["LARGEST", "SMALLEST", "Embedded", "embed"]

SMALLEST, LARGEST = 60, 150
"""Systems of an embedded estate, those of the case among them; the number is drawn."""

_LEAST_AROUND = 20
_PREFIX = "around-"
_INSIDE = frozenset(
    {OrganizationKind.OWNER, OrganizationKind.COMPONENT, OrganizationKind.OVERSEER}
)

E = TypeVar("E", bound="Element")


@dataclass(frozen=True, kw_only=True)
class Embedded:
    """An estate with a case in it.

    Attributes:
        estate: Surroundings, case and what joins them.
        case: The case's own elements.
    """

    estate: Estate
    case: CaseEstate


def embed(before: Before, *, seed: int, controls: Controls) -> Embedded:
    """Return the estate in which a method has to find its way.

    The same seed gives the same surroundings for every case of the same size.
    """
    draws = Draws(seed=seed)
    total = SMALLEST + int(draws.uniform("embed/size", 1)[0] * (LARGEST - SMALLEST + 1))
    around = surroundings(seed, max(_LEAST_AROUND, total - len(before.systems)), prefix=_PREFIX)
    case = convert(before, parent=f"{_PREFIX}owner", controls=controls)
    joint = _Joint(draws, around, case)
    return Embedded(estate=joint.estate(), case=case)


class _Joint:
    """The elements of both, and what is added between them."""

    def __init__(self, draws: Draws, around: Estate, case: CaseEstate) -> None:
        self._draws = draws
        self._around = around
        self._case = case
        self._kinds: dict[str, dict[str, Element]] = {
            kind: {**around.of_kind(kind), **case.elements[kind]} for kind in KINDS
        }
        self._made = 0
        self._conferred: dict[str, list[str]] = {}
        kept: dict[str, list[str]] = {}
        for holding in (*around.holdings.values(), *self._of_case("holdings")):
            kept.setdefault(holding.system, []).append(holding.id)  # type: ignore[attr-defined]
        self._holdings = {system: tuple(rows) for system, rows in kept.items()}

    def estate(self) -> Estate:
        """Join, and return the whole."""
        systems: Iterable[System] = self._of_case("systems")  # type: ignore[assignment]
        for system in systems:
            self._join_system(system)
        self._connect_both_ways()
        organizations: Iterable[Organization] = self._of_case("organizations")  # type: ignore[assignment]
        for organization in organizations:
            self._join_organization(organization)
        self._extend_contracts()
        return Estate.of_kinds(
            {kind: dict(sorted(rows.items())) for kind, rows in self._kinds.items()},
            name=f"{self._around.name}, with a case",
            places={},
        )

    def _of_case(self, kind: str) -> tuple[Element, ...]:
        return tuple(self._case.elements[kind].values())

    def _is_inside(self, organization: str) -> bool:
        row: Organization = self._kinds["organizations"][organization]  # type: ignore[assignment]
        return row.kind in _INSIDE

    def _join_system(self, system: System) -> None:
        inside = self._is_inside(system.owner)
        peers = [
            row for row in self._around.systems.values() if self._is_inside(row.owner) is inside
        ]
        twin = self._twin(system.id, peers or list(self._around.systems.values()))
        self._kinds["systems"][system.id] = system.model_copy(
            update={
                "vendor": twin.vendor,
                "product": twin.product,
                "authenticates_via": twin.authenticates_via,
            }
        )
        theirs = [row for row in self._around.links.values() if twin.id in {row.from_, row.to}]
        own: Sequence[Link] = self._of_case("links")  # type: ignore[assignment]
        has = sum(system.id in {row.from_, row.to} for row in own)
        for link in self._shuffled(f"links/{system.id}", theirs)[: max(1, len(theirs) - has)]:
            self._copy_link(link, twin=twin.id, system=system.id)
        self._copy_accounts(system, twin)

    def _copy_link(self, link: Link, *, twin: str, system: str) -> None:
        ends = {"from_": link.from_, "to": link.to}
        moved = {key: system if end == twin else end for key, end in ends.items()}
        carries = carried(
            link.kind,
            at_source=self._holdings.get(moved["from_"], ()),
            at_target=self._holdings.get(moved["to"], ()),
        )
        self._made += 1
        copy = link.model_copy(
            update={"id": f"joint-link-{self._made}", "carries": carries, **moved}
        )
        self._kinds["links"][copy.id] = copy

    def _copy_accounts(self, system: System, twin: System) -> None:
        """Give the owner its accounts; a supplier's only where the case tells of none."""
        own: Sequence[Grant] = self._of_case("grants")  # type: ignore[assignment]
        told = any(row.system == system.id for row in own)
        for grant in self._around.grants.values():
            owners = grant.organization == twin.owner
            if grant.system == twin.id and (owners or not told):
                holder = system.owner if owners else grant.organization
                self._copy_grant(grant, organization=holder, system=system.id)

    def _copy_grant(self, grant: Grant, *, organization: str, system: str) -> str:
        self._made += 1
        name = f"joint-grant-{self._made}"
        self._kinds["grants"][name] = grant.model_copy(
            update={"id": name, "organization": organization, "system": system}
        )
        return name

    def _join_organization(self, organization: Organization) -> None:
        """Give a supplier or partner the accounts and the knowledge of a twin of its kind."""
        if self._is_inside(organization.id):
            return
        peers = [
            row for row in self._around.organizations.values() if row.kind is organization.kind
        ]
        twin = self._pick(f"twin/{organization.id}", peers)
        theirs = [
            row
            for row in self._around.grants.values()
            if row.organization == twin.id and self._around.systems[row.system].owner != twin.id
        ]
        own: Sequence[Grant] = self._of_case("grants")  # type: ignore[assignment]
        has = sum(row.organization == organization.id for row in own)
        for grant in self._shuffled(f"grants/{organization.id}", theirs)[
            : max(0, len(theirs) - has)
        ]:
            copy = self._copy_grant(grant, organization=organization.id, system=grant.system)
            self._conferred.setdefault(organization.id, []).append(copy)
        for name, row in self._around.knowledge.items():
            if twin.id in row.held_by:
                held: Knowledge = self._kinds["knowledge"][name]  # type: ignore[assignment]
                both = tuple(sorted({*held.held_by, organization.id}))
                self._kinds["knowledge"][name] = held.model_copy(update={"held_by": both})

    def _extend_contracts(self) -> None:
        contracts: Sequence[Contract] = self._of_case("contracts")  # type: ignore[assignment]
        for contract in contracts:
            grants = (*contract.grants, *self._conferred.get(contract.contractor, ()))
            self._kinds["contracts"][contract.id] = contract.model_copy(
                update={"grants": grants}
            )

    def _connect_both_ways(self) -> None:
        """Add a link from, or to, the surroundings where the copies gave none."""
        systems = self._case.elements["systems"]
        first: System = next(iter(systems.values()))  # type: ignore[assignment]
        links: Iterable[Link] = [*self._kinds["links"].values()]  # type: ignore[list-item]
        inward = any(row.from_ not in systems and row.to in systems for row in links)
        outward = any(row.from_ in systems and row.to not in systems for row in links)
        sample = self._pick("connect", list(self._around.links.values()))
        if not inward:
            self._copy_link(sample, twin=sample.to, system=first.id)
        if not outward:
            self._copy_link(sample, twin=sample.from_, system=first.id)

    def _twin(self, name: str, peers: Sequence[System]) -> System:
        """Draw a system with a chance in proportion to its links.

        Whoever writes a case writes down what much leads to. Drawn evenly, the ends of the
        case's edges would have fewer links than the ends of other edges, and show by it.
        """
        ends = Counter(
            end for row in self._around.links.values() for end in (row.from_, row.to)
        )
        weights = np.array([ends[row.id] for row in peers], dtype=np.float64)
        return peers[int(self._draws.weighted(f"embed/twin/{name}", 1, weights)[0])]

    def _pick(self, label: str, rows: Sequence[E]) -> E:
        return rows[int(self._draws.uniform(f"embed/{label}", 1)[0] * len(rows))]

    def _shuffled(self, label: str, rows: Sequence[E]) -> list[E]:
        return [rows[int(n)] for n in self._draws.order(f"embed/{label}", len(rows))]
