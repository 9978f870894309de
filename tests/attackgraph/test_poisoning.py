"""What is learnt from data errs as whoever can write to that data wants."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from counterseal.attackgraph.compile import compile_graph
from counterseal.catalog.adversaries import IntegrityAim
from counterseal.reach.draws import Draws
from counterseal.reach.engine import Engine
from counterseal.testing.catalogs import catalog
from counterseal.testing.estates import estate_from

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from counterseal.attackgraph.model import AttackGraph

DRAWS = Draws(seed=17, outer=64, lanes=64)
NEVER = 65535
TEXT = """
organizations:
  - {{id: home, kind: owner, posture: moderate}}
zones:
  - {{id: core, kind: on-premises, operator: home, baseline: moderate}}
systems:
  - {{id: intake, kind: application, zone: core, owner: home, exposure: internal}}
  - {{id: engine, kind: {kind}, zone: core, owner: home, exposure: isolated}}
  - {{id: desk, kind: application, zone: core, owner: home, exposure: isolated}}
populations: [{{id: people, size: 5000}}]
holdings:
  - id: training
    system: intake
    attributes: [face-image]
    populations: [{{population: people, count: 4000}}]
    writers: [clerks]
  - id: model
    system: engine
    attributes: [{attribute}]
    populations: [{{population: people, count: 4000}}]
    {derived}
grants:
  - {{id: clerks, organization: home, role: clerk, system: intake, privilege: write}}
"""


def graph(
    *,
    kind: str = "matcher",
    attribute: str = "matcher-model",
    derived: str = "derived-from: [training]",
    adversary: str = "influence-manipulation",
) -> AttackGraph:
    estate = estate_from(TEXT.format(kind=kind, attribute=attribute, derived=derived))
    return compile_graph(estate, catalog().adversaries[adversary], catalog())


def poisoned(of: AttackGraph) -> NDArray[np.uint16]:
    runs = Engine(of, draws=DRAWS, workers=1, targets=("model#poison",))
    return runs.run().row("model#poison")


def test_whoever_writes_to_what_it_learns_from_poisons_the_model() -> None:
    step = graph().steps[graph().index["model#poison"]]
    assert set(step.parents) == {"engine#control", "model#write", "training#write"}
    assert step.rule == "holding.poison"
    alone = poisoned(graph(derived=""))
    assert np.all(poisoned(graph()) <= alone)
    assert np.any(poisoned(graph()) < alone)


@pytest.mark.parametrize(
    ("kind", "attribute", "derived"),
    [
        ("matcher", "face-image", ""),
        ("analytics", "name", ""),
        ("database", "matcher-model", ""),
        ("search-layer", "search-index", ""),
        ("database", "face-template", ""),
        ("database", "name", "derived-from: [training]"),
        ("database", "name", "origin: {mode: derived}"),
    ],
)
def test_models_galleries_templates_and_indexes_can_be_poisoned(
    kind: str, attribute: str, derived: str
) -> None:
    found = graph(kind=kind, attribute=attribute, derived=derived)
    assert ("poison", "model") in {(o.kind, o.element) for o in found.objectives}
    assert np.any(poisoned(found) < NEVER)


def test_what_is_learnt_from_nothing_is_no_objective_of_poisoning() -> None:
    found = graph(kind="database", attribute="name", derived="")
    assert {o.element for o in found.objectives if o.kind == "alter"} == {"model", "training"}
    assert not [o for o in found.objectives if o.kind == "poison"]
    assert "model#poison" not in found.index


def test_poison_ends_when_it_is_noticed() -> None:
    [objective] = [o for o in graph().objectives if o.kind == "poison"]
    assert objective.ends == "model#poison-noticed"
    assert objective.ends in graph().index


@pytest.mark.parametrize("control", ["AC-5", "SI-10", "SI-7", "SR-4"])
def test_checks_of_input_origin_and_integrity_bear_on_it(control: str) -> None:
    found = graph()
    name = f"control:{control}@engine"
    runs = Engine(found, draws=DRAWS, workers=1, targets=("model#poison",))
    before = runs.run(overrides={name: 0.0}).row("model#poison").copy()
    after = runs.run(overrides={name: 1.0}).row("model#poison")
    assert np.all(after >= before)
    assert np.any(after > before)


def test_those_who_want_records_to_lie_want_models_to_lie_too() -> None:
    wanting = {
        name
        for name, adversary in catalog().adversaries.items()
        if IntegrityAim.POISON in adversary.objectives.integrity
    }
    assert wanting == {"humint-enabled", "influence-manipulation"}
