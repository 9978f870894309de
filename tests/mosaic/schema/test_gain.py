"""More holdings never gain less; what has nothing in common, or nothing new, gains nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.mosaic.schema.combining import Offer, combine
from counterseal.mosaic.schema.crowd import Key, crowd_of
from counterseal.mosaic.schema.dependence.marginal import (
    Coarsening,
    Marginal,
    PairTable,
    bins,
    listed,
)
from counterseal.mosaic.schema.dependence.model import uniforms
from counterseal.mosaic.schema.dependence.uniqueness import right_chance
from counterseal.mosaic.schema.gain import Study
from counterseal.mosaic.schema.written.holdings import Linker, Schema, SchemaHolding

DRAWS = 256
PEOPLE = 500


def _marginal(name: str, values: int, seed: int) -> Marginal:
    counts = (uniforms(seed, 1, values)[0] + 0.05).tolist()
    return Marginal(
        id=name, name=name, shares=listed(counts), coarser=(bins(values, 2, name="halves"),)
    )


def _pair(one: Marginal, other: Marginal, strength: float) -> PairTable:
    first, second = np.array(one.shares), np.array(other.shares)
    joint = np.outer(first, second)
    a, b = min(range(len(first)), key=first.__getitem__), 0
    moved = strength * min(joint[a, b], joint[a - 1, b - 1])
    for i, j, sign in ((a, b, 1), (a - 1, b - 1, 1), (a, b - 1, -1), (a - 1, b, -1)):
        joint[i, j] += sign * min(moved, joint[a, b - 1], joint[a - 1, b])
    joint = np.maximum(joint, 0)
    return PairTable(
        first=one.id, second=other.id, shares=tuple(tuple(row) for row in joint.tolist())
    )


NAMES = ("p", "q", "r", "s", "secret", "other")


def _schema(data: st.DataObject, *, with_pairs: bool = True) -> Schema:
    seed = data.draw(st.integers(0, 500))
    marginals = tuple(
        _marginal(name, data.draw(st.integers(2, 9)), seed + i) for i, name in enumerate(NAMES)
    )
    keys = st.sets(st.sampled_from(NAMES[:4]), min_size=1)
    covers = st.sampled_from([0.4, 1.0])
    ours = tuple(
        SchemaHolding(
            id=name,
            name=name,
            attributes=(*sorted(data.draw(keys)), *extra),
            coverage=data.draw(covers),
        )
        for name, extra in (("one", ("secret",)), ("two", ("other",)), ("three", ()))
    )
    theirs = SchemaHolding(
        id="theirs",
        name="theirs",
        attributes=tuple(sorted(data.draw(keys))),
        coverage=data.draw(covers),
        is_named=True,
        is_adversarys=True,
    )
    pairs = (_pair(marginals[0], marginals[1], 0.9), _pair(marginals[1], marginals[2], 0.5))
    return Schema(
        title="t",
        population="p",
        people=PEOPLE,
        marginals=marginals,
        sensitive=frozenset({"secret", "other"}),
        pairs=pairs if with_pairs else (),
        holdings=(*ours, theirs),
        is_nested=data.draw(st.booleans()),
        after=("one", "two", "three"),
    )


def _study(schema: Schema) -> Study:
    return Study(schema, seed=3, draws=DRAWS)


@given(st.data())
@settings(max_examples=25, deadline=None)
def test_more_holdings_never_reach_fewer_people(data: st.DataObject) -> None:
    study = _study(_schema(data))
    chain = [(), ("one",), ("one", "two"), ("one", "two", "three")]
    shares = [study.reached(some).share for some in chain]
    assert [one.low for one in shares] == sorted(one.low for one in shares)
    assert [one.high for one in shares] == sorted(one.high for one in shares)


@given(st.data())
@settings(max_examples=25, deadline=None)
def test_each_model_alone_is_monotone_before_any_band(data: st.DataObject) -> None:
    schema = _schema(data)
    for with_pairs in (False, True):
        crowd = crowd_of(schema, seed=3, draws=DRAWS, with_pairs=with_pairs)
        found = combine(schema, crowd, Offer())
        for members, outcome in found.items():
            for more, other in found.items():
                if members < more:
                    assert (other.chance >= outcome.chance).all()


@given(st.data())
@settings(max_examples=15, deadline=None)
def test_an_attribute_more_never_reaches_fewer_people(data: st.DataObject) -> None:
    schema = _schema(data)
    for with_pairs in (False, True):
        crowd = crowd_of(schema, seed=3, draws=DRAWS, with_pairs=with_pairs)
        for name in NAMES:
            whole = combine(schema, crowd, Offer())
            less = combine(schema, crowd, Offer(withheld=frozenset({name})))
            coarse = combine(schema, crowd, Offer(coarse=frozenset({(name, 0)})))
            for members, outcome in whole.items():
                assert (outcome.chance >= less[members].chance - 1e-12).all()
                assert (outcome.chance >= coarse[members].chance - 1e-12).all()


@given(st.data())
@settings(max_examples=15, deadline=None)
def test_holdings_with_nothing_in_common_with_what_the_adversary_has_give_nothing(
    data: st.DataObject,
) -> None:
    schema = _schema(data)
    apart = Marginal(id="apart", name="apart", shares=(0.5, 0.5))
    theirs = replace(schema.holdings[-1], attributes=("apart",))
    lone = replace(
        schema,
        marginals=(*schema.marginals, apart),
        holdings=(*schema.holdings[:-1], theirs),
    )
    study = _study(lone)
    reached = study.reached(lone.after)
    assert (reached.share.low, reached.share.high) == (0.0, 0.0)


@given(st.data())
@settings(max_examples=15, deadline=None)
def test_a_holding_that_adds_nothing_has_no_synergy_and_no_share(data: st.DataObject) -> None:
    schema = _schema(data)
    one = schema.holdings[0]
    empty = replace(schema.holdings[1], attributes=("lonely",))
    lonely = Marginal(id="lonely", name="lonely", shares=(0.3, 0.7))
    changed = replace(
        schema,
        marginals=(*schema.marginals, lonely),
        holdings=(one, empty, schema.holdings[-1]),
        after=("one", "two"),
    )
    study = _study(changed)
    synergy = study.synergy(("one", "two"))
    assert (synergy.low, synergy.high) == (0.0, 0.0)
    share = study.holding_shares().shares["two"]
    assert share.low == pytest.approx(0.0, abs=1e-12)
    assert share.high == pytest.approx(0.0, abs=1e-12)


@given(st.data())
@settings(max_examples=8, deadline=None)
def test_shares_of_holdings_and_of_attributes_add_up(data: st.DataObject) -> None:
    study = _study(_schema(data))
    for split in (study.holding_shares(), study.attribute_shares()):
        ends = sorted((sum(split.at_low.values()), sum(split.at_high.values())))
        assert ends == pytest.approx([split.total.low, split.total.high], abs=1e-9)
        assert all(share.low >= -1e-12 for share in split.shares.values())


@given(st.data())
@settings(max_examples=10, deadline=None)
def test_the_payoff_of_joining_one_by_one_ends_at_what_all_reach(data: st.DataObject) -> None:
    schema = _schema(data)
    study = _study(schema)
    steps = study.payoff()
    assert sorted(one.holding for one in steps) == sorted(schema.after)
    assert steps[-1].share == study.reached(schema.after).share
    assert sum(one.added.high for one in steps) >= steps[-1].share.high - 1e-9
    assert all(one.added.low >= 0 for one in steps)


@given(st.data())
@settings(max_examples=15, deadline=None)
def test_new_names_for_attributes_and_holdings_change_nothing(data: st.DataObject) -> None:
    schema = _schema(data)
    new = {name: f"zz-{name[::-1]}" for name in NAMES}
    renamed = replace(
        schema,
        marginals=tuple(replace(one, id=new[one.id]) for one in schema.marginals),
        sensitive=frozenset(new[one] for one in schema.sensitive),
        pairs=tuple(
            replace(one, first=new[one.first], second=new[one.second]) for one in schema.pairs
        ),
        holdings=tuple(
            replace(one, id=f"h-{one.id}", attributes=tuple(new[a] for a in one.attributes))
            for one in schema.holdings
        ),
        after=tuple(f"h-{one}" for one in schema.after),
    )
    one = _study(schema).reached(schema.after).share
    other = _study(renamed).reached(renamed.after).share
    assert (one.low, one.high) == pytest.approx((other.low, other.high))


@given(st.data())
@settings(max_examples=15, deadline=None)
def test_the_order_of_holdings_changes_nothing_but_the_luck_of_drawing(
    data: st.DataObject,
) -> None:
    schema = replace(_schema(data), is_nested=True)
    turned = replace(schema, holdings=schema.holdings[::-1])
    one = _study(schema).reached(schema.after).share
    other = _study(turned).reached(turned.after).share
    assert (one.low, one.high) == pytest.approx((other.low, other.high))


def _face_search(false_match: float, false_non_match: float, people: int) -> float:
    face = Marginal(id="face", name="face", shares=())
    secret = Marginal(id="secret", name="secret", shares=(0.9, 0.1))
    schema = Schema(
        title="t",
        population="p",
        people=people,
        marginals=(face, secret),
        sensitive=frozenset({"secret"}),
        linkers=(
            Linker(
                name="face search",
                attribute="face",
                false_match=false_match,
                false_non_match=false_non_match,
            ),
        ),
        holdings=(
            SchemaHolding(id="files", name="files", attributes=("face", "secret")),
            SchemaHolding(
                id="web", name="web", attributes=("face",), is_named=True, is_adversarys=True
            ),
        ),
        after=("files",),
    )
    crowd = crowd_of(schema, seed=1, draws=16, with_pairs=False)
    return combine(schema, crowd, Offer())[frozenset({"files"})].share


def test_a_face_search_without_errors_finds_everybody() -> None:
    assert _face_search(0.0, 0.0, 10_000) == 1.0


def test_a_face_search_is_weakened_by_its_misses_and_by_the_size_of_the_gallery() -> None:
    assert _face_search(0.0, 0.1, 10_000) == pytest.approx(0.9)
    assert _face_search(1e-4, 0.1, 10_000) == pytest.approx(
        0.9 * right_chance(np.array([1e-4]), 10_000)[0]
    )
    galleries = [_face_search(1e-5, 0.05, people) for people in (1_000, 100_000, 10_000_000)]
    assert galleries == sorted(galleries, reverse=True)
    assert galleries[-1] < 0.02


def test_a_face_search_that_returns_anybody_is_of_no_more_use_than_a_guess() -> None:
    assert _face_search(1.0, 0.0, 1_000) == pytest.approx(1 / 1_000)


def test_a_bad_linker_is_left_aside_where_the_rest_of_the_key_does_better() -> None:
    schema = Schema(
        title="t",
        population="p",
        people=100,
        marginals=(
            Marginal(id="face", name="face", shares=()),
            Marginal(id="code", name="code", shares=tuple([0.001] * 1_000)),
        ),
        sensitive=frozenset(),
        linkers=(Linker(name="f", attribute="face", false_match=0.5, false_non_match=0.9),),
    )
    crowd = crowd_of(schema, seed=1, draws=8, with_pairs=False)
    both = crowd.chance(Key(attributes=frozenset({"face", "code"})), 100)
    alone = crowd.chance(Key(attributes=frozenset({"code"})), 100)
    assert (both == alone).all()


def test_savings_name_the_attribute_the_link_hangs_on() -> None:
    weak = Marginal(id="weak", name="weak", shares=(0.5, 0.5))
    strong = Marginal(
        id="strong",
        name="strong",
        shares=tuple([1 / 400] * 400),
        coarser=(Coarsening(name="four classes", groups=tuple(i // 100 for i in range(400))),),
    )
    secret = Marginal(id="secret", name="secret", shares=(0.9, 0.1))
    schema = Schema(
        title="t",
        population="p",
        people=200,
        marginals=(weak, strong, secret),
        sensitive=frozenset({"secret"}),
        holdings=(
            SchemaHolding(id="ours", name="ours", attributes=("weak", "strong", "secret")),
            SchemaHolding(
                id="theirs",
                name="theirs",
                attributes=("weak", "strong"),
                is_named=True,
                is_adversarys=True,
            ),
        ),
        after=("ours",),
    )
    study = _study(schema)
    rows = {(one.attribute, one.form): one for one in study.savings()}
    whole = study.reached(("ours",)).share
    assert rows["secret", ""].share.high == 0.0
    assert rows["secret", ""].saved == whole
    assert rows["strong", ""].saved.low > rows["weak", ""].saved.high
    assert rows["strong", ""].saved.low > rows["strong", "four classes"].saved.low > 0
    assert rows["strong", ""].bits.low > 5
    shares = study.attribute_shares().shares
    assert next(iter(shares)) in {"strong", "secret"}
    assert shares["weak"].high < shares["strong"].low
