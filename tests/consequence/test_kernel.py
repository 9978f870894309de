"""The kernel agrees with a slow reference that was written from the definition alone."""

from __future__ import annotations

from functools import cache
from itertools import combinations, product
from math import prod
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.canon import significant
from counterseal.catalog.uses import Counts
from counterseal.consequence.tables import grid
from counterseal.consequence.valuation import Valuation
from counterseal.estate.estate import Estate
from counterseal.estate.records import Holding, Population
from counterseal.testing.catalogs import catalog

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ATTRIBUTES = (
    "name",
    "face-image",
    "phone-number",
    "residential-address",
    "employer",
    "asylum-claim",
    "background-investigation",
    "spouse-link",
    "nationality",
    "precise-location",
    "password",
    "social-handle",
)
HORIZONS = (1.0, 5.0, 10.0, 25.0)
NEVER = float("inf")


def _estate(items: Sequence[tuple[tuple[str, ...], int, bool]], *, size: int) -> Estate:
    people = Population.model_validate(
        {
            "id": "people",
            "size": size,
            "kin-extension": 2.5,
            "inside-share": 0.6,
            "flags": ["sensitive-access-staff"],
        }
    )
    holdings = {
        f"h{i}": Holding.model_validate(
            {
                "id": f"h{i}",
                "system": "store",
                "attributes": attributes,
                "populations": [{"population": "people", "count": count}],
                "pseudonymized": hidden,
            }
        )
        for i, (attributes, count, hidden) in enumerate(items)
    }
    return Estate(populations={"people": people}, holdings=holdings)


@cache
def _still_true(attribute: str) -> tuple[float, ...]:
    survival = catalog().attributes[attribute].survival
    return tuple(significant(survival.at(t), digits=9) for t in grid().tolist())


@cache
def _usable_table(groups: tuple[tuple[str, ...], ...]) -> tuple[float, ...]:
    """Cumulative usable years: every group is as durable as its least durable attribute."""
    years = grid().tolist()
    values = [
        prod(min(_still_true(a)[i] for a in group) for group in groups)
        for i in range(len(years))
    ]
    out = [0.0]
    for i in range(1, len(years)):
        out.append(out[-1] + (years[i] - years[i - 1]) * (values[i - 1] + values[i]) / 2)
    return tuple(out)


def _usable(groups: tuple[tuple[str, ...], ...], left: float) -> float:
    return float(np.interp(max(left, 0.0), grid(), np.array(_usable_table(groups))))


def _bounds(
    masks: Sequence[int], counts: Sequence[float], n: int, total: float
) -> tuple[float, float]:
    """Brute force over every set of items that covers all groups; upper from sums."""
    full = (1 << n) - 1
    lower = 0.0
    for size in range(1, len(masks) + 1):
        for chosen in combinations(range(len(masks)), size):
            union = 0
            for i in chosen:
                union |= masks[i]
            if union == full:
                lower = max(lower, sum(counts[i] for i in chosen) - (size - 1) * total)
    sums = [
        min(total, sum(c for m, c in zip(masks, counts, strict=True) if m >> g & 1))
        for g in range(n)
    ]
    return lower, min(sums)


def _area(points: Sequence[tuple[float, float]]) -> float:
    """Area under the staircase: at least so many people are usable for so many years."""
    ordered = sorted(points, reverse=True)
    most = area = 0.0
    for i, (usable, people) in enumerate(ordered):
        most = max(most, people)
        area += most * (usable - (ordered[i + 1][0] if i + 1 < len(ordered) else 0.0))
    return area


def _offered(estate: Estate, use: str) -> dict[str, list[float]]:
    """Durability that each holding brings to each group, or -1."""
    offered = {}
    for name, holding in estate.holdings.items():
        hidden = bool(holding.pseudonymized.value)
        offered[name] = [
            max(
                (
                    catalog().attributes[a].survival.integral(25.0)
                    for a in holding.attributes
                    if a in group.any_of and not (hidden and catalog().attributes[a].direct)
                ),
                default=-1.0,
            )
            for group in catalog().uses[use].groups
        ]
    return offered


