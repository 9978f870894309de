"""Every picture of what an estate yields, as files by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from counterseal.report.pictures.survival import survival_picture
from counterseal.report.pictures.worth import WorthRow, people_picture, value_picture

if TYPE_CHECKING:
    from collections.abc import Mapping

    from counterseal.consequence.static import StaticTable
    from counterseal.consequence.taken.curves import AttributeCurve
    from counterseal.consequence.taken.ranges import Range

__all__ = ["gallery"]


def gallery(table: StaticTable) -> Mapping[str, bytes]:
    """Return SVG files by name: a fit for each class, usable years, person-years.

    What never passes has no fit, and so no picture of it.
    """
    by_id = {row.attribute.id: row for row in table.curves}
    files = {
        f"survival-{name}.svg": survival_picture(
            by_id[name], also=[by_id[one].attribute.name for one in alike if one != name]
        )
        for alike in _alike(by_id)
        for name in alike
    }
    lasting = [_row(row, row.usable) for row in reversed(table.curves)]
    files["usable-years.svg"] = value_picture(lasting)
    found = table.together.class_years
    held = [_row(by_id[name], found[name]) for name in reversed(tuple(found))]
    files["person-years.svg"] = people_picture(held)
    return files


def _alike(by_id: Mapping[str, AttributeCurve]) -> list[list[str]]:
    """Return the classes of each fitted curve, ids in order."""
    found: dict[str, list[str]] = {}
    for name in sorted(by_id):
        survival = by_id[name].attribute.survival
        if survival.points:
            key = survival.model_dump_json(include={"family", "points", "others"})
            found.setdefault(key, []).append(name)
    return list(found.values())


def _row(curve: AttributeCurve, amounts: Mapping[float, Range]) -> WorthRow:
    *_, last = amounts.values()
    return WorthRow(
        name=curve.attribute.name,
        kind=curve.attribute.kind.value,
        amounts=tuple(one.value for one in amounts.values()),
        low=last.low,
        high=last.high,
    )
