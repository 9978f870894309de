"""in-toto Statement v1: subjects by digest, a predicate type, and the predicate."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from counterseal.canon import canonical
from counterseal.errors import LogError
from counterseal.tlog.dsse import decode_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from counterseal.canon import Json

__all__ = ["PAYLOAD_TYPE", "STATEMENT_TYPE", "Statement", "parse_statement", "require_plain"]

PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"

MAX_DEPTH = 64
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A claim about named things.

    Attributes:
        subjects: Name to SHA-256 in 64 lower-case hexadecimal digits.
        predicate_type: A URI that says what the predicate means.
        predicate: What is claimed; without fractions, so that its spelling is unique.
    """

    subjects: Mapping[str, str]
    predicate_type: str
    predicate: Mapping[str, Json]

    def render(self) -> bytes:
        """Return the statement as canonical JSON (RFC 8785), subjects sorted by name.

        Raises:
            LogError: A part of it has no such form.
        """
        try:
            data = canonical(
                {
                    "_type": STATEMENT_TYPE,
                    "predicate": self.predicate,
                    "predicateType": self.predicate_type,
                    "subject": [
                        {"digest": {"sha256": self.subjects[name]}, "name": name}
                        for name in sorted(self.subjects)
                    ],
                }
            )
        except ValueError as error:
            raise LogError(f"the statement has no canonical form: {error}") from error
        parse_statement(data)
        return data


def parse_statement(data: bytes) -> Statement:
    """Return the statement in ``data``, which must be spelled canonically.

    Raises:
        LogError: It is not an in-toto Statement v1, has fractions or keys that are not ASCII,
            or is not spelled as ``render`` would.
    """
    value = decode_json(data)
    require_plain(value)
    if not isinstance(value, Mapping) or value.get("_type") != STATEMENT_TYPE:
        raise LogError(f"a statement is a JSON object of _type {STATEMENT_TYPE}")
    if set(value) != {"_type", "predicate", "predicateType", "subject"}:
        raise LogError("a statement has _type, predicate, predicateType and subject only")
    predicate, kind = value["predicate"], value["predicateType"]
    if not isinstance(predicate, Mapping) or not isinstance(kind, str):
        raise LogError("a predicate is an object and its type is text")
    statement = Statement(
        subjects=_parse_subjects(value["subject"]),
        predicate_type=kind,
        predicate=cast("Mapping[str, Json]", predicate),
    )
    try:
        same = canonical(cast("Json", value)) == data
    except ValueError as error:
        raise LogError("a statement has whole numbers below 2**53 only") from error
    if not same:
        raise LogError("the statement is not spelled canonically")
    return statement


def require_plain(value: object, *, depth: int = 0) -> None:
    """Refuse what two JSON libraries may spell in two ways, and nesting beyond 64.

    Raises:
        LogError: A fraction, a lone surrogate, a key that is not ASCII, or too deep a nesting.
    """
    if isinstance(value, float) or depth > MAX_DEPTH:
        raise LogError("a statement has no fractions and is not nested deep; write text")
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) and key.isascii() for key in value):
            raise LogError("the keys of a statement are ASCII")
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            require_plain(item, depth=depth + 1)


def _parse_subjects(value: object) -> Mapping[str, str]:
    if not isinstance(value, list):
        raise LogError("the subject of a statement is a list")
    names: dict[str, str] = {}
    for item in cast("Sequence[object]", value):
        name, digest = _parse_subject(item)
        if names and name <= max(names):
            raise LogError("the subjects of a statement are sorted and named once")
        names[name] = digest
    return names


def _parse_subject(item: object) -> tuple[str, str]:
    if not isinstance(item, Mapping) or set(item) != {"name", "digest"}:
        raise LogError("a subject has a name and a digest")
    name, digest = item["name"], item["digest"]
    sha256 = digest.get("sha256") if isinstance(digest, Mapping) else None
    if not isinstance(name, str) or not isinstance(sha256, str) or len(digest) != 1:
        raise LogError("a subject has a name and a sha256")
    if _SHA256.fullmatch(sha256) is None:
        raise LogError("a sha256 has 64 lower-case hexadecimal digits")
    return name, sha256
