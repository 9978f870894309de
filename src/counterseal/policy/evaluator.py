"""The seam between rule cards and whatever evaluates their conditions.

An evaluator compiles the text of a condition against declared variables; the condition then
answers with exactly ``True`` or ``False``, or raises. There is no third value that could be
mistaken for an answer: an error value of an evaluator is often truthy in Python.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from counterseal.errors import PolicyError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from counterseal.policy.fields import Kind, Value

__all__ = ["Condition", "ConditionError", "EvaluationError", "Evaluator"]


class ConditionError(PolicyError):
    """The text of a condition is not well formed, or not a yes-or-no question.

    Attributes:
        offset: Characters before the place of the trouble; ``None`` when it is not known.
    """

    code = "CS272"

    def __init__(self, message: str, *, offset: int | None = None, hint: str = "") -> None:
        """Say what is wrong and, when known, where in the text (``offset`` from 0)."""
        super().__init__(message, hint=hint)
        self.offset = offset


class EvaluationError(PolicyError):
    """A condition has no answer for these values, most often because one is unknown."""

    code = "CS273"


class Condition(Protocol):
    """A compiled condition."""

    def holds(self, values: Mapping[str, Value], /) -> bool:
        """Answer for ``values`` (by variable; an unknown one is absent).

        Raises:
            EvaluationError: There is no answer.
        """
        ...


class Evaluator(Protocol):
    """Turns the text of a condition into something that can be asked."""

    def compile(self, text: str, variables: Mapping[str, Kind], /) -> Condition:
        """Compile ``text``.

        Raises:
            ConditionError: The text is malformed, names something undeclared, or is not a
                yes-or-no question.
        """
        ...
