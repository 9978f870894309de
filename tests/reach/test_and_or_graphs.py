"""Random and/or graphs with cycles: enumeration, a logic program, every oracle, the engine.

Each oracle sees 2,000 graphs with fixed seeds, and beside them graphs that Hypothesis draws,
for what fails there shrinks.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import clingo
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from counterseal.errors import RefusedExactError, UsageError
from counterseal.reach.dijkstra import settle_trial
from counterseal.reach.draws import Draws
from counterseal.reach.engine import Engine
from counterseal.reach.exact import exact_reach, minimal_cut_sets
from counterseal.reach.kernels.buckets import settle_by_buckets
from counterseal.reach.kernels.screen import reachable
from counterseal.testing.graphs import cut_sets, graph, network, poolsappasit, step
from counterseal.testing.riddles import Riddle, outcomes_of, riddle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

GRAPHS = 2_000
BATCH = 100
TRIALS = 4_000
FOUR_SIGMA = float(stats.norm.sf(4.0))


def uncertain(chances: NDArray[np.float64], seed: int) -> int:
    """Return a step to ask about, one that is neither certain nor impossible if there is."""
    rows = np.flatnonzero((chances > 0.0) & (chances < 1.0))
    return int(np.random.default_rng(seed).choice(rows if rows.size else chances.size))


BATCHES = [pytest.param(0, id="first")]
BATCHES += [
    pytest.param(i, id=str(i), marks=pytest.mark.slow) for i in range(1, GRAPHS // BATCH)
]


def test_the_random_graphs_have_cycles_and_and_steps_and_uncertain_targets() -> None:
    made = [riddle(seed) for seed in range(300)]
    assert sum(one.has_cycle() for one in made) > 200
    assert sum(any(one.every) for one in made) > 250
    uncertain_ones = [((p > 0.0) & (p < 1.0)).any() for p in (r.probabilities() for r in made)]
    assert sum(uncertain_ones) > 270


@pytest.mark.parametrize("batch", BATCHES)
def test_exact_is_enumeration_to_twelve_digits(batch: int) -> None:
    for seed in range(batch * BATCH, (batch + 1) * BATCH):
        made = riddle(seed)
        expected = made.probabilities()
        target = uncertain(expected, seed)
        found = exact_reach(made.graph(), f"s{target:02}")
        assert found == pytest.approx(expected[target], abs=1e-12), seed


def test_exact_is_enumeration_for_every_step_of_graphs_with_twelve_events() -> None:
    made = [riddle(seed, most_causes=10) for seed in range(60)]
    large = [one for one in made if len(one.chances) >= 12]
    assert len(large) >= 5
    for one in large:
        expected = one.probabilities()
        found = [exact_reach(one.graph(), f"s{i:02}") for i in range(one.size)]
        assert found == pytest.approx(list(expected), abs=1e-12)


@pytest.mark.parametrize("batch", BATCHES)
def test_simulated_reach_is_within_four_standard_errors_of_enumeration(batch: int) -> None:
    """By the binomial distribution itself; four errors is 1 in 31,574 on either side."""
    scores = []
    for seed in range(batch * BATCH, (batch + 1) * BATCH):
        made = riddle(seed)
        chances = made.probabilities()
        target = uncertain(chances, seed)
        chance = min(1.0, chances[target])
        name = f"s{target:02}"
        draws = Draws(seed=seed, outer=1, lanes=TRIALS)
        row = Engine(made.graph(), draws=draws, targets=[name], workers=1).run().row(name)
        hits = int((row < 65535).sum())
        assert stats.binom.cdf(hits, TRIALS, chance) >= FOUR_SIGMA, seed
        assert stats.binom.sf(hits - 1, TRIALS, chance) >= FOUR_SIGMA, seed
        spread = TRIALS * chance * (1.0 - chance)
        if spread >= 10.0:
            scores.append((hits - TRIALS * chance) / spread**0.5)
    assert stats.chi2.sf(np.square(scores).sum(), len(scores)) > 1e-4


@pytest.mark.parametrize("batch", BATCHES)
def test_what_the_engine_reaches_in_a_trial_is_what_a_logic_program_derives(batch: int) -> None:
    for seed in range(batch * BATCH, (batch + 1) * BATCH):
        made = riddle(seed)
        names = [f"s{i:02}" for i in range(made.size)]
        draws = Draws(seed=seed, outer=1, lanes=2)
        engine = Engine(made.graph(), draws=draws, targets=names, workers=1)
        engine.run()
        state = next(iter(engine.states()))
        works = np.zeros((made.size, 2), dtype=bool)
        reached = np.zeros_like(works)
        for row, name in enumerate(engine.program.names):
            works[int(name[1:])] = state.x[0, row] < 65535
            reached[int(name[1:])] = state.t[0, row] < 65535
        assert np.array_equal(reached, made.reached(works)), seed
        derived = derived_by_clingo(made, works)
        assert np.array_equal(reached, derived), seed
        assert_other_oracles_agree(engine, state.x[0], state.t[0])


def assert_other_oracles_agree(
    engine: Engine, x: NDArray[np.uint16], t: NDArray[np.uint16]
) -> None:
    """Assert that heap and buckets give the arrivals of each trial, and the screen the set."""
    links = engine.program.links
    assert np.array_equal(reachable(links, x), t < 65535)
    rows = itertools.pairwise(links.parent_row.tolist())
    parents = [links.parent[low:high].tolist() for low, high in rows]
    every, entries = links.kind.astype(bool).tolist(), links.entry.astype(bool).tolist()
    for lane in range(x.shape[1]):
        assert np.array_equal(settle_by_buckets(links, x[:, lane]), t[:, lane])
        found = settle_trial(x[:, lane].tolist(), parents=parents, every=every, entries=entries)
        assert list(found.ticks) == t[:, lane].tolist()


@st.composite
def riddles(draw: st.DrawFn) -> Riddle:
    """Draw a graph of up to eight steps and six events; what fails shrinks to a small one."""
    size = draw(st.integers(1, 8))
    some = st.lists(st.integers(0, size - 1), unique=True, max_size=3).map(sorted)
    parents = [tuple(p for p in draw(some) if p != i) for i in range(size)]
    causes = draw(st.integers(0, 3))
    owners = [-1] * causes + draw(some)
    needs = [
        {e for e in range(causes) if draw(st.booleans())}
        | {e for e, owner in enumerate(owners) if owner == i}
        for i in range(size)
    ]
    chance = st.sampled_from([0.25, 0.5, 0.75])
    return Riddle(
        every=tuple(bool(row) and draw(st.booleans()) for row in parents),
        parents=tuple(parents),
        entry=tuple(draw(st.booleans()) for _ in range(size)),
        needs=tuple(tuple(sorted(row)) for row in needs),
        chances=tuple(draw(chance) for _ in owners),
        owners=tuple(owners),
        attempts=draw(st.integers(1, 2)),
    )


@settings(max_examples=100, deadline=None)
@given(made=riddles())
def test_every_oracle_agrees_on_graphs_that_shrink(made: Riddle) -> None:
    names = [f"s{i:02}" for i in range(made.size)]
    engine = Engine(
        made.graph(), draws=Draws(seed=3, outer=1, lanes=70), targets=names, workers=1
    )
    engine.run()
    works, reached = np.zeros((2, made.size, 70), dtype=bool)
    for state in engine.states():
        for row, name in enumerate(engine.program.names):
            works[int(name[1:])] = state.x[0, row, :70] < 65535
            reached[int(name[1:])] = state.t[0, row, :70] < 65535
        assert_other_oracles_agree(engine, state.x[0, :, :3], state.t[0, :, :3])
    assert np.array_equal(reached, made.reached(works))
    assert np.array_equal(reached[:, :8], derived_by_clingo(made, works[:, :8]))
    expected = made.probabilities()
    found = [exact_reach(made.graph(), name) for name in names]
    assert found == pytest.approx(list(expected), abs=1e-12)


RULES = """
r(S,W) :- entry(S), works(S,W).
r(S,W) :- or(S), works(S,W), p(S,P), r(P,W).
r(S,W) :- and(S), works(S,W), r(P,W) : p(S,P).
"""


def derived_by_clingo(made: Riddle, works: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the steps in the least model of a logic program, for each outcome."""
    facts = []
    for i in range(made.size):
        facts += [f"p({i},{p})." for p in made.parents[i]]
        facts += [f"{'and' if made.every[i] else 'or'}({i})."]
        facts += [f"entry({i})."] if made.entry[i] else []
        facts += [f"works({i},{w})." for w in np.flatnonzero(works[i])]
    control = clingo.Control(["--warn=none"])
    control.add("base", [], RULES + "\n".join(facts))
    control.ground([("base", [])])
    found = np.zeros_like(works)
    models = 0
    with control.solve(yield_=True) as answers:
        for model in answers:
            models += 1
            for atom in model.symbols(atoms=True):
                if atom.name == "r":
                    found[atom.arguments[0].number, atom.arguments[1].number] = True
    assert models == 1
    return found


