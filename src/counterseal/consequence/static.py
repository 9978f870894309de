"""What an estate yields if it were taken today, and which holdings are strategic targets.

No reach and no draw: each holding by itself, everything together, in which layers, for how
long beside the life of its protection, and by which of three published weightings the holdings
would be ranked. The parts are in :mod:`counterseal.consequence.taken`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterseal.consequence.taken.curves import attribute_curves, outlasts
from counterseal.consequence.taken.holdings import holding_value
from counterseal.consequence.taken.lifetime import STILL_SENSITIVE, lifetimes
from counterseal.consequence.taken.people import Subjects
from counterseal.consequence.taken.register import register
from counterseal.consequence.taken.structure import structural
from counterseal.consequence.taken.together import taken_together

if TYPE_CHECKING:
    import datetime as dt

    from counterseal.canon import Json
    from counterseal.catalog.catalog import Catalog
    from counterseal.consequence.taken.curves import AttributeCurve
    from counterseal.consequence.taken.holdings import HoldingValue
    from counterseal.consequence.taken.lifetime import Lifetime
    from counterseal.consequence.taken.ranges import Range
    from counterseal.consequence.taken.register import Target
    from counterseal.consequence.taken.structure import Structural
    from counterseal.consequence.taken.together import Together
    from counterseal.estate.estate import Estate

__all__ = ["StaticTable", "static_table"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticTable:
    """Everything that an estate yields today.

    Attributes:
        holdings: Every holding, then every feed, by itself, each by id.
        together: Everything taken together.
        structure: What the data reveals about the organization.
        lifetimes: Sensitivity beside retention, keys and schemes.
        curves: Every class of the catalog over time, what passes first, first.
        outlasts: How many times a fingerprint outlasts a password; ``None`` without either.
        targets: The register of strategic intelligence targets, by id.
    """

    holdings: tuple[HoldingValue, ...]
    together: Together
    structure: tuple[Structural, ...]
    lifetimes: tuple[Lifetime, ...]
    curves: tuple[AttributeCurve, ...]
    outlasts: Range | None
    targets: tuple[Target, ...]

    def as_json(self, *, on: dt.date | None = None) -> dict[str, Json]:
        """Return the table for ``counterseal consequence``, numbers with four digits.

        Args:
            on: Day on which reviews of targets may be overdue.
        """
        return {
            "schema": "counterseal-consequence/1",
            "holdings": [holding.as_json() for holding in self.holdings],
            "together": self.together.as_json(),
            "structure": [row.as_json() for row in self.structure],
            "lifetimes": {
                "still_sensitive": STILL_SENSITIVE,
                "rows": [row.as_json() for row in self.lifetimes],
            },
            "curves": [row.as_json() for row in self.curves],
            "fingerprint_to_password": self.outlasts.as_json() if self.outlasts else None,
            "targets": [target.as_json(on) for target in self.targets],
        }


def static_table(estate: Estate, catalog: Catalog) -> StaticTable:
    """Value every holding and feed alone and together, and propose targets."""
    subjects = Subjects(estate=estate, catalog=catalog)
    rows = tuple(holding_value(subjects, item) for item in subjects.items)
    return StaticTable(
        holdings=rows,
        together=taken_together(subjects, rows),
        structure=structural(subjects),
        lifetimes=lifetimes(subjects),
        curves=attribute_curves(catalog.attributes.values()),
        outlasts=outlasts(catalog),
        targets=register(rows, estate, catalog),
    )
