"""The worst path is one that is really taken, and every hop has somebody who answers for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from counterseal.assess.levels import Concern
from counterseal.review.paths import is_enforceable, leading_objectives, owner_of_element
from counterseal.review.searches.candidates import (
    candidates,
    critical_steps,
    name_of,
    weights_of,
    weights_together,
)
from counterseal.review.searches.claims import claims, screened
from counterseal.testing.catalogs import catalog
from counterseal.testing.estates import estate_from

if TYPE_CHECKING:
    from counterseal.estate.estate import Estate
    from counterseal.review.gate import Findings
    from counterseal.review.searches.candidates import Critical

WORLD = """
organizations:
  - {id: agency, kind: owner, name: The Agency}
  - {id: unit, kind: component}
  - {id: planner, kind: contractor}
  - {id: drafter, kind: subcontractor}
  - {id: partner, kind: partner}
  - {id: broker, kind: broker}
zones:
  - {id: inside, kind: on-premises, operator: agency, baseline: moderate}
  - {id: outside, kind: partner, operator: partner}
systems:
  - {id: register, kind: database, zone: inside, owner: agency, accountable: unit}
  - {id: archive, kind: database, zone: inside, owner: agency}
  - {id: studio, kind: application, zone: outside, owner: drafter}
  - {id: store, kind: database, zone: outside, owner: partner}
populations:
  - {id: people, size: 1000}
holdings:
  - {id: records, system: register, attributes: [name], populations: []}
links:
  - {id: owned, from: archive, to: register, kind: query, owner: agency}
  - {id: unowned, from: archive, to: register, kind: query}
grants:
  - id: admins
    organization: agency
    role: admin
    headcount: 2
    system: archive
    privilege: admin
feeds:
  - {id: trails, broker: broker, attributes: [precise-location]}
knowledge:
  - {id: plan, about: [register], class: plan, held-by: [planner]}
contracts:
  - id: study
    contractor: planner
    client: agency
    service: planning
    subcontractors: [{organization: drafter}]
"""


@pytest.fixture(scope="module")
def world() -> Estate:
    return estate_from(WORLD)


@pytest.mark.parametrize(
    ("element", "owner"),
    [
        ("register", "unit"),
        ("archive", "agency"),
        ("inside", "agency"),
        ("partner", "partner"),
        ("records", "unit"),
        ("owned", "agency"),
        ("unowned", "unit"),
        ("admins", "agency"),
        ("trails", "broker"),
        ("plan", "planner"),
        ("study", "agency"),
        ("people", ""),
        ("nothing", ""),
    ],
)
def test_every_element_leads_to_whoever_answers_for_it(
    element: str, owner: str, world: Estate
) -> None:
    assert owner_of_element(world, element) == owner


@pytest.mark.parametrize(
    ("element", "enforceable"),
    [
        ("register", True),
        ("archive", True),
        ("planner", True),
        ("studio", True),
        ("store", False),
        ("trails", False),
    ],
)
def test_what_a_partner_owns_can_be_asked_for_but_not_ordered(
    element: str, *, enforceable: bool, world: Estate
) -> None:
    assert is_enforceable(world, element) is enforceable


def test_an_element_is_called_by_its_name_or_else_its_id(world: Estate) -> None:
    assert name_of(world, "agency") == "The Agency"
    assert name_of(world, "unit") == "unit"
    assert name_of(world, "nothing") == "nothing"


def test_objectives_are_those_of_the_concern_greatest_growth_first(findings: Findings) -> None:
    campaign = findings.contrast.after.campaign("humint-enabled")
    before = findings.contrast.before.campaign("humint-enabled")
    assert campaign is not None
    assert before is not None
    for family, subject, kinds in (
        ("use", "coerce", {"exfiltrate"}),
        ("integrity", "records", {"alter", "insert", "suppress"}),
        ("knowledge", "items", {"learn"}),
    ):
        concern = Concern(adversary="humint-enabled", family=family, subject=subject)
        found = leading_objectives(
            campaign, concern, catalog(), before=before.base, after=campaign.base
        )
        assert {objective.kind for objective in found} <= kinds
        assert len(found) <= 6
        growth = []
        for objective in found:
            new = campaign.base.arrivals.reached(objective.step, campaign.horizon_days).mean()
            known = objective.step in before.base.arrivals.steps
            old = (
                before.base.arrivals.reached(objective.step, campaign.horizon_days).mean()
                if known
                else 0.0
            )
            growth.append(new - old)
        assert growth == sorted(growth, reverse=True)
    assert leading_objectives(
        campaign,
        Concern(adversary="humint-enabled", family="use", subject="coerce"),
        catalog(),
        before=None,
        after=campaign.base,
    )


def test_hops_are_in_order_of_time_and_end_at_the_objective(findings: Findings) -> None:
    assert findings.path is not None
    days = [hop.median_days for hop in findings.path.hops]
    assert days == sorted(days)
    assert findings.path.hops[-1].step.id == findings.path.objective.step
    assert findings.path.hops[0].step.entry
    assert 0 < findings.path.share <= 1
    assert 0 <= findings.path.undetected <= 1


@pytest.fixture(scope="module")
def critical(findings: Findings) -> Critical:
    targets = {name: [o.step for o in rows] for name, rows in findings.objectives.items()}
    return critical_steps(findings.searched.contrast.after, targets)


def test_a_control_left_out_of_the_candidates_could_not_have_helped(
    findings: Findings, critical: Critical
) -> None:
    """The screen's promise: what touches no critical step delays no arrival at a target."""
    after = findings.searched.contrast.after
    wanted = {name: [o.step for o in rows] for name, rows in findings.objectives.items()}
    weights = weights_of(after, critical)
    left_out = [
        key for key in after.parameters if key.startswith("control:") and key not in weights
    ]
    assert left_out
    for campaign in after.campaigns:
        for key in left_out[:20]:
            better = campaign.engine.run(overrides={key: 1.0})
            for step in wanted.get(campaign.adversary.id, ()):
                assert not (
                    better.reached(step, campaign.horizon_days)
                    < campaign.base.arrivals.reached(step, campaign.horizon_days)
                ).any(), (key, step)


