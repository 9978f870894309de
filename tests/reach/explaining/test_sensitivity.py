"""Effects of facts from one run agree with closed forms and with runs of their own."""

from __future__ import annotations

from dataclasses import replace
from math import exp, log
from pathlib import Path
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
import pytest

from counterseal.attackgraph.compile import compile_graph
from counterseal.attackgraph.model import (
    Family,
    LocalTime,
    Parameter,
    ParameterFamily,
    Power,
)
from counterseal.documents.evidence import Grade
from counterseal.reach.draws import Draws
from counterseal.reach.engine import Engine
from counterseal.reach.explaining.derivations import derive
from counterseal.reach.explaining.removal import removals
from counterseal.reach.explaining.scores import days_of
from counterseal.reach.explaining.sensitivity import Sensitivity, confirm, sensitivities
from counterseal.reach.explaining.units import cause_units
from counterseal.testing.graphs import constant, graph, step, tangle
from counterseal.workspace.project import open_project

if TYPE_CHECKING:
    from counterseal.attackgraph.model import AttackGraph, Step

EXAMPLES = Path(__file__).parents[3] / "examples"
ALL = 10**9
PHI = NormalDist()


def fact(name: str, low: float, high: float) -> Parameter:
    return Parameter(
        id=name,
        family=ParameterFamily.UNIFORM,
        mode=(low + high) / 2,
        low=low,
        high=high,
        grade=Grade.ASSUMED,
    )


def known(name: str, value: float, better: float) -> Parameter:
    return Parameter(
        id=name,
        family=ParameterFamily.POINT,
        mode=value,
        low=value,
        high=value,
        grade=Grade.ASSUMED,
        better=better,
    )


def with_facts(steps: list[Step], *facts: Parameter) -> AttackGraph:
    made = graph(steps, horizon_days=100.0)
    return replace(made, parameters={f.id: f for f in facts})


def with_chance(parameter: Parameter) -> tuple[AttackGraph, str]:
    """Return a tangle in which a cause that matters has ``parameter`` as its probability."""
    made, target = tangle(np.random.default_rng(9))
    engine = Engine(made, draws=Draws(seed=1, outer=2, lanes=200), targets=[target])
    name = removals(derive(engine, target), cause_units(engine.program))[0].unit
    cause = replace(made.causes[name], probability=(Power(base=parameter.id),))
    causes = {**made.causes, name: cause}
    return replace(made, causes=causes, parameters={parameter.id: parameter}), target


def found(made: AttackGraph, target: str = "v", *, outer: int = 64, lanes: int = 400) -> Engine:
    return Engine(
        made, draws=Draws(seed=11, outer=outer, lanes=lanes), targets=[target], workers=1
    )


def only(engine: Engine, target: str = "v") -> Sensitivity:
    [row] = sensitivities(derive(engine, target), most_tries=ALL)
    return row


def near(row: Sensitivity, change: float) -> bool:
    return abs(row.change - change) < 4.5 * row.standard_error + 1e-9


def test_a_chance_of_success_is_worth_its_own_change() -> None:
    made = with_facts(
        [replace(step("v", entry=True), success=(Power(base="p"),))], fact("p", 0.3, 0.8)
    )
    row = only(found(made))
    assert (row.start, row.end) == (0.3, 0.8)
    assert near(row, 0.5)
    assert row.standard_error < 0.02


def test_a_chance_with_an_alternative_is_worth_what_the_alternative_leaves() -> None:
    made = with_facts(
        [
            replace(step("a", entry=True), success=(Power(base="p"),)),
            step("b", entry=True, success=0.6),
            step("v", ["a", "b"]),
        ],
        fact("p", 0.3, 0.8),
    )
    assert near(only(found(made)), 0.5 * 0.4)


@pytest.mark.parametrize("exponent", ["base", "exponent"])
def test_a_control_acts_through_base_or_exponent(exponent: str) -> None:
    power = Power(base=0.5, exponent="c") if exponent == "exponent" else Power(base="c")
    low, high = (0.9, 1.1) if exponent == "exponent" else (0.45, 0.55)
    made = with_facts([replace(step("v", entry=True), success=(power,))], fact("c", low, high))
    change = 0.5**high - 0.5**low if exponent == "exponent" else 0.1
    assert near(only(found(made)), change)


