"""Conditions and cuts as rows of the review document: who owes what, until when, shown how."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from counterseal.canon import significant
from counterseal.policy.card import Effect
from counterseal.review.paths import owner_of_element
from counterseal.review.searches.candidates import name_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from counterseal.canon import Json
    from counterseal.review.gate import Findings
    from counterseal.review.searches.conditions import Candidate, Trial

__all__ = ["conditions_section", "cuts_section"]

MOST_SHOWN = 12
MOST_CUTS = 5
VALID_FOR = dt.timedelta(days=365)

RETEST: Mapping[str, str] = {
    "control": "assess the control on the element (SP 800-53A) and review the change again",
    "remove-link": "show that the link is closed from both ends and review the change again",
    "narrow": "show that the data are not held and review the change again",
}


def conditions_section(found: Findings) -> list[Json]:
    """What rules ask for, then the smallest set found, then what else was tried alone."""
    chosen = {candidate.id for candidate in found.searched.conditions.chosen}
    tried = {trial.candidate.id: trial for trial in found.searched.trials}
    rows: list[Json] = [*_asked_by_rules(found)]
    rows += [
        _row(found, tried[one.id], chosen=True) for one in found.searched.conditions.chosen
    ]
    others = [trial for trial in found.searched.trials if trial.candidate.id not in chosen]
    rows += [_row(found, trial, chosen=False) for trial in others[:MOST_SHOWN]]
    return rows


def cuts_section(found: Findings) -> list[Json]:
    """What cuts the worst path: candidates that touch one of its steps, best first."""
    if found.path is None or found.concern is None:
        return []
    steps = {hop.step.id for hop in found.path.hops}
    elements = {hop.step.element for hop in found.path.hops}
    campaign = found.searched.contrast.after.campaign(found.concern.adversary)
    cuts = [
        trial
        for trial in found.searched.trials
        if (campaign and steps & set(campaign.engine.touched(list(trial.candidate.overrides))))
        or elements & set(trial.candidate.elements)
    ]
    return [_cut(found, trial) for trial in cuts[:MOST_CUTS]]


def _asked_by_rules(found: Findings) -> list[Json]:
    verdict = found.judgement.verdict
    asking = {Effect.CONDITION, Effect.REDESIGN}
    return [
        {
            "id": f"rule:{firing.card.id}",
            "statement": firing.card.remedy,
            "kind": "rule",
            "elements": [],
            "owner": firing.card.owner,
            "expires": _expiry(found),
            "retest": f"rule {firing.card.id} no longer fires",
            "p_worse_after": None,
            "chosen": True,
        }
        for firing in (*verdict.decisive, *verdict.others)
        if firing.card.effect in asking
    ]


def _row(found: Findings, trial: Trial, *, chosen: bool) -> Json:
    candidate = trial.candidate
    return {
        "id": candidate.id,
        "statement": candidate.statement,
        "kind": candidate.kind,
        "elements": list(candidate.elements),
        "owner": _owner(found, candidate),
        "expires": _expiry(found),
        "retest": RETEST[candidate.kind],
        "p_worse_after": _p_worse(found, trial),
        "ratio_after": _ratio(found, trial),
        "verdict": trial.judgement.word.value,
        "enforceable": candidate.enforceable,
        "chosen": chosen,
    }


def _cut(found: Findings, trial: Trial) -> Json:
    candidate = trial.candidate
    before = _base_level(found, trial)
    after = _level(found, trial)
    return {
        "id": candidate.id,
        "statement": candidate.statement,
        "element": candidate.elements[0],
        "kind": candidate.kind,
        "p_worse_after": _p_worse(found, trial),
        "reduction": significant(1 - after / before) if before > 0 else 0.0,
    }


def _level(found: Findings, trial: Trial) -> float:
    concern = found.concern
    rows = trial.judgement.contrasted.rows
    return rows[concern].mean_after if concern in rows and concern else 0.0


def _base_level(found: Findings, trial: Trial) -> float:
    """Return the level after the change without conditions, on the draws of the search."""
    concern = found.concern
    rows = found.searched.contrast.compare().rows
    return rows[concern].mean_after if concern in rows and concern else _level(found, trial)


def _p_worse(found: Findings, trial: Trial) -> float | None:
    rows = trial.judgement.contrasted.rows
    concern = found.concern
    return significant(rows[concern].p_worse) if concern in rows and concern else None


def _ratio(found: Findings, trial: Trial) -> float | None:
    rows = trial.judgement.contrasted.rows
    concern = found.concern
    if concern not in rows or concern is None:
        return None
    ratio = rows[concern].mean_ratio
    return significant(ratio) if ratio != float("inf") else None


def _owner(found: Findings, candidate: Candidate) -> str:
    estate = found.proposal.after
    owner = owner_of_element(estate, candidate.elements[0])
    return name_of(estate, owner) if owner else "to be named"


def _expiry(found: Findings) -> str:
    """Return the day on which a condition lapses: a year from the assessment."""
    assessed = found.proposal.change.dates.assessed
    if assessed is None:
        return "12 months from the decision"
    return (assessed + VALID_FOR).isoformat()
