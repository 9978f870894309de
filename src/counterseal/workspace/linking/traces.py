"""Unicity of traces, from their files to the document that may leave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterseal.mosaic.tables import traces
from counterseal.workspace.linking.reading import estimated, open_tables, silent, statements

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from counterseal.canon import Json
    from counterseal.mosaic.tables.traces import Columns, Resolution, TraceUnicity
    from counterseal.workspace.linking.reading import Reading

    Advance = Callable[[int, int], None]

__all__ = ["TraceRequest", "trace_unicity"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceRequest:
    """What to measure of traces.

    Attributes:
        columns: Where the table keeps what, once for each column of places.
        resolutions: How coarsely points are told apart.
        seed: What the draws hang on.
        targets: Traces to look for, at most.
        halvings: How often the population is halved for the curve, at the first resolution.
    """

    columns: tuple[Columns, ...]
    resolutions: tuple[Resolution, ...]
    seed: int
    targets: int = traces.TARGETS
    halvings: int = 4


def trace_unicity(
    files: Sequence[Path], request: TraceRequest, *, reading: Reading, advance: Advance = silent
) -> dict[str, Json]:
    """Return the unicity of traces at every resolution, and how it falls with their number.

    Raises:
        InputError: A file or column is missing or not what it should be.
        TooSmallError: There are too few traces.
    """
    with open_tables({"traces": files}, reading) as sources:
        source = sources["traces"]
        total = len(request.columns) * len(request.resolutions) + 1
        grid: list[Json] = []
        for columns in request.columns:
            for resolution in request.resolutions:
                (found,) = traces.measure(
                    source,
                    columns,
                    [resolution],
                    seed=request.seed,
                    targets=request.targets,
                    minimum=reading.minimum,
                )
                grid.append(_document(found, columns))
                advance(len(grid), total)
        curve = traces.curve(
            source,
            request.columns[0],
            request.resolutions[0],
            seed=request.seed,
            halvings=request.halvings,
            targets=request.targets,
            minimum=reading.minimum,
        )
        return {
            "schema": "counterseal-mosaic-traces/1",
            "files": [path.name for path in files],
            "seed": request.seed,
            "minimum_cell": reading.minimum,
            "grid": grid,
            "curve": [_document(one, request.columns[0]) for one in curve],
            "sql": statements([source]),
        }


def _document(found: TraceUnicity, columns: Columns) -> dict[str, Json]:
    return {
        "place": columns.place,
        "hours": found.resolution.hours,
        "degrees": found.resolution.degrees if columns.place is None else None,
        "traces": found.traces,
        "points": found.points,
        "unicity": [
            {
                "known_points": one.points,
                "targets": one.targets,
                "singled_out": one.singled_out,
                "share": estimated(one.share),
            }
            for one in found.unicity
        ],
    }
