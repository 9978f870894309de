"""What the rule cards say of one set of comparisons: the question every "what if" asks.

A judge is a function from comparisons to a judgement; it closes over everything about the
change that no override moves (its dates, its authority, what it discloses). Conditions and
flip distance call it hundreds of times.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from counterseal.assess.contrast import Contrasted
from counterseal.policy.card import Effect
from counterseal.policy.verdict import Word

if TYPE_CHECKING:
    from collections.abc import Mapping

    from counterseal.assess.comparison import Comparison
    from counterseal.assess.levels import Concern
    from counterseal.policy.verdict import Verdict

__all__ = ["Judge", "Judgement", "foremost", "leading", "most_moved"]

SEVERITY: Mapping[Word, int] = {
    Word.NO_OBJECTION: 0,
    Word.CONDITIONS: 1,
    Word.REDESIGN: 2,
    Word.REFUSE: 3,
    Word.NOT_EVALUABLE: 4,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A verdict and what it was computed from."""

    verdict: Verdict
    contrasted: Contrasted

    @property
    def word(self) -> Word:
        """The verdict word."""
        return self.verdict.word

    @property
    def severity(self) -> int:
        """0 (no objection) to 4 (not evaluable)."""
        return SEVERITY[self.word]

    @property
    def objections(self) -> tuple[int, int]:
        """Severity, then the number of rules that object or have no answer."""
        fired = (*self.verdict.decisive, *self.verdict.others)
        objecting = sum(firing.card.effect is not Effect.INFORM for firing in fired)
        return (self.severity, objecting + len(self.verdict.errors))


Judge: TypeAlias = Callable[[Contrasted], Judgement]


def leading(rows: Mapping[Concern, Comparison], *, family: str = "use") -> Concern | None:
    """Return the concern of ``family`` that is most surely worse, then most worse.

    Ties go to the first in sorted order; ``None`` when the family has no concern.
    """
    ours = sorted(concern for concern in rows if concern.family == family)
    if not ours:
        return None
    return max(ours, key=lambda concern: _weight(rows[concern]))


def foremost(rows: Mapping[Concern, Comparison]) -> Concern | None:
    """Return the concern that a review is about.

    The leading use where any use gets worse in some draw; else the leading concern of integrity
    or, failing that, of knowledge where one of these does: a change can fail on integrity
    alone. Where nothing gets worse, the leading use again; ``None`` when there is none.
    """
    for family in ("use", "integrity", "knowledge"):
        concern = leading(rows, family=family)
        if concern is not None and rows[concern].worse.hits:
            return concern
    return leading(rows)


def most_moved(rows: Mapping[Concern, Comparison]) -> Concern | None:
    """Return the concern that most surely changes, for better or worse; ``None`` for none.

    Where nothing changes there is no variance of a change to share out between grades.
    """
    moving = sorted(c for c, row in rows.items() if row.worse.hits or row.better.hits)
    if not moving:
        return None
    return max(moving, key=lambda c: max(rows[c].p_worse, rows[c].better.estimate))


def _weight(row: Comparison) -> tuple[float, float, float]:
    return (row.p_worse, row.mean_ratio, row.mean_after)
