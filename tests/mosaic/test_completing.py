"""Which holdings complete a use together that none of them gives alone."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from counterseal.mosaic.completing import completions
from counterseal.testing.catalogs import catalog
from counterseal.testing.estates import estate_from

CLASSES = (
    "name",
    "residential-address",
    "precise-location",
    "financial",
    "employer",
    "phone-number",
    "associate-link",
    "nationality",
    "birth-date",
)


def estate_of(*holdings: tuple[str, ...]) -> str:
    rows = "\n".join(
        f"  - {{id: h{n}, system: one, attributes: [{', '.join(held)}], pseudonymized: false,"
        f" populations: [{{population: residents, count: {1000 * (n + 1)}}}]}}"
        for n, held in enumerate(holdings)
    )
    return f"""
organizations: [{{id: office, kind: owner}}]
zones: [{{id: core, operator: office, kind: on-premises}}]
systems: [{{id: one, kind: database, zone: core, owner: office, operator: office}}]
populations: [{{id: residents, size: 100000, inside-share: 1}}]
holdings:
{rows}
"""


def test_plates_and_bills_reach_people_by_where_they_drive_though_neither_does_alone() -> None:
    """The plates say where and not who or how to reach them; the bills the other way round."""
    estate = estate_from(
        estate_of(
            ("plate-reads", "vehicle-registration", "precise-location"),
            ("name", "residential-address", "phone-number", "utility-account"),
        )
    )
    [found] = completions(estate, catalog(), uses=["influence"])
    assert found.items == ("h0", "h1")
    assert found.brings == (("a segment",), ("a channel",))
    assert found.is_tied
    assert found.people == 1000
    assert 0 < found.correct[0] < found.correct[2] < 1


def test_what_one_holding_gives_alone_is_no_combination() -> None:
    estate = estate_from(estate_of(("name", "residential-address"), ("precise-location",)))
    assert not list(completions(estate, catalog(), uses=["locate"]))


def test_holdings_that_no_key_ties_are_said_not_to_be() -> None:
    estate = estate_from(estate_of(("name", "financial"), ("associate-link",)))
    [found] = completions(estate, catalog(), uses=["profile"])
    assert not found.is_tied
    assert found.correct == (0.0, 0.0, 0.0)


@given(
    st.lists(
        st.sets(st.sampled_from(CLASSES), min_size=1, max_size=3).map(
            lambda held: tuple(sorted(held))
        ),
        min_size=2,
        max_size=4,
    )
)
def test_every_minimal_set_is_found_and_nothing_else(holdings: list[tuple[str, ...]]) -> None:
    """Against trying every set of holdings for every use that has no flags."""
    estate = estate_from(estate_of(*holdings))
    expected = set()
    for use in catalog().uses.values():
        if use.populations:
            continue
        full = [
            some
            for size in range(1, len(holdings) + 1)
            for some in combinations(range(len(holdings)), size)
            if all(
                any(set(holdings[n]) & set(group.any_of) for n in some) for group in use.groups
            )
        ]
        minimal = [s for s in full if not any(set(o) < set(s) for o in full)]
        expected |= {
            (use.id, tuple(f"h{n}" for n in some)) for some in minimal if len(some) > 1
        }
    found = {(one.use, one.items) for one in completions(estate, catalog(), size=len(holdings))}
    assert found == expected


def test_only_sets_with_something_new_are_given_when_asked() -> None:
    estate = estate_from(
        estate_of(("name", "phone-number"), ("nationality",), ("precise-location",))
    )
    every = {one.items for one in completions(estate, catalog(), uses=["influence"])}
    some = {
        one.items for one in completions(estate, catalog(), uses=["influence"], among=["h2"])
    }
    assert every == {("h0", "h1"), ("h0", "h2")}
    assert some == {("h0", "h2")}
