"""Special uniques: records that few attributes already single out, and by how many.

A minimal sample unique of a record is a set of attributes on which no other record is like it,
while some other record is on every smaller part of the set. Few attributes in a set, and many
sets, make a record likelier to be unique in the population, too (Elliot, Manning and Ford 2002,
Int. J. Uncertainty, Fuzziness and Knowledge-Based Systems 10(5):493-509). Scores of records
stay in the table: what comes out is how scores are spread and how much each attribute
contributes.

One query answers all: for every set of at most three attributes the records alone on it, as
bits of a word for each record, and a set counts where its bit is set and no bit of a smaller
part is.
"""

# ruff: noqa: S608 - names are quoted, and no value is ever in the text of a query

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final

from counterseal.errors import InputError, TooSmallError
from counterseal.mosaic.tables.disclosure import MINIMUM
from counterseal.mosaic.tables.source import Missing, Query, chosen, whole
from counterseal.mosaic.tables.suda import Answer, bands, calibrated, dis, sets

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from counterseal.mosaic.tables.source import Source
    from counterseal.mosaic.tables.suda import Contribution, ScoreBand

__all__ = [
    "MOST_COLUMNS",
    "SpecialUniques",
    "blocks",
    "flags",
    "measure",
    "missing_query",
    "query",
    "sizes_query",
]

MOST_COLUMNS: Final = 16
"""Attributes at most: 16 have 696 sets of up to three, and one branch of a query for each."""

