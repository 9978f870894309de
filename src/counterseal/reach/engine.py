"""Simulation of one attack graph: base run, and cheap reruns with a few facts changed.

Local times are drawn once. A rerun works out which products, and so which steps, the changed
facts touch, draws only those steps anew (their other random numbers stay as they are), and
corrects only the arrivals that rest on them, and only in the tiles where anything differs. An
engine of a similar graph begins with the times and the arrivals of the other. Results depend
neither on that nor on the number of workers.
"""

from __future__ import annotations

from contextlib import nullcontext
from functools import cached_property
from threading import Lock
from types import MappingProxyType
from typing import TYPE_CHECKING

import numba
import numpy as np

from counterseal.errors import UsageError
from counterseal.reach.arrivals import Arrivals, State
from counterseal.reach.cutting import contains, cut, first_trials, is_full
from counterseal.reach.kernels.copying import copy_rows
from counterseal.reach.kernels.products import evaluate_rows
from counterseal.reach.kernels.resettling import resettle_like, scratch
from counterseal.reach.patching import patch
from counterseal.reach.plan import plan
from counterseal.reach.program import Products, build
from counterseal.reach.sampling import NEVER, sample_tiles
from counterseal.reach.sharing import ALIKE, Drawn, common, edit
from counterseal.reach.sweep import settle
from counterseal.reach.tiling import tiling
from counterseal.reach.values import Values, evaluate_with
from counterseal.threads import threads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from counterseal.attackgraph.model import AttackGraph
    from counterseal.reach.draws import Draws
    from counterseal.reach.plan import Plan
    from counterseal.reach.program import Program
    from counterseal.reach.sharing import Common

__all__ = ["Arrivals", "Engine", "State"]

