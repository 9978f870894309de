"""Person-years of each use when everything is taken at once, with bounds, by the valuation.

The valuation of joint reach sets is asked for one trial in which every item is held on day 0.
It is asked three times: with everything at its low end, at its best value and at its high end
(sizes at their high end in both, since a larger population leaves less in common).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from counterseal.consequence.durability import HORIZONS_YEARS
from counterseal.consequence.taken.ranges import Range
from counterseal.consequence.valuation import Valuation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from counterseal.attackgraph.model import Parameter
    from counterseal.catalog.catalog import Catalog
    from counterseal.estate.estate import Estate

__all__ = ["joint_years"]

ByHorizon = dict[float, Range]

_LOW, _VALUE, _HIGH = range(3)


def joint_years(
    estate: Estate, catalog: Catalog, *, shares: Sequence[float]
) -> Mapping[float, Mapping[str, ByHorizon]]:
    """Return person-years until each horizon, by share of the records and by use.

    Relatives are counted for a use that counts them. A use that nothing completes is left out.

    Args:
        estate: What is taken.
        catalog: What it serves, and for how long.
        shares: Shares of the records of every item that are taken, in (0, 1].
    """
    valuation = Valuation(estate, catalog)
    values = {name: _three(one) for name, one in valuation.parameters.items()}
    arrivals = np.zeros((len(valuation.items), 3), np.float32)
    found = {}
    for share in shares:
        exposure = valuation.exposure(
            arrivals, values=values, lanes=1, captured=share, workers=1
        )
        bounds = exposure.lower, exposure.person_years, exposure.upper
        ends = [one.sum(axis=1) for one in bounds]
        rows = {use: _row(ends, number) for number, use in enumerate(exposure.uses)}
        longest = HORIZONS_YEARS[-1]
        found[share] = {use: row for use, row in rows.items() if row[longest].high > 0}
    return found


def _row(ends: Sequence[NDArray[np.float64]], use: int) -> ByHorizon:
    low, value, high = ends
    return {
        years: Range(
            low=float(low[use, place, _LOW]),
            value=float(value[use, place, _VALUE]),
            high=float(high[use, place, _HIGH]),
        )
        for place, years in enumerate(HORIZONS_YEARS)
    }


def _three(parameter: Parameter) -> NDArray[np.float64]:
    """Return a parameter where least, where best and where most is yielded."""
    low, mode, high = parameter.low, parameter.mode, parameter.high
    if parameter.id.endswith(".size"):
        low = high
    elif parameter.id.endswith(".pseudonymized"):
        low, mode, high = high, low, low  # hidden at the low end, if it may be; else as stated
    elif parameter.id.startswith("overlap:"):
        low = high = mode
    return np.array([low, mode, high])
