"""What was really used, and what a wrong key points at. The only reader of the truth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from counterseal.backtest.ranking import Measure

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from counterseal.backtest.case import Before, Case, CaseTrust

__all__ = ["Key", "key", "owners_of", "wrong_keys"]

Key = dict[Measure, str]
"""Id of the case's own element by measure; a measure that is not defined is absent."""


def key(case: Case) -> Key:
    """Return what was really used, in ids of the case.

    Entry: where the first step led. Seam: the first used edge between different owners. Last
    hop: the last used edge into the system of the objective, or of an objective holding. An
    edge that ``pre`` does not have is a move of the attacker's own and passed over.
    """
    before, truth = case.before, case.truth
    edges = {row.id: row for row in before.trust}
    used = [edges[name] for step in truth.path for name in step.edges if name in edges]
    owners = owners_of(before)
    found: Key = {}
    if truth.path and truth.path[0].to in owners:
        found[Measure.ENTRY] = truth.path[0].to
    seams = [row.id for row in used if owners[row.from_] != owners[row.to]]
    if seams:
        found[Measure.SEAM] = seams[0]
    wanted = {truth.objective} | {
        row.system for row in before.holdings if row.id in truth.objective_holdings
    }
    last = [row.id for row in used if row.to in wanted]
    if last:
        found[Measure.LAST_HOP] = last[-1]
    return found


def wrong_keys(case: Case) -> Mapping[Measure, tuple[str, ...]]:
    """Return everything of the case that was *not* used and might have been, by measure.

    Systems and organizations other than the entry; edges between owners other than the seam;
    edges into systems with data other than the last hop. Any other key than the right one
    points at one of these, so their mean rank is what a wrong key gets. It shows what rank an
    element has just for being one of the case: near 0.5 where the embedding hides it.
    """
    right = key(case)
    return {
        measure: tuple(name for name in names if name != right.get(measure))
        for measure, names in _lists(case.before).items()
    }


def _lists(before: Before) -> Mapping[Measure, tuple[str, ...]]:
    owners = owners_of(before)
    data = {row.system for row in before.holdings}
    return {
        Measure.ENTRY: tuple(owners),
        Measure.SEAM: _ids(row for row in before.trust if owners[row.from_] != owners[row.to]),
        Measure.LAST_HOP: _ids(row for row in before.trust if row.to in data),
    }


def owners_of(before: Before) -> dict[str, str]:
    """Return the owner of each system and organization of a case; one owns itself."""
    return {row.id: row.owner for row in before.systems} | {
        row.id: row.id for row in before.orgs
    }


def _ids(rows: Iterable[CaseTrust]) -> tuple[str, ...]:
    return tuple(row.id for row in rows)
