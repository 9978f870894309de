"""Check a value against a record and say all that is wrong with it, in the words of the author.

Each fault has a place, says what was expected and what was found (by type, for a value may be
personal), and suggests the likest known word. The texts of the validator are not shown.
"""

from __future__ import annotations

import re
from types import MappingProxyType, UnionType
from typing import TYPE_CHECKING, Annotated, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from counterseal.documents.wording import describe, did_you_mean, listed, quotable
from counterseal.errors import Fault, InvalidDocumentError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic_core import ErrorDetails

    from counterseal.documents.tree import Document, Path

__all__ = ["by_place", "faults_of", "validate"]

M = TypeVar("M", bound=BaseModel)

_NO_CONTEXT: Mapping[str, object] = MappingProxyType({})
_EXPECTED = MappingProxyType(
    {
        "string": "text",
        "int": "a whole number",
        "float": "a number",
        "decimal": "a number",
        "finite": "a finite number",
        "bool": "true or false",
        "date": "a date (YYYY-MM-DD)",
        "datetime": "a date and time (YYYY-MM-DDTHH:MM:SSZ)",
        "tuple": "a list",
        "list": "a list",
        "frozen": "a list",
        "set": "a list",
        "dict": "a mapping",
        "mapping": "a mapping",
        "model": "a mapping",
        "dataclass": "a mapping",
    }
)
_FORMS = MappingProxyType(
    {
        r"^[a-z0-9]+(-[a-z0-9]+)*$": "lower-case words joined by single hyphens",
        r"^[A-Z]{2}-\d{1,2}(\(\d{1,2}\))?$": "a control of SP 800-53, such as AC-2 or AC-6(1)",
    }
)
_BOUNDS = MappingProxyType(
    {
        "greater_than": ("gt", "a number above"),
        "greater_than_equal": ("ge", "a number of at least"),
        "less_than": ("lt", "a number below"),
        "less_than_equal": ("le", "a number of at most"),
        "too_short": ("min_length", "a list at least this long:"),
        "too_long": ("max_length", "a list at most this long:"),
        "string_too_short": ("min_length", "text at least this long:"),
        "string_too_long": ("max_length", "text at most this long:"),
    }
)
_HINTS = MappingProxyType(
    {
        "tuple": "Write it in brackets: [a, b].",
        "list": "Write it in brackets: [a, b].",
        "model": "Write a mapping: a key and a colon before each value.",
        "dict": "Write a mapping: a key and a colon before each value.",
        "int": "Write a number without quotes or units; a fact may be 'unknown'.",
        "float": "Write a number without quotes or units; a fact may be 'unknown'.",
    }
)
_TRUTHS = frozenset({"yes", "no", "on", "off", "y", "n", "true", "false", "1", "0"})


def validate(
    model: type[M],
    value: object,
    *,
    document: Document,
    path: Path = (),
    context: Mapping[str, object] = _NO_CONTEXT,
) -> M:
    """Return ``value`` as a record.

    Args:
        model: The record class.
        value: What stands at ``path`` of ``document``.
        document: Where the value was read, for places.
        path: Where in the document.
        context: What validators of the record may ask for (``grade``: the default grade).

    Raises:
        InvalidDocumentError: With every fault (codes CS111 to CS119), in order of place.
    """
    try:
        return model.model_validate(value, context=dict(context))
    except ValidationError as error:
        faults = faults_of(error, model=model, document=document, path=path)
        raise InvalidDocumentError(f"{document.file} is not valid", faults=faults) from None


def faults_of(
    error: ValidationError, *, model: type[BaseModel], document: Document, path: Path = ()
) -> tuple[Fault, ...]:
    """Return the faults that ``error`` stands for, in order of place."""
    details = error.errors(include_url=False)
    return by_place(_fault(item, model=model, document=document, path=path) for item in details)


