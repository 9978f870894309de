"""The picture of unicity: every curve is there, named, and said in words."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from counterseal.report.pictures.unicity import unicity_of, unicity_picture

if TYPE_CHECKING:
    from counterseal.canon import Json

SVG = "{http://www.w3.org/2000/svg}"


def row(hours: float, traces: int, shares: list[float | None]) -> dict[str, Json]:
    return {
        "place": "antenna",
        "hours": hours,
        "degrees": None,
        "traces": traces,
        "unicity": [
            {"share": None if s is None else {"value": s, "interval": [s, s]}} for s in shares
        ],
    }


DOCUMENT: dict[str, Json] = {
    "grid": [
        row(1.0, 4000, [0.1, 0.5, 0.9, 0.95, 0.97]),
        row(24.0, 4000, [0.0, 0.1, 0.3, 0.5, 0.6]),
    ],
    "curve": [
        row(1.0, 2000, [0.2, 0.6, 0.93, 0.96, 0.98]),
        row(1.0, 500, [None, 0.8, 0.95, 0.97, 0.99]),
    ],
}


def test_resolutions_are_solid_and_parts_are_dashed() -> None:
    root = ET.fromstring(unicity_picture(DOCUMENT))  # noqa: S314 - our own bytes
    looks = [line.get("class") for line in root.iter(f"{SVG}polyline")]
    assert looks == ["c-after", "c-after", "c-before", "c-before"]


def test_more_that_are_singled_out_stand_higher() -> None:
    root = ET.fromstring(unicity_picture(DOCUMENT))  # noqa: S314 - our own bytes
    fine, coarse, *_ = (
        [float(y) for y in re.findall(r",([\d.]+)", str(line.get("points")))]
        for line in root.iter(f"{SVG}polyline")
    )
    assert all(high < low for high, low in zip(fine, coarse, strict=True))
    assert fine == sorted(fine, reverse=True)


def test_names_of_curves_do_not_touch() -> None:
    root = ET.fromstring(unicity_picture(DOCUMENT))  # noqa: S314 - our own bytes
    named = sorted(
        float(one.get("y", "0"))
        for one in root.iter(f"{SVG}text")
        if "traces" in (one.text or "") and one.get("font-size") == "11"
    )
    assert len(named) == 4
    assert all(after - before >= 14.0 for before, after in itertools.pairwise(named))


def test_what_may_not_be_said_is_not_drawn_and_said_not_to_be() -> None:
    line = unicity_of(row(1.0, 500, [None, 0.8]), solid=False)
    assert line.shares == (None, 0.8)
    assert line.name == "antenna, 1 h, 500 traces"
    assert "not said, 80 %" in unicity_picture(DOCUMENT).decode()
