"""The key of a case by the definitions beside the cases, and everything that is not the key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from counterseal.backtest.case import Case, TruthStep
from counterseal.backtest.ranking import Measure
from counterseal.backtest.scoring import key, wrong_keys

if TYPE_CHECKING:
    from collections.abc import Mapping


def changed(case: Case, **update: object) -> Case:
    return Case(before=case.before, truth=case.truth.model_copy(update=update))


def test_entry_seam_and_last_hop_are_what_the_path_says(case: Case) -> None:
    assert key(case) == {
        Measure.ENTRY: "crew_net",
        Measure.SEAM: "e1",
        Measure.LAST_HOP: "e3",
    }


def test_an_objective_that_is_only_a_label_leaves_the_last_hop_undefined(case: Case) -> None:
    assert Measure.LAST_HOP not in key(changed(case, objective="the lot"))


def test_the_system_of_an_objective_holding_counts_as_the_objective(case: Case) -> None:
    found = key(changed(case, objective="the lot", objective_holdings=("h_register",)))
    assert found[Measure.LAST_HOP] == "e3"


def test_the_last_used_edge_into_the_objective_counts(case: Case) -> None:
    more = (*case.truth.path, TruthStep(to="register", edge="e4"))
    assert key(changed(case, path=more))[Measure.LAST_HOP] == "e4"


def test_a_path_without_known_edges_has_only_an_entry(case: Case) -> None:
    found = key(changed(case, path=(TruthStep(to="desk"), TruthStep(to="lan", edge="e99"))))
    assert found == {Measure.ENTRY: "desk"}


def test_an_entry_outside_the_case_is_undefined(case: Case) -> None:
    assert Measure.ENTRY not in key(changed(case, path=(TruthStep(to="moon"),)))


def test_wrong_keys_are_all_that_might_have_been_used_and_was_not(case: Case) -> None:
    wrong: Mapping[Measure, tuple[str, ...]] = wrong_keys(case)
    assert wrong == {
        Measure.ENTRY: ("desk", "lan", "register", "office", "tug_co", "rope_co"),
        Measure.SEAM: ("e5",),
        Measure.LAST_HOP: ("e4",),
    }
