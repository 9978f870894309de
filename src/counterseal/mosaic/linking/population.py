"""A population that nobody belongs to, drawn from published marginals, and two files about it.

Linkage is tried on it because the truth is known: who is in both files, who is in one alone,
and which values were recorded wrongly. Names are made of syllables by their rank, so that
they are as concentrated as real ones and belong to nobody; every row says that it is
synthetic. Who lives together mostly shares a family name, as relatives are whom a linker
takes for each other.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np

from counterseal.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from counterseal.mosaic.linking.marginals import AgeBand, Marginals, Names

__all__ = ["FIELDS", "MARK", "Errors", "Population", "Table", "drawn", "name", "observed"]

FIELDS: Final = ("given", "family", "sex", "born", "area", "address")
"""What a file says about a person, besides the number of the record."""

MARK: Final = "synthetic"
"""Stands in a column of its own in every row."""

Table = MappingProxyType[str, tuple[str | None, ...]]
"""Columns by name, all of one length; ``None`` where there is no value."""

_CONSONANTS: Final = "bdfgklmnprstvzj"
_VOWELS: Final = "aeiou"
_NAMES: Final = (len(_CONSONANTS) * len(_VOWELS)) ** 3
_STRIDE: Final = 200_003
"""Has no divisor with the number of names, so that every rank has a name of its own."""

_HOUSES: Final = 400
_ALPHABET: Final = "abdefgijklmnoprstuvz"
_TRIES: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Errors:
    """How often a file is wrong about a person; each in [0, 1].

    Attributes:
        typo: A name has one letter too many, too few, another, or two exchanged; per name.
        missing: There is no value; per field.
        moved: The address, and mostly the area, is another one than in the population.
        transposed: Day and month of birth are exchanged, where that is a date, otherwise the
            two digits of the year.
    """

    typo: float = 0.02
    missing: float = 0.02
    moved: float = 0.10
    transposed: float = 0.01

    def __post_init__(self) -> None:
        """Refuse what is no rate.

        Raises:
            InputError: A rate is not in [0, 1].
        """
        if not all(
            0.0 <= r <= 1.0 for r in (self.typo, self.missing, self.moved, self.transposed)
        ):
            raise InputError("a rate of errors lies between 0 and 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """Everybody, as they are.

    Attributes:
        title: What it was drawn from.
        seed: What the draws hung on.
        people: How many.
        values: The fields, in the order of people.
        areas: How many areas there are.
        dwellings: How many dwellings an area has.
    """

    title: str
    seed: int
    people: int
    values: Mapping[str, tuple[str, ...]]
    areas: int
    dwellings: int


def drawn(marginals: Marginals, *, people: int, seed: int) -> Population:
    """Return a population of ``people`` with these marginals, each person drawn on its own."""
    if people < 1:
        raise InputError("a population has at least one person")
    rng = np.random.default_rng([seed, 0])
    places = marginals.places
    areas = max(1, round(people / places.people_per_area))
    dwellings = max(1, round(people / areas / places.people_per_dwelling))
    home = rng.integers(0, areas * dwellings, people)
    sexes = sorted(marginals.sexes.people)
    sex = _chosen(rng, [marginals.sexes.people[s] for s in sexes], people)
    households = _ranks(rng, marginals.family_names, areas * dwellings)
    own = _ranks(rng, marginals.family_names, people)
    family = np.where(rng.random(people) < places.own_family_name, own, households[home])
    given = np.zeros(people, dtype=np.int64)
    for index, one in enumerate(sexes):
        ranks = _ranks(rng, marginals.given_names[one], people)
        given = np.where(sex == index, ranks * len(sexes) + index, given)
    born = _births(rng, marginals.ages.bands, marginals.day, people)
    return Population(
        title=marginals.title,
        seed=seed,
        people=people,
        values=MappingProxyType(
            {
                "given": tuple(name(int(rank), "q") for rank in given),
                "family": tuple(name(int(rank), "x") for rank in family),
                "sex": tuple(sexes[int(index)] for index in sex),
                "born": born,
                "area": tuple(_area(int(place) // dwellings) for place in home),
                "address": tuple(_address(int(place)) for place in home),
            }
        ),
        areas=areas,
        dwellings=dwellings,
    )


def observed(
    population: Population, *, coverage: float, errors: Errors, seed: int, file: str
) -> Table:
    """Return a file about the part of a population that it covers, errors included.

    Args:
        population: Whom it may be about.
        coverage: Share of people in it, each drawn on its own, in (0, 1].
        errors: How often it is wrong.
        seed: What the draws hang on.
        file: Name of the file: two files of one seed have different people and errors.

    Returns:
        Columns ``record`` (a number within the file), ``person`` (the truth), the fields, and
        ``mark``; rows in an order that says nothing.
    """
    if not 0.0 < coverage <= 1.0:
        raise InputError("a file covers a share of people above 0 and at most 1")
    rng = np.random.default_rng([seed, 1, *file.encode()])
    some = np.flatnonzero(rng.random(population.people) < coverage)
    some = some[rng.permutation(len(some))]
    columns = {field: _values(population.values[field], some) for field in FIELDS}
    for field in ("given", "family"):
        _spoil(columns[field], rng, errors.typo, _typo)
    _spoil(columns["born"], rng, errors.transposed, _exchanged)
    _move(columns, rng, errors.moved, population)
    for field in FIELDS:
        for row in np.flatnonzero(rng.random(len(some)) < errors.missing):
            columns[field][int(row)] = None
    return MappingProxyType(
        {
            "record": tuple(f"{file}{number:08d}" for number in range(len(some))),
            "person": tuple(f"p{int(person):08d}" for person in some),
            **{field: tuple(values) for field, values in columns.items()},
            "mark": (MARK,) * len(some),
        }
    )


def name(rank: int, ending: str) -> str:
    """Return the name of this rank: three syllables and an ending that no name has."""
    index = (rank * _STRIDE) % _NAMES
    turn, rank = divmod(rank, _NAMES)
    parts = []
    for _ in range(3):
        index, syllable = divmod(index, len(_CONSONANTS) * len(_VOWELS))
        consonant, vowel = divmod(syllable, len(_VOWELS))
        parts.append(_CONSONANTS[consonant] + _VOWELS[vowel])
    return "".join(parts) + ending * (turn + 1)


def _chosen(rng: np.random.Generator, sizes: Sequence[int], count: int) -> NDArray[np.int64]:
    """Return ``count`` indices, each in proportion to its size."""
    ends = np.cumsum(np.asarray(sizes, dtype=np.int64))
    return np.searchsorted(ends, rng.integers(0, int(ends[-1]), count), side="right")


def _ranks(rng: np.random.Generator, names: Names, count: int) -> NDArray[np.int64]:
    """Return ``count`` ranks of names, from 0, as concentrated as is written."""
    found = np.searchsorted(_concentration(names), rng.random(count), side="right")
    return np.minimum(found, 2 * names.cumulative[-1].rank - 1)


def _concentration(names: Names) -> NDArray[np.float64]:
    """Return the share of people who have one of the 1, 2, ... most frequent names.

    Between two ranks that are known frequencies fall as one over the rank; beyond the last, as
    many names again share the rest evenly.
    """
    last = names.cumulative[-1]
    whole = np.cumsum(1.0 / np.arange(1, last.rank + 1, dtype=np.float64))
    shares = np.empty(2 * last.rank, dtype=np.float64)
    shares[0] = names.cumulative[0].share
    for one, other in pairwise(names.cumulative):
        part = whole[one.rank : other.rank] - whole[one.rank - 1]
        shares[one.rank : other.rank] = one.share + (other.share - one.share) * part / part[-1]
    beyond = np.arange(1, last.rank + 1, dtype=np.float64) / last.rank
    shares[last.rank :] = last.share + (1.0 - last.share) * beyond
    return shares


def _births(
    rng: np.random.Generator, bands: Sequence[AgeBand], day: dt.date, count: int
) -> tuple[str, ...]:
    """Return dates of birth, evenly within each band of ages."""
    band = _chosen(rng, [one.people for one in bands], count)
    first = np.asarray([_days_before(day, one.to + 1) + 1 for one in bands])
    last = np.asarray([_days_before(day, one.from_) for one in bands])
    days = rng.integers(first[band], last[band] + 1)
    return tuple(dt.date.fromordinal(int(one)).isoformat() for one in days)


def _days_before(day: dt.date, years: int) -> int:
    """Return the ordinal of the same day some years ago (28 February for 29 February)."""
    safe = day.replace(day=28) if (day.month, day.day) == (2, 29) else day
    return safe.replace(year=safe.year - years).toordinal()


def _area(number: int) -> str:
    return f"area-{number:05d}"


def _address(place: int) -> str:
    """Return a dwelling's address: a number and a street of invented syllables."""
    street, house = divmod(place, _HOUSES)
    return f"{house + 1} {name(street, 'w')} row"


