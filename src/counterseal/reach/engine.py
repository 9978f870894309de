"""Simulation of one attack graph: base run, and cheap reruns with a few facts changed.

Local times are drawn once. A rerun works out which products, and so which steps, the changed
facts touch, draws only those steps anew (their other random numbers stay as they are), and
corrects only the arrivals that rest on them. Results do not depend on the number of workers.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock
from types import MappingProxyType
from typing import TYPE_CHECKING

import numba
import numpy as np

from counterseal.errors import UsageError
from counterseal.reach.parameters import sample
from counterseal.reach.plan import plan
from counterseal.reach.program import build, evaluate
from counterseal.reach.sampling import NEVER, sample_tiles
from counterseal.reach.sharing import Drawn, alike
from counterseal.reach.sweep import copy_rows, resettle, settle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from counterseal.attackgraph.model import AttackGraph
    from counterseal.reach.draws import Draws
    from counterseal.reach.plan import Plan
    from counterseal.reach.program import Program

__all__ = ["Arrivals", "Engine", "State"]

_NONE: Mapping[str, float] = MappingProxyType({})
_NO_VALUES: Mapping[str, NDArray[np.float64]] = MappingProxyType({})
_WIDE, _NARROW, _LARGE = 128, 64, 10_000
_LAST_TICK = 65534


@dataclass(frozen=True, kw_only=True)
class Arrivals:
    """When the adversary arrives at some steps, in every trial.

    Attributes:
        steps: Ids, in the order of the rows.
        ticks: Shape (steps, trials), read-only; 65535 is never within the horizon.
        tick_days: Length of a tick.
        draws: Trial ``outer_index * draws.lanes + lane``.
    """

    steps: tuple[str, ...]
    ticks: NDArray[np.uint16] = field(repr=False)
    tick_days: float
    draws: Draws

    @cached_property
    def _rows(self) -> Mapping[str, int]:
        return {step: row for row, step in enumerate(self.steps)}

    def row(self, step: str) -> NDArray[np.uint16]:
        """Return the ticks of one step, shape (trials,).

        Raises:
            UsageError: The step is not among ``steps``.
        """
        if step not in self._rows:
            raise UsageError(f"no arrivals of step {step} in this result")
        row: NDArray[np.uint16] = self.ticks[self._rows[step]]
        return row

    def days(self, step: str) -> NDArray[np.float32]:
        """Return arrival in days, shape (trials,); infinite for never."""
        return self._as_days(self.row(step))

    def matrix(self, steps: Sequence[str]) -> NDArray[np.float32]:
        """Return arrival in days, shape (len(steps), trials); never for an unknown step."""
        out = np.full((len(steps), self.draws.trials), np.inf, dtype=np.float32)
        for row, step in enumerate(steps):
            if step in self._rows:
                out[row] = self._as_days(self.row(step))
        return out

    def reached(self, step: str, horizon_days: float) -> NDArray[np.bool_]:
        """Return in which trials the step is reached within ``horizon_days``, to the tick."""
        limit = min(np.floor(horizon_days / self.tick_days + 0.5), _LAST_TICK)
        within: NDArray[np.bool_] = self.row(step) <= np.uint16(limit)
        return within

    def _as_days(self, ticks: NDArray[np.uint16]) -> NDArray[np.float32]:
        days = (ticks * self.tick_days).astype(np.float32)
        days[ticks == NEVER] = np.inf
        return days


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Local times and arrivals of every step that matters, in a run of tiles.

    Attributes:
        first: Number of the first tile.
        x: Local times in ticks, shape (tiles, steps, width).
        t: Arrivals in ticks, of the same shape.
    """

    first: int
    x: NDArray[np.uint16]
    t: NDArray[np.uint16]


