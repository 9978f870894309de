"""A plan on fresh draws, for every concern of every adversary: what it was not chosen on.

A plan that was the best of many on some trials looks better there than it is. So it is tried on
draws that had no part in choosing it, with the whole model, and for all concerns: the one it
was chosen for, and the others, of which none may get worse without being shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterseal.assess.contrast import Contrast
from counterseal.assess.mitigating.coarsening import coarsened
from counterseal.assess.mitigating.measures import Kind
from counterseal.assess.side import model_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from counterseal.assess.comparison import Comparison
    from counterseal.assess.levels import Concern
    from counterseal.assess.mitigating.measures import Countermeasure
    from counterseal.catalog.catalog import Catalog
    from counterseal.estate.estate import Estate
    from counterseal.reach.draws import Draws

__all__ = ["HoldOut", "hold_out"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldOut:
    """Without and with a plan, on draws that it was not chosen on.

    Attributes:
        draws: Those draws.
        rows: A comparison of every concern.
    """

    draws: Draws
    rows: Mapping[Concern, Comparison]

    @property
    def worse(self) -> tuple[Concern, ...]:
        """Concerns that get worse in some draw."""
        return tuple(concern for concern, row in self.rows.items() if row.worse.hits)


def hold_out(
    estate: Estate,
    catalog: Catalog,
    plan: Sequence[Countermeasure],
    *,
    draws: Draws,
    adversaries: Sequence[str] | None = None,
    workers: int | None = None,
) -> HoldOut:
    """Compare the estate with itself after ``plan``.

    Coarsened holdings are coarsened in the estate and compiled anew, so that this is also a
    check on how a search values them.
    """
    after = coarsened(estate, plan)
    overrides = {
        key: value
        for measure in plan
        if measure.kind is not Kind.COARSEN
        for key, value in measure.overrides.items()
    }
    first = model_of(estate, catalog, adversaries=adversaries).side(draws, workers=workers)
    second = model_of(after, catalog, adversaries=adversaries).side(
        draws, workers=workers, like=first
    )
    contrast = Contrast(before=first, after=second, draws=draws)
    return HoldOut(draws=draws, rows=contrast.compare(conditions=overrides).rows)
