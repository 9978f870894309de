"""A synthetic population has the marginals it was drawn from, is nobody, and errs as stated."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from importlib import resources
from typing import TYPE_CHECKING

import pytest

from counterseal.errors import InputError, InvalidDocumentError
from counterseal.mosaic.linking.marginals import parse
from counterseal.mosaic.linking.population import (
    FIELDS,
    Errors,
    drawn,
    name,
    observed,
)

if TYPE_CHECKING:
    from counterseal.mosaic.linking.marginals import Marginals
    from counterseal.mosaic.linking.population import Population, Table

PEOPLE = 20_000
FLAWLESS = Errors(typo=0.0, missing=0.0, moved=0.0, transposed=0.0)


@pytest.fixture(scope="module")
def marginals() -> Marginals:
    data = resources.files("counterseal.mosaic.linking") / "data" / "united-states.yaml"
    return parse(data.read_bytes(), file="united-states.yaml")


@pytest.fixture(scope="module")
def people(marginals: Marginals) -> Population:
    return drawn(marginals, people=PEOPLE, seed=5)


def test_sexes_and_ages_are_as_published(marginals: Marginals, people: Population) -> None:
    female = people.values["sex"].count("female") / PEOPLE
    published = marginals.sexes.people["female"] / sum(marginals.sexes.people.values())
    assert female == pytest.approx(published, abs=0.012)  # three standard errors
    years = [
        (marginals.day.year - b.year)
        - ((marginals.day.month, marginals.day.day) < (b.month, b.day))
        for b in map(dt.date.fromisoformat, people.values["born"])
    ]
    total = sum(band.people for band in marginals.ages.bands)
    for band in marginals.ages.bands:
        share = sum(band.from_ <= age <= band.to for age in years) / PEOPLE
        assert share == pytest.approx(band.people / total, abs=0.007), band


def test_names_are_as_concentrated_as_published(
    marginals: Marginals, people: Population
) -> None:
    women = [
        g
        for g, s in zip(people.values["given"], people.values["sex"], strict=True)
        if s == "female"
    ]
    counts = [count for _, count in Counter(women).most_common()]
    for knot in marginals.given_names["female"].cumulative[:4]:
        share = sum(counts[: knot.rank]) / len(women)
        assert share == pytest.approx(knot.share, abs=0.02), knot
    families = Counter(people.values["family"]).most_common()
    top = sum(count for _, count in families[:275]) / PEOPLE
    assert top == pytest.approx(0.26, abs=0.04)  # dwellings share names, and ranks are drawn


def test_a_name_is_made_of_syllables_and_is_nobodys() -> None:
    names = {name(rank, "x") for rank in range(300_000)}
    assert len(names) == 300_000
    assert all(re.fullmatch(r"([bdfgklmnprstvzj][aeiou]){3}x", one) for one in names)
    assert name(421_875, "x") == name(0, "x") + "x"


def test_every_row_says_that_it_is_synthetic(people: Population) -> None:
    table = observed(people, coverage=0.3, errors=Errors(), seed=5, file="a")
    assert set(table["mark"]) == {"synthetic"}
    assert len({len(column) for column in table.values()}) == 1


def test_the_same_seed_draws_the_same_files(marginals: Marginals) -> None:
    first, again, other = (
        observed(
            drawn(marginals, people=500, seed=seed),
            coverage=0.5,
            errors=Errors(),
            seed=seed,
            file="a",
        )
        for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


def test_two_files_cover_different_people_at_the_stated_shares(people: Population) -> None:
    a, b = (
        set(observed(people, coverage=share, errors=FLAWLESS, seed=5, file=file)["person"])
        for share, file in ((0.6, "a"), (0.3, "b"))
    )
    assert len(a) / PEOPLE == pytest.approx(0.6, abs=0.012)
    assert len(b) / PEOPLE == pytest.approx(0.3, abs=0.012)
    assert len(a & b) / PEOPLE == pytest.approx(0.18, abs=0.012)


def truth(people: Population, table: Table) -> list[dict[str, tuple[str, str | None]]]:
    """Return what is and what was recorded of each person in a file."""
    numbers = [int(str(person)[1:]) for person in table["person"]]
    return [
        {field: (people.values[field][n], table[field][row]) for field in FIELDS}
        for row, n in enumerate(numbers)
    ]


def test_a_file_without_errors_is_right(people: Population) -> None:
    table = observed(people, coverage=0.2, errors=FLAWLESS, seed=5, file="a")
    assert all(is_ == was for row in truth(people, table) for is_, was in row.values())


def test_errors_occur_as_often_as_stated(people: Population) -> None:
    errors = Errors(typo=0.1, missing=0.05, moved=0.2, transposed=0.08)
    rows = truth(people, observed(people, coverage=1.0, errors=errors, seed=5, file="a"))
    missing = sum(was is None for row in rows for _, was in row.values()) / (len(rows) * 6)
    assert missing == pytest.approx(0.05, abs=0.003)

    def wrong(field: str) -> float:
        known = [pair for row in rows if (pair := row[field])[1] is not None]
        return sum(is_ != was for is_, was in known) / len(known)

    assert wrong("given") == pytest.approx(0.1, abs=0.008)
    assert wrong("family") == pytest.approx(0.1, abs=0.008)
    assert wrong("address") == pytest.approx(0.2, abs=0.01)
    assert 0.05 < wrong("born") <= 0.085  # exchanging 77 for 77 changes nothing
    assert wrong("sex") == 0.0


def test_an_error_in_a_date_exchanges_day_and_month_or_digits(people: Population) -> None:
    errors = Errors(typo=0.0, missing=0.0, moved=0.0, transposed=1.0)
    for row in truth(people, observed(people, coverage=0.1, errors=errors, seed=5, file="a")):
        is_, was = row["born"]
        assert was is not None
        assert sorted(is_) == sorted(was)


@pytest.mark.parametrize("rate", [-0.1, 1.1])
def test_a_rate_outside_its_range_is_refused(rate: float) -> None:
    with pytest.raises(InputError):
        Errors(typo=rate)


def test_nobody_and_no_coverage_are_refused(marginals: Marginals, people: Population) -> None:
    with pytest.raises(InputError):
        drawn(marginals, people=0, seed=0)
    with pytest.raises(InputError):
        observed(people, coverage=0.0, errors=FLAWLESS, seed=0, file="a")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("from: 5, to: 9", "from: 9, to: 5"),
        ("rank: 1, share: 0.01006", "rank: 2, share: 0.01006"),
        ("rank: 5, share: 0.03757", "rank: 5, share: 0.001"),
        ("{male: 162685811, female: 168763470}", "{male: 162685811}"),
        ("people-per-area", "people-per-aera"),
    ],
)
def test_marginals_that_cannot_be_are_refused_with_their_place(old: str, new: str) -> None:
    data = resources.files("counterseal.mosaic.linking") / "data" / "united-states.yaml"
    text = data.read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(InvalidDocumentError) as caught:
        parse(text.replace(old, new).encode(), file="m.yaml")
    assert all(fault.place is not None for fault in caught.value.faults)


def test_every_figure_that_is_shipped_names_its_source(marginals: Marginals) -> None:
    sources = [
        marginals.sexes.source,
        marginals.ages.source,
        marginals.family_names.source,
        *(names.source for names in marginals.given_names.values()),
        marginals.places.source,
    ]
    assert all("Census" in source or "assumed" in source for source in sources)
