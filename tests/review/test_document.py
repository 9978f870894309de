"""The review document says everything that the verdict rests on, the same on every machine."""

from __future__ import annotations

import json
import re
from importlib import resources
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from counterseal.canon import canonical, digest
from counterseal.policy.verdict import DISCLAIMER
from counterseal.report.text import Options, render
from counterseal.review.document import EXITS, SCHEMA, replay
from counterseal.review.inputs import digests

if TYPE_CHECKING:
    from collections.abc import Callable

    from counterseal.review.gate import Findings

    Edited = Callable[..., dict[str, bytes]]
    Reviewed = Callable[[dict[str, bytes]], dict[str, Any]]
    Document = dict[str, Any]

KEYS = {
    *("schema", "change", "verdict", "headline", "measures", "became_possible", "worst_path"),
    *("cuts", "conditions", "alternatives", "flip", "evidence", "breadth_depth", "precedence"),
    *("limits", "digests", "exit"),
}


def test_it_has_every_key_that_was_promised(document: Document) -> None:
    assert set(document) >= KEYS
    assert document["schema"] == SCHEMA
    assert document["headline"]
    for row in document["headline"]:
        assert {"adversary", "use", "p_worse", "interval"} <= set(row)
    for hop in document["worst_path"]:
        assert {"step", "element", "technique", "source"} <= set(hop)
    assert {"distance", "facts", "method"} <= set(document["flip"])


def test_it_validates_against_the_shipped_schema(document: Document) -> None:
    shipped = resources.files("counterseal.report") / "data" / "review.schema.json"
    jsonschema.validate(document, json.loads(shipped.read_text(encoding="utf-8")))


def test_the_exit_follows_the_word(document: Document) -> None:
    assert {word.value: code for word, code in EXITS.items()} == {
        "no objection": 0,
        "conditions": 0,
        "redesign": 3,
        "refuse": 3,
        "not evaluable": 5,
    }
    assert (
        document["exit"] == {w.value: c for w, c in EXITS.items()}[document["verdict"]["word"]]
    )


def test_no_verdict_without_saying_what_it_never_means(document: Document) -> None:
    assert document["verdict"]["disclaimer"] == DISCLAIMER
    assert "lawful" in DISCLAIMER
    assert any("lawful" in limit for limit in document["limits"])


def test_every_path_that_is_shown_has_a_cut(document: Document) -> None:
    assert document["worst_path"]
    assert document["cuts"]
    tried = {row["id"] for row in document["conditions"]}
    assert {row["id"] for row in document["cuts"]} <= tried
    assert all(row["reduction"] >= 0 for row in document["cuts"])


def test_every_hop_names_a_place_that_exists_or_none(
    document: Document, files: dict[str, bytes]
) -> None:
    for hop in document["worst_path"]:
        if hop["source"]:
            file, line, column = hop["source"].rsplit(":", 2)
            lines = files[file].decode().splitlines()
            assert 1 <= int(line) <= len(lines)
            assert int(column) >= 1
        assert hop["name"]
    assert sum(bool(hop["source"]) for hop in document["worst_path"]) >= 2


def test_every_step_of_the_path_is_a_step_of_the_graph(
    document: Document, findings: Findings
) -> None:
    assert findings.concern is not None
    campaign = findings.contrast.after.campaign(findings.concern.adversary)
    assert campaign is not None
    known = {step.id for step in campaign.graph.steps}
    assert {hop["step"] for hop in document["worst_path"]} <= known
    assert document["worst_path"][-1]["step"].endswith("#exfiltrate")


def test_doing_nothing_is_always_among_the_alternatives(document: Document) -> None:
    nothing, *others = document["alternatives"]
    assert nothing["id"] == "do-nothing"
    assert nothing["p_worse"] == 0.0
    assert [row["id"] for row in others] == ["answer-only"]


def test_every_condition_has_an_owner_an_expiry_and_a_test(document: Document) -> None:
    assert document["conditions"]
    for row in document["conditions"]:
        assert row["owner"]
        assert row["retest"]
        assert row["expires"] == "2027-10-05"  # a year from the day of the assessment
    chosen = [row["chosen"] for row in document["conditions"]]
    assert chosen == sorted(chosen, reverse=True)


