"""Every picture of the page, each with the rows of the table that says the same."""

# ruff: noqa: RUF001 - typographic signs are what readers see here

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import TYPE_CHECKING

from counterseal.report import wording
from counterseal.report.drawing import charts, plane, years
from counterseal.report.drawing.axes import one_in
from counterseal.report.drawing.picture import draw
from counterseal.report.drawing.plot import Caption
from counterseal.report.html.listing import Listing, first
from counterseal.report.staging import Level
from counterseal.report.union import State

if TYPE_CHECKING:
    from markupsafe import Markup

    from counterseal.report.document import ReviewDocument
    from counterseal.report.scene import Item, Line, Scene
    from counterseal.report.sections import (
        BreadthDepth,
        Curve,
        CurvePoint,
        Estimate,
        ValueLine,
    )

__all__ = ["Figure", "PictureFigure", "figures"]

Rows = Listing[tuple[str, ...]]
_MOST_CURVES = 12
_FEW_ROWS = 40
_MOST_BARS = 16
_MOST_PANELS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A chart with its table."""

    svg: Markup
    rows: Rows
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """The chart of one class of attribute."""

    name: str
    kind: str
    svg: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueRow:
    """A class of attribute with its value before and after, by horizon."""

    name: str
    kind: str
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueFigure:
    """Value over the years: charts of some classes, and the table of all."""

    panels: tuple[Panel, ...]
    said: str
    horizons: tuple[str, ...]
    rows: Listing[ValueRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureFigure:
    """The decision picture with its tables."""

    svg: Markup
    caption: str
    touched: Rows
    lines: Rows
    pairs: Rows
    others: Rows
    open: bool


def figures(review: ReviewDocument, scene: Scene | None) -> dict[str, object]:
    """Return the pictures of the page by the names that the templates use."""
    names = {line.adversary: line.adversary_name for line in review.headline}
    horizon = max((year for line in review.value for year in line.years), default=25)
    return {
        "picture": _picture(review, scene) if scene else None,
        "comparisons": _comparisons(review),
        "arrivals": [
            _arrivals(curve, index, names.get(curve.adversary, curve.adversary))
            for index, curve in enumerate(review.curves[:_MOST_CURVES])
        ],
        "value": _value(review),
        "horizon": f"{horizon:g}",
        "breadth": _breadth(review),
        "past": _past(review),
        "only_two": plane.ONLY_TWO,
        "evidence": _evidence(review),
    }


def _picture(review: ReviewDocument, scene: Scene) -> PictureFigure:
    names = {item.id: item.name for item in scene.items}
    touched = [i for i in scene.items if i.state is not State.SAME or i.hops]
    title = f"Decision picture of {review.change.title or review.change.id}"
    grouped = " What neither touches is grouped and counted." if scene.grouped else ""
    caption = (
        "Organizations hold zones, zones hold systems. Dashed is added, crossed out is "
        "removed, dotted is changed; the thick line is the worst path, numbered by hop, "
        "from the entry at the left to the target with the double outline. Nothing moves "
        f"between before and after.{grouped}"
    )
    if scene.left_out:
        caption += (
            f" {scene.left_out:,} boxes that the change touches are only counted, in groups: "
            "there are too many to be read."
        )
    if not review.shown_path:
        caption += " No path is drawn."
    return PictureFigure(
        svg=draw(scene, prefix="fig-decision", title=title, description=caption),
        caption=caption,
        touched=first(_touched_row(item, names) for item in touched),
        lines=first(_line_row(line, names) for line in scene.lines if line.kind != "count"),
        pairs=first(
            (
                names.get(pair.start, pair.start),
                names.get(pair.end, pair.end) if pair.end != pair.start else "inside",
                str(pair.count),
            )
            for pair in scene.pairs
        ),
        others=first(
            (i.name, wording.kind_word(i.kind), names.get(i.parent, ""), i.source)
            for i in scene.items
            if i not in touched and i.level >= Level.LEAF
        ),
        open=len(touched) <= _FEW_ROWS,
    )


def _touched_row(item: Item, names: dict[str, str]) -> tuple[str, ...]:
    hops = ", ".join(map(str, item.hops)) + (" (target)" if item.target else "")
    return (
        item.name,
        wording.kind_word(item.kind),
        names.get(item.parent, ""),
        str(item.state),
        hops,
        "; ".join(item.notes),
        item.source,
    )


def _line_row(line: Line, names: dict[str, str]) -> tuple[str, ...]:
    kind = "entry" if line.kind == "entry" else line.link_kind or "no declared link"
    start = "outside" if line.kind == "entry" else names.get(line.start, line.start)
    path = "worst path" if line.kind in {"path", "entry"} else ""
    state = ", ".join(word for word in (path, str(line.state)) if word)
    end = names.get(line.end, line.end)
    return (line.label or line.id or kind, start, end, kind, state, line.source)


def _comparisons(review: ReviewDocument) -> Figure | None:
    if not review.headline:
        return None
    ordered = sorted(review.headline, key=lambda line: -(line.p_worse or 0.0))
    rows = first(
        (
            f"{line.adversary_name or line.adversary}: {line.use_name or line.use}",
            _with_interval(line.p_worse, line.interval),
            wording.likelihood_word(line.p_worse),
            wording.percent(line.p_better),
            "was not possible before" if line.newly_possible else wording.ratio(line.ratio),
        )
        for line in ordered
    )
    caption = Caption(
        prefix="fig-comparisons",
        title="Probability that after is worse than before",
        description="One row for each adversary and use, with its 95 % interval.",
    )
    return Figure(svg=charts.comparisons(ordered[:_MOST_BARS], caption), rows=rows)


def _with_interval(p: float | None, ends: tuple[float, float] | None) -> str:
    return wording.percent(p) + (
        f" ({wording.interval(ends)})" if ends and p is not None else ""
    )


def _arrivals(curve: Curve, index: int, adversary: str) -> Figure:
    title = f"{adversary}: {curve.label or curve.objective}"
    caption = Caption(
        prefix=f"fig-arrivals-{index}",
        title=f"Arrival times, {title}",
        description="Share of draws reached by day, before dashed and after solid.",
    )
    days = sorted({point.days for point in (*curve.before, *curve.after)})
    before = {point.days: point for point in curve.before}
    after = {point.days: point for point in curve.after}
    rows = first(
        (wording.number(day), _share(before.get(day)), _share(after.get(day))) for day in days
    )
    return Figure(svg=charts.arrivals(curve, caption), rows=rows, title=title)


def _share(point: CurvePoint | None) -> str:
    if point is None:
        return "-"
    ends = (point.low, point.high)
    known = (ends[0], ends[1]) if ends[0] is not None and ends[1] is not None else None
    return _with_interval(point.p, known)


def _value(review: ReviewDocument) -> ValueFigure | None:
    if not review.value:
        return None
    moved = years.ranked(review.value)
    shown = moved[:_MOST_PANELS] or review.value[:_MOST_PANELS]
    most = years.highest(shown)
    horizons = sorted({year for line in review.value for year in line.years})
    if moved:
        said = (
            f"The {wording.plural(len(shown), 'class', 'classes')} that the change moves most"
        )
    else:
        said = "No class of attribute is moved; the first are drawn"
    if len(shown) < len(review.value):
        said += f"; the table has all {len(review.value)}"
    return ValueFigure(
        panels=tuple(_panel(line, index, most) for index, line in enumerate(shown)),
        said=said + ".",
        horizons=tuple(wording.plural(round(year), "year") for year in horizons),
        rows=first(_value_row(line, horizons) for line in review.value),
    )


def _panel(line: ValueLine, index: int, most: float) -> Panel:
    name = line.name or line.attribute
    both = (("before", line.before), ("after", line.after))
    told = "; ".join(
        f"{side} " + ", ".join(wording.estimate(cell) for cell in row) for side, row in both
    )
    after = ", ".join(f"{year:g}" for year in line.years)
    caption = Caption(
        prefix=f"fig-value-{index}",
        title=f"{name}: usable person-years, before dashed and after solid",
        description=f"After {after} years: {told}.",
    )
    return Panel(name=name, kind=line.kind, svg=years.panel(line, caption, most=most))


def _value_row(line: ValueLine, horizons: list[float]) -> ValueRow:
    before = dict(zip(line.years, line.before, strict=False))
    after = dict(zip(line.years, line.after, strict=False))
    return ValueRow(
        name=line.name or line.attribute,
        kind=line.kind,
        pairs=tuple(
            (_compact(before.get(year)), _compact(after.get(year))) for year in horizons
        ),
    )


def _compact(cell: Estimate | None) -> str:
    """Return an estimate in few letters, its range in brackets."""
    if cell is None or cell.median is None:
        return wording.UNSAID
    text = years.rounded(cell.median)
    if cell.low is None or cell.high is None:
        return text
    return f"{text} ({years.rounded(cell.low)}–{years.rounded(cell.high)})"


def _breadth(review: ReviewDocument) -> Figure | None:
    section = review.breadth_depth
    if section is None or not section.points:
        return None
    described = "One mark for each state; along a diagonal the exposure is the same."
    days = plane.dated(section)
    if days:
        described += f" Below, the days of changes approved before; {plane.ONLY_TWO}."
    caption = Caption(
        prefix="fig-breadth", title="Breadth against depth", description=described
    )
    rows = first(
        (p.label, wording.number(exp(p.x)), one_in(exp(p.y)), wording.number(exp(p.x - p.y)))
        for p in section.points
    )
    return Figure(svg=plane.breadth_depth(section, caption), rows=rows, title=_moved(section))


def _moved(section: BreadthDepth) -> str:
    """Return what the move from before to after means, in a sentence."""
    if section.index is None:
        return "Not comparable: nothing could be lost, or nothing is attained, on one side."
    if section.index <= 0:
        return "Depth keeps up: what can be lost did not grow faster than what keeps it."
    if (section.breadth or 0.0) > 0:
        return "Breadth outpaces depth: what can be lost grew faster than what keeps it."
    return "Depth gives way: what can be lost did not grow, but less keeps it."


def _past(review: ReviewDocument) -> Rows:
    """Return the changes approved before, latest first."""
    section = review.breadth_depth
    history = section.history if section is not None else ()
    ordered = sorted(history, key=lambda change: (change.date, change.title), reverse=True)
    return first(
        (change.title, change.date, change.kind, f"{change.added:,}") for change in ordered
    )


def _evidence(review: ReviewDocument) -> Figure | None:
    shares = tuple(review.evidence.shares.items())
    if not shares:
        return None
    caption = Caption(
        prefix="fig-evidence",
        title="Share of the variance of the result by evidence grade",
        description=", ".join(f"{grade} {wording.percent(share)}" for grade, share in shares),
    )
    rows = first((grade, wording.percent(share)) for grade, share in shares)
    return Figure(svg=charts.evidence(shares, caption), rows=rows)
