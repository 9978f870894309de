"""The worst path over the boxes of a picture: which box is which hop, and what leads on."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from counterseal.report.union import State

if TYPE_CHECKING:
    from collections.abc import Mapping

    from counterseal.report.document import ReviewDocument
    from counterseal.report.union import Tie, Union

__all__ = ["Walk", "WalkStep", "walk"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkStep:
    """The way from one box to the next; ``link`` is empty when no declared link leads there."""

    start: str
    end: str
    link: str
    kind: str
    state: State
    label: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """A path over boxes.

    Attributes:
        hops: Numbers of the hops, from 1, by element id (boxes and holdings).
        flow: First hop by box.
        boxes: Boxes in the order in which they are first met.
        steps: The way between them.
        target: Element at which the path ends; empty without a path.
    """

    hops: Mapping[str, tuple[int, ...]]
    flow: Mapping[str, int]
    boxes: tuple[str, ...]
    steps: tuple[WalkStep, ...]
    target: str

    @property
    def first(self) -> str:
        """The box at which the path enters; empty without a path."""
        return self.boxes[0] if self.boxes else ""


def walk(document: ReviewDocument, union: Union) -> Walk:
    """Return the path that may be shown, over the boxes of ``union``."""
    ties = {tie.id: tie for tie in union.ties}
    hops: defaultdict[str, list[int]] = defaultdict(list)
    flow: dict[str, int] = {}
    visits: list[str] = []
    over: dict[int, tuple[str, int]] = {}
    target = ""
    for number, hop in enumerate(document.shown_path, start=1):
        if hop.element in ties:
            if not visits:
                visits.append(ties[hop.element].start)
            over[len(visits)] = (hop.element, number)
            continue
        box = union.box_of(hop.element)
        if not box:
            continue
        target = hop.element if hop.element in union.holdings else box
        hops[target].append(number)
        flow.setdefault(box, number)
        if not visits or visits[-1] != box:
            visits.append(box)
    visits = _with_far_end(visits, over, ties)
    steps = tuple(
        _step(one, other, over.get(index), union, ties)
        for index, (one, other) in enumerate(pairwise(visits), start=1)
    )
    for index, box in enumerate(visits):
        flow.setdefault(box, over.get(index, ("", index))[1])
    return Walk(
        hops={key: tuple(dict.fromkeys(numbers)) for key, numbers in hops.items()},
        flow=flow,
        boxes=tuple(dict.fromkeys(visits)),
        steps=steps,
        target=target or (visits[-1] if visits else ""),
    )


def _with_far_end(
    visits: list[str], over: Mapping[int, tuple[str, int]], ties: Mapping[str, Tie]
) -> list[str]:
    """Add the far end of a link that the path ends with."""
    if not visits or len(visits) not in over:
        return visits
    tie = ties[over[len(visits)][0]]
    return [*visits, tie.end if visits[-1] == tie.start else tie.start]


def _step(
    start: str,
    end: str,
    named: tuple[str, int] | None,
    union: Union,
    ties: Mapping[str, Tie],
) -> WalkStep:
    between = [tie for tie in union.ties if {tie.start, tie.end} == {start, end}]
    tie = ties[named[0]] if named else next(iter(between), None)
    return WalkStep(
        start=start,
        end=end,
        link=tie.id if tie else "",
        kind=tie.kind if tie else "",
        state=tie.state if tie else State.SAME,
        label=str(named[1]) if named else "",
        source=tie.source if tie else "",
    )
