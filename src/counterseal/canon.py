"""Canonical bytes of a value, and their digest: what two machines agree on when they agree.

JSON is serialised by RFC 8785 (JSON Canonicalization Scheme); a digest is the SHA-256 of those
bytes, written ``sha256:`` and 64 lower-case hexadecimal digits.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias, Union, cast

import rfc8785

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Json", "canonical", "digest", "digest_bytes", "significant"]

_MOST_EXACT = 2**53 - 1
_LEAST_FIXED = 1e-4
"""Below this, Python writes a number with an exponent."""

_ENCODER = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
)

Json: TypeAlias = Union[bool, int, float, str, "Sequence[Json]", "Mapping[str, Json]", None]


def canonical(value: Json) -> bytes:
    """Return the RFC 8785 serialisation of ``value``.

    Raises:
        ValueError: A number is not finite, or an integer is beyond 2**53 - 1 (RFC 8785,
            section 3.2.2.3), or text is not valid Unicode.
    """
    plain = _Plain()
    found = plain.of(value)
    if plain.is_common:
        return _ENCODER.encode(found).encode()
    return rfc8785.dumps(cast("dict[str, str]", found))


def digest(value: Json) -> str:
    """Return ``sha256:<hex>`` of the canonical bytes of ``value``."""
    return digest_bytes(canonical(value))


def digest_bytes(data: bytes) -> str:
    """Return ``sha256:<hex>`` of ``data``."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def significant(number: float, *, digits: int = 6) -> float:
    """Round to ``digits`` significant decimal digits, so that records hold no false precision.

    Results are recorded with six digits: far more than a Monte Carlo estimate supports, far
    fewer than the last bits in which two processors may differ.
    """
    return float(f"{number:.{digits}g}")


class _Plain:
    """Makes tuples lists, mappings dictionaries, and whole numbers integers.

    Attributes:
        is_common: Whether all that was met is written alike by RFC 8785 and by the encoder of
            the standard library, which is ten times as fast: keys of ASCII, whose order by
            UTF-16 units is that by characters, and numbers that both write without an exponent.
    """

    def __init__(self) -> None:
        self.is_common = True

    def of(self, value: Json) -> object:
        """Return ``value`` made plain."""
        if isinstance(value, str | bool) or value is None:
            return value
        if isinstance(value, int):
            self.is_common = self.is_common and abs(value) <= _MOST_EXACT
            return value
        if isinstance(value, float):
            return self._number(value)
        if isinstance(value, Mapping):
            self.is_common = self.is_common and all(map(str.isascii, value))
            return {key: self.of(item) for key, item in value.items()}
        return [self.of(item) for item in value]

    def _number(self, value: float) -> float:
        if value.is_integer() and abs(value) <= _MOST_EXACT:
            return int(value)
        self.is_common = self.is_common and _LEAST_FIXED <= abs(value) <= _MOST_EXACT
        return value
