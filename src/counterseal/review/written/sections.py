"""The tables of the review document: headline, measures, what became possible, and the rest.

Every number is rounded to six significant digits before it is recorded; what is shown to a
reader is rounded further. A level never stands without the comparison it belongs to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from counterseal.assess.breadth import breadth_depth
from counterseal.assess.people import coverage
from counterseal.assess.possible import contributing
from counterseal.canon import significant
from counterseal.policy.verdict import DISCLAIMER
from counterseal.review.judgement import foremost
from counterseal.review.summary import bounded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from counterseal.assess.comparison import Comparison
    from counterseal.assess.levels import Concern
    from counterseal.canon import Json
    from counterseal.catalog.catalog import Catalog
    from counterseal.estate.records import Feed, Holding
    from counterseal.policy.evaluate import Firing
    from counterseal.review.gate import Findings

__all__ = [
    "alternatives_section",
    "breadth_section",
    "change_section",
    "evidence_section",
    "flip_section",
    "headline_section",
    "measures_section",
    "possible_section",
    "verdict_section",
]

UNITS = {"use": "person-years", "integrity": "person-years", "knowledge": "items"}
SUBJECTS = {"records": "Make records false", "items": "Learn the architecture"}


def change_section(found: Findings) -> dict[str, Json]:
    """What changes, with what stays as it is counted."""
    change, diff = found.proposal.change, found.proposal.diff
    return {
        "id": change.id,
        "kind": change.kind.value,
        "title": change.title,
        "stage": change.stage.value,
        "sponsor": change.sponsor,
        "need": change.need,
        "authority": change.authority,
        "necessity": change.necessity,
        "differences": [row.as_json() for row in diff.differences],
        "unchanged": dict(diff.unchanged),
    }


def verdict_section(found: Findings) -> dict[str, Json]:
    """The word, the rules behind it and what it never means."""
    verdict = found.judgement.verdict
    fired = [_rule(firing) for firing in (*verdict.decisive, *verdict.others)]
    errors: list[Json] = [
        {
            "rule": error.rule,
            "effect": "not-evaluable",
            "statement": error.reason,
            "authority": "",
            "elements": [],
        }
        for error in verdict.errors
    ]
    return {
        "word": verdict.word.value,
        "rules": [*fired, *errors],
        "decided_by": [firing.card.id for firing in verdict.decisive],
        "disclaimer": DISCLAIMER,
    }


def headline_section(found: Findings) -> list[Json]:
    """P(after worse than before) per adversary and concern, surest and worst first.

    Before all others stands the concern that the review is about.
    """
    rows = found.judgement.contrasted.rows
    about = foremost(rows)
    ranked = sorted(rows, key=lambda c: (c != about, -rows[c].p_worse, -rows[c].mean_ratio, c))
    return [_headline(concern, rows[concern], found.inputs.catalog) for concern in ranked]


def measures_section(found: Findings) -> list[Json]:
    """Before, after and change of every concern that the change moves at all."""
    rows = found.judgement.contrasted.rows
    return [
        {
            "id": f"{concern.adversary}:{concern.family}:{concern.subject}",
            "name": f"{_subject(concern, found.inputs.catalog)}, "
            f"{found.inputs.catalog.adversaries[concern.adversary].name}",
            "adversary": concern.adversary,
            "unit": UNITS[concern.family],
            "before": row.before.as_json(),
            "after": row.after.as_json(),
            "change": row.change.as_json(),
            "limit": None,
            "crossed": row.newly_possible,
        }
        for concern, row in rows.items()
        if row.worse.hits or row.better.hits
    ]


def possible_section(found: Findings) -> list[Json]:
    """What became possible, for whom, through which holdings, over how many people."""
    rows: list[Json] = []
    estate, catalog = found.proposal.after, found.inputs.catalog
    possible = found.judgement.contrasted.possible
    uses = {use: contributing(estate, catalog.uses[use]) for use in {n.use for n in possible}}
    sources: Mapping[str, Holding | Feed] = {**estate.holdings, **estate.feeds}
    for new in possible:
        holdings = uses[new.use][new.population]
        covered = coverage(estate, items=[sources[key] for key in holdings]).get(new.population)
        name = estate.populations[new.population].name or new.population
        adversary = catalog.adversaries[new.adversary].name
        use = catalog.uses[new.use].name.lower()
        rows.append(
            {
                "adversary": new.adversary,
                "use": new.use,
                "population": new.population,
                "statement": f"{adversary} can now {use}: {name}",
                "elements": list(holdings),
                "people": {
                    "low": covered.low if covered else 0.0,
                    "high": bounded(covered.high) if covered else 0.0,
                },
            }
        )
    return rows


def alternatives_section(found: Findings) -> list[Json]:
    """Doing nothing first, then every alternative, compared with before on the same draws."""
    nothing: Json = {
        "id": "do-nothing",
        "title": "Do nothing",
        "p_worse": 0.0,
        "interval": None,
        "ratio": {"median": 1.0, "low": 1.0, "high": 1.0},
        "note": "by definition the same as before",
    }
    return [nothing, *(_option(found, number) for number in range(len(found.searched.options)))]


def flip_section(found: Findings) -> dict[str, Json]:
    """The facts that reverse the verdict one at a time."""
    return {
        "distance": found.searched.flip.distance,
        "facts": [
            {
                "parameter": fact.claim.id,
                "label": fact.claim.label,
                "element": fact.claim.element,
                "source": fact.claim.source,
                "value": fact.claim.stated,
                "flips_at": fact.value,
                "verdict": fact.word.value,
            }
            for fact in found.searched.flip.facts
        ],
        "tried": found.searched.flip.tried,
        "method": found.searched.flip.method,
    }


def evidence_section(found: Findings) -> dict[str, Json]:
    """Share of the variance of the leading difference by grade of evidence."""
    evidence = found.searched.evidence
    return {
        "shares": {
            grade.value: significant(share, digits=4)
            for grade, share in (evidence.shares.items() if evidence else ())
        },
        "assumption_dominated": bool(evidence and evidence.assumption_dominated),
        "method": "total-order Sobol indices of the groups of inputs of one grade, by "
        "pick-freeze (Jansen 1999), shared out in proportion",
    }


def breadth_section(found: Findings) -> dict[str, Json]:
    """How far breadth and depth moved, for the leading use and adversary."""
    concern = found.concern
    empty: dict[str, Json] = {"breadth": None, "depth": None, "index": None, "points": []}
    if concern is None or concern.family != "use":
        return empty | _dates(found)
    row = found.judgement.contrasted.rows[concern]
    sides = (found.contrast.before, found.contrast.after)
    campaigns = [side.campaign(concern.adversary) for side in sides]
    value = [campaign.yield_of(concern.subject) if campaign else 0.0 for campaign in campaigns]
    move = breadth_depth(value=(value[0], value[1]), exposure=(row.mean_before, row.mean_after))
    points: list[Json] = [
        {"label": label, "x": significant(point[0]), "y": significant(point[1])}
        for label, point in (("before", move.before), ("after", move.after))
        if point is not None
    ]
    return {
        "breadth": _rounded(move.breadth),
        "depth": _rounded(move.depth),
        "index": _rounded(move.index),
        "points": points,
        **_dates(found),
    }


def _dates(found: Findings) -> dict[str, Json]:
    """The day of this change and the days of those approved before, by day.

    What an entry of the history holds is what the change added that still stands. What stood
    beside it then, and what has gone since, nobody wrote down, so no entry has a point.
    """
    dates = found.proposal.change.dates
    day = dates.assessed or dates.proposed
    past = found.proposal.before.history.values()
    return {
        "date": day.isoformat() if day else "",
        "history": [
            {
                "id": entry.id,
                "date": entry.date.isoformat(),
                "title": entry.title,
                "kind": entry.kind.value,
                "added": len(entry.added),
            }
            for entry in sorted(past, key=lambda entry: (entry.date, entry.id))
        ],
    }


def _rule(firing: Firing) -> Json:
    card = firing.card
    return {
        "rule": card.id,
        "effect": card.effect.value,
        "statement": card.statement,
        "authority": card.authority,
        "remedy": card.remedy,
        "owner": card.owner,
        "elements": [],
    }


def _headline(concern: Concern, row: Comparison, catalog: Catalog) -> Json:
    low, high = row.worse.wilson()
    return {
        "adversary": concern.adversary,
        "adversary_name": catalog.adversaries[concern.adversary].name,
        "use": concern.subject,
        "use_name": _subject(concern, catalog),
        "family": concern.family,
        "p_worse": significant(row.p_worse),
        "interval": [significant(low), significant(high)],
        "p_better": significant(row.better.estimate),
        "ratio": row.ratio.as_json() if row.ratio else None,
        "newly_possible": row.newly_possible,
    }


def _subject(concern: Concern, catalog: Catalog) -> str:
    use = catalog.uses.get(concern.subject)
    return use.name if use is not None else SUBJECTS[concern.subject]


def _option(found: Findings, number: int) -> Json:
    option = found.searched.options[number]
    row = option.contrasted.rows.get(found.concern) if found.concern else None
    if row is None:
        return {"id": option.id, "title": option.title, "p_worse": None, "note": ""}
    low, high = row.worse.wilson()
    return {
        "id": option.id,
        "title": option.title,
        "p_worse": significant(row.p_worse),
        "interval": [significant(low), significant(high)],
        "ratio": row.ratio.as_json() if row.ratio else None,
        "note": "for the adversary and use that the change itself favors most",
    }


def _rounded(number: float | None) -> float | None:
    return None if number is None else significant(number)
