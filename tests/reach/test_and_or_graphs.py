"""Thousands of random and/or graphs with cycles: enumeration, a logic program and the engine.

The random graphs are plain data; their reached sets are worked out for all outcomes of all
events at once, by repetition until nothing changes, which shares no code with what is tested.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import clingo
import numpy as np
import pytest
from scipy import stats
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from counterseal.errors import RefusedExactError, UsageError
from counterseal.reach.draws import Draws
from counterseal.reach.engine import Engine
from counterseal.reach.exact import exact_reach, minimal_cut_sets
from counterseal.testing.graphs import cut_sets, graph, network, poolsappasit, step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from counterseal.attackgraph.model import AttackGraph

GRAPHS = 2_000
BATCH = 100
TRIALS = 4_000
FOUR_SIGMA = float(stats.norm.sf(4.0))


@dataclass(frozen=True, kw_only=True)
class Riddle:
    """A random and/or graph as plain data; event ``i`` is a cause or one step's own luck."""

    every: tuple[bool, ...]
    parents: tuple[tuple[int, ...], ...]
    entry: tuple[bool, ...]
    needs: tuple[tuple[int, ...], ...]
    chances: tuple[float, ...]
    owners: tuple[int, ...]  # of each event the step whose luck it is, -1 for a cause
    attempts: int

    @property
    def size(self) -> int:
        """How many steps there are."""
        return len(self.every)

    def graph(self) -> AttackGraph:
        """Return the graph to test; half of the lucky steps are lucky in not being seen."""
        steps = []
        for i in range(self.size):
            lucky = [e for e in self.needs[i] if self.owners[e] == i]
            chance = self.chances[lucky[0]] if lucky else 1.0
            unseen = 1.0 - (1.0 - chance) ** (1.0 / self.attempts)
            steps.append(
                step(
                    f"s{i:02}",
                    [f"s{p:02}" for p in self.parents[i]],
                    every=self.every[i],
                    entry=self.entry[i],
                    requires=[f"c{e:02}" for e in self.needs[i] if self.owners[e] < 0],
                    success=1.0 if i % 2 else chance,
                    unseen=unseen if i % 2 else 1.0,
                )
            )
        causes = {f"c{e:02}": self.chances[e] for e, i in enumerate(self.owners) if i < 0}
        return graph(steps, causes, max_attempts=self.attempts)

    def reached(self, works: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return which steps are reached, given which work; shapes (steps, outcomes)."""
        found = np.zeros_like(works)
        while True:
            before = found.copy()
            for i, row in enumerate(self.parents):
                join = np.all if self.every[i] and row else np.any
                led = join(found[list(row)], axis=0)
                found[i] = works[i] & (led | self.entry[i])
            if np.array_equal(before, found):
                return found

    def probabilities(self) -> NDArray[np.float64]:
        """Return the probability of every step, by enumeration of every outcome."""
        outcomes = outcomes_of(len(self.chances))
        chances = np.array(self.chances)[:, None]
        weights = np.where(outcomes, chances, 1.0 - chances).prod(axis=0)
        works = np.array([outcomes[list(row)].all(axis=0) for row in self.needs])
        return np.array(np.where(self.reached(works), weights, 0.0).sum(axis=1))

    def has_cycle(self) -> bool:
        """Return whether some step can come after itself."""
        pairs = [(p, i) for i, row in enumerate(self.parents) for p in row]
        links = csr_array(
            (np.ones(len(pairs)), np.array(pairs).T.reshape(2, -1)), shape=(self.size,) * 2
        )
        return bool(connected_components(links, connection="strong")[0] < self.size)


def outcomes_of(events: int) -> NDArray[np.bool_]:
    """Return every combination of that many yes or no; shape (events, 2**events)."""
    numbers = np.arange(2**events)
    return (numbers >> np.arange(events)[:, None] & 1).astype(bool)


def riddle(seed: int, *, fan: int = 3, most_causes: int = 5) -> Riddle:
    """Return a random graph of 4 to 16 steps, with up to four events beside the causes."""
    rng = np.random.default_rng([3, seed])
    entries = (0.1, 0.4)[seed % 2]
    size, causes = int(rng.integers(4, 17)), int(rng.integers(1, most_causes + 1))
    parents = [
        tuple(sorted({int(p) for p in rng.integers(0, size, rng.integers(1, fan + 1))} - {i}))
        for i in range(size)
    ]
    needs = [{int(c) for c in rng.integers(0, causes, 1)} for _ in range(size)]
    needs = [row if rng.random() < 0.4 else set() for row in needs]
    owners = [-1] * causes
    for i in rng.permutation(size)[: rng.integers(0, 5)]:
        needs[i].add(len(owners))
        owners.append(int(i))
    return Riddle(
        every=tuple(bool(row) and bool(rng.random() < 0.35) for row in parents),
        parents=tuple(parents),
        entry=tuple(i == 0 or bool(rng.random() < entries) for i in range(size)),
        needs=tuple(tuple(sorted(row)) for row in needs),
        chances=tuple(float(c) for c in rng.uniform(0.1, 0.95, len(owners))),
        owners=tuple(owners),
        attempts=int(rng.integers(1, 4)),
    )


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
