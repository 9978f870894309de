"""What was taken, valued once, and then again only where a "what if" moves something."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from counterseal.consequence.arrays import first_draws, space
from counterseal.consequence.kernel import DAYS_PER_YEAR, stir, walk_cells
from counterseal.consequence.sampled import Moved
from counterseal.consequence.years import kept, nodes_for

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from counterseal.consequence.arrays import Draws, Space
    from counterseal.consequence.cells import Part
    from counterseal.consequence.exposure import Trials
    from counterseal.consequence.years import Kept

    Levels = Mapping[str, NDArray[np.float64]]

__all__ = ["Standing", "room_for"]

STILL = Moved()


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The worth of joint reach sets at one horizon, use by use and trial by trial.

    The worth of every cell is kept, which takes about as much memory as the arrivals do.

    Attributes:
        parts: Uses to be valued.
        trials: When each item arrives.
        drawn: Numbers per draw, all records captured.
        horizon: In years.
        known: The worth of every cell, if it is known: as ``worth`` has it.
    """

    parts: Mapping[str, Part]
    trials: Trials
    drawn: Draws
    horizon: float
    known: Levels | None = None

    @cached_property
    def per_trial(self) -> Levels:
        """Person-years over all populations, shape (trials,), by use."""
        return {name: _summed(worth) for name, worth in self.worth.items()}

    def again(
        self,
        items: NDArray[np.int64],
        days: NDArray[np.float32],
        *,
        drawn: Draws | None = None,
        moved: Moved = STILL,
    ) -> Levels:
        """Return ``per_trial`` where something else is taken, or something is worth otherwise.

        Equal to valuing everything anew, to the bit; a use that is worth the same in every
        trial has the array of ``per_trial`` itself.

        Args:
            items: Rows of arrival times that may differ.
            days: (len(items), trials) their arrival times.
            drawn: Other numbers in place of those that were given.
            moved: Where these differ.
        """
        then, limit = self.trials.days, self.horizon * DAYS_PER_YEAR
        differs = (days != then[items]) & ((days < limit) | (then[items] < limit))
        changed = then.copy()
        changed[items] = days
        now = self.trials.changed(changed, differs.any(axis=0))
        some = np.full(then.shape[0], -1, np.int64)
        some[items] = np.where(differs.any(axis=1), np.arange(items.size), -1)
        fresh = {}
        for name, part in self.parts.items():
            by_draw = moved.cells(part, self.trials.draws)
            todo = np.repeat(by_draw, self.trials.lanes, axis=1)
            stir(part.cells, some, differs, todo)
            if todo.any():
                fresh[name] = self._revalued(name, todo, now, drawn or self.drawn, moved)
            else:
                fresh[name] = self.per_trial[name]
        return fresh

    def first(self, picked: NDArray[np.int64], lanes: int) -> Standing:
        """Return what is known of some trials, of the first draws; the rest is not done again.

        Args:
            picked: Their numbers, ``lanes`` of each draw.
            lanes: Trials per draw.
        """
        draws = picked.size // lanes
        return Standing(
            parts=self.parts,
            trials=replace(
                self.trials, days=np.ascontiguousarray(self.trials.days[:, picked]), lanes=lanes
            ),
            drawn=first_draws(self.drawn, draws),
            horizon=self.horizon,
            known={name: worth[:, picked] for name, worth in self.worth.items()},
        )

    def _revalued(
        self,
        name: str,
        todo: NDArray[np.bool_],
        now: Trials,
        drawn: Draws,
        moved: Moved,
    ) -> NDArray[np.float64]:
        """Return ``per_trial`` of a use after walking what is ``todo`` (cells, trials)."""
        part, worth = self.parts[name], self.worth[name].copy()
        years = None if moved.years(part) else self._years(name)
        self._walk(part, now, drawn, years, (0, self.trials.draws), todo, worth)
        total, before = _summed(worth), self.per_trial[name]
        return before if np.array_equal(total, before) else total

    @cached_property
    def worth(self) -> Levels:
        """Person-years of every cell, shape (cells, trials), by use."""
        if self.known is not None:
            return self.known
        trials = self.trials
        worth = {
            name: np.zeros((part.cells.population.size, trials.days.shape[1]))
            for name, part in self.parts.items()
        }

        def go(first: int, last: int) -> None:
            for name, part in self.parts.items():
                todo = np.ones(worth[name].shape, np.bool_)
                span = (first, last)
                self._walk(part, trials, self.drawn, None, span, todo, worth[name])

        _ = trials.order  # once, before the threads
        trials.share_out(go)
        return worth

    def _walk(  # noqa: PLR0917 - a kernel by another name
        self,
        part: Part,
        trials: Trials,
        drawn: Draws,
        years: Kept | None,
        span: tuple[int, int],
        todo: NDArray[np.bool_],
        worth: NDArray[np.float64],
    ) -> None:
        room = room_for(part, self._nodes, trials.days.shape[0])
        if years is None:
            table = np.empty((1, part.levels, self._nodes))
            ready = np.zeros((1, part.levels), np.bool_)
        else:
            table, ready = years.table, years.ready.copy()
        walk_cells(
            part.form, part.cells, part.relatives, drawn, room, table, ready,
            years is not None, trials.days, trials.order, self.horizon, trials.lanes, *span,
            todo, worth,
        )  # fmt: skip
        if years is not None:
            years.tell(ready)

    @cached_property
    def _nodes(self) -> int:
        return nodes_for(self.horizon)

    def _years(self, name: str) -> Kept | None:
        """Return the usable years of every level of a use, while there is memory for them."""
        if name not in self._asked:
            part = self.parts[name]
            self._asked[name] = kept(
                part.form, self.drawn.places, levels=part.levels, nodes=self._nodes
            )
        return self._asked[name]

    @cached_property
    def _asked(self) -> dict[str, Kept | None]:
        return {}


def room_for(part: Part, nodes: int, every: int) -> Space:
    """Return scratch for walking over a part of ``every`` item, one thread at a time."""
    return space(
        every=every,
        items=part.items,
        groups=part.form.ranks.size,
        ranks=part.form.curve.shape[1],
        points=part.points,
        nodes=nodes,
    )


def _summed(worth: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the sum over cells, one after another, so that bits do not depend on its shape."""
    total = np.zeros(worth.shape[1])
    for cell in worth:
        total += cell
    return total
