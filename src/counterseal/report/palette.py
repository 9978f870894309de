"""Colors of the report, in a light and a dark theme. Shape and line style come first.

Every pair of text and ground that is used has a contrast of at least 4.5 (WCAG 2.2, success
criterion 1.4.3), every mark that carries meaning at least 3 (1.4.11); tests compute both.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CHIPS", "MARK_PAIRS", "TEXT_PAIRS", "THEMES", "contrast", "declarations"]

CHIPS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "no objection": ("#1F6FC9", "#FFFFFF"),
        "conditions": ("#FFC23D", "#1A2230"),
        "redesign": ("#C62F17", "#FFFFFF"),
        "refuse": ("#1B1030", "#FFFFFF"),
        "not evaluable": ("#E9EDF2", "#1A2230"),
    }
)
"""Ground and text of each verdict, the same in both themes."""

THEMES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "light": MappingProxyType(
            {
                "page": "#FFFFFF",
                "panel": "#F5F7FA",
                "inset": "#E9EEF4",
                "leaf": "#FFFFFF",
                "ink": "#1A2230",
                "quiet": "#4A566A",
                "rule": "#C3CCD8",
                "edge": "#6A778B",
                "link": "#1558A8",
                "path": "#B3261E",
                "added": "#14692F",
                "removed": "#6B4E16",
                "changed": "#6A2C91",
                "before": "#5B6577",
                "after": "#1558A8",
                "band": "#C9DCF4",
                "path-text": "#FFFFFF",
            }
        ),
        "dark": MappingProxyType(
            {
                "page": "#12161E",
                "panel": "#1A202B",
                "inset": "#222A37",
                "leaf": "#12161E",
                "ink": "#EEF2F7",
                "quiet": "#B4BFCE",
                "rule": "#3C4757",
                "edge": "#8D9AAE",
                "link": "#8FC1FF",
                "path": "#FF8A75",
                "added": "#7BD88F",
                "removed": "#E3B766",
                "changed": "#D7A6F2",
                "before": "#A9B4C4",
                "after": "#8FC1FF",
                "band": "#27405F",
                "path-text": "#12161E",
            }
        ),
    }
)
"""Every color by name, in each theme."""

TEXT_PAIRS = (
    *((text, ground) for text in ("ink", "quiet") for ground in ("page", "panel", "inset")),
    ("ink", "leaf"),
    ("link", "page"),
    ("link", "panel"),
    *((text, "leaf") for text in ("path", "added", "removed", "changed")),
    *((text, "panel") for text in ("path", "added", "removed", "changed")),
    ("path-text", "path"),
    ("page", "ink"),
)
"""Pairs of text and ground that the report uses."""

MARK_PAIRS = (
    *((mark, "panel") for mark in ("edge", "path", "added", "removed", "changed")),
    *((mark, "inset") for mark in ("edge", "path", "added", "removed", "changed")),
    *((mark, ground) for mark in ("before", "after") for ground in ("page", "panel", "band")),
)
"""Pairs of a line or mark that carries meaning and its ground."""


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colors, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def declarations(theme: str) -> str:
    """Return the CSS custom properties of a theme, one line each."""
    return "\n".join(f"  --{name}: {color};" for name, color in THEMES[theme].items())


def _luminance(color: str) -> float:
    """Relative luminance of sRGB (WCAG 2.2, "relative luminance")."""
    low = 0.04045
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= low else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
