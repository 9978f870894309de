"""Pictures of what combining adds, out of the document that says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from counterseal.report.pictures.fullness import fullness
from counterseal.report.pictures.matrix import Cell, matrix

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from counterseal.canon import Json

__all__ = ["combining_pictures"]


def combining_pictures(document: Mapping[str, Json]) -> Mapping[str, bytes]:
    """Return SVG files by name: pairs by adversary, and profiles before and after a change.

    Args:
        document: A ``counterseal-mosaic-combine/1``.
    """
    files: dict[str, bytes] = {}
    for row in _rows(document["combinations"]):
        title = f"{row['use_name']}, {row['adversary_name']}: what pairs add"
        names, cells = _pairs(row)
        files[f"pairs-{row['adversary']}-{row['use']}.svg"] = matrix(names, cells, title=title)
    for row in _rows(document["profiles"]):
        before, after = row["before"], row["after"]
        if isinstance(before, dict) and isinstance(after, dict):
            title = f"Known of a person: {row['population']}, {row['adversary_name']}"
            files[f"profiles-{row['adversary']}-{row['population']}.svg"] = fullness(
                _shares(before), _shares(after), title=title
            )
    return files


def _pairs(row: Mapping[str, Json]) -> tuple[list[str], list[Cell]]:
    """Return the names of all holdings of some pair, and the pairs."""
    pairs = _rows(row["pairs"])
    whole = row["whole"]
    total = _number(whole["median"]) if isinstance(whole, dict) else 0.0
    names: dict[str, str] = {}
    for share in _rows(row["shares"]):
        names[str(share["item"])] = str(share["name"])
    order = list(names)
    cells = []
    for pair in pairs:
        left, right = (order.index(_only(pair[end])) for end in ("left", "right"))
        cells.append(
            Cell(
                row=max(left, right),
                column=min(left, right),
                gain=_part(pair["gain"], total),
                bound=_part(pair["synergy"], total),
                marked=bool(pair["completes"]),
            )
        )
    return list(names.values()), cells


def _only(value: Json) -> str:
    [row] = _rows(value)
    return str(row["item"])


def _part(value: Json, total: float) -> float:
    return _number(value["median"]) / total if isinstance(value, dict) and total > 0 else 0.0


def _shares(value: Mapping[str, Json]) -> Sequence[float]:
    found = value["shares"]
    return [_number(one) for one in found] if isinstance(found, list) else []


def _rows(value: Json) -> Sequence[Mapping[str, Json]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _number(value: Json) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
