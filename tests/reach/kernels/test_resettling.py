"""Arrivals taken from another engine or from before a change are those of a whole run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.attackgraph.model import (
    Family,
    LocalTime,
    Parameter,
    ParameterFamily,
    Power,
    StepKind,
)
from counterseal.documents.evidence import Grade
from counterseal.reach import engine as engines
from counterseal.reach.draws import Draws
from counterseal.reach.engine import Engine
from counterseal.reach.kernels import resettling
from counterseal.testing.graphs import constant, graph, step

if TYPE_CHECKING:
    from collections.abc import Callable

    from counterseal.attackgraph.model import AttackGraph, Step

DRAWS = Draws(seed=3, outer=5, lanes=9)
PACE = Parameter(
    id="pace", family=ParameterFamily.UNIFORM, mode=1, low=0.2, high=3, grade=Grade.ASSUMED
)
Edit = "Callable[[np.random.Generator, dict[str, Step]], None]"


def hours(rng: np.random.Generator) -> LocalTime:
    if rng.random() < 0.4:
        return LocalTime(family=Family.POINT, zero=True)
    scale = (
        *constant(float(rng.uniform(5, 200))),
        *([Power(base="pace")] * (rng.random() < 0.3)),
    )
    return LocalTime(family=Family.LOGNORMAL, scale=scale, shape=constant(1.0))


def drawn(rng: np.random.Generator, name: str, names: list[str]) -> Step:
    others = [other for other in names if other != name]
    parents = {others[int(k)] for k in rng.integers(0, len(others), rng.integers(1, 4))}
    return step(
        name,
        parents,
        every=bool(rng.random() < 0.3),
        entry=bool(rng.random() < 0.12),
        time=hours(rng),
        success=0.7 if rng.random() < 0.3 else 1.0,
    )


def some(rng: np.random.Generator, steps: dict[str, Step]) -> str:
    return sorted(steps)[int(rng.integers(len(steps)))]


def slow(rng: np.random.Generator, steps: dict[str, Step]) -> None:
    name = some(rng, steps)
    steps[name] = replace(steps[name], time=hours(rng))


def rewire(rng: np.random.Generator, steps: dict[str, Step]) -> None:
    name = some(rng, steps)
    steps[name] = replace(drawn(rng, name, sorted(steps)), time=steps[name].time)


def join(rng: np.random.Generator, steps: dict[str, Step]) -> None:
    name, other = some(rng, steps), some(rng, steps)
    parents = tuple(sorted({*steps[name].parents, other} - {name}))
    steps[name] = replace(steps[name], parents=parents)


def part(rng: np.random.Generator, steps: dict[str, Step]) -> None:
    name = some(rng, steps)
    if len(steps[name].parents) > 1:
        steps[name] = replace(steps[name], parents=steps[name].parents[1:])


def turn(rng: np.random.Generator, steps: dict[str, Step]) -> None:
    name = some(rng, steps)
    kind = StepKind.OR if steps[name].kind is StepKind.AND else StepKind.AND
    steps[name] = replace(steps[name], kind=kind)


def open_or_shut(rng: np.random.Generator, steps: dict[str, Step]) -> None:
    name = some(rng, steps)
    steps[name] = replace(steps[name], entry=not steps[name].entry)


def add(rng: np.random.Generator, steps: dict[str, Step]) -> None:
    name = f"new{len(steps)}"
    steps[name] = drawn(rng, name, sorted(steps))
    join(rng, steps)
    other = some(rng, steps)
    parents = tuple(sorted({*steps[other].parents, name} - {other}))
    steps[other] = replace(steps[other], parents=parents)


def drop(rng: np.random.Generator, steps: dict[str, Step]) -> None:
    name = some(rng, steps)
    if name == "s0":
        return
    del steps[name]
    for other, row in list(steps.items()):
        left = tuple(parent for parent in row.parents if parent != name)
        steps[other] = replace(row, parents=left or ("s0",) if other != "s0" else left)


EDITS: list[Callable[[np.random.Generator, dict[str, Step]], None]] = [
    slow,
    rewire,
    join,
    part,
    turn,
    open_or_shut,
    add,
    drop,
]


def web(rng: np.random.Generator, *, size: int) -> dict[str, Step]:
    names = [f"s{k}" for k in range(size)]
    return {name: drawn(rng, name, names) for name in names} | {"s0": step("s0", entry=True)}


def sound(one: Step) -> Step:
    """Return a step that needs all of nothing as one that needs any of it."""
    empty = one.kind is StepKind.AND and not one.parents and not one.entry
    return replace(one, kind=StepKind.OR) if empty else one


def made(steps: dict[str, Step]) -> AttackGraph:
    return replace(graph(map(sound, steps.values())), parameters={"pace": PACE})


def changed(seed: int, *, size: int, edits: int) -> tuple[AttackGraph, AttackGraph]:
    rng = np.random.default_rng(seed)
    before = web(rng, size=size)
    after = dict(before)
    for _ in range(edits):
        EDITS[int(rng.integers(len(EDITS)))](rng, after)
    return made(before), made(after)


def all_of(one: AttackGraph, **more: object) -> Engine:
    names = [row.id for row in one.steps]
    return Engine(one, draws=DRAWS, workers=1, targets=names, **more)  # type: ignore[arg-type]


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32), size=st.integers(4, 40), edits=st.integers(1, 4))
def test_beginning_with_the_arrivals_of_another_graph_changes_no_bit(
    seed: int, size: int, edits: int
) -> None:
    before, after = changed(seed, size=size, edits=edits)
    like = all_of(before)
    taken, anew = all_of(after, like=like), all_of(after)
    assert np.array_equal(taken.run().ticks, anew.run().ticks)
    assert np.array_equal(next(taken.states()).t, next(anew.states()).t)
    assert np.array_equal(next(like.states()).t, next(all_of(before).states()).t)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), pace=st.floats(0.1, 4.0))
def test_a_rerun_after_taking_over_is_a_rerun_of_a_fresh_engine(seed: int, pace: float) -> None:
    before, after = changed(seed, size=30, edits=2)
    taken, anew = all_of(after, like=all_of(before)), all_of(after)
    for value in (pace, 1.0):
        overrides = {"pace": value}
        one, other = taken.run(overrides=overrides), anew.run(overrides=overrides)
        assert np.array_equal(one.ticks, other.ticks)
    assert np.array_equal(taken.run().ticks, anew.run().ticks)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), pace=st.floats(0.1, 4.0))
def test_a_rerun_is_what_a_graph_with_that_fact_gives(seed: int, pace: float) -> None:
    before, _ = changed(seed, size=30, edits=0)
    known = replace(PACE, family=ParameterFamily.POINT, mode=pace)
    fixed = replace(before, parameters={"pace": known})
    found = all_of(before).run(overrides={"pace": pace})
    assert np.array_equal(found.ticks, all_of(fixed).run().ticks)


@settings(max_examples=150, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    pace=st.floats(0.1, 4.0),
    size=st.integers(4, 40),
    target=st.integers(0, 39),
)
def test_a_rerun_for_one_target_is_what_a_whole_run_gives(
    seed: int, pace: float, size: int, target: int
) -> None:
    before, _ = changed(seed, size=size, edits=0)
    name = before.steps[target % len(before.steps)].id
    known = replace(PACE, family=ParameterFamily.POINT, mode=pace)
    fixed = replace(before, parameters={"pace": known})
    engine = Engine(before, draws=DRAWS, workers=1, targets=[name])
    base = engine.run().ticks
    found = engine.run(overrides={"pace": pace})
    assert np.array_equal(found.row(name), all_of(fixed).run().row(name))
    assert np.array_equal(engine.run().ticks, base)


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
def test_a_small_edit_of_a_large_graph_is_not_settled_from_nothing(
    edit: Callable[[np.random.Generator, dict[str, Step]], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done: list[int] = []

    def counted(*given_: object) -> int:
        done.append(resettling.resettle_like(*given_))  # type: ignore[arg-type]
        return done[-1]

    monkeypatch.setattr(engines, "resettle_like", counted)
    for seed in range(6):
        rng = np.random.default_rng(seed)
        before = web(rng, size=150)
        after = dict(before)
        edit(rng, after)
        one = all_of(made(after), like=all_of(made(before)))
        assert np.array_equal(one.run().ticks, all_of(made(after)).run().ticks)
    assert sum(done) >= 4


def chain(size: int, *, first: float) -> AttackGraph:
    steps = [step(f"v{k:03}", [f"v{k - 1:03}"]) for k in range(1, size)]
    law = LocalTime(family=Family.POINT, scale=constant(first))
    return graph([step("v000", entry=True, time=law), *steps])


@pytest.mark.parametrize(("slower", "tiles"), [(30.0, 0), (5.0, 1)])
def test_a_change_that_would_forget_much_is_settled_from_nothing(
    slower: float, tiles: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[int] = []

    def counted(*given_: object) -> int:
        done.append(resettling.resettle_like(*given_))  # type: ignore[arg-type]
        return done[-1]

    monkeypatch.setattr(engines, "resettle_like", counted)
    before, after = chain(200, first=10.0), chain(200, first=slower)
    one = all_of(after, like=all_of(before))
    assert np.array_equal(one.run().ticks, all_of(after).run().ticks)
    assert done == [tiles]


def test_a_rerun_that_would_forget_much_leaves_the_state_as_it_was() -> None:
    pace = LocalTime(family=Family.POINT, scale=(Power(base="pace"),))
    steps = [step(f"v{k:03}", [f"v{k - 1:03}"], time=pace) for k in range(1, 100)]
    whole = replace(
        graph([step("v000", entry=True, time=pace), *steps]), parameters={"pace": PACE}
    )
    engine = all_of(whole)
    before = engine.run().ticks.copy()
    slower = engine.run(overrides={"pace": 50.0})
    assert (slower.row("v099") > before[-1]).all()
    assert np.array_equal(engine.run().ticks, before)
    assert np.array_equal(next(engine.states()).t, next(all_of(whole).states()).t)
    faster = engine.run(overrides={"pace": 0.01})
    assert (faster.row("v099") < before[-1]).all()


def test_a_cycle_that_nothing_enters_any_more_is_never_reached() -> None:
    def ring(*, entered: bool) -> AttackGraph:
        loop = step("a", ["in", "c"] if entered else ["c"])
        return graph([step("in", entry=True), loop, step("b", ["a"]), step("c", ["b", "in2"])])

    extra = step("in2", entry=True, success=0.0)
    before, after = (
        replace(one, steps=tuple(sorted([*one.steps, extra], key=lambda s: s.id)))
        for one in (ring(entered=True), ring(entered=False))
    )
    taken = all_of(after, like=all_of(before))
    assert (taken.run().row("b") == 65535).all()
