"""Priors are those of the design page, ordered, wide and graded."""

from __future__ import annotations

from math import isclose
from typing import Any

import pytest
from pydantic import ValidationError

from counterseal.catalog.priors import CLASSES, Prior
from counterseal.documents.evidence import Grade
from counterseal.estate.kinds import Authentication, Baseline
from counterseal.testing.catalogs import catalog

MEDIANS = {
    "trivial": (0.1, 0.01, 1),
    "easy": (1, 0.2, 5),
    "moderate": (10, 2, 40),
    "hard": (60, 15, 250),
    "very-hard": (365, 90, 1500),
}
"""Median days and 90 % range of the median (engine page, starting parameters)."""


def _triple(prior: str) -> tuple[float, float | None, float | None]:
    quantity = catalog().priors[prior].quantity
    return quantity.value, quantity.low, quantity.high


@pytest.mark.parametrize("name", MEDIANS)
def test_time_classes_are_the_stated_ones(name: str) -> None:
    assert _triple(f"class:{name}.median") == MEDIANS[name]
    assert _triple(f"class:{name}.sigma") == (1, 0.6, 1.5)


def test_classes_are_named_easiest_first_and_the_last_is_infeasible() -> None:
    assert (*MEDIANS, "infeasible") == CLASSES


def test_a_baseline_implies_more_the_higher_it_is_and_never_everything() -> None:
    states = [catalog().priors[f"state:{b}"].quantity for b in Baseline if b != "none"]
    assert [s.value for s in states] == sorted(s.value for s in states)
    assert all(s.low is not None and s.low < s.value < (s.high or 0) for s in states)


def test_there_is_a_row_for_every_way_to_authenticate() -> None:
    assert {f"authentication:{kind}" for kind in Authentication} <= set(catalog().priors)


def _wilson(hits: int, n: int, z: float = 1.96) -> tuple[float, float]:
    p = hits / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * (p * (1 - p) / n + z * z / (4 * n * n)) ** 0.5
    return centre - half, centre + half


@pytest.mark.parametrize(
    ("anchor", "hits", "n"),
    [
        ("valid-accounts", 62, 152),
        ("phishing", 96, 152),
        ("public-exploit", 44, 152),
        ("remote-services", 28, 152),
        ("trusted-relationship", 20, 152),
        ("leavers-with-access", 159, 190),
    ],
)
def test_anchors_are_the_published_counts_with_their_wilson_interval(
    anchor: str, hits: int, n: int
) -> None:
    value, low, high = _triple(f"anchor:{anchor}")
    expected = _wilson(hits, n)
    assert isclose(value, hits / n, abs_tol=0.001)
    assert low is not None
    assert high is not None
    assert isclose(low, expected[0], abs_tol=0.006)
    assert isclose(high, expected[1], abs_tol=0.006)


def test_only_anchors_are_documented_and_no_rule_rests_on_one() -> None:
    documented = {p.id for p in catalog().priors.values() if p.grade is Grade.DOCUMENTED}
    assert documented == {p for p in catalog().priors if p.startswith("anchor:")}
    written = str([rule.model_dump() for rule in catalog().rules.values()])
    assert "anchor:" not in written


@pytest.mark.parametrize(
    "row",
    [
        {"shape": "uniform", "quantity": {"value": 1}},
        {"shape": "lognormal", "quantity": {"value": 1, "low": 0, "high": 2}},
        {"shape": "bernoulli", "quantity": {"value": 1.5}},
    ],
    ids=str,
)
def test_a_range_that_does_not_fit_its_shape_is_refused(row: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Prior.model_validate({"id": "a:b", "name": "n", "citations": ["c"], **row})
