"""The only source of unpredictable bytes: nonces and new keys."""

from __future__ import annotations

import os

__all__ = ["fresh_bytes"]


def fresh_bytes(size: int) -> bytes:
    """Return ``size`` bytes from the operating system's cryptographic generator."""
    return os.urandom(size)
