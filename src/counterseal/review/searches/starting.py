"""Which starting parameters move the verdict: the catalog's own numbers, one at a time.

Times, chances, effects and rates of the catalog are elicited and wide. Each is held at the low
and at the high end of its 90 % range in both estates, on the same draws, and the gate is asked
again (``engine.md`` section 2, "Starting parameters").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterseal.assess.many import each
from counterseal.attackgraph.model import ParameterFamily
from counterseal.review.judgement import foremost
from counterseal.review.searches.candidates import critical_steps, weights_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from counterseal.assess.contrast import Contrast
    from counterseal.assess.side import Side
    from counterseal.attackgraph.model import Objective, Parameter
    from counterseal.policy.verdict import Word
    from counterseal.review.judgement import Judge

__all__ = ["End", "Starting", "starting_effects", "starting_parameters"]


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """What follows with a parameter held at one end of its range.

    Attributes:
        value: Where it is held.
        word: The verdict.
        p_worse: P(after worse than before) of the concern that the review is about.
        ratio: Mean level after over mean level before, of the same; infinite from nothing.
    """

    value: float
    word: Word
    p_worse: float
    ratio: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Starting:
    """A starting parameter with both its ends.

    Attributes:
        parameter: From the catalog.
        low, high: Held at either end.
        moves: Whether either end gives another verdict.
    """

    parameter: Parameter
    low: End
    high: End
    moves: bool


def starting_parameters(
    side: Side, objectives: Mapping[str, Sequence[Objective]], *, most: int
) -> tuple[tuple[Parameter, ...], int]:
    """Return the catalog's parameters that matter most to some objectives, and their number.

    The number is of all that matter at all.

    Args:
        side: The changed estate.
        objectives: What each adversary goes for.
        most: At most so many: those on which most critical steps rest.
    """
    targets = {name: [o.step for o in rows] for name, rows in objectives.items()}
    weights = weights_of(side, critical_steps(side, targets))
    known = [key for key in weights if _is_starting(side.parameters[key])]
    ranked = sorted(known, key=lambda key: (-weights[key], key))
    return tuple(side.parameters[key] for key in ranked[:most]), len(known)


def starting_effects(
    contrast: Contrast,
    judge: Judge,
    parameters: Sequence[Parameter],
    *,
    workers: int = 1,
    advance: Callable[[int], None] = lambda _done: None,
) -> tuple[Starting, ...]:
    """Return every parameter with what its ends do; what moves the verdict comes first.

    Then those that move the ratio most between their ends.

    Args:
        contrast: Both sides on the draws to use.
        judge: The gate.
        parameters: Of the catalog.
        workers: Threads; the result does not depend on it.
        advance: Called with the number of parameters done.
    """
    base = contrast.compare()
    word, concern = judge(base).word, foremost(base.rows)
    cases = [(one, value) for one in parameters for value in (one.low, one.high)]
    ends = []
    found = each(
        lambda case: contrast.compare_if({case[0].id: case[1]}), cases, workers=workers
    )
    for number, ((_, value), result) in enumerate(zip(cases, found, strict=True)):
        row = result.rows.get(concern) if concern is not None else None
        ends.append(
            End(
                value=value,
                word=judge(result).word,
                p_worse=row.p_worse if row else 0.0,
                ratio=row.mean_ratio if row else 1.0,
            )
        )
        advance(number // 2 + 1)
    pairs = zip(parameters, ends[::2], ends[1::2], strict=True)
    rows = [
        Starting(parameter=one, low=low, high=high, moves={low.word, high.word} != {word})
        for one, low, high in pairs
    ]
    return tuple(sorted(rows, key=_rank))


def _is_starting(parameter: Parameter) -> bool:
    """Whether a parameter is the catalog's own, and has a range to be held at the ends of."""
    has_range = parameter.family is not ParameterFamily.POINT and parameter.low < parameter.high
    return not parameter.element and has_range


def _rank(row: Starting) -> tuple[bool, float, str]:
    high, low = max(row.low.ratio, row.high.ratio), min(row.low.ratio, row.high.ratio)
    return (not row.moves, -(high / low if low > 0 else float("inf")), row.parameter.id)
