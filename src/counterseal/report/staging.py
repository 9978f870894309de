"""Which boxes a picture shows, how they nest, and where they stand.

Degrees of detail are tried in turn until the boxes are few enough to be read: all of
them; zones that nothing touches as one count; organizations that nothing touches as one count
each, or together when they are many; in touched zones, untouched systems as one count; in
touched organizations, untouched zones as one count. When the change itself is a crowd, the path
is shown with the first few of what else is touched, and the others are counted too.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from enum import IntEnum
from math import ceil
from typing import TYPE_CHECKING

from counterseal.report.drawing.boxes import Box, Frame, Placed, Spacing, fit
from counterseal.report.drawing.glyphs import text_width, wrap
from counterseal.report.union import State
from counterseal.report.wording import kind_word

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from counterseal.report.union import Member, Union
    from counterseal.report.walk import Walk

__all__ = [
    "CHIP",
    "HOP_ROOM",
    "LEAF_TEXT",
    "MOST_BOXES",
    "TEXT_ROOM",
    "Level",
    "Node",
    "Plan",
    "Stage",
    "chosen_plan",
    "placed",
]

MOST_BOXES = 150
"""No picture shows more boxes than this (``interfaces.md``, Report)."""

COMFORTABLE = 70
"""Grouping is tried until no more boxes than this are left: more fit, but shrink the text."""

CHIP = 22.0
LEAF_WIDTH = 184.0
LEAF_TEXT = 12.0
_ONE_LINE, _TWO_LINES = 30.0, 44.0
TEXT_ROOM = LEAF_WIDTH - 20.0
HOP_ROOM = 42.0
_TITLE_LEAST = 190.0
_ROOT = "~root"
_REST = "~rest"
_PAGE = (1150.0, 780.0)
_FRAMES = frozenset({"organizations", "zones"})
_FEW = 6
_CROWDS = (30, 20, 12, 6)
_ZONE = Spacing(padding=20.0, between=44.0, rows=22.0, title=40.0)
_ORGANIZATION = Spacing(padding=20.0, between=44.0, rows=30.0, title=46.0)
_TOP = Spacing(padding=0.0, between=60.0, rows=48.0, title=0.0)


class Level(IntEnum):
    """How deep a box is nested."""

    ORGANIZATION = 0
    ZONE = 1
    LEAF = 2
    CHIP = 3


class Degree(IntEnum):
    """How much is grouped: each degree includes those before it."""

    NOTHING = 0
    ZONES = 1
    ORGANIZATIONS = 2
    SYSTEMS = 3
    INSIDES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A box that will be shown: its first place on the path, and whether it has a sign."""

    id: str
    name: str
    level: Level
    parent: str
    flow: int | None = None
    marked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is shown.

    Attributes:
        nodes: Every box, parents before children.
        shown: For every box of the estate, the one that shows it: itself or its group.
        top: For every box of the estate, the outermost box around it.
        grouped: Whether anything stands for several boxes.
        left_out: How many boxes that the change or the path touches are only counted.
    """

    nodes: tuple[Node, ...]
    shown: Mapping[str, str]
    top: Mapping[str, str]
    grouped: bool
    left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A plan with the place of every box."""

    plan: Plan
    places: Mapping[str, Placed]
    width: float
    height: float

    def top_of(self, key: str) -> str:
        """Return the outermost shown box around a shown box."""
        parents = {node.id: node.parent for node in self.plan.nodes}
        while parents.get(key):
            key = parents[key]
        return key

    def leaves(self) -> tuple[Placed, ...]:
        """Return the places of what lines must not cross."""
        return tuple(self.places[n.id] for n in self.plan.nodes if n.level == Level.LEAF)

    def tops(self) -> tuple[Placed, ...]:
        """Return the places of the outermost boxes."""
        return tuple(self.places[n.id] for n in self.plan.nodes if not n.parent)

    def titles(self) -> tuple[Placed, ...]:
        """Return the strips that the titles of zones and organizations take."""
        strips = []
        for node in self.plan.nodes:
            if node.level < Level.LEAF:
                place = self.places[node.id]
                wide = min(text_width(node.name, 13.0, bold=True) + 24.0, place.width)
                strips.append(Placed(x=place.x, y=place.y, width=wide, height=26.0))
        return tuple(strips)


