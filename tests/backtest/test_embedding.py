"""A case in a generated estate: valid, joined both ways, and not to be told by its degrees."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from counterseal.backtest.conversion import Controls
from counterseal.backtest.embedding import LARGEST, SMALLEST, embed
from counterseal.estate.dump import to_files
from counterseal.estate.loading import parse
from counterseal.testing.catalogs import catalog

if TYPE_CHECKING:
    from counterseal.backtest.case import Case
    from counterseal.backtest.embedding import Embedded

SEEDS = range(6)


@pytest.fixture(scope="module")
def embedded(case: Case) -> tuple[Embedded, ...]:
    return tuple(embed(case.before, seed=s, controls=Controls.KNOWN_BEFORE) for s in SEEDS)


@pytest.mark.slow
def test_an_embedded_estate_is_a_valid_estate(embedded: tuple[Embedded, ...]) -> None:
    for found in embedded[:2]:
        again = parse(to_files(found.estate), attributes=catalog().attributes)
        assert again.digest == found.estate.digest


def test_the_same_seed_gives_the_same_estate_and_another_seed_another(
    case: Case, embedded: tuple[Embedded, ...]
) -> None:
    again = embed(case.before, seed=0, controls=Controls.KNOWN_BEFORE)
    assert again.estate.digest == embedded[0].estate.digest
    assert len({found.estate.digest for found in embedded}) == len(embedded)


def test_sizes_are_drawn_from_60_to_150(embedded: tuple[Embedded, ...]) -> None:
    sizes = [len(found.estate.systems) for found in embedded]
    assert all(SMALLEST <= size <= LARGEST for size in sizes)
    assert len(set(sizes)) > 1


def test_links_lead_into_the_case_and_out_of_it(embedded: tuple[Embedded, ...]) -> None:
    for found in embedded:
        inside = set(found.case.elements["systems"])
        links = found.estate.links.values()
        assert any(row.from_ not in inside and row.to in inside for row in links)
        assert any(row.from_ in inside and row.to not in inside for row in links)


@pytest.mark.slow
def test_a_case_of_one_system_is_joined_both_ways_too(case: Case) -> None:
    alone = case.before.model_copy(
        update={
            "systems": case.before.systems[1:2],
            "holdings": (),
            "trust": (),
            "controls": (),
        }
    )
    for seed in range(25):
        found = embed(alone, seed=seed, controls=Controls.ALL)
        links = found.estate.links.values()
        assert any(row.to == "case-desk" for row in links)
        assert any(row.from_ == "case-desk" for row in links)


def test_each_system_of_the_case_has_a_link_and_an_account_of_its_owner(
    embedded: tuple[Embedded, ...],
) -> None:
    for found in embedded:
        joined = {end for row in found.estate.links.values() for end in (row.from_, row.to)}
        for name in found.case.elements["systems"]:
            owner = found.estate.systems[name].owner
            assert name in joined
            assert any(
                row.system == name and row.organization == owner
                for row in found.estate.grants.values()
            )


def test_no_system_of_the_case_has_more_links_than_the_surroundings_have(
    embedded: tuple[Embedded, ...],
) -> None:
    for found in embedded:
        degree = Counter(
            end for row in found.estate.links.values() for end in (row.from_, row.to)
        )
        most = max(count for name, count in degree.items() if name.startswith("around-"))
        assert max(degree[name] for name in found.case.elements["systems"]) <= most


def test_the_case_stays_as_it_was_told(embedded: tuple[Embedded, ...]) -> None:
    for found in embedded:
        for kind in ("organizations", "zones", "holdings", "links", "grants", "controls"):
            rows = found.estate.of_kind(kind)
            for name, row in found.case.elements[kind].items():
                assert rows[name] == row
