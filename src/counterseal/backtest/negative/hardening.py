"""The hardened twin: the same estate with every declared weakness of the case closed.

The rule is closed, looks at no truth and at no name, and leaves the surroundings as they are.
What counts as the case's: its own elements, every grant to one of its systems or of one of its
organizations, and every link that leads to or from one of its systems. On these

- every control of the catalog is in place and verified,
- exposure that nobody stated is internal; what the case says faces the internet still does,
- accounts need multi-factor authentication, and none is dormant or left behind,
- links prove who is there by mutual TLS or multi-factor authentication; nothing is shared on,
- what was closed on paper is verified to be closed, and nobody has copies of its holdings that
  were not declared,
- organizations and zones keep the high baseline, device fleets are locked,
- contracts bind in every clause and have no tier that nobody named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from counterseal.estate.estate import KINDS, Estate
from counterseal.estate.fact import Fact
from counterseal.estate.kinds import (
    Authentication,
    Baseline,
    ControlState,
    Exposure,
    SystemKind,
)
from counterseal.estate.records import Clauses, Closure, Control

if TYPE_CHECKING:
    from collections.abc import Iterable

    from counterseal.backtest.embedding import Embedded
    from counterseal.catalog.catalog import Catalog
    from counterseal.estate.records import (
        Contract,
        Element,
        Grant,
        Holding,
        Link,
        Organization,
        Subcontract,
        System,
        Zone,
    )

__all__ = ["hardened"]

_STRONG: Final = frozenset({Authentication.MULTI_FACTOR, Authentication.MUTUAL_TLS})
_UNKNOWN: Final = "unknown"
_YES: Final = Fact[bool](value=True)
_NO: Final = Fact[bool](value=False)
_NOBODY: Final = Fact[float](value=0.0)
_HIGH: Final = Fact[Baseline](value=Baseline.HIGH)
_INTERNAL: Final = Fact[Exposure](value=Exposure.INTERNAL)
_MULTI_FACTOR: Final = Fact[Authentication](value=Authentication.MULTI_FACTOR)
_GONE: Final = Fact[Closure](value="verified")
_VERIFIED: Final = Fact[ControlState](value=ControlState.VERIFIED)


def hardened(embedded: Embedded, catalog: Catalog) -> Estate:
    """Return the estate of ``embedded`` with the weaknesses of the case closed."""
    estate, own = embedded.estate, embedded.case.elements
    mine = {name for rows in own.values() for name in rows}
    kinds: dict[str, dict[str, Element]] = {k: dict(estate.of_kind(k)) for k in KINDS}
    kinds["organizations"] |= _each(
        _organization(estate.organizations[n]) for n in own["organizations"]
    )
    kinds["zones"] |= _each(_zone(estate.zones[n]) for n in own["zones"])
    kinds["systems"] |= _each(_system(estate.systems[n]) for n in own["systems"])
    kinds["holdings"] |= _each(_holding(estate.holdings[n]) for n in own["holdings"])
    kinds["contracts"] |= _each(_contract(estate.contracts[n]) for n in own["contracts"])
    kinds["links"] |= _each(
        _link(row) for row in estate.links.values() if mine & {row.from_, row.to}
    )
    kinds["grants"] |= _each(
        _grant(row) for row in estate.grants.values() if mine & {row.organization, row.system}
    )
    kinds["controls"] = _controls(estate, mine, catalog)
    return Estate.of_kinds(kinds, name=f"{estate.name}, hardened", places={})


def _each(rows: Iterable[Element]) -> dict[str, Element]:
    return {row.id: row for row in rows}


def _organization(row: Organization) -> Organization:
    return row.model_copy(update={"posture": _HIGH})


def _zone(row: Zone) -> Zone:
    return row.model_copy(update={"baseline": _HIGH})


def _system(row: System) -> System:
    update: dict[str, object] = {}
    if row.exposure.value is None:
        update["exposure"] = _INTERNAL
    if row.kind is SystemKind.DEVICE_FLEET:
        update["lock"] = _YES
    return row.model_copy(update=update)


def _holding(row: Holding) -> Holding:
    return row.model_copy(update={"copies_verified": _YES})


def _grant(row: Grant) -> Grant:
    return row.model_copy(
        update={
            "mfa": _YES,
            "dormant_share": _NOBODY,
            "separated_share": _NOBODY,
            "closed": row.closed and _GONE,
        }
    )


def _link(row: Link) -> Link:
    update: dict[str, object] = {"onward_sharing": _NO, "closed": row.closed and _GONE}
    if row.authentication.value not in _STRONG:
        update["authentication"] = _MULTI_FACTOR
    return row.model_copy(update=update)


def _contract(row: Contract) -> Contract:
    bound = dict.fromkeys(Clauses.model_fields, _YES)
    return row.model_copy(
        update={
            "clauses": Clauses().model_copy(update=bound),
            "subcontractors": _named(row.subcontractors),
        }
    )


def _named(tiers: tuple[Subcontract, ...]) -> tuple[Subcontract, ...]:
    return tuple(
        tier.model_copy(update={"subcontractors": _named(tier.subcontractors)})
        for tier in tiers
        if tier.organization != _UNKNOWN
    )


def _controls(estate: Estate, mine: set[str], catalog: Catalog) -> dict[str, Element]:
    """Verify every control on the case; a record that is also on others keeps those."""
    found: dict[str, Element] = {}
    for row in estate.controls.values():
        others = tuple(name for name in row.on if name not in mine)
        if others:
            found[row.id] = row.model_copy(update={"on": others})
    bearers = tuple(sorted(_bearers(estate, mine)))
    for number, control in enumerate(catalog.controls, start=1):
        name = f"hardened-control-{number}"
        found[name] = Control(id=name, control=control, on=bearers, state=_VERIFIED)
    return dict(sorted(found.items()))


def _bearers(estate: Estate, mine: set[str]) -> set[str]:
    """What bears controls: its organizations, zones and systems, and edges with a record."""
    can = {*estate.organizations, *estate.zones, *estate.systems}
    can |= {name for row in estate.controls.values() for name in row.on}
    return mine & can
