"""How faults speak: what was found, by type; what was meant, by likeness; nothing personal."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["describe", "did_you_mean", "listed", "quotable"]

_PLAIN_WORD = re.compile(r"(?!.*\d{5})[A-Za-z_$<][\w.()$<-]{0,59}", re.ASCII)
_KINDS: Mapping[type, str] = MappingProxyType(
    {
        type(None): "nothing",
        int: "a whole number",
        float: "a number",
        str: "text",
        dt.date: "a date",
        dict: "a mapping",
        list: "a list",
        tuple: "a list",
    }
)
_MOST_LISTED = 14
_LARGEST_QUOTED = 10_000


def quotable(word: str) -> str:
    """Return ``word`` in quotes when it is one plain word, else a description of it.

    A key or a reference may itself be personal (accounts written as a mapping), so only short
    single words without a run of five digits are ever repeated.
    """
    return f"'{word}'" if _PLAIN_WORD.fullmatch(word) else "(text that is not one plain word)"


def describe(value: object) -> str:
    """Return what ``value`` is, by type; small numbers and booleans are quoted."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float) and abs(value) < _LARGEST_QUOTED:
        return f"{value:g}"
    if value == "":
        return "empty text"
    return next((words for kind, words in _KINDS.items() if isinstance(value, kind)), "no data")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``Did you mean 'x'?`` for the likest of ``known``, or ``""`` when none is like."""
    likest = difflib.get_close_matches(word.lower().replace("_", "-"), list(known), n=1)
    return f"Did you mean '{likest[0]}'?" if likest else ""


def listed(words: Iterable[str]) -> str:
    """Return ``a, b or c``, cut short when there are many."""
    every = list(words)
    if len(every) > _MOST_LISTED:
        return ", ".join(every[:_MOST_LISTED]) + f" or one of {len(every) - _MOST_LISTED} more"
    return " or ".join(filter(None, [", ".join(every[:-1]), *every[-1:]]))
