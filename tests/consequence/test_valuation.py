"""What is stolen together is valued together: examples by hand, then laws."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.attackgraph.model import ParameterFamily
from counterseal.consequence.valuation import Valuation
from counterseal.documents.evidence import Grade
from counterseal.errors import UsageError
from counterseal.estate.estate import Estate
from counterseal.estate.fact import Fact
from counterseal.estate.records import MINIMUM_CELL, Feed, Holding, Population
from counterseal.testing.catalogs import catalog

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from counterseal.consequence.valuation import Exposure

NEVER = np.inf
NO_VALUES: Mapping[str, NDArray[np.float64]] = {}
KIN = ("name", "parent-child-link", "nationality")
LOCATE = ("name", "residential-address")


def _population(name: str = "people", *, size: object = 1000, **more: object) -> Population:
    return Population.model_validate({"id": name, "size": size, "kin-extension": 3, **more})


def _holding(
    name: str,
    attributes: Sequence[str],
    *,
    count: object = 400,
    population: str = "people",
    hidden: object = False,
) -> Holding:
    return Holding.model_validate(
        {
            "id": name,
            "system": "store",
            "attributes": list(attributes),
            "populations": [{"population": population, "count": count}],
            "pseudonymized": hidden,
        }
    )


def _estate(*holdings: Holding, people: Population | None = None) -> Estate:
    population = people or _population()
    return Estate(populations={population.id: population}, holdings={h.id: h for h in holdings})


def _run(
    estate: Estate,
    days: Mapping[str, float] | None = None,
    values: Mapping[str, NDArray[np.float64]] = NO_VALUES,
) -> Exposure:
    valuation = Valuation(estate, catalog())
    at = dict.fromkeys(valuation.items, 0.0) if days is None else days
    rows = np.array([[at.get(item, NEVER)] for item in valuation.items], dtype=np.float32)
    return valuation.exposure(rows.reshape(len(valuation.items), 1), values=values, lanes=1)


def _level(exposure: Exposure, use: str, *, horizon: int = 3) -> float:
    return float(exposure.person_years[exposure.uses.index(use), :, horizon, 0].sum())


def test_narratives_taken_today_are_worth_every_year_of_every_relative() -> None:
    exposure = _run(_estate(_holding("a", ["genome", "name", "asylum-claim"])))
    name = catalog().attributes["name"].survival
    expected = 400 * 3 * name.integral(25.0)
    assert _level(exposure, "coerce-through-kin") == pytest.approx(expected, rel=1e-3)


def test_an_arrival_at_ten_years_leaves_fifteen_of_twenty_five() -> None:
    estate = _estate(_holding("a", ["asylum-claim"]))
    valuation = Valuation(estate, catalog())
    days = np.array([[3652.5]], dtype=np.float32)
    years = valuation.exposure(days, values={}, lanes=1).attribute_years
    assert years[0, :, 0] == pytest.approx([0.0, 0.0, 0.0, 400 * 15.0])


def test_a_use_needs_every_group() -> None:
    apart = _estate(_holding("a", ["name"]), _holding("b", ["residential-address"]))
    assert _level(_run(apart, {"a": 0.0}), "locate") == 0.0
    assert _level(_run(apart, {"b": 0.0}), "locate") == 0.0
    assert _level(_run(apart), "locate") > 0.0


def test_two_holdings_overlap_between_the_bounds_of_boole() -> None:
    estate = _estate(
        _holding("a", ["name"], count=700), _holding("b", ["residential-address"], count=600)
    )
    exposure = _run(estate)
    row = exposure.uses.index("locate")
    alone = _level(_run(_estate(_holding("c", LOCATE, count=1))), "locate")
    assert exposure.lower[row, 0, 3, 0] == pytest.approx(300 * alone)
    assert exposure.upper[row, 0, 3, 0] == pytest.approx(600 * alone)
    assert exposure.person_years[row, 0, 3, 0] == pytest.approx(450 * alone)


def test_one_holding_with_everything_has_no_doubt_about_overlap() -> None:
    exposure = _run(_estate(_holding("a", LOCATE)))
    row = exposure.uses.index("locate")
    assert exposure.lower[row, 0, 3, 0] == exposure.upper[row, 0, 3, 0] > 0


def test_the_same_people_in_two_holdings_are_not_counted_twice() -> None:
    twice = _run(_estate(_holding("a", LOCATE, count=1000), _holding("b", LOCATE, count=1000)))
    once = _run(_estate(_holding("a", LOCATE, count=1000)))
    assert _level(twice, "locate") == pytest.approx(_level(once, "locate"), rel=1e-12)


def test_a_few_lasting_records_do_not_make_many_passing_ones_last() -> None:
    many = _holding("a", ["name", "password", "birth-date"], count=1000)
    few = _holding("b", ["name", "fingerprint", "birth-date"], count=11)
    both, alone = _run(_estate(many, few)), _run(_estate(few))
    passing = _level(_run(_estate(many)), "impersonate")
    assert _level(both, "impersonate") <= passing + _level(alone, "impersonate") + 1e-6


def test_counts_above_the_population_are_capped() -> None:
    estate = _estate(_holding("a", LOCATE, count=5000))
    assert Valuation(estate, catalog()).people("a", {})[0] == 1000


def test_pseudonymization_takes_direct_identifiers_away() -> None:
    assert _level(_run(_estate(_holding("a", LOCATE, hidden=True))), "locate") == 0.0
    assert _level(_run(_estate(_holding("a", LOCATE, hidden=False))), "locate") > 0.0


def test_unknown_pseudonymization_may_go_either_way() -> None:
    valuation = Valuation(_estate(_holding("a", LOCATE, hidden="unknown")), catalog())
    parameter = valuation.parameters["fact:a.pseudonymized"]
    assert (parameter.family, parameter.mode) == (ParameterFamily.BERNOULLI, 0.5)
    values = {"fact:a.pseudonymized": np.array([0.0, 1.0])}
    exposure = valuation.exposure(np.zeros((1, 2), np.float32), values=values, lanes=1)
    open_, hidden = exposure.person_years[exposure.uses.index("locate"), 0, 3]
    assert open_ > 0.0 == hidden


def test_inside_and_outside_add_up() -> None:
    people = _population().model_copy(update={"inside_share": Fact[float](value=0.25)})
    exposure = _run(_estate(_holding("a", LOCATE), people=people))
    assert exposure.inside.sum() == pytest.approx(0.25 * exposure.person_years.sum())
    assert (exposure.inside + exposure.outside) == pytest.approx(exposure.person_years)


def test_a_use_about_staff_counts_staff_only() -> None:
    attributes = ["fingerprint", "employer", "name"]
    staff = _population(flags=["sensitive-access-staff"])
    assert _level(_run(_estate(_holding("a", attributes))), "expose-cover") == 0.0
    assert _level(_run(_estate(_holding("a", attributes), people=staff)), "expose-cover") > 0.0


def test_a_bought_feed_counts_like_a_holding() -> None:
    feed = Feed.model_validate(
        {
            "id": "feed",
            "broker": "b",
            "attributes": ["home-work-anchor"],
            "populations": [{"population": "people", "count": 100}],
        }
    )
    estate = Estate(populations={"people": _population()}, feeds={"feed": feed})
    assert Valuation(estate, catalog()).items == ("feed",)
    assert _level(_run(estate), "locate") > 0.0


@pytest.mark.parametrize("captured", [0.1, 0.5])
def test_partial_records_of_one_holding_enable_in_proportion(captured: float) -> None:
    valuation = Valuation(_estate(_holding("a", LOCATE)), catalog())
    days = np.zeros((1, 1), np.float32)
    part = valuation.exposure(days, values={}, lanes=1, captured=captured)
    whole = valuation.exposure(days, values={}, lanes=1)
    assert part.person_years == pytest.approx(captured * whole.person_years)


def test_an_unknown_count_is_wide_and_never_zero() -> None:
    valuation = Valuation(_estate(_holding("a", LOCATE, count="unknown")), catalog())
    parameter = valuation.parameters["fact:a.populations.people"]
    assert parameter.family is ParameterFamily.LOGNORMAL
    assert (parameter.low, parameter.high) == (MINIMUM_CELL, 1000)
    assert parameter.grade is Grade.ASSUMED
    assert _level(_run(_estate(_holding("a", LOCATE, count="unknown"))), "locate") > 0.0


def test_a_stated_range_becomes_a_parameter_with_its_grade_and_source() -> None:
    count = {"value": 40, "low": 30, "high": 60, "grade": "documented", "source": "Register"}
    valuation = Valuation(_estate(_holding("a", LOCATE, count=count)), catalog())
    parameter = valuation.parameters["fact:a.populations.people"]
    assert (parameter.low, parameter.mode, parameter.high) == (30, 40, 60)
    assert (parameter.grade, parameter.source) == (Grade.DOCUMENTED, "Register")
    assert parameter.better == 0.0


def test_parameters_are_found_under_their_own_ids() -> None:
    parameters = Valuation(_estate(_holding("a", LOCATE)), catalog()).parameters
    assert all(key == parameter.id for key, parameter in parameters.items())
    assert {"fact:people.size", "overlap:people", "fact:people.kin-extension"} <= set(
        parameters
    )


def test_a_value_of_a_draw_replaces_the_mode() -> None:
    valuation = Valuation(_estate(_holding("a", LOCATE)), catalog())
    values = {"fact:a.populations.people": np.array([100.0, 200.0])}
    exposure = valuation.exposure(np.zeros((1, 4), np.float32), values=values, lanes=2)
    one, two = exposure.person_years[exposure.uses.index("locate"), 0, 3]
    assert two == pytest.approx(2 * one)


def test_means_are_taken_over_the_lanes_of_a_draw() -> None:
    valuation = Valuation(_estate(_holding("a", LOCATE)), catalog())
    days = np.array([[0.0, NEVER, NEVER, NEVER]], dtype=np.float32)
    exposure = valuation.exposure(days, values={}, lanes=4)
    row = exposure.uses.index("locate")
    assert exposure.person_years[row, 0, 3, 0] == exposure.per_trial[row].sum() / 4


def test_the_headline_horizon_need_not_be_one_of_the_table() -> None:
    valuation = Valuation(_estate(_holding("a", ["asylum-claim", *LOCATE])), catalog())
    days = np.zeros((1, 1), np.float32)
    three = valuation.exposure(days, values={}, lanes=1, headline_years=3.0)
    table = valuation.exposure(days, values={}, lanes=1, horizons_years=(3.0,))
    row = three.uses.index("coerce")
    assert three.person_years.shape[2] == 4
    assert three.per_trial[row, 0] == table.person_years[row, 0, 0, 0]


def test_an_estate_without_data_about_people_has_no_exposure() -> None:
    valuation = Valuation(Estate(), catalog())
    exposure = valuation.exposure(np.zeros((0, 2), np.float32), values={}, lanes=1)
    assert valuation.items == ()
    assert exposure.person_years.size == 0
    assert exposure.attribute_years.size == 0
    assert not exposure.per_trial.any()


@pytest.mark.parametrize("workers", [1, 2, 3, 50])
def test_the_number_of_workers_does_not_change_a_bit(workers: int) -> None:
    estate = _estate(_holding("a", LOCATE), _holding("b", KIN, count=77))
    valuation = Valuation(estate, catalog())
    days = np.linspace(0, 9000, 2 * 24, dtype=np.float32).reshape(2, 24)
    one = valuation.exposure(days, values={}, lanes=4, workers=1)
    many = valuation.exposure(days, values={}, lanes=4, workers=workers)
    assert many.per_trial.tobytes() == one.per_trial.tobytes()
    assert many.person_years.tobytes() == one.person_years.tobytes()
    assert many.attribute_years.tobytes() == one.attribute_years.tobytes()


@pytest.mark.parametrize(
    ("shape", "options"),
    [
        ((2, 1), {}),
        ((1, 3), {"lanes": 2}),
        ((1, 1), {"horizons_years": (0.0,)}),
        ((1, 1), {"horizons_years": (41.0,)}),
        ((1, 1), {"captured": 0.0}),
    ],
)
def test_a_call_that_makes_no_sense_is_refused(
    shape: tuple[int, int], options: dict[str, object]
) -> None:
    valuation = Valuation(_estate(_holding("a", LOCATE)), catalog())
    arguments: dict[str, object] = {"values": {}, "lanes": 1, **options}
    with pytest.raises(UsageError):
        valuation.exposure(np.zeros(shape, np.float32), **arguments)  # type: ignore[arg-type]


ATTRIBUTES = (*LOCATE, *KIN[1:], "employer", "asylum-claim", "phone-number", "password")
ITEMS = st.lists(
    st.tuples(
        st.lists(st.sampled_from(ATTRIBUTES), min_size=1, max_size=4, unique=True),
        st.integers(0, 1200),
        st.one_of(st.just(NEVER), st.floats(0, 9000, width=32)),
    ),
    min_size=1,
    max_size=6,
)
Item = tuple[list[str], int, float]


def _of(items: Sequence[Item], names: Sequence[str] | None = None) -> Exposure:
    called = names or [f"h{i}" for i in range(len(items))]
    holdings = [
        _holding(name, attributes, count=count)
        for name, (attributes, count, _) in zip(called, items, strict=True)
    ]
    days = {name: day for name, (_, _, day) in zip(called, items, strict=True)}
    return _run(_estate(*holdings), days)


@given(items=ITEMS)
@settings(deadline=None, max_examples=60)
def test_bounds_are_ordered_and_within_the_population(items: Sequence[Item]) -> None:
    exposure = _of(items)
    assert (exposure.lower >= 0).all()
    assert (exposure.lower <= exposure.person_years).all()
    assert (exposure.person_years <= exposure.upper).all()
    horizons = np.array(exposure.horizons_years)[np.newaxis, np.newaxis, :, np.newaxis]
    assert (exposure.upper <= 1000 * 3 * horizons * (1 + 1e-12)).all()


@given(items=ITEMS, data=st.data())
@settings(deadline=None, max_examples=60)
def test_taking_one_more_item_or_taking_it_earlier_never_lowers_anything(
    items: Sequence[Item], data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(items) - 1))
    attributes, count, day = items[index]
    earlier = data.draw(st.floats(0, min(day, 9000), width=32))
    sooner = [*items[:index], (attributes, count, earlier), *items[index + 1 :]]
    before, after = _of(items), _of(sooner)
    for name in ("lower", "person_years", "upper", "attribute_years"):
        old, new = getattr(before, name), getattr(after, name)
        assert (new >= old - 1e-9 * np.abs(old)).all(), name


@given(items=ITEMS, data=st.data())
@settings(deadline=None, max_examples=60)
def test_the_names_and_so_the_order_of_items_do_not_matter(
    items: Sequence[Item], data: st.DataObject
) -> None:
    names = data.draw(st.permutations([f"h{i}" for i in range(len(items))]))
    one, other = _of(items), _of(items, names)
    assert other.person_years == pytest.approx(one.person_years, rel=1e-12, abs=1e-9)
    assert other.lower == pytest.approx(one.lower, rel=1e-12, abs=1e-9)


@given(items=ITEMS)
@settings(deadline=None, max_examples=40)
def test_a_use_without_one_of_its_groups_is_worth_nothing(items: Sequence[Item]) -> None:
    exposure = _of(items)
    held = {a for attributes, _, day in items if day < NEVER for a in attributes}
    for row, use in enumerate(exposure.uses):
        if any(not held & set(group.any_of) for group in catalog().uses[use].groups):
            assert exposure.upper[row].max() == 0.0


@given(items=ITEMS)
@settings(deadline=None, max_examples=40)
def test_a_longer_horizon_is_never_worth_less(items: Sequence[Item]) -> None:
    exposure = _of(items)
    assert (np.diff(exposure.person_years, axis=2) >= -1e-9).all()
