"""What is known of a combination beside single distributions, and at both ends of shapes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from counterseal.mosaic.schema.calibration import Regime

if TYPE_CHECKING:
    from collections.abc import Iterable

    from counterseal.mosaic.schema.written.holdings import Schema

__all__ = ["regimes_of", "variants"]


def variants(schema: Schema) -> tuple[Schema, ...]:
    """Return the schema at both ends of its assumed shapes, or as it is where it has none."""
    if not any(one.flattest for one in schema.marginals):
        return (schema,)
    flat = tuple(one.flattened() for one in schema.marginals)
    steep = tuple(one.steepened() for one in schema.marginals)
    return (replace(schema, marginals=flat), replace(schema, marginals=steep))


def regimes_of(schema: Schema, names: Iterable[str]) -> tuple[Regime, ...]:
    """Return which calibrations apply to a combination of attributes.

    Where some pairs are known and others not, both do.
    """
    known = {frozenset((one.first, one.second)) for one in schema.pairs}
    free = {one.id for one in schema.marginals if not one.is_identifier}
    listed = sorted(set(names) & free)
    pairs = {frozenset((a, b)) for i, a in enumerate(listed) for b in listed[i + 1 :]}
    if pairs and pairs <= known:
        return (Regime.PAIRS,)
    return (Regime.MARGINALS, Regime.PAIRS) if pairs & known else (Regime.MARGINALS,)
