"""The searches of a review: alternatives, evidence, conditions and falsehoods.

All of them run on the first part of the draws of the verdict. They build on each other: the
rule cards are asked about a condition knowing the alternatives and the evidence, and about a
falsehood knowing the conditions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from counterseal.assess.contrast import Contrast
from counterseal.assess.evidence import evidence_shares
from counterseal.assess.joined import Joined
from counterseal.assess.side import model_of
from counterseal.canon import canonical
from counterseal.policy.assessment import bounded_ratio
from counterseal.policy.evaluate import evaluate
from counterseal.policy.verdict import decide
from counterseal.review.judgement import Judgement, most_moved
from counterseal.review.searches.candidates import candidates, critical_steps
from counterseal.review.searches.claims import claims, screened
from counterseal.review.searches.conditions import smallest_set, try_each
from counterseal.review.searches.flip import flip_distance
from counterseal.threads import threads

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from counterseal.assess.contrast import Contrasted
    from counterseal.assess.evidence import Evidence
    from counterseal.assess.levels import Concern
    from counterseal.attackgraph.model import Objective
    from counterseal.policy.verdict import Verdict
    from counterseal.review.inputs import Inputs
    from counterseal.review.judgement import Judge
    from counterseal.review.proposal import Proposal
    from counterseal.review.searches.claims import Claim
    from counterseal.review.searches.conditions import ConditionSet, Trial
    from counterseal.review.searches.flip import Flip
    from counterseal.review.summary import Summary

__all__ = ["MOST_THREADS", "OptionResult", "Progress", "Searched", "search"]

Progress: TypeAlias = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""

MOST_CLAIMS, MOST_BASELINES = 16, 4
MOST_THREADS = 3
"""Threads of the searches when nobody says how many; one more than two processors keep busy,
for a thread waits while another uses the engine it needs."""


@dataclass(frozen=True, kw_only=True)
class OptionResult:
    """An alternative compared with doing nothing, on the same draws."""

    id: str
    title: str
    contrasted: Contrasted


@dataclass(frozen=True, kw_only=True)
class Searched:
    """What the searches found.

    Attributes:
        contrast: Before and after on the draws of the searches.
        options: The alternatives.
        evidence: Shares of variance by grade; ``None`` when nothing is compared.
        trials: Every candidate condition tried alone, best first.
        conditions: The smallest set found.
        flip: The flip distance.
        summary: The assessment in the making, completed with all of it.
    """

    contrast: Contrast
    options: tuple[OptionResult, ...]
    evidence: Evidence | None
    trials: tuple[Trial, ...]
    conditions: ConditionSet
    flip: Flip
    summary: Summary


def search(
    inputs: Inputs,
    proposal: Proposal,
    contrast: Contrast,
    *,
    summary: Summary,
    concern: Concern | None,
    objectives: Mapping[str, Sequence[Objective]],
    workers: int = MOST_THREADS,
    progress: Progress,
) -> Searched:
    """Search alternatives, evidence, conditions and falsehoods of one change.

    Args:
        inputs: What is reviewed.
        proposal: The change, applied.
        contrast: Both sides on the draws of the searches.
        summary: What the change is.
        concern: The concern that is most surely worse.
        objectives: What each adversary goes for.
        workers: Threads; the result does not depend on it.
        progress: Told about every stage.
    """
    options = _options(inputs, proposal, contrast, concern, progress)
    progress("evidence", 0, 1)
    targets = {name: _targets(rows) for name, rows in objectives.items()}
    moved = most_moved(contrast.compare().rows)
    with threads(1) as pool:
        weighing = pool.submit(_evidence, contrast, moved, workers)
        critical = critical_steps(contrast.after, targets)
        found = _claims(proposal, contrast)
        claimed = screened(
            found,
            contrast.after,
            critical,
            proposal,
            most=MOST_CLAIMS,
            most_baselines=MOST_BASELINES,
        )
        evidence = weighing.result()
    known = _with_evidence(summary, contrast, options, evidence, concern)
    judge = judge_of(inputs, _with_conditions(known, None, concern))
    tried = candidates(proposal, contrast.after, inputs.catalog, critical=critical)
    progress("conditions", 0, len(tried))
    with threads(1) as pool:
        digesting = pool.submit(lambda: proposal.digests)  # Python, while kernels search
        trials = try_each(
            contrast,
            judge,
            tried,
            workers=workers,
            advance=lambda done: progress("conditions", done, len(tried)),
        )
        digesting.result()
    conditions = smallest_set(contrast, judge, trials, workers=workers)
    full = _with_conditions(known, conditions, concern)
    return Searched(
        contrast=contrast,
        options=options,
        evidence=evidence,
        trials=trials,
        conditions=conditions,
        flip=_flip(inputs, contrast, full, claimed, len(found), workers, progress),
        summary=full,
    )


def judge_of(inputs: Inputs, summary: Summary) -> Judge:
    """Return a judge that asks the rules once for every assessment that differs."""
    asked: dict[bytes, Verdict] = {}

    def judge(contrasted: Contrasted) -> Judgement:
        assessment = summary.assessment(contrasted)
        key = canonical(assessment)
        if key not in asked:
            asked[key] = decide(evaluate(inputs.rules, assessment))
        return Judgement(verdict=asked[key], contrasted=contrasted)

    return judge


def _options(
    inputs: Inputs,
    proposal: Proposal,
    contrast: Contrast,
    concern: Concern | None,
    progress: Progress,
) -> tuple[OptionResult, ...]:
    """Compare every alternative, for the adversary of the leading concern."""
    if concern is None:
        return ()
    results = []
    for number, option in enumerate(proposal.options):
        progress("alternatives", number, len(proposal.options))
        model = model_of(option.estate, inputs.catalog, adversaries=[concern.adversary])
        other = Contrast(
            before=contrast.before,
            after=model.side(contrast.draws, workers=1, like=contrast.before),
            draws=contrast.draws,
        )
        results.append(
            OptionResult(id=option.id, title=option.title, contrasted=other.compare())
        )
    return tuple(results)


def _targets(objectives: Sequence[Objective]) -> Sequence[str]:
    """Return the steps at which objectives are attained, and at which that is noticed."""
    return [o.step for o in objectives] + [o.ends for o in objectives if o.ends]


def _evidence(contrast: Contrast, concern: Concern | None, workers: int) -> Evidence | None:
    if concern is None:
        return None
    after = contrast.after.campaign(concern.adversary)
    if after is None:
        return None
    before = contrast.before.campaign(concern.adversary)
    return evidence_shares(before, after, concern, workers=workers)


def _claims(proposal: Proposal, contrast: Contrast) -> tuple[Claim, ...]:
    parameters = Joined((contrast.before.parameters, contrast.after.parameters))
    return claims(proposal.after, parameters)


def _flip(  # noqa: PLR0917 - each is one earlier result
    inputs: Inputs,
    contrast: Contrast,
    summary: Summary,
    tried: Sequence[Claim],
    known: int,
    workers: int,
    progress: Progress,
) -> Flip:
    stage = "facts that could be false"
    progress(stage, 0, len(tried))
    return flip_distance(
        contrast,
        judge_of(inputs, summary),
        tried,
        known=known,
        workers=workers,
        advance=lambda done: progress(stage, done, len(tried)),
    )


def _with_evidence(
    summary: Summary,
    contrast: Contrast,
    options: tuple[OptionResult, ...],
    evidence: Evidence | None,
    concern: Concern | None,
) -> Summary:
    return summary.with_fields(
        alternatives={
            "narrower": bool(options),
            "best_ratio": _best_ratio(contrast, options, concern),
        },
        evidence={
            "assumed_share": evidence.assumed if evidence else 0.0,
            "assumption_dominated": bool(evidence and evidence.assumption_dominated),
        },
    )


def _with_conditions(
    summary: Summary, found: ConditionSet | None, concern: Concern | None
) -> Summary:
    if found is None or concern is None:
        return summary.with_fields(conditions={"found": False, "count": 0, "p_worse": None})
    rows = found.judgement.contrasted.rows
    return summary.with_fields(
        conditions={
            "found": bool(found.chosen),
            "count": len(found.chosen),
            "p_worse": rows[concern].p_worse if concern in rows else 0.0,
        }
    )


def _best_ratio(
    contrast: Contrast, options: tuple[OptionResult, ...], concern: Concern | None
) -> float | None:
    """Return the best alternative's exposure over the change's own, at the leading concern."""
    if concern is None or not options:
        return None
    own = contrast.compare().rows[concern].mean_after
    levels = [
        option.contrasted.rows[concern].mean_after
        for option in options
        if concern in option.contrasted.rows
    ]
    return min((bounded_ratio(own, level) for level in levels), default=None)
