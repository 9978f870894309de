"""What every record of a document has in common: frozen, closed, written with hyphens."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Strict

__all__ = ["Day", "Flag", "Number", "Record", "Whole", "kebab"]


def _iso_day(value: object) -> object:
    """Accept a date, or its text form; never the number of seconds since some day."""
    if isinstance(value, str):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            pass
    if type(value) is not dt.date:
        raise ValueError("expected a date (YYYY-MM-DD)")
    return value


Day = Annotated[dt.date, BeforeValidator(_iso_day)]
"""A calendar day."""

Flag = Annotated[bool, Strict()]
"""``true`` or ``false``; not 1, not ``"yes"``."""

Whole = Annotated[int, Strict()]
"""A whole number; not ``true``, not ``"40"``."""

Number = Annotated[float, Strict()]
"""A number; not ``true``, not ``"0.4"``."""


def kebab(name: str) -> str:
    """Return the key of a field in a document: ``from_`` is ``from``, ``a_b`` is ``a-b``."""
    return name.removesuffix("_").replace("_", "-")


class Record(BaseModel):
    """A frozen record that refuses unknown keys; keys are field names with hyphens."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=kebab, populate_by_name=True
    )
