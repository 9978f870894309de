"""Seams that recur in public findings: the path is there, is named, and goes with its cure.

Every comparison is on the same draws, so that "falls" holds in every trial.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from counterseal.attackgraph.compile import compile_graph
from counterseal.estate import change, patch
from counterseal.estate.diff import Direction, diff
from counterseal.estate.dump import to_files
from counterseal.estate.loading import parse
from counterseal.reach.draws import Draws
from counterseal.reach.engine import Engine
from counterseal.reach.explaining.critical import explain
from counterseal.testing.catalogs import catalog
from counterseal.testing.estates import estate_from

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from counterseal.attackgraph.model import AttackGraph
    from counterseal.estate.estate import Estate
    from counterseal.reach.explaining.critical import Explanation

DRAWS = Draws(seed=11, outer=128, lanes=64)
NEVER = 65535


def graph_of(estate: Estate, adversary: str = "cyber-espionage") -> AttackGraph:
    return compile_graph(estate, catalog().adversaries[adversary], catalog())


def arrivals(
    estate: Estate,
    step: str,
    overrides: Mapping[str, float] | None = None,
    *,
    adversary: str = "cyber-espionage",
) -> NDArray[np.uint16]:
    """Return the arrival at ``step`` in every trial; never where the graph lacks the step."""
    graph = graph_of(estate, adversary)
    if step not in graph.index:
        return np.full(DRAWS.trials, NEVER, dtype=np.uint16)
    assert set(overrides or {}) <= set(graph.parameters)
    runs = Engine(graph, draws=DRAWS, workers=1, targets=(step,))
    return runs.run(overrides=overrides or {}).row(step)


def explained(estate: Estate, step: str) -> Explanation:
    runs = Engine(graph_of(estate), draws=DRAWS, workers=1, targets=(step,))
    return explain(runs)[0]


def rules_behind(estate: Estate, step: str) -> set[str]:
    """Return the rules of all steps that are ever critical for ``step``."""
    graph = graph_of(estate)
    return {graph.steps[graph.index[name]].rule for name in explained(estate, step).critical}


def falls(after: NDArray[np.uint16], before: NDArray[np.uint16]) -> bool:
    """Return whether nothing comes earlier and something comes later or never."""
    return bool(np.all(after >= before) and np.any(after > before))


def reaches(ticks: NDArray[np.uint16]) -> bool:
    return bool(np.any(ticks < NEVER))


# ------------------------------------------------ copies the owner does not know of
COPIES = """
organizations:
  - {{id: home, kind: owner, posture: high}}
  - {{id: lab, kind: contractor, posture: low}}
zones:
  - {{id: core, kind: on-premises, operator: home, baseline: high}}
  - {{id: lab-net, kind: contractor, operator: lab, baseline: low}}
systems:
  - {{id: register, kind: database, zone: core, owner: home, exposure: isolated}}
  - {{id: exports, kind: file-share, zone: core, owner: home, exposure: internal}}
  - {{id: bench, kind: application, zone: lab-net, owner: lab, exposure: internal}}
populations: [{{id: people, size: 5000}}]
holdings:
  - id: files
    system: register
    attributes: [name]
    populations: [{{population: people, count: 4000}}]
    copies-verified: {verified}
links:
  - {{id: nightly, from: register, to: bench, kind: batch, carries: [files], closed: {closed}}}
contracts:
  - id: analysis
    contractor: lab
    client: home
    service: analytics
    clauses: {{data-return: {clause}}}
