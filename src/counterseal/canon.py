"""Canonical bytes of a value, and their digest: what two machines agree on when they agree.

JSON is serialised by RFC 8785 (JSON Canonicalization Scheme); a digest is the SHA-256 of those
bytes, written ``sha256:`` and 64 lower-case hexadecimal digits.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias, Union, cast

import rfc8785

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Json", "canonical", "digest", "digest_bytes", "significant"]

Json: TypeAlias = Union[bool, int, float, str, "Sequence[Json]", "Mapping[str, Json]", None]


def canonical(value: Json) -> bytes:
    """Return the RFC 8785 serialisation of ``value``.

    Raises:
        ValueError: A number is not finite, or an integer is beyond 2**53 - 1 (RFC 8785,
            section 3.2.2.3), or text is not valid Unicode.
    """
    return rfc8785.dumps(cast("dict[str, str]", _plain(value)))


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


def _plain(value: Json) -> object:
    """Return ``value`` with tuples as lists and mappings as dictionaries."""
    if isinstance(value, str) or value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value]
