"""Compiling is deterministic, local and complete, and its numbers can all be accounted for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from counterseal.attackgraph.compile import compile_graph
from counterseal.attackgraph.model import CauseLevel, ParameterFamily, StepKind
from counterseal.documents.evidence import Grade
from counterseal.estate.estate import KINDS, Estate
from counterseal.estate.fact import Fact
from counterseal.estate.records import Control, Grant, Link
from counterseal.testing.catalogs import catalog
from counterseal.testing.estates import estate_from

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from counterseal.attackgraph.model import AttackGraph, Product, Step

    Edit = Callable[[Estate, str, str, Mapping[str, object]], Estate]

ADVERSARIES = tuple(catalog().adversaries)


def compiled(estate: Estate, adversary: str = "cyber-espionage") -> AttackGraph:
    return compile_graph(estate, catalog().adversaries[adversary], catalog())


def steps(graph: AttackGraph) -> dict[str, Step]:
    return {step.id: step for step in graph.steps}


def products(graph: AttackGraph) -> Iterator[Product]:
    yield graph.reentry
    for step in graph.steps:
        yield from (step.time.scale, step.time.shape, step.success, step.unseen)
    for cause in graph.causes.values():
        yield cause.probability


def with_rows(estate: Estate, kind: str, *rows: object) -> Estate:
    known = {**estate.of_kind(kind), **{row.id: row for row in rows}}  # type: ignore[attr-defined]
    return replace(estate, **{kind: dict(sorted(known.items()))})  # type: ignore[arg-type]


@pytest.mark.parametrize("adversary", ADVERSARIES)
def test_two_compiles_have_one_digest(busy: Estate, adversary: str) -> None:
    assert compiled(busy, adversary).digest == compiled(busy, adversary).digest


@pytest.mark.parametrize("adversary", ADVERSARIES)
def test_the_order_of_elements_makes_no_difference(busy: Estate, adversary: str) -> None:
    backwards = replace(
        busy,
        **{kind: dict(reversed(list(busy.of_kind(kind).items()))) for kind in KINDS},  # type: ignore[arg-type]
    )
    assert compiled(backwards, adversary) == compiled(busy, adversary)


@pytest.mark.parametrize("adversary", ADVERSARIES)
def test_every_parent_cause_parameter_and_objective_is_there(
    busy: Estate, adversary: str
) -> None:
    graph = compiled(busy, adversary)
    named = {
        name
        for product in products(graph)
        for power in product
        for name in (power.base, power.exponent)
        if isinstance(name, str)
    }
    assert {p for step in graph.steps for p in step.parents} <= set(graph.index)
    assert {c for step in graph.steps for c in step.requires} == set(graph.causes)
    assert named == set(graph.parameters)
    assert {objective.step for objective in graph.objectives} <= set(graph.index)


@pytest.mark.parametrize("adversary", ADVERSARIES)
def test_steps_are_sorted_and_parents_too(busy: Estate, adversary: str) -> None:
    graph = compiled(busy, adversary)
    assert [step.id for step in graph.steps] == sorted({step.id for step in graph.steps})
    assert all(list(step.parents) == sorted(set(step.parents)) for step in graph.steps)


@pytest.mark.parametrize("adversary", ADVERSARIES)
def test_every_step_knows_its_element_rule_and_place(busy: Estate, adversary: str) -> None:
    graph = compiled(busy, adversary)
    wanted = {objective.step for objective in graph.objectives}
    for step in graph.steps:
        assert step.id.startswith(f"{step.element}#")
        assert step.place == busy.place(step.element)
        assert step.place is not None
        assert step.rule in catalog().rules or step.id in wanted


@pytest.mark.parametrize("adversary", ADVERSARIES)
def test_every_parameter_is_graded_and_in_range(busy: Estate, adversary: str) -> None:
    for parameter in compiled(busy, adversary).parameters.values():
        assert parameter.grade in Grade
        assert parameter.label
        assert parameter.low <= parameter.mode <= parameter.high
        if parameter.family is ParameterFamily.LOGNORMAL:
            assert parameter.low > 0


@pytest.mark.parametrize("adversary", ADVERSARIES)
def test_bases_are_positive_and_chances_are_probabilities(busy: Estate, adversary: str) -> None:
    graph = compiled(busy, adversary)
    for step in graph.steps:
        for power in (*step.time.scale, *step.success, *step.unseen):
            low, high = _support(graph, power.base)
            assert low > 0
            if power in step.success or power in step.unseen:
                assert high <= 1


def _support(graph: AttackGraph, base: float | str) -> tuple[float, float]:
    if isinstance(base, float):
        return base, base
    parameter = graph.parameters[base]
    return parameter.low, parameter.high


def test_a_step_that_is_no_entry_and_has_no_parent_is_an_objective(busy: Estate) -> None:
    graph = compiled(busy, "broker-buyer")
    wanted = {objective.step for objective in graph.objectives}
    for step in graph.steps:
        assert step.entry or step.parents or step.id in wanted


def test_objectives_follow_what_the_adversary_wants(busy: Estate) -> None:
    kinds = {
        adversary: {objective.kind for objective in compiled(busy, adversary).objectives}
        for adversary in ADVERSARIES
    }
    assert kinds["cyber-espionage"] == {"exfiltrate", "learn"}
    aims = {"alter", "insert", "suppress", "poison"}
    assert kinds["influence-manipulation"] == {"exfiltrate", *aims}
    assert kinds["broker-buyer"] == {"exfiltrate"}


@pytest.mark.parametrize("adversary", ADVERSARIES)
def test_another_link_only_adds(busy: Estate, adversary: str) -> None:
    link = Link.model_validate(
        {"id": "new", "from": "support", "to": "hub", "kind": "query", "carries": ["cases"]}
    )
    _assert_only_added(
        compiled(busy, adversary), compiled(with_rows(busy, "links", link), adversary)
    )


@pytest.mark.parametrize("adversary", ADVERSARIES)
def test_another_grant_only_adds(busy: Estate, adversary: str) -> None:
    grant = Grant.model_validate(
        {
            "id": "new",
            "organization": "ally",
            "role": "r",
            "system": "hub",
            "privilege": "search",
        }
    )
    _assert_only_added(
        compiled(busy, adversary), compiled(with_rows(busy, "grants", grant), adversary)
    )


def _assert_only_added(before: AttackGraph, after: AttackGraph) -> None:
    later = steps(after)
    for step in before.steps:
        now = later[step.id]
        assert set(step.parents) <= set(now.parents)
        assert (step.entry, step.success, step.unseen) == (now.entry, now.success, now.unseen)
        assert step.kind is now.kind or not step.parents
    assert set(before.parameters) <= set(after.parameters)


def test_a_change_elsewhere_leaves_a_step_as_it_was(busy: Estate, edited: Edit) -> None:
    before = steps(compiled(busy))
    quieter = edited(busy, "systems", "exchange", {"exposure": "internal"})
    after = steps(compiled(edited(quieter, "grants", "admins", {"headcount": 9})))
    moved = {
        step.element
        for step in before.values()
        if step.id not in after or step != after[step.id]
    }
    assert moved <= {"exchange", "admins"}
    assert moved


def test_unknown_facts_are_wide_and_known_ones_are_points(busy: Estate) -> None:
    parameters = compiled(busy).parameters
    assert parameters["fact:clerks.headcount"].family is ParameterFamily.POINT
    assert parameters["fact:clerks.mfa"].mode == 1
    unknown = parameters["fact:keepers.headcount"]
    assert unknown.high / unknown.low >= 50
    assert unknown.grade is Grade.ASSUMED
    assert parameters["fact:keepers.mfa"].family is ParameterFamily.UNIFORM
    assert parameters["fact:signon.exposure"].family is ParameterFamily.BERNOULLI


def test_a_range_of_a_fact_is_kept(busy: Estate) -> None:
    count = compiled(busy, "humint-enabled").parameters["fact:tablets.count"]
    assert (count.low, count.mode, count.high) == (200, 300, 500)


def test_a_link_and_a_grant_can_be_switched_off(busy: Estate) -> None:
    graph = compiled(busy)
    for element in ("search", "wire"):
        parameter = graph.parameters[f"link:{element}.exists"]
        assert (parameter.mode, parameter.better) == (1.0, 0.0)
        assert f"link:{element}" in graph.causes
    assert graph.parameters["grant:clerks.exists"].better == 0.0
    assert "link:search" in steps(graph)["search#query"].requires


def test_an_undeclared_link_is_drawn_once_for_each_epistemic_draw(busy: Estate) -> None:
    graph = compiled(busy)
    cause = graph.causes["undeclared:firm-net>office"]
    assert cause.level is CauseLevel.DRAW
    parameter = graph.parameters["undeclared:firm-net>office"]
    assert parameter.family is ParameterFamily.BERNOULLI
    assert parameter.grade is Grade.ASSUMED
    assert steps(graph)["office#undeclared:firm-net"].parents == ("firm-net#network",)


def test_zones_of_one_operator_need_no_undeclared_link(busy: Estate) -> None:
    assert "undeclared:office>tenant" not in compiled(busy).parameters


def test_a_recorded_control_overrides_what_a_baseline_implies(busy: Estate) -> None:
    parameters = compiled(busy).parameters
    assert parameters["control:AC-2@register"].mode == pytest.approx(1 / 3)
    assert parameters["control:AC-2@portal"].family is ParameterFamily.TRIANGULAR
    assert parameters["control:AC-2@portal"].better == 1.0


def test_a_control_on_a_zone_speaks_for_its_systems(busy: Estate) -> None:
    parameters = compiled(busy).parameters
    for system in ("portal", "register", "exchange"):
        parameter = parameters[f"control:SI-4@{system}"]
        assert (parameter.family, parameter.mode) == (ParameterFamily.POINT, 1.0)


def test_a_control_of_unknown_state_is_anything_between_absent_and_in_place(
    busy: Estate,
) -> None:
    parameter = compiled(busy).parameters["control:AT-2@home"]
    assert (parameter.family, parameter.low, parameter.high) == (
        ParameterFamily.UNIFORM,
        0.0,
        1.0,
    )


def test_a_control_on_a_link_belongs_to_that_link_alone(busy: Estate) -> None:
    parameters = compiled(busy).parameters
    assert parameters["control:CM-7@search"].mode == 1.0
    assert parameters["control:CM-7@register"].mode < 1.0


def test_an_absent_control_still_has_a_parameter_to_override(busy: Estate) -> None:
    absent = Control(
        id="c-new", control="SI-2", on=("register",), state=Fact.model_validate("absent")
    )
    parameter = compiled(with_rows(busy, "controls", absent)).parameters[
        "control:SI-2@register"
    ]
    assert (parameter.mode, parameter.better) == (0.0, 1.0)


def test_systems_of_one_product_share_the_cause_that_an_exploit_is_held(
    busy: Estate, edited: Edit
) -> None:
    twin = edited(busy, "systems", "support", {"vendor": "maker", "product": "Portal"})
    after = steps(compiled(twin))
    shared = "product:maker/Portal"
    assert shared in after["portal#exploit"].requires
    assert shared in after["support#exploit"].requires


def test_knowing_the_manual_spares_the_exploring(busy: Estate) -> None:
    plan = steps(compiled(busy))["register#plan"]
    assert plan.kind is StepKind.OR
    assert plan.parents == ("manual#learn", "register#recon")


def test_an_identity_provider_reaches_all_who_sign_on_through_it(busy: Estate) -> None:
    after = steps(compiled(busy))
    assert after["portal#forge"].parents == ("signon#control",)
    assert "portal#forge" in after["portal#control"].parents


def test_an_unknown_tier_is_an_entry_of_its_own(busy: Estate) -> None:
    step = steps(compiled(busy))["upkeep#unknown-tier"]
    assert step.entry
    assert step.vector == "subcontractor"
    assert step.id in steps(compiled(busy))["upkeep#tier"].parents


def test_a_skilled_adversary_takes_one_class_less(busy: Estate) -> None:
    tables = catalog()
    usual = tables.adversaries["cyber-espionage"].model_copy(update={"shift": {}})
    plain = steps(compile_graph(busy, usual, tables))["office#admin"]
    skilled = steps(compiled(busy))["office#admin"]
    assert plain.time.scale[0].base == "class:hard.median"
    assert skilled.time.scale[0].base == "class:moderate.median"


def test_an_empty_estate_has_an_empty_graph() -> None:
    graph = compiled(Estate())
    assert (graph.steps, graph.objectives) == ((), ())


def test_a_hardened_core_with_a_weak_neighbour_has_the_lateral_path() -> None:
    estate = estate_from(
        """
        organizations:
          - {id: home, kind: owner, posture: high}
          - {id: weak, kind: partner, posture: none}
        zones:
          - {id: core, kind: on-premises, operator: home, baseline: high}
          - {id: weak-net, kind: partner, operator: weak, baseline: none}
        systems:
          - {id: vault, kind: database, zone: core, owner: home, exposure: internal}
          - {id: desk, kind: application, zone: weak-net, owner: weak, exposure: internal}
        populations: [{id: people, size: 1000}]
        holdings:
          - id: files
            system: vault
            attributes: [name]
            populations: [{population: people, count: 900}]
        links:
          - {id: bridge, from: desk, to: vault, kind: query, carries: [files]}
        """
    )
    after = steps(compiled(estate))
    for child, parent in (
        ("files#read", "bridge#query"),
        ("bridge#query", "desk#session"),
        ("desk#connect", "weak-net#network"),
        ("weak-net#pivot", "weak#network"),
        ("weak#network", "weak#phish"),
    ):
        assert parent in after[child].parents
