"""The decision picture before it is drawn: what is shown, where, and what is only counted.

Laid out once on before and after together, so that nothing moves between the two. Boxes nest
as in the estate: organization, zone, system, holding. Only links in the change, on the worst
path or at a changed box are lines; all others are counted between organizations. When the
estate has more boxes than a reader can take in, what nothing touches is grouped.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from counterseal.report.document import as_document
from counterseal.report.drawing.boxes import Placed
from counterseal.report.drawing.routes import grid
from counterseal.report.staging import CHIP, chosen_plan, placed
from counterseal.report.union import State, unite
from counterseal.report.walk import walk

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from counterseal.canon import Json
    from counterseal.estate.estate import Estate
    from counterseal.report.document import ReviewDocument
    from counterseal.report.drawing.routes import Point, Route
    from counterseal.report.staging import Plan, Stage
    from counterseal.report.union import Tie, Union
    from counterseal.report.walk import Walk

__all__ = ["Item", "Line", "Pair", "Scene", "build"]

ENTRY = "~entry"
_MARGIN = 84.0
_EDGE = 42.0
_APART = 34.0
_LEFT = 12.0
_LABEL = 30.0
_MOST_LINES = 36
_MOST_PAIRS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A box of the picture.

    Attributes:
        id: Element id, or an id that starts with ``~`` for a group.
        kind: ``organizations``, ``zones``, ``systems``, …, ``holdings`` or ``group``.
        name: What it is called.
        state: What the change does to it.
        level: 0 organization, 1 zone, 2 anything in them, 3 a holding in its system.
        parent: Id of the box around it; empty at the top.
        place: Where it is, in pixels.
        hops: Its places on the worst path, from 1.
        target: Whether the path ends here.
        source: ``file:line:col``.
        notes: What changes about it that has no box.
    """

    id: str
    kind: str
    name: str
    state: State
    level: int
    parent: str
    place: Placed
    hops: tuple[int, ...] = ()
    target: bool = False
    source: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the picture, from one box to another.

    Attributes:
        id: Link id; empty when the path passes without a declared link.
        kind: ``path``, ``entry``, ``link`` or ``count``.
        link_kind: Kind of the link (``query``); empty when there is none.
        label: Hop number, letter or count that the picture shows on the line.
        route: Corners; empty when no way was found, then the line is only in the table.
        badge: Where the label stands.
    """

    id: str
    kind: str
    start: str
    end: str
    state: State
    link_kind: str = ""
    label: str = ""
    route: Route = ()
    badge: Point = (0.0, 0.0)
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Links that are not drawn one by one, counted between two organizations."""

    start: str
    end: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Everything the picture and its table show, in the order of drawing.

    ``left_out`` counts what the change or the path touches and has no box of its own.
    """

    width: float
    height: float
    items: tuple[Item, ...]
    lines: tuple[Line, ...]
    pairs: tuple[Pair, ...]
    grouped: bool
    left_out: int = 0

    def item(self, key: str) -> Item | None:
        """Return the box with an id, if it is in the picture."""
        return next((item for item in self.items if item.id == key), None)


def build(
    before: Estate, after: Estate, document: ReviewDocument | Mapping[str, Json]
) -> Scene:
    """Lay out the decision picture of a reviewed change. Deterministic."""
    union = unite(before, after)
    path = walk(as_document(document), union)
    plan = chosen_plan(union, path)
    stage = placed(plan, left=_MARGIN, top=_EDGE)
    items = _items(stage, union, path)
    lines = _lines(stage, union, path)
    return Scene(
        width=max(
            stage.width + _MARGIN + _EDGE, *(line.badge[0] + _LABEL for line in lines), 0.0
        ),
        height=stage.height + 2 * _EDGE,
        items=items,
        lines=lines,
        pairs=_pairs(plan, union),
        grouped=plan.grouped,
        left_out=plan.left_out,
    )


def _items(stage: Stage, union: Union, path: Walk) -> tuple[Item, ...]:
    items = []
    for node in stage.plan.nodes:
        member = union.members.get(node.id) or union.holdings.get(node.id)
        items.append(
            Item(
                id=node.id,
                kind=member.kind if member else "group",
                name=node.name,
                state=member.shown_state if member else State.SAME,
                level=node.level,
                parent=node.parent,
                place=stage.places[node.id],
                hops=path.hops.get(node.id, ()),
                target=node.id == path.target,
                source=member.source if member else "",
                notes=member.notes if member else (),
            )
        )
    return tuple(sorted(items, key=lambda item: (item.level, item.id)))


def _pairs(plan: Plan, union: Union) -> tuple[Pair, ...]:
    """Count the links that are not drawn, between the outermost boxes, most first."""
    drawn = {tie.id for tie in _drawn_ties(plan, union)}
    counts = Counter(
        (plan.top[tie.start], plan.top[tie.end])
        for tie in union.ties
        if tie.id not in drawn and tie.start in plan.top and tie.end in plan.top
    )
    joined: Counter[tuple[str, str]] = Counter()
    for (one, other), count in counts.items():
        joined[min(one, other), max(one, other)] += count
    ordered = sorted(joined.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(Pair(start=a, end=b, count=n) for (a, b), n in ordered)


def _drawn_ties(plan: Plan, union: Union) -> list[Tie]:
    """Return the links that are drawn one by one: the change first, then what it touches."""
    changed = [tie for tie in union.ties if tie.state is not State.SAME]
    new = {key for key, m in union.members.items() if m.state is not State.SAME}
    beside = [
        tie
        for tie in union.ties
        if tie.state is State.SAME and (tie.start in new or tie.end in new)
    ]
    seen = [t for t in (*changed, *beside) if t.start in plan.shown and t.end in plan.shown]
    return seen[:_MOST_LINES]


def _lines(stage: Stage, union: Union, path: Walk) -> tuple[Line, ...]:
    """Return the routed lines: counts between organizations, links, then the path on top."""
    plan = stage.plan
    on_path = {step.link for step in path.steps}
    steps = [
        Line(
            id=step.link,
            kind="path",
            start=plan.shown[step.start],
            end=plan.shown[step.end],
            state=step.state,
            link_kind=step.kind,
            label=step.label,
            source=step.source,
        )
        for step in path.steps
        if plan.shown[step.start] != plan.shown[step.end]
    ]
    if path.first:
        first = plan.shown[path.first]
        steps = [Line(id="", kind="entry", start=ENTRY, end=first, state=State.SAME), *steps]
    ties = [tie for tie in _drawn_ties(plan, union) if tie.id not in on_path]
    links = [
        Line(
            id=tie.id,
            kind="link",
            start=plan.shown[tie.start],
            end=plan.shown[tie.end],
            state=tie.state,
            link_kind=tie.kind,
            label=_letter(index) if tie.state is not State.SAME else "",
            source=tie.source,
        )
        for index, tie in enumerate(ties)
        if plan.shown[tie.start] != plan.shown[tie.end]
    ]
    return _routed(stage, (*steps, *links), _count_lines(plan, union))


def _count_lines(plan: Plan, union: Union) -> list[Line]:
    pairs = [pair for pair in _pairs(plan, union) if pair.start != pair.end]
    return [
        Line(
            id="",
            kind="count",
            start=pair.start,
            end=pair.end,
            state=State.SAME,
            label=f"{pair.count}",
        )
        for pair in pairs[:_MOST_PAIRS]
    ]


def _routed(stage: Stage, lines: Sequence[Line], counts: Sequence[Line]) -> tuple[Line, ...]:
    """Find the way of every line, the path first, and a free spot for every label."""
    places = dict(stage.places)
    entry = next((line.end for line in lines if line.kind == "entry"), None)
    if entry is not None:
        first = places[entry]
        places[ENTRY] = Placed(x=_LEFT, y=first.y, width=0.0, height=first.height)
    spots: list[Point] = []
    result: list[Line] = []
    leaves, tops = stage.leaves(), stage.tops()
    groups: tuple[tuple[Sequence[Line], tuple[Placed, ...], tuple[Placed, ...]], ...] = (
        (lines, (*leaves, *tops), (*leaves, *stage.titles())),
        (counts, tops, tops),
    )
    for group, around, obstacles in groups:
        ends = [places[key] for line in group for key in (line.start, line.end)]
        if group is counts:
            paths = grid(ends, around=around, obstacles=obstacles, lanes=(30.0,), shared=8.0)
        else:
            paths = grid(ends, around=around, obstacles=obstacles, lanes=(11.0, 20.0))
        for line in group:
            route = paths.route(
                places[line.start], places[line.end], around=_foreign(line, stage)
            )
            spot = _free_spot(route, spots) if line.label else (0.0, 0.0)
            result.append(replace(line, route=route, badge=spot))
    order = {"count": 0, "link": 1, "path": 2, "entry": 2}
    return tuple(sorted(result, key=lambda line: order[line.kind]))


def _foreign(line: Line, stage: Stage) -> tuple[Placed, ...]:
    """Return the outermost boxes that a line neither starts nor ends in."""
    own = {stage.top_of(line.start), stage.top_of(line.end)}
    tops = (node for node in stage.plan.nodes if not node.parent and node.id not in own)
    return tuple(stage.places[node.id] for node in tops)


def _free_spot(route: Route, spots: list[Point]) -> Point:
    """Return a point on the longest stretches that is clear of the labels placed so far."""
    stretches = sorted(
        pairwise(route),
        key=lambda s: -(abs(s[0][0] - s[1][0]) + abs(s[0][1] - s[1][1])),
    )
    for (x0, y0), (x1, y1) in stretches:
        for share in (0.5, 0.35, 0.65, 0.2, 0.8):
            spot = (x0 + share * (x1 - x0), y0 + share * (y1 - y0))
            clear = all(abs(spot[0] - x) > _APART or abs(spot[1] - y) > CHIP for x, y in spots)
            if clear:
                spots.append(spot)
                return spot
    return route[0] if route else (0.0, 0.0)


def _letter(index: int) -> str:
    """Return a, b, …, z, aa, ab, …."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    high, low = divmod(index, len(letters))
    return (letters[high - 1] if high else "") + letters[low]
