"""What a false record makes false."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from counterseal.assess.tampering.taint import downstream, sources_of
from counterseal.estate.estate import Estate
from counterseal.estate.records import Holding

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMES = ("a", "b", "c", "d", "e")


def estate_of(**sources: Mapping[str, tuple[str, ...]]) -> Estate:
    holdings = {
        name: Holding(
            id=name,
            system="store",
            attributes=("name",),
            derived_from=rows.get("derived", ()),
            joined=rows.get("joined", ()),
        )
        for name, rows in sources.items()
    }
    return Estate(holdings=holdings)


def test_a_template_and_what_is_scored_from_it_say_what_the_image_says() -> None:
    estate = estate_of(
        image={}, template={"derived": ("image",)}, score={"derived": ("template",)}
    )
    assert downstream(estate) == {
        "image": ("image", "score", "template"),
        "template": ("template", "score"),
        "score": ("score",),
    }


def test_what_is_joined_to_a_record_is_false_when_the_other_is_and_not_the_other_way() -> None:
    found = downstream(estate_of(cases={"joined": ("addresses",)}, addresses={}))
    assert found == {"addresses": ("addresses", "cases"), "cases": ("cases",)}


def test_a_source_that_is_a_feed_is_no_holding_and_taints_nothing() -> None:
    assert downstream(estate_of(index={"derived": ("bought-feed",)})) == {"index": ("index",)}


@given(
    st.fixed_dictionaries(
        {
            name: st.fixed_dictionaries(
                {
                    key: st.lists(st.sampled_from(NAMES), unique=True, max_size=3).map(tuple)
                    for key in ("derived", "joined")
                }
            )
            for name in NAMES
        }
    )
)
def test_taint_is_transitive_and_its_two_tables_agree(
    rows: Mapping[str, Mapping[str, tuple[str, ...]]],
) -> None:
    estate = estate_of(**rows)
    down, up = downstream(estate), sources_of(estate)
    for source, reached in down.items():
        assert reached[0] == source
        for holding in reached:
            assert source in up[holding]
            assert set(down[holding]) <= set(reached)
    assert sum(map(len, down.values())) == sum(map(len, up.values()))


def test_the_order_of_holdings_makes_no_difference() -> None:
    assert list(downstream(estate_of(b={}, a={"derived": ("b",)}))) == ["a", "b"]
