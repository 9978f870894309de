"""The same data in one and in twelve places: copies raise reach, volume does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from counterseal.cli.rows import rows_of
from counterseal.testing.catalogs import catalog
from counterseal.workspace.examining.spreading import in_one_place, spread_estate
from counterseal.workspace.project import open_project
from counterseal.workspace.starting import start

if TYPE_CHECKING:
    from pathlib import Path

    from counterseal.canon import Json

PLACES = 12
VICTIM = "holdings:\n  - id: applications\n    system: case-files\n"


def _spread(folder: Path, *, copies: int, count: int = 45_000) -> dict[str, Json]:
    start(folder)
    path = folder / "estate" / "estate.yaml"
    names = [f"place-{number}" for number in range(copies)]
    systems = "\n".join(
        f"  - {{id: {name}, kind: database, zone: office-network, owner: my-organization, "
        "exposure: internet}"
        for name in names
    )
    text = path.read_text(encoding="utf-8")
    text = text.replace("populations:\n", f"{systems}\n\npopulations:\n", 1)
    text = text.replace(VICTIM, f"{VICTIM}    copies: [{', '.join(names)}]\n")
    path.write_text(text.replace("count: 45000", f"count: {count}"), encoding="utf-8")
    project = open_project(folder)
    found = spread_estate(
        project, catalog(), ["cyber-espionage"], seed=1, outer=32, lanes=16, workers=1
    )
    [adversary] = rows_of(found["adversaries"])
    return dict(next(iter(rows_of(adversary["holdings"])), {}))


@pytest.mark.slow
def test_twelve_places_are_reached_more_often_than_one(tmp_path: Path) -> None:
    row = _spread(tmp_path / "twelve", copies=PLACES - 1)
    times = row["times"]
    assert row["places"] == PLACES
    assert isinstance(times, float)
    assert 1.0 < times <= PLACES
    assert row["p_more"] > 0.5  # type: ignore[operator]


@pytest.mark.slow
def test_volume_moves_no_reach(tmp_path: Path) -> None:
    much = _spread(tmp_path / "much", copies=3)
    little = _spread(tmp_path / "little", copies=3, count=450)
    assert much["times"] == little["times"]
    assert much["all_places"] == little["all_places"]


def test_a_holding_without_copies_has_no_row(tmp_path: Path) -> None:
    assert _spread(tmp_path / "one", copies=0) == {}


@pytest.mark.parametrize("copies", [0, 2])
def test_one_place_keeps_the_people_and_drops_the_copies(tmp_path: Path, copies: int) -> None:
    _spread(tmp_path / "project", copies=copies)
    estate = open_project(tmp_path / "project").estate(catalog())
    one = in_one_place(estate)
    assert one.holdings["applications"].copies == ()
    assert (
        one.holdings["applications"].populations == estate.holdings["applications"].populations
    )
    assert len(estate.holdings["applications"].copies) == copies
