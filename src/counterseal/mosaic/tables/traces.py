"""Location unicity: how many traces a few known points single out, and at what resolution.

A trace is a person's set of places and times. Unicity with ``p`` points is the share of traces
that are the only ones to contain ``p`` points drawn at random from them (de Montjoye et al.
2013, Sci. Rep. 3:1376). It falls as more people are watched, so a figure from a small
population says too much about a large one: the curve over subsamples shows which way
(Farzanehfar et al. 2021, Patterns 2:100204, follow it to countries).

Draws are ordered by a hash of the seed with the person and the point, so the same seed gives
the same points everywhere, and the points of ``p`` are the first of those of ``p + 1``.
"""

# ruff: noqa: S608 - names are quoted, and no value is ever in the text of a query

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from counterseal.errors import InputError, TooSmallError
from counterseal.mosaic.bounds import exactly, wilson
from counterseal.mosaic.tables.disclosure import MINIMUM
from counterseal.mosaic.tables.source import Query, chosen, literal, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from counterseal.mosaic.bounds import Estimate
    from counterseal.mosaic.tables.source import Source

__all__ = [
    "MOST_POINTS",
    "Columns",
    "Resolution",
    "TraceUnicity",
    "Unicity",
    "curve",
    "measure",
    "query",
]

MOST_POINTS: Final = 5
"""Points an outsider knows at most."""

TARGETS: Final = 2_500
"""Traces that are looked for, at most: what de Montjoye et al. (2013) drew."""