def chosen_plan(union: Union, path: Walk) -> Plan:
    """Return the plan with the most detail that can be read; never above ``MOST_BOXES``."""
    touched = _touched(union, path)
    visible = _visible(union, touched)
    plan = _plan(union, path, visible, touched, degree=Degree.NOTHING)
    for degree in (Degree.ZONES, Degree.ORGANIZATIONS, Degree.SYSTEMS, Degree.INSIDES):
        if len(plan.nodes) <= COMFORTABLE:
            return plan
        plan = _plan(union, path, visible, touched, degree=degree)
    crowds = iter(_CROWDS)
    while len(plan.nodes) > COMFORTABLE and (crowd := next(crowds, 0)):
        fewer = _fewer(union, path, touched, crowd)
        plan = _plan(
            union, path, _visible(union, fewer), fewer, degree=Degree.INSIDES, most=crowd
        )
    boxes = {node.id for node in plan.nodes}
    return replace(plan, left_out=len(touched - boxes))


def _visible(union: Union, touched: set[str]) -> dict[str, Member]:
    """Return what has a box: contracts and knowledge only when they are touched."""
    return {
        key: member
        for key, member in union.members.items()
        if member.kind not in {"contracts", "knowledge"} or key in touched
    }


def placed(plan: Plan, *, left: float, top: float) -> Stage:
    """Return the plan with places; the picture starts at ``left`` and ``top``."""
    candidates = [
        _frames(plan, tall=tall, wide=wide, across=across)
        for tall in (3, 4, 6, 9)
        for wide in (1, 2, 3)
        for across in (1, 2, 3, 4, 5)
    ]
    places = fit(candidates, width=_PAGE[0], height=_PAGE[1])
    root = places[_ROOT]
    moved = {key: box.moved(left, top) for key, box in places.items() if key != _ROOT}
    chips: Counter[str] = Counter()
    for node in plan.nodes:
        if node.level == Level.CHIP:
            around = moved[node.parent]
            room = sum(n.parent == node.parent for n in plan.nodes)
            y = around.bottom - (room - chips[node.parent]) * (CHIP + 5) - 4
            moved[node.id] = Placed(x=around.x + 8, y=y, width=around.width - 16, height=CHIP)
            chips[node.parent] += 1
    return Stage(plan=plan, places=moved, width=root.width, height=root.height)


def _touched(union: Union, path: Walk) -> set[str]:
    """Return the boxes on the path, in the change or at the end of a changed link."""
    touched = set(path.boxes)
    touched |= {k for k, m in union.members.items() if m.shown_state is not State.SAME}
    for tie in union.ties:
        if tie.state is not State.SAME:
            touched |= {tie.start, tie.end}
    return _with_surroundings(union, touched)


def _fewer(union: Union, path: Walk, touched: set[str], most: int) -> set[str]:
    """Return the path and the first few of what else is touched, when that is a crowd."""
    inner = {key: union.members[key] for key in sorted(touched)}
    others = sorted(
        (k for k, m in inner.items() if m.kind not in _FRAMES and k not in path.boxes),
        key=lambda k: (inner[k].shown_state is State.SAME, inner[k].kind != "systems", k),
    )
    room = max(0, most - len(path.boxes))
    return _with_surroundings(union, {*path.boxes, *others[:room]})


def _with_surroundings(union: Union, boxes: set[str]) -> set[str]:
    """Return the boxes, those that are in the estate, with all that they lie in."""
    result = {key for key in boxes if key in union.members}
    for key in boxes:
        around = union.members[key].home if key in union.members else ""
        while around in union.members and around not in result:
            result.add(around)
            around = union.members[around].home
    return result


def _plan(
    union: Union,
    path: Walk,
    visible: Mapping[str, Member],
    touched: set[str],
    *,
    degree: Degree,
    most: int = _CROWDS[0],
) -> Plan:
    """Choose what stands for what, then name the groups by what they hold."""
    top = {key: _top(key, visible) for key in visible}
    quiet = {key for key in visible if not visible[key].home and key not in touched}
    together = degree >= Degree.ORGANIZATIONS and len(quiet) > _FEW
    shown = {
        key: _stand_in(key, visible, touched, degree=degree, together=together)
        for key in visible
    }
    if together:
        top = {key: _REST if value in quiet else value for key, value in top.items()}
    nodes = _boxes(visible, shown, path) + _groups(visible, shown)
    nodes += _chips(union, path, shown, most)
    kept = [n for n in nodes if n.level > Level.ZONE or _holds_something(n.id, nodes, touched)]
    grouped = any(value != key for key, value in shown.items())
    ordered = sorted(kept, key=lambda node: (node.level, node.id))
    return Plan(nodes=tuple(ordered), shown=shown, top=top, grouped=grouped)


def _holds_something(key: str, nodes: Iterable[Node], touched: set[str]) -> bool:
    return key in touched or any(node.parent == key for node in nodes)


