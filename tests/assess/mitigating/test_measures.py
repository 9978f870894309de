"""Measures are found where something can be better, of both sorts, with stable names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from counterseal.assess.mitigating.costs import Costs, parse, priced
from counterseal.assess.mitigating.measures import VALUE, Kind, coarsenings, measures_of
from counterseal.assess.side import model_of
from counterseal.errors import InvalidDocumentError
from counterseal.testing.catalogs import catalog
from counterseal.testing.estates import estate_from

if TYPE_CHECKING:
    from counterseal.assess.mitigating.measures import Countermeasure
    from counterseal.estate.estate import Estate

SMALL = """
organizations: [{id: owner, kind: owner}]
zones: [{id: zone, kind: on-premises, operator: owner, baseline: low}]
systems:
  - {id: base, kind: database, zone: zone, owner: owner, exposure: internal}
  - {id: desk, kind: application, zone: zone, owner: owner, exposure: internet}
populations: [{id: people, size: 5000}]
holdings:
  - id: files
    system: base
    attributes: [name, residential-address, employer]
    populations: [{population: people, count: 4000}]
    pseudonymized: false
  - id: tokens
    system: base
    attributes: [name]
    populations: [{population: people, count: 100}]
    pseudonymized: true
links:
  - {id: reads, from: desk, to: base, kind: query, carries: [files]}
  - {id: old-road, from: desk, to: base, kind: admin, closed: on-paper}
grants:
  - {id: clerks, organization: owner, role: clerk, system: desk, privilege: use,
     headcount: 20, mfa: false, dormant-share: 0.1, separated-share: 0.02}
  - {id: keepers, organization: owner, role: keeper, system: base, privilege: admin,
     headcount: 2, mfa: true, dormant-share: unknown, separated-share: unknown}
"""


@pytest.fixture(scope="module")
def small() -> Estate:
    """Return an estate with something of every kind of measure."""
    return estate_from(SMALL)


@pytest.fixture(scope="module")
def measures(small: Estate) -> dict[str, Countermeasure]:
    """Return what can be done to it, by id."""
    model = model_of(small, catalog(), adversaries=["cyber-espionage"])
    parameters = {
        **model.graphs["cyber-espionage"].parameters,
        **model.valuations["cyber-espionage"].parameters,
    }
    every = measures_of(small, catalog(), parameters)
    return {one.id: one for one in (*every, *coarsenings(small, catalog().uses["locate"]))}


def test_measures_on_reach_and_on_value_stand_beside_each_other(
    measures: dict[str, Countermeasure],
) -> None:
    kinds = {one.kind for one in measures.values()}
    assert kinds >= VALUE
    assert kinds >= {Kind.CONTROL, Kind.CLOSE, Kind.SIGN_ON, Kind.DORMANT, Kind.LEAVERS}
    assert {"close:reads", "sign-on:clerks", "delete:files", "withdraw:clerks"} <= set(measures)


def test_what_is_as_good_as_it_can_be_is_no_measure(
    measures: dict[str, Countermeasure],
) -> None:
    assert "sign-on:keepers" not in measures  # has multi-factor sign-on already
    assert "tokenise:tokens" not in measures  # is pseudonymized already
    assert "dormant:keepers" in measures  # unknown may be better


def test_seams_have_measures_of_their_own(measures: dict[str, Countermeasure]) -> None:
    assert measures["copies:files"].overrides == {"fact:files.copies-verified": 0.0}
    assert measures["verify:old-road"].overrides == {"fact:old-road.closed": 0.0}
    assert measures["verify:old-road"].statement == (
        "Verify from both ends that old-road is closed."
    )


def test_the_effect_of_a_measure_is_a_parameter_at_its_best(
    measures: dict[str, Countermeasure],
) -> None:
    assert measures["sign-on:clerks"].overrides == {"fact:clerks.mfa": 1.0}
    assert measures["close:reads"].overrides == {"link:reads.exists": 0.0}
    assert measures["delete:files"].overrides == {"fact:files.populations.people": 0.0}
    assert measures["tokenise:files"].overrides == {"fact:files.pseudonymized": 1.0}
    control = next(one for one in measures.values() if one.kind is Kind.CONTROL)
    assert list(control.overrides.values()) == [1.0]


def test_coarsening_takes_away_all_that_meets_one_need(
    measures: dict[str, Countermeasure],
) -> None:
    found = [one for one in measures.values() if one.kind is Kind.COARSEN]
    drops = {one.drops for one in found}
    assert drops == {("name",), ("residential-address",)}  # who it is; where they can be found
    assert {one.element for one in found} == {"files"}  # tokens would hold nothing afterwards
    assert "Keep no residential-address in files." in {one.statement for one in found}


COSTS = b"""
schema: counterseal-costs/1
unit: person-days
default: 5
kinds: {control: 10, delete: 3}
controls: {AC-2: 20}
elements: {desk: 2, clerks: 0.5}
measures: {"close:reads": 60}
never: ["delete:tokens"]
"""


def test_the_most_particular_cost_holds(measures: dict[str, Countermeasure]) -> None:
    costs = parse(COSTS, file="costs.yaml", measures=measures)
    cost = {one.id: one.cost for one in priced(measures.values(), costs)}
    assert cost["close:reads"] == 60
    assert cost["delete:files"] == 3
    assert cost["sign-on:clerks"] == 2.5
    assert cost["tokenise:files"] == 5
    assert "delete:tokens" not in cost
    assert {cost[one] for one in cost if one.startswith("control:AC-2@desk")} <= {40.0}
    assert {cost[one] for one in cost if one.startswith("control:SC-7@desk")} <= {20.0}


def test_where_nothing_is_declared_everything_costs_one(
    measures: dict[str, Countermeasure],
) -> None:
    assert {one.cost for one in priced(measures.values(), Costs())} == {1.0}


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        (b"kinds: {contrl: 3}", 1, "control"),
        (b"default: 0", 1, "0"),
        (b"measures:\n  'close:reeds': 4\n", 2, "close:reads"),
        (b"never:\n  - x\n  - 'delete:file'\n", 3, "delete:files"),
        (b"budget: 3", 1, "budget"),
        (b"schema: counterseal-costs/2", 1, "counterseal-costs/1"),
    ],
)
def test_a_cost_file_that_is_wrong_is_refused_at_its_place(
    text: bytes, line: int, says: str, measures: dict[str, Countermeasure]
) -> None:
    with pytest.raises(InvalidDocumentError) as caught:
        parse(text, file="costs.yaml", measures=measures)
    fault = caught.value.faults[-1]
    assert fault.place is not None
    assert fault.place.line == line
    assert says in fault.message + fault.hint
