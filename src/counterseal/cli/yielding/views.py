"""Two further views: every class of data over time, and holdings under published weightings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from counterseal.cli.yielding.words import ranged, years

if TYPE_CHECKING:
    from collections.abc import Iterator

    from counterseal.consequence.static import StaticTable
    from counterseal.consequence.taken.curves import AttributeCurve, Refit
    from counterseal.consequence.taken.weighting import Ranked, Weighting, Weightings

__all__ = ["curves", "ranked"]

SHOWN = 10
_FIRST = 100.0


def curves(table: StaticTable) -> Iterator[str]:
    """Yield usable years of one leaked value of every class, and the fits refused."""
    held = {name for row in table.holdings for name in row.attribute_years}
    yield "Usable years of one leaked value, by class; * is held in this estate"
    alike: dict[str, list[str]] = {}
    for row in table.curves:
        alike.setdefault(_fit(row), []).append(row.attribute.id)
    for row in table.curves:
        yield _usable(row, is_held=row.attribute.id in held)
        first, *others = alike[_fit(row)]
        if first == row.attribute.id:
            yield from _refused(row, others)
    if table.outlasts is not None:
        yield f"fingerprint to password over 25 years: {ranged(table.outlasts)} to 1"


def _fit(row: AttributeCurve) -> str:
    return row.attribute.survival.model_dump_json(include={"family", "points", "others"})


def _usable(row: AttributeCurve, *, is_held: bool) -> str:
    attribute = row.attribute
    mark = "*" if is_held else " "
    cells = "  ".join(f"{until:g} y {years(one.value)}" for until, one in row.usable.items())
    *_, last = row.usable.values()
    reset = f"{attribute.reset.cost.value}, by {attribute.reset.by}"
    return (
        f"{mark} {attribute.id:<24} {cells} ({years(last.low)} to {years(last.high)}); "
        f"{attribute.survival.family.value}; reset: {reset}"
    )


def _refused(row: AttributeCurve, others: list[str]) -> Iterator[str]:
    if row.refused:
        also = f" (also of {', '.join(others)})" if others else ""
        yield f"    exponential refused{also}: {row.refused.removesuffix('; use weibull')}"
    for one in row.one_horizon:
        yield f"      through one horizon alone it would say {_refit(one)}"
    for one in row.refits:
        yield f"    another measurement, {one.family.value} through {_refit(one)}"


def _refit(one: Refit) -> str:
    points = " and ".join(f"{share:.3g} after {years:g} y" for years, share in one.points)
    source = one.source.split(";")[0] or "elicited"
    return f"{points}: {years(one.usable_years)} years ({source})"


def ranked(found: Weightings) -> Iterator[str]:
    """Yield the order of holdings under each set, with what weights do to it."""
    yield "Holdings under published weightings, the first is 100: never a verdict or headline"
    for one in found.sets:
        yield f"  {one.weights.name} ({one.weights.grade.value})"
        yield f"    {one.weights.statement}"
        yield from _order(one)
        if one.silent:
            yield f"    says nothing of {len(one.silent)} holding(s)"
    yield (
        f"  {len(found.agreed)} pair(s) stand in one order under every set; of all pairs "
        f"{found.certain:.0%} keep their order in all {found.draws:,} drawn weightings"
    )


def _order(one: Weighting) -> Iterator[str]:
    scale = _FIRST / one.order[0].value.value if one.order else 0.0
    for rank, row in enumerate(one.order[:SHOWN], start=1):
        yield f"    {rank:>3}. {row.item:<26} {ranged(row.value.scaled(scale))}{_stable(row)}"
    if len(one.order) > SHOWN:
        yield f"    … and {len(one.order) - SHOWN} more (--json has all)"


def _stable(row: Ranked) -> str:
    if row.above_next is None or row.above_rest is None:
        return ""
    return (
        f"; above the next in {row.above_next:.0%} of drawn weightings, "
        f"above any below in at least {row.above_rest:.0%}"
    )
