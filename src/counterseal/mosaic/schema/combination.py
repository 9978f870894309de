"""The band of uniqueness and correctness of a combination of attributes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterseal.mosaic.schema.band import hull, widened
from counterseal.mosaic.schema.calibration import Quantity
from counterseal.mosaic.schema.dependence.model import build
from counterseal.mosaic.schema.dependence.uniqueness import enumerated, sampled
from counterseal.mosaic.schema.regime import regimes_of, variants
from counterseal.mosaic.tables.source import Missing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from counterseal.mosaic.schema.band import Band
    from counterseal.mosaic.schema.dependence.marginal import PairTable
    from counterseal.mosaic.schema.dependence.model import Model
    from counterseal.mosaic.schema.dependence.uniqueness import Uniqueness
    from counterseal.mosaic.schema.written.holdings import Schema

__all__ = ["Combination", "measure"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Combination:
    """How far a combination of attributes singles people out.

    Attributes:
        attributes: Ids; identifiers are not among them.
        unique: Share of people who are alone with their values.
        correct: Share of people whom a guess among those with their values finds.
        independent: What independence says, at the ends of the assumed shapes.
        tree: What the tree of dependence says, likewise; empty where no pair is known.
        bits: Mutual information along the tree, by pair of attributes.
    """

    attributes: tuple[str, ...]
    unique: Band
    correct: Band
    independent: tuple[Uniqueness, ...]
    tree: tuple[Uniqueness, ...]
    bits: tuple[tuple[str, str, float], ...] = ()


def measure(
    schema: Schema,
    names: Sequence[str],
    *,
    seed: int,
    draws: int,
    policy: Missing = Missing.OWN_VALUE,
) -> Combination:
    """Return the bands of a combination of attributes in the population of a schema.

    Args:
        schema: Attributes, pairs and the size of the population.
        names: Ids of the attributes; identifiers are left out.
        seed: Of every random number.
        draws: People drawn where cells are too many to be listed.
        policy: What a missing value means.
    """
    missing = {m.id: m.missing for m in schema.marginals if m.id in set(names) and m.shares}

    def modelled(one: Schema, pairs: tuple[PairTable, ...]) -> tuple[Model, Uniqueness]:
        model = build([m for m in one.marginals if m.id in missing], pairs)
        size = schema.people
        exact = enumerated(model, missing, people=size, policy=policy)
        return model, exact or sampled(
            model, missing, people=size, seed=seed, draws=draws, policy=policy
        )

    flat = [modelled(one, ())[1] for one in variants(schema)]
    tree = [modelled(one, one.pairs) for one in variants(schema) if one.pairs]
    results = [found for _, found in tree]
    edges = tree[0][0].edges if tree else ()
    return Combination(
        attributes=tuple(missing),
        unique=_band(schema, Quantity.UNIQUE, flat, results, names),
        correct=_band(schema, Quantity.CORRECT, flat, results, names),
        independent=tuple(flat),
        tree=tuple(results),
        bits=tuple((one.first, one.second, one.bits) for one in edges),
    )


def _band(
    schema: Schema,
    quantity: Quantity,
    flat: Sequence[Uniqueness],
    tree: Sequence[Uniqueness],
    names: Sequence[str],
) -> Band:
    count = sum(one.id in set(names) and not one.is_identifier for one in schema.marginals)
    values = [getattr(one, quantity.value).value for one in flat]
    others = [getattr(one, quantity.value).value for one in tree] or [None] * len(values)
    return hull(
        widened(
            independent=value,
            tree=other,
            attributes=count,
            quantity=quantity,
            regimes=regimes_of(schema, names),
        )
        for value, other in zip(values, others, strict=True)
    )
