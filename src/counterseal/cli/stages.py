"""Progress of a review as a whole, from progress within its stages."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from counterseal.cli.progress import Advance
    from counterseal.review.searches.search import Progress

__all__ = ["staged"]

STAGES = (
    "before and after",
    "alternatives",
    "evidence",
    "conditions",
    "facts that could be false",
)
SHARES = (0.35, 0.1, 0.1, 0.2, 0.25)


def staged(advance: Advance) -> Progress:
    """Turn progress within a stage into progress of the whole."""
    shares = dict(zip(STAGES, SHARES, strict=True))
    starts = {stage: sum(SHARES[:number]) for number, stage in enumerate(STAGES)}

    def report(stage: str, done: int, total: int) -> None:
        if stage in shares:  # one that is not known yet moves nothing, and breaks nothing
            share = shares[stage] * done / max(total, 1)
            advance(round(1000 * (starts[stage] + share)), 1000)

    return report