def _values(values: Sequence[str], some: NDArray[np.int64]) -> list[str | None]:
    return [values[int(person)] for person in some]


def _spoil(
    values: list[str | None],
    rng: np.random.Generator,
    rate: float,
    change: Callable[[str, np.random.Generator], str],
) -> None:
    """Change a share of the values."""
    for row in np.flatnonzero(rng.random(len(values)) < rate):
        value = values[int(row)]
        if value is not None:
            values[int(row)] = change(value, rng)


def _typo(text: str, rng: np.random.Generator) -> str:
    """Return a text that differs by one letter, or by two that stand side by side."""
    for _ in range(_TRIES):
        at = int(rng.integers(0, len(text) - 1))
        letter = _ALPHABET[int(rng.integers(0, len(_ALPHABET)))]
        found = (
            text[:at] + text[at + 1 :],
            text[:at] + letter + text[at:],
            text[:at] + letter + text[at + 1 :],
            text[:at] + text[at + 1] + text[at] + text[at + 2 :],
        )[int(rng.integers(0, 4))]
        if found != text:
            return found
    return text + "z"


def _exchanged(text: str, _rng: np.random.Generator) -> str:
    """Return a date with day and month exchanged, or the last digits of its year."""
    year, month, day = text.split("-")
    if day <= "12" and day != month:
        return f"{year}-{day}-{month}"
    return f"{year[:2]}{year[3]}{year[2]}-{month}-{day}"


def _move(
    columns: Mapping[str, list[str | None]],
    rng: np.random.Generator,
    rate: float,
    population: Population,
) -> None:
    """Give a share of people another dwelling, anywhere."""
    rows = np.flatnonzero(rng.random(len(columns["area"])) < rate)
    homes = rng.integers(0, population.areas * population.dwellings, len(rows))
    for row, place in zip(rows, homes, strict=True):
        columns["area"][int(row)] = _area(int(place) // population.dwellings)
        columns["address"][int(row)] = _address(int(place))
