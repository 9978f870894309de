"""Unicity agrees with drawing and comparing by hand, and a small population flatters it."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.errors import InputError, TooSmallError
from counterseal.mosaic.tables.traces import (
    Columns,
    Resolution,
    curve,
    measure,
)
from counterseal.testing.memory import Memory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from counterseal.mosaic.tables.traces import TraceUnicity

    Row = tuple[str | None, ...]

NAMED = Columns(person="who", time="when", place="where")
HEAD = ("who", "when", "where")
DEGREES = Columns(person="who", time="when", latitude="lat", longitude="lon")
START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)

SIGHTINGS = st.lists(
    st.tuples(
        st.integers(0, 5).map(lambda n: f"p{n}"),
        st.integers(0, 9).map(lambda h: (START + dt.timedelta(hours=h)).isoformat(" ")[:19]),
        st.sampled_from(["north", "south", "east"]),
    ),
    min_size=1,
    max_size=60,
)


@pytest.fixture(scope="module")
def memory() -> Memory:
    return Memory()


def by_hand(rows: Sequence[Row], *, hours: float, seed: int) -> list[tuple[int, int]]:
    """Return targets and singled-out traces for 1 to 5 points, one person at a time."""
    points: dict[str, set[tuple[str, int]]] = {}
    for who, when, where in rows:
        assert who is not None
        assert when is not None
        assert where is not None
        moment = dt.datetime.fromisoformat(when).replace(tzinfo=dt.UTC).timestamp()
        points.setdefault(who, set()).add((where, int(moment // (hours * 3600))))

    def order(who: str, point: tuple[str, int]) -> str:
        text = f"{seed}|points|{who}|{point[0]}|{point[1]}"
        return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()

    found = []
    for known in range(1, 6):
        targets = alone = 0
        for who, own in points.items():
            if len(own) < known:
                continue
            drawn = set(sorted(own, key=lambda point: order(who, point))[:known])
            targets += 1
            alone += not any(drawn <= other for name, other in points.items() if name != who)
        found.append((targets, alone))
    return found


@pytest.mark.parametrize("hours", [1.0, 3.0, 24.0])
@given(rows=SIGHTINGS, seed=st.integers(0, 3))
def test_unicity_is_that_of_drawing_by_hand(
    memory: Memory, hours: float, rows: list[Row], seed: int
) -> None:
    source = memory.table("data", HEAD, rows)
    (found,) = measure(source, NAMED, [Resolution(hours=hours)], seed=seed, minimum=1)
    own = by_hand(rows, hours=hours, seed=seed)
    assert [(one.targets, one.singled_out or 0) for one in found.unicity] == own
    assert found.traces == own[0][0]


def walks(people: int, days: int, *, places: int, seed: int) -> list[Row]:
    """Return invented traces: everybody has a home and a work, and is elsewhere at times."""
    rng = np.random.default_rng(seed)
    homes, works = rng.integers(0, places, (2, people))
    rows: list[Row] = []
    for person in range(people):
        for day in range(days):
            for hour, place in ((2, homes[person]), (11, works[person]), (19, None)):
                where = int(rng.integers(0, places)) if place is None else int(place)
                moment = START + dt.timedelta(days=day, hours=hour)
                lat, lon = divmod(where, 10)
                rows.append(
                    (
                        f"p{person}",
                        moment.isoformat(" ")[:19],
                        f"{40 + lat / 10 + 0.01}",
                        f"{-lon / 10 - 0.01}",
                    )
                )
    return rows


def shares(found: TraceUnicity) -> list[float]:
    return [one.share.value for one in found.unicity if one.share is not None]


def test_more_points_and_finer_cells_single_out_more(memory: Memory) -> None:
    rows = walks(300, 4, places=50, seed=1)
    source = memory.table("data", ("who", "when", "lat", "lon"), rows)
    fine, coarse = measure(
        source,
        DEGREES,
        [Resolution(hours=1.0, degrees=0.1), Resolution(hours=24.0, degrees=0.5)],
        seed=7,
        minimum=1,
    )
    assert shares(fine) == sorted(shares(fine))
    assert shares(coarse) == sorted(shares(coarse))
    assert all(f >= c for f, c in zip(shares(fine), shares(coarse), strict=True))
    assert fine.points > coarse.points


def test_unicity_falls_as_the_population_grows(memory: Memory) -> None:
    rows = walks(1_600, 3, places=40, seed=2)
    source = memory.table("data", ("who", "when", "lat", "lon"), rows)
    found = curve(
        source, DEGREES, Resolution(hours=1.0, degrees=0.1), seed=3, targets=400, minimum=1
    )
    sizes = [one.traces for one in found]
    assert sizes == sorted(sizes)
    assert sizes[-1] == 1_600
    assert 1.5 < sizes[-1] / sizes[-2] < 2.7  # about half of everybody
    single = [one.unicity[0].share for one in found]
    assert single[0] is not None
    assert single[-1] is not None
    assert single[0].low > single[-1].high  # a small population says too much


def test_the_same_seed_draws_the_same(memory: Memory) -> None:
    rows = walks(120, 3, places=30, seed=4)
    source = memory.table("data", ("who", "when", "lat", "lon"), rows)
    every = [
        measure(
            source,
            DEGREES,
            [Resolution(hours=6.0, degrees=0.1)],
            seed=seed,
            targets=60,
        )
        for seed in (5, 5, 6)
    ]
    assert every[0] == every[1]
    assert every[0] != every[2]


def test_where_not_all_are_looked_for_there_is_an_interval(memory: Memory) -> None:
    rows = walks(120, 3, places=30, seed=4)
    source = memory.table("data", ("who", "when", "lat", "lon"), rows)
    for targets, is_exact in ((60, False), (120, True)):
        (found,) = measure(
            source,
            DEGREES,
            [Resolution(hours=24.0, degrees=0.5)],
            seed=5,
            targets=targets,
            minimum=3,
        )
        known = found.unicity[1].share
        assert known is not None
        assert known.is_exact is is_exact
        assert found.unicity[1].targets == targets


def test_rows_without_person_time_or_place_are_passed_over(memory: Memory) -> None:
    whole: list[Row] = [(f"p{n}", "2026-01-01 00:00:00", "north") for n in range(12)]
    holes: list[Row] = [
        (None, "2026-01-01 00:00:00", "south"),
        ("p99", None, "south"),
        ("p99", "2026-01-01 00:00:00", None),
    ]
    source = memory.table("data", HEAD, [*whole, *holes])
    (found,) = measure(source, NAMED, [Resolution(hours=1.0)], seed=0)
    assert (found.traces, found.points) == (12, 12)
    assert found.unicity[0].singled_out == 0


def test_few_traces_say_nothing(memory: Memory) -> None:
    rows: list[Row] = [(f"p{n}", "2026-01-01 00:00:00", "north") for n in range(10)]
    source = memory.table("data", HEAD, rows)
    with pytest.raises(TooSmallError):
        measure(source, NAMED, [Resolution(hours=1.0)], seed=0)


def test_small_groups_are_withheld(memory: Memory) -> None:
    crowd: list[Row] = [(f"p{n}", "2026-01-01 00:00:00", "north") for n in range(12)]
    loner: Row = ("p99", "2026-01-01 05:00:00", "south")
    source = memory.table("data", HEAD, [*crowd, loner])
    (found,) = measure(source, NAMED, [Resolution(hours=1.0)], seed=0)
    assert found.unicity[0].singled_out is None
    assert found.unicity[0].share is None


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"place": "x", "latitude": "y", "longitude": "z"},
        {"latitude": "y"},
        {"place": "x", "latitude": "y"},
    ],
)
def test_a_trace_has_exactly_one_kind_of_place(wrong: dict[str, str]) -> None:
    with pytest.raises(InputError):
        Columns(person="who", time="when", **wrong)


@pytest.mark.parametrize("wrong", [(0.0, None), (-1.0, None), (1.0, 0.0)])
def test_a_resolution_is_positive(wrong: tuple[float, float | None]) -> None:
    with pytest.raises(InputError):
        Resolution(hours=wrong[0], degrees=wrong[1])


def test_degrees_need_a_side(memory: Memory) -> None:
    rows = walks(12, 1, places=9, seed=0)
    source = memory.table("data", ("who", "when", "lat", "lon"), rows)
    with pytest.raises(InputError, match="degrees"):
        measure(source, DEGREES, [Resolution(hours=1.0)], seed=0)
