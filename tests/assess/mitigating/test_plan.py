"""A plan for the harbour: within its budget, bounded, tried on fresh draws, and repeatable."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from counterseal.assess.levels import Concern
from counterseal.assess.mitigating.costs import Costs, priced
from counterseal.assess.mitigating.document import document
from counterseal.assess.mitigating.holdout import hold_out
from counterseal.assess.mitigating.measures import VALUE, Kind, coarsenings, measures_of
from counterseal.assess.mitigating.plan import Effort, mitigate
from counterseal.assess.mitigating.sample import Sample
from counterseal.assess.mitigating.searching.stakes import Levels
from counterseal.assess.side import model_of
from counterseal.errors import UsageError
from counterseal.reach.draws import Draws
from counterseal.testing.catalogs import catalog
from counterseal.testing.stakes import plans_within

if TYPE_CHECKING:
    from collections.abc import Sequence

    from counterseal.assess.mitigating.measures import Countermeasure
    from counterseal.assess.mitigating.plan import Mitigation
    from counterseal.estate.estate import Estate

WHO = "humint-enabled"
COERCE = Concern(adversary=WHO, family="use", subject="coerce")
SMALL = Effort(trials=256, telling=32, fresh=16, lanes=16)
UNEQUAL = Costs(kinds={Kind.CLOSE: 5.0, Kind.CONTROL: 2.0}, controls={"IA-2(1)": 1.0})


def _measures(estate: Estate, *, value: bool = False) -> tuple[Countermeasure, ...]:
    model = model_of(estate, catalog(), adversaries=[WHO])
    parameters = {**model.graphs[WHO].parameters, **model.valuations[WHO].parameters}
    every = measures_of(estate, catalog(), parameters)
    every = (*every, *coarsenings(estate, catalog().uses["coerce"]))
    return priced((one for one in every if value or one.kind not in VALUE), UNEQUAL)


def _plan(
    estate: Estate, measures: Sequence[Countermeasure], budget: float, *, workers: int = 1
) -> Mitigation:
    return mitigate(
        estate,
        catalog(),
        measures,
        concern=COERCE,
        budget=budget,
        effort=SMALL,
        workers=workers,
    )


@pytest.fixture(scope="module")
def found(harbour: Estate) -> Mitigation:
    """Return a plan of measures that reduce reach."""
    return _plan(harbour, _measures(harbour), 6.0)


@pytest.mark.slow
def test_a_plan_keeps_to_its_budget_and_to_its_bound(found: Mitigation) -> None:
    assert found.sound
    assert found.points[-1].budget == 6.0
    for point in found.points:
        assert point.cost == sum(measure.cost for measure in point.plan) <= point.budget
        assert point.least <= point.level <= point.greedy <= found.base
        assert (point.level - point.least) / found.base < 2e-3
    assert 0 < found.chosen.level < found.base
    assert found.everything <= found.chosen.least * 1.001
    assert found.gap == pytest.approx((found.chosen.level - found.chosen.least) / found.base)


@pytest.mark.slow
def test_plan_and_bound_are_the_best_of_every_plan_of_some_measures(harbour: Estate) -> None:
    every = _measures(harbour, value=True)
    costly = Costs(kinds=dict.fromkeys(VALUE, 4.0), controls={"IA-2(1)": 1.0}, default=2.0)
    some = [one for one in every if one.kind in {*VALUE, Kind.CLOSE, Kind.ONWARD}]
    some += [one for one in every if one.kind is Kind.CONTROL][:60:7]
    some = [one for one in priced(some, costly) if one.kind is not Kind.DELETE]
    found = _plan(harbour, some, 7.0)
    [campaign] = (
        model_of(harbour, catalog(), adversaries=[WHO])
        .side(Draws(seed=0, outer=found.trials, lanes=1), workers=1)
        .campaigns
    )
    stakes = Sample(campaign, COERCE, found.shortlist, catalog=catalog())
    costs = [measure.cost for measure in found.shortlist]
    levels = Levels(stakes=stakes)
    for point in found.points:
        truth = min(levels.of(plan) for plan in plans_within(costs, point.budget))
        assert point.level == truth
        assert truth - 2e-3 * found.base <= point.least <= truth
    assert len(found.shortlist) > 8


@pytest.mark.slow
def test_more_budget_never_leaves_more(found: Mitigation) -> None:
    levels = [point.level for point in found.points]
    bounds = [point.least for point in found.points]
    assert levels == sorted(levels, reverse=True)
    assert bounds == sorted(bounds, reverse=True)
    assert list(found.leaves) == sorted(found.leaves, reverse=True)
    assert found.leaves[-1] == found.chosen.level


@pytest.mark.slow
def test_the_number_of_workers_changes_nothing(found: Mitigation, harbour: Estate) -> None:
    again = _plan(harbour, _measures(harbour), 6.0, workers=2)
    documents = [document(one, left_out={}, unit="") for one in (found, again)]
    assert documents[0] == documents[1]


@pytest.mark.slow
def test_the_plan_helps_on_draws_that_it_was_not_chosen_on(found: Mitigation) -> None:
    row = found.holdout.rows[COERCE]
    assert row.mean_after < row.mean_before
    assert found.holdout.draws.seed != found.seed
    assert found.holdout.worse == ()
    assert {concern.adversary for concern in found.holdout.rows} == set(catalog().adversaries)


@pytest.mark.slow
def test_without_a_budget_nothing_is_done(harbour: Estate) -> None:
    found = _plan(harbour, _measures(harbour), 0.0)
    assert found.chosen.plan == ()
    assert found.chosen.level == found.chosen.least == found.base
    assert all(row.mean_before == row.mean_after for row in found.holdout.rows.values())
    written = document(found, left_out={}, unit="")
    assert written["leaves"] == written["at_least"] == 1.0
    assert written["gap"] == 0.0


@pytest.mark.slow
def test_value_is_reduced_where_that_is_cheaper(harbour: Estate) -> None:
    found = _plan(harbour, _measures(harbour, value=True), 1.0)
    assert {measure.kind for measure in found.chosen.plan} <= VALUE
    assert found.chosen.level == 0.0
    written = document(found, left_out={}, unit="marks")
    [step] = written["plan"] if isinstance(written["plan"], list) else []
    assert isinstance(step, dict)
    assert step["reduces"] == "value"


def test_a_negative_budget_and_a_concern_that_is_none_are_refused(harbour: Estate) -> None:
    with pytest.raises(UsageError, match="less than nothing"):
        _plan(harbour, (), -1.0)
    nobody = Concern(adversary=WHO, family="use", subject="influence")
    with pytest.raises(UsageError, match="no concern"):
        mitigate(harbour, catalog(), (), concern=nobody, budget=1.0, effort=SMALL)


def test_a_hold_out_without_measures_changes_no_bit(harbour: Estate) -> None:
    held = hold_out(
        harbour, catalog(), (), draws=Draws(seed=0, outer=4, lanes=4), adversaries=[WHO]
    )
    assert all((row.old == row.new).all() for row in held.rows.values())
    assert held.worse == ()
