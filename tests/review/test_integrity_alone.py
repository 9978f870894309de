"""A change that takes no data anywhere can fail on integrity alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from counterseal.review.inputs import Settings, encode_settings

if TYPE_CHECKING:
    from collections.abc import Callable

    Files = dict[str, bytes]
    Reviewed = Callable[[Files], dict[str, Any]]

ESTATE, CHANGE = "estate/harbour.yaml", "changes/terminal-copy.yaml"
TERMINAL = """
  - id: terminal
    kind: partner

zones:
  - id: terminal-network
    kind: partner
    operator: terminal
    baseline: low
"""
GATE = """
  - id: terminal-gate
    kind: application
    zone: terminal-network
    owner: terminal
    exposure: internet

populations:
"""
TIMES = """
  - id: berth-times
    name: Berthing times for the gate plan
    from: terminal-gate
    to: pass-register
    kind: batch
    authentication: password
    owner: harbour-authority

authorities:
"""
CHECKS = """
controls:
  - {id: register-checks, control: AU-10, on: [pass-register], state: verified}

authorities:
"""
WRITER = "patch: {set: {passes: {writers: [quayline-maintenance, berth-times]}}}\n"
UNCHECKED = "patch: {set: {register-checks: {state: absent}}}\n"


WRITES = ("conditions", "integrity-likely-worse")
BLIND = ("redesign", "integrity-worse")
WIDER = {"\nzones:\n": TERMINAL, "\npopulations:\n": GATE, "\nauthorities:\n": TIMES}
CHECKED = {"\nauthorities:\n": CHECKS}
SETTINGS = Settings(outer=24, lanes=128, screen_outer=8, screen_lanes=32)


@pytest.fixture(
    scope="module",
    params=[(WIDER, WRITER, *WRITES), (CHECKED, UNCHECKED, *BLIND)],
    ids=["a feed that may write", "checks switched off"],
)
def document(
    request: pytest.FixtureRequest, files: Files, reviewed: Reviewed
) -> dict[str, Any]:
    """Return a review, with the word and the rule that are expected of it."""
    pieces, patch, word, rule = request.param
    estate, change = files[ESTATE].decode(), files[CHANGE].decode()
    for old, new in pieces.items():
        assert estate.count(old) == 1
        estate = estate.replace(old, new)
    changed = change[: change.index("patch:")] + patch
    inputs = {
        **files,
        ESTATE: estate.encode(),
        CHANGE: changed.encode(),
        "settings.json": encode_settings(SETTINGS),
    }
    return {**reviewed(inputs), "expected": (word, [rule])}


def test_no_use_and_no_knowledge_gets_worse_by_a_hair(document: dict[str, Any]) -> None:
    rows = [row for row in document["headline"] if row["family"] != "integrity"]
    assert rows
    assert all(row["p_worse"] == row["p_better"] == 0.0 for row in rows)


def test_the_verdict_rests_on_integrity(document: dict[str, Any]) -> None:
    verdict = document["verdict"]
    assert (verdict["word"], verdict["decided_by"]) == document["expected"]


def test_the_path_leads_to_records_made_false_and_comes_with_a_cut(
    document: dict[str, Any],
) -> None:
    last = document["worst_path"][-1]["step"]
    assert last.split("#")[1] in {"alter", "insert", "suppress", "poison"}
    assert document["cuts"]


def test_only_person_years_of_false_records_are_measured_as_moved(
    document: dict[str, Any],
) -> None:
    assert {row["id"].split(":")[1] for row in document["measures"]} == {"integrity"}
    assert {row["unit"] for row in document["measures"]} == {"person-years"}


def test_conditions_are_found_for_it(document: dict[str, Any]) -> None:
    chosen = [row for row in document["conditions"] if row["chosen"]]
    assert any(row["kind"] == "control" and row["p_worse_after"] < 0.1 for row in chosen)
