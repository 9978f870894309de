"""``graph simulate --rare`` prints an estimate, a reason, or why the target is unknown."""

from __future__ import annotations

import json
from math import exp
from typing import TYPE_CHECKING

import pytest

from counterseal.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

    Capture = pytest.CaptureFixture[str]


@pytest.fixture
def graph(tmp_path: Path) -> str:
    """Write a graph with a vault that is rarely opened, and an island."""
    day = {"family": "exponential", "mean": 200}
    document = {
        "format": "counterseal-attack-graph/1",
        "causes": [{"id": "c", "probability": 0.01}],
        "steps": [
            {"id": "gate", "kind": "or", "entry": True, "requires": ["c"]},
            {"id": "badge", "kind": "or", "entry": True, "time_days": {**day, "success": 0.05}},
            {"id": "vault", "kind": "and", "parents": ["badge", "gate"], "time_days": day},
            {"id": "island", "kind": "or", "parents": ["island"]},
        ],
        "targets": ["gate"],
        "horizon_days": 120,
    }
    path = tmp_path / "graph.json"
    path.write_text(json.dumps(document))
    return str(path)


def test_the_estimate_is_printed_with_its_interval(graph: str, capsys: Capture) -> None:
    assert main(["graph", "simulate", graph, "--trials", "2000", "--rare", "vault"]) == 0
    out = capsys.readouterr().out
    assert "vault: reached with probability " in out
    assert "e-05 (95 %: " in out
    assert "effective hits" in out


def test_the_document_has_the_estimate_only_when_it_was_asked_for(
    graph: str, capsys: Capture
) -> None:
    words = ["graph", "simulate", graph, "--trials", "2000", "--json"]
    assert main(words) == 0
    assert "rare" not in json.loads(capsys.readouterr().out)
    assert main([*words, "--rare", "vault"]) == 0
    rare = json.loads(capsys.readouterr().out)["rare"]
    low, high = rare["interval"]
    assert low < 0.01 * 0.05 * (1.0 - 1.6 * exp(-0.6)) < high  # Erlang of two at 120 days
    assert set(rare) == {
        "target",
        "reach",
        "standard_error",
        "interval",
        "reason",
        "trials",
        "hits",
        "effective",
        "tilted",
        "pilot",
        "warnings",
    }
    tilted = {(t["input"], t["id"]) for one in rare["tilted"] for t in one["tilts"]}
    assert {("cause", "c"), ("works", "badge"), ("time", "vault")} <= tilted
    assert rare["pilot"]["trials"] == sum(r["trials"] for r in rare["pilot"]["rounds"])


def test_a_target_that_cannot_be_reached_is_said_to_be_so(graph: str, capsys: Capture) -> None:
    assert main(["graph", "simulate", graph, "--trials", "100", "--rare", "island"]) == 0
    assert "island: never reached: no entry leads to it" in capsys.readouterr().out


def test_an_unknown_target_is_refused_with_the_likest_name(graph: str, capsys: Capture) -> None:
    assert main(["graph", "simulate", graph, "--rare", "valt"]) == 2
    printed = capsys.readouterr()
    assert "there is no step 'valt'" in printed.out + printed.err
    assert "Did you mean 'vault'?" in printed.out + printed.err
