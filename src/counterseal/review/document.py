"""The review document ``counterseal-review/1``: what is shown, signed, sealed and replayed.

Nothing in it depends on the clock, the machine or the number of workers, so the same inputs
give the same canonical bytes.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

from counterseal.canon import canonical, digest, significant
from counterseal.policy.verdict import Word
from counterseal.review import inputs as review_inputs
from counterseal.review.gate import find
from counterseal.review.precedence import findings as precedence_findings
from counterseal.review.searches.candidates import name_of
from counterseal.review.written.pictures import curves_section, value_section
from counterseal.review.written.remedies import conditions_section, cuts_section
from counterseal.review.written.sections import (
    alternatives_section,
    breadth_section,
    change_section,
    evidence_section,
    flip_section,
    headline_section,
    measures_section,
    possible_section,
    verdict_section,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from counterseal.canon import Json
    from counterseal.review.gate import Findings
    from counterseal.review.searches.search import Progress

__all__ = ["SCHEMA", "replay", "write"]

SCHEMA = "counterseal-review/1"

EXITS: Mapping[Word, int] = {
    Word.NO_OBJECTION: 0,
    Word.CONDITIONS: 0,
    Word.REDESIGN: 3,
    Word.REFUSE: 3,
    Word.NOT_EVALUABLE: 5,
}

STANDING_LIMITS = (
    "Levels of reach and loss rest on elicited priors; only the comparison is evaluated.",
    "An adversary who is detected loses time at that step, not its other footholds.",
    "Detections share one factor of skill, with an elicited correlation.",
    "The adversary works on everything at once, so levels of reach are upper bounds.",
    "Populations may overlap; distinct people lie between the bounds that are stated.",
    "Nothing here says that the change is lawful, necessary or ethical.",
)


def write(found: Findings) -> dict[str, Json]:
    """Return the review document of some findings."""
    document: dict[str, Json] = {
        "schema": SCHEMA,
        "change": change_section(found),
        "verdict": verdict_section(found),
        "headline": headline_section(found),
        "measures": measures_section(found),
        "became_possible": possible_section(found),
        "worst_path": _worst_path(found),
        "cuts": cuts_section(found),
        "conditions": conditions_section(found),
        "alternatives": alternatives_section(found),
        "flip": flip_section(found),
        "evidence": evidence_section(found),
        "breadth_depth": breadth_section(found),
        "precedence": [
            {"code": finding.code, "statement": finding.statement}
            for finding in precedence_findings(found.proposal.change)
        ],
        "limits": list(_limits(found)),
        "curves": curves_section(found),
        "value": value_section(found),
        "assessment": found.assessment,
        "exit": EXITS[found.judgement.word],
    }
    document["digests"] = _digests(found)
    return document


def replay(
    files: Mapping[str, bytes],
    *,
    workers: int | None = None,
    progress: Progress = lambda *_: None,
) -> bytes:
    """Return the canonical bytes of the review document of some input files.

    This is the whole function from inputs to verdict: an inspector's replay calls it with the
    files of a bundle.
    """
    inputs = review_inputs.parse(files)
    return canonical(write(find(inputs, workers=workers, progress=progress)))


def _worst_path(found: Findings) -> list[Json]:
    if found.path is None:
        return []
    estate = found.proposal.after
    return [
        {
            "step": hop.step.id,
            "element": hop.step.element,
            "name": name_of(estate, hop.step.element),
            "technique": hop.step.technique,
            "vector": hop.step.vector,
            "rule": hop.step.rule,
            "source": str(hop.step.place) if hop.step.place else "",
            "label": hop.step.label,
            "median_days": significant(hop.median_days, digits=2),
            "owner": name_of(estate, hop.owner) if hop.owner else "",
        }
        for hop in found.path.hops
    ]


def _limits(found: Findings) -> tuple[str, ...]:
    own = []
    if found.searched.evidence is not None and found.searched.evidence.assumption_dominated:
        own.append(
            "Assumption-dominated: more than half of the variance comes from assumed inputs; "
            "compare forms of the change, do not rely on how large a difference is."
        )
    settings = found.inputs.settings
    own.append(
        f"{settings.outer} epistemic draws of {settings.lanes} trials each; searches used "
        f"{settings.screen.outer} of {settings.screen.lanes}."
    )
    return (*own, *STANDING_LIMITS)


def _digests(found: Findings) -> dict[str, Json]:
    inputs, proposal = found.inputs, found.proposal
    settings = inputs.settings
    before, after = proposal.digests
    return {
        "estate_before": before,
        "estate_after": after,
        "change": proposal.change.digest,
        "catalog": inputs.catalog.digest,
        "rules": inputs.rules.digest,
        "inputs": digest(dict(inputs.digests)),
        "engine": f"counterseal {version('counterseal')}",
        "seed": str(settings.seed),
        "draws": f"{settings.outer} x {settings.lanes}",
    }
