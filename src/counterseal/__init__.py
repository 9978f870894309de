"""Counterseal reviews a change to a data estate as a foreign intelligence service would."""

from __future__ import annotations

__all__ = ["__version__"]

__version__ = "0.1.0"
