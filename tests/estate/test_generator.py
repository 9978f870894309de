"""Generated estates are valid, connected, lopsided, partly unknown, and repeatable."""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.estate import dump
from counterseal.estate.fact import Fact
from counterseal.estate.generator import SMALLEST, generate, surroundings
from counterseal.estate.kinds import LinkKind, SystemKind
from counterseal.estate.loading import parse
from counterseal.testing.estates import ATTRIBUTES

if TYPE_CHECKING:
    from counterseal.estate.estate import Estate

SEEDS = st.integers(0, 2**40)


@pytest.mark.slow
@settings(max_examples=15)
@given(seed=SEEDS, systems=st.integers(SMALLEST, 40))
def test_what_is_generated_loads_without_a_fault_and_is_the_same_estate(
    seed: int, systems: int
) -> None:
    estate = generate(seed, systems=systems)
    assert parse(dump.to_files(estate), attributes=ATTRIBUTES).digest == estate.digest


@settings(max_examples=15)
@given(seed=SEEDS, systems=st.integers(SMALLEST, 60), extra=st.integers(0, 80))
def test_it_has_the_systems_and_links_asked_for(seed: int, systems: int, extra: int) -> None:
    wanted = systems - 1 + min(extra, systems)
    estate = generate(seed, systems=systems, links=wanted)
    assert (len(estate.systems), len(estate.links)) == (systems, wanted)
    ends = [(link.from_, link.to) for link in estate.links.values()]
    assert len(set(ends)) == len(ends)
    assert all(start != end for start, end in ends)


@settings(max_examples=15)
@given(seed=SEEDS, systems=st.integers(SMALLEST, 80))
def test_every_system_is_connected_with_every_other(seed: int, systems: int) -> None:
    estate = generate(seed, systems=systems)
    assert _component(estate, next(iter(estate.systems))) == set(estate.systems)


@pytest.mark.slow
@settings(max_examples=10)
@given(seed=SEEDS)
def test_the_same_seed_gives_the_same_digest_and_another_seed_another(seed: int) -> None:
    digest = generate(seed, systems=12).digest
    assert generate(seed, systems=12).digest == digest
    assert generate(seed + 1, systems=12).digest != digest


@pytest.mark.slow
def test_another_process_with_another_hash_seed_generates_the_same_estate() -> None:
    program = (
        "from counterseal.estate.generator import generate",
        "print(generate(3, systems=50).digest)",
    )
    for hash_seed in ("0", "4242"):
        run = subprocess.run(  # noqa: S603 - our own interpreter with a literal program
            [sys.executable, "-c", "; ".join(program)],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
        )
        assert run.stdout.strip() == generate(3, systems=50).digest


def test_ids_are_unique_over_kinds_and_sorted_within_them() -> None:
    estate = generate(4, systems=120)
    ids = [element.id for _, element in estate.elements()]
    assert len(set(ids)) == len(ids)
    assert list(estate.links) == sorted(estate.links)


def test_links_gather_on_hubs() -> None:
    ends = _ends(generate(5, systems=600, links=4_000))
    degrees = sorted(ends.values(), reverse=True)
    assert degrees[0] >= 8 * statistics.median(degrees)
    # In a network without hubs the busiest hundredth would have 1 to 2 % of all link ends.
    assert sum(degrees[:6]) / sum(degrees) > 0.05
    assert min(degrees) >= 1


def test_facts_are_known_the_less_the_further_out() -> None:
    estate = generate(6, systems=400)
    unknown: dict[int, list[bool]] = {}
    tiers = {row.id: row.tier.value or 0 for row in estate.organizations.values()}
    for system in estate.systems.values():
        unknown.setdefault(tiers[system.owner], []).append(system.exposure.is_unknown)
    shares = [statistics.mean(unknown[tier]) for tier in sorted(unknown)]
    assert shares == sorted(shares)
    assert shares[0] > 0
    assert len(shares) >= 3


def test_shared_causes_and_every_kind_of_entry_are_there() -> None:
    estate = generate(7, systems=400)
    signed = Counter(row.authenticates_via for row in estate.systems.values())
    assert signed.most_common(2)[1][1] > 50
    products = Counter(row.product for row in estate.systems.values())
    assert products.most_common(1)[0][1] > 20
    kinds = {row.kind for row in estate.links.values()}
    assert kinds >= {LinkKind.ADMIN, LinkKind.UPDATE, LinkKind.PHYSICAL, LinkKind.QUERY}
    assert any(row.subcontractors for row in estate.contracts.values())
    assert {row.kind for row in estate.systems.values()} == set(SystemKind)


def test_data_on_a_link_is_data_of_the_side_it_leaves() -> None:
    estate = generate(8, systems=200)
    for link in estate.links.values():
        pulled = link.kind in {LinkKind.QUERY, LinkKind.LOGIN}
        for holding in link.carries:
            assert estate.holdings[holding].system == (link.to if pulled else link.from_)


def test_names_are_a_kind_and_a_number_or_one_of_the_classes_of_people() -> None:
    estate = generate(9, systems=100)
    for _, element in estate.elements():
        assert re.fullmatch(r"([A-Z][a-z]+( [a-z]+)?( \d+)?)?", element.name)
        assert all(not fact.source or fact.source == "Generated" for fact in _facts(element))


def test_surroundings_keep_to_their_prefix_and_begin_with_the_shared_services() -> None:
    estate = surroundings(10, 90, prefix="near-")
    assert all(element.id.startswith("near-") for _, element in estate.elements())
    kinds = [estate.systems[f"near-system-{number}"].kind for number in (1, 2, 3)]
    assert kinds == [SystemKind.IDENTITY_PROVIDER, SystemKind.ADMIN_PLANE, SystemKind.GATEWAY]
    assert 60 <= len(estate.systems) <= 150


def test_too_few_systems_or_links_are_refused_with_what_was_expected() -> None:
    with pytest.raises(ValueError, match="expected at least 3 systems"):
        generate(1, systems=2)
    with pytest.raises(ValueError, match="9 links to connect them"):
        generate(1, systems=10, links=8)


@pytest.mark.slow
def test_two_thousand_systems_with_twenty_thousand_links_come_out_whole() -> None:
    estate = generate(11, systems=2_000, links=20_000)
    assert (len(estate.systems), len(estate.links)) == (2_000, 20_000)
    assert _ends(estate).most_common(1)[0][1] >= 200


def _component(estate: Estate, start: str) -> set[str]:
    neighbours: dict[str, set[str]] = {}
    for link in estate.links.values():
        neighbours.setdefault(link.from_, set()).add(link.to)
        neighbours.setdefault(link.to, set()).add(link.from_)
    found, waiting = {start}, [start]
    while waiting:
        fresh = neighbours.get(waiting.pop(), set()) - found
        found |= fresh
        waiting += fresh
    return found


def _ends(estate: Estate) -> Counter[str]:
    return Counter(end for link in estate.links.values() for end in (link.from_, link.to))


def _facts(element: object) -> list[Fact[object]]:
    return [value for value in vars(element).values() if isinstance(value, Fact)]