class Engine:
    """One graph, one set of draws; see the module. Runs of one engine take turns."""

    def __init__(
        self,
        graph: AttackGraph,
        *,
        draws: Draws,
        workers: int | None = None,
        targets: Sequence[str] | None = None,
        memory_bytes: int = 2**29,
        like: Engine | Sequence[Engine] = (),
        program: Program | None = None,
    ) -> None:
        """Prepare ``graph``; nothing is drawn before the first run.

        Args:
            graph: The attack graph.
            draws: Seed, epistemic draws, trials in each.
            workers: Threads; all processors when ``None``. Results do not depend on it.
            targets: Steps whose arrivals are wanted; the steps of the objectives when ``None``.
                What no target depends on is left out.
            memory_bytes: Local times and arrivals are kept for reruns while they fit in this;
                beyond, each rerun draws everything anew.
            like: Engines with the same draws, of a similar graph, whose local times are taken
                where they are equal to the bit; nothing but speed depends on it.
            program: What ``build`` made of the same graph and targets, if it is at hand.

        Raises:
            GraphError: The graph is not well formed.
        """
        if targets is None:
            targets = tuple(dict.fromkeys(objective.step for objective in graph.objectives))
        if workers is not None and workers < 1:
            raise UsageError(f"workers={workers}: at least one is needed")
        self.graph = graph
        self.draws = draws
        self.workers = workers or numba.get_num_threads()
        self.program = build(graph, targets=targets) if program is None else program
        cap = _WIDE if len(self.program.steps) <= _LARGE else _NARROW
        self._per_outer = -(-draws.lanes // cap)
        self.width = -(-draws.lanes // self._per_outer)
        self.tiles = draws.outer * self._per_outer
        size = self.tiles * self.width * max(1, len(self.program.steps))
        self.retained = 2 * size * NEVER.itemsize <= memory_bytes
        self._like = (like,) if isinstance(like, Engine) else tuple(like)
        self._lock = Lock()

    @property
    def tick_days(self) -> float:
        """Length of a tick: the horizon in 65,534 parts."""
        return self.plan.tick_days

    @cached_property
    def values(self) -> Mapping[str, NDArray[np.float64]]:
        """Every parameter of the graph in every outer draw."""
        return sample(self.graph.parameters, draws=self.draws)

    @cached_property
    def plan(self) -> Plan:
        """What the sampler knows."""
        return plan(
            self.program,
            seed=self.draws.seed,
            outer=self.draws.outer,
            tiles=self._per_outer,
            width=self.width,
        )

    @cached_property
    def table(self) -> NDArray[np.float64]:
        """Every product of the program in every outer draw, without overrides."""
        program = self.program
        out = np.empty((program.products.row.size - 1, self.draws.outer))
        rows = np.arange(out.shape[0], dtype=np.int64)
        evaluate(program.products, rows, self._value_table, out)
        return out

    @cached_property
    def _value_table(self) -> NDArray[np.float64]:
        out = np.empty((len(self.program.values), self.draws.outer))
        for row, value in enumerate(self.program.values):
            out[row] = self.values[value] if isinstance(value, str) else value
        return out

    @cached_property
    def _all_rows(self) -> NDArray[np.int64]:
        return np.arange(len(self.program.steps), dtype=np.int64)

    @cached_property
    def _base(self) -> tuple[State, Arrivals]:
        """State (empty when not retained) and arrivals of the run without changes."""
        like, self._like = self._like, ()
        return self._whole(like)

    @property
    def _drawn(self) -> Drawn:
        return Drawn(program=self.program, plan=self.plan, table=self.table)

    def run(
        self,
        *,
        overrides: Mapping[str, float] = _NONE,
        values: Mapping[str, NDArray[np.float64]] | None = None,
    ) -> Arrivals:
        """Return the arrivals at the targets.

        Args:
            overrides: Parameters held at one value in every outer draw; a parameter that the
                graph does not have changes nothing.
            values: Parameters given one value per outer draw, shape (outer,); overrides win.
        """
        given = dict(values or _NO_VALUES)
        for name, value in overrides.items():
            given[name] = np.full(self.draws.outer, value, dtype=np.float64)
        with self._lock:
            products, fresh = self._changes(given)
            if not products.size:
                return self._base[1]
            return self._rerun(products, fresh)

    def touched(self, parameters: Sequence[str]) -> tuple[str, ...]:
        """Return the steps that matter to the targets and depend on any of ``parameters``."""
        rows = self.program.steps_of(self.program.products_of(parameters))
        return tuple(self.program.steps[row].id for row in rows)

    def states(self) -> Iterator[State]:
        """Yield the state of the run without changes: at once, or tile by tile if not retained.

        The arrays are the engine's own and must not be written to.
        """
        with self._lock:
            state = self._base[0]
        if self.retained:
            yield state
            return
        for tile in range(self.tiles):
            yield self._state(tile, tile + 1)

    def _changes(
        self, given: Mapping[str, NDArray[np.float64]]
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the products that really change, and their new values."""
        names = {
            name
            for name, value in given.items()
            if name in self.values and not np.array_equal(self.values[name], value)
        }
        rows = np.array(self.program.products_of(names), dtype=np.int64)
        fresh = np.empty((rows.size, self.draws.outer))
        if rows.size:
            held = self._value_table.copy()
            for row, value in enumerate(self.program.values):
                if value in names:
                    held[row] = given[str(value)]
            evaluate(self.program.products, rows, held, fresh)
        real = (fresh != self.table[rows]).any(axis=1)
        return rows[real], fresh[real]

    def _rerun(self, products: NDArray[np.int64], fresh: NDArray[np.float64]) -> Arrivals:
        """Run with other values of some products; the table is put back afterwards."""
        base = self._base
        before = self.table[products]
        self.table[products] = fresh
        try:
            if not self.retained:
                return self._whole()[1]
            rows = self.program.steps_of(int(product) for product in products)
            return self._patched(base[0], rows)
        finally:
            self.table[products] = before

    def _state(self, first: int, last: int) -> State:
        """Draw and settle every step in some tiles."""
        shape = (last - first, len(self.program.steps), self.width)
        x, t = np.empty(shape, dtype=np.uint16), np.empty(shape, dtype=np.uint16)
        sample_tiles(self.plan, self.table, self._all_rows, first, x)
        settle(self.program.links, x, t)
        return State(first=first, x=x, t=t)

    def _draw(self, rows: NDArray[np.int64], first: int, x: NDArray[np.uint16]) -> None:
        """Draw the steps at ``rows`` in the tiles from ``first`` on, in their rows of ``x``."""
        if rows.size == x.shape[1]:
            sample_tiles(self.plan, self.table, rows, first, x)
            return
        fresh = np.empty((x.shape[0], rows.size, self.width), dtype=np.uint16)
        sample_tiles(self.plan, self.table, rows, first, fresh)
        copy_rows(fresh, self._all_rows, x, rows)

    def _taken(self, like: Sequence[Engine], x: NDArray[np.uint16]) -> NDArray[np.int64]:
        """Write to ``x`` what other engines have drawn; return the rows still to be drawn."""
        left = np.ones(x.shape[1], dtype=np.bool_)
        for other in like:
            if not other.retained or other.draws != self.draws:
                continue
            with other._lock:  # noqa: SLF001 - a rerun writes to its state for a while
                held = other._base[0].x  # noqa: SLF001 - an engine like this one
                mine, theirs = alike(self._drawn, other._drawn)  # noqa: SLF001 - as above
                new = left[mine]
                copy_rows(held, theirs[new], x, mine[new])
            left[mine] = False
        return np.flatnonzero(left)

    def _whole(self, like: Sequence[Engine] = ()) -> tuple[State, Arrivals]:
        """Draw and settle every step in all tiles; the state is empty when not retained."""
        slots = self.tiles if self.retained else 0
        shape = (slots, len(self.program.steps), self.width)
        x, t = np.empty(shape, dtype=np.uint16), np.empty(shape, dtype=np.uint16)
        out = self._out()
        rows = self._taken(like, x) if self.retained and like else self._all_rows

        def kept(first: int, last: int) -> None:
            self._draw(rows, first, x[first:last])
            settle(self.program.links, x[first:last], t[first:last])
            out[first:last] = self._at_targets(t[first:last])

        def passing(first: int, last: int) -> None:
            for tile in range(first, last):
                out[tile] = self._at_targets(self._state(tile, tile + 1).t)[0]

        self._over_tiles(kept if self.retained else passing)
        return State(first=0, x=x, t=t), self._arrivals(out)

    def _patched(self, state: State, rows: NDArray[np.int64]) -> Arrivals:
        """Draw the steps at ``rows`` anew and correct what rests on them."""
        out = self._out()
        links, targets = self.program.links, self.program.target_rows

        def work(first: int, last: int) -> None:
            fresh = np.empty((last - first, rows.size, self.width), dtype=np.uint16)
            sample_tiles(self.plan, self.table, rows, first, fresh)
            here = slice(first, last)
            resettle(links, rows, fresh, state.x[here], state.t[here], targets, out[here])

        self._over_tiles(work)
        return self._arrivals(out)

    def _at_targets(self, t: NDArray[np.uint16]) -> NDArray[np.uint16]:
        """Return the rows of the targets; one that can never be reached is never reached."""
        rows = self.program.target_rows
        out = np.full((t.shape[0], rows.size, self.width), NEVER)
        out[:, rows >= 0] = t[:, rows[rows >= 0]]
        return out

    def _out(self) -> NDArray[np.uint16]:
        shape = (self.tiles, len(self.program.targets), self.width)
        return np.empty(shape, dtype=np.uint16)

    def _over_tiles(self, work: Callable[[int, int], None]) -> None:
        """Call ``work(first, last)`` for runs of tiles that together are all of them."""
        parts = min(self.tiles, 4 * self.workers if self.workers > 1 else 1)
        ends = [self.tiles * part // parts for part in range(parts + 1)]
        if parts == 1:
            work(0, self.tiles)
            return
        with ThreadPoolExecutor(self.workers) as pool:
            list(pool.map(work, ends[:-1], ends[1:]))

    def _arrivals(self, out: NDArray[np.uint16]) -> Arrivals:
        """Return tiles put side by side, without the lanes that only fill up a tile."""
        outer, lanes = self.draws.outer, self.draws.lanes
        split = out.reshape(outer, self._per_outer, -1, self.width) if out.size else out
        steps = len(self.program.targets)
        if out.size:
            rows = split.transpose(2, 0, 1, 3).reshape(steps, outer, -1)[:, :, :lanes]
            ticks = np.ascontiguousarray(rows).reshape(steps, outer * lanes)
        else:
            ticks = np.empty((steps, outer * lanes), dtype=np.uint16)
        ticks.flags.writeable = False
        return Arrivals(
            steps=self.program.targets,
            ticks=ticks,
            tick_days=self.plan.tick_days,
            draws=self.draws,
        )
