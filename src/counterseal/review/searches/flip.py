"""Which single fact, if false, reverses the answer: question 8 of the charter.

Every screened claim is made false in both estates at once, on the same draws, and the gate is
asked again. Exhaustive for one claim over the screened set; how the set was screened, and that
more than one was not searched, is said beside the result.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterseal.assess.many import each

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from counterseal.assess.contrast import Contrast
    from counterseal.policy.verdict import Word
    from counterseal.review.judgement import Judge
    from counterseal.review.searches.claims import Claim

__all__ = ["Falsehood", "Flip", "flip_distance"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Falsehood:
    """A claim that changes the verdict to ``word`` when it is false as ``value`` says."""

    claim: Claim
    value: str
    word: Word


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """The flip distance, as far as it was searched.

    Attributes:
        distance: 1 when one claim reverses the verdict, else ``None`` (more than one).
        facts: Every single claim that does, sorted by id.
        tried: Claims tried.
        method: What was searched, in words.
    """

    distance: int | None
    facts: tuple[Falsehood, ...]
    tried: int
    method: str


def flip_distance(
    contrast: Contrast,
    judge: Judge,
    tried: Sequence[Claim],
    *,
    known: int,
    workers: int = 1,
    advance: Callable[[int], None] = lambda _done: None,
) -> Flip:
    """Make each claim false alone and return those that flip the verdict.

    Args:
        contrast: Both sides on the draws to use.
        judge: The gate.
        tried: The screened claims.
        known: How many claims there are in all.
        workers: Threads; the result does not depend on it.
        advance: Called with the number of claims done, for progress.
    """
    word = judge(contrast.compare()).word
    cases = [(claim, *falsehood) for claim in tried for falsehood in claim.falsehoods]
    results = each(lambda case: contrast.compare_if(case[2]), cases, workers=workers)
    found: dict[str, Falsehood] = {}
    done: list[str] = []
    for (claim, value, _), result in zip(cases, results, strict=True):
        flipped = judge(result).word
        if flipped is not word and claim.id not in found:
            found[claim.id] = Falsehood(claim=claim, value=value, word=flipped)
        if claim.id not in done:
            done.append(claim.id)
            advance(len(done))
    advance(len(tried))
    method = (
        f"exhaustive for one claim over the {len(tried)} of {known} that matter most, each "
        f"made false in both estates, {contrast.draws.trials:,} trials each on the same draws; "
        "more than one at a time was not searched"
    )
    return Flip(
        distance=1 if found else None,
        facts=tuple(found.values()),
        tried=len(tried),
        method=method,
    )
