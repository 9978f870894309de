"""The tables of the review document: what became possible is a range of people."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from counterseal.assess.possible import Possibility
from counterseal.review.written.sections import possible_section

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
