"""Shuffled edges: kinds and degrees stay, places go, and a ranking by place with them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.backtest.conversion import Controls
from counterseal.backtest.embedding import embed
from counterseal.backtest.negative.shuffling import classes, shuffled
from counterseal.backtest.ranking import Measure, candidates, percentile
from counterseal.estate.dump import to_files
from counterseal.estate.generator import surroundings
from counterseal.estate.loading import parse as parse_estate
from counterseal.testing.catalogs import catalog
from counterseal.testing.estates import estate_from

if TYPE_CHECKING:
    from counterseal.backtest.case import Case
    from counterseal.estate.estate import Estate


@pytest.fixture(scope="module")
def estate(case: Case) -> Estate:
    return embed(case.before, seed=3, controls=Controls.ALL).estate


def degrees(estate: Estate) -> Counter[tuple[str, str, str]]:
    """Edges of each kind at each element in each direction."""
    found: Counter[tuple[str, str, str]] = Counter()
    for link in estate.links.values():
        found[link.from_, link.kind, "out"] += 1
        found[link.to, link.kind, "in"] += 1
    for grant in estate.grants.values():
        found[grant.organization, grant.privilege, "out"] += 1
        found[grant.system, grant.privilege, "in"] += 1
    return found


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**40), st.integers(0, 5))
def test_every_element_keeps_its_edges_of_each_kind_in_each_direction(
    seed: int, number: int
) -> None:
    estate = surroundings(seed, 30, prefix="x-")
    other = shuffled(estate, seed=seed, number=number)
    assert degrees(other) == degrees(estate)


def test_an_edge_keeps_its_id_kind_and_sign_on(estate: Estate) -> None:
    other = shuffled(estate, seed=1)
    assert [*other.links] == [*estate.links]
    for name, link in estate.links.items():
        moved = other.links[name]
        assert (moved.kind, moved.authentication) == (link.kind, link.authentication)
    for name, grant in estate.grants.items():
        assert other.grants[name].privilege is grant.privilege


def test_what_is_no_edge_stays_as_it_is(estate: Estate) -> None:
    other = shuffled(estate, seed=1)
    for kind in ("organizations", "systems", "zones", "holdings", "controls", "contracts"):
        assert other.of_kind(kind) == estate.of_kind(kind)


def test_an_edge_into_data_stays_one_so_that_the_last_hop_can_be_looked_up(
    estate: Estate,
) -> None:
    before, after = candidates(estate), candidates(shuffled(estate, seed=1))
    assert after.of(Measure.LAST_HOP) == before.of(Measure.LAST_HOP)
    assert after.of(Measure.ENTRY) == before.of(Measure.ENTRY)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_an_edge_keeps_its_class(estate: Estate, seed: int) -> None:
    assert classes(shuffled(estate, seed=seed)) == classes(estate)
    assert set(classes(estate)) == set(candidates(estate).edges)


def test_hardly_any_edge_stays_where_it_was(estate: Estate) -> None:
    other = shuffled(estate, seed=1)
    moved = [
        (other.links[name].from_, other.links[name].to) != (link.from_, link.to)
        for name, link in estate.links.items()
    ]
    assert sum(moved) > 0.8 * len(moved)


def test_shuffles_of_one_seed_differ_and_each_can_be_made_again(estate: Estate) -> None:
    assert shuffled(estate, seed=1, number=1) == shuffled(estate, seed=1, number=1)
    assert shuffled(estate, seed=1, number=1) != shuffled(estate, seed=1, number=2)


@pytest.mark.slow
def test_a_shuffled_estate_is_valid_and_its_links_carry_what_is_at_their_ends(
    estate: Estate,
) -> None:
    other = shuffled(estate, seed=4)
    assert parse_estate(to_files(other), attributes=catalog().attributes) == other
    carrying = 0
    for name, link in estate.links.items():
        moved = other.links[name]
        for end in ("from_", "to"):
            if link.carries and _all_on(estate, link.carries, getattr(link, end)):
                carrying += 1
                assert _all_on(other, moved.carries, getattr(moved, end))
    assert carrying > 10


@pytest.mark.slow
def test_a_ranking_that_knows_every_place_drops_to_chance(estate: Estate) -> None:
    """An oracle that puts the pair of the key first has 1 as it is, and 0.5 shuffled.

    Pairs of the key's class are exchangeable, so the key's place in any order of pairs is
    uniform over its class; the order here is one over all pairs, by a digest of the pair.
    """
    found = candidates(estate)
    scores = {name: _score(edge.source, edge.target) for name, edge in found.edges.items()}
    kind = Counter(row.kind for row in estate.links.values()).most_common(1)[0][0]
    same = [name for name, row in estate.links.items() if row.kind is kind and name in scores]
    key = max(same, key=lambda name: scores[name])
    assert percentile(scores, of=key, among=tuple(same)) == 1.0
    ranks = []
    for number in range(60):
        after = candidates(shuffled(estate, seed=9, number=number)).edges
        moved = {name: _score(after[name].source, after[name].target) for name in same}
        ranks.append(percentile(moved, of=key, among=tuple(same)))
    mean = sum(rank or 0.0 for rank in ranks) / len(ranks)
    assert abs(mean - 0.5) < 4 * (1 / 12 / len(ranks)) ** 0.5


def test_with_one_edge_of_a_kind_there_is_nothing_to_swap() -> None:
    small = estate_from("""
organizations: [{id: home, kind: owner}]
zones: [{id: in, kind: on-premises, operator: home}]
systems:
  - {id: a, kind: application, zone: in, owner: home, exposure: internal}
  - {id: b, kind: application, zone: in, owner: home, exposure: internal}
links: [{id: one, from: a, to: b, kind: network}]
""")
    assert shuffled(small, seed=1).links == small.links


def _all_on(estate: Estate, carried: tuple[str, ...], system: str) -> bool:
    rows = [estate.holdings.get(name) for name in carried]
    return all(row is not None and row.system == system for row in rows)


def _score(source: str, target: str) -> float:
    return (hash_of(source) * 31 + hash_of(target) * 17) % 1009


def hash_of(text: str) -> int:
    """A hash that is the same in every process."""
    return sum((place + 7) * ord(char) for place, char in enumerate(text))
