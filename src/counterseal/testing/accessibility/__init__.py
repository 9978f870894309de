"""Whether a page can be used by everybody: what a parser and a formula find of WCAG 2.2.

No browser is asked, so nothing is said about what only a layout shows (reflow, target size,
what covers what); a run of axe-core and a look at the page stay necessary.
"""

from __future__ import annotations

from counterseal.testing.accessibility.contrast import contrast_faults
from counterseal.testing.accessibility.structure import structure_faults

__all__ = ["contrast_faults", "structure_faults"]
