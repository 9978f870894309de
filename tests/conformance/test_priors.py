"""Every figure that the page of adversaries takes from a catalog is in that catalog."""

from __future__ import annotations

import json
import re
from math import sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from counterseal.testing.catalogs import catalog

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "adversaries.md").read_text(encoding="utf-8")
DATA = ROOT.parent / "shared" / "data"
RATES = DATA / "catalogs" / "vcdb_base_rates.json"
MEASURES = ROOT.parent / "shared" / "design" / "measures.md"
CLUSTERS, STATE = 73, "state_affiliated_or_nation_state"

vcdb_is_here = pytest.mark.skipif(
    not RATES.exists(), reason="no ../shared/data/catalogs beside the project"
)
measures_are_here = pytest.mark.skipif(
    not MEASURES.exists(), reason="no ../shared/design beside the project"
)


def _rows(table: str) -> list[list[str]]:
    text = PAGE.split(f"<!-- {table} -->\n")[1].split(f"<!-- /{table} -->")[0]
    lines = text.strip().splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def _wilson(share: float, size: float, z: float = 1.96) -> tuple[float, float]:
    centre = (share + z * z / (2 * size)) / (1 + z * z / size)
    spread = z * sqrt(share * (1 - share) / size + z * z / (4 * size * size))
    half = spread / (1 + z * z / size)
    return max(0.0, centre - half), centre + half


def _percent(low: float, high: float) -> str:
    return f"{100 * low:.0f} to {100 * high:.0f} %"


@pytest.fixture(scope="module")
def rates() -> Mapping[str, Any]:
    content: Mapping[str, Any] = json.loads(RATES.read_text(encoding="utf-8"))
    return content


@vcdb_is_here
@pytest.mark.parametrize("row", _rows("vcdb"), ids=lambda row: f"{row[0]}.{row[1]}")
def test_a_rate_of_incidents_is_that_of_the_file(
    rates: Mapping[str, Any], row: list[str]
) -> None:
    rows, what, incidents, share, naive, clustered = row
    known = rates[rows][what]
    assert incidents == f"{known['k']}/{known['n']}"
    assert share == f"{100 * known['k'] / known['n']:.0f} %"
    assert naive == _percent(*known["p_ci95"][1:])
    assert naive == _percent(*_wilson(known["k"] / known["n"], known["n"]))
    expected = _percent(*_wilson(known["k"] / known["n"], CLUSTERS)) if rows == STATE else ""
    assert clustered == expected


@vcdb_is_here
def test_every_interval_of_clustered_rows_is_wider_than_the_naive_one() -> None:
    for rows, _, _, _, naive, clustered in _rows("vcdb"):
        if rows == STATE:
            ends = [list(map(int, re.findall(r"\d+", one))) for one in (naive, clustered)]
            assert ends[1][1] - ends[1][0] > ends[0][1] - ends[0][0]


@vcdb_is_here
def test_what_the_text_says_of_the_incidents_is_so(rates: Mapping[str, Any]) -> None:
    state = rates[STATE]
    known = state["time_to_discovery"]
    late = known["counts"]["Months"] + known["counts"]["Years"]
    text = " ".join(PAGE.split())
    assert f"({known['n_known']} of {state['n']}), {late} took months or longer" in text
    outside = state["external_discovery"]["k"]
    assert f"{outside} of {state['n']} were discovered by outsiders" in text
    years = state["years"]["2012"] + state["years"]["2013"]
    assert f"{years} of the {state['n']} lie" in text
    assert f"{rates['all']['n']:,} incidents" in text
    assert state["partner_actor"]["k"] == 1


@vcdb_is_here
def test_the_caution_about_clusters_is_that_of_the_data(rates: Mapping[str, Any]) -> None:
    caution = (DATA / "README.md").read_text(encoding="utf-8")
    n = rates[STATE]["n"]
    assert f"{CLUSTERS} signatures in {n}" in caution
    assert "cannot give a contractor-pivot rate" in caution
    text = " ".join(PAGE.split())
    assert f"The {n} state-linked incidents show only {CLUSTERS} distinct signatures" in text
    assert "no rate of pivots through contractors" in text


@measures_are_here
@pytest.mark.parametrize("row", _rows("groups"), ids=lambda row: str(row[0]))
def test_a_share_of_groups_is_the_one_that_was_counted(row: list[str]) -> None:
    _, groups, share, interval = row
    hits, size = map(int, groups.split("/"))
    assert groups in MEASURES.read_text(encoding="utf-8")
    assert share == f"{100 * hits / size:.0f} %"
    assert interval == _percent(*_wilson(hits / size, size))


def test_every_documented_capability_leans_on_a_share_of_the_table() -> None:
    counted = {row[1] for row in _rows("groups")}
    for adversary in catalog().adversaries.values():
        for vector in adversary.vectors:
            if vector.capability.grade == "documented":
                assert counted & set(vector.capability.source.split()), vector.capability.source


def test_no_number_of_the_catalog_leans_on_the_incidents() -> None:
    for table in ("adversaries", "priors", "rules", "controls"):
        written = str([row.model_dump() for row in catalog().table(table).values()])
        assert "VCDB" not in written
        assert "VERIS" not in written