_MOST_IN_A_SET: Final = 3
_BLOCK: Final = 4
_WORD: Final = 62
"""Bits used of a word of 64, so that its sign never matters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialUniques:
    """How many records few attributes single out, and which attributes do.

    Attributes:
        records: Records in the table.
        attributes: Columns that were looked at.
        largest: Most attributes in a set, the ``M`` of the score.
        missing: What NULL was taken for.
        special: Records with at least one minimal sample unique; ``None`` where they, or all
            others, are fewer than ``minimum``.
        bands: The spread of scores, from the lowest; neighbours are joined until each part has
            ``minimum`` records.
        contributions: One for each attribute, in the order given.
        dis: Chance that a unique match of somebody outside with a record of the table is the
            right one, were the table a simple random sample; ``None`` where NULL is a wildcard,
            or too few records are unique or in pairs.
        fraction: The sampling fraction that ``dis`` supposes.
        minimum: The minimum cell size.
    """

    records: int
    attributes: tuple[str, ...]
    largest: int
    missing: Missing
    special: int | None
    bands: tuple[ScoreBand, ...]
    contributions: tuple[Contribution, ...]
    dis: float | None
    fraction: float
    minimum: int


def measure(
    source: Source,
    names: Sequence[str],
    *,
    largest: int = _MOST_IN_A_SET,
    missing: Missing = Missing.OWN_VALUE,
    fraction: float = 0.01,
    minimum: int = MINIMUM,
) -> SpecialUniques:
    """Return how many records few attributes single out, and which attributes do.

    Args:
        source: The table.
        names: Attributes to look at, 2 to 16.
        largest: Most attributes in a set, 1 to 3; sets of all attributes have no weight.
        missing: What NULL means. As a wildcard it is in no minimal sample unique, and may make
            a record like others.
        fraction: Part of the population that the table is taken to be, for DIS-SUDA.
        minimum: The minimum cell size.

    Raises:
        InputError: There is no such column, or there are too few or too many.
        TooSmallError: The table has fewer than ``minimum`` records.
    """
    _check(names, largest=largest, fraction=fraction)
    largest = min(largest, len(names) - 1)
    records, alone, paired = (whole(c) for c in source.ask(sizes_query(source, names))[0])
    if records < minimum:
        raise TooSmallError(f"the table has fewer than {minimum} records")
    wild = _wild(source, names) if missing is Missing.WILDCARD else ()
    answer = Answer(
        source.ask(query(source, names, largest=largest, wild=wild)),
        attributes=len(names),
        largest=largest,
    )
    risk = None
    if missing is Missing.OWN_VALUE and _may_tell([alone, paired], records, minimum=minimum):
        risk = dis(uniques=alone, paired=paired, fraction=fraction)
    spread = calibrated(answer.levels, attributes=len(names), uniques=alone, risk=risk)
    return SpecialUniques(
        records=records,
        attributes=tuple(names),
        largest=largest,
        missing=missing,
        special=answer.special
        if _may_tell([answer.special], records, minimum=minimum)
        else None,
        bands=bands(answer.levels, spread, records=records, minimum=minimum),
        contributions=answer.contributions(names, minimum=minimum),
        dis=risk,
        fraction=fraction,
        minimum=minimum,
    )


def missing_query(source: Source, names: Sequence[str]) -> Query:
    """Return the query for how many records have no value, for each attribute."""
    cells = ", ".join(f"COUNT(*) - COUNT({column})" for column in chosen(source, names))
    return Query(
        purpose="records without a value", sql=f"SELECT {cells} FROM {source.relation}"
    )


def sizes_query(source: Source, names: Sequence[str]) -> Query:
    """Return the query for all records, records alone, and records in pairs."""
    columns = ", ".join(chosen(source, names))
    sql = (
        "SELECT SUM(n), SUM(CASE WHEN n = 1 THEN 1 ELSE 0 END), "
        "SUM(CASE WHEN n = 2 THEN 2 ELSE 0 END) "
        f"FROM (SELECT COUNT(*) AS n FROM {source.relation} GROUP BY {columns}) AS classes"
    )
    return Query(purpose="records alone and in pairs", sql=sql)


def query(
    source: Source, names: Sequence[str], *, largest: int, wild: Sequence[int] = ()
) -> Query:
    """Return the query for minimal sample uniques.

    Its rows have the number of minimal sample uniques of each size that a record has, the
    number of such records, then for every attribute how many of these records have it in a set,
    then for every set of ``sets`` for how many of them it is minimal.

    Args:
        source: The table.
        names: Attributes to look at.
        largest: Most attributes in a set.
        wild: Indices of attributes where NULL may be any value; elsewhere it is one value.
    """
    all_sets = sets(len(names), largest)
    keys = ", ".join(f"m{size}" for size in range(1, largest + 1))
    sizes = ", ".join(
        f"{_total(s for s, one in enumerate(all_sets) if len(one) == size)} AS m{size}"
        for size in range(1, largest + 1)
    )
    has = ", ".join(
        f"SUM(CASE WHEN {_total(s for s, one in enumerate(all_sets) if a in one)} > 0 "
        "THEN 1 ELSE 0 END)"
        for a in range(len(names))
    )
    sums = ", ".join(f"SUM(f{s})" for s in range(len(all_sets)))
    sql = (
        f"{flags(source, names, largest=largest, wild=wild)},\n"
        f"scored AS (SELECT *, {sizes} FROM flagged)\n"
        f"SELECT {keys}, COUNT(*), {has}, {sums} FROM scored GROUP BY {keys} ORDER BY {keys}"
    )
    return Query(purpose="minimal sample uniques", sql=sql)


def flags(
    source: Source, names: Sequence[str], *, largest: int, wild: Sequence[int] = ()
) -> str:
    """Return the WITH clause up to ``numbered`` and ``flagged``.

    ``k0``, ``k1``, ... have the values of each attribute (``v``) and a number for each
    (``code``); ``numbered`` has the records as such numbers (``c0``, ``c1``, ..., NULL where
    there is no value) with an ``id``; ``flagged`` has for each record alone on some set its
    ``id`` and a column ``f0``, ``f1``, ... for every set: 1 where it is minimal, otherwise 0.
    """
    columns = chosen(source, names)
    all_sets = sets(len(names), largest)
    words = range(-(-len(all_sets) // _WORD))
    joined = ", ".join(f"BIT_OR(w{w}) AS w{w}" for w in words)
    minimal = ", ".join(_minimal(s, all_sets) for s in range(len(all_sets)))
    if wild:
        alone = "\nUNION ALL ".join(
            _alone(s, one, words=words, wild=wild) for s, one in enumerate(all_sets)
        )
    else:
        alone = "\nUNION ALL ".join(
            _alone_in_block(block, mine, all_sets, words=words)
            for block, mine in blocks(all_sets, len(columns))
        )
    return (
        f"WITH {_numbered(source, columns)},\n"
        f"alone AS ({alone}),\n"
        f"marked AS (SELECT id, {joined} FROM alone GROUP BY id),\n"
        f"flagged AS (SELECT id, {minimal} FROM marked)"
    )


def _check(names: Sequence[str], *, largest: int, fraction: float) -> None:
    if not 2 <= len(names) <= MOST_COLUMNS:  # noqa: PLR2004 - a set is smaller than all
        raise InputError(
            f"{len(names)} attributes are named; special uniques need 2 to {MOST_COLUMNS}",
            hint="name the attributes that somebody outside could know",
        )
    if not 1 <= largest <= _MOST_IN_A_SET:
        raise InputError(f"sets of 1 to {_MOST_IN_A_SET} attributes can be looked at")
    if not 0.0 < fraction < 1.0:
        raise InputError(f"a sampling fraction lies between 0 and 1, not at {fraction:g}")


def _wild(source: Source, names: Sequence[str]) -> tuple[int, ...]:
    """Return the indices of attributes without a value somewhere."""
    counts = source.ask(missing_query(source, names))[0]
    return tuple(i for i, count in enumerate(counts) if whole(count))


def _may_tell(counts: Sequence[int], of: int, *, minimum: int) -> bool:
    """Return whether no count, and nothing that one leaves of the whole, is a small group."""
    return not any(0 < count < minimum or 0 < of - count < minimum for count in counts)


def _total(which: Iterable[int]) -> str:
    return " + ".join(f"f{s}" for s in which)


def _numbered(source: Source, columns: Sequence[str]) -> str:
    """Return the CTEs that give values and records numbers, which compare faster than texts.

    The order of records that are alike on all columns is left open: none of them is alone. Any
    other order is fixed, so that numbers stay the same wherever the CTE is read again.
    """
    listed = ", ".join(f"{column} AS v{i}" for i, column in enumerate(columns))
    codes = ",\n".join(
        f"k{i} AS (SELECT v, ROW_NUMBER() OVER (ORDER BY v) AS code FROM (SELECT DISTINCT v{i} "
        f"AS v FROM records WHERE v{i} IS NOT NULL) AS d{i})"
        for i in range(len(columns))
    )
    found = ", ".join(f"CAST(k{i}.code AS INTEGER) AS c{i}" for i in range(len(columns)))
    joins = " ".join(f"LEFT JOIN k{i} ON k{i}.v = r.v{i}" for i in range(len(columns)))
    keys = ", ".join(f"c{i}" for i in range(len(columns)))
    return (
        f"records AS (SELECT {listed} FROM {source.relation}),\n{codes},\n"
        f"coded AS (SELECT {found} FROM records AS r {joins}),\n"
        f"numbered AS (SELECT *, ROW_NUMBER() OVER (ORDER BY {keys}) AS id FROM coded)"
    )


def blocks(
    all_sets: Sequence[tuple[int, ...]], attributes: int
) -> tuple[tuple[tuple[int, ...], tuple[tuple[int, ...], ...]], ...]:
    """Return blocks of up to four attributes, with the sets to be read off the classes of each.

    Records are grouped by a block once; its classes are far fewer than the records where values
    repeat, and every set within it is grouped from them. Each set belongs to one block. Blocks
    are chosen one by one, for most sets that have none yet.
    """
    todo = set(all_sets)
    every = list(combinations(range(attributes), min(_BLOCK, attributes)))
    found = []
    while todo:
        block = max(every, key=lambda one: sum(set(s) <= set(one) for s in todo))
        mine = tuple(s for s in all_sets if s in todo and set(s) <= set(block))
        todo.difference_update(mine)
        found.append((block, mine))
    return tuple(found)


def _alone_in_block(
    block: tuple[int, ...],
    mine: Sequence[tuple[int, ...]],
    all_sets: Sequence[tuple[int, ...]],
    *,
    words: range,
) -> str:
    """Return the SELECT of the records alone on each set of a block, with its bit set."""
    columns = ", ".join(f"c{i}" for i in block)
    grouped = ", ".join(f"({', '.join(f'c{i}' for i in one)})" for one in mine)
    places = {_left_out(block, one): all_sets.index(one) for one in mine}
    bits = ", ".join(_bit_of(places, word) for word in words)
    classes = f"SELECT {columns}, COUNT(*) AS n, MIN(id) AS id FROM numbered GROUP BY {columns}"
    return (
        f"SELECT id, {bits} FROM (SELECT MIN(id) AS id, GROUPING_ID({columns}) AS mask "
        f"FROM ({classes}) AS c GROUP BY GROUPING SETS ({grouped}) "
        "HAVING COUNT(*) = 1 AND MAX(n) = 1) AS a"
    )


def _bit_of(places: Mapping[int, int], word: int) -> str:
    """Return the column of a word that has the bit of the set which ``mask`` stands for."""
    cases = " ".join(
        f"WHEN {mask} THEN {1 << s % _WORD}" for mask, s in places.items() if s // _WORD == word
    )
    found = f"CASE mask {cases} ELSE 0 END" if cases else "0"
    return f"CAST({found} AS BIGINT) AS w{word}"


def _left_out(block: tuple[int, ...], one: tuple[int, ...]) -> int:
    """Return what GROUPING_ID of a block is where a set is grouped."""
    last = len(block) - 1
    return sum(1 << last - place for place, i in enumerate(block) if i not in one)


def _bits(s: int, words: range) -> str:
    """Return the columns that have the bit of a set."""
    return ", ".join(
        f"CAST({1 << s % _WORD if s // _WORD == w else 0} AS BIGINT) AS w{w}" for w in words
    )


def _alone(s: int, one: tuple[int, ...], *, words: range, wild: Sequence[int]) -> str:
    """Return the SELECT of the records alone on a set where NULL may be anything."""
    columns = ", ".join(f"c{i}" for i in one)
    known = " AND ".join(f"c{i} IS NOT NULL" for i in one if i in wild)
    where = f" WHERE {known}" if known else ""
    alone = (
        f"SELECT {columns}, MIN(id) AS id FROM numbered{where} GROUP BY {columns} "
        "HAVING COUNT(*) = 1"
    )
    likes = [f"NOT EXISTS ({like})" for like in _likes(one, wild)]
    others = f" WHERE {' AND '.join(likes)}" if likes else ""
    return f"SELECT id, {_bits(s, words)} FROM ({alone}) AS a{others}"


def _likes(one: tuple[int, ...], wild: Sequence[int]) -> list[str]:
    """Return a SELECT for each way in which NULL makes another record like one of ``a``."""
    loose = [i for i in one if i in wild]
    found = []
    for size in range(1, len(loose) + 1):
        for empty in combinations(loose, size):
            kept = [i for i in one if i not in empty]
            tests = [f"o.c{i} IS NULL" for i in empty] + [f"o.c{i} = a.c{i}" for i in kept]
            found.append(f"SELECT 1 FROM numbered AS o WHERE {' AND '.join(tests)}")
    return found


def _minimal(s: int, all_sets: Sequence[tuple[int, ...]]) -> str:
    """Return the expression that is 1 where a set is alone and none of its parts is."""
    parts = [t for t, part in enumerate(all_sets) if set(part) < set(all_sets[s])]
    tests = []
    for word in sorted({t // _WORD for t in [s, *parts]}):
        mask = sum(1 << t % _WORD for t in [s, *parts] if t // _WORD == word)
        bit = 1 << s % _WORD if s // _WORD == word else 0
        tests.append(f"(w{word} & {mask}) = {bit}")
    return f"CASE WHEN {' AND '.join(tests)} THEN 1 ELSE 0 END AS f{s}"