"""


def copies(
    *, verified: str = "true", closed: str = "verified", clause: str = "false"
) -> Estate:
    return estate_from(COPIES.format(verified=verified, closed=closed, clause=clause))


def test_a_recipient_keeps_what_was_delivered_after_the_link_is_closed() -> None:
    estate = copies()
    assert reaches(arrivals(estate, "files#exfiltrate"))
    assert "link.kept" in rules_behind(estate, "files#exfiltrate")
    gone = {"fact:nightly.kept": 0.0}
    assert not reaches(arrivals(estate, "nightly#kept", gone))
    without = arrivals(estate, "files#exfiltrate", gone)
    assert falls(without, arrivals(estate, "files#exfiltrate"))


def test_a_clause_on_returning_data_bears_on_kept_copies() -> None:
    unbound, bound = copies(), copies(clause="true")
    assert falls(arrivals(bound, "nightly#kept"), arrivals(unbound, "nightly#kept"))
    assert reaches(arrivals(bound, "nightly#kept"))


@pytest.mark.parametrize("control", ["CM-12", "MP-6"])
def test_knowing_where_data_is_and_destroying_copies_bear_on_kept_copies(control: str) -> None:
    estate = copies()
    cured = arrivals(estate, "nightly#kept", {f"control:{control}@lab-net": 1.0})
    assert falls(cured, arrivals(estate, "nightly#kept"))


def test_a_link_that_never_was_delivers_no_copies() -> None:
    estate = copies(closed="unknown")
    assert not reaches(arrivals(estate, "nightly#kept", {"link:nightly.exists": 0.0}))


def test_a_spare_copy_lies_beside_the_original_until_somebody_has_looked() -> None:
    estate = copies(verified="unknown")
    assert "holding.spare" in rules_behind(estate, "files#exfiltrate")
    looked = arrivals(copies(), "files#exfiltrate")
    assert falls(looked, arrivals(estate, "files#exfiltrate"))
    assert not reaches(arrivals(copies(), "files#spare"))
    found_none = {"fact:files.copies-verified": 0.0}
    assert not reaches(arrivals(estate, "files#spare", found_none))


def test_data_that_a_contractor_took_home_is_still_there_when_its_access_has_ended() -> None:
    estate = estate_from(
        """
        organizations:
          - {id: home, kind: owner, posture: high}
          - {id: fixers, kind: subcontractor, posture: none}
        zones:
          - {id: field, kind: field, operator: home, baseline: moderate}
        systems:
          - {id: cameras, kind: database, zone: field, owner: home, exposure: isolated}
        populations: [{id: people, size: 200000}]
        holdings:
          - id: images
            system: cameras
            attributes: [face-image]
            populations: [{population: people, count: 184000}]
        grants:
          - id: upkeep
            organization: fixers
            role: technician
            system: cameras
            privilege: maintain
            closed: verified
        """
    )
    assert "grant.copied" in rules_behind(estate, "images#exfiltrate")
    cured = {"control:MP-7@cameras": 1.0, "control:AC-20@cameras": 1.0}
    assert falls(
        arrivals(estate, "images#exfiltrate", cured), arrivals(estate, "images#exfiltrate")
    )


def test_what_seams_ask_of_an_estate_survives_writing_and_reading() -> None:
    for estate in (copies(), route(closed="on-paper"), classed("low", "high")):
        again = parse(to_files(estate), attributes=catalog().attributes)
        assert again.digest == estate.digest


# ------------------------------------------------ architecture knowledge stolen first
MANUAL = """
organizations:
  - {id: home, kind: owner, posture: moderate}
  - {id: builder, kind: contractor, posture: none}
zones:
  - {id: core, kind: on-premises, operator: home, baseline: moderate}
systems:
  - {id: register, kind: database, zone: core, owner: home, exposure: internal}
"""
HELD = """
knowledge:
  - {id: manual, about: [register], class: configuration, held-by: [builder]}
"""


def test_whoever_holds_the_manual_is_in_the_system_sooner() -> None:
    without, holding = estate_from(MANUAL), estate_from(MANUAL + HELD)
    assert falls(arrivals(without, "register#exploit"), arrivals(holding, "register#exploit"))
    assert "knowledge.learn" in rules_behind(holding, "register#exploit")
    assert "knowledge.learn" not in rules_behind(without, "register#exploit")


@pytest.mark.parametrize("control", ["AC-3", "SC-38"])
def test_guarding_the_documents_of_the_holder_slows_the_way_in(control: str) -> None:
    holding = estate_from(MANUAL + HELD)
    guarded = {f"control:{control}@builder": 1.0}
    for step in ("manual#learn", "register#plan"):
        assert falls(arrivals(holding, step, guarded), arrivals(holding, step))


# ------------------------------------------------ routes left open after a migration
ROUTE = """
organizations: [{{id: home, kind: owner, posture: none}}]
zones:
  - {{id: old-hosting, kind: on-premises, operator: home, baseline: none}}
  - {{id: new-centre, kind: on-premises, operator: home, baseline: none}}
