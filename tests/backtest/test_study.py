"""A study: deterministic, blind to the key until the rankings are made, honest about misses."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING

import pytest

from counterseal.backtest.baselines import BASELINES
from counterseal.backtest.case import Case
from counterseal.backtest.ranking import Measure
from counterseal.backtest.results.records import Settings
from counterseal.backtest.study import backtest, gather, run_one
from counterseal.backtest.written.document import as_json, misses
from counterseal.backtest.written.text import text
from counterseal.errors import UsageError
from counterseal.testing.catalogs import catalog

if TYPE_CHECKING:
    from counterseal.backtest.results.records import Study

FEW = Settings(seeds=(1, 2), outer=4, lanes=8, workers=1)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def study(case: Case) -> Study:
    return backtest([case], catalog(), settings=FEW)


def test_the_same_settings_give_the_same_study_whatever_the_workers(
    case: Case, study: Study
) -> None:
    again = backtest([case], catalog(), settings=dataclasses.replace(FEW, workers=2))
    assert as_json(again) == as_json(study)


def test_every_method_has_a_percentile_of_every_measure(study: Study) -> None:
    (result,) = study.results
    assert set(result.percentiles) == set(Measure)
    for methods in (*result.percentiles.values(), *result.wrong.values()):
        assert {"model", *BASELINES} <= set(methods)
        assert all(0 <= rank <= 1 for rank in methods.values())


def test_the_ranking_does_not_depend_on_the_truth(case: Case, study: Study) -> None:
    """Asking for another key gives exactly the rank which that element had as a wrong key."""
    other = Case(
        before=case.before,
        truth=case.truth.model_copy(
            update={
                "path": tuple(
                    step.model_copy(update={"edge": "e5" if step.edge == "e1" else step.edge})
                    for step in case.truth.path
                )
            }
        ),
    )
    turned = backtest([other], catalog(), settings=FEW).results[0]
    before = study.results[0]
    assert turned.percentiles[Measure.SEAM] == before.wrong[Measure.SEAM]
    assert turned.wrong[Measure.SEAM] == before.percentiles[Measure.SEAM]
    assert turned.percentiles[Measure.ENTRY] == before.percentiles[Measure.ENTRY]


def test_the_document_has_the_keys_that_others_rely_on(study: Study) -> None:
    document = json.loads(json.dumps(as_json(study)))
    assert document["schema"] == "counterseal-backtest/1"
    (row,) = document["cases"]
    assert {"case", "seeds", "entry", "seam", "last_hop"} <= set(row)
    assert row["seeds"] == 2
    for measure in Measure:
        assert {"percentile", "chance", "baselines"} <= set(row[measure])
        assert set(row[measure]["baselines"]) == set(BASELINES)
        assert row[measure]["chance"] == 0.5
    assert {"mean_percentile", "interval", "misses"} <= set(document["summary"])


def test_the_mean_is_over_all_measures_and_one_case_has_no_interval(study: Study) -> None:
    summary = as_json(study)["summary"]
    (result,) = study.results
    model = [methods["model"] for methods in result.percentiles.values()]
    assert isinstance(summary, dict)
    assert summary["mean_percentile"] == pytest.approx(sum(model) / 3, abs=1e-4)
    assert summary["interval"] is None


def test_misses_are_what_stands_below_a_half_worst_first(study: Study) -> None:
    (result,) = study.results
    expected = sorted(
        methods["model"] for methods in result.percentiles.values() if methods["model"] < 0.5
    )
    assert [row[3] for row in misses(study)] == expected
    assert f"misses (below 0.5): {len(expected)}" in text(study)


def test_a_measure_that_a_case_does_not_define_is_null(case: Case) -> None:
    label = Case(
        before=case.before, truth=case.truth.model_copy(update={"objective": "a label"})
    )
    one = dataclasses.replace(FEW, seeds=(1,))
    found = backtest([label], catalog(), settings=one)
    (row,) = json.loads(json.dumps(as_json(found)))["cases"]
    assert row["last_hop"] is None
    assert "not defined" in text(found)


def test_progress_is_told_for_each_case_and_seed(case: Case) -> None:
    told: list[tuple[int, int]] = []
    backtest(
        [case], catalog(), settings=FEW, progress=lambda done, total: told.append((done, total))
    )
    assert told == [(1, 2), (2, 2)]


def test_no_case_and_no_seed_are_refused(case: Case) -> None:
    with pytest.raises(UsageError):
        backtest([], catalog())
    with pytest.raises(UsageError):
        backtest([case], catalog(), settings=Settings(seeds=()))


def test_negative_controls_and_times_are_there_for_every_case_and_seed(study: Study) -> None:
    (result,) = study.results
    assert len(result.twins) == 2
    assert study.hardened.pairs == 2
    assert set(result.shuffled) <= set(result.percentiles)
    assert Measure.ENTRY in result.shuffled
    assert result.time.trials == 2 * 4 * 8
    assert result.time.recorded.days is None
    assert result.time.model is None


def test_a_recorded_figure_gets_a_place_in_the_times_foretold(case: Case) -> None:
    told = case.truth.model_copy(update={"durations_days": {"access_to_objective": 30}})
    more = dataclasses.replace(FEW, seeds=(1,), outer=16, lanes=16)
    (result,) = backtest(
        [Case(before=case.before, truth=told)], catalog(), settings=more
    ).results
    for row in (result.time.anywhere, result.time.reference):
        assert row is not None
        assert 0 <= row.pit <= 1
        assert row.low <= row.median <= row.high
    assert result.time.recorded.counts


def test_the_study_is_the_same_from_outcomes_computed_elsewhere(
    case: Case, study: Study
) -> None:
    runs = [run_one(case, catalog(), seed=seed, settings=FEW) for seed in (1, 2)]
    assert as_json(gather([case], catalog(), runs, settings=FEW)) == as_json(study)


def test_what_progress_raises_ends_the_study(case: Case) -> None:
    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt((done, total))

    with pytest.raises(KeyboardInterrupt):
        backtest([case], catalog(), settings=FEW, progress=stop)
