"""Conditions evaluated by CEL, the Common Expression Language (cel-expr-python)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cel_expr_python import cel as engine

from counterseal.policy.evaluator import ConditionError, EvaluationError
from counterseal.policy.fields import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from counterseal.policy.evaluator import Condition
    from counterseal.policy.fields import Value

__all__ = ["CelEvaluator"]

_TYPES: Final = {
    Kind.FLAG: engine.Type.BOOL,
    Kind.NUMBER: engine.Type.DOUBLE,
    Kind.TEXT: engine.Type.STRING,
    Kind.TEXTS: engine.Type.List(engine.Type.STRING),
}


class CelEvaluator:
    """Compiles conditions with CEL's own type checker, so that a misspelt field is refused."""

    def compile(self, text: str, variables: Mapping[str, Kind], /) -> Condition:
        """Compile ``text``; see ``Evaluator.compile``."""
        environment = engine.NewEnv(
            variables={name: _TYPES[kind] for name, kind in variables.items()}
        )
        try:
            expression = environment.compile(text)
        except RuntimeError as error:  # the binding raises nothing more specific
            raise ConditionError(_first_line(str(error))) from error
        if expression.return_type() != engine.Type.BOOL:
            raise ConditionError("the condition is not a yes-or-no question")
        return _CelCondition(expression)


class _CelCondition:
    def __init__(self, expression: engine.Expression) -> None:
        self._expression = expression

    def holds(self, values: Mapping[str, Value], /) -> bool:
        data = {k: list(v) if isinstance(v, tuple) else v for k, v in values.items()}
        try:
            result = self._expression.eval(data=data)
            answer = result.value()
        except RuntimeError as error:
            raise EvaluationError(_first_line(str(error))) from error
        # An error comes back as a value: a non-empty and so truthy string.
        if result.type() == engine.Type.BOOL and isinstance(answer, bool):
            return answer
        raise EvaluationError(_first_line(str(answer)))


def _first_line(text: str) -> str:
    """Return the message without CEL's status word and source frame."""
    line = text.splitlines()[0] if text else "no answer"
    for prefix in ("INVALID_ARGUMENT: ", "ERROR: ", "<input>:"):
        line = line.removeprefix(prefix)
    return line
