"""The tables of the review document: what became possible is a range of people."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from counterseal.assess.possible import Possibility
from counterseal.estate.records import HistoryEntry
from counterseal.review.written.sections import breadth_section, possible_section

if TYPE_CHECKING:
    from counterseal.review.gate import Findings


@pytest.fixture(scope="module")
def newly(findings: Findings) -> Findings:
    """Return the findings with one use that became possible."""
    found = Possibility(adversary="cyber-espionage", use="identify", population="pass-holders")
    contrasted = replace(findings.judgement.contrasted, possible=(found,))
    return replace(findings, judgement=replace(findings.judgement, contrasted=contrasted))


def test_what_became_possible_is_over_the_range_that_the_estate_states(newly: Findings) -> None:
    [row] = possible_section(newly)
    assert isinstance(row, dict)
    assert row["people"] == {"low": 36_000, "high": 41_000}
    assert row["elements"] == ["passes", "passes-at-terminal"]


def test_the_past_is_told_by_day_and_has_no_points(findings: Findings) -> None:
    rows: list[tuple[str, str, list[str]]] = [
        ("late", "2025-03-01", ["passes"]),
        ("early", "2021-08-09", []),
    ]
    past = {
        key: HistoryEntry.model_validate(
            {"id": key, "date": day, "kind": "access", "title": key.title(), "added": added}
        )
        for key, day, added in rows
    }
    before = replace(findings.proposal.before, history=past)
    proposal = replace(findings.proposal, before=before)
    told = breadth_section(replace(findings, proposal=proposal))
    assert told["date"] == "2026-10-05"
    history = told["history"]
    assert isinstance(history, list)
    assert history == [
        {"id": "early", "date": "2021-08-09", "title": "Early", "kind": "access", "added": 0},
        {"id": "late", "date": "2025-03-01", "title": "Late", "kind": "access", "added": 1},
    ]
    points = told["points"]
    assert isinstance(points, list)
    assert [point["label"] for point in points if isinstance(point, dict)] == [
        "before",
        "after",
    ]