def reference(
    estate: Estate, use: str, days: Mapping[str, float], horizon: float, *, overlap: float
) -> tuple[float, float, float]:
    """Person-years (lower, value, upper) of one trial, straight from the definition."""
    row = catalog().uses[use]
    held = {a for h in estate.holdings.values() for a in h.attributes}
    total = float(estate.populations["people"].size.value or 0)
    orders = []
    for group in row.groups:
        known = sorted(set(group.any_of) & held)
        integrals = {a: catalog().attributes[a].survival.integral(25.0) for a in known}
        orders.append(sorted(set(integrals.values())))
    offered = _offered(estate, use)
    arrived = sorted((t, h) for h, t in days.items() if t < horizon * 365.25)
    points: list[tuple[float, tuple[float, float, float]]] = []
    for level in product(*orders):
        groups = tuple(
            tuple(
                a
                for a in sorted(set(group.any_of) & held)
                if catalog().attributes[a].survival.integral(25.0) >= least - 1e-12
            )
            for group, least in zip(row.groups, level, strict=True)
        )
        for i, (when, _) in enumerate(arrived):
            masks, counts = [], []
            for _, name in arrived[: i + 1]:
                mask = sum(
                    1 << g for g, least in enumerate(level) if offered[name][g] >= least - 1e-12
                )
                count = estate.holdings[name].populations[0].count.value or 0
                if mask:
                    masks.append(mask)
                    counts.append(min(float(count), total))
            lower, upper = _bounds(masks, counts, len(level), total) if masks else (0.0, 0.0)
            if upper > 0:
                value = lower + overlap * (upper - lower)
                usable = _usable(groups, horizon - when / 365.25)
                points.append((usable, (lower, value, upper)))
    areas = [
        _area([(usable, people[bound]) for usable, people in points]) for bound in range(3)
    ]
    kin = 2.5 if row.counts is Counts.RELATIVES else 1.0
    return areas[0] * kin, areas[1] * kin, areas[2] * kin


@st.composite
def cases(draw: st.DrawFn) -> tuple[Estate, dict[str, float]]:
    size = draw(st.integers(100, 10_000))
    items = draw(
        st.lists(
            st.tuples(
                st.lists(st.sampled_from(ATTRIBUTES), min_size=1, max_size=4, unique=True).map(
                    tuple
                ),
                st.integers(0, 12_000),
                st.booleans(),
            ),
            min_size=1,
            max_size=5,
        )
    )
    times = st.one_of(st.just(NEVER), st.integers(0, 9000).map(float))
    days = {f"h{i}": draw(times) for i in range(len(items))}
    return _estate(items, size=size), days


def _arrivals(valuation: Valuation, days: Mapping[str, float]) -> np.ndarray:
    return np.array([[days[item]] for item in valuation.items], dtype=np.float32)


@given(case=cases(), overlap=st.sampled_from([0.0, 0.25, 0.5, 1.0]))
@settings(max_examples=40, deadline=None)
def test_the_kernel_equals_the_reference(
    case: tuple[Estate, dict[str, float]], overlap: float
) -> None:
    estate, days = case
    valuation = Valuation(estate, catalog())
    exposure = valuation.exposure(
        _arrivals(valuation, days), values={"overlap:people": np.array([overlap])}, lanes=1
    )
    for u, use in enumerate(exposure.uses):
        for h, horizon in enumerate(HORIZONS):
            expected = reference(estate, use, days, horizon, overlap=overlap)
            found = (
                exposure.lower[u, 0, h, 0],
                exposure.person_years[u, 0, h, 0],
                exposure.upper[u, 0, h, 0],
            )
            assert found == pytest.approx(expected, rel=1e-9, abs=1e-7)
