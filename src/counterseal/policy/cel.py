"""Conditions evaluated by CEL, the Common Expression Language (cel-expr-python)."""

from __future__ import annotations

import re
from functools import lru_cache
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
_NAME: Final = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*", re.ASCII)


class CelEvaluator:
    """Compiles conditions with CEL's own type checker, so that a misspelt field is refused."""

    def compile(self, text: str, variables: Mapping[str, Kind], /) -> Condition:
        """Compile ``text``; see ``Evaluator.compile``."""
        try:
            expression = _environment(tuple(variables.items())).compile(text)
        except RuntimeError as error:  # the binding raises nothing more specific
            raise ConditionError(_first_line(str(error))) from error
        if expression.return_type() != engine.Type.BOOL:
            raise ConditionError("the condition is not a yes-or-no question")
        named = frozenset(_NAME.findall(text)) & variables.keys()
        return _CelCondition(expression, named)


class _CelCondition:
    def __init__(self, expression: engine.Expression, named: frozenset[str]) -> None:
        self._expression = expression
        self._named = named  # binding a hundred unused values costs more than evaluating

    def holds(self, values: Mapping[str, Value], /) -> bool:
        given = ((name, values[name]) for name in self._named if name in values)
        data = {name: list(v) if isinstance(v, tuple) else v for name, v in given}
        try:
            result = self._expression.eval(data=data)
            answer = result.value()
        except RuntimeError as error:
            raise EvaluationError(_first_line(str(error))) from error
        # An error comes back as a value: a non-empty and so truthy string.
        if result.type() == engine.Type.BOOL and isinstance(answer, bool):
            return answer
        raise EvaluationError(_first_line(str(answer)))


@lru_cache(maxsize=64)
def _environment(variables: tuple[tuple[str, Kind], ...]) -> engine.Env:
    return engine.NewEnv(variables={name: _TYPES[kind] for name, kind in variables})


def _first_line(text: str) -> str:
    """Return the message without CEL's status word and source frame."""
    line = text.splitlines()[0] if text else "no answer"
    for prefix in ("INVALID_ARGUMENT: ", "ERROR: ", "<input>:"):
        line = line.removeprefix(prefix)
    return line
