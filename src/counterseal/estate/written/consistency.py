"""What cannot be true of an estate although every field is well formed."""

from __future__ import annotations

from collections import Counter
from types import MappingProxyType
from typing import TYPE_CHECKING

from counterseal.documents.wording import quotable
from counterseal.errors import Fault
from counterseal.estate.kinds import OrganizationKind, SystemKind
from counterseal.estate.records import (
    Contract,
    Control,
    Feed,
    Holding,
    Link,
    Organization,
    Population,
    System,
)
from counterseal.estate.written.references import UNKNOWN_ORGANIZATION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from counterseal.documents.tree import Path
    from counterseal.errors import Place
    from counterseal.estate.fact import Fact
    from counterseal.estate.records import Element, Subcontract
    from counterseal.estate.written.resolution import Placer

__all__ = ["check_elements"]

_DEVICE_FIELDS = MappingProxyType(
    {"count": "count", "cached_records": "cached-records", "lock": "lock"}
)
_ROUNDING = 1e-9  # shares written with a few decimals may add up to a hair over one


class _Checked:
    """All elements of one load, with their places."""

    def __init__(self, elements: Mapping[str, Element], placer: Placer) -> None:
        self.elements = elements
        self._placer = placer

    def place(self, element: Element, *path: str | int) -> Place | None:
        return self._placer(element.id, path)

    def fault(
        self, code: str, element: Element, *path: str | int, message: str, hint: str = ""
    ) -> Fault:
        return Fault(code=code, message=message, place=self.place(element, *path), hint=hint)


def check_elements(elements: Mapping[str, Element], *, place: Placer) -> Iterator[Fault]:
    """Yield faults CS131 to CS139 of elements that are valid one by one.

    Args:
        elements: All elements of an estate by id.
        place: Gives the place of a value by element id and path below the element.
    """
    checked = _Checked(elements, place)
    for element in checked.elements.values():
        check = _CHECKS.get(type(element))
        if check is not None:
            yield from check(element, checked)
    yield from _stated_twice(checked)


def _organization(element: Organization, checked: _Checked) -> Iterator[Fault]:
    total = sum(owner.share.value or 0.0 for owner in element.owners)
    if total > 1 + _ROUNDING:
        message = f"owners: the shares add up to {total:g}, which is more than 1"
        hint = "Shares are fractions of the whole: write 0.4 for 40 %."
        yield checked.fault("CS135", element, "owners", message=message, hint=hint)
    seen = {element.id}
    above = checked.elements.get(element.parent or "")
    while isinstance(above, Organization) and above.id not in seen:
        seen.add(above.id)
        above = checked.elements.get(above.parent or "")
    if isinstance(above, Organization) and above.id == element.id:
        message = "parent: the organization is, through its parents, its own parent"
        hint = "Delete one of the parents of the circle."
        yield checked.fault("CS134", element, "parent", message=message, hint=hint)


def _system(element: System, checked: _Checked) -> Iterator[Fault]:
    if element.kind is not SystemKind.DEVICE_FLEET:
        for name, key in _DEVICE_FIELDS.items():
            if getattr(element, name) is not None:
                message = f"{key}: only a device fleet has it, not the kind {element.kind}"
                hint = "Delete it, or write 'kind: device-fleet'."
                yield checked.fault("CS132", element, key, message=message, hint=hint)
    provider = checked.elements.get(element.authenticates_via or "")
    if isinstance(provider, System) and provider.kind is not SystemKind.IDENTITY_PROVIDER:
        message = f"authenticates-via: {quotable(provider.id)} is of the kind {provider.kind}"
        hint = "Name a system of the kind identity-provider."
        yield checked.fault("CS136", element, "authenticates-via", message=message, hint=hint)


def _holding(element: Holding, checked: _Checked) -> Iterator[Fault]:
    yield from _attributes(element, checked)
    yield from _populations(element, checked)
    for key, targets, own in (
        ("copies", element.copies, element.system),
        ("joined", element.joined, element.id),
        ("derived-from", element.derived_from, element.id),
    ):
        for index, target in enumerate(targets):
            if target == own:
                message = f"{key}: a holding cannot name itself or its own system here"
                yield checked.fault(
                    "CS133", element, key, index, message=message, hint="Delete it."
                )
        yield from _repeated(element, checked, key, targets)


def _feed(element: Feed, checked: _Checked) -> Iterator[Fault]:
    yield from _attributes(element, checked)
    yield from _populations(element, checked)
    broker = checked.elements.get(element.broker)
    if isinstance(broker, Organization) and broker.kind is not OrganizationKind.BROKER:
        message = f"broker: {quotable(broker.id)} is of the kind {broker.kind}"
        hint = "Name an organization of the kind broker."
        yield checked.fault("CS136", element, "broker", message=message, hint=hint)