def cuts_by_enumeration(
    made: Riddle, target: int, candidates: list[str]
) -> set[frozenset[str]]:
    """Return the minimal sets of candidates without which the target is never reached."""
    kept = outcomes_of(len(candidates))
    works = np.ones((made.size, kept.shape[1]), dtype=bool)
    for name, keeps in zip(candidates, kept, strict=True):
        number = int(name[1:])
        for i in range(made.size):
            if (name[0] == "s" and i == number) or (name[0] == "c" and number in made.needs[i]):
                works[i] &= keeps
    stopped = ~made.reached(works)[target]
    cuts: list[frozenset[str]] = []
    by_size = sorted(np.flatnonzero(stopped), key=lambda column: int((~kept[:, column]).sum()))
    for column in by_size:
        removed = frozenset(itertools.compress(candidates, ~kept[:, column]))
        if not any(cut <= removed for cut in cuts):
            cuts.append(removed)
    return set(cuts)


@pytest.mark.parametrize(
    "batch", [0, *(pytest.param(i, marks=pytest.mark.slow) for i in range(1, 5))]
)
def test_minimal_cut_sets_are_those_of_enumeration(batch: int) -> None:
    sizes = set()
    for seed in range(batch * BATCH, (batch + 1) * BATCH):
        made = riddle(seed, fan=6)
        rng = np.random.default_rng(seed)
        target = int(rng.integers(0, made.size))
        names = [f"s{i:02}" for i in range(made.size)]
        names += [f"c{e:02}" for e, owner in enumerate(made.owners) if owner < 0]
        some = rng.permutation([n for n in names if n != f"s{target:02}"])
        candidates = sorted(str(n) for n in some[: rng.integers(0, 12)])
        found = minimal_cut_sets(
            made.graph(), f"s{target:02}", candidates=candidates, most=2_000
        )
        expected = cuts_by_enumeration(made, target, candidates)
        assert {frozenset(cut) for cut in found.sets} == expected, seed
        assert found.total == len(found.sets) == len(expected), seed
        sizes.add(max((len(cut) for cut in expected), default=-1))
    assert sizes >= {-1, 0, 1, 2, 3}


