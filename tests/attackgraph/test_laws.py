"""What must hold of reach in compiled graphs, trial by trial on the same draws."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from counterseal.attackgraph.compile import compile_graph
from counterseal.estate.fact import Fact
from counterseal.estate.records import Control, Grant, Link
from counterseal.reach.draws import Draws
from counterseal.reach.engine import Engine
from counterseal.testing.catalogs import catalog

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from counterseal.attackgraph.model import AttackGraph, Step
    from counterseal.estate.estate import Estate
    from counterseal.reach.engine import Arrivals

    Edit = Callable[[Estate, str, str, Mapping[str, object]], Estate]

pytestmark = pytest.mark.slow

DRAWS = Draws(seed=7, outer=16, lanes=64)
TEN_YEARS = 3652.5


def compiled(estate: Estate, adversary: str = "cyber-espionage") -> AttackGraph:
    return compile_graph(estate, catalog().adversaries[adversary], catalog())


def engine(graph: AttackGraph, *targets: str) -> Engine:
    """Return an engine for ``targets``, or for what the adversary wants.

    What ends an objective is the defender's step, and a control may well hasten it.
    """
    wanted = tuple(objective.step for objective in graph.objectives)
    return Engine(graph, draws=DRAWS, workers=1, targets=targets or wanted)


def steps_of(graph: AttackGraph) -> dict[str, Step]:
    return {step.id: step for step in graph.steps}


def share(arrivals: Arrivals, step: str) -> float:
    return float(arrivals.reached(step, TEN_YEARS).mean())


@pytest.mark.parametrize("adversary", list(catalog().adversaries))
def test_no_control_ever_helps_the_adversary(busy: Estate, adversary: str) -> None:
    graph = compiled(busy, adversary)
    runs = engine(graph)
    before = runs.run().ticks
    controls = [name for name in graph.parameters if name.startswith("control:")]
    for name in controls[:: max(1, len(controls) // 12)]:
        assert np.all(runs.run(overrides={name: 1.0}).ticks >= before), name
    everything = runs.run(overrides=dict.fromkeys(controls, 1.0)).ticks
    assert np.all(everything >= before)
    assert not controls or np.any(everything > before)


@pytest.mark.parametrize("adversary", list(catalog().adversaries))
def test_the_best_value_of_a_fact_is_never_worse(busy: Estate, adversary: str) -> None:
    graph = compiled(busy, adversary)
    runs = engine(graph)
    before = runs.run().ticks
    facts = {
        parameter.id: parameter.better
        for parameter in graph.parameters.values()
        if parameter.better is not None and not parameter.id.startswith("control:")
    }
    for name, better in facts.items():
        assert np.all(runs.run(overrides={name: better}).ticks >= before), name


def test_another_link_never_slows_the_adversary(busy: Estate) -> None:
    link = Link.model_validate(
        {"id": "new", "from": "support", "to": "hub", "kind": "query", "carries": ["cases"]}
    )
    after = replace(busy, links=dict(sorted({**busy.links, "new": link}.items())))
    one, other = engine(compiled(busy)).run(), engine(compiled(after)).run()
    for step in one.steps:
        assert np.all(other.row(step) <= one.row(step)), step
    assert np.any(other.row("cases#exfiltrate") < one.row("cases#exfiltrate"))


def test_another_grant_never_slows_the_adversary(busy: Estate) -> None:
    row = {"id": "new", "organization": "ally", "role": "r", "system": "hub"}
    grant = Grant.model_validate({**row, "privilege": "search"})
    after = replace(busy, grants=dict(sorted({**busy.grants, "new": grant}.items())))
    one, other = engine(compiled(busy)).run(), engine(compiled(after)).run()
    for step in one.steps:
        assert np.all(other.row(step) <= one.row(step)), step


@pytest.mark.parametrize("how", ["on-paper", "verified"])
def test_closing_a_route_never_helps_the_adversary(
    busy: Estate, edited: Edit, how: str
) -> None:
    before = engine(compiled(busy)).run()
    closed: Fact[str] = Fact.model_validate(how)
    for kind, element in (("links", "search"), ("links", "sync"), ("grants", "clerks")):
        after = engine(compiled(edited(busy, kind, element, {"closed": closed}))).run()
        for step in before.steps:
            assert np.all(after.row(step) >= before.row(step)), (element, step)


def test_what_was_delivered_is_still_there_when_the_link_is_closed(
    busy: Estate, edited: Edit
) -> None:
    closed = edited(busy, "links", "sync", {"closed": Fact.model_validate("verified")})
    graph = compiled(closed)
    assert "link:sync" not in steps_of(graph)["sync#kept"].requires
    assert "link:sync" in steps_of(graph)["sync#copy"].requires
    runs = engine(graph, "sync#kept", "sync#copy").run()
    assert share(runs, "sync#kept") > 0
    assert share(runs, "sync#copy") == 0


def test_having_looked_for_copies_never_helps_the_adversary(busy: Estate, edited: Edit) -> None:
    looked = edited(busy, "holdings", "cases", {"copies_verified": Fact.model_validate(True)})
    before, after = engine(compiled(busy)).run(), engine(compiled(looked)).run()
    for step in before.steps:
        assert np.all(after.row(step) >= before.row(step)), step
    assert np.any(after.row("cases#exfiltrate") > before.row("cases#exfiltrate"))


def test_without_a_link_nothing_comes_over_it(busy: Estate) -> None:
    runs = engine(compiled(busy), "search#query", "search#connect")
    assert share(runs.run(), "search#query") > 0
    without = runs.run(overrides={"link:search.exists": 0.0})
    assert share(without, "search#query") == 0
    assert share(without, "search#connect") == 0


def test_a_recorded_control_slows_whatever_is_not_recorded_better(busy: Estate) -> None:
    graph = compiled(busy)
    assert graph.parameters["control:SI-2@portal"].high == 1.0
    control = Control(
        id="c-new", control="SI-2", on=("portal",), state=Fact.model_validate("verified")
    )
    after = replace(busy, controls={**busy.controls, "c-new": control})
    one = engine(graph, "portal#exploit").run()
    other = engine(compiled(after), "portal#exploit").run()
    assert np.all(other.ticks >= one.ticks)


def test_the_manual_shortens_the_way_to_a_working_plan(busy: Estate) -> None:
    without = replace(busy, knowledge={}, contracts={})
    one = engine(compiled(without), "register#plan").run().row("register#plan")
    other = engine(compiled(busy), "register#plan").run().row("register#plan")
    assert np.all(other <= one)
    assert np.mean(other < one) > 0.1


@pytest.mark.parametrize("adversary", ["cyber-espionage", "transnational-repression"])
def test_reach_in_ten_years_is_neither_nothing_nor_everything(
    busy: Estate, adversary: str
) -> None:
    graph = compiled(busy, adversary)
    controls = [f"{system}#control" for system in busy.systems if system != "tablets"]
    arrivals = engine(graph, *(step for step in controls if step in graph.index)).run()
    shares = sorted(share(arrivals, step) for step in arrivals.steps)
    assert shares[0] < 0.5
    assert 0.02 < shares[len(shares) // 2] < 0.98
    assert shares[-1] < 0.98
