"""Which way an edit of the model points: towards less risk shown, or towards more."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

from counterseal.estate.fact import Fact
from counterseal.estate.kinds import Authentication, Baseline, ControlState, Exposure, Stage
from counterseal.estate.records import (
    Clauses,
    Contract,
    Control,
    Feed,
    Grant,
    Holding,
    Knowledge,
    Link,
    Organization,
    PopulationCount,
    System,
    Zone,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from counterseal.documents.record import Record
    from counterseal.estate.records import Element

__all__ = ["Direction", "direction_of_element", "direction_of_field"]


class Direction(StrEnum):
    """Whether an edit lowers or raises the risk that the model shows."""

    LOWERS = "lowers"
    RAISES = "raises"
    UNCLEAR = "unclear"


_BASELINES = tuple(Baseline)
_AUTHENTICATIONS = (
    Authentication.NONE,
    Authentication.PASSWORD,
    Authentication.FEDERATED,
    Authentication.MULTI_FACTOR,
    Authentication.MUTUAL_TLS,
)
_SAFER_FIRST: Mapping[tuple[type[Record], str], Sequence[object]] = MappingProxyType(
    {
        (Control, "state"): tuple(ControlState)[::-1],
        (System, "exposure"): tuple(Exposure)[::-1],
        (System, "lock"): (True, False),
        (System, "categorization"): _BASELINES[::-1],
        (Organization, "posture"): _BASELINES[::-1],
        (Zone, "baseline"): _BASELINES[::-1],
        (Link, "from_standard"): _BASELINES[::-1],
        (Link, "to_standard"): _BASELINES[::-1],
        (Link, "authentication"): _AUTHENTICATIONS[::-1],
        (Link, "onward_sharing"): (False, True),
        (Link, "closed"): ("verified", "on-paper", None),
        (Grant, "closed"): ("verified", "on-paper", None),
        (Grant, "mfa"): (True, False),
        (Holding, "pseudonymized"): (True, False),
        (Holding, "searchable"): (False, True),
        (Holding, "copies_verified"): (True, False),
        (Feed, "buyers"): ("named", "domestic", "anyone"),
        **{(Clauses, name): (True, False) for name in Clauses.model_fields},
    }
)
"""Fields with an order, their safest value first."""

_SMALLER_IS_SAFER = frozenset(
    {
        (Organization, "tier"),
        (System, "count"),
        (System, "cached_records"),
        (Holding, "retention_years"),
        (Holding, "attributes"),
        (Holding, "copies"),
        (Holding, "joined"),
        (Holding, "writers"),
        (Link, "carries"),
        (Link, "rate_limit_per_day"),
        (Grant, "headcount"),
        (Grant, "review_days"),
        (Grant, "dormant_share"),
        (Grant, "separated_share"),
        (Knowledge, "about"),
        (Knowledge, "held_by"),
        (Knowledge, "stored_on"),
        (Knowledge, "still_true_years"),
        (Contract, "subcontractors"),
        (Contract, "grants"),
        (Contract, "knowledge"),
        (Feed, "attributes"),
        (PopulationCount, "count"),
    }
)
_ABSENCE_IS_SAFER: tuple[type[Element], ...] = (
    System,
    Holding,
    Link,
    Grant,
    Knowledge,
    Contract,
    Feed,
)


def direction_of_element(element: Element, *, is_added: bool) -> Direction:
    """Return which way adding (or removing) a whole element points.

    A control makes the estate look safer, anything that holds, moves or opens data makes it
    look less safe; organizations, zones and populations alone do neither.
    """
    if isinstance(element, Control) and element.state.value is not ControlState.ABSENT:
        return Direction.LOWERS if is_added else Direction.RAISES
    if isinstance(element, _ABSENCE_IS_SAFER):
        return Direction.RAISES if is_added else Direction.LOWERS
    return Direction.UNCLEAR


def direction_of_field(
    record: type[Record], name: str, before: object, after: object
) -> Direction:
    """Return which way setting a field points.

    Args:
        record: Class of the record.
        name: Name of the field.
        before: Its value before, as the record holds it.
        after: Its value after.
    """
    order = _SAFER_FIRST.get((record, name))
    if order is not None:
        return _of_change(_rank(before, order), _rank(after, order))
    if (record, name) in _SMALLER_IS_SAFER:
        return _of_sizes(before, after)
    if (record, name) == (Control, "on"):
        return _of_sizes(after, before)
    return _of_structure(name, before, after)


def _of_structure(name: str, before: object, after: object) -> Direction:
    if name == "populations":
        return _of_populations(before, after)
    if isinstance(before, Clauses) and isinstance(after, Clauses):
        return _of_clauses(before, after)
    if name == "stage":
        return _of_change(_is_in_use(before), _is_in_use(after))
    if name == "monitored_by" and (before is None) != (after is None):
        return Direction.LOWERS if before is None else Direction.RAISES
    return Direction.UNCLEAR


def _is_in_use(stage: object) -> bool:
    """Return whether a system is not retired; what leads to a retired one counts as closed."""
    return not isinstance(stage, Fact) or stage.value is not Stage.RETIREMENT


def _rank(value: object, order: Sequence[object]) -> float:
    """Return how far ``value`` is from the safest; unknown counts as the middle."""
    held = value.value if isinstance(value, Fact) else value
    return float(order.index(held)) if held in order else (len(order) - 1) / 2


def _of_sizes(before: object, after: object) -> Direction:
    if isinstance(before, tuple) and isinstance(after, tuple):
        kept = set(before) & set(after)
        is_less, is_more = len(kept) < len(set(before)), len(kept) < len(set(after))
        if is_less == is_more:
            return Direction.UNCLEAR
        return Direction.LOWERS if is_less else Direction.RAISES
    if isinstance(before, Fact) and isinstance(after, Fact):
        return _of_change(before.value, after.value)
    return Direction.UNCLEAR


def _of_change(before: float | None, after: float | None) -> Direction:
    if before is None or after is None or before == after:
        return Direction.UNCLEAR
    return Direction.LOWERS if after < before else Direction.RAISES


def _of_populations(before: object, after: object) -> Direction:
    old = {row.population: row.count for row in cast("tuple[PopulationCount, ...]", before)}
    new = {row.population: row.count for row in cast("tuple[PopulationCount, ...]", after)}
    found = {_of_change(old[key].value, new[key].value) for key in old.keys() & new.keys()}
    found |= {Direction.RAISES} if new.keys() - old.keys() else set()
    found |= {Direction.LOWERS} if old.keys() - new.keys() else set()
    return _agreed(found)


def _of_clauses(before: Clauses, after: Clauses) -> Direction:
    return _agreed(
        {
            direction_of_field(Clauses, name, getattr(before, name), getattr(after, name))
            for name in Clauses.model_fields
        }
    )


def _agreed(found: set[Direction]) -> Direction:
    clear = found - {Direction.UNCLEAR}
    return next(iter(clear)) if len(clear) == 1 else Direction.UNCLEAR