systems:
  - {{id: farm, kind: gateway, zone: old-hosting, owner: home, exposure: internet,
     stage: {stage}}}
  - {{id: register, kind: database, zone: new-centre, owner: home, exposure: isolated}}
links:
  - {{id: old-route, from: farm, to: register, kind: network{closed}}}
grants:
  - {{id: operators, organization: home, role: operator, system: farm, privilege: use{closed}}}
"""


def route(stage: str = "operation", closed: str = "") -> Estate:
    return estate_from(
        ROUTE.format(stage=stage, closed=f", closed: {closed}" if closed else "")
    )


OPENINGS = [("old-route#connect", "link.connect"), ("operators#session", "grant.session")]


@pytest.mark.parametrize(("step", "rule"), OPENINGS)
def test_a_route_closed_on_paper_is_open_with_the_stated_chance(step: str, rule: str) -> None:
    estate = route(closed="on-paper")
    in_use, on_paper = arrivals(route(), step), arrivals(estate, step)
    assert falls(on_paper, in_use)
    assert rule in rules_behind(estate, step)
    prior = "cause:left-open-link" if "route" in step else "cause:left-open-grant"
    stated = catalog().priors[prior].quantity.value
    reached = np.count_nonzero(in_use < NEVER)
    assert np.count_nonzero(on_paper < NEVER) / reached == pytest.approx(stated, abs=0.2)


@pytest.mark.parametrize(("step", "rule"), OPENINGS)
def test_a_route_whose_closure_is_verified_is_gone(step: str, rule: str) -> None:
    estate = route(closed="verified")
    assert not reaches(arrivals(estate, step))
    element = step.partition("#")[0]
    held = {f"fact:{element}.closed": 0.0}
    assert not reaches(arrivals(route(closed="on-paper"), step, held))
    assert rule in {row.rule for row in graph_of(estate).steps}


@pytest.mark.parametrize(("step", "rule"), OPENINGS)
def test_what_leads_to_a_retired_system_counts_as_closed_on_paper(step: str, rule: str) -> None:
    retired = route(stage="retirement")
    assert np.array_equal(arrivals(retired, step), arrivals(route(closed="on-paper"), step))
    assert rule in rules_behind(retired, step)
    assert not reaches(arrivals(route("retirement", "verified"), step))


def test_retiring_a_system_makes_the_model_look_safer_and_needs_evidence_for_it() -> None:
    found = diff(route(), route(stage="retirement")).changed
    assert [(row.field, row.direction) for row in found] == [("stage", Direction.LOWERS)]
    back = diff(route(stage="retirement"), route()).changed
    assert [row.direction for row in back] == [Direction.RAISES]


def test_a_change_can_say_that_a_route_is_closed_on_paper_or_for_certain() -> None:
    before = route()
    for how in ("on-paper", "verified"):
        proposed = change.parse(
            f"""
            id: move
            kind: retirement
            title: Move to the new centre
            sponsor: Chief information officer
            stage: retirement
            need: The old hosting ends
            authority: records-act
            necessity: It ends
            patch: {{set: {{old-route: {{closed: {how}}}}}}}
            """.encode(),
            file="move.yaml",
        )
        after = patch.apply(before, proposed.patch, attributes=catalog().attributes)
        assert [row.direction for row in diff(before, after).changed] == [Direction.LOWERS]
        cured = arrivals(after, "old-route#connect")
        assert falls(cured, arrivals(before, "old-route#connect"))
        assert reaches(cured) == (how == "on-paper")


# ------------------------------------------------ monitoring placed by compliance class
CLASSED = """
organizations: [{{id: home, kind: owner, posture: none}}]
zones:
  - {{id: core, kind: on-premises, operator: home, baseline: {baseline}}}
systems:
  - id: keystone
    kind: database
    zone: core
    owner: home
    exposure: internet
    critical: true
    categorization: {own}
populations: [{{id: people, size: 5000}}]
holdings:
  - id: files
    system: keystone
    attributes: [background-investigation]
    populations: [{{population: people, count: 4000}}]