_HEX: Final = 8
"""Digits of a hash that decide who is in a subsample."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Where a table of traces keeps what.

    Attributes:
        person: Column of who.
        time: Column of when: a time stamp, or text of one.
        place: Column of where as a name (an antenna, a reader, a district), or
        latitude, longitude: the columns of where in degrees.
    """

    person: str
    time: str
    place: str | None = None
    latitude: str | None = None
    longitude: str | None = None

    def __post_init__(self) -> None:
        """Refuse both kinds of where, and none.

        Raises:
            InputError: There is not exactly one of the two.
        """
        pair = (self.latitude, self.longitude)
        if (self.place is None) != all(pair) or (any(pair) and not all(pair)):
            raise InputError(
                "a trace needs a place, or a latitude and a longitude, and not both",
                hint="name a column for --place, or one each for --latitude and --longitude",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """How coarsely points are told apart.

    Attributes:
        hours: Length of a time slot; slots begin at midnight UTC of 1 January 1970.
        degrees: Side of a cell, for latitude and longitude; ``None`` where places have names.
    """

    hours: float
    degrees: float | None = None

    def __post_init__(self) -> None:
        """Refuse what is no length.

        Raises:
            InputError: A length is not positive.
        """
        if self.hours <= 0.0 or (self.degrees is not None and self.degrees <= 0.0):
            raise InputError("a resolution is a positive number of hours, and of degrees")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unicity:
    """What some known points single out.

    Attributes:
        points: Points known of a trace.
        targets: Traces with at least so many points that were looked for.
        singled_out: How many of them no other trace is like; ``None`` where they, or the rest,
            are fewer than the minimum cell size.
        share: ``singled_out / targets``, with the 95 % Wilson interval for all traces where
            not every one was looked for; ``None`` as above.
    """

    points: int
    targets: int
    singled_out: int | None
    share: Estimate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceUnicity:
    """Unicity of traces at one resolution in one population.

    Attributes:
        resolution: How coarsely points were told apart.
        traces: People in the population.
        points: Different points of all of them.
        unicity: For 1, 2, ... ``MOST_POINTS`` known points.
        seed: What the draws hang on.
    """

    resolution: Resolution
    traces: int
    points: int
    unicity: tuple[Unicity, ...]
    seed: int


def measure(
    source: Source,
    columns: Columns,
    resolutions: Sequence[Resolution],
    *,
    seed: int,
    targets: int = TARGETS,
    minimum: int = MINIMUM,
    advance: Callable[[int, int], None] | None = None,
) -> tuple[TraceUnicity, ...]:
    """Return the unicity of all traces at each resolution, in the order given.

    Args:
        source: A table with a row for each time and place that somebody was seen.
        columns: Where it keeps what; rows without one of these are passed over.
        resolutions: How coarsely to tell points apart.
        seed: What the draws hang on.
        targets: Traces to look for, at most.
        minimum: The minimum cell size.
        advance: Told how many of all queries are answered.

    Raises:
        InputError: There is no such column.
        TooSmallError: There are fewer than ``minimum`` traces.
    """
    found = []
    for done, resolution in enumerate(resolutions, 1):
        asked = query(source, columns, resolution, seed=seed, targets=targets)
        found.append(
            _read(source.ask(asked), resolution, seed=seed, targets=targets, minimum=minimum)
        )
        if advance is not None:
            advance(done, len(resolutions))
    return tuple(found)


def curve(
    source: Source,
    columns: Columns,
    resolution: Resolution,
    *,
    seed: int,
    halvings: int = 4,
    targets: int = TARGETS,
    minimum: int = MINIMUM,
) -> tuple[TraceUnicity, ...]:
    """Return unicity in subsamples of the population, the smallest first, all of it last.

    Each subsample is about half of the next and lies within it. Where unicity still falls from
    one to the next, it would go on falling in a population larger than that of the table.

    Args:
        source: As for ``measure``.
        columns: As for ``measure``.
        resolution: How coarsely to tell points apart.
        seed: What the draws hang on.
        halvings: How often to halve; subsamples of fewer than ``minimum`` traces are left out.
        targets: Traces to look for in each, at most.
        minimum: The minimum cell size.

    Raises:
        InputError: There is no such column.
        TooSmallError: There are fewer than ``minimum`` traces in all.
    """
    found = []
    for halved in range(halvings, -1, -1):
        asked = query(source, columns, resolution, seed=seed, targets=targets, halved=halved)
        rows = source.ask(asked)
        if not halved or sum(whole(row[2]) for row in rows if not whole(row[0])) >= minimum:
            found.append(_read(rows, resolution, seed=seed, targets=targets, minimum=minimum))
    return tuple(found)


def query(
    source: Source,
    columns: Columns,
    resolution: Resolution,
    *,
    seed: int,
    targets: int = TARGETS,
    halved: int = 0,
) -> Query:
    """Return the query for how many drawn points other traces share.

    Its rows have whether a trace was looked for (1 or 0), its points up to ``MOST_POINTS``, how
    many traces are so, the most of its drawn points in order that another trace has, and the
    sum of all points of such traces.

    Args:
        source: The table.
        columns: Where it keeps what.
        resolution: How coarsely to tell points apart.
        seed: What the draws hang on.
        targets: Traces to look for, at most.
        halved: How often the population is halved.
    """
    person = chosen(source, [columns.person])[0]
    where, slot, known = _point(source, columns, resolution)
    tests = " AND ".join([f"{person} IS NOT NULL", *known])
    if halved:
        below = f"{2 ** (4 * _HEX - halved):0{_HEX}x}"
        tests += f" AND SUBSTR({_hashed(seed, 'sample', person)}, 1, {_HEX}) < {literal(below)}"
    most = MOST_POINTS
    deepest = " ".join(f"WHEN mask % {2**p} = {2**p - 1} THEN {p}" for p in range(most, 0, -1))
    mask = " ".join(f"WHEN {p} THEN {2 ** (p - 1)}" for p in range(1, most + 1))
    order = _hashed(seed, "points", "p.person", "p.place", "p.slot")
    sql = f"""\
WITH points AS (SELECT DISTINCT {person} AS person, {where} AS place, {slot} AS slot
  FROM {source.relation} WHERE {tests}),
people AS (SELECT person, COUNT(*) AS points FROM points GROUP BY person),
lined AS (SELECT person, points, ROW_NUMBER() OVER (
  ORDER BY {_hashed(seed, "targets", "person")}, person) AS line FROM people),
wanted AS (SELECT person, points FROM lined WHERE line <= {targets}),
drawn AS (SELECT p.person, p.place, p.slot, ROW_NUMBER() OVER (
  PARTITION BY p.person ORDER BY {order}, p.place, p.slot) AS pick
  FROM points AS p JOIN wanted AS w ON p.person = w.person),
shared AS (SELECT d.person, o.person AS other, SUM(CASE d.pick {mask} ELSE 0 END) AS mask
  FROM drawn AS d JOIN points AS o ON o.place = d.place AND o.slot = d.slot
  WHERE d.pick <= {most} AND o.person <> d.person GROUP BY d.person, o.person),
nearest AS (SELECT person, MAX(CASE {deepest} ELSE 0 END) AS most_shared
  FROM shared GROUP BY person),
judged AS (SELECT 1 AS wanted, w.points, COALESCE(n.most_shared, 0) AS most_shared
  FROM wanted AS w LEFT JOIN nearest AS n ON n.person = w.person
  UNION ALL SELECT 0 AS wanted, points, 0 AS most_shared FROM people),
capped AS (SELECT wanted, points, most_shared,
  CASE WHEN points < {most} THEN points ELSE {most} END AS known FROM judged)
SELECT wanted, known, COUNT(*), most_shared, SUM(points) FROM capped
GROUP BY wanted, known, most_shared ORDER BY wanted, known, most_shared"""
    return Query(purpose=f"unicity of traces, {_words(resolution)}", sql=sql)


def _point(
    source: Source, columns: Columns, resolution: Resolution
) -> tuple[str, str, tuple[str, ...]]:
    """Return expressions for the cell and the slot of a point, and what a row must have."""
    time = chosen(source, [columns.time])[0]
    seconds = resolution.hours * 3600.0
    slot = f"CAST(FLOOR(EPOCH(CAST({time} AS TIMESTAMP)) / {seconds!r}) AS BIGINT)"
    if columns.place is not None:
        place = chosen(source, [columns.place])[0]
        return (
            f"CAST({place} AS VARCHAR)",
            slot,
            (f"{time} IS NOT NULL", f"{place} IS NOT NULL"),
        )
    if resolution.degrees is None:
        raise InputError(
            "places in degrees need a resolution in degrees", hint="--degrees 0.01"
        )
    sides = chosen(source, [columns.latitude or "", columns.longitude or ""])
    cells = [
        f"CAST(CAST(FLOOR(CAST({side} AS DOUBLE) / {resolution.degrees!r}) AS BIGINT) "
        "AS VARCHAR)"
        for side in sides
    ]
    needed = tuple(f"{column} IS NOT NULL" for column in (time, *sides))
    return " || '/' || ".join(cells), slot, needed


def _hashed(seed: int, what: str, *parts: str) -> str:
    """Return the hash that orders draws: of the seed, what is drawn, and the expressions."""
    texts = " || '|' || ".join(f"CAST({part} AS VARCHAR)" for part in parts)
    return f"MD5({literal(f'{seed}|{what}|')} || {texts})"


def _read(
    rows: Sequence[tuple[object, ...]],
    resolution: Resolution,
    *,
    seed: int,
    targets: int,
    minimum: int,
) -> TraceUnicity:
    table = [tuple(whole(cell) for cell in row) for row in rows]
    traces = sum(count for wanted, _, count, _, _ in table if not wanted)
    if traces < minimum:
        raise TooSmallError(f"there are fewer than {minimum} traces")
    judged = [(known, count, leading) for wanted, known, count, leading, _ in table if wanted]
    return TraceUnicity(
        resolution=resolution,
        traces=traces,
        points=sum(points for wanted, _, _, _, points in table if not wanted),
        unicity=tuple(_unicities(judged, is_sample=traces > targets, minimum=minimum)),
        seed=seed,
    )


def _unicities(
    judged: Sequence[tuple[int, int, int]], *, is_sample: bool, minimum: int
) -> Iterator[Unicity]:
    before: list[int] = []
    for points in range(1, MOST_POINTS + 1):
        of = sum(count for known, count, _ in judged if known >= points)
        alone = sum(count for known, count, leading in judged if known >= points > leading)
        groups = (alone, of - alone, *(abs(alone - other) for other in before))
        told = of >= minimum and not any(0 < group < minimum for group in groups)
        if told:
            before.append(alone)
        share = None
        if told:
            share = wilson(alone, of) if is_sample else exactly(alone / of)
        yield Unicity(
            points=points, targets=of, singled_out=alone if told else None, share=share
        )


def _words(resolution: Resolution) -> str:
    cells = "" if resolution.degrees is None else f" and {resolution.degrees:g} degrees"
    return f"slots of {resolution.hours:g} hours{cells}"
