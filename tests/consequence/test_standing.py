"""What is valued again in part is what is valued anew as a whole, bit for bit."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.consequence import years
from counterseal.consequence.valuation import Valuation
from counterseal.errors import UsageError
from counterseal.estate.estate import Estate
from counterseal.estate.records import Feed, Holding, Population
from counterseal.testing.catalogs import catalog

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from counterseal.consequence.standing import Standing

    Values = dict[str, NDArray[np.float64]]

DRAWS, LANES, HORIZON = 3, 4, 10.0
TRIALS = DRAWS * LANES
HELD: Mapping[str, tuple[str, ...]] = {
    "h0": ("name", "residential-address", "asylum-claim"),
    "h1": ("name", "spouse-link", "nationality"),
    "h2": ("employer", "phone-number", "password"),
    "h3": ("precise-location", "face-image"),
    "h4": ("fingerprint", "genome", "parent-child-link"),
}
DAYS = st.one_of(st.just(np.inf), st.floats(0, 6000, width=32))


@cache
def valuation() -> Valuation:
    populations = {
        name: Population.model_validate(
            {
                "id": name,
                "size": size,
                "kin-extension": 2.5,
                "flags": ["sensitive-access-staff"],
            }
        )
        for name, size in (("others", 900), ("people", 1000))
    }
    counts = [{"population": name, "count": 400} for name in populations]
    holdings = {
        name: Holding.model_validate(
            {
                "id": name,
                "system": "store",
                "attributes": held,
                "populations": counts[: 1 + n % 2],
            }
        )
        for n, (name, held) in enumerate(HELD.items())
    }
    feed = Feed.model_validate(
        {"id": "feed", "broker": "b", "attributes": ["precise-location"], "populations": counts}
    )
    estate = Estate(populations=populations, holdings=holdings, feeds={"feed": feed})
    return Valuation(estate, catalog())


def sampled() -> Values:
    """Return a value per draw of every parameter: modes, bent a little."""
    return {
        key: np.linspace(0.9, 1.0, DRAWS) * parameter.mode
        for key, parameter in valuation().parameters.items()
    }


def stand(days: NDArray[np.float32], values: Values) -> Standing:
    drawn = valuation().sampler.draws(values, DRAWS)
    return valuation().standing(days, drawn, lanes=LANES, headline_years=HORIZON)


@st.composite
def arrivals(draw: st.DrawFn) -> NDArray[np.float32]:
    items = len(valuation().items)
    cells = draw(st.lists(DAYS, min_size=items * TRIALS, max_size=items * TRIALS))
    return np.array(cells, np.float32).reshape(items, TRIALS)


@st.composite
def what_ifs(draw: st.DrawFn) -> tuple[dict[int, NDArray[np.float32]], Values]:
    """Return other arrivals of some items, and other values of some parameters."""
    items = draw(st.lists(st.integers(0, len(valuation().items) - 1), unique=True, max_size=3))
    days = {
        item: np.array(draw(st.lists(DAYS, min_size=TRIALS, max_size=TRIALS)), np.float32)
        for item in items
    }
    ids = sorted(valuation().parameters)
    chosen = draw(st.lists(st.sampled_from(ids), unique=True, max_size=3))
    return days, {key: np.array([_value(draw, key) for _ in range(DRAWS)]) for key in chosen}


def _value(draw: st.DrawFn, key: str) -> float:
    if key.startswith("fact:") and ("size" in key or "populations" in key):
        return float(draw(st.sampled_from([0.0, 50.0, 400.0, 1500.0])))
    return float(draw(st.sampled_from([0.0, 0.25, 0.5, 1.0])))


def again(base: Standing, days: Mapping[int, NDArray[np.float32]], held: Values) -> Values:
    items = np.array(sorted(days), np.int64)
    rows = np.array([days[item] for item in items], np.float32).reshape(items.size, TRIALS)
    drawn, moved = valuation().sampler.patched(base.drawn, {**sampled(), **held}, held)
    return dict(base.again(items, rows, drawn=drawn, moved=moved))


def anew(
    days: NDArray[np.float32], changed: Mapping[int, NDArray[np.float32]], held: Values
) -> Values:
    now = days.copy()
    for item, row in changed.items():
        now[item] = row
    return dict(stand(now, {**sampled(), **held}).per_trial)


@pytest.mark.slow
@given(days=arrivals(), what_if=what_ifs())
@settings(max_examples=80, deadline=None)
def test_valuing_again_what_moved_is_valuing_everything_anew(
    days: NDArray[np.float32], what_if: tuple[dict[int, NDArray[np.float32]], Values]
) -> None:
    base = stand(days, sampled())
    partly, wholly = again(base, *what_if), anew(days, *what_if)
    assert {use: row.tobytes() for use, row in partly.items()} == {
        use: row.tobytes() for use, row in wholly.items()
    }
    before = anew(days, {}, {})
    assert all(np.array_equal(row, before[use]) for use, row in base.per_trial.items())


@given(days=arrivals(), what_if=what_ifs())
@settings(max_examples=25, deadline=None)
def test_patched_numbers_are_the_numbers_of_the_patched_values(
    days: NDArray[np.float32], what_if: tuple[object, Values]
) -> None:
    held = what_if[1]
    base = stand(days, sampled()).drawn
    values = {**sampled(), **held}
    patched, moved = valuation().sampler.patched(base, values, held)
    for field, expected in valuation().sampler.draws(values, DRAWS)._asdict().items():
        assert np.array_equal(getattr(patched, field), expected), field
        differs = getattr(moved, field)
        old = getattr(base, field)
        assert np.array_equal(
            expected != old, np.zeros_like(old) if differs is None else differs
        )


EARLY = np.zeros((6, TRIALS), np.float32)


def test_a_use_that_nothing_moves_keeps_its_array() -> None:
    base = stand(EARLY, sampled())
    row = valuation().items.index("feed")
    fresh = again(base, {row: np.full(TRIALS, np.inf, np.float32)}, {})
    kept = {use for use, level in fresh.items() if level is base.per_trial[use]}
    assert "locate" not in kept
    assert "coerce-through-kin" in kept


def test_an_arrival_after_the_horizon_is_as_good_as_none() -> None:
    late = EARLY.copy()
    late[0] = HORIZON * 365.25 + 1
    base = stand(late, sampled())
    never = np.full(TRIALS, np.inf, np.float32)
    assert all(
        level is base.per_trial[use] for use, level in again(base, {0: never}, {}).items()
    )


def test_without_memory_for_tables_results_are_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    what_if = ({0: np.full(TRIALS, 50.0, np.float32)}, {"overlap:people": np.full(DRAWS, 0.1)})
    roomy = again(stand(EARLY, sampled()), *what_if)
    monkeypatch.setattr(years, "MOST_KEPT_BYTES", 0)
    cramped = again(stand(EARLY, sampled()), *what_if)
    assert all(np.array_equal(row, cramped[use]) for use, row in roomy.items())


def test_equal_forms_share_their_tables_while_somebody_holds_them() -> None:
    part = valuation()._layout.joint["locate"]
    places = valuation().sampler.draws(sampled(), DRAWS).places
    one = years.kept(part.form, places, levels=part.levels, nodes=50)
    assert one is not None
    assert years.kept(part.form, places.copy(), levels=part.levels, nodes=50) is one
    other = years.kept(part.form, places * 0.5, levels=part.levels, nodes=50)
    assert other is not one


def test_a_narrower_valuation_values_the_same_uses_the_same() -> None:
    drawn = valuation().sampler.draws(sampled(), DRAWS)
    narrow = valuation().narrowed(["locate", "no-such-use"])
    few = narrow.standing(EARLY, drawn, lanes=LANES, headline_years=HORIZON).per_trial
    assert narrow.uses == ("locate",)
    assert narrow.parameters is valuation().parameters
    assert np.array_equal(few["locate"], stand(EARLY, sampled()).per_trial["locate"])


def test_a_horizon_out_of_range_is_refused() -> None:
    drawn = valuation().sampler.draws(sampled(), DRAWS)
    with pytest.raises(UsageError):
        valuation().standing(EARLY, drawn, lanes=LANES, headline_years=41.0)
