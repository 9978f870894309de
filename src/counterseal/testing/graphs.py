"""Small graphs that several tests share; nothing here is the code under test."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from counterseal.attackgraph.model import (
    AttackGraph,
    Cause,
    Family,
    LocalTime,
    Power,
    Step,
    StepKind,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy as np

YEAR = 365.25
_ANDS = 0.35  # share of and-steps in a puzzle
_INSTANTS = 0.4  # share of steps of a tangle that take no time


def constant(value: float) -> tuple[Power, ...]:
    """Return ``value`` as a product."""
    return () if value == 1.0 else (Power(base=value),)


def step(
    name: str,
    parents: Iterable[str] = (),
    *,
    every: bool = False,
    entry: bool = False,
    requires: Iterable[str] = (),
    success: float = 1.0,
    unseen: float = 1.0,
    time: LocalTime | None = None,
) -> Step:
    """Return a step of plain numbers; instant when no time is given."""
    return Step(
        id=name,
        kind=StepKind.AND if every else StepKind.OR,
        parents=tuple(sorted(parents)),
        entry=entry,
        time=time or LocalTime(family=Family.POINT, zero=True),
        success=constant(success),
        unseen=constant(unseen),
        requires=tuple(sorted(requires)),
    )


def graph(
    steps: Iterable[Step],
    causes: Mapping[str, float] | None = None,
    *,
    horizon_days: float = 25 * YEAR,
    max_attempts: int = 1,
    reentry: float = 1.0,
) -> AttackGraph:
    """Return a graph of ``steps``, with causes of the given probabilities."""
    return AttackGraph(
        steps=tuple(sorted(steps, key=lambda s: s.id)),
        causes={k: Cause(id=k, probability=constant(p)) for k, p in (causes or {}).items()},
        horizon_days=horizon_days,
        max_attempts=max_attempts,
        reentry=constant(reentry),
    )


def network(
    links: Sequence[tuple[object, object]],
    *,
    p: float,
    source: object,
    terminals: Sequence[object],
) -> AttackGraph:
    """Undirected links as two or-steps with one cause; step ``all`` needs every terminal."""
    nodes = sorted({str(node) for link in links for node in link})
    into: dict[str, list[str]] = {node: [] for node in nodes}
    steps = []
    for i, (one, other) in enumerate(links):
        for u, v in ((str(one), str(other)), (str(other), str(one))):
            steps.append(step(f"{u}>{v}", [f"node {u}"], requires=[f"link {i}"]))
            into[v].append(f"{u}>{v}")
    steps += [step(f"node {n}", into[n], entry=n == str(source)) for n in nodes]
    steps.append(step("all", [f"node {t}" for t in terminals], every=True))
    return graph(steps, {f"link {i}": p for i in range(len(links))})


BRIDGE = ((0, 1), (0, 2), (1, 2), (1, 3), (2, 3))
RINGS = tuple(
    [(i, (i + 1) % 8) for i in range(8)]
    + [(8 + i, 8 + (i + 1) % 8) for i in range(8)]
    + [(i, 8 + i) for i in range(8)]
)
GRID = tuple(
    [(5 * r + c, 5 * r + c + 1) for r in range(5) for c in range(4)]
    + [(5 * r + c, 5 * r + c + 5) for r in range(4) for c in range(5)]
)
HARDY = (("a", "b"), ("a", "c"), ("c", "b"), ("b", "d"), ("c", "e"), ("d", "e"))


def poolsappasit() -> AttackGraph:
    """Poolsappasit et al. (2012), fig. 3: A is reached through B or C, and both through D."""
    return graph(
        [
            step("D", entry=True, success=0.70),
            step("B", ["D"], success=0.85),
            step("C", ["D"], success=0.70),
            step("B>A", ["B"], success=0.65),
            step("C>A", ["C"]),
            step("A", ["B>A", "C>A"]),
        ]
    )


def cut_sets(sets: Iterable[Iterable[str]], *, p: float) -> AttackGraph:
    """One entry per basic event, one and-step per cut set, and ``top``: any of them."""
    listed = [tuple(sorted(cut)) for cut in sets]
    events = sorted({event for cut in listed for event in cut})
    steps = [step(event, entry=True, success=p) for event in events]
    steps += [step("+".join(cut), cut, every=True) for cut in listed if len(cut) > 1]
    steps.append(step("top", ["+".join(cut) for cut in listed]))
    return graph(steps)


@dataclass(frozen=True, kw_only=True)
class Puzzle:
    """A random and/or graph, as plain data, beside the graph made of it."""

    kinds: tuple[bool, ...]
    parents: tuple[tuple[int, ...], ...]
    entries: tuple[int, ...]
    needs: tuple[tuple[int, ...], ...]
    chances: tuple[float, ...]

    def graph(self) -> AttackGraph:
        """Return the graph to test."""
        steps = [
            step(
                f"s{i:02}",
                [f"s{p:02}" for p in self.parents[i]],
                every=self.kinds[i],
                entry=i in self.entries,
                requires=[f"c{c:02}" for c in self.needs[i]],
            )
            for i in range(len(self.kinds))
        ]
        return graph(steps, {f"c{i:02}": p for i, p in enumerate(self.chances)})

    def reached(self, events: Sequence[bool]) -> set[int]:
        """Return the reached set when ``events`` say which causes hold: plain closure."""
        found: set[int] = set()
        while True:
            more = {
                i
                for i, row in enumerate(self.parents)
                if i not in found
                and all(events[c] for c in self.needs[i])
                and (i in self.entries or self._led_to(i, row, found))
            }
            if not more:
                return found
            found |= more

    def _led_to(self, i: int, row: tuple[int, ...], found: set[int]) -> bool:
        return bool(row) and (all if self.kinds[i] else any)(p in found for p in row)

    def probability(self, target: int) -> float:
        """Return the probability that ``target`` is reached, by enumerating every event."""
        total = 0.0
        for events in itertools.product((False, True), repeat=len(self.chances)):
            if target in self.reached(events):
                weight = 1.0
                for holds, chance in zip(events, self.chances, strict=True):
                    weight *= chance if holds else 1.0 - chance
                total += weight
        return total


def puzzle(rng: np.random.Generator, *, size: int = 12, events: int = 8) -> Puzzle:
    """Return a random and/or graph with cycles; about a third are and-steps."""
    kinds = tuple(bool(rng.random() < _ANDS) for _ in range(size))
    parents = tuple(
        tuple(sorted({int(p) for p in rng.integers(0, size, 1 + rng.integers(0, 3))} - {i}))
        for i in range(size)
    )
    entries = (0, *(i for i in range(1, size) if not parents[i]))
    needs = tuple(
        tuple(sorted({int(c) for c in rng.integers(0, events, rng.integers(0, 3))}))
        for _ in range(size)
    )
    chances = tuple(float(c) for c in rng.uniform(0.2, 0.95, events))
    return Puzzle(kinds=kinds, parents=parents, entries=entries, needs=needs, chances=chances)


def tangle(
    rng: np.random.Generator, *, size: int = 14, horizon_days: float = 120.0
) -> tuple[AttackGraph, str]:
    """Return a random and/or graph with cycles in which times decide too, and a target.

    The target can be reached, if rarely. Two steps in a row are on one element.
    """
    drawn = puzzle(rng, size=size, events=8)
    plain = drawn.graph()
    steps = tuple(
        replace(one, time=_some_time(rng), element=f"e{number // 2}")
        for number, one in enumerate(plain.steps)
    )
    target = steps[max(drawn.reached([True] * 8))].id
    return replace(plain, steps=steps, horizon_days=horizon_days), target


def _some_time(rng: np.random.Generator) -> LocalTime:
    """Return a lognormal time of two or of sixty days, or none at all."""
    if rng.random() < _INSTANTS:
        return LocalTime(family=Family.POINT, zero=True)
    scale = constant(float(rng.choice([2.0, 60.0])))
    return LocalTime(family=Family.LOGNORMAL, scale=scale, shape=constant(1.0))
