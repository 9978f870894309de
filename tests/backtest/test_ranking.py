"""Percentiles: 1 is first, ties count half, and candidates come from the whole estate."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.backtest.ranking import Measure, candidates, percentile
from counterseal.testing.estates import estate_from

SCORES = st.dictionaries(
    st.text("abcdefghij", min_size=1, max_size=3),
    st.integers(0, 5).map(float),
    min_size=2,
    max_size=12,
)
ESTATE = """
organizations:
  - {id: home, kind: owner}
  - {id: firm, kind: contractor}
zones:
  - {id: in, kind: on-premises, operator: home}
  - {id: out, kind: contractor, operator: firm}
systems:
  - {id: desk, kind: application, zone: in, owner: home}
  - {id: store, kind: database, zone: in, owner: home}
  - {id: copy, kind: database, zone: out, owner: firm}
  - {id: view, kind: application, zone: out, owner: firm}
populations: [{id: folk, size: 1000}]
holdings:
  - {id: data, system: store, attributes: [name], populations: [{population: folk, count: 9}]}
links:
  - {id: into, from: desk, to: store, kind: network}
  - {id: sent, from: store, to: copy, kind: batch, carries: [data]}
  - {id: look, from: view, to: store, kind: query, carries: [data]}
  - {id: plain, from: view, to: desk, kind: network}
  - {id: zoned, from: desk, to: out, kind: network}
grants:
  - {id: own, organization: home, role: clerk, system: store, privilege: use}
  - {id: theirs, organization: firm, role: helper, system: store, privilege: admin}
"""


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ({"a": 3.0, "b": 2.0, "c": 1.0}, 1.0),
        ({"a": 2.0, "b": 3.0, "c": 1.0}, 0.5),
        ({"a": 1.0, "b": 2.0, "c": 3.0}, 0.0),
        ({"a": 1.0, "b": 1.0, "c": 1.0}, 0.5),
        ({"a": 2.0, "b": 2.0, "c": 1.0}, 0.75),
        ({"b": 0.0, "c": -1.0}, 0.75),
    ],
)
def test_first_is_1_last_is_0_and_ties_count_half(
    scores: dict[str, float], expected: float
) -> None:
    assert percentile(scores, of="a", among=("a", "b", "c")) == expected


def test_what_is_no_candidate_or_alone_has_no_percentile() -> None:
    assert percentile({}, of="x", among=("a", "b")) is None
    assert percentile({}, of="a", among=("a",)) is None


@given(SCORES)
def test_over_all_candidates_the_mean_is_a_half(scores: dict[str, float]) -> None:
    names = tuple(scores)
    ranks = [percentile(scores, of=name, among=names) for name in names]
    assert sum(rank or 0.0 for rank in ranks) / len(ranks) == pytest.approx(0.5, abs=1e-12)


@given(SCORES)
def test_the_reverse_order_has_the_rest_to_1(scores: dict[str, float]) -> None:
    names = tuple(scores)
    turned = {name: -score for name, score in scores.items()}
    one = percentile(scores, of=names[0], among=names)
    other = percentile(turned, of=names[0], among=names)
    assert (one or 0.0) + (other or 0.0) == pytest.approx(1.0, abs=1e-12)


def test_entries_are_all_systems_and_organizations() -> None:
    found = candidates(estate_from(ESTATE))
    assert found.of(Measure.ENTRY) == ("copy", "desk", "firm", "home", "store", "view")


def test_seams_are_edges_between_owners() -> None:
    found = candidates(estate_from(ESTATE))
    assert found.of(Measure.SEAM) == ("look", "plain", "sent", "theirs")


def test_last_hops_lead_into_systems_that_hold_data_or_get_a_copy() -> None:
    found = candidates(estate_from(ESTATE))
    assert found.of(Measure.LAST_HOP) == ("into", "look", "sent", "theirs")


def test_accounts_of_an_owner_on_its_own_system_and_links_to_zones_are_no_edges() -> None:
    assert {"own", "zoned"}.isdisjoint(candidates(estate_from(ESTATE)).edges)
