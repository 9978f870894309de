"""The document says what is found with its population, and no gain past a shut gate."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from counterseal.canon import canonical
from counterseal.mosaic.published import BENCHMARKS
from counterseal.mosaic.schema.findings import findings
from counterseal.mosaic.schema.written.document import parse

if TYPE_CHECKING:
    from counterseal.canon import Json

ROOT = Path(__file__).parents[3]
SCHEMA = parse((ROOT / "docs" / "mosaic-schema-example.yaml").read_bytes(), file="example.yaml")
FEW = 64

pytestmark = pytest.mark.slow
GAINS = ("payoff", "synergies", "holding_shares", "attribute_shares", "savings")


@pytest.fixture(scope="module")
def document() -> dict[str, Json]:
    return findings(SCHEMA, seed=1, draws=FEW)


def test_a_shut_gate_lets_no_gain_through() -> None:
    for benchmarks in ((), tuple(replace(one, test="") for one in BENCHMARKS)):
        found = findings(SCHEMA, seed=1, draws=FEW, benchmarks=benchmarks)
        assert found["gain"] is None
        assert not set(GAINS) & set(found)
        assert "withheld" in str(found["gate"])
        assert found["keys"]


def test_an_open_gate_shows_the_gain_with_what_it_leans_on(document: dict[str, Json]) -> None:
    assert all(document[name] for name in ("gain", *GAINS))
    text = str(document["gate"])
    assert all(name in text for name in ("correctmatch-adult-6", "adult-11", "arx-adult-9"))


def test_headlines_are_context_with_their_populations(document: dict[str, Json]) -> None:
    rows = document["context"]
    assert isinstance(rows, list)
    assert {row["id"] for row in rows if isinstance(row, dict)} == {
        "golle-2006",
        "sweeney-2000",
        "rocher-2019",
        "de-montjoye-2013",
        "farzanehfar-2021",
    }
    assert all(
        row["population"] and row["ours"] is None for row in rows if isinstance(row, dict)
    )


def test_the_document_is_plain_json_and_names_its_population(document: dict[str, Json]) -> None:
    assert canonical(document) == canonical(findings(SCHEMA, seed=1, draws=FEW))
    assert document["population"] == {
        "name": "adults of a fictional county",
        "people": 400_000,
    }
    assert (document["seed"], document["draws"]) == (1, FEW)


def test_a_face_search_returns_innocents_in_a_large_gallery(document: dict[str, Json]) -> None:
    rows = document["linkers"]
    assert isinstance(rows, list)
    found = {row["holding"]: row for row in rows if isinstance(row, dict)}
    assert found["enrolment"]["gallery"] == 100_000
    assert found["enrolment"]["returns_somebody_else"] == pytest.approx(0.6321, abs=1e-3)
    assert found["profile-pictures"]["returns_somebody_else"] > 0.75


def test_progress_is_told_from_nothing_to_all() -> None:
    told: list[tuple[int, int]] = []
    findings(SCHEMA, seed=1, draws=16, advance=lambda done, total: told.append((done, total)))
    assert told[0][0] == 0
    assert told[-1][0] == told[-1][1]
    assert told == sorted(told)
