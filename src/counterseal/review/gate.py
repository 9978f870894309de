"""The gate: a change to its assessments to a verdict; the same inputs give the same bytes.

The order is the same for every change. Before and after are simulated on the same draws;
conditions, alternatives and falsehoods are tried on the first part of those draws; and the
rule cards are asked about the comparison on all draws, knowing what was found.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterseal.assess.contrast import Contrast
from counterseal.assess.many import each
from counterseal.assess.side import model_of
from counterseal.estate.pause import without_collection
from counterseal.review.judgement import foremost
from counterseal.review.paths import leading_objectives, worst_path
from counterseal.review.profile import profile
from counterseal.review.proposal import propose
from counterseal.review.searches.search import MOST_THREADS, judge_of, search
from counterseal.threads import threads

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from counterseal.assess.campaign import Campaign, Outcome
    from counterseal.assess.contrast import Contrasted
    from counterseal.assess.levels import Concern
    from counterseal.assess.side import Side
    from counterseal.attackgraph.model import Objective
    from counterseal.canon import Json
    from counterseal.review.inputs import Inputs
    from counterseal.review.judgement import Judgement
    from counterseal.review.paths import WorstPath
    from counterseal.review.proposal import Proposal
    from counterseal.review.searches.search import Progress, Searched

__all__ = ["Findings", "find"]


@dataclass(frozen=True, kw_only=True)
class Findings:
    """Everything a review found; the document is written from it.

    Attributes:
        inputs: What was reviewed.
        proposal: The change, applied.
        contrast: Before and after on the draws of the verdict.
        judgement: The verdict and the comparisons it rests on.
        assessment: What the rule cards were told.
        concern: The concern that is most surely worse; ``None`` when there is none.
        objectives: What each adversary would go for, by adversary.
        path: The worst path to what the leading concern needs.
        searched: What the searches found.
    """

    inputs: Inputs
    proposal: Proposal
    contrast: Contrast
    judgement: Judgement
    assessment: Mapping[str, Mapping[str, Json]]
    concern: Concern | None
    objectives: Mapping[str, Sequence[Objective]]
    path: WorstPath | None
    searched: Searched


def find(
    inputs: Inputs, *, workers: int | None = None, progress: Progress = lambda *_: None
) -> Findings:
    """Review the change in ``inputs``.

    Raises:
        InvalidDocumentError: The change does not fit the estate.
    """
    with without_collection():
        return _find(inputs, workers=workers, progress=progress)


def _find(inputs: Inputs, *, workers: int | None, progress: Progress) -> Findings:
    proposal = propose(inputs)
    contrast, screen = _contrasts(inputs, proposal, workers=workers, progress=progress)
    base = contrast.compare()
    concern = foremost(base.rows)
    objectives = _objectives(inputs, contrast, base)
    searched = search(
        inputs,
        proposal,
        screen,
        summary=profile(proposal, inputs.catalog),
        concern=concern,
        objectives=objectives,
        workers=workers or MOST_THREADS,
        progress=progress,
    )
    return Findings(
        inputs=inputs,
        proposal=proposal,
        contrast=contrast,
        judgement=judge_of(inputs, searched.summary)(base),
        assessment=searched.summary.assessment(base),
        concern=concern,
        objectives=objectives,
        path=_path(screen, concern, objectives),
        searched=searched,
    )


def _contrasts(
    inputs: Inputs, proposal: Proposal, *, workers: int | None, progress: Progress
) -> tuple[Contrast, Contrast]:
    """Return both sides on the draws of the verdict and on those of the searches."""
    full, screen = inputs.settings.draws, inputs.settings.screen
    progress("before and after", 0, 3)
    before = model_of(proposal.before, inputs.catalog).side(full, workers=workers)
    with threads(1) as pool:
        running = pool.submit(before.run)  # kernels, while Python compiles the other
        model = model_of(proposal.after, inputs.catalog)
        after = model.side(full, workers=workers, like=before)
        running.result()
    whole = Contrast(before=before, after=after, draws=full)
    progress("before and after", 1, 3)
    narrow = [side.first(screen, workers=1) for side in (before, after)]
    rows = zip(*(side.campaigns for side in (before, after, *narrow)), strict=True)
    list(each(_settled, list(rows), workers=workers or MOST_THREADS))
    progress("before and after", 2, 3)
    whole.compare()
    part = Contrast(before=narrow[0], after=narrow[1], draws=screen)
    part.compare()
    return whole, part


def _settled(wide_then_narrow: Sequence[Campaign]) -> None:
    """Find the outcomes of one adversary, and give up what only the narrow ones needed.

    Args:
        wide_then_narrow: Before and after on all draws, and then on the first of them.
    """
    for campaign in wide_then_narrow:
        _ = campaign.base
    for campaign in wide_then_narrow[:2]:
        campaign.engine.release()


def _objectives(
    inputs: Inputs, contrast: Contrast, base: Contrasted
) -> Mapping[str, Sequence[Objective]]:
    """Return, by adversary, the objectives behind its leading concern."""
    before = {campaign.adversary.id: outcome for campaign, outcome in _runs(contrast.before)}
    found: dict[str, Sequence[Objective]] = {}
    for campaign, outcome in _runs(contrast.after):
        name = campaign.adversary.id
        concern = foremost({c: row for c, row in base.rows.items() if c.adversary == name})
        if concern is not None:
            found[name] = leading_objectives(
                campaign, concern, inputs.catalog, before=before.get(name), after=outcome
            )
    return found


def _runs(side: Side) -> tuple[tuple[Campaign, Outcome], ...]:
    return tuple(zip(side.campaigns, side.base, strict=True))


def _path(
    screen: Contrast,
    concern: Concern | None,
    objectives: Mapping[str, Sequence[Objective]],
) -> WorstPath | None:
    campaign = screen.after.campaign(concern.adversary) if concern is not None else None
    if concern is None or campaign is None:
        return None
    for objective in objectives.get(concern.adversary, ()):
        path = worst_path(campaign, objective)
        if path is not None:
            return path
    return None
