"""The engine does what its semantics say: laws first, then examples."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import stats

from counterseal.attackgraph.model import (
    Cause,
    CauseLevel,
    Family,
    LocalTime,
    Objective,
    Parameter,
    ParameterFamily,
    Power,
)
from counterseal.documents.evidence import Grade
from counterseal.errors import GraphError, UsageError
from counterseal.reach.draws import Draws
from counterseal.reach.engine import Engine
from counterseal.reach.sampling import SEEN_BY_LOADING
from counterseal.testing.graphs import constant, graph, step

if TYPE_CHECKING:
    from counterseal.attackgraph.model import (
        AttackGraph,
        Step,
    )

HORIZON = 25 * 365.25
NEVER = 65535


def time(family: Family, scale: float, shape: float = 1.0, **more: object) -> LocalTime:
    made = LocalTime(family=family, scale=constant(scale), shape=constant(shape))
    return replace(made, **more)  # type: ignore[arg-type]


def ticks(made: AttackGraph, target: str, *, draws: Draws, workers: int = 1) -> np.ndarray:
    return Engine(made, draws=draws, workers=workers, targets=[target]).run().row(target)


def days(made: AttackGraph, target: str, *, trials: int, seed: int = 11) -> np.ndarray:
    draws = Draws(seed=seed, outer=1, lanes=trials)
    return Engine(made, draws=draws, workers=1, targets=[target]).run().days(target)


def mixed() -> AttackGraph:
    """Every feature at once: families, factors, causes, detection, parameters, a cycle."""
    skill = {"latent": "skill", "loading": 0.6}
    uncertain = Parameter(
        id="effect",
        family=ParameterFamily.LOGNORMAL,
        mode=3,
        low=1.5,
        high=10,
        grade=Grade.ASSUMED,
    )
    state = Parameter(
        id="control",
        family=ParameterFamily.UNIFORM,
        mode=0.5,
        low=0,
        high=1,
        grade=Grade.ASSUMED,
    )
    secret = Parameter(
        id="hidden",
        family=ParameterFamily.BERNOULLI,
        mode=0.5,
        low=0,
        high=1,
        grade=Grade.ASSUMED,
    )
    slowed = (Power(base=20.0), Power(base="effect", exponent="control"))
    steps = [
        step("in", entry=True, time=time(Family.EXPONENTIAL, 30.0)),
        step("a", ["in", "d"], time=time(Family.LOGNORMAL, 40.0, 1.2, **skill), success=0.9),
        step(
            "b", ["in"], time=time(Family.WEIBULL, 50.0, 0.7, **skill), requires=["hidden link"]
        ),
        step("c", ["a", "b"], every=True, time=time(Family.GAMMA, 9.0, 2.5), unseen=0.6),
        step("d", ["a", "b"], time=replace(time(Family.LOGNORMAL, 1.0, 0.8), scale=slowed)),
        replace(step("e", ["c", "d"], unseen=0.5, requires=["link"]), seen_by="defender"),
        step("apart", entry=True, time=time(Family.LOGNORMAL, 400.0, 2.0)),
    ]
    made = graph(steps, {"link": 0.8}, max_attempts=4, reentry=60.0)
    hidden = Cause(id="hidden link", probability=(Power(base="hidden"),), level=CauseLevel.DRAW)
    return replace(
        made,
        causes={**made.causes, "hidden link": hidden},
        parameters={p.id: p for p in (uncertain, state, secret)},
        objectives=(Objective(kind="read", element="h", step="e"),),
    )


DRAWS = Draws(seed=0, outer=12, lanes=150)


@pytest.mark.parametrize("workers", [2, 3])
def test_the_number_of_workers_changes_no_bit(workers: int) -> None:
    alone = Engine(mixed(), draws=DRAWS, workers=1).run(overrides={"control": 1.0})
    many = Engine(mixed(), draws=DRAWS, workers=workers).run(overrides={"control": 1.0})
    assert np.array_equal(alone.ticks, many.ticks)


def test_these_very_arrivals_come_out_on_every_machine() -> None:
    found = Engine(mixed(), draws=Draws(seed=0, outer=2, lanes=4)).run()
    assert found.ticks.tolist() == [[65535, 65535, 65535, 1092, 65535, 779, 232, 824]]


@pytest.mark.parametrize(
    "overrides",
    [
        {"control": 0.0},
        {"control": 1.0},
        {"effect": 9.0},
        {"hidden": 1.0},
        {"hidden": 0.0},
        {"control": 0.5, "hidden": 1.0, "effect": 1.0},
    ],
    ids=str,
)
def test_a_rerun_is_a_run_of_the_graph_with_those_facts(overrides: dict[str, float]) -> None:
    made = mixed()
    engine = Engine(made, draws=DRAWS, targets=["e", "d", "apart"])
    engine.run(overrides={"effect": 4.0})
    rerun = engine.run(overrides=overrides)
    fixed = {
        name: replace(made.parameters[name], family=ParameterFamily.POINT, mode=value)
        for name, value in overrides.items()
    }
    changed = replace(made, parameters={**made.parameters, **fixed})
    fresh = Engine(changed, draws=DRAWS, targets=["e", "d", "apart"]).run()
    assert np.array_equal(rerun.ticks, fresh.ticks)
    assert np.array_equal(
        engine.run().ticks, Engine(made, draws=DRAWS, targets=["e", "d", "apart"]).run().ticks
    )


def test_an_engine_without_room_gives_the_same_arrivals() -> None:
    roomy, poor = (Engine(mixed(), draws=DRAWS, memory_bytes=n) for n in (2**30, 0))
    assert roomy.retained
    assert not poor.retained
    for overrides in ({}, {"control": 1.0}):
        assert np.array_equal(
            roomy.run(overrides=overrides).ticks, poor.run(overrides=overrides).ticks
        )
    joined = np.concatenate([state.t for state in poor.states()])
    assert np.array_equal(joined, next(roomy.states()).t)


def test_a_released_engine_keeps_its_results_and_gives_the_same_ones_again() -> None:
    engine, kept = (Engine(mixed(), draws=DRAWS, workers=1) for _ in range(2))
    base = engine.run()
    engine.release()
    assert not engine.retained
    assert engine.run() is base
    for overrides in ({"control": 1.0}, {"hidden": 0.0}):
        one, other = engine.run(overrides=overrides), kept.run(overrides=overrides)
        assert np.array_equal(one.ticks, other.ticks)
    joined = np.concatenate([state.t for state in engine.states()])
    assert np.array_equal(joined, next(kept.states()).t)
    made_like = Engine(mixed(), draws=DRAWS, workers=1, like=engine)
    assert np.array_equal(made_like.run().ticks, base.ticks)


def test_an_engine_may_be_released_before_it_has_run() -> None:
    engine = Engine(mixed(), draws=DRAWS, workers=1)
    engine.release()
    assert np.array_equal(engine.run().ticks, Engine(mixed(), draws=DRAWS).run().ticks)


def test_a_rerun_in_which_no_time_differs_gives_the_base_arrivals_back() -> None:
    certain = replace(mixed().parameters["hidden"], family=ParameterFamily.POINT, mode=1.0)
    made = replace(mixed(), parameters={**mixed().parameters, "hidden": certain})
    engine = Engine(made, draws=DRAWS)
    assert engine.run(overrides={"hidden": 1.5}) is engine.run()


@pytest.mark.parametrize("lanes", [1, 7, 16, 60])
@pytest.mark.parametrize("outer", [1, 9, 20])
def test_a_draw_has_the_same_trials_whatever_shares_its_tile(lanes: int, outer: int) -> None:
    together = Engine(mixed(), draws=Draws(seed=4, outer=outer, lanes=lanes)).run()
    split = Engine(mixed(), draws=Draws(seed=4, outer=20, lanes=140)).run()
    wanted = split.ticks.reshape(1, 20, 140)[:, :outer, :lanes]
    assert np.array_equal(together.ticks, wanted.reshape(1, -1))


def test_values_given_per_draw_take_the_place_of_the_sampled_ones() -> None:
    engine = Engine(mixed(), draws=DRAWS)
    given = np.linspace(0.0, 1.0, DRAWS.outer)
    found = engine.run(values={"control": given})
    for outer, value in enumerate(given):
        here = slice(outer * DRAWS.lanes, (outer + 1) * DRAWS.lanes)
        held = engine.run(overrides={"control": float(value)})
        assert np.array_equal(found.ticks[:, here], held.ticks[:, here])


def test_a_parameter_that_the_graph_does_not_have_changes_nothing() -> None:
    engine = Engine(mixed(), draws=DRAWS)
    assert engine.run(overrides={"control:AC-2@elsewhere": 1.0}) is engine.run()


def test_a_parameter_says_which_steps_it_touches() -> None:
    engine = Engine(mixed(), draws=DRAWS)
    assert engine.touched(["control"]) == ("d",)
    assert engine.touched(["hidden"]) == ("b",)
    assert engine.touched(["other"]) == ()


def test_removing_an_unrelated_step_leaves_the_draws_of_the_others_alone() -> None:
    made = mixed()
    less = replace(made, steps=tuple(s for s in made.steps if s.id != "apart"))
    more = replace(
        made,
        steps=tuple(sorted([*made.steps, step("aa", ["in"], success=0.5)], key=lambda s: s.id)),
    )
    base = Engine(made, draws=DRAWS).run()
    assert np.array_equal(base.ticks, Engine(less, draws=DRAWS).run().ticks)
    assert np.array_equal(base.ticks, Engine(more, draws=DRAWS).run().ticks)


def test_more_lanes_and_more_draws_extend_the_same_trials() -> None:
    few = Engine(mixed(), draws=Draws(seed=4, outer=3, lanes=40)).run().ticks.reshape(1, 3, 40)
    many = (
        Engine(mixed(), draws=Draws(seed=4, outer=5, lanes=300)).run().ticks.reshape(1, 5, 300)
    )
    assert np.array_equal(few, many[:, :3, :40])


def test_seed_zero_is_a_seed_like_any_other() -> None:
    zero, one = (ticks(mixed(), "e", draws=replace(DRAWS, seed=seed)) for seed in (0, 1))
    assert np.unique(zero).size > 100
    assert not np.array_equal(zero, one)


LAWS = [
    (time(Family.EXPONENTIAL, 200.0), stats.expon(scale=200.0)),
    (time(Family.WEIBULL, 300.0, 0.8), stats.weibull_min(0.8, scale=300.0)),
    (time(Family.GAMMA, 90.0, 2.5), stats.gamma(2.5, scale=90.0)),
    (time(Family.GAMMA, 400.0, 0.4), stats.gamma(0.4, scale=400.0)),
    (time(Family.LOGNORMAL, 150.0, 1.1), stats.lognorm(1.1, scale=150.0)),
]


@pytest.mark.parametrize("loading", [0.0, 0.7], ids=["own", "shared factor"])
@pytest.mark.parametrize(("law", "reference"), LAWS, ids=lambda x: getattr(x, "family", ""))
def test_local_times_follow_their_family_with_or_without_a_factor(
    law: LocalTime, reference: stats.rv_continuous, loading: float
) -> None:
    law = replace(law, latent="skill" if loading else "", loading=loading)
    made = graph([step("v", entry=True, time=law)], horizon_days=100_000.0)
    found = days(made, "v", trials=20_000)
    tick = 100_000.0 / 65534
    for p in (0.05, 0.25, 0.5, 0.75, 0.95):
        edge = (np.floor(reference.ppf(p) / tick) + 0.5) * tick  # times are rounded to ticks
        share, expected = float((found < edge).mean()), float(reference.cdf(edge))
        assert abs(share - expected) < 4.5 * np.sqrt(expected * (1 - expected) / found.size)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.0, 0),
        (0.49, 0),
        (0.5, 1),
        (1.49, 1),
        (65534.0, 65534),
        (65534.49, 65534),
        (65534.5, NEVER),
        (1e9, NEVER),
    ],
)
def test_times_are_rounded_half_up_to_ticks_and_beyond_the_horizon_is_never(
    value: float, expected: int
) -> None:
    entry = step("v", entry=True, time=time(Family.POINT, value))
    found = ticks(
        graph([entry], horizon_days=65534.0), "v", draws=Draws(seed=1, outer=1, lanes=3)
    )
    assert found.tolist() == [expected] * 3


def chain(*local: float, every: bool) -> AttackGraph:
    first, second, last = local
    return graph(
        [
            step("a", entry=True, time=time(Family.POINT, first)),
            step("b", entry=True, time=time(Family.POINT, second)),
            step("v", ["a", "b"], every=every, time=time(Family.POINT, last)),
        ],
        horizon_days=65534.0,
    )


@pytest.mark.parametrize(("every", "expected"), [(False, 13), (True, 30)])
def test_an_or_step_waits_for_one_parent_and_an_and_step_for_all(
    *, every: bool, expected: int
) -> None:
    found = ticks(chain(3, 20, 10, every=every), "v", draws=Draws(seed=1, outer=1, lanes=1))
    assert found.tolist() == [expected]


@pytest.mark.parametrize("last", [10.0, 40_000.0, 65_530.0])
def test_arrival_saturates_at_never(last: float) -> None:
    made = chain(40_000, 50_000, last, every=False)
    found = ticks(made, "v", draws=Draws(seed=1, outer=1, lanes=1))
    assert found.tolist() == [40_010 if last == 10.0 else NEVER]


def test_a_cycle_that_nothing_enters_is_never_reached() -> None:
    made = graph([step("a", ["b"]), step("b", ["a"]), step("in", entry=True)])
    found = Engine(made, draws=Draws(seed=1, outer=1, lanes=2), targets=["a", "in"]).run()
    assert found.ticks.tolist() == [[NEVER, NEVER], [0, 0]]


def test_an_instant_cycle_is_entered_but_does_not_feed_itself() -> None:
    made = graph(
        [
            step("in", entry=True, success=0.5),
            step("a", ["in", "b"]),
            step("b", ["a"]),
            step("both", ["a", "b"], every=True),
        ]
    )
    found = Engine(
        made, draws=Draws(seed=1, outer=1, lanes=200), targets=["in", "a", "b", "both"]
    ).run()
    assert (found.ticks == found.ticks[0]).all()
    assert 0 < (found.ticks[0] == 0).sum() < 200


def test_an_entry_starts_at_zero_even_with_parents() -> None:
    slow = step("in", entry=True, time=time(Family.POINT, 100.0))
    door = step("v", ["in"], entry=True, every=True, time=time(Family.POINT, 5.0))
    made = graph([slow, door], horizon_days=65534.0)
    assert ticks(made, "v", draws=Draws(seed=1, outer=1, lanes=1)).tolist() == [5]


@pytest.mark.parametrize("shared", ["", "defender"], ids=["own", "shared factor"])
def test_patience_follows_its_closed_form(shared: str) -> None:
    unseen, attempts, spent, away = 0.3, 4, 10.0, 100.0
    one = replace(
        step("v", entry=True, unseen=unseen, time=time(Family.POINT, spent)), seen_by=shared
    )
    made = graph([one], horizon_days=65534.0, max_attempts=attempts, reentry=away)
    found = days(made, "v", trials=40_000)
    assert set(np.unique(found)) <= {*(spent + k * (spent + away) for k in range(4)), np.inf}
    assert abs((found == spent).mean() - unseen) < 4.5 * np.sqrt(unseen * (1 - unseen) / 40_000)
    if not shared:
        for k in range(attempts):
            p = unseen * (1 - unseen) ** k
            share = float((found == spent + k * (spent + away)).mean())
            assert abs(share - p) < 4.5 * np.sqrt(p * (1 - p) / found.size)


def test_every_attempt_costs_a_time_of_its_own() -> None:
    one = step("v", entry=True, unseen=0.2, time=time(Family.EXPONENTIAL, 50.0))
    made = graph([one], horizon_days=5_000.0, max_attempts=1_000, reentry=0.0)
    found = days(made, "v", trials=20_000)
    reference = stats.expon(scale=50.0 / 0.2)
    assert stats.kstest(found, reference.cdf).pvalue > 0.001


def pair(**more: object) -> AttackGraph:
    both = [replace(step(name, entry=True), **more) for name in ("a", "b")]  # type: ignore[arg-type]
    return graph(both, horizon_days=1e6)


def scores(made: AttackGraph) -> np.ndarray:
    found = Engine(made, draws=Draws(seed=2, outer=4, lanes=5_000), targets=["a", "b"]).run()
    logs: np.ndarray = np.log(np.stack([found.days("a"), found.days("b")]).astype(float))
    return logs


@pytest.mark.parametrize("loading", [0.0, 0.5, 0.9])
def test_steps_that_share_a_factor_correlate_as_the_square_of_its_loading(
    loading: float,
) -> None:
    law = time(Family.LOGNORMAL, 1_000.0, 0.5, latent="skill", loading=loading)
    assert abs(np.corrcoef(scores(pair(time=law)))[0, 1] - loading**2) < 0.03


def test_detections_that_share_a_factor_coincide_as_the_bivariate_normal_says() -> None:
    made = pair(unseen=constant(0.4), seen_by="defender")
    found = Engine(made, draws=Draws(seed=2, outer=4, lanes=10_000), targets=["a", "b"]).run()
    both = float(((found.row("a") == 0) & (found.row("b") == 0)).mean())
    z, r = stats.norm.ppf(0.4), SEEN_BY_LOADING**2
    expected = stats.multivariate_normal(cov=[[1, r], [r, 1]]).cdf([z, z])
    assert abs(both - expected) < 4.5 * np.sqrt(expected * (1 - expected) / 40_000)
    assert expected > 0.4**2 + 0.03


@pytest.mark.parametrize("level", CauseLevel)
def test_a_cause_is_shared_by_the_steps_that_require_it_at_its_level(level: CauseLevel) -> None:
    made = graph([step("a", entry=True, requires=["c"]), step("b", entry=True, requires=["c"])])
    cause = Cause(id="c", probability=(Power(base=0.5),), level=level)
    made = replace(made, causes={"c": cause})
    found = Engine(made, draws=Draws(seed=2, outer=200, lanes=100), targets=["a", "b"]).run()
    assert np.array_equal(found.row("a"), found.row("b"))
    per_draw = (found.row("a") == 0).reshape(200, 100).mean(axis=1)
    assert abs(per_draw.mean() - 0.5) < 4.5 * 0.5 / np.sqrt(200)
    assert set(per_draw) == {0.0, 1.0} if level is CauseLevel.DRAW else per_draw.std() < 0.1


def test_arrivals_say_days_and_reach() -> None:
    found = Engine(
        chain(3, 20, 10, every=True), draws=Draws(seed=1, outer=2, lanes=2), targets=["v", "a"]
    ).run()
    assert found.days("v").tolist() == [30.0] * 4
    assert found.matrix(["a", "elsewhere"]).tolist() == [[3.0] * 4, [np.inf] * 4]
    assert found.reached("v", 30.0).all()
    assert not found.reached("v", 29.0).any()
    with pytest.raises(UsageError, match="no arrivals of step b"):
        found.row("b")
    with pytest.raises(ValueError, match="read-only"):
        found.ticks[0, 0] = 1


def test_what_is_never_reached_is_not_reached_by_the_horizon() -> None:
    made = graph([step("v", entry=True, success=0.0)])
    found = Engine(made, draws=DRAWS, targets=["v"]).run()
    assert not found.reached("v", HORIZON).any()
    assert not found.reached("v", 1e12).any()


def test_a_graph_without_objectives_has_no_rows() -> None:
    found = Engine(graph([step("v", entry=True)]), draws=DRAWS).run()
    assert found.ticks.shape == (0, DRAWS.trials)


def test_a_target_that_the_structure_forbids_is_never_reached() -> None:
    made = graph([step("in", entry=True), step("v", ["in", "w"], every=True), step("w", ["v"])])
    found = Engine(made, draws=DRAWS, targets=["v", "in"]).run()
    assert (found.row("v") == NEVER).all()
    assert (found.row("in") == 0).all()


def only(*steps: Step, **more: object) -> AttackGraph:
    return replace(graph(steps), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (only(step("v", ["w"])), "step v: no step w"),
        (only(step("v", entry=True, requires=["c"])), "step v: no cause c"),
        (only(step("v", every=True)), "and-step without parents must be an entry"),
        (only(step("v"), step("v")), "same id"),
        (only(step("v"), max_attempts=0), "at least one attempt"),
        (only(step("v"), reentry=(Power(base="p"),)), "re-entry: no parameter p"),
        (only(replace(step("v"), success=(Power(base="p"),))), "step v: no parameter p"),
        (
            only(step("v", time=time(Family.LOGNORMAL, 1.0, latent="l", loading=1.0))),
            "a loading of 1 is not",
        ),
    ],
    ids=lambda x: x if isinstance(x, str) else "",
)
def test_a_graph_that_is_not_well_formed_is_refused(made: AttackGraph, words: str) -> None:
    with pytest.raises(GraphError, match=words):
        Engine(made, draws=DRAWS, targets=["v"])


def test_wrong_uses_are_refused() -> None:
    with pytest.raises(GraphError, match="no step x"):
        Engine(mixed(), draws=DRAWS, targets=["x"])
    with pytest.raises(UsageError, match="at least one is needed"):
        Engine(mixed(), draws=DRAWS, workers=0)