_NONE: Mapping[str, float] = MappingProxyType({})
_NO_VALUES: Mapping[str, NDArray[np.float64]] = MappingProxyType({})


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
        like: Engine | None = None,
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
            like: An engine of a similar graph with the same draws, or of the same ``program``
                with more of them, whose local times and arrivals are taken where they hold to
                the bit; nothing but speed depends on it.
            program: What ``build`` made of the same graph and targets, if it is at hand.

        Raises:
            GraphError: The graph is not well formed.
        """
        if targets is None:
            targets = graph.targets
        if workers is not None and workers < 1:
            raise UsageError(f"workers={workers}: at least one is needed")
        self.graph = graph
        self.draws = draws
        self.workers = workers or numba.get_num_threads()
        self.program = build(graph, targets=targets) if program is None else program
        self._steps = len(self.program.names)
        self.layout = tiling(draws)
        size = self.layout.tiles * self.layout.width * max(1, self._steps)
        self.retained = 2 * size * NEVER.itemsize <= memory_bytes
        self._wide = like if like is not None and self._is_in(like) else None
        self._like = like
        self._held: tuple[State, Arrivals] | None = None
        self._lock = Lock()

    @property
    def tick_days(self) -> float:
        """Length of a tick: the horizon in 65,534 parts."""
        return self.plan.tick_days

    @cached_property
    def plan(self) -> Plan:
        """What the sampler knows."""
        like = self._like
        same = like is not None and like.draws.seed == self.draws.seed
        known = (like.program, like.plan) if like is not None and same else None
        return plan(self.program, seed=self.draws.seed, layout=self.layout, known=known)

    @cached_property
    def table(self) -> NDArray[np.float64]:
        """Every product of the program in every outer draw, without overrides."""
        if self._wide is not None:
            with self._wide._lock:  # noqa: SLF001 - see _taken
                return np.ascontiguousarray(self._wide.table[:, : self.draws.outer])
        products, values = self._products, self._values.table
        out = np.empty((products.row.size - 1, self.draws.outer))

        def work(first: int, last: int) -> None:
            rows = np.arange(first, last, dtype=np.int64)
            evaluate_rows(products, rows, values, out[first:last])

        self._over(out.shape[0], work)
        return out

    @cached_property
    def _values(self) -> Values:
        """Every value, with those of other engines on the same draws."""
        if self._wide is not None:
            _ = self._wide._places  # noqa: SLF001 - see _taken
            return self._wide._values.first(self.draws.outer)  # noqa: SLF001 - as above
        twin = self._twin
        return Values(self.draws) if twin is None else twin._values  # noqa: SLF001 - as above

    @cached_property
    def _places(self) -> NDArray[np.int64]:
        """The row in ``_values`` of each value of the program."""
        if self._wide is not None:
            return self._wide._places  # noqa: SLF001 - see _taken
        return self._values.rows_of(self.program)

    @cached_property
    def _products(self) -> Products:
        """The products over the rows of ``_values``."""
        row, base, exponent = self.program.products
        places = self._places.astype(np.int32)
        return Products(row=row, base=places[base], exponent=places[exponent])

    @cached_property
    def _all_rows(self) -> NDArray[np.int64]:
        return np.arange(self._steps, dtype=np.int64)

    @cached_property
    def _spans(self) -> NDArray[np.int64]:
        return self.layout.spans

    @property
    def _base(self) -> tuple[State, Arrivals]:
        """State (empty when not retained) and arrivals of the run without changes."""
        if self._held is None:
            wide = self._wide if self._wide is not None and self._wide.retained else None
            self._held = self._whole() if wide is None else self._cut(wide)
            self._like = self._wide = None
        return self._held

    @property
    def _drawn(self) -> Drawn:
        return Drawn(program=self.program, plan=self.plan, table=self.table)

    def release(self) -> None:
        """Give up state and products: what was found stays, a rerun draws everything anew.

        An engine made ``like`` this one has to run before, if it is to gain from it.
        """
        with self._lock:
            self.retained = False
            vars(self).pop("table", None)
            if self._held is not None:
                none = np.empty((0, self._steps, self.layout.width), dtype=np.uint16)
                self._held = State(first=0, x=none, t=none), self._held[1]

    def _is_in(self, other: Engine) -> bool:
        """Whether the run without changes is a part of that of ``other``."""
        same = other.program is self.program and contains(other.draws, self.draws)
        return same and self.retained and other.retained and is_full(self.layout)

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

        Returns:
            The very object of the run without changes where no local time differs from it.
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
        return tuple(self.program.names[row] for row in rows)

    def states(self) -> Iterator[State]:
        """Yield the state of the run without changes: at once, or tile by tile if not retained.

        The arrays are the engine's own and must not be written to.
        """
        with self._lock:
            state, retained = self._base[0], self.retained
        if retained:
            yield state
            return
        for tile in range(self.layout.tiles):
            x, t = self._empty(1)
            self._settled(tile, x, t)
            yield State(first=tile, x=x, t=t)

    def _changes(
        self, given: Mapping[str, NDArray[np.float64]]
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the products that really change, and their new values."""
        products, known = self._products, self.program.row_of_value
        places = {name: self._places[known[name]] for name in given if name in known}
        table = self._values.table
        names = [
            name
            for name, place in places.items()
            if not np.array_equal(table[place], given[name])
        ]
        rows = np.array(self.program.products_of(names), dtype=np.int64)
        held = np.array([given[name] for name in names]).reshape(-1, self.draws.outer)
        where = np.array([places[name] for name in names], dtype=np.int64)
        fresh = evaluate_with(products, rows, table, where, held)
        real = (fresh != self.table[rows]).any(axis=1)
        return rows[real], fresh[real]

    def _rerun(self, products: NDArray[np.int64], fresh: NDArray[np.float64]) -> Arrivals:
        """Run with other values of some products; the table is put back afterwards."""
        base = self._base
        before = self.table[products]
        tiles = self.layout.holding((fresh != before).any(axis=0))
        self.table[products] = fresh
        try:
            if not self.retained:
                return self._passing()
            rows = self.program.steps_of(int(product) for product in products)
            return self._patched(base, rows, tiles)
        finally:
            self.table[products] = before

    def _empty(self, tiles: int) -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
        shape = (tiles, self._steps, self.layout.width)
        return np.empty(shape, dtype=np.uint16), np.empty(shape, dtype=np.uint16)

    def _settled(self, tile: int, x: NDArray[np.uint16], t: NDArray[np.uint16]) -> None:
        """Draw and settle every step in one tile."""
        tiles = np.array([tile], dtype=np.int64)
        sample_tiles(self.plan, self.table, self._all_rows, tiles, self._all_rows, x)
        settle(self.program.links, x, t)

    def _draw(self, rows: NDArray[np.int64], first: int, x: NDArray[np.uint16]) -> None:
        """Draw the steps at ``rows`` in the tiles from ``first`` on, in their rows of ``x``."""
        tiles = np.arange(first, first + x.shape[0], dtype=np.int64)
        sample_tiles(self.plan, self.table, rows, tiles, rows, x)

    @property
    def _twin(self) -> Engine | None:
        """The engine of a similar graph, if it has the same draws."""
        same = self._like is not None and self._like.draws == self.draws
        return self._like if same else None

    def _taken(
        self, other: Engine | None, x: NDArray[np.uint16]
    ) -> tuple[NDArray[np.int64], Common | None]:
        """Write to ``x`` what another engine has drawn.

        Returns:
            The rows still to be drawn; and what is common, if arrivals are alike enough to
            begin with those of the other.
        """
        if other is None:
            return self._all_rows, None
        mine = self._drawn
        with other._lock:  # noqa: SLF001 - a rerun writes to its state for a while
            if not other.retained:
                return self._all_rows, None
            found = common(mine, other._drawn)  # noqa: SLF001 - an engine like this one
            held = other._base[0].x  # noqa: SLF001 - as above
            copy_rows(held, found.theirs[found.same], x, found.mine[found.same])
        left = np.setdiff1d(self._all_rows, found.mine[found.same], assume_unique=True)
        return left, found if found.same.sum() > ALIKE * x.shape[1] else None

    def _cut(self, wide: Engine) -> tuple[State, Arrivals]:
        """Take every trial from an engine that has more of them."""
        _ = self.table, self.plan, self._products  # while ``wide`` is at hand
        x, t = self._empty(self.layout.tiles)
        with wide._lock:
            state, arrivals = wide._base

            def work(first: int, last: int) -> None:
                cut(wide.layout, self.layout, state.x, first, x[first:last])
                cut(wide.layout, self.layout, state.t, first, t[first:last])

            self._over(self.layout.tiles, work)
            trials = first_trials(wide.draws, self.draws)
            return State(first=0, x=x, t=t), self._arrivals(arrivals.ticks[:, trials])

    def _whole(self) -> tuple[State, Arrivals]:
        """Draw and settle every step in all tiles; the state is empty when not retained."""
        if not self.retained:
            x, t = self._empty(0)
            return State(first=0, x=x, t=t), self._passing()
        x, t = self._empty(self.layout.tiles)
        ticks = self._ticks()
        twin = self._twin
        rows, shared = self._taken(twin, x)
        with twin._lock if twin is not None else nullcontext():  # noqa: SLF001 - see _taken
            settling = self._settling(twin, shared)

            def work(first: int, last: int) -> None:
                self._draw(rows, first, x[first:last])
                settling(first, x[first:last], t[first:last])
                self._at_targets(first, t[first:last], ticks)

            self._over(self.layout.tiles, work)
        return State(first=0, x=x, t=t), self._arrivals(ticks)

    def _from_nothing(self, _: int, x: NDArray[np.uint16], t: NDArray[np.uint16]) -> None:
        settle(self.program.links, x, t)

    def _settling(
        self, other: Engine | None, shared: Common | None
    ) -> Callable[[int, NDArray[np.uint16], NDArray[np.uint16]], None]:
        """Return how to settle tiles, beginning with the arrivals of another engine if any."""
        if other is None or shared is None:
            return self._from_nothing
        state = other._base[0]  # noqa: SLF001 - an engine like this one, locked
        change = edit(self.program.links, other.program.links, shared)

        def settling(first: int, x: NDArray[np.uint16], t: NDArray[np.uint16]) -> None:
            here = slice(first, first + x.shape[0])
            room = scratch(self._steps, self.layout.width)
            resettle_like(self.program.links, change, state.x[here], state.t[here], x, t, room)

        return settling

    def _passing(self) -> Arrivals:
        """Draw and settle every step, a tile at a time, and keep nothing but the targets."""
        ticks = self._ticks()

        def work(first: int, last: int) -> None:
            x, t = self._empty(1)
            for tile in range(first, last):
                self._settled(tile, x, t)
                self._at_targets(tile, t, ticks)

        self._over(self.layout.tiles, work)
        return self._arrivals(ticks)

    def _patched(
        self, base: tuple[State, Arrivals], rows: NDArray[np.int64], tiles: NDArray[np.int64]
    ) -> Arrivals:
        """Draw the steps at ``rows`` anew in some tiles and correct what rests on them."""
        state, arrivals = base
        ticks = arrivals.ticks.copy()
        differ: list[bool] = []

        def work(first: int, last: int) -> None:
            here = tiles[first:last]
            fresh = np.empty((here.size, rows.size, self.layout.width), dtype=np.uint16)
            sample_tiles(self.plan, self.table, rows, here, self._all_rows, fresh)
            differ.append(patch(self.program, state, here, rows, fresh, self._spans, ticks))

        self._over(tiles.size, work)
        return self._arrivals(ticks) if any(differ) else arrivals

    def _at_targets(self, first: int, t: NDArray[np.uint16], ticks: NDArray[np.uint16]) -> None:
        """Write the rows of the targets in tiles from ``first`` on to their trials."""
        rows = self.program.target_rows
        real = np.flatnonzero(rows >= 0)
        for slot in range(t.shape[0]):
            start, stop = self._spans[first + slot]
            ticks[real, start:stop] = t[slot, rows[real], : stop - start]

    def _ticks(self) -> NDArray[np.uint16]:
        """Return room for the arrivals at the targets; one that cannot be reached never is."""
        return np.full((len(self.program.targets), self.draws.trials), NEVER)

    def _over(self, tiles: int, work: Callable[[int, int], None]) -> None:
        """Call ``work(first, last)`` for runs of tiles that together are all of them."""
        parts = min(tiles, 4 * self.workers if self.workers > 1 else 1)
        ends = [tiles * part // parts for part in range(parts + 1)]
        if parts <= 1:
            work(0, tiles)
            return
        with threads(self.workers) as pool:
            list(pool.map(work, ends[:-1], ends[1:]))

    def _arrivals(self, ticks: NDArray[np.uint16]) -> Arrivals:
        ticks.flags.writeable = False
        return Arrivals(
            steps=self.program.targets,
            ticks=ticks,
            tick_days=self.plan.tick_days,
            draws=self.draws,
        )
