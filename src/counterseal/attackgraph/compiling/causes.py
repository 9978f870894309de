"""Shared causes: events that block every step requiring them when they do not hold."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from counterseal.attackgraph.model import Cause, CauseLevel, ParameterFamily, Power
from counterseal.attackgraph.seams import closure
from counterseal.documents.evidence import Grade
from counterseal.estate.kinds import OrganizationKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from counterseal.attackgraph.compiling.parameters import Parameters
    from counterseal.catalog.adversaries import Vector
    from counterseal.estate.estate import Estate
    from counterseal.estate.records import Contract

__all__ = ["SOMETIMES", "Causes", "compelled_owners", "entry_cause", "level_code"]

MAJORITY = 0.5
SOMETIMES = frozenset({"jurisdiction"})
"""Kinds of cause that for some elements can never hold."""


class Causes:
    """The causes of one estate, by id, growing while it is compiled."""

    def __init__(self, *, estate: Estate, parameters: Parameters) -> None:
        """Make causes of ``estate``, with the numbers of ``parameters``."""
        self.made: dict[str, Cause] = {}
        self._estate = estate
        self._parameters = parameters
        self._home = _home_jurisdictions(estate)
        self._makers: Mapping[str, Callable[[str, str], str]] = {
            "link": self._link,
            "grant": self._grant,
            "product": self._product,
            "exposure": self._exposure,
            "jurisdiction": self._jurisdiction,
            "onward": self._onward,
            "buyers": self._buyers,
            "undeclared": self._undeclared,
            "custody": self._custody,
            "flowed": self._flowed,
            "kept": self._kept,
            "spare": self._spare,
        }

    def can_hold(self, kind: str, element: str) -> bool:
        """Return whether a cause can ever hold; where it cannot, the rule does not apply."""
        if kind not in SOMETIMES:
            return True
        jurisdiction = self._estate.organizations[element].jurisdiction.value
        known_foreign = bool(self._home) and jurisdiction not in self._home
        return jurisdiction is None or known_foreign

    def of(self, kind: str, element: str, other: str) -> str:
        """Return the cause of a kind for an element; empty when it holds for certain.

        Args:
            kind: One of ``catalog.rules.CAUSES``.
            element: The element of the step.
            other: The related element of a rule with ``each``.
        """
        return self._makers[kind](element, other)

    def _make(
        self, cause: str, parameter: str, level: CauseLevel, label: str, *more: Power
    ) -> str:
        if cause not in self.made:
            chance = (Power(base=parameter), *more)
            self.made[cause] = Cause(id=cause, probability=chance, level=level, label=label)
        return cause

    def _exists(self, kind: str, element: str, source: str) -> str:
        cause = f"{kind}:{element}"
        if cause in self.made:
            return cause
        grade = Grade.DOCUMENTED if source else Grade.ASSUMED
        label = f"{kind} {self._parameters.name(element)} exists"
        closed = self._left_open(kind, element)
        parameter = self._parameters.known(
            f"{cause}.exists",
            1.0,
            element=element,
            label=label,
            better=0.0,
            grade=grade,
            source=source,
        )
        return self._make(cause, parameter, CauseLevel.DRAW, label, *closed)

    def _left_open(self, kind: str, element: str) -> tuple[Power, ...]:
        """Return the factor that a link or grant that was closed is open all the same."""
        known = self._estate.links if kind == "link" else self._estate.grants
        row = known[element]
        how = closure(self._estate, row)
        if not how:
            return ()
        parameter = f"fact:{element}.closed"
        label = f"{self._parameters.name(element)} is still open although it was closed"
        if how == "verified" and row.closed is not None:
            self._parameters.known(
                parameter,
                0.0,
                element=element,
                label=label,
                better=0.0,
                grade=row.closed.grade,
                source=row.closed.source or "",
                field="closed",
            )
        else:
            prior = f"cause:left-open-{kind}"
            self._parameters.like(parameter, prior, element=element, label=label, better=0.0)
        return (Power(base=parameter),)

    def _flowed(self, element: str, other: str) -> str:
        """What passed while it was open stays where it went when it is closed."""
        kind = self._estate.kind_of[element].removesuffix("s")
        row = self._estate.links.get(element) or self._estate.grants[element]
        return "" if closure(self._estate, row) else self.of(kind, element, other)

    def _link(self, element: str, _other: str) -> str:
        return self._exists("link", element, self._estate.links[element].source)

    def _grant(self, element: str, _other: str) -> str:
        return self._exists("grant", element, self._estate.grants[element].source)

    def _product(self, element: str, _other: str) -> str:
        system = self._estate.systems[element]
        vendor = f"{system.vendor or 'vendor-unknown'}/{system.product}"
        cause = f"product:{vendor if system.product else element}"
        label = f"a working exploit is held for {system.product or element}"
        return self._make(
            cause, self._parameters.prior("cause:exploit-held"), CauseLevel.TRIAL, label
        )

    def _unknown(self, element: str, field: str, prior: str, label: str) -> str:
        cause = f"fact:{element}.{field}"
        self._parameters.like(cause, prior, element=element, label=label, better=0.0)
        return self._make(cause, cause, CauseLevel.DRAW, label)

    def _exposure(self, element: str, _other: str) -> str:
        label = f"{self._parameters.name(element)} can be reached from the internet"
        return self._unknown(element, "exposure", "cause:exposure", label)

    def _jurisdiction(self, element: str, _other: str) -> str:
        if self._estate.organizations[element].jurisdiction.value is not None:
            return ""
        label = f"{self._parameters.name(element)} can be compelled"
        return self._unknown(element, "jurisdiction", "cause:jurisdiction", label)

    def _onward(self, element: str, _other: str) -> str:
        if self._estate.links[element].onward_sharing.value is not None:
            return ""
        label = f"the recipient of {self._parameters.name(element)} shares onward"
        return self._unknown(element, "onward-sharing", "cause:onward", label)

    def _buyers(self, element: str, _other: str) -> str:
        label = f"anyone can buy {self._parameters.name(element)}"
        return self._unknown(element, "buyers", "cause:buyers", label)

    def _undeclared(self, element: str, other: str) -> str:
        cause = f"undeclared:{other}>{element}"
        names = self._parameters.name(other), self._parameters.name(element)
        label = f"an undeclared link leads from {names[0]} to {names[1]}"
        self._parameters.like(
            cause, "cause:undeclared-link", element=element, label=label, better=0.0
        )
        return self._make(cause, cause, CauseLevel.DRAW, label)

    def _custody(self, element: str, _other: str) -> str:
        cause = f"custody:{element}"
        label = f"data was copied home by {self._parameters.name(element)}"
        prior = self._parameters.prior("cause:copied-home")
        bound = self._contracts_of[element]
        return self._make(cause, prior, CauseLevel.TRIAL, label, *self._returned(bound))

    def _kept(self, element: str, _other: str) -> str:
        link = self._estate.links[element]
        cause = f"fact:{element}.kept"
        name = self._parameters.name(element)
        label = f"the recipient of {name} keeps copies that nobody declared"
        self._parameters.like(
            cause, "cause:kept-copy", element=element, label=label, better=0.0
        )
        keeper = self._estate.zones[self._estate.systems[link.to].zone].operator
        bound = self._contracts_of[keeper]
        return self._make(cause, cause, CauseLevel.DRAW, label, *self._returned(bound))

    def _spare(self, element: str, _other: str) -> str:
        label = f"a copy nobody declared lies beside {self._parameters.name(element)}"
        return self._unknown(element, "copies-verified", "cause:spare-copy", label)

    @cached_property
    def _contracts_of(self) -> Mapping[str, Sequence[Contract]]:
        """Contracts by the grants that they confer and by their contractor."""
        found: dict[str, list[Contract]] = defaultdict(list)
        for contract in self._estate.contracts.values():
            for key in {contract.contractor, *contract.grants}:
                found[key].append(contract)
        return found

    def _returned(self, contracts: Sequence[Contract]) -> tuple[Power, ...]:
        """Return what a clause on returning data does to copies kept against it.

        Of several contracts the one that says most clearly that data goes back counts.
        """
        if not contracts:
            return ()
        order = (True, None, False)
        best = min(contracts, key=lambda c: (order.index(c.clauses.data_return.value), c.id))
        fact, parameter = best.clauses.data_return, f"fact:{best.id}.data-return"
        label = f"data return in {self._parameters.name(best.id)}"
        if fact.value is None:
            self._parameters.like(
                parameter, "state:unknown", element=best.id, label=label, better=1.0
            )
        else:
            self._parameters.known(
                parameter,
                float(fact.value),
                element=best.id,
                label=label,
                better=1.0,
                grade=fact.grade,
                source=fact.source or "",
                field="clauses",
            )
        factor = self._parameters.prior("factor:data-return")
        return (Power(base=factor, exponent=parameter),)


def _home_jurisdictions(estate: Estate) -> frozenset[str]:
    """Return the known jurisdictions of the owner of the estate and its components."""
    return frozenset(
        organization.jurisdiction.value
        for organization in estate.organizations.values()
        if organization.kind is OrganizationKind.OWNER
        and organization.jurisdiction.value is not None
    )


def entry_cause(vector: Vector, parameters: Parameters) -> Cause | None:
    """Return the cause that the adversary has an entry vector at all; ``None`` if certain."""
    capability = vector.capability
    if capability.value == 1 and capability.low in {None, 1}:
        return None
    name = vector.id.value
    parameter = parameters.quantity(
        f"entry:{name}.capability",
        capability,
        family=ParameterFamily.TRIANGULAR,
        label=f"the adversary has the way in '{name}'",
    )
    return Cause(
        id=f"entry:{name}", probability=(Power(base=parameter),), label=f"way in: {name}"
    )


def compelled_owners(estate: Estate) -> frozenset[str]:
    """Return organizations a majority owner of which foreign law can compel.

    An owner counts whose jurisdiction is known and is not that of the owner of the estate, and
    whose share is half or more, or unknown.
    """
    home = _home_jurisdictions(estate)
    if not home:
        return frozenset()
    return frozenset(
        organization.id
        for organization in estate.organizations.values()
        for owner in organization.owners
        if owner.jurisdiction.value not in {None, *home}
        and (owner.share.value is None or owner.share.value >= MAJORITY)
    )


def level_code(level: CauseLevel) -> int:
    """Return 1 for a cause drawn once per epistemic draw, 0 for one drawn in every trial."""
    return 1 if level is CauseLevel.DRAW else 0
