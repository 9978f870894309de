"""What differs between two estates, field by field, and whether it makes the estate look safer.

An edit that lowers the risk that a model shows is the edit an adversary would make to the
model (threat E3), so it has to rest on better evidence than one that raises it (N11). Which
way an edit points is said only where a field has a better and a worse end.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from counterseal.estate.direction import Direction, direction_of_element, direction_of_field
from counterseal.estate.estate import KINDS
from counterseal.estate.written.values import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from counterseal.canon import Json
    from counterseal.errors import Place
    from counterseal.estate.estate import Estate
    from counterseal.estate.records import Element

__all__ = ["Diff", "Difference", "Direction", "Operation", "diff"]


class Operation(StrEnum):
    """What was done to an element."""

    ADD = "add"
    REMOVE = "remove"
    SET = "set"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One element added or removed, or one field set.

    Attributes:
        operation: What was done.
        kind: Kind of the element, a key of ``KINDS``.
        element: Its id.
        name: What it is called, ``""`` when it has no name.
        field: The field that was set; ``""`` for a whole element.
        before: Value before, as a file would write it; ``None`` for an added element, and for
            a field that held nothing.
        after: Value after, likewise.
        direction: Whether it lowers or raises the risk that the model shows.
        place: Where the new state (for a removal, the old one) was written.
    """

    operation: Operation
    kind: str
    element: str
    name: str
    field: str = ""
    before: Json = None
    after: Json = None
    direction: Direction = Direction.UNCLEAR
    place: Place | None = dataclasses.field(default=None, compare=False)

    def as_json(self) -> dict[str, Json]:
        """Return the difference with the keys of a review document."""
        return {
            "op": self.operation.value,
            "kind": self.kind,
            "element": self.element,
            "name": self.name,
            "field": self.field,
            "before": self.before,
            "after": self.after,
            "direction": self.direction.value,
            "source": str(self.place) if self.place else "",
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Diff:
    """All differences, kinds as in ``KINDS``, then by id, then by field.

    Attributes:
        differences: Every difference.
        unchanged: How many elements of each kind are the same.
    """

    differences: tuple[Difference, ...]
    unchanged: Mapping[str, int]

    @property
    def added(self) -> tuple[Difference, ...]:
        """The elements that are only in the second estate."""
        return self._of(Operation.ADD)

    @property
    def removed(self) -> tuple[Difference, ...]:
        """The elements that are only in the first estate."""
        return self._of(Operation.REMOVE)

    @property
    def changed(self) -> tuple[Difference, ...]:
        """The fields that differ, of elements in both."""
        return self._of(Operation.SET)

    @property
    def lowering(self) -> tuple[Difference, ...]:
        """The differences that make the estate look safer and so need the best evidence."""
        return tuple(row for row in self.differences if row.direction is Direction.LOWERS)

    def as_json(self) -> list[dict[str, Json]]:
        """Return the differences with the keys of a review document."""
        return [row.as_json() for row in self.differences]

    def _of(self, operation: Operation) -> tuple[Difference, ...]:
        return tuple(row for row in self.differences if row.operation is operation)


def diff(before: Estate, after: Estate) -> Diff:
    """Return what differs between two estates; names and places of estates do not count.

    An element that has another kind in ``after`` is one removed and one added.
    """
    differences: list[Difference] = []
    unchanged: dict[str, int] = {}
    for kind in KINDS:
        old, new = before.of_kind(kind), after.of_kind(kind)
        same = 0
        for element_id in sorted(old.keys() | new.keys()):
            if old.get(element_id) is new.get(element_id):
                same += 1
                continue
            rows = list(_differences(kind, element_id, before, after))
            differences += rows
            same += not rows
        unchanged[kind] = same
    return Diff(differences=tuple(differences), unchanged=unchanged)


def _differences(
    kind: str, element_id: str, before: Estate, after: Estate
) -> Iterator[Difference]:
    old = before.of_kind(kind).get(element_id)
    new = after.of_kind(kind).get(element_id)
    if old is not None and new is not None:
        yield from _fields(kind, old, new, after)
    elif new is not None:
        yield Difference(
            operation=Operation.ADD,
            kind=kind,
            element=element_id,
            name=new.name,
            after=plain(new),
            direction=direction_of_element(new, is_added=True),
            place=after.place(element_id),
        )
    elif old is not None:
        yield Difference(
            operation=Operation.REMOVE,
            kind=kind,
            element=element_id,
            name=old.name,
            before=plain(old),
            direction=direction_of_element(old, is_added=False),
            place=before.place(element_id),
        )


def _fields(kind: str, old: Element, new: Element, after: Estate) -> Iterator[Difference]:
    for name, info in type(new).model_fields.items():
        was, now = getattr(old, name), getattr(new, name)
        if was == now:
            continue
        key = info.alias or name
        yield Difference(
            operation=Operation.SET,
            kind=kind,
            element=new.id,
            name=new.name,
            field=key,
            before=plain(was),
            after=plain(now),
            direction=direction_of_field(type(new), name, was, now),
            place=after.place(new.id, key),
        )
