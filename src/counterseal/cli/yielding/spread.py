"""Copies and volume as two drivers: the same people in one place and in all, by adversary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from counterseal.cli.rows import rows_of
from counterseal.cli.yielding.words import people

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from counterseal.canon import Json
    from counterseal.consequence.static import StaticTable

__all__ = ["spread"]


def spread(table: StaticTable, document: Mapping[str, Json]) -> Iterator[str]:
    """Yield, for each adversary, what copies do to the reach of each holding that has some."""
    sizes = {row.id: row.people for row in table.holdings}
    yield "Volume and distribution, each for itself: the same people in one place and in all"
    for adversary in rows_of(document["adversaries"]):
        yield f"  {adversary['name']}, within {adversary['horizon_years']:g} years"
        rows = rows_of(adversary["holdings"])
        if not rows:
            yield "    no holding that it wants has a copy"
        for row in rows:
            holding = str(row["holding"])
            yield (
                f"    {holding}: {people(sizes[holding])} people in {row['places']} places; "
                f"{_times(row)}"
            )


def _times(row: Mapping[str, Json]) -> str:
    times, interval = row["times"], row["p_more_interval"]
    if not isinstance(times, int | float):
        return "reached in no trial from one place"
    low, high = interval if isinstance(interval, list) else (0.0, 1.0)
    ends = f"({_percent(low)} to {_percent(high)})"
    return (
        f"{times:.2f} times as often reached as in one place, "
        f"more often in {_percent(row['p_more'])} {ends} of draws"
    )


def _percent(share: Json) -> str:
    return f"{100 * share:.0f} %" if isinstance(share, int | float) else "an unknown share"
