"""The documented cases are read, embedded and ranked; nothing here asks for a good result."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from counterseal.backtest.baselines import BASELINES
from counterseal.backtest.case import parse
from counterseal.backtest.conversion import Controls, convert
from counterseal.backtest.embedding import embed
from counterseal.backtest.negative.hardening import hardened
from counterseal.backtest.negative.shuffling import shuffled
from counterseal.backtest.ranking import Measure
from counterseal.backtest.results.records import Settings
from counterseal.backtest.scoring import key
from counterseal.backtest.study import backtest
from counterseal.backtest.timing.clock import INSIDE, recorded
from counterseal.backtest.written.document import as_json
from counterseal.backtest.written.text import text
from counterseal.estate.dump import to_files
from counterseal.estate.loading import parse as parse_estate
from counterseal.testing.catalogs import catalog
from counterseal.workspace.backtesting import read_cases

if TYPE_CHECKING:
    from counterseal.backtest.case import Case

CASES = Path(__file__).parents[3] / "shared/data/cases/development"

pytestmark = pytest.mark.skipif(
    not CASES.exists(), reason="no ../shared/data/cases beside the project"
)


@pytest.fixture(scope="module")
def cases() -> tuple[Case, ...]:
    files = read_cases(CASES)
    return parse(files.pre, files.truth)


def test_six_cases_are_read_without_a_fault(cases: tuple[Case, ...]) -> None:
    assert len(cases) == 6


def test_keys_are_those_of_the_definitions(cases: tuple[Case, ...]) -> None:
    keys = {case.id: key(case) for case in cases}
    assert keys["opm_2014"] == {Measure.ENTRY: "kp_net", Measure.SEAM: "e1"}
    assert keys["equifax_2017"] == {Measure.ENTRY: "acis", Measure.LAST_HOP: "e3"}
    assert keys["singhealth_2018"] == {
        Measure.ENTRY: "ws_a",
        Measure.SEAM: "e3",
        Measure.LAST_HOP: "e4",
    }


def test_controls_known_only_after_are_not_in_the_estate(cases: tuple[Case, ...]) -> None:
    for case in cases:
        told = sum(row.known_when == "before" for row in case.before.controls)
        made = convert(case.before, parent="x", controls=Controls.KNOWN_BEFORE)
        assert len(made.elements["controls"]) <= told


def test_clocks_are_read_from_the_records(cases: tuple[Case, ...]) -> None:
    told = {case.id: recorded(case) for case in cases}
    assert {name: row.days for name, row in told.items()} == {
        "cbp_perceptics_2019": 183,
        "equifax_2017": 2,
        "medibank_2022": 13,
        "opm_2014": 47,
        "singhealth_2018": 307,
        "target_2013": 15,
    }
    assert {name: row.since for name, row in told.items() if row.counts} == {
        "equifax_2017": "equifax",
        "medibank_2022": "medibank",
        "opm_2014": "opm",
        "singhealth_2018": "singhealth",
        "target_2013": "target",
    }
    assert told["cbp_perceptics_2019"].reason == INSIDE
    assert told["opm_2014"].is_label


@pytest.mark.slow
def test_each_case_embeds_in_a_valid_estate_as_it_is_shuffled_and_hardened(
    cases: tuple[Case, ...],
) -> None:
    for case in cases:
        embedded = embed(case.before, seed=1, controls=Controls.ALL)
        estate, twin = embedded.estate, hardened(embedded, catalog())
        assert parse_estate(to_files(estate), attributes=catalog().attributes) == estate
        for other in (shuffled(estate, seed=1), twin):
            parse_estate(to_files(other), attributes=catalog().attributes)


@pytest.mark.slow
def test_every_defined_measure_is_ranked_by_every_method(cases: tuple[Case, ...]) -> None:
    small = Settings(seeds=(7,), outer=8, lanes=8, shuffles=1)
    study = backtest(cases, catalog(), settings=small)
    for case, result in zip(cases, study.results, strict=True):
        assert set(result.percentiles) == set(key(case))
        for methods in result.percentiles.values():
            assert {"model", *BASELINES} <= set(methods)
        for twin in result.twins:
            lower = zip(twin.before.reach, twin.after.reach, strict=True)
            assert all(after <= before for before, after in lower)
    document, shown = as_json(study), text(study)
    assert shown.startswith("Found")
    assert isinstance(document["summary"], dict)
    for case in cases:
        assert case.id in shown
