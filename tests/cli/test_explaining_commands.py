"""``paths`` and ``chokepoints`` say whose way in it is, and never without what cuts it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from counterseal.cli.main import main
from counterseal.workspace.starting import start

if TYPE_CHECKING:
    from pathlib import Path

    Capture = pytest.CaptureFixture[str]

FEW = ["--draws", "8", "--lanes", "16", "--workers", "1"]


@pytest.fixture
def project(tmp_path: Path) -> str:
    """Start a project."""
    start(tmp_path)
    return str(tmp_path)


def document(words: list[str], capsys: Capture) -> dict[str, object]:
    assert main([*words, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, dict)
    return found


def test_every_path_comes_with_a_cut_and_every_hop_with_its_place(
    project: str, capsys: Capture
) -> None:
    assert main(["paths", project, *FEW]) == 0
    out = capsys.readouterr().out
    paths = out.count("\nPath ")
    assert paths >= 1
    assert out.count("\n  cut: ") == paths
    assert len(re.findall(r"\.yaml:\d+:\d+", out)) >= 2 * paths
    assert out.rstrip().splitlines()[-1].startswith("exit 0: ")


def test_levels_are_left_out_unless_asked_for(project: str, capsys: Capture) -> None:
    for command in ("paths", "chokepoints"):
        main([command, project, *FEW])
        assert "of all trials" not in capsys.readouterr().out
        main([command, project, *FEW, "--levels"])
        assert "of all trials" in capsys.readouterr().out


def test_paths_are_the_same_document_on_any_number_of_workers(
    project: str, capsys: Capture
) -> None:
    for command in ("paths", "chokepoints"):
        words = [command, project, "--draws", "8", "--lanes", "16", "--workers"]
        assert document([*words, "1"], capsys) == document([*words, "2"], capsys)


def test_fewer_paths_cover_no_more(project: str, capsys: Capture) -> None:
    two, one = (document(["paths", project, *FEW, "-k", k], capsys)["paths"] for k in "21")
    assert isinstance(two, list)
    assert one == two[:1]


def test_a_target_is_an_element_or_a_step(project: str, capsys: Capture) -> None:
    first = document(["paths", project, *FEW], capsys)["target"]
    assert isinstance(first, dict)
    for word in (first["step"], first["element"]):
        again = document(["paths", project, *FEW, "--target", word], capsys)["target"]
        assert again == first


@pytest.mark.parametrize("command", ["paths", "chokepoints"])
def test_a_wrong_name_gets_a_suggestion(command: str, project: str, capsys: Capture) -> None:
    target = document([command, project, *FEW], capsys)["target"]
    assert isinstance(target, dict)
    assert main([command, project, *FEW, "--target", f"{target['element']}x"]) == 2
    assert f"Did you mean '{target['element']}'?" in capsys.readouterr().err
    assert main([command, project, *FEW, "--adversary", "cyber-espionaje"]) == 2
    assert "did you mean `cyber-espionage`?" in capsys.readouterr().err


def test_choke_points_have_every_link_and_sets_that_cut(project: str, capsys: Capture) -> None:
    found = document(["chokepoints", project, *FEW], capsys)
    assert found["schema"] == "counterseal-chokepoints/1"
    links, cuts, facts = found["links"], found["cuts"], found["facts"]
    assert isinstance(links, list)
    assert isinstance(cuts, dict)
    assert isinstance(facts, list)
    assert all({"undoes", "change", "file", "line", "owner"} <= set(row) for row in links)
    assert cuts["valid"] in {"by structure", "on these draws"}
    assert all(row["low"] <= row["change"] <= row["high"] for row in facts)


def test_what_no_trial_reaches_has_neither_path_nor_choke_point(
    project: str, capsys: Capture
) -> None:
    words = ["--draws", "1", "--lanes", "1", "--seed", "1"]
    for seed in range(20):
        words[-1] = str(seed)
        if document(["paths", project, *words], capsys)["paths"] == []:
            break
    for command in ("paths", "chokepoints"):
        assert main([command, project, *words]) == 0
        assert "No trial reaches it" in capsys.readouterr().out


def test_no_line_is_more_than_a_class_of_action(project: str, capsys: Capture) -> None:
    main(["paths", project, *FEW])
    out = capsys.readouterr().out.lower()
    assert not re.search(r"cve-\d|payload|shellcode|metasploit|curl |powershell", out)
