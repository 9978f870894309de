"""Timestamped Ed25519 cosignatures of a witness (C2SP tlog-cosignature, ``cosignature/v1``)."""

from __future__ import annotations

from counterseal.errors import LogError
from counterseal.tlog.keys import SIGNATURE_BYTES

__all__ = ["MAX_TIMESTAMP", "decode", "encode", "message"]

MAX_TIMESTAMP = 2**63 - 1
_TIME_BYTES = 8


def message(text: bytes, *, timestamp: int) -> bytes:
    """Return what a witness signs: header, time in POSIX seconds, and the note's ``text``."""
    return b"cosignature/v1\ntime %d\n" % timestamp + text


def encode(signature: bytes, *, timestamp: int) -> bytes:
    """Return ``timestamped_signature``: 8 bytes of time, big-endian, then the signature.

    Raises:
        LogError: The time is negative or beyond 2**63 - 1.
    """
    if not 0 <= timestamp <= MAX_TIMESTAMP:
        raise LogError(f"{timestamp} is not a time of a cosignature")
    return timestamp.to_bytes(_TIME_BYTES, "big") + signature


def decode(data: bytes) -> tuple[int, bytes]:
    """Return the time in POSIX seconds and the Ed25519 signature in ``data``.

    Raises:
        LogError: ``data`` is not 72 bytes, or its time is beyond 2**63 - 1.
    """
    if len(data) != _TIME_BYTES + SIGNATURE_BYTES:
        raise LogError(f"a cosignature has 72 bytes, not {len(data)}")
    timestamp = int.from_bytes(data[:_TIME_BYTES], "big")
    if timestamp > MAX_TIMESTAMP:
        raise LogError(f"{timestamp} is not a time of a cosignature")
    return timestamp, data[_TIME_BYTES:]