def timed(family: Family, shape: float, *, latent: str = "", loading: float = 0.0) -> Step:
    return replace(
        step("v", entry=True),
        time=LocalTime(
            family=family,
            scale=(Power(base="m"),),
            shape=constant(shape),
            latent=latent,
            loading=loading,
        ),
    )


@pytest.mark.parametrize("loading", [0.0, 0.6])
def test_a_median_moves_reach_as_the_normal_distribution_says(loading: float) -> None:
    latent = "skill" if loading else ""
    made = with_facts(
        [timed(Family.LOGNORMAL, 1.5, latent=latent, loading=loading)], fact("m", 95.0, 105.0)
    )
    ends = [PHI.cdf(log(100.0 / m) / 1.5) for m in (95.0, 105.0)]
    row = only(found(made))
    assert near(row, ends[1] - ends[0])
    assert row.standard_error < 0.1 * abs(row.change)


@pytest.mark.parametrize("loading", [0.0, 0.6])
@pytest.mark.parametrize(
    ("family", "shape"),
    [(Family.EXPONENTIAL, 1.0), (Family.WEIBULL, 0.7), (Family.WEIBULL, 2.0)],
)
def test_a_scale_moves_reach_as_its_family_says(
    family: Family, shape: float, loading: float
) -> None:
    latent = "skill" if loading else ""
    made = with_facts(
        [timed(family, shape, latent=latent, loading=loading)], fact("m", 95.0, 105.0)
    )
    ends = [1.0 - exp(-((100.0 / m) ** shape)) for m in (95.0, 105.0)]
    assert near(only(found(made)), ends[1] - ends[0])


def test_a_gamma_scale_moves_reach_as_its_density_says() -> None:
    made = with_facts([timed(Family.GAMMA, 2.0)], fact("m", 45.0, 55.0))
    ends = [1.0 - exp(-100.0 / m) * (1.0 + 100.0 / m) for m in (45.0, 55.0)]
    assert near(only(found(made)), ends[1] - ends[0])


def test_going_unseen_is_worth_all_where_there_is_no_second_attempt() -> None:
    made = with_facts(
        [replace(step("v", entry=True), unseen=(Power(base="u"),))], fact("u", 0.6, 1.0)
    )
    assert near(only(found(made)), 0.4)


def test_going_unseen_is_worth_nothing_where_there_is_time_to_try_again() -> None:
    made = replace(
        with_facts(
            [replace(step("v", entry=True), unseen=(Power(base="u"),))], fact("u", 0.6, 0.99)
        ),
        max_attempts=50,
        reentry=constant(0.5),
    )
    rows = sensitivities(derive(found(made), "v"), most_tries=ALL)
    assert all(abs(row.change) < 0.01 for row in rows)


def test_a_chance_that_was_always_unseen_still_has_its_slope() -> None:
    made = with_facts(
        [replace(step("v", entry=True), unseen=(Power(base=0.5, exponent="c"),))],
        known("c", 0.0, 1.0),
    )
    row = only(found(made, lanes=50))
    assert abs(row.change - log(0.5)) < 1e-9  # the slope at 0, stretched: that of 0.5**c


def test_a_known_link_is_worth_exactly_the_trials_that_need_it() -> None:
    made, target = with_chance(known("link", 1.0, 0.0))
    trees = derive(found(made, target, outer=8), target)
    rows = sensitivities(trees, most_tries=ALL)
    [checked] = confirm(trees, rows)
    assert abs(rows[0].change - checked.change) < 1e-12
    assert checked.change < 0.0


