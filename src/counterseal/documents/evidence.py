"""How well a number is known."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Grade"]


class Grade(StrEnum):
    """How a fact is known, best first (``measures.md`` D.0: M, D, E, A)."""

    MEASURED = "measured"
    DOCUMENTED = "documented"
    ELICITED = "elicited"
    ASSUMED = "assumed"
