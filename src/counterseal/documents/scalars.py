"""What an unquoted word of a document means: the core schema of YAML 1.2, and dates.

``yes``, ``no``, ``on`` and ``off`` are text (in YAML 1.1 they were booleans); so are ``0123``,
``1_000`` and ``12:30``, which two versions of YAML read as different numbers. A boolean field
that is given such text is refused by name, so nothing is ever read as what it was not meant.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias, Union

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["LARGEST_INTEGER", "Scalar", "Tree", "resolve"]

Scalar: TypeAlias = str | int | float | bool | dt.date | None
Tree: TypeAlias = Union["dict[str, Tree]", "list[Tree]", Scalar]

LARGEST_INTEGER = 2**53 - 1
"""Largest integer that JSON readers agree on (RFC 8785, section 3.2.2.3; RFC 7493, 2.2)."""

_LONGEST_INTEGER = 20  # digits; more are out of range whatever they are
_WORDS: Mapping[str, bool | None] = MappingProxyType(
    {
        **dict.fromkeys(("", "~", "null", "Null", "NULL")),
        **dict.fromkeys(("true", "True", "TRUE"), True),
        **dict.fromkeys(("false", "False", "FALSE"), False),
    }
)
_STARTS_NUMBER = frozenset("0123456789+-.")
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)", re.ASCII)
_RADIX = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+", re.ASCII)
_FLOAT = re.compile(
    r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", re.ASCII
)
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def resolve(text: str) -> Scalar:
    """Return what the plain (unquoted, untagged) scalar ``text`` stands for.

    Raises:
        ValueError: It is a number or a date that cannot be represented: an integer beyond
            ``LARGEST_INTEGER``, a number that is not finite, or a day that does not exist.
    """
    if text in _WORDS:
        return _WORDS[text]
    return _number_or_date(text) if text[0] in _STARTS_NUMBER else text


def _number_or_date(text: str) -> Scalar:
    if _INTEGER.fullmatch(text):
        return _integer(text, base=10)
    if _DATE.fullmatch(text):
        return _date(text)
    if _RADIX.fullmatch(text):
        return _integer(text, base=0)
    if _FLOAT.fullmatch(text):
        return _finite(text)
    if _NOT_FINITE.fullmatch(text):
        raise ValueError("a number must be finite")
    return text


def _integer(text: str, *, base: int) -> int:
    number = int(text, base) if len(text) <= _LONGEST_INTEGER else LARGEST_INTEGER + 1
    if abs(number) > LARGEST_INTEGER:
        raise ValueError("an integer must lie within ±(2**53 - 1); quote it if it is a code")
    return number


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise ValueError("a date is written YYYY-MM-DD and must exist") from None


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number must be finite")
    return number
