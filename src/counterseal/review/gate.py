"""The gate: a change to its assessments to a verdict; the same inputs give the same bytes.

The order is the same for every change. Before and after are simulated on the same draws; the
rule cards are asked; then conditions, alternatives and falsehoods are tried on the first part
of those draws, and the rule cards are asked once more, knowing what was found.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from counterseal.assess.contrast import Contrast, prepare_side
from counterseal.assess.evidence import evidence_shares
from counterseal.canon import canonical
from counterseal.policy.assessment import bounded_ratio
from counterseal.policy.evaluate import evaluate
from counterseal.policy.verdict import decide
from counterseal.review.candidates import candidates
from counterseal.review.conditions import smallest_set, try_each
from counterseal.review.flip import flip_distance, flippable
from counterseal.review.judgement import Judgement, leading
from counterseal.review.paths import leading_objectives, worst_path
from counterseal.review.profile import profile
from counterseal.review.proposal import propose

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from counterseal.assess.campaign import Campaign, Concern, Outcome
    from counterseal.assess.contrast import Contrasted, Side
    from counterseal.assess.evidence import Evidence
    from counterseal.attackgraph.model import Objective
    from counterseal.canon import Json
    from counterseal.policy.verdict import Verdict
    from counterseal.reach.draws import Draws
    from counterseal.review.conditions import ConditionSet, Trial
    from counterseal.review.flip import Flip
    from counterseal.review.inputs import Inputs
    from counterseal.review.judgement import Judge
    from counterseal.review.paths import WorstPath
    from counterseal.review.proposal import Proposal
    from counterseal.review.summary import Summary

__all__ = ["Findings", "OptionResult", "Progress", "find"]

Progress: TypeAlias = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""


@dataclass(frozen=True, kw_only=True)
class OptionResult:
    """An alternative compared with doing nothing, on the same draws."""

    id: str
    title: str
    contrasted: Contrasted


@dataclass(frozen=True, kw_only=True)
class Findings:
    """Everything a review found; the document is written from it.

    Attributes:
        inputs: What was reviewed.
        proposal: The change, applied.
        contrast: Before and after on the draws of the verdict.
        judgement: The verdict and the comparisons it rests on.
        assessment: What the rule cards were told.
        searched: The comparisons on the draws of the searches, nothing overridden.
        concern: The concern that is most surely worse; ``None`` when there is none.
        objectives: What each adversary would go for, by adversary.
        path: The worst path to what that concern needs.
        trials: Every candidate condition tried alone, best first.
        conditions: The smallest set found.
        options: The alternatives.
        flip: The flip distance.
        evidence: Shares of variance by grade.
    """

    inputs: Inputs
    proposal: Proposal
    contrast: Contrast
    judgement: Judgement
    assessment: Mapping[str, Mapping[str, Json]]
    searched: Contrasted
    concern: Concern | None
    objectives: Mapping[str, Sequence[Objective]]
    path: WorstPath | None
    trials: tuple[Trial, ...]
    conditions: ConditionSet
    options: tuple[OptionResult, ...]
    flip: Flip
    evidence: Evidence | None


def find(
    inputs: Inputs, *, workers: int | None = None, progress: Progress = lambda *_: None
) -> Findings:
    """Review the change in ``inputs``.

    Raises:
        InvalidDocumentError: The change does not fit the estate.
    """
    proposal = propose(inputs)
    summary = profile(proposal, inputs.catalog)
    contrast = _contrast(
        inputs, proposal, inputs.settings.draws, workers=workers, progress=progress
    )
    judge = _judge(inputs, summary)
    base = judge(contrast.compare())
    concern = leading(base.contrasted.rows)
    objectives = _objectives(inputs, contrast, base)
    found = _search(inputs, proposal, judge, concern, objectives, progress)
    assessment = _completed(summary, base, found).assessment(base.contrasted)
    verdict = decide(evaluate(inputs.rules, assessment))
    return Findings(
        inputs=inputs,
        proposal=proposal,
        contrast=contrast,
        judgement=Judgement(verdict=verdict, contrasted=base.contrasted),
        assessment=assessment,
        searched=found.contrast.compare(),
        concern=concern,
        objectives=objectives,
        path=_path(contrast, concern, objectives),
        trials=found.trials,
        conditions=found.conditions,
        options=found.options,
        flip=found.flip,
        evidence=found.evidence,
    )


@dataclass(frozen=True, kw_only=True)
class _Searched:
    """What the searches on the first part of the draws found."""

    contrast: Contrast
    concern: Concern | None
    options: tuple[OptionResult, ...]
    trials: tuple[Trial, ...]
    conditions: ConditionSet
    evidence: Evidence | None
    flip: Flip


def _search(  # noqa: PLR0917 - each is one earlier result
    inputs: Inputs,
    proposal: Proposal,
    judge: Judge,
    concern: Concern | None,
    objectives: Mapping[str, Sequence[Objective]],
    progress: Progress,
) -> _Searched:
    contrast = _contrast(inputs, proposal, inputs.settings.screen, workers=1)
    options = _options(inputs, proposal, contrast, progress=progress)
    progress("conditions", 0, 1)
    targets = {name: [o.step for o in rows] for name, rows in objectives.items()}
    tried = candidates(proposal, contrast.after, inputs.catalog, targets=targets)
    trials = try_each(contrast, judge, tried)
    return _Searched(
        contrast=contrast,
        concern=concern,
        options=options,
        trials=trials,
        conditions=smallest_set(contrast, judge, trials),
        evidence=_evidence(contrast, concern),
        flip=_flip(contrast, judge, progress),
    )


def _contrast(
    inputs: Inputs,
    proposal: Proposal,
    draws: Draws,
    *,
    workers: int | None,
    progress: Progress = lambda *_: None,
) -> Contrast:
    sides = []
    for number, estate in enumerate((proposal.before, proposal.after)):
        progress("before and after", number, 2)
        sides.append(prepare_side(estate, inputs.catalog, draws=draws, workers=workers))
    return Contrast(before=sides[0], after=sides[1], draws=draws)


def _judge(inputs: Inputs, summary: Summary) -> Judge:
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
    search: Contrast,
    *,
    progress: Progress,
) -> tuple[OptionResult, ...]:
    results = []
    total = len(proposal.options)
    for number, option in enumerate(proposal.options):
        progress("alternatives", number, total)
        side = prepare_side(option.estate, inputs.catalog, draws=search.draws, workers=1)
        results.append(
            OptionResult(id=option.id, title=option.title, contrasted=search.compare_side(side))
        )
    return tuple(results)


def _objectives(
    inputs: Inputs, contrast: Contrast, base: Judgement
) -> Mapping[str, Sequence[Objective]]:
    """Return, by adversary, the objectives behind its leading concern."""
    before = {c.adversary.id: o for c, o in _runs(contrast.before)}
    found: dict[str, Sequence[Objective]] = {}
    for campaign, outcome in _runs(contrast.after):
        name = campaign.adversary.id
        ours = {c: row for c, row in base.contrasted.rows.items() if c.adversary == name}
        concern = leading(ours)
        if concern is not None:
            found[name] = leading_objectives(
                campaign, concern, inputs.catalog, before=before.get(name), after=outcome
            )
    return found


def _runs(side: Side) -> tuple[tuple[Campaign, Outcome], ...]:
    return tuple(zip(side.campaigns, side.base, strict=True))


def _evidence(search: Contrast, concern: Concern | None) -> Evidence | None:
    if concern is None:
        return None
    before = _campaign(search.before, concern.adversary)
    return evidence_shares(before, _campaign(search.after, concern.adversary), concern)


def _campaign(side: Side, adversary: str) -> Campaign:
    return next(c for c in side.campaigns if c.adversary.id == adversary)


def _flip(search: Contrast, judge: Judge, progress: Progress) -> Flip:
    facts = flippable({**search.before.parameters, **search.after.parameters})
    done = 0

    def advance() -> None:
        nonlocal done
        done += 1
        progress("facts that could be false", done, len(facts))

    return flip_distance(search, judge, facts, advance=advance)


def _completed(
    summary: Summary,
    base: Judgement,
    found: _Searched,
) -> Summary:
    """Return the summary with what the searches found."""
    rows = found.conditions.judgement.contrasted.rows
    residual = rows[found.concern].p_worse if found.concern in rows and found.concern else 0.0
    evidence = found.evidence
    return summary.with_fields(
        alternatives={
            "narrower": bool(found.options),
            "best_ratio": _best_ratio(found.contrast, found.options, found.concern),
        },
        conditions={
            "found": bool(found.conditions.chosen) or base.severity == 0,
            "count": len(found.conditions.chosen),
            "p_worse": residual,
        },
        evidence={
            "assumed_share": evidence.assumed if evidence else 0.0,
            "assumption_dominated": bool(evidence and evidence.assumption_dominated),
        },
    )


def _best_ratio(
    search: Contrast, options: tuple[OptionResult, ...], concern: Concern | None
) -> float | None:
    """Return the best alternative's exposure over the change's own, at the leading concern."""
    if concern is None or not options:
        return None
    own = search.compare().rows[concern].mean_after
    levels = [
        option.contrasted.rows[concern].mean_after
        for option in options
        if concern in option.contrasted.rows
    ]
    return min((bounded_ratio(own, level) for level in levels), default=None)


def _path(
    contrast: Contrast,
    concern: Concern | None,
    objectives: Mapping[str, Sequence[Objective]],
) -> WorstPath | None:
    if concern is None:
        return None
    campaign = _campaign(contrast.after, concern.adversary)
    for objective in objectives.get(concern.adversary, ()):
        path = worst_path(campaign, objective)
        if path is not None:
            return path
    return None
