"""Counterseal reviews a change to a data estate as a foreign intelligence service would.

``review_change`` and ``verify`` (``workspace/calls.py``) are loaded when they are first asked
for, so that importing the package costs nothing.
"""

from __future__ import annotations

import importlib

__all__ = ["__version__", "review_change", "verify"]

__version__ = "0.1.0"

_CALLS = frozenset({"review_change", "verify"})


def __getattr__(name: str) -> object:
    """Return a call of ``workspace.calls`` by name, importing it now."""
    if name not in _CALLS:
        msg = f"module 'counterseal' has no attribute {name!r}"
        raise AttributeError(msg)
    found: object = getattr(importlib.import_module("counterseal.workspace.calls"), name)
    return found
