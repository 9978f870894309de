"""What a rule card may ask about: the typed schema of an assessment.

An assessment is one nested mapping, ``group -> field -> value``, computed for one change. All
fields are always present and an unknown one is ``None``, so that nothing is left out silently.
The table of :mod:`counterseal.policy.fields` declares the variables of the rule language,
checks an assessment before it is judged, and gives the neutral change that every case of a card
starts from.

In the rule language ``group.field`` is a value and ``known.group.field`` says whether there is
one. Reading an unknown value is an evaluation error, and so never a pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import TYPE_CHECKING, Final, TypeAlias

from counterseal.errors import Fault, NotEvaluableError
from counterseal.policy.fields import RATIO_CAP, TABLE, Field, Kind, Value

if TYPE_CHECKING:
    from counterseal.canon import Json

__all__ = [
    "FIELDS",
    "RATIO_CAP",
    "Assessment",
    "Field",
    "Kind",
    "Value",
    "baseline",
    "bindings",
    "bounded_ratio",
    "check",
    "declarations",
    "overridden",
]

Assessment: TypeAlias = "Mapping[str, Mapping[str, Json]]"

FIELDS: Final[Mapping[str, Field]] = {field.path: field for field in TABLE}
"""Every field by its path, in the order in which it is documented."""


def declarations() -> dict[str, Kind]:
    """Return the variables of the rule language with their kinds."""
    kinds = {path: field.kind for path, field in FIELDS.items()}
    return kinds | {f"known.{path}": Kind.FLAG for path in FIELDS}


def baseline() -> dict[str, dict[str, Json]]:
    """Return the assessment of a neutral change: every field known, nothing remarkable.

    It is where the cases of a card start from, and is not meant for completing a real one.
    """
    neutral: dict[str, Json] = {path: field.neutral for path, field in FIELDS.items()}
    return overridden({}, neutral)


def overridden(
    assessment: Assessment, overrides: Mapping[str, Json]
) -> dict[str, dict[str, Json]]:
    """Return ``assessment`` with some fields replaced; what nobody says is unknown.

    Args:
        assessment: Any part of an assessment.
        overrides: New values by path (``group.field``).

    Raises:
        KeyError: A path of ``overrides`` is not a field.
    """
    result: dict[str, dict[str, Json]] = {}
    for path in FIELDS:
        group, _, name = path.partition(".")
        result.setdefault(group, {})[name] = assessment.get(group, {}).get(name)
    for path, value in overrides.items():
        FIELDS[path]
        group, _, name = path.partition(".")
        result[group][name] = value
    return result


def bounded_ratio(before: float, after: float) -> float:
    """Return ``after / before`` as the ratio fields want it: finite, at most ``RATIO_CAP``.

    It is 1 when both are zero and ``RATIO_CAP`` when only ``before`` is.
    """
    if before > 0.0:
        return min(after / before, RATIO_CAP)
    return RATIO_CAP if after > 0.0 else 1.0


def check(assessment: Mapping[str, Json]) -> tuple[Fault, ...]:
    """Return what keeps ``assessment`` from being judged, in the order of the fields.

    A field that is missing, unknown to the schema, of the wrong kind, not finite or out of its
    range is a fault (CS271); ``None`` is not: it is how an unknown is written.
    """
    faults: list[Fault] = []
    for path, field in FIELDS.items():
        group, _, name = path.partition(".")
        values = assessment.get(group)
        if not isinstance(values, Mapping) or name not in values:
            faults.append(Fault(code="CS271", message=f"{path} is missing"))
        elif complaint := _complaint(field, values[name]):
            faults.append(Fault(code="CS271", message=f"{path} {complaint}"))
    for group, values in assessment.items():
        names = values if isinstance(values, Mapping) else ("*",)
        faults.extend(
            Fault(code="CS271", message=f"{group}.{name} is not a field of an assessment")
            for name in names
            if f"{group}.{name}" not in FIELDS
        )
    return tuple(faults)


def bindings(assessment: Mapping[str, Json]) -> dict[str, Value]:
    """Return the values of the variables: an unknown field is left unbound.

    Raises:
        NotEvaluableError: ``check`` finds a fault.
    """
    if faults := check(assessment):
        hint = "; ".join(fault.message for fault in faults[:5])
        raise NotEvaluableError("the assessment does not fit its schema", hint=hint)
    result: dict[str, Value] = {}
    for path, field in FIELDS.items():
        group, _, name = path.partition(".")
        values = assessment[group]
        value = values[name] if isinstance(values, Mapping) else None
        result[f"known.{path}"] = value is not None
        if value is not None:
            result[path] = _value(field.kind, value)
    return result


def _value(kind: Kind, value: Json) -> Value:
    """Return ``value``, known to be of ``kind``, as the rule language holds it."""
    if kind is Kind.NUMBER and isinstance(value, int | float):
        return float(value)
    if kind is Kind.TEXTS and not isinstance(value, str | int | float | Mapping | None):
        return tuple(str(item) for item in value)
    if isinstance(value, bool | str):
        return value
    msg = f"a {kind.value} cannot be {type(value).__name__}"
    raise TypeError(msg)


def _complaint(field: Field, value: Json) -> str:
    """Say what is wrong with ``value``, or return an empty string."""
    if value is None:
        return ""
    if not _is_of(field.kind, value):
        return f"must be a {field.kind.value} or null, not {type(value).__name__}"
    if isinstance(value, int | float) and not isinstance(value, bool):
        if not isfinite(value):
            return "must be finite"
        if not field.low <= value <= field.high:
            return f"must be from {field.low:g} to {field.high:g}, not {value:g}"
    return ""


def _is_of(kind: Kind, value: Json) -> bool:
    match kind:
        case Kind.FLAG:
            return isinstance(value, bool)
        case Kind.NUMBER:
            return isinstance(value, int | float) and not isinstance(value, bool)
        case Kind.TEXT:
            return isinstance(value, str)
        case Kind.TEXTS:
            return isinstance(value, list | tuple) and all(isinstance(i, str) for i in value)
