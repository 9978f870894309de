"""Published values, other people's programs and plain enumeration agree with the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import clingo
import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from counterseal.attackgraph.model import Family, LocalTime, Power, StepKind
from counterseal.reach.dijkstra import settle_trial
from counterseal.reach.draws import Draws
from counterseal.reach.engine import Engine
from counterseal.reach.estimate import Proportion
from counterseal.reach.exact import exact_reach
from counterseal.reach.explaining.walking import lift
from counterseal.testing.graphs import (
    BRIDGE,
    GRID,
    HARDY,
    RINGS,
    cut_sets,
    graph,
    network,
    poolsappasit,
    step,
)

if TYPE_CHECKING:
    from counterseal.attackgraph.model import AttackGraph

# Two-terminal and all-terminal reliability with perfect nodes: Yeh (2002); Hardy, Lucet and
# Limnios (2007), fig. 5 for the last three.
NETWORKS = [
    ("bridge", network(BRIDGE, p=0.9, source=0, terminals=[3]), 0.97848, 1e-12),
    ("rings", network(RINGS, p=0.9, source=0, terminals=[4]), 0.995552774437, 1e-12),
    ("figure 5, p=.3", network(HARDY, p=0.3, source="a", terminals="cd"), 0.095607, 1e-12),
    ("figure 5, p=.5", network(HARDY, p=0.5, source="a", terminals="cd"), 0.359375, 1e-12),
    ("figure 5, p=.9", network(HARDY, p=0.9, source="a", terminals="cd"), 0.967383, 1e-12),
]
GRIDS = [
    ("corners", network(GRID, p=0.9, source=0, terminals=[24]), 0.975556589505, 1e-12),
    ("all", network(GRID, p=0.9, source=0, terminals=range(25)), 0.939813132115, 1e-12),
]

# tkieras/iscram, test_cutset.py: the minimal cut sets of its canonical system, x1 .. x9.
ISCRAM = [{"1"}, *({a, b} for a in "234" for b in "567"), *({"8", "9", b} for b in "567")]
# The list in its test_risk.py, which has {4, 8, 9} in place of {5, 8, 9}.
ISCRAM_RISK = [cut if cut != {"5", "8", "9"} else {"4", "8", "9"} for cut in ISCRAM]


def simulated(made: AttackGraph, target: str, *, trials: int = 100_000) -> Proportion:
    draws = Draws(seed=17, outer=1, lanes=trials)
    row = Engine(made, draws=draws, targets=[target]).run().row(target)
    return Proportion(hits=int((row < 65535).sum()), trials=trials)


def agrees(found: Proportion, expected: float) -> bool:
    """Within four standard errors of what is expected."""
    spread = np.sqrt(max(0.0, expected * (1.0 - expected)) / found.trials)
    return bool(abs(found.estimate - expected) <= 4.0 * spread + 1e-12)


@pytest.mark.parametrize(
    ("made", "expected", "within"), [n[1:] for n in NETWORKS], ids=[n[0] for n in NETWORKS]
)
def test_network_reliability_is_exact(
    made: AttackGraph, expected: float, within: float
) -> None:
    assert exact_reach(made, "all") == pytest.approx(expected, abs=within)
    assert agrees(simulated(made, "all"), expected)


@pytest.mark.parametrize(
    ("made", "expected", "within"), [n[1:] for n in GRIDS], ids=[n[0] for n in GRIDS]
)
def test_the_reliability_of_a_grid_is_exact(
    made: AttackGraph, expected: float, within: float
) -> None:
    assert exact_reach(made, "all") == pytest.approx(expected, abs=within)
    assert agrees(simulated(made, "all"), expected)


def test_a_common_ancestor_is_counted_once() -> None:
    """Poolsappasit et al. (2012), fig. 3; 0.687 would treat the parents as independent."""
    assert exact_reach(poolsappasit(), "A") == pytest.approx(0.606025, abs=1e-12)
    found = simulated(poolsappasit(), "A")
    assert agrees(found, 0.606025)
    assert not agrees(found, 0.687)


@pytest.mark.parametrize(
    ("sets", "expected"),
    [(ISCRAM, 459 / 512), (ISCRAM_RISK, 0.90234375)],
    ids=["minimal", "as listed in test_risk"],
)
def test_cut_sets_that_share_events_are_not_multiplied(
    sets: list[set[str]], expected: float
) -> None:
    """13 cut sets at p = .5; 0.97485 is the bound that takes them as independent."""
    assert len(sets) == 13
    bound = 1.0 - np.prod([1.0 - 0.5 ** len(cut) for cut in sets])
    assert bound == pytest.approx(0.9748495630919933, abs=1e-12)
    made = cut_sets(sets, p=0.5)
    assert exact_reach(made, "top") == pytest.approx(expected, abs=1e-12)
    assert agrees(simulated(made, "top"), expected)


def timed(rng: np.random.Generator, *, size: int, ands: float) -> AttackGraph:
    """A random graph with cycles, many ties and instant steps."""
    steps = []
    for i in range(size):
        slow = LocalTime(family=Family.LOGNORMAL, scale=(Power(base=300.0),))
        parents = {int(p) for p in (rng.random(1 + rng.poisson(2)) ** 1.5 * size)} - {i}
        steps.append(
            step(
                f"s{i:04}",
                [f"s{p:04}" for p in parents],
                every=bool(parents) and bool(rng.random() < ands),
                entry=i < 3,
                time=slow if rng.random() < 0.5 else None,
                success=0.8 if rng.random() < 0.3 else 1.0,
            )
        )
    return graph(steps)


def trials_of(made: AttackGraph, *, lanes: int = 70) -> tuple[Engine, np.ndarray, np.ndarray]:
    """Return an engine over every step, and X and T of shape (steps, trials)."""
    names = [s.id for s in made.steps]
    draws = Draws(seed=5, outer=2, lanes=lanes)
    engine = Engine(made, draws=draws, targets=names, workers=1)
    engine.run()
    state = next(engine.states())
    x, t = (a.transpose(1, 0, 2).reshape(a.shape[1], -1) for a in (state.x, state.t))
    return engine, x, t


def test_or_only_arrivals_are_those_of_scipy_bit_for_bit() -> None:
    engine, x, t = trials_of(timed(np.random.default_rng(8), size=300, ands=0.0))
    links, size = engine.program.links, len(engine.program.steps)
    children = np.repeat(np.arange(size), np.diff(links.parent_row))
    entries = np.flatnonzero(links.entry)
    rows = np.concatenate([links.parent, np.full(entries.size, size)])
    columns = np.concatenate([children, entries])
    for trial in range(0, x.shape[1], 7):
        # scipy reads an explicit zero as an edge of length zero; a large number is never.
        local = x[:, trial].astype(float)
        local[local == 65535] = 1e9
        weights = csr_array((local[columns], (rows, columns)), shape=(size + 1, size + 1))
        theirs = dijkstra(weights, indices=np.array([size]))[0, :size]
        theirs = np.where(theirs > 65534, 65535, theirs)
        assert np.array_equal(theirs.astype(np.uint16), t[:, trial])


def test_arrivals_and_heights_are_those_of_knuths_algorithm_bit_for_bit() -> None:
    engine, x, t = trials_of(timed(np.random.default_rng(9), size=300, ands=0.3))
    links = engine.program.links
    h = np.full(t.shape, 65535, dtype=np.uint16)
    room = np.empty(t.shape[0] + 1, dtype=np.int64)
    for row, trial in np.argwhere(t != 65535).tolist():
        lift(links, row, trial, x, t, h, room)
    parents = [
        links.parent[links.parent_row[i] : links.parent_row[i + 1]].tolist()
        for i in range(len(engine.program.steps))
    ]
    for trial in range(0, x.shape[1], 5):
        found = settle_trial(
            x[:, trial].tolist(),
            parents=parents,
            every=links.kind.astype(bool).tolist(),
            entries=links.entry.astype(bool).tolist(),
        )
        assert list(found.ticks) == t[:, trial].tolist()
        assert list(found.heights) == h[:, trial].tolist()
        assert [found.ticks[s] for s in found.order] == sorted(
            found.ticks[s] for s in found.order
        )


def clingo_reached(made: AttackGraph, works: dict[str, bool]) -> set[str]:
    """Return the reached set as a logic program gives it."""
    number = {s.id: i for i, s in enumerate(made.steps)}
    lines = ["r(S) :- entry(S), works(S).", "r(S) :- or(S), works(S), p(S,P), r(P)."]
    lines.append("r(S) :- and(S), works(S), r(P) : p(S,P).")
    for s in made.steps:
        i = number[s.id]
        lines += [f"p({i},{number[p]})." for p in s.parents]
        lines.append(f"{'and' if s.kind is StepKind.AND and s.parents else 'or'}({i}).")
        lines += [f"entry({i})."] if s.entry else []
        lines += [f"works({i})."] if works[s.id] else []
    lines.append("works(-1). p(-1,-1). entry(-1).")
    control = clingo.Control(["--warn=none"])
    control.add("base", [], "\n".join(lines))
    control.ground([("base", [])])
    found: set[int] = set()
    control.solve(
        on_model=lambda m: found.update(
            a.arguments[0].number for a in m.symbols(atoms=True) if a.name == "r"
        )
    )
    return {s.id for s in made.steps if number[s.id] in found}


@pytest.mark.parametrize("seed", range(5))
def test_the_reached_set_is_that_of_a_logic_program(seed: int) -> None:
    made = timed(np.random.default_rng(100 + seed), size=60, ands=0.4)
    engine, x, t = trials_of(made, lanes=4)
    names = [s.id for s in engine.program.steps]
    for trial in range(x.shape[1]):
        works = {s.id: False for s in made.steps}
        works |= {name: bool(x[i, trial] < 65535) for i, name in enumerate(names)}
        reached = {name for i, name in enumerate(names) if t[i, trial] < 65535}
        assert reached == clingo_reached(made, works)
