"""What is computed from distributions is what an attack on drawn people really finds."""

from __future__ import annotations

import numpy as np
import pytest

from counterseal.mosaic.schema.combining import Offer, combine
from counterseal.mosaic.schema.crowd import crowd_of
from counterseal.mosaic.schema.dependence.marginal import Marginal, PairTable, zipf
from counterseal.mosaic.schema.dependence.model import build, draw, uniforms
from counterseal.mosaic.schema.written.holdings import Schema, SchemaHolding

PEOPLE, TIMES = 400, 60
NAMES = ("street", "year", "car", "secret", "place")


def _pair() -> PairTable:
    cells = uniforms(8, 12, 15) ** 3 + 0.01
    cells /= cells.sum()
    return PairTable(
        first="street", second="year", shares=tuple(tuple(row) for row in cells.tolist())
    )


def _schema() -> Schema:
    pair = _pair()
    shares = {
        "street": tuple(pair.array().sum(axis=1).tolist()),
        "year": tuple(pair.array().sum(axis=0).tolist()),
        "car": zipf(40, 0.7),
        "secret": (0.8, 0.2),
        "place": (0.5, 0.5),
    }
    return Schema(
        title="t",
        population="p",
        people=PEOPLE,
        marginals=tuple(Marginal(id=name, name=name, shares=shares[name]) for name in NAMES),
        sensitive=frozenset({"secret", "place"}),
        pairs=(pair,),
        holdings=(
            SchemaHolding(
                id="theirs",
                name="theirs",
                attributes=("street", "year"),
                is_named=True,
                is_adversarys=True,
            ),
            SchemaHolding(
                id="permits",
                name="permits",
                attributes=("street", "year", "car"),
                coverage=0.7,
            ),
            SchemaHolding(
                id="reads", name="reads", attributes=("car", "place", "street"), coverage=0.5
            ),
        ),
        after=("permits", "reads"),
    )


def _guessed(
    keys: np.ndarray, rng: np.random.Generator, start: np.ndarray, present: np.ndarray
) -> np.ndarray:
    """Return, for each record in ``start``, one in ``present`` that agrees; -1 where none."""
    found = np.full(len(start), -1)
    for i in np.flatnonzero(start >= 0):
        alike = np.flatnonzero((keys == keys[:, [start[i]]]).all(axis=0) & present)
        if len(alike):
            found[i] = rng.choice(alike)
    return found


@pytest.mark.slow
def test_an_attack_on_drawn_people_finds_as_many_as_computed() -> None:
    schema = _schema()
    model = build(schema.marginals, schema.pairs)
    everybody = np.arange(PEOPLE)
    direct = chain = 0.0
    for number in range(TIMES):
        rng = np.random.Generator(np.random.PCG64(number))
        people = draw(model, rng.random((len(NAMES), PEOPLE)))
        street, year, car = people[0], people[1], people[2]
        permits, reads = rng.random(PEOPLE) < 0.7, rng.random(PEOPLE) < 0.5
        straight = _guessed(np.array([street]), rng, everybody, reads)
        permit = _guessed(np.array([street, year]), rng, everybody, permits)
        both = _guessed(np.array([street, car]), rng, permit, reads)
        direct += float((straight == everybody).mean()) / TIMES
        right = (both == everybody) & (permit == everybody)
        chain += float(np.where(permits, right, straight == everybody).mean()) / TIMES
    crowd = crowd_of(schema, seed=2, draws=20_000, with_pairs=True)
    alone = combine(schema, crowd, Offer())[frozenset({"reads"})].share
    assert alone == pytest.approx(direct, abs=0.006)
    found = combine(schema, crowd, Offer())[frozenset({"permits", "reads"})].share
    assert found == pytest.approx(chain, abs=0.006)
    assert found > 1.5 * alone
