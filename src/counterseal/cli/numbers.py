"""Numbers as people read them: two or three digits, never an exponent."""

from __future__ import annotations

__all__ = ["share", "short"]

_LARGE = 10.0


def share(value: float) -> str:
    """Return a share as percent with two digits: ``0.63 %``, ``6.3 %``, ``63 %``, ``100 %``."""
    percent = 100.0 * value
    if percent >= _LARGE or percent == 0.0:
        return f"{percent:.0f} %"
    return f"{percent:.2g} %" if abs(percent) >= 1e-3 else "under 0.001 %"  # noqa: PLR2004


def short(value: float) -> str:
    """Return a number with three digits and thousands: ``0.47``, ``63``, ``1,230,000``."""
    if abs(value) >= _LARGE:
        return f"{float(f'{value:.3g}'):,.0f}"
    return f"{value:.2g}"
