"""All that is said about a schema, as one document; a gain only where the gate is open."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from counterseal.canon import significant
from counterseal.mosaic.published import BENCHMARKS, Method, gate
from counterseal.mosaic.schema.combination import measure
from counterseal.mosaic.schema.dependence.linker import false_identification_chance
from counterseal.mosaic.schema.gain import Study
from counterseal.mosaic.tables.source import Missing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from counterseal.canon import Json
    from counterseal.mosaic.published import Benchmark, Gate
    from counterseal.mosaic.schema.band import Band
    from counterseal.mosaic.schema.gain import Reached
    from counterseal.mosaic.schema.shapley import Split
    from counterseal.mosaic.schema.written.holdings import Schema

__all__ = ["findings", "gate_row"]

_DIGITS = 4
"""Significant digits of a result: more than drawing people supports."""

_STEPS = 4

LIMITS = (
    "Bands come from models and measured errors, not from the people; measure tables at hand.",
    "Values are missing at random; membership of holdings is independent, or nested.",
    "Holdings are put together pair by pair; who weighs all at once can do a little better.",
    "Singling out is not yet naming: it takes a holding with names that agrees.",
)


def findings(
    schema: Schema,
    *,
    seed: int,
    draws: int,
    benchmarks: tuple[Benchmark, ...] = BENCHMARKS,
    advance: Callable[[int, int], None] = lambda _done, _total: None,
) -> dict[str, Json]:
    """Return what combining the holdings of a schema gives away.

    Args:
        schema: What is known.
        seed: Of every random number.
        draws: People drawn.
        benchmarks: Published results, on which it depends whether a gain is shown.
        advance: Is told how far the work is.
    """
    door = gate(Method.SCHEMA, benchmarks)
    advance(0, _STEPS)
    document: dict[str, Json] = {
        "schema": "counterseal-mosaic-gain/1",
        "title": schema.title,
        "population": {"name": schema.population, "people": schema.people},
        "seed": seed,
        "draws": draws,
        "keys": _keys(schema, seed=seed, draws=draws),
        "linkers": _linkers(schema),
        "gate": gate_row(door),
        "context": [_benchmark(one) for one in benchmarks if not one.was_tried],
        "limits": list(LIMITS),
    }
    advance(1, _STEPS)
    if not door.is_open:
        return document | {"gain": None}
    return document | _gains(schema, Study(schema, seed=seed, draws=draws), advance)


def _gains(
    schema: Schema, study: Study, advance: Callable[[int, int], None]
) -> dict[str, Json]:
    """Return what is shown only past the gate."""
    found: dict[str, Json] = {
        "gain": _gain(study, schema),
        "payoff": [
            {"holding": one.holding, "share": _band(one.share), "added": _band(one.added)}
            for one in study.payoff()
        ],
        "synergies": _synergies(study, schema),
        "holding_shares": _split(study.holding_shares()),
    }
    advance(2, _STEPS)
    found["savings"] = _savings(study)
    advance(3, _STEPS)
    found["attribute_shares"] = _split(study.attribute_shares())
    advance(_STEPS, _STEPS)
    return found


def gate_row(door: Gate) -> dict[str, Json]:
    """Return the gate with the benchmarks that were reproduced and those that were not."""
    return {
        "open": door.is_open,
        "reason": door.reason,
        "reproduced": [_benchmark(one) for one in door.reproduced],
        "failed": [_benchmark(one) for one in door.failed],
    }


def _benchmark(one: Benchmark) -> dict[str, Json]:
    return {
        "id": one.id,
        "claim": one.claim,
        "population": one.population,
        "figure": one.figure,
        "source": one.source,
        "ours": None if one.low is None or one.high is None else [one.low, one.high],
        "why_not": one.why_not,
    }


def _keys(schema: Schema, *, seed: int, draws: int) -> list[Json]:
    """Return how far what each two holdings have in common singles people out."""
    rows: list[Json] = []
    exact = {one.id for one in schema.marginals if not one.is_identifier}
    for one, other in combinations(schema.holdings, 2):
        common = [name for name in one.attributes if name in other.attributes]
        if not common:
            continue
        row: dict[str, Json] = {
            "holdings": [one.id, other.id],
            "attributes": list(common),
            "identifiers": [name for name in common if name not in exact],
        }
        if set(common) & exact:
            found = {
                policy.value: measure(schema, common, seed=seed, draws=draws, policy=policy)
                for policy in Missing
            }
            own = found[Missing.OWN_VALUE.value]
            row["unique"] = {name: _band(each.unique) for name, each in found.items()}
            row["correct"] = {name: _band(each.correct) for name, each in found.items()}
            row["models"] = {
                "independent": [_number(each.unique.value) for each in own.independent],
                "tree": [_number(each.unique.value) for each in own.tree],
                "error": _number(
                    max(each.unique.error for each in (*own.independent, *own.tree))
                ),
                "edges": [[a, b, _number(bits)] for a, b, bits in own.bits],
            }
        rows.append(row)
    return rows


def _linkers(schema: Schema) -> list[Json]:
    """Return what each linker does in each holding that it searches."""
    return [
        {
            "name": tool.name,
            "attribute": tool.attribute,
            "holding": one.id,
            "gallery": round(one.coverage * schema.people),
            "false_match": tool.false_match,
            "false_non_match": tool.false_non_match,
            "returns_somebody_else": _number(
                false_identification_chance(
                    false_match=tool.false_match, gallery=one.coverage * schema.people
                )
            ),
            "source": tool.source,
        }
        for tool in schema.linkers
        for one in schema.holdings
        if tool.attribute in one.attributes
    ]


def _gain(study: Study, schema: Schema) -> dict[str, Json]:
    before, after = study.reached(schema.before), study.reached(schema.after)
    gain = study.gain()
    return {
        "before": {"holdings": list(schema.before), **_reached(before)},
        "after": {"holdings": list(schema.after), **_reached(after)},
        "share": _band(gain),
        "people": [_number(end * schema.people) for end in (gain.low, gain.high)],
        "bits": _band(study.bits()),
    }


def _reached(found: Reached) -> dict[str, Json]:
    return {"share": _band(found.share), "error": _number(found.error)}


def _synergies(study: Study, schema: Schema) -> list[Json]:
    """Return what sets exist only through combination: every pair, and all of them."""
    sets = [frozenset(pair) for pair in combinations(schema.after, 2)]
    if len(schema.after) > len(("one", "other")):
        sets.append(frozenset(schema.after))
    rows: list[Json] = []
    for members in sets:
        names: list[Json] = [name for name in schema.after if name in members]
        rows.append({"holdings": names, "share": _band(study.synergy(members))})
    return rows


def _split(split: Split) -> dict[str, Json]:
    rows: list[Json] = [
        {"id": name, "share": _band(band)} for name, band in split.shares.items()
    ]
    return {"total": _band(split.total), "orders": split.orders, "rows": rows}


def _savings(study: Study) -> list[Json]:
    rows: list[Json] = []
    for one in study.savings():
        row: Mapping[str, Json] = {
            "attribute": one.attribute,
            "form": one.form or None,
            "left": _band(one.share),
            "saved": _band(one.saved),
            "bits": _band(one.bits),
        }
        rows.append(row)
    return rows


def _band(band: Band) -> list[Json]:
    return [_number(band.low), _number(band.high)]


def _number(value: float) -> float:
    return significant(value, digits=_DIGITS)
