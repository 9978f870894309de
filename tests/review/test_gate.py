"""What the gate refuses to judge, and what it never calls unobjectionable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from counterseal.errors import InvalidDocumentError
from counterseal.review.gate import find
from counterseal.review.inputs import parse

if TYPE_CHECKING:
    from collections.abc import Callable

    Edited = Callable[..., dict[str, bytes]]
    Reviewed = Callable[[dict[str, bytes]], dict[str, Any]]

NECESSITY = (
    'necessity: Only the answer "may enter / may not enter" is needed at the gate, '
    "not the record\n"
)
LAW = (
    "    necessity: {value: Nobody may be let onto a restricted quay unknown, "
    "source: Port Pass Rules section 2}\n"
)
DATES = "dates: {proposed: 2026-09-01, assessed: 2026-10-05}"


def test_without_an_authority_there_is_nothing_to_judge(
    edited: Edited, reviewed: Reviewed
) -> None:
    document = reviewed(edited("authority: pass-law\n", ""))
    assert document["verdict"]["word"] == "not evaluable"
    assert document["exit"] == 5
    assert document["assessment"]["authority"]["named"] is False


def test_without_necessity_anywhere_there_is_nothing_to_judge(
    edited: Edited, reviewed: Reviewed
) -> None:
    files = edited(NECESSITY, "")
    estate = files["estate/harbour.yaml"].decode()
    assert LAW in estate
    document = reviewed({**files, "estate/harbour.yaml": estate.replace(LAW, "").encode()})
    assert document["verdict"]["word"] == "not evaluable"
    assert document["exit"] == 5
    assert document["assessment"]["authority"]["necessity"] == ""


def test_the_necessity_of_the_authority_stands_in_for_that_of_the_change(
    edited: Edited, reviewed: Reviewed
) -> None:
    document = reviewed(edited(NECESSITY, ""))
    assert document["assessment"]["authority"]["necessity"].startswith("Nobody may be let")
    assert document["verdict"]["word"] != "not evaluable"


@pytest.mark.parametrize(
    "dates",
    [
        "dates: {proposed: 2026-09-01, selected: 2026-09-20, assessed: 2026-10-05}",
        "dates: {proposed: 2026-09-01, selected: 2026-09-20}",
        "dates: {proposed: 2026-09-01, selected: 2026-10-05, assessed: 2026-10-05}",
    ],
)
def test_a_change_chosen_before_its_review_never_has_no_objection(
    dates: str, edited: Edited, reviewed: Reviewed
) -> None:
    """The change itself adds nothing but a system that holds nothing."""
    files = edited(DATES, dates)
    text = files["changes/terminal-copy.yaml"].decode()
    head = text[: text.index("patch:")].replace("stage: requirement", "stage: selection")
    harmless = head + (
        "patch: {add: {systems: [{id: a-clock, kind: application, zone: harbour-office, "
        "owner: harbour-authority}]}}\n"
    )
    document = reviewed({**files, "changes/terminal-copy.yaml": harmless.encode()})
    assert document["headline"][0]["p_worse"] == 0.0
    assert document["verdict"]["word"] != "no objection"
    assert document["precedence"]
    late = reviewed(
        {
            **files,
            "changes/terminal-copy.yaml": harmless.replace(dates, DATES)
            .replace("stage: selection", "stage: requirement")
            .encode(),
        }
    )
    assert late["verdict"]["word"] == "no objection"
    assert late["precedence"] == []


def test_a_change_file_that_no_longer_fits_the_estate_names_the_place(edited: Edited) -> None:
    stale = edited(
        "to: terminal-gate\n    kind: replicate".replace("\n    ", "\n        "),
        "to: gone\n        kind: replicate",
    )
    with pytest.raises(InvalidDocumentError) as caught:
        find(parse(stale))
    [fault, *_] = caught.value.faults
    assert fault.place is not None
    assert fault.place.file == "changes/terminal-copy.yaml"
    assert "gone" in fault.message


def test_faults_of_the_patch_and_of_an_alternative_are_said_at_once(edited: Edited) -> None:
    stale = edited("zone: terminal-network", "zone: nowhere")
    with pytest.raises(InvalidDocumentError) as caught:
        find(parse(stale))
    lines = {fault.place.line for fault in caught.value.faults if fault.place}
    assert len(lines) >= 2


def test_progress_is_told_in_order(edited: Edited) -> None:
    told: list[tuple[str, int, int]] = []
    find(
        parse(edited("id: terminal-copy", "id: terminal-copy")),
        workers=1,
        progress=lambda *row: told.append(row),
    )
    stages = list(dict.fromkeys(stage for stage, _, _ in told))
    assert stages == [
        "before and after",
        "alternatives",
        "evidence",
        "conditions",
        "facts that could be false",
    ]
    assert all(0 <= done <= max(total, 1) for _, done, total in told)


def test_people_whose_number_has_no_bound_make_the_change_not_evaluable(
    edited: Edited, reviewed: Reviewed
) -> None:
    files = edited(
        "- population: pass-holders\n            count: {value: 38000, low: 36000, high: 41000,"
        " grade: documented, source: Pass office yearbook 2025}",
        "- {population: drivers, count: unknown}",
    )
    text = files["changes/terminal-copy.yaml"].decode()
    text = text.replace(
        "  add:\n", "  add:\n    populations: [{id: drivers, size: unknown}]\n", 1
    )
    document = reviewed({**files, "changes/terminal-copy.yaml": text.encode()})
    assert document["assessment"]["data"]["bulk_people"] is None
    assert document["verdict"]["word"] == "not evaluable"