def test_narrowing_stands_before_controls(findings: Findings, critical: Critical) -> None:
    after = findings.searched.contrast.after
    found = candidates(findings.proposal, after, catalog(), critical=critical)
    kinds = [one.kind for one in found]
    assert kinds[:2] == ["narrow", "remove-link"]
    assert set(kinds[2:]) == {"control"}
    assert {one.id for one in found[:2]} == {
        "without:passes-at-terminal",
        "without:nightly-copy",
    }
    assert len({one.id for one in found}) == len(found)
    for one in found:
        assert set(one.overrides) <= set(after.parameters)
        assert one.statement.endswith(".")


def test_no_criticality_without_targets(findings: Findings) -> None:
    after = findings.searched.contrast.after
    found = critical_steps(after, {})
    assert not any(found.values())
    assert not weights_of(after, found)
    assert weights_together([list(after.parameters)], after, found) == (0,)


def test_the_weight_of_one_parameter_is_that_of_a_group_of_one(
    findings: Findings, critical: Critical
) -> None:
    after = findings.searched.contrast.after
    alone = weights_of(after, critical)
    assert alone
    groups = [[name] for name in alone]
    together = weights_together(groups, after, critical)
    assert together == pytest.approx(tuple(alone.values()))
    [every] = weights_together([list(alone)], after, critical)
    assert max(alone.values()) <= every < sum(alone.values())


def test_claims_about_what_the_change_touches_come_first(
    findings: Findings, critical: Critical
) -> None:
    contrast = findings.searched.contrast
    parameters = {**contrast.before.parameters, **contrast.after.parameters}
    every = claims(findings.proposal.after, parameters)
    few = screened(every, contrast.after, critical, findings.proposal, most=3, most_baselines=1)
    many = screened(
        every, contrast.after, critical, findings.proposal, most=10_000, most_baselines=9
    )
    assert len(few) == 3
    assert {one.id for one in few} <= {one.id for one in many}
    assert {one.id for one in many} < {one.id for one in every}
    assert [one.id for one in many] == sorted(one.id for one in many)
    touched = {row.element for row in findings.proposal.diff.differences}
    assert {one.element for one in every if one.element in touched} <= {
        one.element for one in many
    }
