"""A fact: a value with its plausible range, its evidence grade and its source, or unknown.

Written short (``headcount: 40``), long (``headcount: {value: 40, low: 30, high: 60, grade:
documented, source: "PIA-045", as-of: 2021-03-01}``) or ``unknown``. Unknown is a value: it is
never blank, never zero, and the engines give it a wide prior.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Strict, model_serializer, model_validator

from counterseal.documents.evidence import Grade
from counterseal.documents.record import Day, kebab

if TYPE_CHECKING:
    from pydantic import (
        GetJsonSchemaHandler,
        SerializerFunctionWrapHandler,
        ValidationInfo,
    )
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema

__all__ = ["UNKNOWN", "Fact"]

T = TypeVar("T")

UNKNOWN = "unknown"
_BLANK = "a fact is never blank: write a value or 'unknown'"


class Fact(BaseModel, Generic[T]):
    """One graded fact.

    Attributes:
        value: The best value, or ``None`` when the fact is unknown.
        low: Lower end of the plausible 90 % range, for numbers; ``None`` when not stated.
        high: Upper end of the plausible 90 % range; ``low <= value <= high``.
        grade: Evidence grade; ``assumed`` for every unknown fact.
        source: Where the fact comes from.
        as_of: The day it was true.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=kebab, populate_by_name=True
    )

    value: T | None
    low: Annotated[float, Strict()] | None = None
    high: Annotated[float, Strict()] | None = None
    grade: Grade = Grade.ASSUMED
    source: str | None = None
    as_of: Day | None = None

    @property
    def is_unknown(self) -> bool:
        """Whether no value is known."""
        return self.value is None

    @model_validator(mode="before")
    @classmethod
    def _from_short_form(cls, data: object, info: ValidationInfo) -> object:
        if isinstance(data, Fact):
            return data
        default = (info.context or {}).get("grade", Grade.ASSUMED)
        if isinstance(data, str) and data == UNKNOWN:
            return {"value": None, "grade": Grade.ASSUMED}
        if data is None:
            raise ValueError(_BLANK)
        if not isinstance(data, dict):
            return {"value": data, "grade": default}
        filled: dict[str, object] = {"grade": default, **data}
        if info.context is not None and filled.get("value", UNKNOWN) is None:
            raise ValueError(_BLANK)
        if filled.get("value") == UNKNOWN:
            filled |= {"value": None, "grade": Grade.ASSUMED}
        return filled

    @model_validator(mode="after")
    def _range_contains_value(self) -> Fact[T]:
        number = self.value if isinstance(self.value, int | float) else None
        low, high = self.low, self.high
        if low is not None and high is not None and low > high:
            msg = f"low ({low:g}) is above high ({high:g})"
            raise ValueError(msg)
        if number is not None and low is not None and number < low:
            msg = f"value ({number:g}) is below low ({low:g})"
            raise ValueError(msg)
        if number is not None and high is not None and number > high:
            msg = f"value ({number:g}) is above high ({high:g})"
            raise ValueError(msg)
        return self

    @model_serializer(mode="wrap")
    def _to_short_form(self, handler: SerializerFunctionWrapHandler) -> object:
        """Write a fact the shortest way that reads back as the same fact."""
        data: dict[str, object] = handler(self)
        if data.get("value") is None:
            data["value"] = UNKNOWN
        return data["value"] if len(data) == 1 else data

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Describe all three ways to write a fact, for editors."""
        long_form = handler.resolve_ref_schema(handler(core_schema))
        options = long_form["properties"]["value"].get("anyOf", [])
        known = [option for option in options if option != {"type": "null"}]
        written = {"anyOf": [*known, {"const": UNKNOWN}]}
        long_form["properties"]["value"] = written
        return {"anyOf": [*written["anyOf"], long_form]}
