"""Before and after as one estate: every element of either, with what happens to it.

What has no box of its own in a picture (a grant, a control, a holding) marks the box that it
belongs to, with a note that says what changed.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from counterseal.estate.records import (
    Contract,
    Control,
    Feed,
    Grant,
    Holding,
    Knowledge,
    Link,
    System,
    Zone,
)
from counterseal.report.wording import kind_word

if TYPE_CHECKING:
    from collections.abc import Mapping

    from counterseal.estate.estate import Estate
    from counterseal.estate.records import Element

__all__ = ["Member", "State", "Tie", "Union", "unite"]

_BOXES = frozenset({"organizations", "zones", "systems", "feeds", "contracts", "knowledge"})


class State(StrEnum):
    """What happens to an element."""

    SAME = "unchanged"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An element of before or after.

    Attributes:
        id, kind, name: As in the estate; ``kind`` is a key of it (``systems``).
        state: What happens to the element itself.
        home: The element that it is drawn in; empty for an organization.
        source: ``file:line:col`` where it was written, after where it is in both.
        notes: What changes about it that has no box of its own.
    """

    id: str
    kind: str
    name: str
    state: State
    home: str
    source: str
    notes: tuple[str, ...] = ()

    @property
    def shown_state(self) -> State:
        """Its own state, or changed when only something about it changes."""
        return State.CHANGED if self.notes and self.state is State.SAME else self.state


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """A link between two boxes."""

    id: str
    start: str
    end: str
    kind: str
    name: str
    state: State
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Union:
    """Members with a box by id, holdings by id, and links, each sorted by id."""

    members: Mapping[str, Member]
    holdings: Mapping[str, Member]
    ties: tuple[Tie, ...]
    owners: Mapping[str, str]

    def box_of(self, element: str) -> str:
        """Return the id of the box that shows ``element``; empty when none does."""
        return element if element in self.members else self.owners.get(element, "")


def unite(before: Estate, after: Estate) -> Union:
    """Return before and after together with the state of every element."""
    elements = _by_id(before) | _by_id(after)
    states = {key: _state(key, before, after) for key in elements}
    owners = {key: _home(element) for key, (_, element) in elements.items()}
    notes = _notes(elements, states, owners)

    def member(key: str) -> Member:
        kind, element = elements[key]
        place = after.place(key) or before.place(key)
        return Member(
            id=key,
            kind=kind,
            name=element.name or key,
            state=states[key],
            home=owners[key],
            source=str(place) if place else "",
            notes=tuple(sorted(notes[key])),
        )

    boxes = {k: member(k) for k in sorted(elements) if elements[k][0] in _BOXES}
    holdings = {k: member(k) for k in sorted(elements) if elements[k][0] == "holdings"}
    united = Union(members=boxes, holdings=holdings, ties=(), owners=owners)
    ties = [_tie(member(k), elements[k][1], united) for k in sorted(elements)]
    return Union(
        members=boxes,
        holdings=holdings,
        ties=tuple(tie for tie in ties if tie is not None),
        owners=owners,
    )


def _by_id(estate: Estate) -> dict[str, tuple[str, Element]]:
    return {element.id: (kind, element) for kind, element in estate.elements()}


def _state(key: str, before: Estate, after: Estate) -> State:
    old, new = before.kind_of.get(key), after.kind_of.get(key)
    if old is None:
        return State.ADDED
    if new is None:
        return State.REMOVED
    same = before.of_kind(old)[key] == after.of_kind(new)[key]
    return State.SAME if same else State.CHANGED


def _home(element: Element) -> str:
    """Return the element that ``element`` is drawn in, or that stands for it."""
    homes: tuple[str, ...] = ()
    match element:
        case System():
            homes = (element.zone,)
        case Zone():
            homes = (element.operator,)
        case Feed():
            homes = (element.broker,)
        case Contract():
            homes = (element.contractor,)
        case Knowledge():
            homes = (*element.held_by, *element.stored_on)
        case Holding() | Grant():
            homes = (element.system,)
        case Control():
            homes = element.on
        case _:
            pass
    return homes[0] if homes else ""


def _notes(
    elements: Mapping[str, tuple[str, Element]],
    states: Mapping[str, State],
    owners: Mapping[str, str],
) -> defaultdict[str, set[str]]:
    """Collect, by box, what changes about it."""
    notes: defaultdict[str, set[str]] = defaultdict(set)
    for key, (kind, element) in elements.items():
        if states[key] is State.SAME or kind in _BOXES or kind == "links":
            continue
        targets = element.on if isinstance(element, Control) else (owners[key],)
        note = f"{kind_word(kind)} {element.name or key} {states[key]}"
        for target in targets:
            inside = elements.get(target, ("", None))[0] == "holdings"
            notes[owners[target] if inside else target].add(note)
    return notes


def _tie(member: Member, element: Element, united: Union) -> Tie | None:
    if not isinstance(element, Link):
        return None
    start, end = united.box_of(element.from_), united.box_of(element.to)
    if not start or not end or start == end:
        return None
    return Tie(
        id=member.id,
        start=start,
        end=end,
        kind=element.kind,
        name=member.name,
        state=member.state,
        source=member.source,
    )
