"""The text report: order, honesty, and nothing that a level could be read from."""

# ruff: noqa: RUF001 - typographic signs are what readers see

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from counterseal.report.text import DISCLAIMER, Options, render, summary

if TYPE_CHECKING:
    from types import ModuleType

    from counterseal.canon import Json

PARTS = (
    "What changes",
    "What it does",
    "Verdict",
    "Smallest set",
    "Worst path",
    "Flip distance",
    "Evidence",
    "Alternatives",
    "What this does not show",
)
MINIMAL: dict[str, Json] = {
    "schema": "counterseal-review/1",
    "change": {"id": "x"},
    "verdict": {"word": "not evaluable"},
    "exit": 5,
}


def test_parts_come_in_the_agreed_order(fiction: ModuleType) -> None:
    numbered = re.findall(r"^(\d)\. (.*?) ?[─]*$", render(fiction.document()), re.MULTILINE)
    assert [number for number, _ in numbered] == [str(n) for n in range(1, 10)]
    for (_, title), expected in zip(numbered, PARTS, strict=True):
        assert title.startswith(expected)


def test_comparison_comes_before_any_measure(fiction: ModuleType) -> None:
    text = render(fiction.document())
    assert text.index("worse in 97 %") < text.index("measure ")


def test_absolute_probabilities_are_words_unless_asked_for(fiction: ModuleType) -> None:
    hidden = render(fiction.document(), Options(width=140))
    shown = render(fiction.document(), Options(width=140, levels=True))
    assert "34 % (21–52 %)" not in hidden.replace("\u00a0", " ")
    assert "34 % (21–52 %)" in shown.replace("\u00a0", " ")


def test_a_path_is_never_shown_without_a_cut(fiction: ModuleType) -> None:
    text = render(fiction.document() | {"cuts": []})
    assert "Remote support desk" not in text
    assert "withheld" in text


def test_every_hop_has_its_place(fiction: ModuleType) -> None:
    assert "changes/search-hub.yaml:48:7" in render(fiction.document(), Options(width=200))


def test_a_document_with_nothing_in_it_is_still_a_report() -> None:
    text = render(MINIMAL)
    assert "NOT EVALUABLE" in text
    assert DISCLAIMER in " ".join(text.split())


def test_a_disclaimer_that_says_too_little_is_completed(fiction: ModuleType) -> None:
    review = fiction.document()
    review["verdict"] = {"word": "no objection", "disclaimer": "All good."}
    text = " ".join(render(review).split())
    assert "All good. " + DISCLAIMER in text


def test_a_distance_of_one_asks_for_verification(fiction: ModuleType) -> None:
    assert "must be verified independently before" in render(fiction.document())


@pytest.mark.parametrize("width", [40, 60, 80, 100, 200])
def test_lines_fit_the_width(width: int, fiction: ModuleType) -> None:
    lines = render(fiction.document(), Options(width=width)).splitlines()
    unbroken = [line for line in lines if "sha256:" not in line]
    assert max(map(len, unbroken)) <= width


def test_hostile_text_cannot_drive_a_terminal(fiction: ModuleType) -> None:
    review = fiction.document()
    review["change"] = {"id": "x", "title": "a\x1b]0;owned\x07\nVerdict: no objection"}
    text = render(review)
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "\nVerdict: no objection" not in text


def test_the_full_form_shows_every_difference(fiction: ModuleType) -> None:
    review = fiction.document()
    rows = [{"op": "add", "kind": "links", "element": f"l{n}"} for n in range(30)]
    review["change"] = {"id": "x", "differences": rows}
    assert "and 18 more" in render(review)
    assert "l29" in render(review, Options(full=True))


def test_a_sentence_names_few_elements_and_counts_the_others(fiction: ModuleType) -> None:
    review = fiction.document()
    many = [f"e{n}" for n in range(2_000)]
    rule = {"rule": "r", "statement": "Bad.", "elements": many}
    review["verdict"] = {"word": "redesign", "rules": [rule]}
    review["became_possible"] = [{"statement": f"Use {n}"} for n in range(500)]
    review["flip"] = {"distance": 1, "facts": [{"parameter": e, "element": e} for e in many]}
    review["conditions"] = [
        {"id": e, "statement": f"Do {e}.", "elements": many, "chosen": True} for e in many[:50]
    ]
    text = render(review)
    assert len(text) < 60_000
    said = " ".join(text.split())
    assert "e11 and 1,988 more." in said
    assert "and 488 more became possible" in said
    assert "and 1,988 more facts" in said
    assert "and 38 more in the set" in said
    full = render(review, Options(full=True))
    assert "e1999" in full
    assert "Use 499" in full


def test_the_summary_is_one_line_with_shape_word_and_comparison(fiction: ModuleType) -> None:
    line = summary(fiction.document())
    assert line.startswith("■ redesign: worse in 97")
    assert "\n" not in line


def test_the_same_document_gives_the_same_text(fiction: ModuleType) -> None:
    assert render(fiction.document()) == render(fiction.document())
