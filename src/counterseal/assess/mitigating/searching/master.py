"""The sample-average problem: which measures, so that what the cuts say is left is least.

    minimise   sum over parts and trials of z / trials
    subject to z >= constant - slopes @ y     for every cut (chains)
               sum of cost * y <= budget,  y binary,  z >= what all measures together leave

Every cut holds for every plan, so the least value is a lower bound on what any plan within the
budget leaves in these trials (sample-average approximation: Kleywegt, Shapiro and
Homem-de-Mello 2002; cuts as in Benders 1962 and the L-shaped method of Van Slyke and Wets
1969). The solver is HiGHS (Huangfu and Hall 2018), single-threaded, stopped by counts and never
by a clock. What it proves is a bound on the dual side, so an early stop loosens the bound and
does not break it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from counterseal.errors import CountersealError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from counterseal.assess.mitigating.searching.chains import Cuts

__all__ = ["Master", "Solution"]

MOST_NODES = 2000
"""Nodes of branch and bound in one solution."""

FEASIBILITY = 1e-6
"""Share of the base level by which a bound is lowered for the solver's tolerances."""

NEGLIGIBLE = 1e-7
"""Slopes below this share of a trial's worth are taken off the constant instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """What the solver made of the cuts so far.

    Attributes:
        y: (measures,) shares of measures, in [0, 1]; whole numbers when they had to be.
        z: (parts, trials) what the cuts say is left.
        bound: No plan within the budget leaves less, as a level (mean over trials).
    """

    y: NDArray[np.float64]
    z: NDArray[np.float64]
    bound: float


class Master:
    """The problem with the cuts so far; see the module."""

    def __init__(
        self,
        *,
        costs: Sequence[float],
        budget: float,
        most: NDArray[np.float64],
        least: NDArray[np.float64],
    ) -> None:
        """Start with no cut.

        Args:
            costs: Of each measure.
            budget: What a plan may cost.
            most: (parts, trials) what is left without measures.
            least: (parts, trials) what is left with all of them.
        """
        import highspy  # noqa: PLC0415 - heavy, and only needed for a bound

        self._shape = most.shape
        self._base = float(most.sum()) or 1.0
        self._measures = len(costs)
        self._scale = most
        self._least = least
        self._open = np.flatnonzero((most > least).ravel())
        self._column = np.full(most.size, -1)
        self._column[self._open] = self._measures + np.arange(self._open.size)
        self._fixed = float(most.ravel()[most.ravel() <= least.ravel()].sum())
        self._solver = highspy._core._Highs()  # noqa: SLF001 - the public one prints a banner
        for option, value in (
            ("output_flag", False),
            ("threads", 1),
            ("random_seed", 0),
            ("mip_rel_gap", 2e-4),
            ("mip_max_nodes", MOST_NODES),
        ):
            self._solver.setOptionValue(option, value)
        self._infinity = highspy.kHighsInf
        self._kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        self._whole = False
        self._begin(np.asarray(costs, dtype=np.float64))
        self.allow(budget)

    def allow(self, budget: float) -> None:
        """Set the budget."""
        self._solver.changeRowBounds(0, -self._infinity, budget)

    def add(self, cuts: Cuts) -> None:
        """Add cuts; those of a part and trial that no measure moves say nothing new."""
        places = cuts.part * self._shape[1] + cuts.trial
        useful = self._column[places] >= 0
        if not useful.any():
            return
        places = places[useful]
        scale = self._scale.ravel()[places]
        slopes = cuts.slopes[useful] / scale[:, None]
        small = slopes < NEGLIGIBLE
        constant = cuts.constant[useful] / scale - np.where(small, slopes, 0.0).sum(axis=1)
        slopes[small] = 0.0
        row, column = np.nonzero(slopes)
        counts = np.bincount(row, minlength=places.size)
        starts = np.concatenate([[0], np.cumsum(counts + 1)])
        index = np.empty(row.size + places.size, np.int32)
        value = np.empty(index.size)
        own = starts[:-1]
        others = np.setdiff1d(np.arange(index.size), own)
        index[own], value[own] = self._column[places], 1.0
        index[others], value[others] = column, slopes[row, column]
        self._solver.addRows(
            places.size, constant, np.full(places.size, self._infinity),
            index.size, starts[:-1].astype(np.int32), index, value,
        )  # fmt: skip

    def solve(self, *, whole: bool, start: Sequence[int] = ()) -> Solution:
        """Return the best choice by the cuts so far, of whole measures or of shares of them.

        Args:
            whole: Whether measures have to be whole.
            start: A plan within the budget that is good, for the solver to begin with.

        Raises:
            CountersealError: The solver gave no answer.
        """
        import highspy  # noqa: PLC0415 - as above

        if whole != self._whole:
            kinds = np.full(self._measures, self._kinds[whole])
            self._solver.changeColsIntegrality(
                self._measures, np.arange(self._measures, dtype=np.int32), kinds
            )
            self._whole = whole
        if whole:
            every = np.arange(self._measures, dtype=np.int32)
            taken = np.isin(every, np.array(start, dtype=np.int32)).astype(np.float64)
            self._solver.setSolution(self._measures, every, taken)
        self._solver.run()
        status = self._solver.getModelStatus()
        done = {highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kSolutionLimit}
        info = self._solver.getInfo()
        if status not in done or not self._solver.getSolution().value_valid:
            raise CountersealError(
                f"the solver stopped: {self._solver.modelStatusToString(status)}"
            )
        proven = info.mip_dual_bound if whole else info.objective_function_value
        return self._solution(np.array(self._solver.getSolution().col_value), proven)

    def _solution(self, values: NDArray[np.float64], proven: float) -> Solution:
        z = self._least.copy().ravel()
        z[self._open] = values[self._measures :] * self._scale.ravel()[self._open]
        level = max(proven - FEASIBILITY, 0.0) * self._base
        return Solution(
            y=np.clip(values[: self._measures], 0.0, 1.0),
            z=z.reshape(self._shape),
            bound=level / self._shape[1],
        )

    def _begin(self, costs: NDArray[np.float64]) -> None:
        """Pass the problem without cuts: every z is a share of the worth of its trial."""
        scale = self._scale.ravel()[self._open]
        floor = self._least.ravel()[self._open] / scale
        columns = self._measures + self._open.size
        solver = self._solver
        none = np.zeros(0, np.int32)
        solver.addCols(
            columns,
            np.concatenate([np.zeros(self._measures), scale / self._base]),
            np.concatenate([np.zeros(self._measures), floor]),
            np.ones(columns),
            0, none, none, np.zeros(0),
        )  # fmt: skip
        solver.changeObjectiveOffset(self._fixed / self._base)
        every = np.arange(self._measures, dtype=np.int32)
        solver.addRow(-self._infinity, self._infinity, self._measures, every, costs)
