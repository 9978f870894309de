"""Which of the catalog's own numbers move a verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from counterseal.review.inputs import parse
from counterseal.review.judgement import foremost
from counterseal.review.searches.search import judge_of
from counterseal.review.searches.starting import starting_effects, starting_parameters

if TYPE_CHECKING:
    from counterseal.review.gate import Findings
    from counterseal.review.judgement import Judge


@pytest.fixture(scope="module")
def judge(findings: Findings, files: dict[str, bytes]) -> Judge:
    return judge_of(parse(files), findings.searched.summary)


def test_only_numbers_of_the_catalog_that_have_a_range_are_tried(findings: Findings) -> None:
    chosen, known = starting_parameters(
        findings.searched.contrast.after, findings.objectives, most=12
    )
    assert len(chosen) == 12 < known
    assert all(not one.element and one.low < one.high for one in chosen)
    assert {one.id.partition(":")[0] for one in chosen} <= {
        "cause",
        "class",
        "effect",
        "entry",
        "factor",
        "power",
        "rate",
        "rule",
        "authentication",
    }


def test_each_end_is_what_the_gate_says_with_the_number_held_there(
    findings: Findings, judge: Judge
) -> None:
    contrast = findings.searched.contrast
    chosen, _ = starting_parameters(contrast.after, findings.objectives, most=4)
    rows = starting_effects(contrast, judge, chosen)
    assert {row.parameter.id for row in rows} == {one.id for one in chosen}
    concern = foremost(contrast.compare().rows)
    assert concern is not None
    for row in rows:
        for end in (row.low, row.high):
            held = contrast.compare_if({row.parameter.id: end.value})
            assert end.word is judge(held).word
            assert end.p_worse == held.rows[concern].p_worse
            assert end.ratio == held.rows[concern].mean_ratio


def test_what_moves_the_verdict_comes_first_then_the_widest_ratio(
    findings: Findings, judge: Judge
) -> None:
    contrast = findings.searched.contrast
    chosen, _ = starting_parameters(contrast.after, findings.objectives, most=10)
    rows = starting_effects(contrast, judge, chosen, workers=2)
    assert [row.moves for row in rows] == sorted((row.moves for row in rows), reverse=True)
    still = [row for row in rows if not row.moves]
    spans = [max(r.low.ratio, r.high.ratio) / min(r.low.ratio, r.high.ratio) for r in still]
    assert spans == sorted(spans, reverse=True)
    word = judge(contrast.compare()).word
    assert all(row.moves == ({row.low.word, row.high.word} != {word}) for row in rows)