def test_shares_of_evidence_are_by_grade_and_add_up(document: Document) -> None:
    shares = document["evidence"]["shares"]
    assert set(shares) == {"measured", "documented", "elicited", "assumed"}
    assert sum(shares.values()) == pytest.approx(1.0, abs=1e-3)
    assert document["evidence"]["assumption_dominated"] is (shares["assumed"] > 0.5)


def test_the_breadth_index_is_the_growth_of_exposure(
    document: Document, findings: Findings
) -> None:
    move = document["breadth_depth"]
    before, after = move["points"]
    assert move["breadth"] == pytest.approx(after["x"] - before["x"], abs=1e-4)
    assert move["depth"] == pytest.approx(after["y"] - before["y"], abs=1e-4)
    assert findings.concern is not None
    ratio = findings.judgement.contrasted.rows[findings.concern].mean_ratio
    assert 2.718281828 ** move["index"] == pytest.approx(ratio, rel=1e-4)


def test_curves_rise_and_stay_between_their_bounds(document: Document) -> None:
    assert document["curves"]
    for curve in document["curves"]:
        for side in ("before", "after"):
            shares = [point["p"] for point in curve[side]]
            assert shares == sorted(shares)
            assert all(p["low"] <= p["high"] for p in curve[side])
            assert all(0 <= p["p"] <= 1 for p in curve[side])


def test_value_never_shrinks_with_the_horizon(document: Document) -> None:
    assert document["value"]
    for row in document["value"]:
        assert row["years"] == [1, 5, 10, 25]
        for side in ("before", "after"):
            medians = [cell["median"] for cell in row[side]]
            assert medians == sorted(medians)


def test_numbers_are_rounded_to_six_digits(result: bytes) -> None:
    kept = json.loads(result)
    kept.pop("assessment")
    digits = re.findall(
        r"(?<![\w:.-])\d+\.\d+", json.dumps(kept["headline"] + kept["measures"])
    )
    assert digits
    assert all(len(number.replace(".", "").strip("0")) <= 6 for number in digits)


def test_the_digests_are_of_what_was_reviewed(
    document: Document, findings: Findings, files: dict[str, bytes]
) -> None:
    found = document["digests"]
    assert found["estate_before"] == findings.proposal.before.digest
    assert found["estate_before"] != found["estate_after"]
    assert found["inputs"] == digest(digests(files))
    assert found["draws"] == "16 x 8"
    assert found["seed"] == "0"


def test_the_assessment_that_the_rules_were_told_is_kept(
    document: Document, findings: Findings
) -> None:
    assert document["assessment"] == json.loads(canonical(findings.assessment))
    assert document["assessment"]["exposure"]["p_worse"] == document["headline"][0]["p_worse"]


def test_headline_and_verdict_in_words_show_no_absolute_level(document: Document) -> None:
    text = render(document, Options())
    levels = {
        f"{row[side][key]:,.0f}"
        for row in document["measures"]
        for side in ("before", "after")
        for key in ("median", "low", "high")
        if row[side][key] >= 100
    }
    assert levels
    assert not [level for level in levels if level in text]
    assert DISCLAIMER[:40] in " ".join(text.split())


@pytest.mark.slow
def test_a_replay_gives_the_same_bytes(files: dict[str, bytes], result: bytes) -> None:
    assert replay(files, workers=2) == result
    backwards = {name: files[name] for name in sorted(files, reverse=True)}
    assert replay(backwards, workers=1) == result


@pytest.mark.slow
def test_another_seed_gives_other_bytes(edited: Edited, reviewed: Reviewed) -> None:
    base = edited("id: terminal-copy", "id: terminal-copy")
    settings = json.loads(base["settings.json"])
    other = {**base, "settings.json": json.dumps({**settings, "seed": 1}).encode()}
    one, two = reviewed(base), reviewed(other)
    assert one["digests"]["seed"] != two["digests"]["seed"]
    assert one["headline"] != two["headline"]
    assert one["change"] == two["change"]
