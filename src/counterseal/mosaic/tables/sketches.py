"""Joinability by sketches: how much of one table's keys another has, without showing either.

Each owner keeps the smallest hashes of the values of a key (k minimum values, KMV), made with a
secret that both were given. From two such sketches follow how many different keys each table
has, how many they share, and how often a key belongs to one record alone, with intervals
(Bar-Yossef et al. 2002, RANDOM, LNCS 2483:1-10; Beyer et al. 2007, SIGMOD:199-210).

What a sketch gives away: whoever has the secret can hash a value and see whether it is among
the smallest, so they can try a list of names against the part of a table that the sketch holds
(all of a small table). Without the secret a hash says nothing about its value. Keep the secret
with the owners, use one for one comparison, and destroy it afterwards.
"""

# ruff: noqa: S608 - names are quoted, and no value is ever in the text of a query

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from counterseal.errors import InputError, TooSmallError
from counterseal.mosaic.bounds import (
    Estimate,
    beta_cdf,
    bisected,
    clopper_pearson,
    exactly,
)
from counterseal.mosaic.tables.disclosure import MINIMUM
from counterseal.mosaic.tables.source import Query, chosen, quoted, whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from counterseal.mosaic.tables.source import Source

__all__ = [
    "FEWEST",
    "KEY_NAME",
    "MOST",
    "Joinability",
    "KeyHalves",
    "Sketch",
    "counts_query",
    "derived",
    "distinct",
    "joinability",
    "key_uniqueness",
    "measure",
    "query",
]

KEY_NAME: Final = "counterseal_key"
"""A table of one row beside the source's, with the columns ``inner`` and ``outer``."""

FEWEST, MOST = 16, 16_384
"""Hashes kept, at least and at most."""

SIZE: Final = 1_024
"""Hashes kept: the standard error of a count is about ``1 / sqrt(size)``, here 3 %."""

_DIGITS: Final = 13
_SPACE: Final = 16**_DIGITS
"""Hashes are whole numbers below this, 52 bits, so that they are exact in JSON."""

_FEWEST_BYTES: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class KeyHalves:
    """What a secret becomes before it meets data; never printed.

    Attributes:
        inner: Comes before a value, hashed.
        outer: Comes before that hash, hashed again.
        name: Says which secret it was without giving it away, so that sketches made with
            different ones are not compared.
    """

    inner: str
    outer: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """The smallest hashes of the values of a key.

    Attributes:
        values: Hashes, rising, at most ``size``.
        alone: For each whether one record alone has its value.
        size: Hashes kept at most; with fewer values the sketch is complete.
        records: Records in the table.
        without: Records in which a part of the key has no value; they are not in the sketch.
        parts: Columns of the key.
        key: Name of the secret.
    """

    values: tuple[int, ...]
    alone: tuple[bool, ...]
    size: int
    records: int
    without: int
    parts: int
    key: str

    @property
    def is_complete(self) -> bool:
        """Whether it holds every value, so that nothing has to be estimated."""
        return len(self.values) < self.size


@dataclass(frozen=True, slots=True, kw_only=True)
class Joinability:
    """How far two tables can be joined on a key.

    Attributes:
        distinct: Different keys in the first and in the second table.
        uniqueness: Part of the different keys of each that one record alone has.
        common: Keys that both have; ``None`` where that are fewer than ``minimum``, but some.
        containment: Part of the first's keys that the second has, and the other way; ``None``
            as above.
        jaccard: Part of the keys of either that both have; ``None`` as above.
        minimum: The minimum cell size.
    """

    distinct: tuple[Estimate, Estimate]
    uniqueness: tuple[Estimate, Estimate]
    common: Estimate | None
    containment: tuple[Estimate, Estimate] | None
    jaccard: Estimate | None
    minimum: int


def derived(secret: bytes) -> KeyHalves:
    """Return what a secret becomes before it meets data.

    Raises:
        InputError: The secret is shorter than 16 bytes.
    """
    secret = secret.strip()
    if len(secret) < _FEWEST_BYTES:
        raise InputError(
            f"a key for sketches needs at least {_FEWEST_BYTES} bytes",
            hint="draw one at random, for instance with `openssl rand -hex 32`",
        )

    def part(use: bytes) -> str:
        return hmac.new(secret, b"counterseal sketch " + use, "sha256").hexdigest()

    return KeyHalves(inner=part(b"inner"), outer=part(b"outer"), name=part(b"name")[:16])


def counts_query(source: Source, names: Sequence[str]) -> Query:
    """Return the query for all records, and those where a part of the key has no value."""
    empty = " OR ".join(f"{column} IS NULL" for column in chosen(source, names))
    sql = f"SELECT COUNT(*), SUM(CASE WHEN {empty} THEN 1 ELSE 0 END) FROM {source.relation}"
    return Query(purpose="records, and those without the key", sql=sql)