"""
WATCHES = ("AC-2(12)", "AU-6", "SI-4", "SI-4(2)")


def classed(baseline: str, own: str) -> Estate:
    return estate_from(CLASSED.format(baseline=baseline, own=own))


def unseen(estate: Estate) -> float:
    """Return the share of reached trials in which nothing on the way was detected."""
    found = explained(estate, "files#exfiltrate")
    assert found.reached.hits > 0
    return found.undetected.hits / found.reached.hits


def states(estate: Estate) -> dict[str, float]:
    """Return how far monitoring of the critical system is in place, at most."""
    parameters = graph_of(estate).parameters
    named = {control: f"control:{control}@keystone" for control in WATCHES}
    return {c: parameters[name].mode for c, name in named.items() if name in parameters}


def test_a_critical_system_of_a_low_class_is_watched_less_in_the_best_of_zones() -> None:
    low, high = classed("high", "low"), classed("high", "high")
    assert sum(states(low).values()) < sum(states(high).values())
    assert unseen(low) > unseen(high)


def test_a_high_class_alone_brings_no_monitoring_that_the_zone_lacks() -> None:
    assert states(classed("low", "high")) == states(classed("low", "low"))


def test_without_monitoring_the_graph_carries_no_detection_there() -> None:
    graph = graph_of(classed("none", "none"))
    assert not any(states(classed("none", "none")).values())
    assert unseen(classed("none", "none")) == 1.0
    watching = {f"control:{control}@keystone" for control in WATCHES}
    assert watching & set(graph.parameters)


def test_raising_monitoring_on_the_critical_system_raises_detection() -> None:
    blind = classed("none", "low")
    rows = "\n".join(
        f"  - {{id: c{number}, control: {control}, on: [keystone], state: verified}}"
        for number, control in enumerate(WATCHES)
    )
    watched = estate_from(CLASSED.format(baseline="none", own="low"), f"controls:\n{rows}")
    assert unseen(watched) < unseen(blind)
    assert falls(arrivals(watched, "files#exfiltrate"), arrivals(blind, "files#exfiltrate"))


def test_a_zone_that_names_its_watch_is_not_blind_there() -> None:
    text = CLASSED.format(baseline="none", own="none")
    named = estate_from(text.replace("baseline: none}", "baseline: none, monitored-by: home}"))
    assert unseen(named) < unseen(estate_from(text)) == 1.0


# ------------------------------------------------ a small office on a general support channel
HOUSE = """
organizations:
  - {{id: home, kind: owner, posture: high}}
  - {{id: helpers, kind: vendor, posture: low}}
zones:
  - {{id: house, kind: on-premises, operator: home, baseline: high}}
  - {{id: cloud, kind: contractor, operator: helpers, baseline: low}}
systems:
  - {{id: tool, kind: admin-plane, zone: cloud, owner: helpers, exposure: internet}}
  - {{id: mail, kind: application, zone: house, owner: home, exposure: isolated}}
  - {{id: pay, kind: application, zone: house, owner: home, exposure: isolated}}
  - {{id: licences, kind: database, zone: house, owner: home, exposure: isolated}}
populations: [{{id: people, size: 5000}}]
holdings:
  - id: files
    system: licences
    attributes: [financial]
    populations: [{{population: people, count: 300}}]
    copies-verified: true
links:
  - {{id: remote-support, from: tool, to: house, kind: {kind}}}
"""


def house(kind: str = "admin") -> Estate:
    return estate_from(HOUSE.format(kind=kind))


def test_a_support_channel_to_a_zone_reaches_the_smallest_office_in_it() -> None:
    estate = house()
    assert reaches(arrivals(estate, "files#exfiltrate"))
    behind = rules_behind(estate, "files#exfiltrate")
    assert {"link.administer", "zone.channel", "system.supported"} <= behind
    for office in ("mail", "pay", "licences"):
        assert f"{office}#supported" in graph_of(estate).index


def test_without_the_channel_the_office_is_reached_otherwise_or_not_at_all() -> None:
    estate = house()
    without = arrivals(estate, "files#exfiltrate", {"link:remote-support.exists": 0.0})
    assert falls(without, arrivals(estate, "files#exfiltrate"))
    assert "system.supported" not in {row.rule for row in graph_of(house("network")).steps}


@pytest.mark.parametrize("control", ["SC-7(21)", "AC-2(11)"])
def test_setting_the_small_office_apart_helps_it_alone(control: str) -> None:
    estate = house()
    apart = {f"control:{control}@licences": 1.0}
    before, after = (
        arrivals(estate, "licences#supported"),
        arrivals(estate, "licences#supported", apart),
    )
    assert falls(after, before)
    other = arrivals(estate, "mail#supported")
    runs = Engine(graph_of(estate), draws=DRAWS, workers=1, targets=("mail#supported",))
    assert np.array_equal(runs.run().row("mail#supported"), other)


# ------------------------------------------------ a support function behind every tenant
TENANTS = """
organizations:
  - {{id: one, kind: owner, posture: high}}
  - {{id: other, kind: component, posture: high}}
  - {{id: host, kind: contractor, posture: high}}
