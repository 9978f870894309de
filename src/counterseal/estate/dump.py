"""An estate written as YAML that a person can read and that loads to the same estate.

One key a line, facts and lists of identifiers on one line, nothing that says only its default.
A general YAML emitter offers either one line for everything or a line for each scalar; an
estate is read by people.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import TYPE_CHECKING

from pydantic import BaseModel

from counterseal.documents.evidence import Grade
from counterseal.documents.record import kebab
from counterseal.estate.fact import UNKNOWN, Fact

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from counterseal.estate.estate import Estate
    from counterseal.estate.records import Element

__all__ = ["document", "to_files"]

_WIDTH = 84
_EXACT = 2.0**53  # integers up to here are exact in a float, and read back as the same number
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9 _./()%+-]*(?<! )")
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")
_RESERVED = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", UNKNOWN})


def to_files(estate: Estate) -> dict[str, bytes]:
    """Return the files of ``estate``, one for each kind that it has, by file name.

    Loading them gives an estate with the same digest.
    """
    kinds: dict[str, list[Element]] = {}
    for kind, element in estate.elements():
        kinds.setdefault(kind, []).append(element)
    files = {f"{kind}.yaml": document({kind: rows}) for kind, rows in kinds.items()}
    if estate.name:
        files["estate.yaml"] = f"name: {_scalar(estate.name)}\n"
    return {name: text.encode() for name, text in sorted(files.items())}


def document(
    elements: Mapping[str, Iterable[Element]],
    *,
    name: str = "",
    grade: Grade = Grade.ASSUMED,
) -> str:
    """Return one YAML document.

    Args:
        elements: Elements by kind (keys of ``KINDS``), both in the order wanted.
        name: Name of the estate, for the one file that states it.
        grade: Grade declared for the file, and left out of every fact that has it.
    """
    head = [f"name: {_scalar(name)}"] if name else []
    if grade is not Grade.ASSUMED:
        head.append(f"defaults: {{grade: {grade}}}")
    blocks = ["\n".join(head)] if head else []
    for kind, rows in elements.items():
        items = ["\n".join(_item(row, grade)) for row in rows]
        blocks.append(f"{kind}:\n" + "\n".join(items))
    return "\n\n".join(blocks) + "\n"


def _item(record: BaseModel, grade: Grade) -> Iterator[str]:
    """Yield the lines of one entry of a list, indented by two."""
    lead = "  - "
    for line in _lines(record, grade):
        yield lead + line
        lead = "    "


def _lines(record: BaseModel, grade: Grade) -> Iterator[str]:
    """Yield ``key: value`` lines for every field that differs from its default."""
    for field, info in type(record).model_fields.items():
        value = getattr(record, field)
        if not info.is_required() and value == info.default:
            continue
        key = kebab(field)
        if isinstance(value, BaseModel) and not isinstance(value, Fact):
            yield f"{key}:"
            yield from (f"  {line}" for line in _lines(value, grade))
        elif isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
            yield f"{key}:"
            for item in value:
                yield from _item(item, grade)
        elif isinstance(value, tuple):
            yield from _list(key, [_scalar(item) for item in value])
        elif isinstance(value, Fact):
            yield f"{key}: {_fact(value, grade)}"
        else:
            yield f"{key}: {_scalar(value)}"


def _list(key: str, items: list[str]) -> Iterator[str]:
    """Yield a list of scalars between brackets, on as few lines as fit."""
    line = f"{key}: [" + ", ".join(items) + "]"
    if len(line) <= _WIDTH:
        yield line
        return
    yield f"{key}:"
    line = "  ["
    for item in items[:-1]:
        if len(line) + len(item) > _WIDTH:
            yield line.rstrip()
            line = "   "
        line += f"{item}, "
    yield f"{line}{items[-1]}]"


def _fact(fact: Fact[object], grade: Grade) -> str:
    """Return a fact in its shortest form that keeps all it says."""
    parts = {"value": UNKNOWN if fact.is_unknown else _scalar(fact.value)}
    parts |= {
        kebab(field): _scalar(getattr(fact, field))
        for field in ("low", "high", "source", "as_of")
        if getattr(fact, field) is not None
    }
    own_grade = not fact.is_unknown and fact.grade is not grade
    if len(parts) == 1 and not own_grade:
        return parts["value"]
    if own_grade:
        parts["grade"] = str(fact.grade)
    order = ("value", "low", "high", "grade", "source", "as-of")
    return "{" + ", ".join(f"{key}: {parts[key]}" for key in order if key in parts) + "}"


def _scalar(value: object) -> str:
    """Return a scalar so that it is read back with its type."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    text = str(value)
    if _PLAIN.fullmatch(text) and text.lower() not in _RESERVED:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match.group()):04x}", quoted)


def _number(value: float) -> str:
    if isinstance(value, int) or (value.is_integer() and abs(value) < _EXACT):
        return str(int(value))
    # YAML 1.1 reads "1e-05" as text: a float needs its point.
    mantissa, mark, exponent = repr(value).partition("e")
    return mantissa if not mark else f"{float(mantissa)!r}e{int(exponent):+03d}"
