"""Measure whole reviews: an example change, and a change of a generated large estate."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from counterseal.estate.dump import to_files
from counterseal.estate.generator import generate
from counterseal.review.document import write
from counterseal.review.gate import find
from counterseal.review.inputs import Settings, parse
from counterseal.workspace.project import find_project

if TYPE_CHECKING:
    from counterseal.estate.estate import Estate

EXAMPLES = Path(__file__).parents[1] / "examples"
LARGE = 2_000
LINKS_EACH = 10
COPIED = 4
CHANGE = """\
id: hub
kind: integration
title: Put a search hub over four holdings
sponsor: Chief data officer
stage: requirement
need: Case officers search four systems by hand
authority: {authority}
necessity: Names and case numbers are needed, nothing else
dates: {{proposed: 2026-09-01, assessed: 2026-10-05}}
patch:
  add:
    systems:
      - id: new-hub
        name: Search hub
        kind: search-layer
        zone: {zone}
        owner: {owner}
        exposure: internal
        stage: requirement
    links:
{links}
      - {{id: new-link-in, from: {user}, to: new-hub, kind: login}}
    holdings:
      - id: new-index
        system: new-hub
        attributes: [{attributes}]
        populations: [{{population: {population}, count: {people}}}]
"""


def hub(estate: Estate) -> str:
    """Return a change that puts a search hub over four rich holdings of an estate."""
    rich = [row for row in estate.holdings.values() if len(row.attributes) > 2][:COPIED]  # noqa: PLR2004 - rich enough
    links = [
        f"      - {{id: new-link-{i}, from: new-hub, to: {row.system}, kind: query, "
        f"carries: [{row.id}]}}"
        for i, row in enumerate(rich)
    ]
    systems = list(estate.systems)
    return CHANGE.format(
        authority=next(iter(estate.authorities)),
        zone=list(estate.zones)[3],
        owner=estate.systems[systems[0]].owner,
        links="\n".join(links),
        user=systems[11],
        attributes=", ".join(sorted({a for row in rich for a in row.attributes})),
        population=rich[0].populations[0].population,
        people=rich[0].populations[0].count.value,
    )


def laid_out(folder: Path, systems: int) -> Path:
    """Write a generated estate and a change of it; return the change."""
    estate = generate(1, systems=systems, links=systems * LINKS_EACH)
    for name in ("estate", "changes"):
        (folder / name).mkdir()
    for name, data in to_files(estate).items():
        (folder / "estate" / name).write_bytes(data)
    change = folder / "changes" / "hub.yaml"
    change.write_text(hub(estate), encoding="utf-8")
    return change


def review(change: Path, settings: Settings) -> tuple[str, float, float]:
    """Return the draws of a review, its seconds and its processor seconds."""
    files = find_project(change.parent).inputs(change, settings)
    start, begun = time.perf_counter(), time.process_time()
    inputs = parse(files)
    write(find(inputs))
    draws = f"{inputs.settings.outer} x {inputs.settings.lanes}"
    return draws, time.perf_counter() - start, time.process_time() - begun


def whole_reviews() -> list[list[str]]:
    """Return a row per review: what, draws, seconds, processor seconds; kernels compiled."""
    small = Settings(outer=2, lanes=2, screen_outer=2, screen_lanes=2)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        cases = {
            "Meridian, search hub": EXAMPLES / "meridian" / "changes" / "search-hub.yaml",
            f"generated, {LARGE:,} systems": laid_out(Path(folder), LARGE),
        }
        for name, change in cases.items():
            review(change, small)
            draws, wall, processor = review(change, Settings())
            rows.append([name, draws, f"{wall:,.1f} s", f"{processor:,.1f} s"])
    return rows
