"""The engine with bent numbers, at a level: what happens, and how much each trial weighs.

At level 1 it is the engine. At a lower level everything is easier: chances are raised to the
power of the level, times and delays multiplied by it. With the same numbers, what is reached at
one level is reached at every lower one, so levels are a ladder to what is rare.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from counterseal.reach.engine import Engine
from counterseal.reach.kernels.attempts import SCALE, SUCCESS, UNSEEN
from counterseal.reach.kernels.bending import NOWHERE, gather, weigh
from counterseal.reach.parameters import quantiles
from counterseal.reach.rare.inputs import Input, where
from counterseal.reach.rare.tilts import Kind, bends, rows
from counterseal.reach.special import exp, log, njit, normal_quantile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from counterseal.attackgraph.model import AttackGraph
    from counterseal.reach.draws import Draws
    from counterseal.reach.kernels.bending import Bends
    from counterseal.reach.plan import Plan
    from counterseal.reach.program import Program
    from counterseal.reach.rare.tilts import TiltSet
    from counterseal.reach.tiling import Tiling

__all__ = ["BentEngine"]

_SHAPE = 1


class BentEngine(Engine):
    """An engine whose numbers are bent by sets of tilts."""

    def __init__(
        self,
        graph: AttackGraph,
        *,
        draws: Draws,
        program: Program,
        sets: Sequence[TiltSet] = (),
        level: float = 1.0,
        workers: int | None = None,
        memory_bytes: int = 0,
    ) -> None:
        """Prepare ``graph``.

        Args:
            graph: The attack graph.
            draws: Seed, epistemic draws, trials in each.
            program: What ``build`` made of it for one target.
            sets: Which inputs are bent; facts only where ``draws.lanes`` is 1.
            level: In (0, 1]; 1 is the graph as it is.
            workers: Threads; all processors when ``None``.
            memory_bytes: The state is kept while it fits in this.
        """
        super().__init__(
            graph,
            draws=draws,
            workers=workers,
            targets=program.targets,
            memory_bytes=memory_bytes,
            program=program,
        )
        self._sets = tuple(sets)
        self._rows = rows(self._sets)
        self._level = level

    @cached_property
    def _bends(self) -> Bends | tuple[()]:
        return bends(self._sets, self.program, seed=self.draws.seed)

    @property
    def _read(self) -> Bends:
        """The bends for what reads numbers, which takes no other type."""
        return self._bends or NOWHERE

    @cached_property
    def plan(self) -> Plan:
        """What the sampler knows, with bends and with the factors bent."""
        plan = super().plan
        for one in self._bent(Kind.FACTOR):
            place = self.program.latents.index(one.id)
            _scores(self.numbers([one], self._trials)[0], self.layout, plan.latents[place])
        roles, cause_rows, reentry, _ = self._raised
        return plan._replace(
            bends=self._bends, roles=roles, cause_rows=cause_rows, reentry=reentry
        )

    @cached_property
    def table(self) -> NDArray[np.float64]:
        """Every product in every outer draw, with the facts bent, at the level."""
        return self._raised[3]

    @cached_property
    def _raised(
        self,
    ) -> tuple[NDArray[np.int32], NDArray[np.int32], int, NDArray[np.float64]]:
        """Roles, rows of causes, row of re-entry, and the table that they refer to."""
        for one in self._bent(Kind.FACT):
            numbers = self.numbers([one], self._trials)[0]
            values = quantiles(self.graph.parameters[one.id], numbers)
            place = self._places[self.program.row_of_value[one.id]]
            self._values.table[place] = values
        table = super().table
        program = self.program
        if self._level == 1.0:
            return program.roles, program.cause_rows, program.reentry, table
        ladder = _Ladder(table, self._level)
        roles = np.empty_like(program.roles)
        roles[SCALE] = ladder.slower(program.roles[SCALE])
        roles[_SHAPE] = ladder.same(program.roles[_SHAPE])
        roles[SUCCESS] = ladder.likelier(program.roles[SUCCESS])
        roles[UNSEEN] = ladder.likelier(program.roles[UNSEEN])
        cause_rows = ladder.likelier(program.cause_rows)
        reentry = int(ladder.slower(np.array([program.reentry], dtype=np.int32))[0])
        return roles, cause_rows, reentry, ladder.table()

    @cached_property
    def _trials(self) -> NDArray[np.int64]:
        return np.arange(self.draws.trials, dtype=np.int64)

    def _bent(self, kind: Kind) -> list[Input]:
        """Return the inputs of a kind that decide no yes or no and that some set bends."""
        return [Input(kind, name) for one, name in self._rows if one is kind]

    def numbers(
        self, inputs: Sequence[Input], trials: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Return the number of each input in some trials, as bent; shape (inputs, trials)."""
        out = np.empty((len(inputs), trials.size))
        found = where(self, inputs, self._rows)
        gather(self._read, found, trials, out)
        return out

    def weights(self, trials: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return honest density over used density of some trials; 1 where nothing is bent."""
        out = np.ones(trials.size)
        if self._rows:
            weigh(self._read, where(self, self._inputs, self._rows), trials, out)
        return out

    @property
    def _inputs(self) -> list[Input]:
        """The inputs that some set bends, in the order of the rows."""
        roles = {Kind.WORKS: SUCCESS, Kind.SEEN: UNSEEN}
        found = []
        for kind, name in self._rows:
            product = -1
            if kind in roles:
                product = int(self.plan.roles[roles[kind], self.program.index[name]])
            elif kind is Kind.CAUSE:
                product = int(self.plan.cause_rows[self.program.causes.index(name)])
            found.append(Input(kind, name, product))
        return found


class _Ladder:
    """A table in which products that serve different ends have rows of their own."""

    def __init__(self, table: NDArray[np.float64], level: float) -> None:
        self._table = table
        self._level = level
        self._parts: list[NDArray[np.float64]] = []

    def same(self, rows: NDArray[np.int32]) -> NDArray[np.int32]:
        """Return where the products of ``rows`` now are."""
        return self._added(rows)[1]

    def slower(self, rows: NDArray[np.int32]) -> NDArray[np.int32]:
        """Return where they are, multiplied by the level."""
        part, found = self._added(rows)
        part *= self._level
        return found

    def likelier(self, rows: NDArray[np.int32]) -> NDArray[np.int32]:
        """Return where they are, raised to the power of the level."""
        part, found = self._added(rows)
        _raise(part, self._level)
        return found

    def table(self) -> NDArray[np.float64]:
        """Return the table that the returned rows refer to."""
        return np.concatenate(self._parts)

    def _added(self, rows: NDArray[np.int32]) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
        start = sum(part.shape[0] for part in self._parts)
        unique, place = np.unique(rows, return_inverse=True)
        part = self._table[unique]
        self._parts.append(part)
        return part, (place + start).astype(np.int32)


@njit
def _raise(chances: NDArray[np.float64], level: float) -> None:
    """Raise chances below 1 to the power of the level; 0 stays 0."""
    for row in range(chances.shape[0]):
        for i in range(chances.shape[1]):
            if 0.0 < chances[row, i] < 1.0:
                chances[row, i] = exp(level * log(chances[row, i]))


@njit
def _scores(u: NDArray[np.float64], layout: Tiling, out: NDArray[np.float64]) -> None:
    """Write the normal scores of one number for each trial to the columns of their lanes."""
    width = layout.draws * layout.lanes
    for column in range(out.size):
        tile, place = column // width, column % width
        draw = tile // layout.parts * layout.draws + place // layout.lanes
        lane = tile % layout.parts * layout.lanes + place % layout.lanes
        if draw < layout.outer and lane < layout.trials:
            out[column] = normal_quantile(u[draw * layout.trials + lane])
