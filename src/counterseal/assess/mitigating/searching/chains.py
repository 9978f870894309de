"""Lower bounds on what any plan leaves, part by part and trial by trial.

Let L(S) be what the measures S leave of one part in one trial. More measures leave no more
(L falls when S grows), and nothing else is known of L. A *chain* is a set R0 and an order
h1, ..., hk of every measure outside R0; with Ri = R0 and h1 to hi, and vi = L(Ri),

    L(S) >= vi       where i is the largest index with hi in S (0 if there is none),

because S lies within Ri. A plan is a 0/1 vector y. For every t this gives the linear cut

    L(S) >= vt - sum over j > t of (vt - vj) * y[hj],

for if no hj with j > t is taken, S lies within Rt; and if i is the largest that is, the sum
takes off at least vt - vi, as no term is negative. At a plan S within R0 the cut with t = 0
says L(S) >= v0: where R0 is S, it is exact there. With R0 and the first measures such that they
leave v0, the others are a set of measures of which one has to be chosen or v0 is lost: they are
all that hits the way in that stays open (a critical tree), and the cut is that of a covering
problem; the falling vi say how much each of them can take away at most, so that a measure
which only delays does not count as one that prevents.

Each trial has its own chains. They are found in step: each question to the stakes asks about
every trial, each with its own set.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from counterseal.assess.mitigating.searching.stakes import Stakes

__all__ = ["ROUNDING", "Chains", "Cuts", "chains_from", "strongest"]

ROUNDING = 1e-9
"""Share of the worth of a trial below which a difference is a matter of rounding."""


class Chains(NamedTuple):
    """Chains of one part, one for each of some trials.

    Attributes:
        part: Of all of them.
        trial: (chains,).
        order: (chains, steps) measures after R0; -1 beyond the end.
        values: (chains, steps + 1) v0 to vk; the last one is repeated beyond the end.
        rises: Trials times questions in which more measures left more: 0, or no bound holds.
    """

    part: int
    trial: NDArray[np.int64]
    order: NDArray[np.int64]
    values: NDArray[np.float64]
    rises: int = 0


class Cuts(NamedTuple):
    """Linear cuts ``L >= constant - slopes @ y``, all of one part.

    Attributes:
        part: Of all of them.
        trial: (cuts,).
        constant: (cuts,).
        slopes: (cuts, measures), at least 0.
    """

    part: int
    trial: NDArray[np.int64]
    constant: NDArray[np.float64]
    slopes: NDArray[np.float64]


def chains_from(
    stakes: Stakes,
    part: int,
    trials: NDArray[np.int64],
    base: NDArray[np.bool_],
    ranking: Sequence[int],
) -> Chains:
    """Return a chain of one part for each of ``trials``.

    R0 is ``base`` and, trial by trial, every measure which leaves as much when it is added, in
    the order of ``ranking``; the others follow, those that took least first.

    Args:
        stakes: What is asked.
        part: Of which chains are wanted.
        trials: In which.
        base: Measures taken from the start, shape (measures,).
        ranking: All other measures; the first are the likeliest to get into R0.
    """
    grown = np.repeat(base[:, None], stakes.trials, axis=1)
    kept = stakes.worth(grown)[part]
    still = kept * (1.0 - ROUNDING)
    fall = np.full((stakes.measures, stakes.trials), -1.0)
    rises = 0
    for one in ranking:
        grown[one] = True
        now = stakes.worth(grown)[part]
        rises += int((now[trials] > kept[trials] * (1.0 + ROUNDING)).sum())
        grown[one] = now >= still
        fall[one] = np.where(now >= still, -1.0, kept - now)
    order = _by_fall(fall[:, trials])
    values, more = _descent(stakes, part, grown, trials, order)
    return Chains(part=part, trial=trials, order=order, values=values, rises=rises + more)


def _by_fall(fall: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the measures with a fall, least first, then by number; (chains, most of them)."""
    ranked = np.argsort(np.where(fall < 0.0, np.inf, fall), axis=0, kind="stable").T
    sizes = (fall >= 0.0).sum(axis=0)
    most = int(sizes.max(initial=0))
    order: NDArray[np.int64] = np.where(
        np.arange(most) < sizes[:, None], ranked[:, :most], -1
    ).astype(np.int64)
    return order


def _descent(
    stakes: Stakes,
    part: int,
    grown: NDArray[np.bool_],
    trials: NDArray[np.int64],
    order: NDArray[np.int64],
) -> tuple[NDArray[np.float64], int]:
    """Return v0 to vk of every chain, and how often one rose."""
    values = np.empty((trials.size, order.shape[1] + 1))
    values[:, 0] = stakes.worth(grown)[part, trials]
    rises = 0
    for step in range(order.shape[1]):
        going = order[:, step] >= 0
        grown[order[going, step], trials[going]] = True
        now = stakes.worth(grown)[part, trials]
        rises += int((now > values[:, step] * (1.0 + ROUNDING)).sum())
        values[:, step + 1] = np.minimum(now, values[:, step])
    return values, rises


def strongest(
    chains: Chains,
    y: NDArray[np.float64],
    known: NDArray[np.float64],
    *,
    least: NDArray[np.float64],
) -> Cuts:
    """Return, of each chain, the cut that says most at ``y``, where it says something new.

    Args:
        chains: Chains of one part.
        y: Shares of measures, each in [0, 1].
        known: (trials,) what is known to be left at ``y``.
        least: (trials,) how much more than that a cut has to say.
    """
    taken = np.where(chains.order >= 0, y[chains.order], 0.0)
    says = np.stack([_at(chains, taken, t) for t in range(chains.values.shape[1])])
    best = says.argmax(axis=0)
    new = says.max(axis=0) > (known + least)[chains.trial]
    rows = np.flatnonzero(new)
    start = best[rows]
    values, order = chains.values[rows], chains.order[rows]
    constant = values[np.arange(rows.size), start]
    drop = np.maximum(constant[:, None] - values[:, 1:], 0.0)
    drop[(np.arange(order.shape[1]) < start[:, None]) | (order < 0)] = 0.0
    slopes = np.zeros((rows.size, y.size))
    row, column = np.nonzero(drop)
    slopes[row, order[row, column]] = drop[row, column]
    return Cuts(part=chains.part, trial=chains.trial[rows], constant=constant, slopes=slopes)


def _at(chains: Chains, taken: NDArray[np.float64], t: int) -> NDArray[np.float64]:
    """Return what the cuts from ``t`` on say, given how far each measure is taken."""
    start = chains.values[:, t]
    drop = start[:, None] - chains.values[:, t + 1 :]
    says: NDArray[np.float64] = start - (drop * taken[:, t:]).sum(axis=1)
    return says
