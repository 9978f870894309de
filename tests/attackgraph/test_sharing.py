"""Compiling for several adversaries at once gives each the graph it has alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from counterseal.attackgraph.columns import columns_of
from counterseal.attackgraph.compile import compile_graph, compile_graphs
from counterseal.attackgraph.compiling.blueprint import Blueprint
from counterseal.attackgraph.compiling.drafts import ClashError
from counterseal.attackgraph.model import AttackGraph
from counterseal.catalog.adversaries import EntryVector
from counterseal.estate.generator import generate
from counterseal.testing.catalogs import catalog

CATALOG = catalog()


@pytest.mark.parametrize("seed", [1, 2])
def test_each_adversary_has_the_same_graph_alone_and_together(seed: int) -> None:
    estate = generate(seed, systems=12, links=40)
    adversaries = list(CATALOG.adversaries.values())
    together = compile_graphs(estate, adversaries, CATALOG)
    for adversary in adversaries:
        alone = compile_graph(estate, adversary, CATALOG)
        assert together[adversary.id].digest == alone.digest


def test_steps_made_when_asked_for_say_what_the_columns_say() -> None:
    estate = generate(3, systems=30, links=120)
    graph = compile_graph(estate, CATALOG.adversaries["cyber-espionage"], CATALOG)
    given = AttackGraph(
        adversary=graph.adversary,
        steps=tuple(graph.steps),
        causes=graph.causes,
        parameters=graph.parameters,
        objectives=graph.objectives,
        horizon_days=graph.horizon_days,
        max_attempts=graph.max_attempts,
        reentry=graph.reentry,
    )
    ours, theirs = columns_of(graph), columns_of(given)
    assert list(ours.names) == list(theirs.names)
    for name in ("kind", "entry", "parent_row", "parent", "loading"):
        assert (getattr(ours, name) == getattr(theirs, name)).all(), name
    timed = ours.latent >= 0
    assert (timed == (theirs.latent >= 0)).all()
    assert (ours.family[timed] == theirs.family[timed]).all()
    assert given.digest == graph.digest


def test_the_numbers_of_a_table_are_those_of_its_parameters() -> None:
    estate = generate(4, systems=30, links=120)
    graph = compile_graph(estate, CATALOG.adversaries["humint-enabled"], CATALOG)
    table = graph.parameters
    assert list(table) == sorted(table)
    for row, (name, parameter) in enumerate(table.items()):
        assert parameter.id == name
        numbers = (parameter.mode, parameter.low, parameter.high)
        assert tuple(table.numbers[row]) == numbers  # type: ignore[attr-defined]


def test_rules_that_make_one_step_for_different_adversaries_are_compiled_apart() -> None:
    estate = generate(5, systems=20, links=60)
    rule = CATALOG.rules["organization.phish"]
    twin = rule.model_copy(update={"id": "organization.twin", "vector": "device-seizure"})
    only = rule.model_copy(update={"vector": "remote"})
    rules = {**CATALOG.rules, "organization.phish": only, "organization.twin": twin}
    mixed = replace(CATALOG, rules=dict(sorted(rules.items())))
    remote = CATALOG.adversaries["cyber-espionage"].model_copy(
        update={"vectors": (CATALOG.adversaries["cyber-espionage"].vectors[0],), "id": "one"}
    )
    seizing = remote.model_copy(
        update={
            "id": "two",
            "vectors": (
                remote.vectors[0].model_copy(update={"id": EntryVector.DEVICE_SEIZURE}),
            ),
        }
    )
    with pytest.raises(ClashError, match="both make"):
        Blueprint(estate, mixed, list(mixed.rules.values()))
    graphs = compile_graphs(estate, [remote, seizing], mixed)
    assert {step.rule for step in graphs["one"].steps} >= {"organization.phish"}
    assert "organization.twin" not in {step.rule for step in graphs["one"].steps}
