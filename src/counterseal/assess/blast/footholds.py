"""Where an adversary may already be: what holding an element means, in steps of the graph.

An organization is held in four ways that are told apart (R18): its home network, its access to
others, what it knows, and its hands on equipment.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from counterseal.documents.wording import did_you_mean
from counterseal.errors import UsageError
from counterseal.estate.kinds import Privilege, SystemKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from counterseal.estate.estate import Estate

__all__ = ["WAYS", "Foothold", "footholds_at"]

WAYS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "organizations": ("network", "access", "knowledge", "hands"),
        "zones": ("network", "admin"),
        "systems": ("session", "control"),
        "grants": ("session",),
        "contracts": ("access", "knowledge"),
        "links": ("connect",),
        "knowledge": ("learn",),
        "feeds": ("hold",),
    }
)
"""Ways to hold an element, by kind; the first is meant when nobody says which.

Of an organization and of a contract all of them are.
"""

_STEPS: Mapping[tuple[str, str], tuple[str, ...]] = MappingProxyType(
    {
        ("organizations", "network"): ("network",),
        ("organizations", "access"): ("control",),
        ("organizations", "knowledge"): ("documents", "elicit"),
        ("contracts", "access"): ("access",),
        ("contracts", "knowledge"): ("plans",),
    }
)
_SEVERAL = frozenset({"organizations", "contracts"})
_HANDS = frozenset({Privilege.MAINTAIN, Privilege.PHYSICAL})


@dataclass(frozen=True, slots=True, kw_only=True)
class Foothold:
    """A place that the adversary holds.

    Attributes:
        element: Id of the element.
        way: How it is held, of ``WAYS``; ``seized`` for a device of a fleet.
        steps: Ids of the steps that are taken then, sorted; perhaps not all in every graph.
    """

    element: str
    way: str
    steps: tuple[str, ...]


def footholds_at(estate: Estate, place: str) -> tuple[Foothold, ...]:
    """Return the footholds that ``place`` names: ``ELEMENT``, or ``ELEMENT:WAY``.

    Raises:
        UsageError: There is no such element, nothing can be held of its kind, or not in this
            way; the hint says what there is.
    """
    element, _, way = place.partition(":")
    kind = estate.kind_of.get(element)
    if kind is None:
        raise UsageError(
            f"the estate has no element '{element}'", hint=did_you_mean(element, estate.kind_of)
        )
    ways = WAYS.get(kind)
    if ways is None:
        raise UsageError(
            f"nobody can stand at '{element}', which is one of the {kind}",
            hint=f"what can be held: {', '.join(WAYS)}",
        )
    if way and way not in ways:
        raise UsageError(f"'{element}' cannot be held by '{way}'", hint=f"by {', '.join(ways)}")
    chosen = (way,) if way else ways if kind in _SEVERAL else ways[:1]
    found = (_foothold(estate, kind, element, one) for one in chosen)
    return tuple(one for one in found if one.steps)


def _foothold(estate: Estate, kind: str, element: str, way: str) -> Foothold:
    system = estate.systems.get(element)
    if system is not None and system.kind is SystemKind.DEVICE_FLEET and way == "session":
        return Foothold(element=element, way="seized", steps=(f"{element}#unlock",))
    if (kind, way) == ("organizations", "hands"):
        held = [g for g in estate.grants.values() if g.organization == element]
        grants = sorted(grant.id for grant in held if grant.privilege in _HANDS)
        steps = [f"{grant}#{step}" for grant in grants for step in ("copied", "session")]
        return Foothold(element=element, way=way, steps=tuple(steps))
    names = _STEPS.get((kind, way), (way,))
    return Foothold(element=element, way=way, steps=tuple(f"{element}#{n}" for n in names))
