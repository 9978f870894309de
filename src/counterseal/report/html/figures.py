"""Every picture of the page, each with the rows of the table that says the same."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import TYPE_CHECKING

from counterseal.report import wording
from counterseal.report.drawing import charts
from counterseal.report.drawing.axes import one_in
from counterseal.report.drawing.charts import Caption
from counterseal.report.drawing.picture import draw
from counterseal.report.staging import Level
from counterseal.report.union import State

if TYPE_CHECKING:
    from markupsafe import Markup

    from counterseal.report.document import ReviewDocument
    from counterseal.report.scene import Item, Line, Scene
    from counterseal.report.sections import (
        Curve,
        CurvePoint,
        ValueLine,
    )

__all__ = ["Figure", "PictureFigure", "figures"]

Rows = tuple[tuple[str, ...], ...]
_MOST_CURVES = 12
_FEW_ROWS = 40
_MOST_BARS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A chart with its table; ``numbers`` are the columns that hold numbers."""

    svg: Markup
    rows: Rows
    title: str = ""
    head: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()


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
    if not review.shown_path:
        caption += " No path is drawn."
    return PictureFigure(
        svg=draw(scene, prefix="fig-decision", title=title, description=caption),
        caption=caption,
        touched=tuple(_touched_row(item, names) for item in touched),
        lines=tuple(_line_row(line, names) for line in scene.lines if line.kind != "count"),
        pairs=tuple(
            (
                names.get(pair.start, pair.start),
                names.get(pair.end, pair.end) if pair.end != pair.start else "inside",
                str(pair.count),
            )
            for pair in scene.pairs
        ),
        others=tuple(
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
    rows = tuple(
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
    rows = tuple(
        (wording.number(day), _share(before.get(day)), _share(after.get(day))) for day in days
    )
    return Figure(svg=charts.arrivals(curve, caption), rows=rows, title=title)


def _share(point: CurvePoint | None) -> str:
    if point is None:
        return "-"
    ends = (point.low, point.high)
    known = (ends[0], ends[1]) if ends[0] is not None and ends[1] is not None else None
    return _with_interval(point.p, known)


def _value(review: ReviewDocument) -> Figure | None:
    if not review.value:
        return None
    caption = Caption(
        prefix="fig-value",
        title="Usable person-years at the longest horizon by class of attribute",
        description="Before is a hollow mark, after a filled one, on a logarithmic scale.",
    )
    years = sorted({year for line in review.value for year in line.years})
    head = ("Attribute", "Kind", *(wording.plural(round(year), "year") for year in years))
    rows = tuple(_value_row(line, years) for line in review.value)
    return Figure(
        svg=charts.value(review.value, caption),
        rows=rows,
        head=head,
        numbers=tuple(range(2, len(head))),
    )


def _value_row(line: ValueLine, years: list[float]) -> tuple[str, ...]:
    before = dict(zip(line.years, line.before, strict=False))
    after = dict(zip(line.years, line.after, strict=False))
    cells = (
        f"{wording.estimate(before.get(year))} → {wording.estimate(after.get(year))}"
        for year in years
    )
    return (line.name or line.attribute, line.kind, *cells)


def _breadth(review: ReviewDocument) -> Figure | None:
    section = review.breadth_depth
    if section is None or not section.points:
        return None
    caption = Caption(
        prefix="fig-breadth",
        title="Breadth against depth",
        description="One mark for each state; along a diagonal the exposure is the same.",
    )
    rows = tuple(
        (p.label, wording.number(exp(p.x)), one_in(exp(p.y)), wording.number(exp(p.x - p.y)))
        for p in section.points
    )
    if section.index is None:
        said = "Not comparable: nothing could be lost, or nothing is attained, on one side."
    elif section.index > 0:
        said = "Breadth outpaces depth: what can be lost grew faster than what keeps it."
    else:
        said = "Depth keeps up: what can be lost did not grow faster than what keeps it."
    return Figure(svg=charts.breadth_depth(section.points, caption), rows=rows, title=said)


def _evidence(review: ReviewDocument) -> Figure | None:
    shares = tuple(review.evidence.shares.items())
    if not shares:
        return None
    caption = Caption(
        prefix="fig-evidence",
        title="Share of the variance of the result by evidence grade",
        description=", ".join(f"{grade} {wording.percent(share)}" for grade, share in shares),
    )
    rows = tuple((grade, wording.percent(share)) for grade, share in shares)
    return Figure(svg=charts.evidence(shares, caption), rows=rows)
