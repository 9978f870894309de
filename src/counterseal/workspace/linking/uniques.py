"""Special uniques of a table, from its files to the document that may leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from counterseal.mosaic.tables import uniques
from counterseal.mosaic.tables.source import Missing
from counterseal.workspace.linking.reading import open_tables, silent, statements

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from counterseal.canon import Json
    from counterseal.mosaic.tables.suda import ScoreBand
    from counterseal.mosaic.tables.uniques import SpecialUniques
    from counterseal.workspace.linking.reading import Reading

    Advance = Callable[[int, int], None]

__all__ = ["special_uniques"]


def special_uniques(
    files: Sequence[Path],
    names: Sequence[str],
    *,
    reading: Reading,
    largest: int = 3,
    missing: Missing = Missing.OWN_VALUE,
    fraction: float = 0.01,
    advance: Advance = silent,
) -> dict[str, Json]:
    """Return the special uniques of a table as a document.

    Args:
        files: CSV or Parquet files of the table.
        names: Columns to look at.
        reading: How the table is read.
        largest: Most columns in a set.
        missing: What NULL means.
        fraction: Part of the population that the table is taken to be.
        advance: Told how far a query is.

    Raises:
        InputError: A file or column is missing or not what it should be.
        TooSmallError: The table has too few records.
    """
    with open_tables({"data": files}, reading, advance) as sources:
        found = uniques.measure(
            sources["data"],
            names,
            largest=largest,
            missing=missing,
            fraction=fraction,
            minimum=reading.minimum,
        )
        return {
            "schema": "counterseal-mosaic-uniques/1",
            "files": [path.name for path in files],
            **_document(found),
            "sql": statements([sources["data"]]),
        }


def _document(found: SpecialUniques) -> dict[str, Json]:
    return {
        "rows": found.records,
        "attributes": list(found.attributes),
        "largest_set": found.largest,
        "null_policy": str(found.missing),
        "minimum_cell": found.minimum,
        "special_uniques": found.special,
        "scores": [_band(band) for band in found.bands],
        "contributions": {one.attribute: one.share for one in found.contributions},
        "dis": found.dis,
        "sampling_fraction": found.fraction,
    }


def _band(band: ScoreBand) -> dict[str, Json]:
    return {
        "low": band.low,
        "high": band.high,
        "records": band.records,
        "dis_suda": band.dis_suda,
    }
