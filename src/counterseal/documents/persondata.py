"""Refuse what looks like a record about a person, and never repeat what was seen.

An estate describes classes of people; a row about a person does not belong in it, in whatever
field it stands. This is a net for accidents (a pasted export, an attached photograph), not a
proof: it looks for identifiers with a known form, for keys and headings of personal tables,
for dates of birth beside names, for machine-readable zones, e-mail lists and image data.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from counterseal.documents.compose import Branch
from counterseal.errors import Fault, Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from counterseal.documents.compose import Spot
    from counterseal.documents.scalars import Tree
    from counterseal.documents.tree import Document

__all__ = ["faults", "heading_faults", "kind_of_text", "text_faults"]

_HINT = (
    "No record about a person is accepted: describe a class of people with a count "
    "(`populations`), and name roles, not people."
)
_MOST_FAULTS = 25  # of one file; the first ones are enough to find the export that was pasted
_MOST_ADDRESSES = 2  # a press office and a help desk are not a list of people

_LONG = 40  # shorter text is looked at closely only when it has digits or separators
_QUICK = re.compile(r"[@<,;|\t]|data:|\d(?:\D?\d){5}")
_SUSPECT = re.compile(
    r"\d[\d .\-]{5,}\d|@|<<|data:|/9j/|iVBORw|"
    r"[A-Za-z0-9+/]{120}|[A-Z]{2} ?\d{2}|[A-Z]{4}\d|\d{8}[A-Z]|"
    r"\bborn\b|\bdob\b|d\.o\.b|birth|first.?name|last.?name|surname",
    re.IGNORECASE,
)
_MACHINE_READABLE = (  # ICAO Doc 9303: first line of any format, then the second of TD3
    r"(?<![A-Z0-9<])(?:(?=[A-Z<]*<<)[PVIAC][A-Z<][A-Z<]{3}[A-Z<]{25,39}"
    r"|[A-Z0-9<]{9}\d[A-Z<]{3}\d{7}[MFX<]\d{7}[A-Z0-9<]{2,16})(?![A-Z0-9<])"
)
_BORN_ON = (
    r"\b(?:born|dob|d\.o\.b\.?|date of birth|birth ?date)\b.{0,20}?"
    r"(?:\d{4}-\d\d-\d\d|\d{1,2}[/.]\d{1,2}[/.]\d{2,4})"
)
_PATTERNS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        name: re.compile(pattern, flags)
        for name, pattern, flags in (
            (
                "a national identifier (3-2-4 digits)",
                r"(?<!\d)(?<!\d-)\d{3}([- .])\d{2}\1\d{4}(?!-?\d)",
                0,
            ),
            ("an immigration number", r"(?<!\w)A[- ]?\d{3}[- ]?\d{3}[- ]?\d{3}(?!\w)", 0),
            (
                "a national insurance number",
                r"(?<!\w)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D](?!\w)",
                0,
            ),
            (
                "a population register code",
                r"(?<!\w)[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z0-9]\d(?!\w)",
                0,
            ),
            (
                "a fiscal code",
                r"(?<!\w)[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z](?!\w)",
                0,
            ),
            ("a taxpayer number", r"(?<![\d.])\d{3}\.\d{3}\.\d{3}-\d{2}(?!\d)", 0),
            (
                "a machine-readable zone of a travel document",
                _MACHINE_READABLE,
                0,
            ),
            ("an embedded image", r"data:image/|/9j/[A-Za-z0-9+/]{40}|iVBORw0KGgo", 0),
            ("a long block of encoded data", r"[A-Za-z0-9+/]{400}", 0),
            (
                "a date of birth",
                _BORN_ON,
                re.IGNORECASE,
            ),
        )
    }
)
_CHINESE = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
_FRENCH = re.compile(r"(?<!\d)[12] ?\d{2} ?(?:0[1-9]|1[0-2]) ?\d{2} ?\d{3} ?\d{3} ?\d{2}(?!\d)")
_SPANISH = re.compile(r"(?<!\w)\d{8}-?[A-HJ-NP-TV-Z](?!\w)")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_TWO_NAMES = re.compile(r"[A-Z][a-zà-ÿ'-]+,? (?:[A-Z]\. ?)?[A-Z][a-zà-ÿ'-]+")
_SMALLEST_NUMBER = 1_000_000  # an identifier has more digits than a weight or a count of rows
_FIRST_BIRTH, _LAST_BIRTH = 1900, 2012  # later days in a row are days of the estate, not births

_NAMES = frozenset(
    (
        "firstname",
        "lastname",
        "givenname",
        "givennames",
        "surname",
        "familyname",
        "forename",
        "middlename",
        "maidenname",
        "fullname",
        "fname",
        "lname",
    )
)
_BIRTHS = frozenset(("dob", "dateofbirth", "birthdate", "birthday", "bornon", "yearofbirth"))
_NUMBERS = frozenset(
    (
        "ssn",
        "socialsecuritynumber",
        "socialsecurityno",
        "passportno",
        "passportnumber",
        "nationalid",
        "nationalidnumber",
        "aliennumber",
        "anumber",
        "alienregistrationnumber",
    )
)
_TRAITS = frozenset(
    ("sex", "gender", "nationality", "citizenship", "placeofbirth", "birthplace")
)
_BESIDE_BIRTHS = _TRAITS | {"name", "id"}
_HEADINGS = _NAMES | frozenset({"dob", "dateofbirth", "ssn", "socialsecuritynumber"})
_NOT_LETTERS = re.compile(r"[^a-z0-9]")


def faults(document: Document) -> tuple[Fault, ...]:
    """Return a fault (CS110) for each place of ``document`` that looks like a person.

    The faults say what kind of thing was seen and quote no value.
    """
    if not _deserves_a_look(document.value):
        return ()
    found: list[Fault] = []
    addresses: dict[str, Place] = {}
    for value, spot in _walk(document.value, document.spots):
        kind = _kind_of(value, addresses, document=document, spot=spot)
        if kind:
            found.append(_fault(kind, document.place_at(_at(spot))))
        if len(found) >= _MOST_FAULTS:
            break
    if len(addresses) > _MOST_ADDRESSES:
        found.append(_fault("a list of e-mail addresses", next(iter(addresses.values()))))
    return tuple(found)


def text_faults(text: str, *, file: str) -> tuple[Fault, ...]:
    """Return faults for ``text`` that is not YAML (a table, a diagram), line by line."""
    found: list[Fault] = []
    addresses: set[str] = set()
    for number, line in enumerate(text.splitlines(), start=1):
        addresses.update(_ADDRESS.findall(line))
        kind = kind_of_text(line)
        if len(addresses) > _MOST_ADDRESSES:
            kind = kind or "a list of e-mail addresses"
            addresses.clear()
        if kind:
            found.append(_fault(kind, Place(file=file, line=number, column=1)))
        if len(found) >= _MOST_FAULTS:
            break
    return tuple(found)


def heading_faults(columns: Sequence[str], *, place: Place) -> tuple[Fault, ...]:
    """Return a fault when the headings of a table are those of a table of people."""
    return (_fault("headings of a table of people", place),) if _are_headings(columns) else ()


def kind_of_text(text: str) -> str:
    """Return what personal thing ``text`` contains, in words, or ``""``."""
    if len(text) < _LONG and not _QUICK.search(text):
        return ""
    if not _SUSPECT.search(text):
        return ""
    for kind, pattern in _PATTERNS.items():
        if pattern.search(text):
            return kind
    if any(_has_check_digit(text)):
        return "a national identifier (check digit holds)"
    for line in text.splitlines():
        if _are_headings(re.split(r"[,;\t|]", line)):
            return "headings of a table of people"
    return ""


def _deserves_a_look(value: Tree) -> bool:
    """Whether anything may be personal: a quick pass without places, for most files are not."""
    pending: list[Tree] = [value]
    texts: set[str] = set()
    lists: set[int] = set()
    while pending:
        value = pending.pop()
        if isinstance(value, str):
            if value not in texts:
                texts.add(value)
                if "@" in value or kind_of_text(value):
                    return True
        elif isinstance(value, dict | list) and id(value) not in lists:
            lists.add(id(value))
            if _kind_of_keys(value) if isinstance(value, dict) else _kind_of_row(value):
                return True
            pending += value.values() if isinstance(value, dict) else value
    return False


def _walk(value: Tree, spot: Spot) -> Iterator[tuple[Tree, Spot]]:
    """Yield every mapping, list and text in order of place; what is repeated comes once."""
    pending: list[tuple[Tree, Spot]] = [(value, spot)]
    seen: set[int] = set()
    texts: set[str] = set()
    while pending:
        value, spot = pending.pop()
        if isinstance(value, str):
            if value not in texts:
                texts.add(value)
                yield value, spot
        elif isinstance(value, dict | list) and isinstance(spot, Branch):
            if id(value) in seen:
                continue
            seen.add(id(value))
            yield value, spot
            items = value.values() if isinstance(value, dict) else value
            below = (child for _, child in spot.children())
            pending += list(zip(items, below, strict=True))[::-1]


def _kind_of(
    value: Tree, addresses: dict[str, Place], *, document: Document, spot: Spot
) -> str:
    if isinstance(value, str):
        if "@" in value:
            for address in _ADDRESS.findall(value):
                addresses.setdefault(address, document.place_at(_at(spot)))
        return kind_of_text(value)
    if isinstance(value, dict):
        return _kind_of_keys(value)
    return _kind_of_row(value) if isinstance(value, list) else ""


def _kind_of_keys(mapping: Mapping[str, Tree]) -> str:
    if not any(map(_is_worth_a_look, mapping)):
        return ""
    keys = {_plain(key) for key, value in mapping.items() if _is_datum(value)}
    dated = {_plain(key) for key, value in mapping.items() if _has_digit(value)}
    if dated & _NUMBERS:
        return "a personal number of somebody"
    names, births = keys & _NAMES, dated & _BIRTHS
    if names and (len(names) > 1 or births or keys & _TRAITS):
        return "the name of a person beside personal fields"
    if births and any(_plain(key) in _BESIDE_BIRTHS for key in mapping):
        return "a date of birth beside a name"
    return next((kind for key in mapping if (kind := kind_of_text(key))), "")


def _is_datum(value: Tree) -> bool:
    return isinstance(value, str | dt.date) or _has_digit(value)


def _has_digit(value: Tree) -> bool:
    """Whether a value may be a date or a number of somebody, and not a weight or a word."""
    if isinstance(value, str):
        return any(map(str.isdigit, value))
    if isinstance(value, int):
        return value >= _SMALLEST_NUMBER
    return isinstance(value, dt.date)


def _kind_of_row(row: Sequence[Tree]) -> str:
    if not row or isinstance(row[0], dict):
        return ""
    texts = [item for item in row if isinstance(item, str)]
    if _are_headings(texts):
        return "headings of a table of people"
    has_birth = any(_is_birth(item) for item in row)
    if has_birth and any(_TWO_NAMES.fullmatch(text) for text in texts):
        return "a name beside a date of birth"
    return ""


def _is_birth(item: Tree) -> bool:
    if isinstance(item, str):
        try:
            item = dt.date.fromisoformat(item)
        except ValueError:
            return False
    return isinstance(item, dt.date) and _FIRST_BIRTH <= item.year <= _LAST_BIRTH


def _are_headings(words: Iterable[str]) -> bool:
    return len({plain for word in words if (plain := _plain(word)) in _HEADINGS}) > 1


@lru_cache(maxsize=4096)
def _is_worth_a_look(key: str) -> bool:
    """Whether a key may make its mapping one of a person; an estate has few different keys."""
    return _plain(key) in _NAMES | _BIRTHS | _NUMBERS or bool(kind_of_text(key))


def _plain(key: str) -> str:
    return _NOT_LETTERS.sub("", key.lower())


def _has_check_digit(text: str) -> Iterator[bool]:
    for match in _CHINESE.finditer(text):
        total = sum(int(digit) * pow(2, 17 - i, 11) for i, digit in enumerate(match[0][:17]))
        yield "10X98765432"[total % 11] == match[0][17].upper()
    for match in _FRENCH.finditer(text):
        digits = match[0].replace(" ", "")
        yield 97 - int(digits[:13]) % 97 == int(digits[13:])
    for match in _SPANISH.finditer(text):
        yield "TRWAGMYFPDXBNJZSQVHLCKE"[int(match[0][:8]) % 23] == match[0][-1]


def _at(spot: Spot) -> int:
    return spot.at if isinstance(spot, Branch) else spot


def _fault(kind: str, place: Place) -> Fault:
    message = f"refused: this looks like {kind}"
    return Fault(code="CS110", message=message, place=place, hint=_HINT)