# tkieras/iscram, test_cutset.py: the minimal cut sets of its canonical system, x1 .. x9.
ISCRAM = {
    frozenset(cut)
    for cut in [
        {"1"},
        *({a, b} for a in "234" for b in "567"),
        *({"8", "9", b} for b in "567"),
    ]
}


def test_the_cut_sets_of_the_cut_sets_are_the_sets_themselves() -> None:
    """Whatever meets every minimal cut set is a path set, and the other way round."""
    paths = minimal_cut_sets(cut_sets(ISCRAM, p=0.5), "top", candidates="123456789")
    again = minimal_cut_sets(cut_sets(paths.sets, p=0.5), "top", candidates="123456789")
    assert {frozenset(cut) for cut in again.sets} == ISCRAM
    assert again.total == 13


@pytest.mark.parametrize("nodes", range(2, 9))
def test_a_complete_network_has_a_cut_set_for_every_division_of_its_nodes(nodes: int) -> None:
    links = list(itertools.combinations(range(nodes), 2))
    made = network(links, p=0.5, source=0, terminals=[1])
    candidates = [f"link {i}" for i in range(len(links))]
    found = minimal_cut_sets(made, "all", candidates=candidates, most=500)
    assert found.total == len(found.sets) == 2 ** (nodes - 2)
    expected = sorted(1 + k * (nodes - 2 - k) + (nodes - 2) for k, _ in divisions(nodes - 2))
    assert [len(cut) for cut in found.sets] == expected


def divisions(nodes: int) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Yield every subset of ``nodes`` nodes, its size first."""
    for size in range(nodes + 1):
        for subset in itertools.combinations(range(nodes), size):
            yield size, subset


def test_the_smallest_cut_sets_come_first_and_the_rest_is_counted() -> None:
    entries = [step(f"e{i:02}", entry=True) for i in range(40)]
    pairs = [step(f"p{i:02}", [f"e{i:02}", f"e{i + 20:02}"], every=True) for i in range(20)]
    made = graph([*entries, *pairs, step("v", [p.id for p in pairs]), step("w", ["v"])])
    candidates = [s.id for s in made.steps if s.id != "w"]
    found = minimal_cut_sets(made, "w", candidates=candidates, most=3)
    assert found.total == 1 + 3**20
    assert found.sets[0] == ("v",)
    assert [len(cut) for cut in found.sets] == [1, 20, 20]
    assert found == minimal_cut_sets(made, "w", candidates=candidates[::-1], most=3)


def test_a_target_out_of_reach_needs_no_cut_and_a_certain_one_has_none() -> None:
    made = graph([step("in", entry=True), step("v", ["in"]), step("x", ["v"], success=0.0)])
    never = minimal_cut_sets(made, "x", candidates=["in"])
    assert (never.sets, never.total) == (((),), 1)
    always = minimal_cut_sets(made, "v", candidates=["x"])
    assert (always.sets, always.total) == ((), 0)


def test_an_unlikely_step_still_has_to_be_cut() -> None:
    found = minimal_cut_sets(poolsappasit(), "A", candidates=["B", "C>A", "D"])
    assert found.sets == (("D",), ("B", "C>A"))


def test_one_id_of_a_step_and_a_cause_removes_both() -> None:
    made = graph(
        [step("a", entry=True), step("b", entry=True, requires=["a"]), step("v", ["a", "b"])],
        {"a": 0.5},
    )
    assert minimal_cut_sets(made, "v", candidates=["a"]).sets == (("a",),)


def test_cut_sets_of_unknown_candidates_or_beyond_the_bound_are_refused() -> None:
    made = cut_sets(ISCRAM, p=0.5)
    with pytest.raises(UsageError, match="no step and no cause 10"):
        minimal_cut_sets(made, "top", candidates=["1", "10"])
    with pytest.raises(UsageError, match="at least one"):
        minimal_cut_sets(made, "top", candidates=["1"], most=0)
    with pytest.raises(RefusedExactError, match="more than 20 nodes"):
        minimal_cut_sets(made, "top", candidates="123456789", most_nodes=20)
