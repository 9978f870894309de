"""The gate says of every change of the examples what their README argued before any run.

Meridian runs on fewer draws than a review takes by default, to keep the suite short; at both,
every verdict was found to be the one argued.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from counterseal.canon import canonical
from counterseal.review.document import write
from counterseal.review.gate import find
from counterseal.review.inputs import Settings, parse
from counterseal.workspace.project import open_project

if TYPE_CHECKING:
    from collections.abc import Mapping

EXAMPLES = Path(__file__).parents[2] / "examples"
DRAWS = {"harbour": Settings(), "meridian": Settings(outer=32, lanes=8)}


def _expected(name: str) -> Mapping[str, str]:
    words: Mapping[str, str] = yaml.safe_load((EXAMPLES / name / "expected.yaml").read_text())
    return words


def _cases() -> list[tuple[str, str]]:
    return [(name, change) for name in DRAWS for change in _expected(name)]


def _review(name: str, change: str) -> Mapping[str, Any]:
    project = open_project(EXAMPLES / name)
    path = EXAMPLES / name / "changes" / f"{change}.yaml"
    found = find(parse(project.inputs(path, DRAWS[name])))
    document: Mapping[str, Any] = json.loads(canonical(write(found)))
    return document


@pytest.mark.slow
@pytest.mark.parametrize(("name", "change"), _cases())
def test_the_verdict_is_the_one_that_was_argued(name: str, change: str) -> None:
    document = _review(name, change)
    verdict = document["verdict"]
    assert verdict["word"] == _expected(name)[change], verdict["decided_by"]
    assert document["exit"] == {"redesign": 3, "refuse": 3}.get(verdict["word"], 0)
