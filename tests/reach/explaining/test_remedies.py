"""Configuration or architecture: what controls leave, and what every route shares."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.attackgraph.compile import compile_graph
from counterseal.attackgraph.model import Parameter, ParameterFamily, Power
from counterseal.documents.evidence import Grade
from counterseal.reach.draws import Draws
from counterseal.reach.engine import Engine
from counterseal.reach.explaining.cutsets import cuts_by_structure
from counterseal.reach.explaining.derivations import derive
from counterseal.reach.explaining.remedies import controls_of, footing, lost_under, only_routes
from counterseal.reach.explaining.removal import removals, without
from counterseal.reach.explaining.units import element_units
from counterseal.testing.graphs import graph, step, tangle
from counterseal.workspace.project import open_project

EXAMPLES = Path(__file__).parents[3] / "examples"


def guarded(*, left: float) -> Engine:
    """Return an engine for a gate whose control lets through a share ``left`` of attempts."""
    control = Parameter(
        id="control:AC-3@gate",
        family=ParameterFamily.POINT,
        mode=0.0,
        low=0.0,
        high=0.0,
        grade=Grade.ASSUMED,
        element="gate",
        better=1.0,
    )
    gate = replace(
        step("gate", ["in"]),
        element="gate",
        success=(Power(base=left, exponent=control.id),),
    )
    made = graph([step("in", entry=True), gate, step("v", ["gate"])])
    made = replace(made, parameters={control.id: control})
    return Engine(made, draws=Draws(seed=2, outer=20, lanes=100), targets=["v"], workers=1)


@pytest.mark.parametrize(
    ("left", "word"), [(0.1, "incidental"), (0.9, "structural"), (0.5, "both")]
)
def test_what_remains_with_every_control_in_place_is_structural(left: float, word: str) -> None:
    engine = guarded(left=left)
    found = derive(engine, "v")
    result = footing(found, element_units(engine.program), ["gate"])
    assert result.word == word
    assert result.remaining.low <= left <= result.remaining.high
    assert (result.controls, result.only) == (1, ("gate",))


def test_controls_are_asked_for_by_element() -> None:
    found = derive(guarded(left=0.5), "v")
    assert controls_of(found, "gate") == {"control:AC-3@gate": 1.0}
    assert controls_of(found, "elsewhere") == {}
    assert not lost_under(found, {}).any()


@settings(deadline=None, max_examples=50)
@given(seed=st.integers(0, 10_000))
def test_what_every_route_goes_through_is_a_cut_set_of_one(seed: int) -> None:
    made, target = tangle(np.random.default_rng(seed))
    engine = Engine(made, draws=Draws(seed=5, outer=3, lanes=70), targets=[target], workers=1)
    units = element_units(engine.program)
    sets = cuts_by_structure(engine, target, units.names, units, most=1000).sets
    ones = tuple(sorted(row[0] for row in sets if len(row) == 1))
    assert only_routes(derive(engine, target), units, units.names) == ones


@pytest.mark.slow
def test_taking_a_link_away_does_to_the_tick_what_an_estate_without_it_does() -> None:
    project = open_project(EXAMPLES / "meridian")
    catalog = project.catalog()
    estate, adversary = project.estate(catalog), catalog.adversaries["humint-enabled"]
    draws, target = Draws(seed=0, outer=16, lanes=16), "residence-documents#alter"
    engine = Engine(compile_graph(estate, adversary, catalog), draws=draws, targets=[target])
    units = element_units(engine.program)
    rows = [r.unit for r in removals(derive(engine, target), units) if r.unit in estate.links]
    assert len(rows) > 3
    named = {name for row in estate.holdings.values() for name in row.writers}
    named |= {name for row in estate.knowledge.values() for name in row.about}
    for link in [row for row in rows if row not in named]:  # others cannot simply go
        less = {name: row for name, row in estate.links.items() if name != link}
        made = compile_graph(replace(estate, links=less), adversary, catalog)
        rerun = Engine(made, draws=draws, targets=[target]).run().row(target)
        assert (rerun == without(engine, target, [link], units)).all()
