"""What the change is, is read off; what nobody stated stays unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from counterseal.assess.comparison import compare
from counterseal.assess.contrast import Contrasted
from counterseal.assess.levels import Concern
from counterseal.assess.possible import Possibility
from counterseal.policy.assessment import RATIO_CAP, check
from counterseal.review.inputs import parse
from counterseal.review.profile import profile
from counterseal.review.proposal import propose
from counterseal.review.summary import Summary, bounded, exposure_fields

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from counterseal.assess.comparison import Comparison

    Fields = Callable[[str], Mapping[str, Any]]

HEAD = """\
id: a-change
kind: access
title: A change
sponsor: Somebody
stage: requirement
need: None
authority: pass-law
necessity: None
dates: {proposed: 2026-01-01, assessed: 2026-01-02}
"""


@pytest.fixture
def fields(files: dict[str, bytes]) -> Callable[[str], Mapping[str, Any]]:
    """Return a function from the text of a patch to the fields that are read off."""

    def read(patch: str, head: str = HEAD) -> Mapping[str, Any]:
        text = head + "patch:\n" + "".join(f"  {line}\n" for line in patch.splitlines())
        inputs = parse({**files, "changes/terminal-copy.yaml": text.encode()})
        return profile(propose(inputs), inputs.catalog).fields

    return read


CONTRACT = """\
add:
  contracts:
    - id: support
      contractor: quayline
      client: harbour-authority
      service: support
      clauses: {%s}
"""


def test_a_contract_has_the_weakest_of_its_clauses(fields: Fields) -> None:
    found = fields(CONTRACT % "flow-down: true, audit-right: false")
    assert found["contract.present"] is True
    assert found["contract.flow_down"] is True
    assert found["contract.audit_right"] is False
    assert found["contract.incident_notice"] is None


def test_the_client_is_not_another_client_of_its_contractor(fields: Fields) -> None:
    """Quayline's list of three clients names the authority by its name, not its id."""
    assert fields(CONTRACT % "flow-down: true")["contract.other_clients"] == 2


def test_without_a_contract_no_clause_is_missing(fields: Fields) -> None:
    found = fields("add: {zones: [{id: z, kind: field, operator: harbour-authority}]}")
    assert found["contract.present"] is False
    assert found["contract.flow_down"] is True
    assert found["contract.other_clients"] == 0


HOLDING = """\
add:
  holdings:
    - id: extra
      system: pass-register
      attributes: [%s]
      populations: [{population: pass-holders, count: %s}]
"""


@pytest.mark.parametrize(
    ("attribute", "lasting"),
    [("password", 0), ("residential-address", 0), ("fingerprint", 900), ("asylum-claim", 900)],
)
def test_what_cannot_be_reset_is_known_by_its_class(
    attribute: str, lasting: int, fields: Fields
) -> None:
    found = fields(HOLDING % (attribute, 900))
    assert found["data.bulk_people"] == 900
    assert found["data.irreversible_people"] == lasting


def test_an_unknown_count_may_be_everybody(fields: Fields) -> None:
    assert fields(HOLDING % ("fingerprint", "unknown"))["data.bulk_people"] == 41_000


def test_a_fleet_of_which_nobody_knows_what_it_keeps(fields: Fields) -> None:
    text = (
        "add: {systems: [{id: phones, kind: device-fleet, zone: harbour-office,"
        " owner: harbour-authority}]}"
    )
    found = fields(text)
    assert found["device.fleet"] is True
    assert found["device.cached_records"] is None


def test_every_field_of_the_assessment_is_there(
    files: dict[str, bytes], fields: Fields
) -> None:
    inputs = parse(files)
    summary = profile(propose(inputs), inputs.catalog).with_fields(
        alternatives={"narrower": False, "best_ratio": None},
        evidence={"assumed_share": 0.0, "assumption_dominated": False},
        conditions={"found": False, "count": 0, "p_worse": None},
    )
    assessment = summary.assessment(Contrasted(rows={}, possible=()))
    assert check(assessment) == ()
    assert assessment["exposure"]["ratio"] == 1.0
    assert fields(HOLDING % ("name", 1))["authority.named"] is True


def row(before: float, after: float) -> Comparison:
    return compare(np.full(200, before), np.full(200, after), lanes=2)


def use(subject: str, adversary: str = "a", family: str = "use") -> Concern:
    return Concern(adversary=adversary, family=family, subject=subject)


def test_a_use_counts_when_its_interval_lies_above_one_half() -> None:
    mixed = compare(np.zeros(20), np.array([1.0] * 12 + [0.0] * 8), lanes=2)  # 6 of 10
    found = exposure_fields(
        {use("locate"): row(1, 2), use("coerce"): mixed, use("recruit"): row(2, 1)}
    )
    assert found["worse_uses"] == ["locate"]
    assert found["better_uses"] == ["recruit"]
    assert found["p_worse"] == 1.0
    assert found["p_better"] == 1.0
    assert found["ratio"] == 2.0
    assert found["coerce_ratio"] == RATIO_CAP


def test_a_use_that_is_worse_for_one_adversary_is_not_better() -> None:
    found = exposure_fields({use("locate", "a"): row(1, 2), use("locate", "b"): row(2, 1)})
    assert found["worse_uses"] == ["locate"]
    assert found["better_uses"] == []


def test_families_are_never_mixed() -> None:
    found = exposure_fields(
        {
            use("records", family="integrity"): row(1, 3),
            use("items", family="knowledge"): row(1, 2),
        }
    )
    assert found["p_worse"] == 0.0
    assert found["ratio"] == 1.0
    assert found["integrity_ratio"] == 3.0
    assert found["knowledge_p_worse"] == 1.0


def test_people_of_new_uses_are_counted_once_for_each_population() -> None:
    def new(population: str, who: str = "a") -> Possibility:
        return Possibility(adversary=who, use="locate", population=population)

    def people(*possible: Possibility) -> Any:  # noqa: ANN401 - any JSON number
        summary = Summary(fields={}, people={"x": 10.0, "y": 5.0, "z": float("inf")})
        found = summary.assessment(Contrasted(rows={}, possible=possible))
        return found["exposure"]["newly_possible"]

    assert people() == 0
    assert people(new("x"), new("x", "b"), new("y")) == 15
    assert people(new("z")) is None
    assert bounded(3.0) == 3.0


@pytest.mark.parametrize(
    ("attribute", "coercive"),
    [
        ("name", False),
        ("face-image", False),
        ("password", False),
        ("asylum-claim", True),
        ("health", True),
        ("spouse-link", True),
        ("parent-child-link", True),
    ],
)
def test_coercion_needs_more_than_knowing_who_somebody_is(
    attribute: str, *, coercive: bool, fields: Fields
) -> None:
    assert fields(HOLDING % (attribute, 5))["data.coerce_uses"] is coercive