def query(source: Source, names: Sequence[str], *, size: int = SIZE) -> Query:
    """Return the query for the smallest hashes of a key, rising, and whether each is alone.

    The secret is not in the text: it stands in ``KEY_NAME``.

    Args:
        source: The table.
        names: Columns that make up the key; their texts are hashed as they stand.
        size: Hashes kept.
    """
    columns = chosen(source, names)
    text = " || CHR(31) || ".join(f"CAST({column} AS VARCHAR)" for column in columns)
    known = " AND ".join(f"{column} IS NOT NULL" for column in columns)
    sql = (
        'WITH hashed AS (SELECT SUBSTR(MD5(k."outer" || MD5(k."inner" || r.value)), 1, '
        f"{_DIGITS}) AS value "
        f"FROM (SELECT {text} AS value FROM {source.relation} WHERE {known}) AS r "
        f"CROSS JOIN {quoted(KEY_NAME)} AS k)\n"
        "SELECT value, CASE WHEN COUNT(*) = 1 THEN 1 ELSE 0 END FROM hashed "
        f"GROUP BY value ORDER BY value LIMIT {size}"
    )
    return Query(purpose="smallest keyed hashes of the key", sql=sql)


def measure(
    source: Source,
    names: Sequence[str],
    *,
    key: KeyHalves,
    size: int = SIZE,
    minimum: int = MINIMUM,
) -> Sketch:
    """Return the sketch of a key.

    Args:
        source: The table; it must have ``KEY_NAME`` with this key.
        names: Columns that make up the key, in the order that the other table has them.
        key: What the secret became.
        size: Hashes kept; more make intervals narrower and give more away.
        minimum: The minimum cell size.

    Raises:
        InputError: There is no such column, or the size is out of range.
        TooSmallError: Fewer than ``minimum`` records have the key.
    """
    if not FEWEST <= size <= MOST:
        raise InputError(f"a sketch keeps {FEWEST} to {MOST:,} hashes, not {size:,}")
    records, without = (whole(c) for c in source.ask(counts_query(source, names))[0])
    if records - without < minimum:
        raise TooSmallError(f"fewer than {minimum} records have the key")
    rows = source.ask(query(source, names, size=size))
    return Sketch(
        values=tuple(int(str(value), 16) for value, _ in rows),
        alone=tuple(bool(whole(alone)) for _, alone in rows),
        size=size,
        records=records,
        without=without,
        parts=len(names),
        key=key.name,
    )


def distinct(sketch: Sketch, *, miss: float = 0.05) -> Estimate:
    """Return how many different keys a table has.

    ``(k - 1) / u`` with ``u`` the largest of ``k`` hashes, as a part of all hashes; the ends
    are the counts under which so large, and so small a hash would be seen with a chance of
    ``miss / 2`` (it is the k-th of uniform draws, so its distribution is a beta).
    """
    if sketch.is_complete:
        return exactly(float(len(sketch.values)))
    return _count(len(sketch.values), sketch.values[-1], miss=miss)


def key_uniqueness(sketch: Sketch) -> Estimate:
    """Return which part of the different keys one record alone has."""
    share = clopper_pearson(sum(sketch.alone), len(sketch.alone))
    return exactly(share.value) if sketch.is_complete else share


def joinability(first: Sketch, second: Sketch, *, minimum: int = MINIMUM) -> Joinability:
    """Return how far two tables can be joined on a key.

    Raises:
        InputError: The sketches were made with different secrets, or for different keys.
    """
    if first.key != second.key:
        raise InputError("the sketches were made with different keys", hint="use one secret")
    if first.parts != second.parts:
        raise InputError("the keys have different numbers of columns")
    below = min(_horizon(first), _horizon(second))
    ours, theirs = ({v for v in s.values if v < below} for s in (first, second))
    both, either = len(ours & theirs), len(ours | theirs)
    is_exact = first.is_complete and second.is_complete
    common = _common(first, second, both=both, is_exact=is_exact)
    shares = [
        _share(both, part, is_exact=is_exact) for part in (len(ours), len(theirs), either)
    ]
    told = not 0.0 < common.value < minimum
    return Joinability(
        distinct=(distinct(first), distinct(second)),
        uniqueness=(key_uniqueness(first), key_uniqueness(second)),
        common=common if told else None,
        containment=(shares[0], shares[1]) if told else None,
        jaccard=shares[2] if told else None,
        minimum=minimum,
    )


def _count(kept: int, last: int, *, miss: float) -> Estimate:
    u = (last + 0.5) / _SPACE

    def below(count: float) -> float:
        return beta_cdf(u, kept, count - kept + 1.0)

    most = 4.0 * kept / u + 100.0
    value = max(float(kept), (kept - 1) / u)
    low = bisected(below, miss / 2.0, float(kept), most)
    high = bisected(below, 1.0 - miss / 2.0, float(kept), most)
    return Estimate(value=value, low=min(low, value), high=max(high, value))


def _common(first: Sketch, second: Sketch, *, both: int, is_exact: bool) -> Estimate:
    """Return how many keys both have: a part of the smaller sketch's count.

    Each of the two intervals misses 2.5 times in 100 at most, so their product 5 times.
    """
    if is_exact:
        return exactly(float(both))
    base = min((first, second), key=_horizon)
    of = len(base.values) if base.is_complete else len(base.values) - 1
    share = clopper_pearson(both, of, miss=0.025)
    count = distinct(base, miss=0.025)
    return Estimate(
        value=share.value * count.value,
        low=share.low * count.low,
        high=share.high * count.high,
    )


def _horizon(sketch: Sketch) -> int:
    """Return the hash below which a sketch holds every value of its table."""
    return _SPACE if sketch.is_complete else sketch.values[-1]


def _share(hits: int, trials: int, *, is_exact: bool) -> Estimate:
    if not trials:
        return Estimate(value=0.0, low=0.0, high=0.0 if is_exact else 1.0)
    share = clopper_pearson(hits, trials)
    return exactly(share.value) if is_exact else share