def _attributes(element: Holding | Feed, checked: _Checked) -> Iterator[Fault]:
    if not element.attributes:
        message = "attributes: the data is untyped, so nothing can be said about its loss"
        hint = "List the classes it holds, as in `[name, birth-date]`; the schema has them all."
        yield checked.fault("CS131", element, "attributes", message=message, hint=hint)
    yield from _repeated(element, checked, "attributes", element.attributes)


def _populations(element: Holding | Feed, checked: _Checked) -> Iterator[Fault]:
    targets = [row.population for row in element.populations]
    yield from _repeated(element, checked, "populations", targets)
    for index, row in enumerate(element.populations):
        population = checked.elements.get(row.population)
        if isinstance(population, Population) and _exceeds(row.count, population.size):
            message = f"count: more members than {quotable(population.id)} has"
            hint = (
                f"Its size is at {checked.place(population, 'size')}; count people, not rows."
            )
            path = ("populations", index, "count")
            yield checked.fault("CS138", element, *path, message=message, hint=hint)


def _exceeds(count: Fact[int], size: Fact[int]) -> bool:
    if count.value is None or size.value is None:
        return False
    least = count.value if count.low is None else count.low
    most = size.value if size.high is None else size.high
    return least > most


def _link(element: Link, checked: _Checked) -> Iterator[Fault]:
    if element.from_ == element.to:
        message = "to: a link must lead to another system than it comes from"
        hint = "Name the other end, or delete the link."
        yield checked.fault("CS133", element, "to", message=message, hint=hint)
    yield from _repeated(element, checked, "carries", element.carries)


def _control(element: Control, checked: _Checked) -> Iterator[Fault]:
    if not element.on:
        message = "on: the control is on no element"
        yield checked.fault("CS131", element, "on", message=message, hint="Name elements.")
    yield from _repeated(element, checked, "on", element.on)


def _contract(element: Contract, checked: _Checked) -> Iterator[Fault]:
    if element.starts and element.ends and element.ends < element.starts:
        message = "ends: the contract ends before it starts"
        yield checked.fault("CS137", element, "ends", message=message, hint="Check the years.")
    if element.contractor == element.client:
        message = "contractor: the contractor and the client are the same organization"
        hint = "Name the other party."
        yield checked.fault("CS133", element, "contractor", message=message, hint=hint)
    above = (element.contractor, element.client)
    yield from _chain(element, checked, element.subcontractors, above=above, path=())


def _chain(
    element: Contract,
    checked: _Checked,
    rows: tuple[Subcontract, ...],
    *,
    above: tuple[str, ...],
    path: Path,
) -> Iterator[Fault]:
    for index, row in enumerate(rows):
        here = (*path, "subcontractors", index)
        if row.organization in above and row.organization != UNKNOWN_ORGANIZATION:
            message = (
                f"organization: {quotable(row.organization)} is already above in the chain"
            )
            hint = (
                "A chain of subcontractors cannot come back to itself: name who does the work."
            )
            place = (*here, "organization")
            yield checked.fault("CS134", element, *place, message=message, hint=hint)
        below = (*above, row.organization)
        yield from _chain(element, checked, row.subcontractors, above=below, path=here)


def _repeated(
    element: Element, checked: _Checked, key: str, targets: Iterable[str]
) -> Iterator[Fault]:
    every = list(targets)
    for target, times in Counter(every).items():
        if times > 1:
            again = len(every) - 1 - every[::-1].index(target)
            message = f"{key}: {quotable(target)} is named {times} times"
            yield checked.fault(
                "CS139", element, key, again, message=message, hint="Name it once."
            )


def _stated_twice(checked: _Checked) -> Iterator[Fault]:
    """Two statements of one control on one element would have to agree: refuse the second."""
    first: dict[tuple[str, str], Control] = {}
    for element in checked.elements.values():
        if not isinstance(element, Control):
            continue
        for index, target in enumerate(dict.fromkeys(element.on)):
            other = first.setdefault((element.control, target), element)
            if other is not element:
                message = (
                    f"on: {element.control} on {quotable(target)} is already stated "
                    f"by {quotable(other.id)}"
                )
                hint = f"It is at {checked.place(other)}; keep one of the two."
                yield checked.fault("CS139", element, "on", index, message=message, hint=hint)


_CHECKS: Mapping[type, Callable[..., Iterator[Fault]]] = MappingProxyType(
    {
        Organization: _organization,
        System: _system,
        Holding: _holding,
        Feed: _feed,
        Link: _link,
        Control: _control,
        Contract: _contract,
    }
)