zones:
  - {{id: platform, kind: cloud-tenant, operator: host, baseline: high}}
systems:
  - {{id: of-one, kind: application, zone: platform, owner: one, exposure: isolated}}
  - {{id: of-other, kind: application, zone: platform, owner: {second}, exposure: isolated}}
populations: [{{id: people, size: 5000}}]
holdings:
  - id: files-of-one
    system: of-one
    attributes: [name]
    populations: [{{population: people, count: 400}}]
    copies-verified: true
  - id: files-of-other
    system: of-other
    attributes: [name]
    populations: [{{population: people, count: 400}}]
    copies-verified: true
"""


def tenants(second: str = "other") -> Estate:
    return estate_from(TENANTS.format(second=second))


@pytest.mark.parametrize("tenant", ["one", "other"])
def test_one_support_function_reaches_every_tenant(tenant: str) -> None:
    behind = rules_behind(tenants(), f"files-of-{tenant}#exfiltrate")
    assert {"organization.support", "system.tenant"} <= behind


def test_the_tenants_fall_together_because_the_support_function_is_one() -> None:
    estate = tenants()
    graph = graph_of(estate)
    targets = ("of-one#session", "of-other#session")
    runs = Engine(graph, draws=DRAWS, workers=1, targets=targets).run()
    one, other = (runs.row(step) < NEVER for step in targets)
    assert np.mean(one & other) > 1.5 * np.mean(one) * np.mean(other)


def test_an_operator_with_one_client_is_no_processor_of_many() -> None:
    alone = tenants("one")
    assert not reaches(arrivals(alone, "of-one#tenant"))
    assert "organization.support" not in {row.rule for row in graph_of(alone).steps}


@pytest.mark.parametrize("control", ["SC-7(21)", "AC-2(11)"])
def test_setting_a_tenant_apart_and_access_on_request_bear_on_it(control: str) -> None:
    estate = tenants()
    apart = {f"control:{control}@of-one": 1.0}
    assert falls(arrivals(estate, "of-one#tenant", apart), arrivals(estate, "of-one#tenant"))
    kept = arrivals(estate, "of-other#tenant", apart)
    assert np.array_equal(kept, arrivals(estate, "of-other#tenant"))


def test_guarding_the_support_function_bears_on_every_tenant() -> None:
    estate = tenants()
    guarded = {"control:MA-4(3)@host": 1.0}
    for tenant in ("of-one#tenant", "of-other#tenant"):
        assert falls(arrivals(estate, tenant, guarded), arrivals(estate, tenant))


def test_support_under_a_contract_opens_what_the_contract_opens() -> None:
    text = """
        organizations:
          - {{id: home, kind: owner, posture: high}}
          - {{id: helpers, kind: contractor, posture: low}}
        zones: [{{id: core, kind: on-premises, operator: home, baseline: high}}]
        systems: [{{id: register, kind: database, zone: core, owner: home, exposure: isolated}}]
        grants:
          - {{id: desk, organization: helpers, role: agent, system: register, privilege: use}}
        contracts:
          - {{id: help, contractor: helpers, client: home, service: {service}, grants: [desk]}}
        """
    support, analytics = (
        estate_from(text.format(service=service)) for service in ("support", "analytics")
    )
    assert falls(arrivals(analytics, "help#access"), arrivals(support, "help#access"))
    assert "organization.support" in rules_behind(support, "help#access")
