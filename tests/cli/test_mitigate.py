"""``mitigate`` prints a plan with its gap, beside every other concern, and refuses nonsense."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from counterseal.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Sequence

    Capture = pytest.CaptureFixture[str]

HARBOUR = Path(__file__).parents[2] / "examples" / "harbour"
COSTS = ["--costs", str(HARBOUR / "costs.yaml")]
FEW = ["--trials", "64", "--fresh", "8", "--lanes", "8", "--workers", "1"]
AGAINST = ["--adversary", "transnational-repression", "--use"]


def _words(use: str, budget: str, *more: str) -> list[str]:
    return ["mitigate", str(HARBOUR), *AGAINST, use, "--budget", budget, *more]


@pytest.mark.slow
def test_a_plan_is_a_document_with_its_gap(capsys: Capture) -> None:
    assert main(_words("coerce", "25", *COSTS, *FEW, "--json")) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["schema"] == "counterseal-mitigation/1"
    assert found["cost"] <= found["budget"] == 25
    assert found["cost_unit"] == "thousand marks"
    assert found["at_least"] <= found["leaves"] <= found["greedy_leaves"] <= 1
    assert found["gap"] == pytest.approx(found["leaves"] - found["at_least"])
    assert found["plan"][-1]["leaves"] == found["leaves"]
    assert [row["budget"] for row in found["curve"]] == sorted(
        row["budget"] for row in found["curve"]
    )
    assert "delete:passes" not in found["shortlist"]  # declared impossible
    assert found["left_out"]["declared impossible"] == 1
    assert found["fresh"]["worse"] == []
    assert "guarantees no share" in found["guarantee"]


@pytest.mark.slow
def test_without_costs_it_says_that_nothing_was_declared(capsys: Capture) -> None:
    assert main(_words("coerce", "1", *FEW)) == 0
    out = capsys.readouterr().out
    assert "no costs were declared: every measure costs 1" in out
    assert "no plan leaves less than" in out
    assert "Nothing gets worse in any draw." in out
    assert out.rstrip().splitlines()[-1].startswith("exit 0: leaves ")


@pytest.mark.slow
def test_where_nothing_is_at_stake_there_is_no_plan(capsys: Capture) -> None:
    words = ["mitigate", str(HARBOUR), "--adversary", "broker-buyer", "--use", "locate"]
    assert main([*words, "--budget", "5", *FEW, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["leaves"] is found["gap"] is found["everything"] is None
    assert main([*words, "--budget", "5", *FEW]) == 0
    out = capsys.readouterr().out
    assert "Nothing is at stake" in out
    assert "exit 0: nothing at stake" in out


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (_words("coerse", "3"), 2, "coerce"),
        (_words("coerce", "-3"), 2, "at least 0"),
        (_words("coerce", "much"), 2, "at least 0"),
        (_words("coerce", "3", "--costs", "nowhere.yaml"), 2, "nowhere.yaml"),
        (["mitigate", str(HARBOUR), "--use", "coerce", "--budget", "1"], 2, "--adversary"),
        (["mitigate", "nowhere", *AGAINST, "coerce", "--budget", "1"], 5, "nowhere"),
    ],
)
def test_what_makes_no_sense_is_refused(
    words: Sequence[str], code: int, says: str, capsys: Capture
) -> None:
    assert main(words) == code
    assert says in "".join(capsys.readouterr())


@pytest.mark.slow
def test_the_solver_is_not_loaded_before_it_is_needed() -> None:
    script = (
        "import sys, counterseal.workspace.examining.mitigating; "
        "print('highspy' in sys.modules)"
    )
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"
