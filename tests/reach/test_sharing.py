"""Local times are taken from another engine where they are equal, and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from counterseal.attackgraph.model import CauseLevel, Family, LocalTime
from counterseal.reach.draws import Draws
from counterseal.reach.engine import Engine
from counterseal.reach.sharing import Drawn, alike
from counterseal.testing.graphs import constant, graph, step

if TYPE_CHECKING:
    from collections.abc import Callable

    from counterseal.attackgraph.model import AttackGraph

DRAWS = Draws(seed=5, outer=6, lanes=150)
TARGETS = ["in", "a", "b", "c"]


def made() -> AttackGraph:
    hours = LocalTime(
        family=Family.LOGNORMAL,
        scale=constant(40.0),
        shape=constant(1.2),
        latent="skill",
        loading=0.5,
    )
    return graph(
        [
            step("in", entry=True, time=hours),
            step("a", ["in"], time=hours, success=0.8, requires=["link"]),
            replace(step("b", ["a"], time=hours, unseen=0.6), seen_by="defender"),
            step("c", ["a", "b"], every=True, time=hours, requires=["other"]),
        ],
        {"link": 0.7, "other": 0.9},
        max_attempts=3,
        reentry=60.0,
    )


def moved(name: str, **fields: object) -> Callable[[AttackGraph], AttackGraph]:
    def change(before: AttackGraph) -> AttackGraph:
        steps = [
            replace(one, **fields) if one.id == name else one  # type: ignore[arg-type]
            for one in before.steps
        ]
        return replace(before, steps=tuple(steps))

    return change


def timed(name: str, **fields: object) -> Callable[[AttackGraph], AttackGraph]:
    def change(before: AttackGraph) -> AttackGraph:
        time = replace(before.steps[before.index[name]].time, **fields)  # type: ignore[arg-type]
        return moved(name, time=time)(before)

    return change


def caused(**fields: object) -> Callable[[AttackGraph], AttackGraph]:
    def change(before: AttackGraph) -> AttackGraph:
        link = replace(before.causes["link"], **fields)  # type: ignore[arg-type]
        return replace(before, causes={**before.causes, "link": link})

    return change


ALL = {"in", "a", "b", "c"}
CHANGES: dict[str, tuple[Callable[[AttackGraph], AttackGraph], set[str]]] = {
    "nothing": (lambda before: before, ALL),
    "parents alone": (moved("c", parents=("a",)), ALL),
    "scale": (timed("a", scale=constant(41.0)), ALL - {"a"}),
    "shape": (timed("a", shape=constant(1.3)), ALL - {"a"}),
    "family": (timed("a", family=Family.WEIBULL), ALL - {"a"}),
    "loading": (timed("a", loading=0.4), ALL - {"a"}),
    "factor": (timed("a", latent="luck"), ALL - {"a"}),
    "no factor": (timed("a", latent="", loading=0.0), ALL - {"a"}),
    "success": (moved("a", success=constant(0.7)), ALL - {"a"}),
    "detection": (moved("b", unseen=constant(0.7)), ALL - {"b"}),
    "defender": (moved("b", seen_by=""), ALL - {"b"}),
    "cause": (moved("c", requires=("link",)), ALL - {"c"}),
    "another cause": (moved("c", requires=("link", "other")), ALL - {"c"}),
    "no cause": (moved("c", requires=()), ALL - {"c"}),
    "chance of a cause": (caused(probability=constant(0.6)), ALL - {"a"}),
    "level of a cause": (caused(level=CauseLevel.DRAW), ALL - {"a"}),
    "patience": (lambda before: replace(before, max_attempts=2), ALL - {"b"}),
    "re-entry": (lambda before: replace(before, reentry=constant(61.0)), ALL - {"b"}),
    "horizon": (lambda before: replace(before, horizon_days=400.0), set()),
}


def drawn(engine: Engine) -> Drawn:
    return Drawn(program=engine.program, plan=engine.plan, table=engine.table)


@pytest.mark.parametrize("name", CHANGES)
def test_exactly_the_steps_with_equal_local_times_are_shared(name: str) -> None:
    change, expected = CHANGES[name]
    base = Engine(made(), draws=DRAWS, targets=TARGETS)
    other = Engine(change(made()), draws=DRAWS, targets=TARGETS)
    mine, theirs = alike(drawn(other), drawn(base))
    assert {other.program.steps[row].id for row in mine} == expected
    assert [other.program.steps[row].id for row in mine] == [
        base.program.steps[row].id for row in theirs
    ]


@pytest.mark.parametrize("name", CHANGES)
def test_sharing_changes_no_bit(name: str) -> None:
    changed = CHANGES[name][0](made())
    base = Engine(made(), draws=DRAWS, targets=TARGETS, workers=2)
    base.run(overrides={})
    shared = Engine(changed, draws=DRAWS, targets=TARGETS, like=base, workers=2)
    fresh = Engine(changed, draws=DRAWS, targets=TARGETS, workers=1)
    assert np.array_equal(shared.run().ticks, fresh.run().ticks)


def test_times_really_come_from_the_other_engine() -> None:
    base = Engine(made(), draws=DRAWS, targets=TARGETS)
    next(base.states()).x[:] = 1
    shared = Engine(
        timed("a", scale=constant(41.0))(made()), draws=DRAWS, like=base, targets=TARGETS
    )
    x = next(shared.states()).x
    rows = {step.id: row for row, step in enumerate(shared.program.steps)}
    assert {name for name, row in rows.items() if (x[:, row] == 1).all()} == ALL - {"a"}


@pytest.mark.parametrize(
    "other",
    [
        {"draws": Draws(seed=6, outer=6, lanes=150)},
        {"draws": Draws(seed=5, outer=5, lanes=150)},
        {"draws": Draws(seed=5, outer=6, lanes=151)},
        {"draws": DRAWS, "memory_bytes": 0},
    ],
    ids=str,
)
def test_engines_of_other_draws_or_without_room_give_nothing(other: dict[str, object]) -> None:
    base = Engine(made(), targets=TARGETS, **other)  # type: ignore[arg-type]
    shared = Engine(made(), draws=DRAWS, targets=TARGETS, like=base)
    fresh = Engine(made(), draws=DRAWS, targets=TARGETS)
    assert np.array_equal(shared.run().ticks, fresh.run().ticks)
