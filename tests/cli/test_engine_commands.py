"""``reach``, ``consequence``, ``graph`` and ``explain`` print what they found, no more."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from counterseal.cli.main import main
from counterseal.workspace.starting import start

if TYPE_CHECKING:
    from pathlib import Path

    Capture = pytest.CaptureFixture[str]

FEW = ["--draws", "8", "--lanes", "4", "--workers", "1"]
SYSTEM = "case-files"
GRANT = """
grants:
  - id: desk
    organization: my-organization
    role: clerk
    system: case-files
    privilege: use
    headcount: 40
    dormant-share: 0.25
"""
GRAPH = {
    "format": "counterseal-attack-graph/1",
    "causes": [{"id": "c", "probability": 0.5}],
    "steps": [
        {
            "id": "a",
            "kind": "or",
            "parents": [],
            "entry": True,
            "time_days": {"family": "point", "value": 0},
        },
        {
            "id": "b",
            "kind": "or",
            "parents": ["a"],
            "requires": ["c"],
            "time_days": {"family": "point", "value": 4.0},
        },
        {"id": "d", "kind": "or", "parents": [], "time_days": {"family": "point", "value": 1}},
    ],
    "targets": ["b", "d"],
    "horizon_days": 365,
}


@pytest.fixture
def project(tmp_path: Path) -> str:
    """Start a project."""
    start(tmp_path)
    return str(tmp_path)


@pytest.fixture
def graph(tmp_path: Path) -> str:
    """Write a graph of one coin."""
    path = tmp_path / "graph.json"
    path.write_text(json.dumps(GRAPH))
    return str(path)


def test_reach_ranks_objectives_of_every_adversary(project: str, capsys: Capture) -> None:
    assert main(["reach", project, *FEW]) == 0
    out = capsys.readouterr().out
    assert "  1. " in out
    assert " y 0" not in out  # no level unless asked for
    assert out.rstrip().splitlines()[-1].startswith("exit 0: levels rest on")


def test_levels_of_reach_are_printed_when_asked_for(project: str, capsys: Capture) -> None:
    words = ["reach", project, "--adversary", "cyber-espionage", "--levels", *FEW]
    assert main(words) == 0
    assert "reach 1 y " in capsys.readouterr().out


def test_whoever_comes_back_after_a_detection_gets_at_least_as_far(
    project: str, capsys: Capture
) -> None:
    words = ["reach", project, "--adversary", "cyber-espionage", "--json"]
    assert main([*words, "--draws", "16", "--lanes", "32", "--workers", "1"]) == 0
    [adversary] = json.loads(capsys.readouterr().out)["adversaries"]
    pairs = [
        (row["reach"][years][end], row["single_campaign"][years][end])
        for row in adversary["objectives"]
        for years in ("1", "3", "10", "25")
        for end in ("low", "median", "high")
    ]
    assert all(patient >= once for patient, once in pairs)
    assert any(patient > once for patient, once in pairs)


def test_reach_is_the_same_document_on_any_number_of_workers(
    project: str, capsys: Capture
) -> None:
    printed = []
    for workers in ("1", "2"):
        words = ["reach", project, "--adversary", "humint-enabled", "--json", "--draws", "8"]
        assert main([*words, "--lanes", "4", "--workers", workers]) == 0
        printed.append(capsys.readouterr().out)
    assert printed[0] == printed[1]
    document = json.loads(printed[0])
    assert document["schema"] == "counterseal-reach/1"
    [adversary] = document["adversaries"]
    assert adversary["id"] == "humint-enabled"
    assert adversary["objectives"]


@pytest.mark.parametrize("command", [["reach"], ["graph", "compile"]])
def test_an_unknown_adversary_is_refused_with_a_suggestion(
    command: list[str], project: str, capsys: Capture
) -> None:
    assert main([*command, project, "--adversary", "humint-enabeld"]) == 2
    assert "humint-enabled" in "".join(capsys.readouterr())


@pytest.mark.parametrize("command", [["reach"], ["consequence"], ["graph", "compile"]])
def test_a_missing_estate_is_5(command: list[str], tmp_path: Path, capsys: Capture) -> None:
    assert main([*command, str(tmp_path / "nowhere")]) == 5
    assert "nowhere" in "".join(capsys.readouterr())


def test_consequence_says_years_uses_and_targets(project: str, capsys: Capture) -> None:
    assert main(["consequence", project]) == 0
    out = capsys.readouterr().out
    assert "applications" in out
    assert "person-years" in out
    assert "ready for: " in out
    assert "Proposed register of strategic targets" in out
    assert main(["consequence", project, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [row["id"] for row in document["holdings"]] == ["applications"]


def test_a_compiled_graph_is_json_with_and_without_asking(
    project: str, capsys: Capture
) -> None:
    documents = []
    for words in ([], ["--json"]):
        assert main(["graph", "compile", project, *words]) == 0
        out, err = capsys.readouterr()
        documents.append(json.loads(out))
        assert "exit 0: " in err
    assert documents[0] == documents[1]
    assert documents[0]["schema"] == "counterseal-compiled-graph/1"


def test_a_bare_graph_is_simulated_and_solved(graph: str, capsys: Capture) -> None:
    words = ["graph", "simulate", graph, "--trials", "4000", "--exact", "--workers", "1"]
    assert main([*words, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    low, high = document["targets"]["b"]["interval"]
    assert low < 0.5 < high
    assert document["exact"] == {"b": 0.5, "d": 0.0}
    assert document["targets"]["d"]["reach"] == 0.0
    assert main(words) == 0
    out = capsys.readouterr().out
    assert "exact 0.5" in out
    assert "by day 4" in out


def test_simulating_without_exact_says_nothing_exact(graph: str, capsys: Capture) -> None:
    assert main(["graph", "simulate", graph, "--trials", "100"]) == 0
    assert "exact" not in capsys.readouterr().out


def test_a_graph_that_is_not_one_is_5(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "graph.json"
    path.write_text(json.dumps({**GRAPH, "targets": ["nothing"]}))
    assert main(["graph", "simulate", str(path)]) == 5
    assert "nothing" in "".join(capsys.readouterr())


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("likely-worse", "rule card"),
        ("rule:likely-worse", "rule card"),
        ("passport-number", "attributes"),
        ("coerce", "uses"),
        ("AC-2", "controls"),
        ("cyber-espionage", "adversaries"),
        ("holding.exfiltrate", "rules"),
    ],
)
def test_every_id_of_a_finding_can_be_explained(
    name: str, kind: str, project: str, capsys: Capture
) -> None:
    assert main(["explain", name, "--estate", project, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["kind"] == kind
    assert len(document["text"]) > 40
    assert main(["explain", name, "--estate", project]) == 0
    assert document["text"] in capsys.readouterr().out


def test_what_nobody_knows_is_refused_with_what_was_probably_meant(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # no project anywhere above
    assert main(["explain", "likely-wors"]) == 2
    assert "likely-worse" in "".join(capsys.readouterr())
    assert main(["explain", "likely-worse"]) == 0


def test_integrity_says_who_could_write_how_soon_it_is_noticed_and_what_helps(
    project: str, capsys: Capture
) -> None:
    assert main(["integrity", project, *FEW]) == 0
    out = capsys.readouterr().out
    assert "alter: noticed after " in out
    assert "administers the zone: " in out
    assert "decides: " in out
    assert "  cut: Put " in out
    assert "done within" not in out  # no level unless asked for
    assert main(["integrity", project, "--levels", *FEW]) == 0
    assert "done within 1 y " in capsys.readouterr().out


def test_integrity_is_the_same_document_on_any_number_of_workers(
    project: str, capsys: Capture
) -> None:
    printed = []
    for workers in ("1", "2"):
        words = ["integrity", project, "--adversary", "humint-enabled", "--json"]
        assert main([*words, "--draws", "8", "--lanes", "4", "--workers", workers]) == 0
        printed.append(capsys.readouterr().out)
    assert printed[0] == printed[1]
    document = json.loads(printed[0])
    assert document["schema"] == "counterseal-integrity/1"
    [row] = document["adversaries"]
    assert {h["id"] for h in row["holdings"]} == {h["id"] for h in document["holdings"]}


def test_an_adversary_without_an_aim_of_integrity_is_refused(
    project: str, capsys: Capture
) -> None:
    assert main(["integrity", project, "--adversary", "cyber-espionage"]) == 2
    assert "humint-enabled" in "".join(capsys.readouterr())


def test_a_blast_radius_compares_footholds_and_names_cuts(
    project: str, capsys: Capture
) -> None:
    words = ["blast", project, "--adversary", "cyber-espionage", *FEW]
    system = json.loads(_printed([*words, "--from", SYSTEM, "--json"], capsys))
    [place] = system["footholds"]
    assert place["way"] == "session"
    [adversary] = place["adversaries"]
    assert adversary["reached"]
    text = _printed([*words, "--from", SYSTEM, "--from", f"{SYSTEM}:control"], capsys)
    assert "reaches, most often first" in text
    assert " of the first" in text
    assert " y 0." not in text  # no level unless asked for


def test_a_place_that_is_not_there_is_a_usage_error(project: str, capsys: Capture) -> None:
    assert main(["blast", project, "--from", "no-such-place", *FEW]) == 2
    assert "no element 'no-such-place'" in "".join(capsys.readouterr())


def _printed(words: list[str], capsys: Capture) -> str:
    assert main(words) == 0
    return capsys.readouterr().out


def test_access_lists_accounts_and_what_remedies_take_away(
    tmp_path: Path, capsys: Capture
) -> None:
    start(tmp_path)
    estate = tmp_path / "estate" / "estate.yaml"
    estate.write_text(estate.read_text() + GRANT)
    words = ["access", str(tmp_path), "--adversary", "cyber-espionage", *FEW]
    out = _printed(words, capsys)
    assert "40 accounts, 10 dormant, unknown of people who left" in out
    assert "bound to no purpose" in out
    assert "Give access when it is needed, for its purpose alone, everywhere: at most " in out
    document = json.loads(_printed([*words, "--json"], capsys))
    assert document["schema"] == "counterseal-access/1"
    assert [row["id"] for row in document["grants"]] == ["desk"]


@pytest.mark.slow
def test_sensitivity_names_the_numbers_behind_a_verdict(project: str, capsys: Capture) -> None:
    change = f"{project}/changes/first-change.yaml"
    out = _printed(["sensitivity", change, "--most", "2", "--workers", "1"], capsys)
    assert out.startswith("first-change: ")
    assert "the 2 of " in out
    assert out.rstrip().splitlines()[-1].endswith("of 2 parameters move the verdict")
    document = json.loads(_printed(["sensitivity", change, "--most", "2", "--json"], capsys))
    assert document["schema"] == "counterseal-sensitivity/1"
    assert {"low", "high", "moves"} <= set(document["parameters"][0])