def _top(key: str, visible: Mapping[str, Member]) -> str:
    while visible[key].home in visible:
        key = visible[key].home
    return key


def _stand_in(
    key: str,
    visible: Mapping[str, Member],
    touched: set[str],
    *,
    degree: Degree,
    together: bool,
) -> str:
    """Return the box that shows ``key`` at a degree of detail."""
    top = _top(key, visible)
    if degree >= Degree.ORGANIZATIONS and top not in touched:
        if together:
            return _REST + "~"
        return key if key == top else f"~{top}"
    home = visible[key].home
    zone = key if visible[key].kind == "zones" else home
    if degree >= Degree.INSIDES and zone not in touched and _is_zone(zone, visible):
        return f"~{top}"
    if visible[key].kind == "systems" and home in visible:
        if degree >= Degree.ZONES and home not in touched:
            return f"~{home}"
        if degree >= Degree.SYSTEMS and key not in touched:
            return f"~{home}"
    return key


def _is_zone(key: str, visible: Mapping[str, Member]) -> bool:
    return key in visible and visible[key].kind == "zones" and visible[key].home in visible


def _boxes(visible: Mapping[str, Member], shown: Mapping[str, str], path: Walk) -> list[Node]:
    levels = {"organizations": Level.ORGANIZATION, "zones": Level.ZONE}
    return [
        Node(
            id=key,
            name=member.name,
            level=levels.get(member.kind, Level.LEAF),
            parent=member.home if member.home in visible else "",
            flow=path.flow.get(key),
            marked=member.shown_state is not State.SAME,
        )
        for key, member in visible.items()
        if shown[key] == key
    ]


def _groups(visible: Mapping[str, Member], shown: Mapping[str, str]) -> list[Node]:
    """Return the boxes that stand for several, named by what they count."""
    inside: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for key, group in shown.items():
        if group != key:
            inside[group][visible[key].kind] += 1
    nodes = []
    for group, counts in sorted(inside.items()):
        if group == _REST + "~":
            count = counts.pop("organizations")
            name = f"{count} further organizations"
            nodes.append(Node(id=_REST, name=name, level=Level.ORGANIZATION, parent=""))
        words = ", ".join(f"{n:,} {kind_word(kind, n)}" for kind, n in sorted(counts.items()))
        parent = _REST if group == _REST + "~" else group[1:]
        nodes.append(
            Node(id=group, name=words or "nothing else", level=Level.LEAF, parent=parent)
        )
    return nodes


def _chips(union: Union, path: Walk, shown: Mapping[str, str], most: int) -> list[Node]:
    """Return the holdings on the path or in the change, inside their systems."""
    chips = [
        Node(
            id=key,
            name=holding.name,
            level=Level.CHIP,
            parent=holding.home,
            marked=holding.state is not State.SAME,
        )
        for key, holding in union.holdings.items()
        if (key in path.hops or holding.state is not State.SAME)
        and shown.get(holding.home) == holding.home
    ]
    return sorted(chips, key=lambda node: (node.id not in path.hops, node.id))[:most]


def _frames(plan: Plan, *, tall: int, wide: int, across: int) -> Frame:
    """Nest ``tall`` leaves to a column, ``wide`` zones, ``across`` organizations to a row."""
    children: defaultdict[str, list[Node]] = defaultdict(list)
    for node in plan.nodes:
        children[node.parent].append(node)

    def framed(node: Node) -> Box | Frame:
        inner = children[node.id]
        if node.level > Level.ZONE:
            return Box(
                id=node.id,
                width=LEAF_WIDTH,
                height=_leaf_height(node, len(inner)),
                flow=node.flow,
            )
        zones = any(child.level == Level.ZONE for child in inner)
        return Frame(
            id=node.id,
            children=tuple(framed(child) for child in inner),
            columns=wide if zones else max(1, ceil(len(inner) / tall)),
            spacing=_ORGANIZATION if node.level == Level.ORGANIZATION else _ZONE,
            least_width=_TITLE_LEAST,
        )

    tops = tuple(framed(node) for node in children[""])
    return Frame(id=_ROOT, children=tops, columns=across, spacing=_TOP)


def _leaf_height(node: Node, chips: int) -> float:
    room = TEXT_ROOM - (HOP_ROOM if node.flow is not None else 0.0)
    lines = wrap("+ " * node.marked + node.name, room, LEAF_TEXT)
    base = _TWO_LINES if len(lines) > 1 else _ONE_LINE
    return base + (chips * (CHIP + 5) + 4 if chips else 0.0)
