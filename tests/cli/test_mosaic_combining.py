"""``mosaic combine`` and ``mosaic forms`` print what they found, no more."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from counterseal.cli.main import main
from counterseal.workspace.packaged import example_folder

if TYPE_CHECKING:
    from pathlib import Path

    from counterseal.canon import Json

    Capture = pytest.CaptureFixture[str]

HARBOUR = example_folder("harbour")
CHANGE = HARBOUR / "changes" / "terminal-copy.yaml"
FEW = ["--draws", "8", "--lanes", "8", "--workers", "1"]


def asked(capsys: Capture, *words: str) -> dict[str, Json]:
    assert main([*words, *FEW, "--json"]) == 0
    found: dict[str, Json] = json.loads(capsys.readouterr().out)
    return found


def test_an_estate_is_combined_for_every_adversary_that_gets_something(
    capsys: Capture,
) -> None:
    found = asked(capsys, "mosaic", "combine", str(HARBOUR))
    assert found["schema"] == "counterseal-mosaic-combine/1"
    assert found["change"] is None
    rows = found["combinations"]
    assert isinstance(rows, list)
    assert rows
    for row in rows:
        assert isinstance(row, dict)
        whole, shares, bought = row["whole"], row["shares"], row["bought_years"]
        assert isinstance(whole, dict)
        assert isinstance(shares, list)
        assert isinstance(bought, float | int)
        own = sum(one["years"] for one in shares)
        assert own + bought > 0
        assert row["before"] is row["brought"] is None


def test_a_change_is_told_by_what_it_adds_and_what_it_brings(
    capsys: Capture, tmp_path: Path
) -> None:
    words = ["mosaic", "combine", str(CHANGE), "--adversary", "humint-enabled"]
    assert main([*words, *FEW, "--levels", "--pictures", str(tmp_path)]) == 0
    out, said = capsys.readouterr()
    assert "the change adds" in out
    assert "Nightly copy of the passes [passes-at-terminal]" in out
    assert "person-years expected" in out
    drawn = sorted(path.name for path in tmp_path.iterdir())
    assert [name.partition("-")[0] for name in drawn].count("pairs") == 1
    assert any(name.startswith("profiles-humint-enabled-") for name in drawn)
    assert all(name in said for name in drawn)


def test_a_use_that_nobody_is_after_is_refused_with_those_there_are(capsys: Capture) -> None:
    words = ["mosaic", "combine", str(HARBOUR), "--use", "nonsense"]
    assert main([*words, *FEW]) == 2
    out, err = capsys.readouterr()
    assert "nobody of them is after 'nonsense'" in out
    assert "identify" in err


def test_forms_stand_side_by_side_with_the_change_last(capsys: Capture) -> None:
    found = asked(capsys, "mosaic", "forms", str(CHANGE), "--use", "identify")
    rows = found["forms"]
    assert isinstance(rows, list)
    ids = [row["id"] for row in rows if isinstance(row, dict)]
    assert ids[0] == "as-it-is"
    assert ids[-1] == "terminal-copy"
    assert len(ids) == len(set(ids)) > 2
    [source] = found["sources"] if isinstance(found["sources"], list) else []
    assert isinstance(source, dict)
    assert source["item"] == "passes"


def test_forms_are_told_in_words(capsys: Capture) -> None:
    assert main(["mosaic", "forms", str(CHANGE), "--use", "identify", *FEW]) == 0
    out = capsys.readouterr().out
    assert "the same 1 sources: " in out
    assert "[terminal-copy]" in out
    assert "of 1 expected" in out


@pytest.mark.slow
def test_a_budget_is_spent_on_every_form_alike(capsys: Capture) -> None:
    words = ["mosaic", "forms", str(CHANGE), "--use", "identify", "--budget", "1"]
    found = asked(capsys, *words)
    rows = found["forms"]
    assert isinstance(rows, list)
    for row in rows:
        assert isinstance(row, dict)
        spent = row["budgeted"]
        assert isinstance(spent, dict)
        assert 0 <= spent["left"] <= spent["before"]
        assert len(spent["measures"]) <= 1


def test_an_adversary_that_is_not_there_is_refused(capsys: Capture) -> None:
    for command in ("combine", "forms"):
        words = ["mosaic", command, str(CHANGE), "--adversary", "nobody"]
        assert main([*words, *FEW]) == 2
        assert "no adversary 'nobody'" in capsys.readouterr().out