@pytest.mark.parametrize("seed", [4, 9, 16, 29, 53])
def test_every_fact_of_a_tangle_agrees_with_runs_at_both_ends(seed: int) -> None:
    plain, target = tangle(np.random.default_rng(seed))
    steps = tuple(
        replace(
            one,
            success=(Power(base=f"p{i}"),),
            time=replace(one.time, scale=(*one.time.scale, Power(base=f"m{i}"))),
        )
        for i, one in enumerate(plain.steps)
    )
    facts = [fact(f"p{i}", 0.75, 0.95) for i in range(len(steps))]
    facts += [fact(f"m{i}", 0.9, 1.1) for i in range(len(steps))]
    made = replace(plain, steps=steps, parameters={f.id: f for f in facts})
    trees = derive(found(made, target, outer=48, lanes=200), target)
    rows = sensitivities(trees, most_tries=ALL)
    listed = {row.parameter: row for row in rows}
    every = [
        listed.get(f.id)
        or Sensitivity(parameter=f.id, start=f.low, end=f.high, change=0.0, standard_error=0.0)
        for f in facts
    ]
    for row, checked in zip(every, confirm(trees, every, most=ALL), strict=True):
        half = (checked.high - checked.low) / 2
        assert abs(row.change - checked.change) < 0.004 + 3.0 * half + 4.0 * row.standard_error


def test_facts_do_not_depend_on_workers() -> None:
    made, target = with_chance(fact("q", 0.1, 0.9))
    draws = Draws(seed=3, outer=4, lanes=150)
    one, many = (
        sensitivities(derive(Engine(made, draws=draws, targets=[target], workers=n), target))
        for n in (1, 3)
    )
    assert one == many
    assert one


@pytest.mark.parametrize(("attempts", "shared"), [(1, ""), (5, ""), (5, "skill")])
@pytest.mark.parametrize("family", list(Family))
def test_the_days_of_a_step_are_those_that_the_sampler_drew(
    family: Family, attempts: int, shared: str
) -> None:
    made = replace(
        graph([], horizon_days=500.0),
        steps=(
            replace(
                step("v", entry=True, unseen=0.6),
                time=LocalTime(
                    family=family,
                    scale=constant(20.0),
                    shape=constant(1.4),
                    latent=shared,
                    loading=0.5 if shared else 0.0,
                ),
                seen_by="guard" if shared else "",
            ),
        ),
        max_attempts=attempts,
        reentry=constant(7.0),
    )
    engine = Engine(made, draws=Draws(seed=1, outer=3, lanes=150), targets=["v"], workers=1)
    trees = derive(engine, "v")
    assert trees.reached > 200
    for i in range(trees.reached):
        trial, lanes = int(trees.trial[i]), engine.draws.lanes
        column = int(trees.tile[i] * engine.layout.width + trees.lane[i])
        place = (0, trial // lanes, trial % lanes, column)
        days = days_of(engine.plan, engine.table, place)
        assert abs(days / engine.tick_days - float(trees.local[i])) <= 0.51


def rank_agreement(one: list[float], other: list[float]) -> float:
    """Return Spearman's coefficient."""
    ranks = [np.argsort(np.argsort(values)) for values in (one, other)]
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("example", "adversary", "target", "least"),
    [
        ("harbour", "cyber-espionage", "passes#exfiltrate", 0.97),
        ("harbour", "influence-manipulation", "passes#alter", 0.97),
        ("meridian", "humint-enabled", "residence-documents#alter", 0.92),
        ("meridian", "transnational-repression", "asylum-files#exfiltrate", 0.92),
    ],
)
def test_one_run_ranks_the_facts_of_an_example_as_runs_of_their_own_do(
    example: str, adversary: str, target: str, least: float
) -> None:
    project = open_project(EXAMPLES / example)
    catalog = project.catalog()
    made = compile_graph(project.estate(catalog), catalog.adversaries[adversary], catalog)
    engine = Engine(made, draws=Draws(seed=0, outer=128, lanes=32), targets=[target])
    trees = derive(engine, target)
    rows = sensitivities(trees)[:40]
    checked = confirm(trees, rows, most=40)
    both = [row.change for row in rows], [row.change for row in checked]
    assert rank_agreement(*both) >= least
    assert sum(a * b > 0 for a, b in zip(*both, strict=True)) >= 37
