"""An uncertain number of a catalog table: value, 90 % range, grade and citation."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from counterseal.documents.evidence import Grade
from counterseal.documents.record import Record

__all__ = ["Quantity"]


class Quantity(Record):
    """A number with its plausible range, its grade and what it leans on.

    Attributes:
        value: The central value.
        low: Lower end of the 90 % range; the value itself when the number is exact.
        high: Upper end of the 90 % range.
        grade: Evidence grade.
        source: Citation; empty only for elicited and assumed numbers.
        note: What a reader must know before relying on it.
    """

    value: float
    low: float | None = None
    high: float | None = None
    grade: Grade = Grade.ELICITED
    source: str = ""
    note: str = ""

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        low = self.value if self.low is None else self.low
        high = self.value if self.high is None else self.high
        if not low <= self.value <= high:
            msg = f"value ({self.value:g}) is outside its range ({low:g} to {high:g})"
            raise ValueError(msg)
        if self.grade in {Grade.MEASURED, Grade.DOCUMENTED} and not self.source:
            msg = f"a {self.grade.value} number needs a source"
            raise ValueError(msg)
        return self
