"""The report as one self-contained HTML page."""

from __future__ import annotations

from counterseal.report.html.page import render

__all__ = ["render"]
