"""The bent engine is the engine where nothing is bent, and easier on lower levels."""

from __future__ import annotations

import numpy as np
import pytest

from counterseal.attackgraph.model import Family, LocalTime
from counterseal.reach.draws import Draws
from counterseal.reach.engine import Engine
from counterseal.reach.program import build
from counterseal.reach.rare.inputs import collect
from counterseal.reach.rare.tilts import Kind, Tilt, TiltSet
from counterseal.reach.rare.trials import BentEngine
from counterseal.testing.graphs import constant, graph, step

DRAWS = Draws(seed=3, outer=1, lanes=3_000)
GAMMA = LocalTime(family=Family.GAMMA, scale=constant(40.0), shape=constant(2.0))
MADE = graph(
    [
        step("a", entry=True, time=GAMMA, unseen=0.4, requires=["c"]),
        step("b", ["a", "d"], time=GAMMA, success=0.5),
        step("d", ["b"]),
        step("e", entry=True, success=0.3),
        step("t", ["d", "e"], every=True, time=GAMMA),
    ],
    {"c": 0.6},
    horizon_days=400.0,
    max_attempts=3,
    reentry=20.0,
)
PROGRAM = build(MADE, targets=("t",))


def bent(*, level: float = 1.0, sets: tuple[TiltSet, ...] = ()) -> BentEngine:
    return BentEngine(MADE, draws=DRAWS, program=PROGRAM, level=level, sets=sets, workers=1)


def odds(kind: Kind, name: str, factor: float) -> TiltSet:
    return TiltSet(share=1.0, tilts=(Tilt(kind=kind, id=name, odds=factor, gain=0.1),))


def test_without_bends_at_level_one_it_is_the_engine_to_the_bit() -> None:
    plain = Engine(MADE, draws=DRAWS, targets=["t"], workers=1).run()
    assert np.array_equal(bent().run().ticks, plain.ticks)
    assert (bent().weights(np.arange(DRAWS.trials)) == 1.0).all()


def test_what_is_reached_at_a_level_is_reached_at_every_lower_one() -> None:
    before = np.full(DRAWS.trials, 65535, dtype=np.uint16)
    counts = []
    for level in (1.0, 0.7, 0.3, 0.05):
        row = bent(level=level).run().row("t")
        assert (row <= before).all()
        before = row
        counts.append(int((row < 65535).sum()))
    assert counts == sorted(set(counts))
    assert counts[-1] > 0.7 * DRAWS.trials


def test_inputs_are_all_that_is_random() -> None:
    found = collect(bent(), steps=range(len(PROGRAM.names)))
    assert {(one.kind.value, one.id) for one in found} == {
        ("works", "b"),
        ("works", "e"),
        ("time", "a"),
        ("time", "b"),
        ("time", "t"),
        ("seen", "a"),
        ("cause", "c"),
    }


def test_trials_left_alone_are_those_of_the_engine() -> None:
    plain = Engine(MADE, draws=DRAWS, targets=["t"], workers=1).run().row("t")
    one = bent(sets=(odds(Kind.WORKS, "e", 1e-6),))
    same = one.run().row("t") == plain
    reached = plain < 65535
    assert same[~reached].all()  # less luck never helps
    assert same[reached].mean() == pytest.approx(0.1, abs=0.05)


@pytest.mark.parametrize(
    "one", [odds(Kind.WORKS, "b", 5.0), odds(Kind.SEEN, "a", 4.0), odds(Kind.CAUSE, "c", 0.3)]
)
def test_weighted_reach_is_honest_reach_whatever_is_bent(one: TiltSet) -> None:
    plain = Engine(MADE, draws=DRAWS, targets=["t"], workers=1).run().reached("t", 400.0)
    engine = bent(sets=(one,))
    worth = engine.run().reached("t", 400.0) * engine.weights(np.arange(DRAWS.trials))
    error = np.hypot(worth.std(), plain.std()) / DRAWS.trials**0.5
    assert abs(worth.mean() - plain.mean()) < 4.0 * error
    assert abs(engine.run().reached("t", 400.0).mean() - plain.mean()) > error


@pytest.mark.parametrize(
    "wrong",
    [
        {"odds": 0.0},
        {"edges": (0.0, 0.5, 0.5, 1.0), "masses": (0.2, 0.3, 0.5)},
        {"edges": (0.0, 0.9), "masses": (1.0,)},
        {"edges": (0.0, 0.5, 1.0), "masses": (0.5, 0.4)},
    ],
)
def test_what_is_no_density_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="no density"):
        Tilt(kind=Kind.TIME, id="a", gain=0.0, **wrong)  # type: ignore[arg-type]