def by_place(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Return ``faults`` once each, by file, line and column; those without a place last."""
    once = dict.fromkeys(faults)
    return tuple(sorted(once, key=_order))


def _order(fault: Fault) -> tuple[bool, str, int, int, str, str]:
    place = fault.place
    if place is None:
        return (True, "", 0, 0, fault.code, fault.message)
    return (False, place.file, place.line, place.column, fault.code, fault.message)


def _fault(
    detail: ErrorDetails, *, model: type[BaseModel], document: Document, path: Path
) -> Fault:
    where = (*path, *detail["loc"])
    kind = detail["type"]
    known = _fields_at(model, detail["loc"][:-1])
    if kind == "extra_forbidden":
        code, message, hint = _unknown_key(str(where[-1]), known)
        return Fault(code=code, message=message, hint=hint, place=document.key_place(where))
    if kind == "missing":
        message = f"the key '{where[-1]}' is missing"
        return Fault(code="CS112", message=message, hint="Add it.", place=document.place(where))
    code, message, hint = _wrong_value(detail)
    subject = _subject(detail["loc"])
    return Fault(
        code=code, message=f"{subject}{message}", hint=hint, place=document.place(where)
    )


def _unknown_key(key: str, known: tuple[str, ...]) -> tuple[str, str, str]:
    hint = did_you_mean(key, known) or (f"Known keys: {listed(known)}." if known else "")
    return "CS111", f"unknown key {quotable(key)}", hint


def _subject(loc: tuple[int | str, ...]) -> str:
    names = [step for step in loc if isinstance(step, str)]
    if names[-1:] == ["value"] and len(names) > 1:
        names.pop()
    return f"{names[-1]}: " if names else ""


def _wrong_value(detail: ErrorDetails) -> tuple[str, str, str]:
    kind, found = detail["type"], detail["input"]
    if kind in {"enum", "literal_error"}:
        return _not_in_vocabulary(found, str(detail.get("ctx", {}).get("expected", "")))
    if kind in _BOUNDS:
        name, words = _BOUNDS[kind]
        bound = detail.get("ctx", {}).get(name)
        return "CS115", f"expected {words} {_plainly(bound)}; found {describe(found)}", ""
    if kind == "string_pattern_mismatch":
        pattern = str(detail.get("ctx", {}).get("pattern", ""))
        return _malformed(found, _FORMS.get(pattern, f"text of the form {pattern}"))
    if kind in {"value_error", "assertion_error"}:
        return "CS117", str(detail.get("ctx", {}).get("error", "not accepted")), ""
    expected = _EXPECTED.get(kind.split("_")[0])
    if expected is None:
        return "CS119", f"not accepted here; found {describe(found)}", ""
    return "CS113", f"expected {expected}; found {describe(found)}", _type_hint(kind, found)


def _plainly(bound: object) -> str:
    return f"{bound:g}" if isinstance(bound, int | float) else str(bound)


def _not_in_vocabulary(found: object, expected: str) -> tuple[str, str, str]:
    words = re.findall(r"'([^']*)'", expected)
    shown = quotable(found) if isinstance(found, str) else describe(found)
    hint = did_you_mean(found, words) if isinstance(found, str) else ""
    return "CS114", f"expected {listed(words)}; found {shown}", hint


def _malformed(found: object, form: str) -> tuple[str, str, str]:
    text = found if isinstance(found, str) else ""
    slug = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    plain = quotable(text)
    is_word = plain.startswith("'") and slug and "hyphen" in form
    hint = f"Write '{slug}'." if is_word else "Rewrite it in this form."
    return "CS116", f"expected {form}; found {plain}", hint


def _type_hint(kind: str, found: object) -> str:
    if kind.startswith("bool"):
        is_truth = isinstance(found, str) and found.lower() in _TRUTHS
        return "Write true or false, without quotes." if is_truth else "Write true or false."
    if found is None:
        return "Write a value, or delete the key; a fact may be 'unknown'."
    if kind.startswith("string") and not isinstance(found, dict | list):
        return "Put it in quotes."
    return next((hint for start, hint in _HINTS.items() if kind.startswith(start)), "")


def _fields_at(model: type[BaseModel], loc: tuple[int | str, ...]) -> tuple[str, ...]:
    """Return the keys of the record that stands at ``loc`` below ``model``."""
    current: object = model
    for step in loc:
        current = _below(_record_in(current), step)
    record = _record_in(current)
    if not (isinstance(record, type) and issubclass(record, BaseModel)):
        return ()
    return tuple(info.alias or name for name, info in record.model_fields.items())


def _below(holder: object, step: int | str) -> object:
    if isinstance(holder, type) and issubclass(holder, BaseModel):
        keys = {
            info.alias or name: info.annotation for name, info in holder.model_fields.items()
        }
        return keys.get(str(step))
    arguments = get_args(holder)
    return arguments[0 if isinstance(step, int) else -1] if arguments else None


def _record_in(annotation: object) -> object:
    """Return the record or container that an annotation is about."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _record_in(get_args(annotation)[0])
    if origin in (Union, UnionType):
        options = [item for item in get_args(annotation) if item is not type(None)]
        return _record_in(options[0])
    return annotation
