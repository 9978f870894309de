"""One measurement of a table, from its files to the document that may leave.

Everything in the document went through :mod:`counterseal.mosaic.tables.disclosure`; counts
that would be about too few people are ``null`` and named in ``withheld``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, overload

from counterseal.errors import TooSmallError, UsageError
from counterseal.mosaic import population
from counterseal.mosaic.tables import classes, diversity, frames, frequencies
from counterseal.mosaic.tables.disclosure import MINIMUM, disclosed, nested, released
from counterseal.mosaic.tables.source import Missing
from counterseal.workspace.tables.duck import Limits, opened
from counterseal.workspace.tables.files import Dialect
from counterseal.workspace.tables.kept import read

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from counterseal.canon import Json
    from counterseal.mosaic.tables.classes import ClassSizes
    from counterseal.mosaic.tables.disclosure import Release
    from counterseal.mosaic.tables.releases import Released
    from counterseal.mosaic.tables.source import Query, Source
    from counterseal.workspace.tables.duck import DuckSource

    Advance = Callable[[int, int], None]

__all__ = ["TABLE", "Request", "document", "measured"]

TABLE, FRAME = "data", "frame"
"""Names that queries give the table and the population frame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to measure.

    Attributes:
        files: CSV or Parquet files of the table.
        quasi_identifiers: Columns by which a record could be known.
        sensitive: Column whose value should not be learnt.
        missing: What NULL means.
        weight: Column of sampling weights.
        population: Files of a population frame or a leaked set.
        sampling_fraction: Records / people of the population, in (0, 1].
        minimum: Fewest people that a number may be about.
        dialect: How CSV files are written.
        limits: What may be taken of the machine.
        register: File that keeps what was released about tables.
    """

    files: tuple[Path, ...]
    quasi_identifiers: tuple[str, ...]
    sensitive: str | None = None
    missing: Missing = Missing.OWN_VALUE
    weight: str | None = None
    population: tuple[Path, ...] = ()
    sampling_fraction: float | None = None
    minimum: int = MINIMUM
    dialect: Dialect = field(default_factory=Dialect)
    limits: Limits = field(default_factory=Limits)
    register: Path | None = None

    def __post_init__(self) -> None:
        more = (self.weight, self.population, self.sampling_fraction)
        if self.missing is Missing.WILDCARD and any(part for part in more):
            raise UsageError(
                "with wildcards only classes and sensitive values are measured",
                hint="weights, frames and samples need classes that do not overlap:"
                " --missing own-value",
            )


def measured(
    request: Request, *, advance: Advance = lambda _done, _total: None
) -> dict[str, Json]:
    """Open the files, measure them in place and return the document.

    Raises:
        InputError: A file or column is missing or not what it should be.
        TooSmallError: The table has fewer records than the minimum.
    """
    tables = {TABLE: request.files}
    if request.population:
        tables[FRAME] = request.population
    with opened(
        tables, dialect=request.dialect, limits=request.limits, advance=advance
    ) as sources:
        source, frame = sources[TABLE], sources.get(FRAME)
        kept = None if request.register is None else read(request.register, request.files)
        earlier = () if kept is None else kept.released
        found, counts = document(source, request, frame=frame, earlier=earlier)
        if kept is not None:
            kept.write(counts)
        return {**found, "sql": _statements([source, *([frame] if frame else [])])}


def document(
    source: Source,
    request: Request,
    *,
    frame: Source | None = None,
    earlier: Sequence[Released] = (),
) -> tuple[dict[str, Json], tuple[Released, ...]]:
    """Return what may be said of a table that is open, wherever it is.

    Args:
        source: The table.
        request: What to measure of it; its files are only named.
        frame: A population frame on the same connection.
        earlier: Counts released about the table before.

    Returns:
        The document, and the counts of people in it, for the next one.

    Raises:
        InputError: A column is missing or not what it should be.
        TooSmallError: The table or the frame has fewer records than the minimum.
    """
    qi = request.quasi_identifiers
    varied = None
    if request.sensitive is not None:
        varied = diversity.measure(
            source, qi, sensitive=request.sensitive, missing=request.missing
        )
        sizes = varied.sizes
    else:
        sizes = classes.measure(source, qi, missing=request.missing)
    release = released(sizes, minimum=request.minimum, earlier=earlier)
    counts = release.counts
    found = {
        "schema": "counterseal-mosaic-measure/1",
        "files": [path.name for path in request.files],
        **_classes(sizes, release),
    }
    if varied is not None:
        told = disclosed(varied, release, earlier=(*earlier, *counts))
        counts = (*counts, *([told] if told is not None else []))
        found |= _diversity(varied, None if told is None else told.count)
    fraction = request.sampling_fraction
    if request.weight is not None:
        weighed = frequencies.measure(source, qi, weight=request.weight)
        found |= _weights(weighed)
        fraction = fraction or min(1.0, weighed.sampling_fraction)
    if fraction is not None:
        found |= _population(sizes, fraction)
    if frame is not None:
        found |= _frame(frames.measure(source, frame, qi), request.minimum)
    found["withheld"] = sorted(_withheld(found))
    return found, counts


def _classes(sizes: ClassSizes, release: Release) -> dict[str, Json]:
    total = sizes.records
    unique = release.unique
    return {
        "rows": total,
        "quasi_identifiers": list(sizes.quasi_identifiers),
        "null_policy": str(sizes.missing),
        "minimum_cell": release.minimum,
        "classes": sizes.classes,
        "k_min": sizes.smallest,
        "unique": unique,
        "unique_share": None if unique is None else unique / total,
        "correctness": sizes.correctness,
        "average_risk": sizes.correctness,
        "entropy_bits": sizes.entropy_bits,
        "share_below": {
            str(size): None if count is None else count / total
            for size, count in release.below.items()
        },
        "class_sizes": {part.label: part.classes for part in release.bins},
    }


def _diversity(varied: diversity.Diversity, count: int | None) -> dict[str, Json]:
    return {
        "sensitive": varied.sensitive,
        "l_min": varied.least,
        "entropy_l": _rounded(varied.least_entropy),
        "disclosed": count,
        "disclosed_share": None if count is None else count / varied.sizes.records,
    }


def _weights(weighed: frequencies.Frequencies) -> dict[str, Json]:
    return {
        "weighted": {
            "weight": weighed.weight,
            "population": _rounded(weighed.population),
            "sampling_fraction": _rounded(weighed.sampling_fraction),
            "expected_share": _rounded(weighed.expected_share),
        }
    }


def _population(sizes: ClassSizes, fraction: float) -> dict[str, Json]:
    counts = {row.size: row.classes for row in sizes.rows}
    found = population.population(counts, sampling_fraction=fraction)
    models = {"pitman": found.pitman, "zayatz": found.zayatz, "snb": found.snb}
    return {
        "population_unique": {
            "sampling_fraction": found.sampling_fraction,
            **{name: _rounded(one.share) for name, one in models.items()},
            "chosen": found.chosen,
            "share": _rounded(found.share),
            "not_converged": {name: one.reason for name, one in models.items() if one.reason},
        }
    }


def _frame(found: frames.Frame, minimum: int) -> dict[str, Json]:
    if found.people < minimum:
        raise TooSmallError(
            f"the frame has fewer than {minimum} records",
            hint="any number about so few is a number about somebody",
        )
    single, below, there, _ = nested(
        (found.single, found.below(minimum), found.found, found.records), minimum=minimum
    )
    (certain, _) = nested((found.certain, found.people), minimum=minimum)
    low, high = found.presence
    return {
        "frame": {
            "people": found.people,
            "found": there,
            "single": single,
            "below_minimum": below,
            "k_map": found.least,
            "correctness": found.correctness,
            "delta_presence": [low, high] if found.is_subset else None,
            "certain": certain,
        }
    }


def _withheld(found: dict[str, Json], above: str = "") -> list[str]:
    """Return the paths of numbers that are withheld."""
    names = []
    for key, value in found.items():
        if value is None and above + key not in _ABSENT:
            names.append(above + key)
        elif isinstance(value, dict):
            names += _withheld(value, f"{above}{key}.")
    return names


_ABSENT = frozenset(
    {"frame.k_map", "frame.delta_presence"}
    | {f"population_unique.{name}" for name in ("pitman", "zayatz", "snb")}
)
"""Numbers that may be ``null`` because there are none."""


@overload
def _rounded(value: float) -> float: ...
@overload
def _rounded(value: float | None) -> float | None: ...
def _rounded(value: float | None) -> float | None:
    """Return a sum of floating-point numbers without the digits that its order decides."""
    return None if value is None else float(f"{value:.9g}")


def _statements(sources: Sequence[DuckSource]) -> list[Json]:
    """Return how the tables were made, and every query in order."""
    made: list[Json] = [
        {"purpose": "the table where it is", "sql": source.definition} for source in sources
    ]
    asked: list[Query] = [query for source in sources for query in source.asked]
    return made + [{"purpose": query.purpose, "sql": query.sql} for query in asked]
